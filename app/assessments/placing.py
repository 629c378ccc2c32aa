"""Where the proposed unit is, as people say: its district confirmed, its address found, the ways that were checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from app.audit import service as audit
from app.database import writing
from app.suitability.history import Journey

from .service import AssessmentProblem, put_unit, take_draft

MOST_JOURNEYS = 100


def note_asked(case_id: str, assessment_id: str, asked: Sequence[str], state: str) -> None:
    """Which address service saw the address, whatever it answered."""
    detail = {"asked": list(asked), "state": state}
    audit.viewed("place.asked", "assessment", assessment_id, case_id, detail)


def place_unit(user: Any, assessment_id: str, seen: int, values: dict[str, Any]) -> None:
    """Put the unit where an address service or a person said it is."""
    with writing() as session:
        case, assessment = take_draft(session, assessment_id, seen)
        put_unit(assessment.unit, values)
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def confirm_district(user: Any, assessment_id: str, seen: int, authority: str, how: str) -> None:
    """A person says which district the unit is in, and how that is known."""
    with writing() as session:
        case, assessment = take_draft(session, assessment_id, seen)
        assessment.authority, assessment.authority_how = authority, f"{how} ({user.name})"
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def add_journey(user: Any, assessment_id: str, seen: int, people: Sequence[str], values: dict[str, Any]) -> None:
    """A way that somebody checked, for everyone who makes it: it takes the place of an earlier check of the same way.

    Raises:
        AssessmentProblem: it cannot be right.
    """
    try:
        made = [
            Journey.model_validate({**values, "person": key, "method": "journey_check", "by": user.name})
            for key in people
        ]
    except ValidationError as error:
        raise AssessmentProblem(f"This cannot be saved: {error.errors()[0]['msg'].lower()}.") from None
    with writing() as session:
        case, assessment = take_draft(session, assessment_id, seen)
        mine = {(j.person, j.kind, j.method) for j in made}
        kept = [j for j in assessment.journeys if (j["person"], j["kind"], j["method"]) not in mine]
        if len(kept) + len(made) > MOST_JOURNEYS:
            raise AssessmentProblem(f"An assessment can have {MOST_JOURNEYS} ways here.")
        assessment.journeys = [*kept, *(j.as_json() for j in made)]
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def keep_measured(user: Any, assessment_id: str, seen: int, measured: Sequence[Journey]) -> None:
    """Ways an engine worked out take the place of those worked out before; what people checked stays beside them."""
    with writing() as session:
        case, assessment = take_draft(session, assessment_id, seen)
        kept = [j for j in assessment.journeys if j["method"] == "journey_check"]
        made = [j.as_json() for j in measured]
        if len(kept) + len(made) > MOST_JOURNEYS:
            raise AssessmentProblem(f"An assessment can have {MOST_JOURNEYS} ways here. Remove some that were checked.")
        assessment.journeys = [*kept, *made]
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def remove_journey(user: Any, assessment_id: str, seen: int, number: int) -> None:
    """Take out a way that was written down by mistake; the audit keeps that it was."""
    with writing() as session:
        case, assessment = take_draft(session, assessment_id, seen)
        if not 0 <= number < len(assessment.journeys):
            raise AssessmentProblem("This was removed while you were looking at it.")
        assessment.journeys = [j for at, j in enumerate(assessment.journeys) if at != number]
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)
