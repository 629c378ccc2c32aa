"""Whether a household was placed: for what is told of its life."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case

from .models import DECIDED, Assessment


def is_placed(session: Session, case: Case) -> bool:
    """Was any place decided for them, or have they been in one whose first night has gone by, or in bed and breakfast?"""
    decided = select(Assessment.id).where(Assessment.case_id == case.id, Assessment.state == DECIDED)
    return bool(case.nights) or session.scalar(decided.limit(1)) is not None
