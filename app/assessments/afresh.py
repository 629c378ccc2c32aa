"""Whether a household is to be assessed afresh, because another lives there than the one that was assessed: read for a page, and for My work.

It is asked until an assessment that was handed in since is waiting for a decision or decided; a draft answers nothing yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.clocks import in_words
from app.extensions import db
from app.lives.models import LifeStep
from app.lives.words import BORN, CAME, FAMILY, PARTED

from .models import DECIDED, SUBMITTED, Assessment

KINDS = (BORN, PARTED, CAME, FAMILY)
_ALWAYS = (PARTED, CAME)  # another household than any that was assessed; of the others, only where a decision stands


def is_asked(step: Any = LifeStep) -> ColumnElement[bool]:
    """Of rows of the table of steps: those for which a fresh assessment is asked for still."""
    since = and_(
        Assessment.case_id == step.case_id,
        Assessment.submitted_at > step.recorded_at,
        Assessment.state.in_((SUBMITTED, DECIDED)),
    )
    decided = and_(Assessment.case_id == step.case_id, Assessment.state == DECIDED)
    return and_(
        step.kind.in_(KINDS),
        ~exists(select(Assessment.id).where(since)),
        or_(step.kind.in_(_ALWAYS), exists(select(Assessment.id).where(decided))),
    )


def of_case(case_id: str, listed: Sequence[LifeStep]) -> list[str]:
    """Why, in sentences; no query where nothing of the kind happened."""
    if not any(step.kind in KINDS for step in listed):
        return []
    asked = set(db.session.scalars(select(LifeStep.id).where(LifeStep.case_id == case_id, is_asked())))
    return list(dict.fromkeys(why(step.kind, step.on) for step in listed if step.id in asked))


def why(kind: str, on: Any) -> str:
    day = in_words(on) if on else "a day that is not known"
    return {
        BORN: f"A child was born on {day}, after the decision: cot, sleep, health visiting and the six weeks are to be looked at for this child.",
        PARTED: f"Some of the household left it on {day}: who is left is another household than the one that was assessed.",
        CAME: f"People came here from another household on {day}: nobody has assessed a place for them as they are now.",
        FAMILY: f"Since {day} it is known that there is a child or a pregnancy: a place for adults is not a place for a child.",
    }[kind]
