"""The steps in the life of a case: read together, and one more written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.cases.service import CaseProblem
from app.extensions import db

from .models import LifeStep

MOST = 400


def of_case(case_id: str, *kinds: str) -> Sequence[LifeStep]:
    """Every step of a case, or of some kinds only, in the order in which they were written down; one query."""
    query = select(LifeStep).where(LifeStep.case_id == case_id)
    if kinds:
        query = query.where(LifeStep.kind.in_(kinds))
    return db.session.scalars(query.order_by(LifeStep.recorded_at, LifeStep.id)).all()


def write(session: Session, user: Any, case_id: str, kind: str, **values: Any) -> LifeStep:
    """One more step, with its entry of the audit, in the caller’s transaction, which has taken the case.

    Raises:
        CaseProblem: there are more than ``MOST``.
    """
    if len(session.scalars(select(LifeStep.id).where(LifeStep.case_id == case_id)).all()) >= MOST:
        raise CaseProblem(f"A case can have {MOST} of these here.")
    made = LifeStep(case_id=case_id, kind=kind, by_id=user.id, by_name=user.name, by_role=user.role, **values)
    session.add(made)
    session.flush()
    audit.record(session, f"life.{kind}", "life_step", made.id, case_id)
    return made
