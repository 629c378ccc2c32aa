"""The child born in place of the unborn: what was said before is no answer about the child, and nothing is assumed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments import judging
from app.assessments.models import Assessment, SavedAnswer
from app.cases import service as cases
from app.cases.models import Case, CaseMember
from app.clocks import today
from app.database import writing
from app.deadlines import keeping
from app.deadlines.models import Clock
from app.extensions import db
from app.lives.models import LifeStep
from tests.conftest import Instance

from .acting import day_of


def expecting(instance: Instance, entered: bool = True) -> tuple[str, str, str]:
    """A family in which a birth is expected: case, assessment, and the row of who it is written down of."""
    case_id, assessment_id = instance.import_case("h2")
    with instance.app.app_context(), writing() as session:
        case = cases.lock_case(session, case_id, None)
        mother = next(m for m in case.members if m.key == "M")
        mother.pregnant, mother.due = True, today() + timedelta(days=9)
        if not entered:
            return case_id, assessment_id, mother.id
        unborn = CaseMember(
            key="U9", place=9, name="Unborn child of M", kind="unborn", due=today() + timedelta(days=9), mother="M"
        )
        case.members.append(unborn)
        session.flush()
        return case_id, assessment_id, unborn.id


def told(
    instance: Instance, case_id: str, criterion: str, subject: str, value: Any, on: date, grade: str = "E3", **more: Any
) -> str:
    with instance.app.app_context(), writing() as session:
        cases.lock_case(session, case_id, None)
        made = SavedAnswer(
            case_id=case_id, unit_id=None, criterion=criterion, subject=subject, value=value, grade=grade, on=on,
            source_name=more.pop("source", "Hester"), source_role="Health visitor", recorded_by=instance.user("housing_officer").id, **more,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


def born(
    instance: Instance, client: FlaskClient, case_id: str, member_id: str, on: date, **more: str
) -> tuple[int, str]:
    typed = {"version": str(instance.version(case_id)), "name": "Mia Rowe", "sex": "unknown", "mother": "M", "still_pregnant": "no", "grade": "E4",
             **day_of("born", on), **more}  # fmt: skip
    answer = client.post(f"/cases/{case_id}/members/{member_id}/born", data=typed)
    return answer.status_code, answer.text


def members(instance: Instance, case_id: str) -> dict[str, CaseMember]:
    with instance.app.app_context():
        return {m.key: m for m in db.session.get_one(Case, case_id).members}


def file_of(instance: Instance, assessment_id: str) -> Any:
    with instance.app.app_context():
        return judging.judge(db.session.get_one(Assessment, assessment_id), today(), "E08000025").file


ROW = ("CS23", "described", "described_worrying")  # a question about a child: what reassures, and what worries


def test_the_baby_keeps_the_key_and_what_reassured_before_is_asked_anew(either: Instance) -> None:
    case_id, assessment_id, member_id = expecting(either)
    officer = either.client("housing_officer")
    name, calm, grave = ROW
    before = today() - timedelta(days=20)
    reassured = told(either, case_id, name, "U9", calm, before)
    assert reassured in {a.id for a in file_of(either, assessment_id).answers}
    assert "The baby is born" in officer.get(f"/cases/{case_id}").text
    assert born(either, officer, case_id, member_id, today() - timedelta(days=3))[0] == 302
    people = members(either, case_id)
    baby = people["U9"]
    assert (baby.kind, baby.name, baby.born, baby.due, baby.sex) == (
        "child",
        "Mia Rowe",
        today() - timedelta(days=3),
        None,
        None,
    )
    assert (people["M"].pregnant, people["M"].due) == (False, None)
    file = file_of(either, assessment_id)
    assert reassured not in {a.id for a in file.answers}, "said of a child nobody had seen yet"
    assert [e.who for e in file.household.events if e.kind == "birth"] == ["U9"]
    chronology = either.client("safeguarding_lead").get(f"/cases/{case_id}/chronology").text
    assert "Unborn child of M" in chronology
    worry = told(either, case_id, name, "U9", grave, before, source="Midge")
    again = told(either, case_id, name, "U9", calm, today())
    kept = {a.id for a in file_of(either, assessment_id).answers}
    assert worry in kept, "a worry counts until somebody takes it back"
    assert again in kept, "what was said since the birth is an answer"


def test_a_worry_that_was_taken_back_before_the_birth_does_not_come_back(instance: Instance) -> None:
    case_id, assessment_id, member_id = expecting(instance)
    name, calm, grave = ROW
    worry = told(instance, case_id, name, "U9", grave, today() - timedelta(days=30))
    told(instance, case_id, name, "U9", calm, today() - timedelta(days=20), reason="Seen since.", supersedes=[worry])
    born(instance, instance.client("housing_officer"), case_id, member_id, today())
    mine = [a for a in file_of(instance, assessment_id).answers if (a.criterion, a.subject) == (name, "U9")]
    assert mine == [], "it is asked anew: neither cleared nor worried about"


def test_twins_for_one_unborn_and_one_of_whom_nobody_was_entered(either: Instance) -> None:
    case_id, assessment_id, member_id = expecting(either)
    officer = either.client("housing_officer")
    name, calm, grave = ROW
    told(either, case_id, name, "U9", grave, today() - timedelta(days=9))
    code, _ = born(
        either,
        officer,
        case_id,
        member_id,
        today(),
        second_name="Max Rowe",
        second_sex="male",
        still_pregnant="unknown",
    )
    assert code == 302
    people = members(either, case_id)
    twin = next(m for m in people.values() if m.name == "Max Rowe")
    assert (twin.kind, twin.born, twin.mother, people["M"].pregnant) == ("child", today(), "M", None)
    carried = [a for a in file_of(either, assessment_id).answers if a.subject == twin.key]
    assert [(a.criterion, a.value, a.source.name) for a in carried] == [(name, grave, "Hester")]
    assert carried[0].note.startswith("Said before the birth, of the unborn child.")
    case_id, assessment_id, mother_id = expecting(either, entered=False)
    told(either, case_id, name, "M-unborn", grave, today() - timedelta(days=9))
    told(either, case_id, name, "M-unborn", calm, today() - timedelta(days=8), source="Somebody else")
    assert born(either, officer, case_id, mother_id, today())[0] == 302
    baby = next(m for m in members(either, case_id).values() if m.name == "Mia Rowe")
    mine = [a for a in file_of(either, assessment_id).answers if a.subject == baby.key]
    assert [(a.criterion, a.value) for a in mine] == [(name, grave)]


def test_dates_are_worked_out_anew(either: Instance) -> None:
    case_id, _, member_id = expecting(either)
    with either.app.app_context():
        keeping.one_case(case_id, today())
    born(either, either.client("housing_officer"), case_id, member_id, today())
    with either.app.app_context():
        keeping.one_case(case_id, today())
        rows = {(c.kind, c.subject): c for c in db.session.scalars(select(Clock).where(Clock.case_id == case_id))}
        assert (rows["age", "U9-birth"].state, rows["age", "U9-birth"].met_by) == ("met", "the child is born")
        assert rows["six_to_eight_weeks", "U9"].due == today() + timedelta(weeks=8)
    page = either.client("housing_officer").get(f"/cases/{case_id}/dates").text
    assert "Health review of a baby at 6 to 8 weeks" in page


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (day_of("born", today() + timedelta(days=1)), "This day is in the future."),
        (day_of("born", today() - timedelta(days=200)), "more than 22 weeks before"),
        ({"name": ""}, "Enter a name."),
        ({"still_pregnant": ""}, "Say whether she is still pregnant"),
        ({"second_sex": "male"}, "Enter the name of this child"),
        ({"grade": ""}, "Choose how it is known."),
        ({"version": "1"}, "Somebody changed this case since you opened this page."),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    instance: Instance, officer: FlaskClient, more: dict[str, str], said: str
) -> None:
    case_id, _, member_id = expecting(instance)
    code, page = born(instance, officer, case_id, member_id, today(), said="Both are well, says the ward.", **more)
    assert code == 422
    assert said in page
    assert "Both are well, says the ward." in page
    assert members(instance, case_id)["U9"].kind == "unborn"
    with instance.app.app_context():
        assert not db.session.scalars(select(LifeStep)).all()


def test_a_contact_before_the_birth_and_a_birth_by_another_page_are_refused(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, _, member_id = expecting(instance)
    other = officer.post(
        f"/cases/{case_id}/members/{member_id}",
        data={"version": str(instance.version(case_id)), "name": "Mia", "kind": "child"},
    )
    assert other.status_code == 422
    assert "choose “The baby is born” on the case" in other.text
    born(instance, officer, case_id, member_id, today() - timedelta(days=2))
    typed = {
        "version": str(instance.version(case_id)),
        "child": "U9",
        "what": "New birth visit",
        "outcome": "kept",
        **day_of("on", today() - timedelta(days=4)),
    }
    answer = officer.post(f"/cases/{case_id}/history/contacts", data=typed)
    assert answer.status_code == 422
    assert "a contact of the child cannot be before that" in answer.text
    assert "New birth visit" in answer.text
    answer = officer.post(f"/cases/{case_id}/history/contacts", data=typed | day_of("on", today()))
    assert answer.status_code == 302
