"""People of one name are told apart wherever they are named, and two entries that may be one person are asked about."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.assessments.models import Assessment
from app.cases.alike import may_be_one
from app.cases.models import Case
from app.database import writing
from app.decisions import service as decisions
from app.extensions import db
from app.records import pdf
from app.records.models import Record
from app.suitability.casefile.called import labels
from app.suitability.casefile.household import Household, Member
from tests.conftest import Instance

MAY, JUNE = date(2026, 5, 3), date(2026, 6, 4)


def somebody(key: str, name: str = "Muhammad Example", kind: str = "child", **more: Any) -> Member:
    return Member.model_validate({"key": key, "name": name, "kind": kind, **more})


def called(*people: Member) -> list[str]:
    """The labels, in order of entry, then of who follows from a pregnancy."""
    return list(labels(Household(reference="R-1", members=people)).values())


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([somebody("C1", born=MAY), somebody("C2", "Sam Example", born=MAY)], ["Muhammad Example", "Sam Example"]),
        (
            [somebody("C1", born=MAY), somebody("C2", born=JUNE)],
            ["Muhammad Example (born 3 May 2026)", "Muhammad Example (born 4 June 2026)"],
        ),
        (
            [somebody("C1", born=MAY), somebody("C2", "MUHAMMAD  EXAMPLE", born=MAY)],
            [
                "Muhammad Example (born 3 May 2026, first entered)",
                "MUHAMMAD EXAMPLE (born 3 May 2026, second entered)",
            ],
        ),
        (
            [somebody("A1", kind="adult"), somebody("C2"), somebody("C3", born=MAY)],
            [
                "Muhammad Example (birth date not known, first entered)",
                "Muhammad Example (birth date not known, second entered)",
                "Muhammad Example (born 3 May 2026)",
            ],
        ),
        (
            [somebody("U1", "unborn child of Sam", "unborn", due=MAY), somebody("U2", "Unborn child of Sam", "unborn")],
            ["unborn child of Sam (due 3 May 2026)", "Unborn child of Sam (due date not known)"],
        ),
        (
            [
                somebody("A1", "Amina Example", "adult", born=date(1980, 1, 2), pregnant=True),
                somebody("A2", "Amina Example", "adult", born=date(2003, 1, 2), pregnant=True),
            ],
            [
                "Amina Example (born 2 January 1980)",
                "Amina Example (born 2 January 2003)",
                "Unborn child of Amina Example (born 2 January 1980)",
                "Unborn child of Amina Example (born 2 January 2003)",
            ],
        ),
    ],
)
def test_a_name_is_enough_alone_and_never_where_two_have_it(people: list[Member], said: list[str]) -> None:
    assert called(*people) == said


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Ali Example", "ali example", "Ali-Example", "علي", "?", "-"]),
            st.sampled_from(["adult", "child", "unborn"]),
            st.sampled_from([None, MAY, JUNE]),
            st.booleans(),
        ),
        min_size=1,
        max_size=14,
    )
)
def test_no_two_people_of_a_household_are_ever_called_alike(given: list[tuple[str, str, date | None, bool]]) -> None:
    people = [
        somebody(f"P{at}", name, kind, **{"due" if kind == "unborn" else "born": day, "pregnant": pregnant or None})
        for at, (name, kind, day, pregnant) in enumerate(given)
    ]
    found = [name.casefold() for name in called(*people)]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("one", "other", "asked"),
    [
        (somebody("C1", born=MAY), somebody("C2", born=MAY), True),
        (somebody("C1", born=MAY), somebody("C2", "Muhammad  EXAMPLE", born=MAY), True),
        (somebody("C1", born=MAY), somebody("C2"), True),
        (somebody("C1", born=MAY), somebody("C2", born=JUNE), False),
        (somebody("C1", born=MAY), somebody("C2", "Sam Example", born=MAY), False),
        (somebody("A1", kind="adult"), somebody("C2", born=MAY), True),
        (
            somebody("U1", "unborn one", "unborn", mother="A1"),
            somebody("U2", "unborn two", "unborn", mother="A1"),
            True,
        ),
        (somebody("U1", "unborn one", "unborn"), somebody("U2", "unborn two", "unborn", mother="A1"), True),
        (somebody("U1", "unborn", "unborn", mother="A2"), somebody("U2", "unborn", "unborn", mother="A1"), False),
        (somebody("U1", "Sam", "unborn"), somebody("C2", "Sam", born=MAY), False),
    ],
)
def test_what_is_not_known_is_no_difference(one: Member, other: Member, asked: bool) -> None:
    assert may_be_one(one, other) is may_be_one(other, one) is asked


def opened(instance: Instance) -> tuple[Any, str, str]:
    client = instance.client("housing_officer")
    path = client.post("/cases/open", data={"reference": "CASE-1"}).headers["Location"]
    return client, path, path.split("/")[2]


def typed(instance: Instance, case_id: str, **more: str) -> dict[str, str]:
    born = {"born-day": "3", "born-month": "5", "born-year": "2022"}
    return {"version": str(instance.version(case_id)), "name": "Muhammad Example", "kind": "child", **born, **more}


QUESTION = "Is this another child, a twin for instance, or the same one entered twice?"


def test_the_second_of_one_name_and_birthday_is_asked_about_once(either: Instance) -> None:
    client, path, case_id = opened(either)
    new = path + "/members/new"
    assert client.post(new, data=typed(either, case_id)).status_code == 302
    asked = client.post(new, data=typed(either, case_id, name="muhammad example", relationship="second son"))
    assert asked.status_code == 422
    assert f"Muhammad Example, born 3 May 2022, is already in this household. {QUESTION}" in asked.text
    assert 'value="second son"' in asked.text
    assert 'value="muhammad example"' in asked.text
    about = re.search(r'name="asked_about" value="([^"]+)"', asked.text)
    assert about
    assert len(re.findall("/members/[0-9a-f]{32}", client.get(path).text)) == 2, "change and remove of the first alone"
    answered = typed(either, case_id, name="muhammad example", asked_about=about[1], same="another person")
    assert client.post(new, data=answered).status_code == 302
    page = client.get(path).text
    assert "Muhammad Example (born 3 May 2022, first entered)" in page
    assert "muhammad example (born 3 May 2022, second entered)" in page
    second = re.findall("/members/([0-9a-f]{32})", page)[-1]
    for member in dict.fromkeys(re.findall("/members/([0-9a-f]{32})", page)):
        again = client.post(f"{path}/members/{member}", data=typed(either, case_id, language="Somali"))
        assert again.status_code == 302, "not asked again, of either"
    # A third is somebody nobody was asked about.
    assert client.post(new, data=typed(either, case_id)).status_code == 422
    other = typed(either, case_id, **{"born-year": "2021"})
    assert client.post(f"{path}/members/{second}", data=other).status_code == 302


def test_the_same_one_leads_to_the_entry_that_is_there_and_saves_nothing(instance: Instance) -> None:
    client, path, case_id = opened(instance)
    client.post(path + "/members/new", data=typed(instance, case_id))
    [there] = set(re.findall("/members/([0-9a-f]{32})", client.get(path).text))
    asked = client.post(
        path + "/members/new", data=typed(instance, case_id, **{"born-year": ""}, **{"born-day": "", "born-month": ""})
    )
    assert asked.status_code == 422, "a birth date that is not known is no difference"
    [about] = re.findall(r'name="asked_about" value="([^"]+)"', asked.text)
    done = client.post(
        path + "/members/new", data=typed(instance, case_id, asked_about=about, same=about, language="Urdu")
    )
    assert done.headers["Location"].endswith(f"/members/{there}")
    assert "Nothing was saved" in client.get(done.headers["Location"]).text
    assert set(re.findall("/members/([0-9a-f]{32})", client.get(path).text)) == {there}


def test_an_answer_counts_for_those_it_was_asked_about_alone(instance: Instance) -> None:
    """“Another” was said of one name; then the name was changed to somebody else’s."""
    client, path, case_id = opened(instance)
    new = path + "/members/new"
    client.post(new, data=typed(instance, case_id))
    client.post(new, data=typed(instance, case_id, name="Sam Example"))
    asked = client.post(new, data=typed(instance, case_id))
    [about] = re.findall(r'name="asked_about" value="([^"]+)"', asked.text)
    changed = typed(instance, case_id, name="Sam Example", asked_about=about, same="another person")
    told = client.post(new, data=changed)
    assert told.status_code == 422
    assert "Sam Example, born 3 May 2022, is already" in told.text
    assert not re.search(r'name="same"[^>]*checked', told.text)


@pytest.mark.parametrize(
    "answer", [{"same": "another person"}, {"asked_about": "C1"}, {"asked_about": "C1", "same": "C9"}]
)
def test_half_an_answer_is_none(instance: Instance, answer: dict[str, str]) -> None:
    client, path, case_id = opened(instance)
    client.post(path + "/members/new", data=typed(instance, case_id))
    assert client.post(path + "/members/new", data=typed(instance, case_id, **answer)).status_code == 422


def test_two_unborn_children_of_one_mother_are_asked_about(instance: Instance) -> None:
    client, path, case_id = opened(instance)
    new = path + "/members/new"
    mother = {"name": "Sam Example", "kind": "adult"}
    client.post(new, data={"version": str(instance.version(case_id)), **mother})
    unborn = {"kind": "unborn", "mother": "A1"}
    first = {"version": str(instance.version(case_id)), "name": "unborn child of Sam Example", **unborn}
    assert client.post(new, data=first).status_code == 302
    second = {"version": str(instance.version(case_id)), "name": "baby two", **unborn}
    asked = client.post(new, data=second)
    assert asked.status_code == 422
    assert "unborn child of Sam Example, due date not known, is already" in asked.text


def two_of_one_name(instance: Instance) -> tuple[str, str]:
    """The first worked example with two children of one name and birthday: (case, assessment)."""
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.app_context(), writing() as session:
        children = [m for m in session.get_one(Case, case_id).members if m.kind == "child"][:2]
        for child in children:
            child.name, child.born = "Muhammad Example", date(2024, 5, 3)
    return case_id, assessment_id


# What an officer wrote in words of their own stays as it is.
_OTHERS_WORDS = re.compile(r"Muhammad Example, in words\.")


def bare(text: str) -> list[str]:
    """Where the name stands without what tells the two apart: what is shown, not what stands in a field to be changed."""
    shown = _OTHERS_WORDS.sub("", re.sub(r'value="[^"]*"', "", text))
    return re.findall(r".{0,60}Muhammad Example(?! \(born 3 May 2024, (?:first|second) entered\)).{0,30}", shown)


def test_every_page_tells_two_of_one_name_apart(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = two_of_one_name(instance)
    case, here = f"/cases/{case_id}", f"/cases/{case_id}/assessments/{assessment_id}"
    page = officer.get(case).text
    with instance.app.app_context():
        stored = db.session.get_one(Case, case_id)
        adult = next(m for m in stored.members if m.kind == "adult").id
        child = next(m for m in stored.members if m.name == "Muhammad Example")
        mine, key = child.id, child.key
    paths = [
        case, f"{case}/members/{adult}?of=everything", f"{case}/members/{mine}", f"{case}/services/new", f"{case}/history/contacts",
        f"{case}/history/events", here, f"{here}/result", f"{here}/submit", f"{here}/journeys", f"{here}/reasoning",
        f"{here}/questions/CS01/{key}", f"{here}/mitigations/CS01/{key}", f"{here}/acceptances/CS01/{key}",
    ]  # fmt: skip
    for path in paths:
        page = officer.get(path)
        assert page.status_code == 200, path
        assert "Muhammad Example (born 3 May 2024, first entered)" in page.text, path
        assert bare(page.text) == [], path
    result = officer.get(f"{here}/result").text
    assert "Muhammad Example (born 3 May 2024, second entered), 2 years" in result
    for role, path in (("senior_officer", f"{here}/emergency"), ("safeguarding_lead", f"{here}/review")):
        if role == "safeguarding_lead":
            instance.submit(assessment_id)
        told = instance.client(role).get(path)
        assert told.status_code == 200
        assert bare(told.text) == [], path


def test_the_record_tells_them_apart_on_paper_and_as_data(instance: Instance) -> None:
    _, assessment_id = two_of_one_name(instance)
    instance.submit(assessment_id)
    with instance.app.app_context():
        assessment = db.session.get_one(Assessment, assessment_id)
        lead = instance.user("safeguarding_lead")
        words = ("approve", "Read and agreed, for these reasons.", [])
        made = decisions.decide(lead, assessment_id, assessment.case.version, *words)
        body = db.session.get_one(Record, made.record_id).body
    told = json.loads(body)
    first, second = (f"Muhammad Example (born 3 May 2024, {at} entered)" for at in ("first", "second"))
    assert {c["name"] for c in told["children"]} >= {first, second}
    people = next(part for part in told["told"] if part["title"] == "The people")
    assert {entry["name"] for entry in people["entries"]} >= {first, second}
    about = {f["subject_name"] for f in told["findings_shown"]} | {q["subject_name"] for q in told["open_questions"]}
    assert {first, second} <= about
    # The household as data keeps the name as it is: it is judged again, and nobody is called by a label.
    assert [m["name"] for m in told["case_file"]["household"]["members"]].count("Muhammad Example") == 2
    words_for = {
        name: told["decision"]["reasons"][key] for key, name in ((c["key"], c["name"]) for c in told["children"])
    }
    assert set(words_for) >= {first, second}
    drawn = " ".join(re.sub(r"<[^>]*>", " ", pdf.html_of(told)).split())
    written = {c["reason"] for c in told["children"]}
    for reason in written:
        drawn = drawn.replace(reason, "")
    assert bare(drawn) == []


def test_who_is_taken_out_is_told_by_more_than_a_name(instance: Instance) -> None:
    case_id, _ = two_of_one_name(instance)
    with instance.app.app_context():
        [_, second] = [m for m in db.session.get_one(Case, case_id).members if m.name == "Muhammad Example"]
        mine = second.id
    officer, path = instance.client("housing_officer"), f"/cases/{case_id}/members/{mine}/remove"
    seen = {"version": str(instance.version(case_id))}
    assert "Take Muhammad Example (born 3 May 2024, second entered) out" in officer.post(path, data=seen).text
    long = officer.post(path, data={**seen, "reason": "x" * 7_900})
    assert (long.status_code, "7,500 characters or fewer" in long.text) == (422, True)
    done = officer.post(path, data={**seen, "reason": "Entered twice."}, follow_redirects=True)
    assert "Muhammad Example (born 3 May 2024, second entered) is taken out" in done.text
    with instance.app.app_context():
        case = db.session.get_one(Case, case_id)
        said = case.events[-1].what
        assert "Muhammad Example" in [m.name for m in case.members]
    assert said.startswith("Muhammad Example (born 3 May 2024, second entered) (child): Entered twice.")
    assert "Muhammad Example (born" not in officer.get(f"/cases/{case_id}").text, "one is left: the name is enough"
