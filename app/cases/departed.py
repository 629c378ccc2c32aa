"""Those who left a household: they stay written down in it, with the day, and belong to it no more."""

from __future__ import annotations

from sqlalchemy import select

from app.clocks import in_words
from app.extensions import db

from .models import CaseMember


def names(case_id: str) -> dict[str, str]:
    """What they are called where something of before names them, by key; one query."""
    query = select(CaseMember).where(CaseMember.case_id == case_id, CaseMember.left_on.is_not(None))
    return {m.key: f"{m.name} (left this household, {in_words(m.left_on)})" for m in db.session.scalars(query)}
