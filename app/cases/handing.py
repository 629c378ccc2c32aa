"""Handing a case over: from whoever holds it to somebody who may, with a reason. Both are told by mail, and the timeline says so."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit import service as audit
from app.database import writing
from app.extensions import db
from app.notifications import telling

from .models import Case, CaseHandover
from .service import CaseProblem, are_kept_out, lock_case

HOLD_CASES = ("housing_officer", "senior_officer")


def hand_over(user: Any, case_id: str, seen_version: int, to: str, reason: str) -> None:
    """Give a case to an officer, who holds it from now on.

    Raises:
        StaleCase: the case changed since the person saw it; so it did where somebody else handed it over meanwhile.
        CaseProblem: they hold it already, have left, may not hold cases, or it is kept from them.
    """
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        officer = session.get(User, to)
        if officer is None or not officer.active or officer.role not in HOLD_CASES:
            raise CaseProblem("Choose an active housing officer or senior officer.", "assigned_to")
        if officer.id in are_kept_out(session, case_id):
            raise CaseProblem("A safeguarding lead keeps this case from them. Choose somebody else.", "assigned_to")
        if officer.id == case.assigned_to:
            raise CaseProblem("They hold this case already. Choose somebody else.", "assigned_to")
        _give(session, user, case, officer, reason)


def last_of(case_id: str) -> CaseHandover | None:
    """The newest handing over of a case, if it ever was."""
    of_case = select(CaseHandover).where(CaseHandover.case_id == case_id)
    return db.session.scalar(of_case.order_by(CaseHandover.handed_at.desc(), CaseHandover.id).limit(1))


def _give(session: Session, user: Any, case: Case, officer: User, reason: str) -> None:
    before = session.get_one(User, case.assigned_to)
    made = CaseHandover(
        case_id=case.id, from_id=before.id, from_name=before.name, to_id=officer.id, to_name=officer.name, reason=reason,
        by_id=user.id, by_name=user.name,
    )  # fmt: skip
    case.assigned_to = officer.id
    session.add(made)
    session.flush()
    audit.record(session, "case.handed_over", "case_handover", made.id, case.id, {"from": before.id, "to": officer.id})
    # Nobody is told of what they did themselves, and nobody who has left.
    if officer.id != user.id:
        telling.note(session, "handed_to", case.id, made.id, by=user.id)
    if before.id != user.id and before.active:
        telling.note(session, "handed_from", case.id, made.id, by=user.id)
