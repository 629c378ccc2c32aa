"""What an agency was asked about people who left, and what they were called before, goes along with them, and tells nobody where they are."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.assessments.models import SavedAnswer
from app.cases import service as cases
from app.cases.models import Case, CaseConversation, CaseMember
from app.clocks import in_words, today
from app.database import writing
from app.deadlines import due as due_dates
from app.deadlines import keeping, service
from app.extensions import db
from app.finding.models import FormerName
from app.lives import along
from app.lives.along import ASKED_BEFORE
from tests.conftest import Instance

from .test_born import told
from .test_joining import join
from .test_parting import made_from, part

WORDS = "Quentinmark: has he been seen at 9 Zedmarker Lane?"


def ask(instance: Instance, case_id: str, key: str = "q1", came: str | None = "asked", **more: Any) -> None:
    """A question to an agency, asked eight days ago and wanted tomorrow."""
    values = {
        "speaker": "agency", "who": "health_visitor", "on": today() - timedelta(days=8), "due": today() + timedelta(days=1),
        "due_at": "12:00", "question": WORDS, "came": came, "grade": "E3", "source_name": "Rosa Lind", "source_role": "health visitor",
        "how": "telephone", **more,
    }  # fmt: skip
    with instance.app.app_context(), writing() as session:
        case = cases.lock_case(session, case_id, None)
        user = instance.user("housing_officer").id
        case.conversations.append(
            CaseConversation(key=key, place=len(case.conversations) + 1, recorded_by=user, **values)
        )


def held(instance: Instance, case_id: str) -> list[CaseConversation]:
    with instance.app.app_context():
        query = select(CaseConversation).where(
            CaseConversation.case_id == case_id, CaseConversation.speaker == "agency"
        )
        found = list(db.session.scalars(query.order_by(CaseConversation.place)))
    return [c for c in found if c.question.startswith(ASKED_BEFORE) or c.question == WORDS]


def none_else_waits(instance: Instance, case_id: str) -> None:
    """The worked example asks agencies itself: what it asked is answered, so that a test knows what waits."""
    with instance.app.app_context(), writing() as session:
        for c in cases.lock_case(session, case_id, None).conversations:
            if c.speaker == "agency" and c.question:
                c.came = "answered"


@pytest.mark.parametrize(
    ("came", "says"), [("asked", ""), ("silent", ""), ("partly", "in part"), ("refused", "refused there"), (None, "")]
)
def test_what_waits_for_an_answer_goes_along_with_its_day_its_source_and_without_its_words(
    either: Instance, came: str | None, says: str
) -> None:
    case_id, _ = either.import_case("h1")
    none_else_waits(either, case_id)
    ask(either, case_id, came=came, reply="He was there." if came == "partly" else "")
    status, text = part(either, case_id, "M", "B1", "B2")
    assert status == 302, text
    new = made_from(either, case_id)
    [there], [here] = held(either, new.id), held(either, case_id)
    same = (
        "speaker",
        "who",
        "on",
        "due",
        "due_at",
        "source_name",
        "source_role",
        "grade",
        "how",
        "recorded_by",
        "recorded_at",
    )
    assert [getattr(there, k) for k in same] == [getattr(here, k) for k in same]
    assert (here.question, here.came) == (WORDS, came), "what stands in the case they left stays as it is"
    assert there.came == (came or "asked")
    assert says in there.question
    for mark in ("Quentinmark", "Zedmarker", "He was there"):
        assert mark not in there.question + there.reply
    page = re.sub(r"\s+", " ", either.client("safeguarding_lead").get(f"/cases/{new.id}").text)
    assert "not answered there. Ask again:" in page
    assert f"wanted by {in_words(today() + timedelta(days=1))}" in page
    assert "Quentinmark" not in page
    assert "Ask again:" not in either.client("housing_officer").get(f"/cases/{case_id}").text


def test_it_waits_in_my_work_of_the_new_case_and_its_ladder_climbs(either: Instance) -> None:
    case_id, _ = either.import_case("h1")
    none_else_waits(either, case_id)
    ask(either, case_id)
    assert part(either, case_id, "M", "B1", "B2")[0] == 302
    new = made_from(either, case_id)
    with either.app.app_context():
        keeping.one_case(new.id, today())
        officer = either.user("housing_officer")
        [due] = [d for d in due_dates.due_for(officer, today()) if d.case_id == new.id and d.kind == "answer"]
        assert (due.due, due.is_mine) == (today() + timedelta(days=1), True)
        [shown] = [
            s for s in service.of_case(db.session.get_one(Case, new.id), today()).coming if s.one.kind.code == "answer"
        ]
        assert shown.one.found.began == today() - timedelta(days=8)
        assert "asked in the case that they left" in shown.one.found.said
    work = either.client("housing_officer").get("/").text
    lines = re.findall(r"<(?:tr|li)\b.*?</(?:tr|li)>", work, re.S)
    mine = [line for line in lines if new.reference in line and "nswer" in line]
    assert mine, "it waits under the new case: " + " | ".join(line for line in lines if new.reference in line)
    with either.app.app_context():
        keeping.one_case(new.id, today() + timedelta(days=20))
        late = service.of_case(db.session.get_one(Case, new.id), today() + timedelta(days=20)).late
        assert [s for s in late if s.one.kind.code == "answer" and "Silence is no clearance" in s.one.found.said]
    assert "To be assessed afresh" in either.client("housing_officer").get(f"/cases/{new.id}").text


def test_what_is_known_to_be_of_those_who_stay_and_what_was_answered_is_not_asked_there(instance: Instance) -> None:
    case_id, _ = instance.import_case("h1")
    none_else_waits(instance, case_id)
    ask(instance, case_id, "of_him")
    ask(instance, case_id, "done", came="answered", answered_on=today())
    answer = told(instance, case_id, "SM01", "F", "now", today() - timedelta(days=8), source="Quentin")
    with instance.app.app_context(), writing() as session:
        cases.lock_case(session, case_id, None)
        session.add(along.again(session.get_one(SavedAnswer, answer), conversation="of_him"))
    assert part(instance, case_id, "M", "B1", "B2")[0] == 302
    new = made_from(instance, case_id)
    assert held(instance, new.id) == []
    assert "Ask again:" not in instance.client("safeguarding_lead").get(f"/cases/{new.id}").text


def test_what_waits_is_asked_in_the_case_that_two_households_become(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    other_id, _ = instance.import_case("h1")
    none_else_waits(instance, other_id)
    ask(instance, other_id)
    assert join(instance, case_id, other_id)[0] == 302
    [there] = held(instance, case_id)
    assert there.due == today() + timedelta(days=1)
    assert "Ask again:" in instance.client("housing_officer").get(f"/cases/{case_id}").text


# ---- former names


def renamed(instance: Instance, case_id: str, key: str, was: str, now_called: str) -> None:
    for name in (was, now_called):
        with instance.app.app_context():
            member = db.session.scalars(
                select(CaseMember).where(CaseMember.case_id == case_id, CaseMember.key == key)
            ).one()
            values = {"name": name, "kind": member.kind, "born": member.born}
            cases.save_member(instance.user("housing_officer"), case_id, instance.version(case_id), member.id, values)


def find(instance: Instance, words: str, who: str) -> str:
    return instance.client(who).post("/search", data={"words": words}, follow_redirects=True).text


def test_they_are_found_in_their_own_case_by_what_they_were_called_before(either: Instance) -> None:
    case_id, _ = either.import_case("h1")
    renamed(either, case_id, "M", "Ottoline Quarrelmark", "Zenobia Newmark")
    renamed(either, case_id, "F", "Barnaby Wontgo", "Barnaby Stays")
    assert part(either, case_id, "M", "B1", "B2", limited="yes")[0] == 302
    new = made_from(either, case_id)
    with either.app.app_context():
        rows = {c: db.session.scalars(select(FormerName).where(FormerName.case_id == c).order_by(FormerName.until)).all() for c in (case_id, new.id)}  # fmt: skip
        assert "Ottoline Quarrelmark" in [r.name for r in rows[new.id]]
        assert "Barnaby Wontgo" not in [r.name for r in rows[new.id]]
        [here], [there] = ([r for r in rows[c] if r.name == "Ottoline Quarrelmark"] for c in (case_id, new.id))
        assert here.until == there.until, "since when it is another is kept"
    assert new.reference in find(either, "Quarrelmark", "safeguarding_lead")
    for who in ("senior_officer", "other_officer"):
        assert new.reference not in find(either, "Quarrelmark", who), "whoever may not see it finds no trace of it"
        assert new.reference not in find(either, "Zenobia", who)


def test_they_are_found_by_it_in_the_case_that_takes_them_in(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    other_id, _ = either.import_case("h1")
    renamed(either, other_id, "M", "Ottoline Quarrelmark", "Zenobia Newmark")
    assert join(either, case_id, other_id)[0] == 302
    with either.app.app_context():
        reference = db.session.get_one(Case, case_id).reference
        [row] = db.session.scalars(
            select(FormerName).where(FormerName.case_id == case_id, FormerName.name.startswith("Ottoline"))
        )
        [member] = db.session.scalars(
            select(CaseMember).where(CaseMember.case_id == case_id, CaseMember.name == "Zenobia Newmark")
        )
        assert row.key == member.key
    assert reference in find(either, "Quarrelmark", "housing_officer")
