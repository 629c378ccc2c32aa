"""What was decided about a placement, read in one query: the decision, and each emergency decision for a night."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam

from app.extensions import db
from app.together import Rows, Together

from .models import Decision, EmergencyDecision

_ASSESSMENT: BindParameter[str] = bindparam("assessment_id")
_ALL = Together(
    decisions=Rows(Decision, Decision.assessment_id == _ASSESSMENT, "reviewed_at"),
    emergencies=Rows(EmergencyDecision, EmergencyDecision.assessment_id == _ASSESSMENT, "taken_at"),
)


class Made(NamedTuple):
    decision: Decision | None
    emergencies: Sequence[EmergencyDecision]  # newest first


def of(assessment_id: str) -> Made:
    found = _ALL.ask(db.session, assessment_id=assessment_id)
    return Made(next(iter(found["decisions"]), None), found["emergencies"][::-1])
