"""An emergency decision that is not ratified: the family has to be moved, by a day, and it stays in sight until somebody wrote down where."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.clocks import in_words, next_working_day, today
from app.decisions import afterwards, emergency, escalated
from app.decisions import service as decisions
from app.decisions.models import Decision, EmergencyDecision
from app.extensions import db
from app.letters import telling
from tests.conftest import Instance
from tests.decisions.test_afterwards import day
from tests.decisions.test_emergency import SAID, path_of

TASK = "Not suitable, and the family is there: find them another place"
WHERE = "Flat 9, 3 Invented Row. Olu saw them arrive with the cot."


def escalate(instance: Instance, verdict: str = "escalated") -> tuple[str, str, str]:
    """(case, assessment, emergency) of one that a lead looked at."""
    case_id, assessment_id = instance.import_case("h1")
    sent = instance.client("senior_officer").post(
        path_of(case_id, assessment_id), data={**SAID, "version": str(instance.version(case_id))}
    )
    assert sent.status_code == 302
    with instance.app.app_context():
        taken = emergency.of_assessment(assessment_id)[0].id
    page = f"/cases/{case_id}/assessments/{assessment_id}/emergency/{taken}"
    typed = {"verdict": verdict, "note": "Nobody saw a cot, and the lock is broken.", "version": str(instance.version(case_id))}  # fmt: skip
    assert instance.client("safeguarding_lead").post(page, data=typed).status_code == 302
    return case_id, assessment_id, taken


def test_one_that_is_escalated_waits_with_its_day_until_somebody_writes_down_where(either: Instance) -> None:
    case_id, assessment_id, taken = escalate(either)
    page = f"/cases/{case_id}/assessments/{assessment_id}/emergency/{taken}/moved"
    by = in_words(next_working_day(today()))
    for role in ("housing_officer", "senior_officer", "safeguarding_lead"):
        listed = either.client(role).get("/").text
        assert TASK in listed
        assert page in listed
        assert f"by {by}" in listed
    assert TASK not in either.client("other_officer").get("/").text
    officer = either.client("housing_officer")
    assert by in officer.get(page).text
    version = str(either.version(case_id))
    without = officer.post(page, data={"version": version, "reason": "", **day("seen_on", today())})
    assert without.status_code == 422
    assert "Say where they are now." in without.text
    ahead = officer.post(page, data={"version": version, "reason": WHERE, **day("seen_on", today() + timedelta(days=1))})  # fmt: skip
    assert ahead.status_code == 422
    assert WHERE in ahead.text
    typed = {"version": version, "reason": WHERE, **day("seen_on", today())}
    assert officer.post(page, data=typed).status_code == 302
    assert TASK not in officer.get("/").text
    assert WHERE in officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text
    again = officer.post(page, data={**typed, "version": str(either.version(case_id))})
    assert again.status_code == 422
    assert "dealt with already" in again.text
    with either.app.app_context():
        assert db.session.scalars(select(AuditEvent).where(AuditEvent.action == "emergency.moved")).one()


def test_one_that_is_ratified_makes_no_task(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id, taken = escalate(instance, "ratified")
    assert TASK not in officer.get("/").text
    page = f"/cases/{case_id}/assessments/{assessment_id}/emergency/{taken}/moved"
    assert "Nothing is left to write down here." in officer.get(page).text
    typed = {"version": str(instance.version(case_id)), "reason": WHERE, **day("seen_on", today())}
    assert officer.post(page, data=typed).status_code == 422


def test_the_decision_takes_the_task_over_and_there_is_one(instance: Instance, officer: FlaskClient) -> None:
    _, assessment_id, _ = escalate(instance)
    decision_id = decide(instance, assessment_id)
    assert officer.get("/").text.count(TASK) == 1
    with instance.app.app_context():
        assert [s.kind for s in afterwards.steps_of(decision_id)].count("move") == 1
        assert [key for _, key, _ in escalated.all_to_move()] == [s.id for s in afterwards.steps_of(decision_id) if s.kind == "move"]  # fmt: skip


def test_where_they_were_moved_already_the_decision_makes_none_and_its_record_says_where(instance: Instance) -> None:
    case_id, assessment_id, taken = escalate(instance)
    with instance.app.app_context():
        escalated.moved(instance.user("housing_officer"), taken, instance.version(case_id), WHERE, today())
    decision_id = decide(instance, assessment_id)
    with instance.app.app_context():
        assert "move" not in [s.kind for s in afterwards.steps_of(decision_id)]
        record_id = db.session.get_one(Decision, decision_id).record_id
    assert WHERE in instance.client("housing_officer").get(
        f"/cases/{case_id}/records/{record_id}"
    ).text or WHERE in body(instance, record_id)


def body(instance: Instance, record_id: str) -> str:
    from app.records.service import contents  # noqa: PLC0415 (read once)

    with instance.app.app_context():
        return str(contents(record_id))


def decide(instance: Instance, assessment_id: str) -> str:
    instance.submit(assessment_id)
    with instance.app.app_context():
        case_id = db.session.scalars(select(EmergencyDecision.case_id)).one()
        made = decisions.decide(
            instance.user("safeguarding_lead"), assessment_id, instance.version(case_id), "approve", "Read, and it stands.", []
        )  # fmt: skip
        return made.id


@pytest.mark.parametrize("moved", [False, True])
def test_a_day_later_it_is_in_the_digest_of_the_officer(instance: Instance, moved: bool) -> None:
    case_id, _, taken = escalate(instance)
    if moved:
        with instance.app.app_context():
            escalated.moved(instance.user("housing_officer"), taken, instance.version(case_id), WHERE, today())
    with instance.app.app_context():
        by = next_working_day(today())
        assert [row for row in telling.gather(by) if row[0] == "move_late"] == []
        late = [row for row in telling.gather(by + timedelta(days=1)) if row[0] == "move_late"]
        assert late == ([] if moved else [("move_late", case_id, taken, "")])
