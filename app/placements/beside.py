"""Further units of a placement: adding, changing and taking one away, each with rooms and certificates of its own.

One transaction each, through the draft that assesses the placement, as everything about it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.assessments.models import Assessment
from app.assessments.service import AssessmentProblem, lock_draft
from app.audit import service as audit
from app.cases.models import Case
from app.database import writing
from app.properties.models import Unit, UnitBeside
from app.properties.service import DOOR, FURTHER
from app.suitability.casefile.household import MOST_FURTHER_UNITS
from app.suitability.casefile.spelling import kept

# What is so of a whole building: shown to begin with where another unit of it is entered, for somebody to look at.
OF_ONE_BUILDING = ("kind", "shared_building", "hmo", "lift", "staffing", "owner", "manager", "private_dwelling")


def unit_of(assessment: Assessment, key: str | None) -> Unit | None:
    """One of the units by its key: the first where none is named, and nothing where there is none such."""
    if key is None:
        return assessment.unit
    return next((other.unit for other in assessment.unit.further if other.key == key), None)


def unit_with(assessment: Assessment, part: str, part_id: str) -> Unit | None:
    """The unit that has this room or certificate."""
    units = (assessment.unit, *(other.unit for other in assessment.unit.further))
    return next((unit for unit in units if any(entry.id == part_id for entry in getattr(unit, part))), None)


def beside_of(assessment: Assessment, key: str) -> UnitBeside | None:
    return next((other for other in assessment.unit.further if other.key == key), None)


def add(user: Any, assessment_id: str, seen_version: int, values: Mapping[str, Any]) -> str:
    """A further unit beside the first.

    Args:
        values: by the fields of a further unit.
    Returns:
        its key.
    Raises:
        AssessmentProblem: there are as many as there may be, another has this door, or somebody would sleep in two.
    """
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        first = assessment.unit
        if len(first.further) >= MOST_FURTHER_UNITS:
            raise AssessmentProblem(f"A placement can have {MOST_FURTHER_UNITS} further units here.")
        _refuse_wrong(case, first, values, None)
        facts = Unit(**FURTHER.columns(values), address=values["door"], rooms=[], certificates=[])
        other = UnitBeside(**DOOR.columns(values), unit=facts)
        first.beside.append(other)
        first.several = True
        session.flush()
        audit.record(session, "placement.unit_added", "assessment", assessment.id, case.id, {"unit": other.key})
        return other.key


def change(user: Any, assessment_id: str, seen_version: int, key: str, values: Mapping[str, Any]) -> None:
    """Other facts of a further unit; see :func:`add`."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        other = _found(assessment, key)
        _refuse_wrong(case, assessment.unit, values, other)
        for name, value in DOOR.columns(values).items():
            setattr(other, name, value)
        for name, value in FURTHER.columns(values).items():
            setattr(other.unit, name, value)
        other.unit.address = values["door"]
        audit.record(session, "placement.unit_changed", "assessment", assessment.id, case.id, {"unit": key})


def remove(user: Any, assessment_id: str, seen_version: int, key: str) -> None:
    """Take a further unit away with its rooms and certificates. What was answered about it is kept, and judged no more."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        first = assessment.unit
        first.beside.remove(_found(assessment, key))
        first.several = bool(first.beside)
        audit.record(session, "placement.unit_removed", "assessment", assessment.id, case.id, {"unit": key})


def _found(assessment: Assessment, key: str) -> UnitBeside:
    found = beside_of(assessment, key)
    if found is None:
        raise AssessmentProblem("This unit was taken away while you were looking at it.")
    return found


def _refuse_wrong(case: Case, first: Unit, values: Mapping[str, Any], changed: UnitBeside | None) -> None:
    others = [other for other in first.further if other is not changed]
    if kept(values["door"]) in {kept(other.door) for other in others}:
        raise AssessmentProblem("Another unit of this placement is called so. Tell the two apart.", "door")
    sleeps: Collection[str] = values["sleeps"] or ()
    names = {m.key: m.name for m in case.members}
    if any(key not in names for key in sleeps):
        raise AssessmentProblem(
            "Somebody ticked is no longer in the household. Look at who sleeps here again.", "sleeps"
        )
    for other in others:
        twice = [names[key] for key in other.sleeps or () if key in sleeps]
        if twice:
            raise AssessmentProblem(f"{', '.join(twice)} would sleep in {other.door} too. Where is it?", "sleeps")
