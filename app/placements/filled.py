"""What the register knows of the units of a placement, to fill boxes with: an officer looks at each, and saves it as their own word.

The first unit is the one that somebody linked; a further one is the unit of the same building with the same door.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.assessments.models import Assessment
from app.cases import protected
from app.properties import keeping, known
from app.properties.register import RegisterUnit
from app.suitability.casefile.spelling import folded
from forms import property_words as words

from .beside import beside_of
from .registered import link_of


def linked(assessment: Assessment) -> RegisterUnit | None:
    """The unit of the register that a placement is of; one at the postcode of a refuge is as one that there is not."""
    link = link_of(assessment.unit_id)
    unit = keeping.unit(link.register_id) if link is not None and link.register_id else None
    if unit is None or protected.register()(f"{unit.building.address}, {unit.building.postcode}"):
        return None
    return unit


def of_building(assessment: Assessment) -> list[RegisterUnit]:
    """Other units of the building, of which none is in the placement yet."""
    first = linked(assessment)
    if first is None:
        return []
    there = {first.folded, *(folded(other.door) for other in assessment.unit.further)}
    return [u for u in keeping.units_of(first.building_id) if u.folded not in there]


def unit_for(assessment: Assessment, unit_key: str | None) -> RegisterUnit | None:
    """The unit of the register that one of the units of a placement is."""
    first = linked(assessment)
    if first is None or unit_key is None:
        return first
    other = beside_of(assessment, unit_key)
    door = folded(other.door) if other else ""
    return next((u for u in keeping.units_of(first.building_id) if u.folded == door), None)


def certificates(assessment: Assessment, unit_key: str | None, day: date) -> Sequence[known.Line]:
    """The certificates that the register knows of one of the units, or of its whole building, newest first."""
    unit = unit_for(assessment, unit_key)
    if unit is None:
        return []
    found = known.on(keeping.evidence_of([unit]), day)
    return [line for line in found.lines if line.row.kind == words.CERTIFICATE]
