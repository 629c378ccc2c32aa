"""By when an answer is wanted: in hours where the family moves tonight, in working days where the move is planned."""

from __future__ import annotations

from datetime import date

from app.suitability.casefile.household import Placement
from app.suitability.checklist.criterion import Agency


def is_tonight(placement: Placement, on: date) -> bool:
    """Must it be known today? As the officer said; where nobody said, a stay that has begun or has no first night is tonight's.

    What was for tonight stays so until another day is written down: who waits longer was not given more time by it.
    """
    if placement.urgency is not None:
        return placement.urgency == "tonight"
    return placement.starts is None or placement.starts <= on


def due_words(agency: Agency, placement: Placement, on: date) -> str:
    """By when this agency is to answer, in the words of the council's list."""
    return agency.tonight if is_tonight(placement, on) else agency.planned
