"""Notes of supervision: what whoever works with a family reflected on with somebody, and what they agreed.

It is the council's own working paper: it stands on a page of its own and in the timeline, never in a record, a copy, a letter or a case
file, because any of these leaves the council. No rule reads it. Source: safeguarding study 2026, 7 (supervision, and what it leaves).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.audit import service as audit
from app.clocks import today
from app.database import writing
from app.extensions import db

from .models import SupervisionNote
from .service import CaseProblem, lock_case

MOST = 400


def of_case(case_id: str) -> Sequence[SupervisionNote]:
    """Every note, the newest day first."""
    newest = (SupervisionNote.on.desc(), SupervisionNote.written_at.desc())
    return db.session.scalars(select(SupervisionNote).where(SupervisionNote.case_id == case_id).order_by(*newest)).all()


def write(user: Any, case_id: str, seen_version: int, values: dict[str, Any]) -> None:
    """Keep one note.

    Args:
        values: ``on``, ``with_whom``, ``reflected``, ``agreed``.
    Raises:
        CaseProblem: the day is ahead, or there are more than ``MOST``.
        StaleCase: somebody changed the case meanwhile.
    """
    with writing() as session:
        lock_case(session, case_id, seen_version)
        if values["on"] > today():
            raise CaseProblem("This day is in the future.", "on")
        of_it = select(SupervisionNote.id).where(SupervisionNote.case_id == case_id)
        if len(session.scalars(of_it).all()) >= MOST:
            raise CaseProblem(f"A case can have {MOST} notes here.")
        who = {"written_by": user.id, "written_by_name": user.name, "written_by_role": user.role}
        made = SupervisionNote(case_id=case_id, **who, **values)
        session.add(made)
        session.flush()
        audit.record(session, "supervision.written", "supervision", made.id, case_id)
