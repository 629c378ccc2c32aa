"""Whatever is written in a case makes another version of it.

Who writes takes the case first (cases.lock_case), which counts its version up. What is kept of a case rests on that (see ``kept``), so
it is not left to whoever writes the next verb: where something of a case is stored and the case was not taken, its version is counted
up here, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import event, or_, select
from sqlalchemy.orm import Session

from app.cases import parts
from app.cases import service as cases
from app.cases.models import (
    Case,
    CaseAddress,
    CaseContact,
    CaseConversation,
    CaseEvent,
    CaseMember,
    CaseNights,
    CaseService,
    ProtectedPlace,
)
from app.lives.models import LifeStep
from app.properties.models import Unit, UnitBeside, UnitCertificate, UnitRoom

from .models import Assessment, SavedAcceptance, SavedAnswer, SavedMitigation, SavedPatternAnswer

# What a case file is read from. Source: judging.case_file, and the tables that hold the models it is made of.
OF_A_CASE = (
    CaseMember, CaseAddress, CaseService, CaseConversation, CaseContact, CaseEvent, CaseNights, ProtectedPlace,
    Assessment, SavedAnswer, SavedMitigation, SavedAcceptance, SavedPatternAnswer,
    LifeStep,
)  # fmt: skip
OF_A_UNIT = (UnitBeside, UnitCertificate, UnitRoom)


@event.listens_for(Session, "before_flush")
def count_up(session: Session, *_: Any) -> None:
    """Before anything is stored: each case that something is stored of, and that nobody took, becomes another version."""
    rows = [*session.new, *session.dirty, *session.deleted]
    of: set[str | None] = {row.id for row in rows if isinstance(row, Case)}
    of |= {row.case_id for row in rows if isinstance(row, OF_A_CASE)}
    units: set[str | None] = {row.id for row in rows if isinstance(row, Unit)}
    units |= {row.unit_id for row in rows if isinstance(row, OF_A_UNIT)}
    units |= {row.first_id for row in rows if isinstance(row, UnitBeside)}
    if units - {None}:
        of |= _of_units(session, units - {None})
    new = {row.id for row in session.new if isinstance(row, Case)}
    for case_id in of - new - cases.taken(session) - {None}:
        case = session.get(Case, case_id, options=parts.later())
        if case is not None:
            cases.count_up(session, case)


def _of_units(session: Session, units: Iterable[str | None]) -> set[str]:
    """The cases in which these units are proposed."""
    first = select(UnitBeside.first_id).where(UnitBeside.unit_id.in_(units))
    return set(
        session.scalars(
            select(Assessment.case_id).where(or_(Assessment.unit_id.in_(units), Assessment.unit_id.in_(first)))
        )
    )
