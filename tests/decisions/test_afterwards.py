"""After a decision: conditions met or past their day, corrections signed by two, withdrawn, assessed again, issued anew."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.clocks import today
from app.decisions import afterwards, service
from app.decisions.models import Decision, DecisionStep
from app.extensions import db
from app.records import service as records
from app.records.models import Record
from tests.conftest import Instance
from tests.decisions.test_lead_decides import words_of

WHY = "Read and agreed, for reasons that stand in the record."
NOTE = "I went there and looked at it myself this morning."


# ---- the rule by itself


@pytest.mark.parametrize(
    ("due", "met", "state"),
    [
        (date(2026, 11, 29), False, "open"),
        (date(2026, 11, 28), False, "lapsed"),
        (date(2026, 11, 30), False, "open"),
        (date(2026, 11, 1), True, "met"),
        (None, False, "no_day"),
        (None, True, "met"),
    ],
)
def test_a_condition_lapses_on_the_day_after_its_day(due: date | None, met: bool, state: str) -> None:
    assert afterwards.state_of(due, met, date(2026, 11, 29)) == state


def step(id: str, kind: str, about: str = "", due: date | None = None, number: int | None = None) -> DecisionStep:
    return DecisionStep(
        id=id, kind=kind, about=about, due=due, number=number, said=f"said {id}", seen_by="Olu", instead=""
    )


def test_a_condition_follows_its_steps_to_the_last() -> None:
    day = date(2026, 11, 29)
    steps = [
        step("a", "condition", due=day - timedelta(3), number=0),
        step("b", "condition", due=day, number=1),
        step("c", "condition", "a", day + timedelta(2), 0),
        step("d", "met", "c"),
    ]
    first, second = afterwards.standing(steps, day)
    assert (first.state, first.step.id, [s.id for s in first.since]) == ("met", "c", ["c", "d"])
    assert (second.state, second.step.id, second.since) == ("open", "b", [])
    first, _ = afterwards.standing(steps[:3], day)
    assert (first.state, first.step.id) == ("open", "c"), "it has its later day"
    first, _ = afterwards.standing(steps[:2], day)
    assert first.state == "lapsed"


# ---- through the pages


def conditional(instance: Instance, due: date | None = None) -> tuple[str, str, str]:
    """Decided with two conditions of the lead's: (case, record, decision)."""
    case_id, assessment_id = instance.submitted()
    day = (due or today()).isoformat()
    asked = [
        {"what": what, "owner": "Olu", "due": day, "seen": "Olu goes there"}
        for what in ("The cot is brought", "The window is closed")
    ]
    with instance.app.app_context():
        made = service.decide(
            instance.user("safeguarding_lead"), assessment_id, instance.version(case_id), "approve_with_conditions", WHY, asked
        )  # fmt: skip
        return case_id, made.record_id, made.id


def steps(instance: Instance, decision_id: str) -> list[DecisionStep]:
    with instance.app.app_context():
        found = list(afterwards.steps_of(decision_id))
        db.session.expunge_all()
        return found


def of(instance: Instance, decision_id: str, what: str) -> str:
    return next(s.id for s in steps(instance, decision_id) if s.said == what and s.kind == "condition")


def post(instance: Instance, client: FlaskClient, path: str, **typed: str) -> Any:
    case_id = path.split("/")[2]
    return client.post(path, data={"version": str(instance.version(case_id)), **typed})


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def test_every_condition_of_the_record_is_followed_up(instance: Instance) -> None:
    case_id, record_id, decision_id = conditional(instance)
    body = instance.client("safeguarding_lead").get(f"/cases/{case_id}/records/{record_id}").text
    with instance.app.app_context():
        kept = [c["what"] for c in records.contents(record_id)["conditions"]]
    assert len(kept) > 2, "those of the rules too"
    assert [s.said for s in steps(instance, decision_id)] == kept
    assert all(what in body for what in kept)


def test_a_condition_is_met_when_somebody_by_name_saw_it(instance: Instance, officer: FlaskClient) -> None:
    case_id, record_id, decision_id = conditional(instance)
    path = f"/cases/{case_id}/records/{record_id}/conditions/{of(instance, decision_id, 'The cot is brought')}"
    typed = {"verdict": "met", "reason": NOTE, "seen_by": "Olu Officer", **day("seen_on", today())}
    for wrong, said in (
        ({"seen_by": "nobody yet"}, "Name who saw it."),
        ({"seen_by": ""}, "Say who saw it."),
        (day("seen_on", today() + timedelta(1)), "This day is still to come."),
        ({"reason": "Seen."}, "Say a little more"),
        ({"verdict": "later"}, "Choose one of the answers shown"),
    ):
        answer = post(instance, officer, path, **{**typed, **wrong})
        assert answer.status_code == 422, wrong
        assert said in answer.text, wrong
    assert post(instance, officer, path, **typed).status_code == 302
    page = words_of(officer.get(f"/cases/{case_id}/records/{record_id}").text)
    assert "Met: Olu Officer" in page
    assert "Condition met: The cot is brought." in page
    again_pressed = post(instance, officer, path, **typed)
    assert again_pressed.status_code == 422
    assert "This was dealt with already." in again_pressed.text


