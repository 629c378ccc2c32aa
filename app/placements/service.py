"""A household in a unit: proposing it, its facts, rooms and certificates, where it is, and the ways that were checked.

One transaction each; every change goes through the draft that assesses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.assessments.models import (
    Assessment,
)
from app.assessments.service import AssessmentProblem, lock_draft
from app.audit import service as audit
from app.cases import protected
from app.cases import service as cases
from app.cases.models import Case
from app.database import writing
from app.placements.beside import unit_of, unit_with
from app.places import service as places
from app.properties.models import Unit, UnitCertificate, UnitRoom
from app.suitability.casefile.history import Journey

MOST_JOURNEYS = 100


def note_asked(case_id: str, assessment_id: str, asked: Sequence[str], state: str) -> None:
    """Which address service saw the address, whatever it answered."""
    detail = {"asked": list(asked), "state": state}
    audit.viewed("place.asked", "assessment", assessment_id, case_id, detail)


def place_unit(user: Any, assessment_id: str, seen_version: int, values: dict[str, Any]) -> None:
    """Put the unit where an address service or a person said it is."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        put_unit(assessment.unit, values)
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def confirm_district(user: Any, assessment_id: str, seen_version: int, authority: str, how: str) -> None:
    """A person says which district the unit is in, and how that is known."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        assessment.authority, assessment.authority_how = authority, f"{how} ({user.name})"
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def add_journey(
    user: Any, assessment_id: str, seen_version: int, people: Sequence[str], values: dict[str, Any]
) -> None:
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
        case, assessment = lock_draft(session, assessment_id, seen_version)
        mine = {(j.person, j.kind, j.method) for j in made}
        kept = [j for j in assessment.journeys if (j["person"], j["kind"], j["method"]) not in mine]
        if len(kept) + len(made) > MOST_JOURNEYS:
            raise AssessmentProblem(f"An assessment can have {MOST_JOURNEYS} ways here.")
        assessment.journeys = [*kept, *(j.as_json() for j in made)]
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def keep_measured(user: Any, assessment_id: str, seen_version: int, measured: Sequence[Journey]) -> None:
    """Ways an engine worked out take the place of those worked out before; what people checked stays beside them."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        kept = [j for j in assessment.journeys if j["method"] == "journey_check"]
        made = [j.as_json() for j in measured]
        if len(kept) + len(made) > MOST_JOURNEYS:
            raise AssessmentProblem(f"An assessment can have {MOST_JOURNEYS} ways here. Remove some that were checked.")
        assessment.journeys = [*kept, *made]
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def remove_journey(user: Any, assessment_id: str, seen_version: int, number: int) -> None:
    """Take out a way that was written down by mistake; the audit keeps that it was."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        if not 0 <= number < len(assessment.journeys):
            raise AssessmentProblem("This was removed while you were looking at it.")
        assessment.journeys = [j for at, j in enumerate(assessment.journeys) if at != number]
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def propose(
    user: Any,
    case_id: str,
    seen_version: int,
    unit_values: dict[str, Any],
    stay: dict[str, Any],
    beside: Callable[[Session, Assessment], None] | None = None,
) -> str:
    """Propose a unit for the household. ``beside`` is done in the same transaction.

    Raises:
        AssessmentProblem: nobody lives at its postcode.
    """
    refuse_no_home(unit_values)
    with writing() as session:
        case = cases.lock_case(session, case_id, seen_version)
        made = start(session, user, case, unit_values, stay)
        if beside is not None:
            beside(session, made)
        return made.id


def start(
    session: Session, user: Any, case: Case, unit_values: Mapping[str, Any], stay: Mapping[str, Any]
) -> Assessment:
    """A unit for a household and the assessment of it, in the caller's transaction."""
    unit = Unit(**unit_values, rooms=[], certificates=[])
    session.add(unit)
    session.flush()
    assessment = Assessment(case_id=case.id, unit_id=unit.id, created_by=user.id, **stay)
    session.add(assessment)
    session.flush()
    audit.record(session, "placement.created", "assessment", assessment.id, case.id)
    note_protected(session, case.id, assessment.id)
    return assessment


UNPLACED: dict[str, Any] = {
    "uprn": "", "easting": None, "northing": None, "radius_m": None, "precision": "", "placed_by": "",
}  # fmt: skip


def put_unit(unit: Unit, values: dict[str, Any]) -> None:
    """Put a unit where somebody said it is."""
    for name in UNPLACED:
        setattr(unit, name, values[name])


def note_protected(session: Session, case_id: str, assessment_id: str) -> None:
    """Every unit that is tried against protected places is audited: nobody can feel their way to one unseen."""
    if protected.of_case(case_id):
        audit.record(session, "protected.used", "assessment", assessment_id, case_id)


def refuse_no_home(unit_values: Mapping[str, Any]) -> None:
    if why := places.not_a_home(unit_values.get("postcode", "")):
        raise AssessmentProblem(why, "postcode")


def change_placement(
    user: Any, assessment_id: str, seen_version: int, unit_values: dict[str, Any], stay: dict[str, Any]
) -> None:
    """Change the facts of the unit and of the stay; another address is another place.

    Raises:
        AssessmentProblem: nobody lives at its postcode, or the assessment is closed.
    """
    refuse_no_home(unit_values)
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        if any(getattr(assessment.unit, name) != unit_values.get(name) for name in ("address", "postcode")):
            # Another place: who confirmed the district, and who checked the way, spoke of the old one.
            assessment.authority, assessment.authority_how, assessment.journeys = None, "", []
            put_unit(assessment.unit, UNPLACED)
        for name, value in unit_values.items():
            setattr(assessment.unit, name, value)
        for name, value in stay.items():
            setattr(assessment, name, value)
        note_protected(session, case.id, assessment.id)
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def _unit(assessment: Assessment, key: str | None) -> Unit:
    unit = unit_of(assessment, key)
    if unit is None:
        raise AssessmentProblem("This unit was taken away while you were looking at it.")
    return unit


def add_room(
    user: Any, assessment_id: str, seen_version: int, values: dict[str, Any], unit_key: str | None = None
) -> None:
    """A room of the first unit, or of the further one whose key is given."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        unit = _unit(assessment, unit_key)
        if len(unit.rooms) >= 40:
            raise AssessmentProblem("A unit can have 40 rooms here.")
        unit.rooms.append(UnitRoom(**values))
        unit.rooms_listed = True
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def add_certificate(
    user: Any, assessment_id: str, seen_version: int, values: dict[str, Any], unit_key: str | None = None
) -> None:
    """A certificate of the first unit, or of the further one whose key is given."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        unit = _unit(assessment, unit_key)
        if len(unit.certificates) >= 40:
            raise AssessmentProblem("A unit can have 40 certificates here.")
        unit.certificates.append(UnitCertificate(**values))
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)


def remove_part(user: Any, assessment_id: str, seen_version: int, part: str, part_id: str) -> None:
    """Remove a room or a certificate entered by mistake, of whichever unit it is."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        entries = getattr(unit_with(assessment, part, part_id) or assessment.unit, part)
        kept = [entry for entry in entries if entry.id != part_id]
        if len(kept) == len(entries):
            raise AssessmentProblem("This was removed while you were looking at it.")
        entries[:] = kept
        audit.record(session, "placement.changed", "assessment", assessment.id, case.id)
