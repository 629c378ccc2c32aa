"""A decided placement assessed again: linked, superseding, never editing; a statutory review by others from beginning to end."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import service as accounts
from app.assessments import service as assessments
from app.assessments.models import Assessment, SavedAnswer
from app.decisions import again, service
from app.decisions.models import Decision
from app.extensions import db
from app.records.models import Record
from tests.conftest import Instance
from tests.decisions.test_afterwards import NOTE, WHY, body_of, conditional
from tests.decisions.test_lead_decides import words_of

# ---- assessed again


def begin(instance: Instance, record_id: str, role: str, because: str = again.CHANGE) -> str:
    with instance.app.app_context():
        decision = db.session.scalars(select(Decision).where(Decision.record_id == record_id)).one()
        return again.begin(
            instance.user(role), decision.assessment_id, instance.version(decision.case_id), because, NOTE
        )


def test_what_is_assessed_again_supersedes_and_never_edits(
    instance: Instance, officer: FlaskClient, lead: FlaskClient
) -> None:
    case_id, record_id, decision_id = conditional(instance)
    before = body_of(instance, record_id)
    new = begin(instance, record_id, "housing_officer")
    with instance.app.app_context():
        found, old = db.session.get_one(Assessment, new), db.session.get_one(Decision, decision_id)
        old_unit = db.session.get_one(Assessment, old.assessment_id).unit_id
        assert found.follows == old.assessment_id
        assert found.unit_id != old_unit, "nothing done in it touches what was decided"
        told = {
            unit: [
                (a.criterion, a.subject, a.source_name, a.on, a.recorded_at)
                for a in db.session.scalars(select(SavedAnswer).where(SavedAnswer.unit_id == unit).order_by(SavedAnswer.criterion, SavedAnswer.recorded_at))
            ]
            for unit in (old_unit, found.unit_id)
        }  # fmt: skip
        assert sorted(map(str, told[old_unit])) == sorted(map(str, told[found.unit_id]))
        assert told[old_unit]
        with pytest.raises(again.AgainProblem, match="being assessed again already"):
            again.begin(
                instance.user("senior_officer"), old.assessment_id, instance.version(case_id), again.CHANGE, NOTE
            )
    there = f"/cases/{case_id}/records/{record_id}"
    assert "Superseded" not in lead.get(there).text, "until the new one is decided the old one stands"
    instance.submit(new)
    assert "This decision stands instead of record" in lead.get(f"/cases/{case_id}/assessments/{new}/review").text
    with instance.app.app_context():
        made = service.decide(instance.user("safeguarding_lead"), new, instance.version(case_id), "approve", WHY, [])
        second = json.loads(db.session.get_one(Record, made.record_id).body)
    page = words_of(lead.get(there).text)
    assert re.search(
        rf"Superseded on .*: the place was assessed again, and record {second['number']} stands instead", page
    )
    assert second["decision"]["again"].endswith(NOTE)
    assert body_of(instance, record_id) == before
    assert "Assess the placement again" not in page, "the later one is assessed again"


def test_a_statutory_review_is_by_somebody_else_from_beginning_to_end(instance: Instance) -> None:
    case_id, record_id, _ = conditional(instance)
    for role in ("housing_officer", "safeguarding_lead"):
        with pytest.raises(again.AgainProblem, match="You had a part in this decision"):
            begin(instance, record_id, role, again.REVIEW)
    new = begin(instance, record_id, "senior_officer", again.REVIEW)
    with instance.app.app_context():
        accounts.create_account("Second Lead", "second_lead@test.example", "safeguarding_lead")
        reasons = {c.key: f"What it means for {c.name}, by a fresh pair of eyes." for c in _children(new)}
        first = instance.user("housing_officer")
        with pytest.raises(assessments.AssessmentProblem, match="had a part in the decision under review"):
            assessments.submit(first, new, instance.version(case_id), reasons, "", "")
        assessments.submit(instance.user("senior_officer"), new, instance.version(case_id), reasons, "", "")
        with pytest.raises(service.DecisionProblem, match="You had a part in the decision under review"):
            service.decide(instance.user("safeguarding_lead"), new, instance.version(case_id), "approve", WHY, [])
        assert service.decide(
            instance.user("second_lead"), new, instance.version(case_id), "approve", WHY, []
        ).record_id


def _children(assessment_id: str) -> Any:
    from app.cases.household import household_of  # noqa: PLC0415

    return household_of(db.session.get_one(Assessment, assessment_id).case).children()