def test_a_condition_past_its_day_goes_back_to_the_lead_and_is_never_silent(
    instance: Instance, officer: FlaskClient, lead: FlaskClient, auditor: FlaskClient
) -> None:
    case_id, record_id, decision_id = conditional(instance, today() - timedelta(2))
    for client in (officer, lead):
        home = words_of(client.get("/").text)
        assert home.count("A condition is past its day and nobody has seen it met") == 2
    assert "past its day" not in auditor.get("/").text
    page = words_of(lead.get(f"/cases/{case_id}/records/{record_id}").text)
    assert "Past its day, and nobody has seen it: back to the safeguarding lead" in page
    late = today() + timedelta(3)
    for what in ("The cot is brought", "The window is closed"):
        path = f"/cases/{case_id}/records/{record_id}/conditions/{of(instance, decision_id, what)}"
        past = post(instance, lead, path, verdict="later", reason=NOTE, **day("due", today() - timedelta(1)))
        assert "This day is past." in past.text
        assert post(instance, lead, path, verdict="later", reason=NOTE, **day("due", late)).status_code == 302
    assert "past its day" not in lead.get("/").text
    page = words_of(officer.get(f"/cases/{case_id}/records/{record_id}").text)
    assert "Condition not met in its time, and looked at again: The cot is brought." in page
    with instance.app.app_context():
        kept = records.contents(record_id)["conditions"]
        assert {c["due"] for c in kept if not c["criterion"]} == {(today() - timedelta(2)).isoformat()}, (
            "the record stays"
        )


def test_two_people_sign_a_correction(
    instance: Instance, officer: FlaskClient, senior: FlaskClient, lead: FlaskClient
) -> None:
    case_id, record_id, decision_id = conditional(instance)
    there = f"/cases/{case_id}/records/{record_id}"
    before = body_of(instance, record_id)
    typed = {
        "said": "The room is on the second floor.",
        "instead": "It is on the third floor.",
        "reason": "The provider showed me the plan.",
    }
    assert post(instance, officer, f"{there}/correct", **{**typed, "reason": ""}).status_code == 422
    assert post(instance, senior, f"{there}/correct", **typed).status_code == 302
    assert "A correction waits for a second person" in lead.get("/").text
    asked = next(s for s in steps(instance, decision_id) if s.kind == "correction")
    sign = f"{there}/corrections/{asked.id}"
    assert "Corrected:" not in lead.get(there).text, "one person’s word corrects nothing"
    own = post(instance, senior, sign, verdict="signed", reason=NOTE)
    assert own.status_code == 422
    assert "Somebody else counter-signs it." in own.text
    assert officer.get(sign).status_code == 403
    assert post(instance, lead, sign, verdict="signed", reason=NOTE).status_code == 302
    page = words_of(lead.get(there).text)
    assert (
        "Corrected: the record says “The room is on the second floor.”. Right is: “It is on the third floor.”" in page
    )
    assert "Asked for by Senior Officer; counter-signed by Safeguarding Lead" in page
    assert body_of(instance, record_id) == before


def body_of(instance: Instance, record_id: str) -> bytes:
    with instance.app.app_context():
        return bytes(db.session.get_one(Record, record_id).body)


def test_a_decision_is_withdrawn_by_a_lead_and_takes_no_more(
    instance: Instance, officer: FlaskClient, lead: FlaskClient
) -> None:
    case_id, record_id, decision_id = conditional(instance, today() - timedelta(2))
    there = f"/cases/{case_id}/records/{record_id}"
    assert officer.get(f"{there}/withdraw").status_code == 403
    why = "The provider let the room to somebody else this morning."
    assert post(instance, lead, f"{there}/withdraw", reason=why).status_code == 302
    page = words_of(lead.get(there).text)
    assert f"by Safeguarding Lead, safeguarding lead: {why} Nobody is placed on this decision." in page
    assert why in lead.get(f"/cases/{case_id}").text
    assert "past its day" not in lead.get("/").text, "its conditions are asked of nobody any more"
    late = post(
        instance, lead, f"{there}/conditions/{of(instance, decision_id, 'The cot is brought')}", verdict="met", seen_by="Olu", reason=NOTE, **day("seen_on", today())
    )  # fmt: skip
    assert late.status_code == 422
    assert "This decision was withdrawn." in late.text
    with instance.app.app_context():
        assert db.session.get_one(Decision, decision_id).outcome == "suitable_with_conditions"


# ---- the rows themselves


@pytest.mark.parametrize("statement", ["UPDATE decision_step SET said = 'x'", "DELETE FROM decision_step"])
def test_the_database_refuses_to_change_a_step(either: Instance, statement: str) -> None:
    conditional(either)
    with either.app.app_context(), pytest.raises(DatabaseError):
        db.session.execute(text(statement))
