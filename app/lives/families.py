"""A household without a child that becomes one with a child, or a pregnancy, while it is placed. What that starts follows from the day.

How the law counts six weeks of bed and breakfast then is not settled: both counts are told, and the earlier day is kept (0144).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.cases.models import Case
from app.clocks import today
from app.suitability.casefile.household import Spell

from . import steps
from .models import LifeStep
from .words import FAMILY

SAID = (
    "Until now no child and no pregnancy was written down in this household. Bed and breakfast is counted by the law for families, others are "
    "to be told of a child in temporary accommodation, and a council that was told of this household is told of the change."
)


def is_one(members: Iterable[Any]) -> bool:
    """Is there a child, an unborn one, or a pregnancy that somebody told of?"""
    return any(m.kind != "adult" or m.pregnant for m in members)


def since(listed: Sequence[LifeStep]) -> date | None:
    """Since which day it is known, of a household that was placed before; None where it was known all along."""
    return next((step.on for step in listed if step.kind == FAMILY), None)


def after(spells: Iterable[Spell], day: date) -> list[Spell]:
    """What of these nights was on this day or later."""
    return [s.model_copy(update={"first": max(s.first, day)}) for s in spells if s.last >= day]


def watched(
    user: Any, session: Session, case: Case, is_placed: Callable[[Session, Case], bool]
) -> Callable[[], None] | None:
    """Looks before; gives what writes the change down, once it is there. None where the household is one already, or nobody is entered.

    Args:
        is_placed: were they placed before? A household that is still being entered becomes nothing.
    """
    if is_one(case.members) or not case.members:
        return None

    def then() -> None:
        if is_one(case.members) and is_placed(session, case):
            steps.write(session, user, case.id, FAMILY, on=today(), said=SAID)

    return then
