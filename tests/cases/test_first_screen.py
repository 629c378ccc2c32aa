"""The first screen: one page makes the family, the place, and what has been said; what is missing is a sentence, never a 500."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.assessments.models import Assessment, SavedAnswer
from app.audit.models import AuditEvent
from app.cases.models import Case, CaseConversation, CaseMember
from app.checklists import read_folder
from app.clocks import today
from app.decisions import record_contents, told
from app.extensions import db
from app.suitability.advice.calls import calls
from app.suitability.advice.first_told import TOPICS
from app.suitability.advice.next_questions import next_questions
from app.suitability.casefile.answers import UNKNOWN
from app.suitability.checklist.answer_value import value_problem
from tests.conftest import Instance

from .door import PAGE, Door, ago, h1, line, small


@pytest.fixture
def door(instance: Instance, officer: FlaskClient) -> Door:
    return Door(instance, officer)


@pytest.fixture
def either_door(either: Instance) -> Door:
    return Door(either, either.client("housing_officer"))


# ---- what one save makes


def test_one_page_makes_the_family_the_place_and_the_verdict(either_door: Door) -> None:
    case_id, assessment_id = either_door.opened(h1())
    page = either_door.client.get(f"/cases/{case_id}/assessments/{assessment_id}/result")
    assert page.status_code == 200
    assert "Not suitable" in page.text
    for name in ("Bobbie Example", "Billy Example"):
        assert name in page.text
    with either_door.instance.app.app_context():
        home = either_door.household(case_id)
        people = [(m.name, m.kind, m.relationship, m.born) for m in home.members]
        assert people[0] == ("Marta Example", "adult", "mother", date(1999, 3, 14))
        assert people[1] == ("Finn Example", "adult", "father", date(1995, 6, 2))
        assert people[2][3] == today() - timedelta(days=77)
        assert people[3] == ("Billy Example", "child", "child", date(2022, 8, 30))
        assert [m.mother for m in home.members] == [None, None, home.members[0].key, home.members[0].key]
        assert home.left_because == ("antisocial_behaviour",)
        assert home.left_note == "Months of dealers at the door."
        place = either_door.judged(assessment_id).file.placement
        assert (place.kind, place.floor, place.postcode) == ("bed_and_breakfast", 2, "B11 1AA")
        assert place.shares == ("toilet", "washing", "cooking", "corridor")
        assert (place.self_contained, place.shared_building) == (False, True), "it follows from what is shared"
        assert (place.urgency, place.starts, place.nights) == ("tonight", today(), 28)
        assert (place.lift, place.owner, place.cooking_provided) == (None, None, None), "not asked is not known"
        done = db.session.scalars(select(AuditEvent.action).where(AuditEvent.case_id == case_id)).all()
        assert {"case.created", "placement.created", "conversation.held", "answer.saved", "assessment.viewed"} <= set(
            done
        )


def test_everything_typed_is_read_back(either_door: Door) -> None:
    _, assessment_id = either_door.opened(h1())
    with either_door.instance.app.app_context():
        judged = either_door.judged(assessment_id)
        names = record_contents.subject_names(judged.file.household)
        parts = told.parts(judged.file, judged.checklist.agencies, names)
        said = "\n".join(line for part in parts for entry in part.entries for line in (entry.name, *entry.lines))
    for words in (
        "Both: long past.", "Finn: out three weeks ago.", "Closed 8 months ago.", "Sam Worker", "about Marta Example and Finn Example",
        "For tonight, or planned: tonight.", "Months of dealers at the door.",
    ):  # fmt: skip
        assert words in said


def test_the_twelve_kinds_of_fact_are_all_there_are(officer: FlaskClient) -> None:
    page = officer.get(PAGE).text
    asked = set(re.findall(r'name="([a-z0-9_.]+)"', page.split('id="main-content"')[1])) - {
        "csrf_token",
        "opening",
        "more",
    }
    kinds = {
        re.sub(r"^p\d+\..*", "person", re.sub(r"^(substances|justice|violence|social_care)\..*", r"\1", n))
        for n in asked
    }
    kinds = {{"left_note": "left_because", "nights": "starts"}.get(kind, kind) for kind in kinds}
    assert kinds == {
        "person", "left_because", "address", "kind", "shares", "floor", "urgency", "starts",
        "substances", "justice", "violence", "social_care",
    }  # fmt: skip
    assert page.count('autocomplete="off"') >= 15, "no browser keeps a family’s names"


# ---- what was said, and what it counts as


def test_what_a_parent_says_is_a_parents_word_and_what_a_named_worker_says_is_a_workers(either_door: Door) -> None:
    case_id, _ = either_door.opened(h1())
    with either_door.instance.app.app_context():
        home, found = either_door.household(case_id), either_door.answers(case_id)
        marta, finn, bobbie, billy = (m.key for m in home.members)
        assert set(found) == {("SM01", marta), ("SM01", finn), ("SM14", finn), ("CS19", bobbie), ("CS19", billy)}
        assert (found["SM14", finn].value, found["SM14", finn].grade) == ("involved", "E1")
        assert found["SM14", finn].source_name == "Marta Example"
        assert found["SM01", marta].value == UNKNOWN, "yes does not say which, or when: the row stays open"
        assert "Both: long past." in found["SM01", marta].note
        assert (found["CS19", bobbie].grade, found["CS19", bobbie].source_code) == ("E3", "social_care")
        assert [m.substance_sign for m in home.members] == [True, True, None, None]
        assert [m.justice_sign for m in home.members] == [None, True, None, None], "of whom it was not said"
        speakers = [(c.speaker, c.who, c.source.name, c.grade.value, c.on) for c in home.conversations]
        assert speakers == [
            ("family", marta, "Marta Example", "E1", today()),
            ("agency", "social_care", "Sam Worker", "E3", today()),
        ], "one conversation a speaker"
        assert {a.conversation for a in found.values()} == {c.key for c in home.conversations}


def test_nobody_asked_writes_nothing_and_is_never_a_no(either_door: Door) -> None:
    case_id, _ = either_door.opened(small())
    with either_door.instance.app.app_context():
        home = either_door.household(case_id)
        assert either_door.answers(case_id) == {}
        assert home.conversations == ()
        assert [(m.substance_sign, m.justice_sign) for m in home.members] == [(None, None)] * 2
        assert (home.domestic_abuse, home.left_because, home.agencies) == (None, None, None)


NO = {
    f"{topic}__{part}": value
    for topic in ("substances", "justice", "violence", "social_care")
    for part, value in (("said", "no"), ("who", "p1"))
}


def test_a_parents_no_is_their_word_and_clears_nothing(either_door: Door) -> None:
    case_id, assessment_id = either_door.opened(small(**NO, violence__alone=["yes"]))
    with either_door.instance.app.app_context():
        home, found = either_door.household(case_id), either_door.answers(case_id)
        ana, bo = (m.key for m in home.members)
        assert {where: (a.value, a.grade) for where, a in found.items()} == {
            ("SM01", ana): (["none"], "E1"),
            ("SM14", ana): ("no_involvement", "E1"),
            ("CS19", bo): ("not_open", "E1"),
        }
        assert [(m.substance_sign, m.justice_sign) for m in home.members] == [(None, None)] * 2, "no fact came of it"
        assert home.domestic_abuse is None
        rows = {(r.criterion, r.subject): r for r in either_door.judged(assessment_id).result.rows}
        assert all(rows[where].is_open for where in found), "a no of theirs settles nothing"


@pytest.mark.parametrize(("name", "grade"), [("Sergeant Ray", "E3"), ("", "E1")])
def test_who_nobody_can_name_was_only_heard(either_door: Door, name: str, grade: str) -> None:
    told = {"justice__said": "no", "justice__who": "a-police", "justice__name": name}
    case_id, _ = either_door.opened(small(**told))
    with either_door.instance.app.app_context():
        [answer] = either_door.answers(case_id).values()
        assert (answer.grade, answer.source_code) == (grade, "police")


def test_a_survivors_word_is_kept_as_told_and_answers_no_row(either_door: Door) -> None:
    said = {
        "violence__said": "yes",
        "violence__who": "p1",
        "violence__alone": ["yes"],
        "violence__words": "He finds us.",
    }
    case_id, assessment_id = either_door.opened(small(**said))
    with either_door.instance.app.app_context():
        home = either_door.household(case_id)
        assert home.domestic_abuse is True
        assert either_door.answers(case_id) == {}, "where it would be safe is still theirs to say"
        [held] = home.conversations
        assert (held.alone, held.grade.value, "He finds us." in held.reply) == (True, "E1s", True)
        judged = either_door.judged(assessment_id)
        assert "CS17" in [q.criterion for q in next_questions(judged.checklist, judged.result)][:3]


def test_a_yes_of_somebody_not_alone_still_counts_and_says_so(door: Door) -> None:
    case_id, _ = door.opened(small(violence__said="yes", violence__who="p1"))
    with door.instance.app.app_context():
        home = door.household(case_id)
        assert (home.domestic_abuse, home.conversations[0].alone, home.conversations[0].grade.value) == (
            True,
            False,
            "E1",
        )


@pytest.mark.parametrize(
    ("topic", "row", "who"),
    [
        ("substances", "SM01", "Drug and alcohol service"),
        ("justice", "SM15", "MAPPA co-ordinator"),
        ("violence", "CS17", "MARAC"),
    ],
)
def test_a_yes_brings_forward_the_rows_it_touches(door: Door, topic: str, row: str, who: str) -> None:
    _, quiet = door.opened(small())
    _, loud = door.opened(small(**{f"{topic}__said": "yes", f"{topic}__who": "p1"}))
    with door.instance.app.app_context():
        asked = []
        for assessment_id in (quiet, loud):
            judged = door.judged(assessment_id)
            order = [(q.criterion, q.ask_of) for q in next_questions(judged.checklist, judged.result)]
            asked.append(next(((at, whom) for at, (name, whom) in enumerate(order) if name == row), (len(order), "")))
        assert asked[1][1].startswith(who), "those who know are asked for themselves"
        assert asked[0][1] != asked[1][1] or asked[1][0] < asked[0][0], (
            "before, somebody had to find out first whether to"
        )
        [found] = [r for r in judged.result.rows if r.criterion == row]
        assert found.open_effect == "hold"


# ---- many people, and another line without JavaScript


def test_another_person_is_three_lines_more_and_nothing_typed_is_lost(door: Door) -> None:
    more = door.send({**h1(), "more": "yes"})
    assert more.status_code == 200
    assert "There is a problem" not in more.text
    assert 'name="p8.name"' in more.text
    assert 'value="Marta Example"' in more.text
    assert "Both: long past." in more.text
    with door.instance.app.app_context():
        assert db.session.scalar(select(func.count(Case.id))) == 0


def crowd(many: int) -> dict[str, Any]:
    lines = {
        k: v for at in range(3, many + 1) for k, v in line(at, f"Child {at}", ago(1500 + at), "other_child").items()
    }
    return small() | lines


def test_forty_people_are_kept_and_one_more_is_a_sentence(either_door: Door) -> None:
    page = either_door.refused(crowd(41))
    assert "A household can have 40 people here." in page
    assert "Child 41" in page
    assert either_door.send(crowd(400)).status_code == 413, "more boxes than any page of ours has"
    case_id, _ = either_door.opened(crowd(40))
    with either_door.instance.app.app_context():
        assert len(either_door.household(case_id).members) == 40


# ---- sent twice


def test_sent_twice_it_makes_one_case(either_door: Door) -> None:
    typed = h1()
    first, second = either_door.opened(typed), either_door.opened(typed)
    assert first == second
    assert "This family was saved already" in either_door.client.get(f"/cases/{first[0]}").text
    with either_door.instance.app.app_context():
        assert [
            db.session.scalar(select(func.count(t.id))) for t in (Case, CaseMember, Assessment, CaseConversation)
        ] == [1, 4, 1, 2]
        assert db.session.scalar(select(func.count(SavedAnswer.id))) == 5


def test_sent_at_the_same_moment_it_makes_one_case(either: Instance) -> None:
    typed, clients = h1(), [either.client("housing_officer") for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda one: one.post(PAGE, data=typed), clients))
    assert {a.status_code for a in answers} == {302}
    assert len({a.headers["Location"] for a in answers}) == 1


def test_back_and_one_person_more_is_refused_with_the_way_to_the_case(either_door: Door) -> None:
    typed = small()
    case_id, _ = either_door.opened(typed)
    again = either_door.send(typed | line(3, "Cy Example", ago(400), "child"))
    assert again.status_code == 422
    assert "This page was saved already" in again.text
    assert f'href="/cases/{case_id}"' in again.text
    assert "Cy Example" in again.text


def test_back_and_quite_another_family_is_another_case(door: Door) -> None:
    typed = small()
    first, _ = door.opened(typed)
    other, _ = door.opened(
        typed | line(1, "Zoe Example", "1 2 1991", "mother") | line(2, "Yan Example", ago(900), "child")
    )
    assert first != other


def test_a_page_of_somebody_else_opens_nothing_of_theirs(door: Door, other_officer: FlaskClient) -> None:
    typed = small()
    first, _ = door.opened(typed)
    other = Door(door.instance, other_officer).opened(typed)
    assert first != other[0]


# ---- a place known already


def test_a_known_place_brings_what_does_not_change_in_a_building(door: Door) -> None:
    typed = small(address="Flat 2, 1 Made-up Street, B11 1AA", floor="3", shares=["nothing"])
    door.opened(typed)
    second = small(address="flat 2, 1 made-up street,  b11 1aa", kind="")
    second |= line(1, "Zoe Example", "1 2 1991", "mother") | line(2, "Yan Example", ago(900), "child")
    _, assessment_id = door.opened(second)
    with door.instance.app.app_context():
        place = door.judged(assessment_id).file.placement
        assert (place.kind, place.floor, place.shares) == ("nightly_paid", 3, ())


def test_a_place_of_a_case_they_may_not_see_is_not_known(door: Door, other_officer: FlaskClient) -> None:
    Door(door.instance, other_officer).opened(small())
    page = door.send(small(kind=""))
    assert page.status_code == 422
    assert "Choose what kind of place it is." in page.text


# ---- who may


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("housing_officer", 200),
        ("senior_officer", 200),
        ("safeguarding_lead", 200),
        ("auditor", 403),
        ("administrator", 403),
    ],
)
def test_who_may_open_a_case_may_see_the_page(instance: Instance, role: str, status: int) -> None:
    client = instance.client(role)
    assert client.get(PAGE).status_code == status
    assert client.post(PAGE, data=small()).status_code == (302 if status == 200 else 403)


def test_the_rows_it_names_are_in_the_checklists() -> None:
    criteria = read_folder().criteria
    for topic in TOPICS:
        assert topic.source
        for name, values in topic.rows.items():
            assert criteria[name].subject == topic.about
            assert [problem for value in values.values() if (problem := value_problem(criteria[name], value))] == []
            assert not any(
                criteria[name].options[v].retired for v in values.values() if isinstance(v, str) and v != UNKNOWN
            )


def test_tonight_or_planned_sets_by_when_each_call_is_answered(door: Door) -> None:
    due = []
    for urgency in ("tonight", "planned"):
        _, assessment_id = door.opened(small(urgency=urgency))
        with door.instance.app.app_context():
            judged = door.judged(assessment_id)
            due.append({c.speaker: c.due for c in calls(judged.checklist, judged.file, judged.result)})
    police = read_folder().agencies["police"]
    assert [one["police"] for one in due] == [police.tonight, police.planned]
