"""Keeps what a case is found by in step with it, in the transaction that writes: read from the rows, so that no writer can leave it out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, event, insert, inspect, or_, select, update
from sqlalchemy.orm import Session

from app.assessments.models import Assessment, SavedAnswer
from app.cases.models import Case, CaseAddress, CaseConversation, CaseMember, CaseService
from app.database import new_id, now, told_of_what_is_stored
from app.placements.models import PlaceConsidered
from app.properties.models import Unit, UnitBeside
from app.sharing.models import Share
from app.suitability.casefile.spelling import folded

from .entries import found_by, of_cases
from .models import CaseFound, FormerName

_CASES, _UNITS, _FORMER = "cases to be found anew", "units to be found anew", "names that were replaced"
_SOURCE = ("source_name", "source_role", "source_agency")
# What of each row a case is found by.
WATCHED: dict[type[Any], tuple[str, ...]] = {
    Case: ("reference", "council_number", "lead_name", "lead_role", "lead_agency"),
    CaseMember: ("name", "born"),
    CaseAddress: ("address", "postcode", "kind", "sealed"),
    CaseService: ("name", "postcode"),
    CaseConversation: _SOURCE,
    SavedAnswer: _SOURCE,
    PlaceConsidered: ("place", "struck_at"),
    Share: ("recipient_name", "recipient_role"),
    Assessment: ("unit_id",),
    Unit: ("address", "postcode"),
    UnitBeside: ("unit_id",),
    FormerName: ("name",),
}


def _look(session: Session, context: Any) -> None:
    for state, (is_gone, only_listed) in context.states.items():
        row = state.obj()
        columns = None if only_listed else WATCHED.get(type(row))
        if columns is None:
            continue
        new = row in session.new
        if (is_gone or new) and any(state.dict.get(name) for name in columns):
            _note(session, row)
        elif not (is_gone or new) and any(state.attrs[name].history.has_changes() for name in columns):
            _note(session, row)
            if type(row) is CaseMember:
                _note_former(session, row)


def _note(session: Session, row: Any) -> None:
    if type(row) is Unit:
        session.info.setdefault(_UNITS, set()).add(row.id)
    elif type(row) is UnitBeside:
        session.info.setdefault(_UNITS, set()).add(row.first_id)
    elif type(row) is not SavedAnswer or row.conversation is None:  # else its conversation has the source
        session.info.setdefault(_CASES, set()).add(row.id if type(row) is Case else row.case_id)


def _note_former(session: Session, member: CaseMember) -> None:
    """A name that was replaced by another; the same in another spelling is the same."""
    history = inspect(member).attrs.name.history
    if history.deleted and history.deleted[0] and folded(history.deleted[0]) != folded(member.name):
        said = history.deleted[0]
        row = {"id": new_id(), "case_id": member.case_id, "member_key": member.key, "name": said, "replaced_at": now()}
        session.info.setdefault(_FORMER, []).append(row)


def _stored(session: Session, row: Any) -> None:
    """The same of a row that is stored at once, and that no flush has seen."""
    columns = WATCHED.get(type(row))
    if columns is not None and any(getattr(row, name) for name in columns):
        _note(session, row)


def _write(session: Session) -> None:
    session.flush()
    former = session.info.pop(_FORMER, [])
    cases: set[str] = session.info.pop(_CASES, set())
    units: set[str] = session.info.pop(_UNITS, set())
    if not (former or cases or units):
        return
    connection = session.connection()
    if former:
        connection.execute(insert(FormerName), former)
    if units:
        firsts = select(UnitBeside.first_id).where(UnitBeside.unit_id.in_(units))
        of = select(Assessment.case_id).where(or_(Assessment.unit_id.in_(units), Assessment.unit_id.in_(firsts)))
        cases |= set(connection.scalars(of))
    if cases:
        write(connection, cases)


def write(connection: Connection, case_ids: Iterable[str]) -> int:
    """Write down what these cases are found by, in the caller's transaction, which has locked them; gives how many were otherwise."""
    wanted = sorted(case_ids)
    columns = (CaseFound.case_id, CaseFound.words, CaseFound.sounds, CaseFound.entries)
    there = {
        row[0]: tuple(row[1:]) for row in connection.execute(select(*columns).where(CaseFound.case_id.in_(wanted)))
    }
    changed = 0
    for case_id, entries in of_cases(connection, wanted).items():
        made = found_by(entries)
        if there.get(case_id) == tuple(made):
            continue
        changed += 1
        if case_id in there:
            connection.execute(update(CaseFound).where(CaseFound.case_id == case_id).values(**made._asdict()))
        else:
            connection.execute(insert(CaseFound).values(case_id=case_id, **made._asdict()))
    return changed


event.listen(Session, "after_flush", _look)
told_of_what_is_stored.append(_stored)
# Before the entries of the audit, which are the last thing that a transaction stores.
event.listen(Session, "before_commit", _write, insert=True)
