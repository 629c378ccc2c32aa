"""Openings of cases in an emergency as whoever reviews them sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.cases import service as cases
from app.extensions import db

from . import glass
from .models import ENDED, REVIEW, BreakGlass, BreakGlassStep

MOST = 100


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One: who opened which case, when and why; how it ended before its hour, and what a lead answered, where either was so."""

    id: str
    case_id: str
    user_id: str
    user_name: str
    user_role: str
    category: str
    reason: str
    opened_at: datetime
    ends_at: datetime
    review_by: date
    ended: BreakGlassStep | None
    review: BreakGlassStep | None


def openings(user: Any) -> list[Opening]:
    """Those of cases that a person may see and that are not their own, the oldest that waits first; two queries."""
    query = select(BreakGlass).where(cases.seen_by(user, BreakGlass.case_id), BreakGlass.opened_by != user.id)
    rows = db.session.scalars(query.order_by(BreakGlass.opened_at.desc(), BreakGlass.id).limit(MOST)).all()
    found = _with_steps(rows)
    return sorted(found, key=lambda o: (o.review is not None, o.review_by, o.opened_at))


def opening(user: Any, glass_id: str) -> Opening | None:
    """One of them; None where it is their own, or of a case that they may not see."""
    query = select(BreakGlass).where(
        BreakGlass.id == glass_id, cases.seen_by(user, BreakGlass.case_id), BreakGlass.opened_by != user.id
    )
    return next(iter(_with_steps(db.session.scalars(query).all())), None)


def _with_steps(rows: Sequence[BreakGlass]) -> list[Opening]:
    steps = glass.steps_of([row.id for row in rows])
    return [
        Opening(
            id=row.id, case_id=row.case_id, user_id=row.opened_by, user_name=row.user_name, user_role=row.user_role, category=row.category,
            reason=row.reason, opened_at=row.opened_at, ends_at=row.ends_at, review_by=row.review_by,
            ended=steps.get(row.id, {}).get(ENDED), review=steps.get(row.id, {}).get(REVIEW),
        )
        for row in rows
    ]  # fmt: skip
