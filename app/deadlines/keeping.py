"""Brings the clocks of a case in step with what the case holds. Done twice, or by two workers, it changes nothing the second time.

Nothing is deleted, and nothing changes without a line that says so and an entry of the audit. It contradicts nothing anybody saw, so
that the version of the case stays what it was.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import jobs
from app.audit import service as audit
from app.cases import parts
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import begins, in_words, states, today
from app.clocks.table import Kind
from app.database import now, writing
from app.extensions import db
from app.letters import owners
from app.notifications import telling

from . import by_hand
from .found import Found, Holds, of_case, read
from .models import ENDED, LAPSED, MET, OPEN, RUNNING, SNOOZED, STILL, Clock, ClockLook, ClockStep, key_of

AT_ONCE = ("nights_over", "emergency_over")
LATE, SOON = "clock_late", "clock_soon"
_SECONDS = 60  # of one run: what is left is taken up at the next, a quarter of an hour later
_AT_A_TIME = 100
# Dates that are gone from a case because they were met, not because what started them was.
_SETTLED = {"disagreement": "it was written down what came of it"}
GONE = "What started it is not in the case any more, or another decision stands."
log = structlog.get_logger("case_by_case.deadlines")


class Standing(NamedTuple):
    """One clock as it stands on a day: what the case says of it, its kind, its row where there is one, and its state."""

    found: Found
    kind: Kind
    row: Clock | None
    state: str

    @property
    def due(self) -> date | None:
        return self.row.due if self.row is not None and self.found.due is None and self.found.keeps else self.found.due


def register() -> None:
    """Make known, to what tells people, whether there is still something to tell."""
    for kind in (LATE, SOON, *AT_ONCE):
        telling.still_so[kind] = is_still_so


def standing(holds: Holds, rows: Sequence[Clock]) -> list[Standing]:
    """Every clock that a case has now, by what it holds and what was put off."""
    by_key = {row.id: row for row in rows}
    listed = []
    for told in of_case(holds):
        one = by_hand.answered(holds, told)
        kind = holds.kind(one.kind)
        row = by_key.get(key_of(holds.case.id, one.kind, one.subject))
        due = one.due
        if due is None and one.keeps and row is not None and row.due is not None and row.due < holds.on:
            due = row.due
        until = row.snoozed_until if row is not None else None
        state = states.state_of(kind, due, holds.on, one.is_met, one.still, until)
        listed.append(Standing(found=one, kind=kind, row=row, state=state))
    return listed


def rows_of(case_id: str) -> list[Clock]:
    return list(db.session.scalars(select(Clock).where(Clock.case_id == case_id).order_by(Clock.id)))


def in_step(session: Session, case: Case, on: date) -> None:
    """Bring the clocks of a case in step, in the caller’s transaction, which has taken the case."""
    holds, rows = read(case, on), rows_of(case.id)
    steps: list[ClockStep] = []
    seen = set()
    for one in standing(holds, rows):
        if one.found.due is None and one.found.keeps and one.row is None:
            continue  # nothing of it grows old
        seen.add(key_of(case.id, one.found.kind, one.found.subject))
        steps += _keep(session, holds, one)
    for row in rows:
        if row.id not in seen and row.state in OPEN:
            steps += _gone(row, on)
    look = session.get(ClockLook, case.id)
    if look is None:
        look = ClockLook(case_id=case.id, version=case.version, day=on)
        session.add(look)
    look.version, look.day, look.looked_at = case.version, on, now()
    session.add_all(steps)
    session.flush()
    _note(session, case, steps)


def _keep(session: Session, holds: Holds, one: Standing) -> list[ClockStep]:
    """One clock: made, or changed where the case says otherwise than its row."""
    found, row = one.found, one.row
    owner, role = whose(holds, found)
    if row is None:
        row = Clock(
            id=key_of(holds.case.id, found.kind, found.subject),
            case_id=holds.case.id,
            kind=found.kind,
            subject=found.subject,
            about=found.about,
            began=found.began,
            due=found.due,
            owner=owner,
            owner_role=role,
            state=one.state,
            met_on=found.met_on,
            met_by=found.met_by,
            rule_version=holds.table.version,
        )
        _put_off_before(row, holds)
        session.add(row)
        made = [_step(row, "began", None, f"Began: {holds.kind(found.kind).starts}.")]
        if one.state in (LAPSED, MET):
            made.append(_step(row, one.state, None, _because(row, one.state)))
        _tell(session, holds, row)
        return made
    steps = []
    due = one.due
    if (found.began, due) != (row.began, row.due) and one.state != MET:
        steps.append(_redated(row, found.began, due))
    if one.state != row.state:
        woke = row.state == SNOOZED and one.state == RUNNING
        row.state = one.state
        row.met_on, row.met_by = found.met_on, found.met_by
        steps.append(_step(row, "woke" if woke else one.state, row.due, _because(row, one.state)))
    row.about = found.about
    if (row.owner, row.owner_role) != (owner, role):
        row.owner, row.owner_role = owner, role
    if steps:
        row.changed_at, row.rule_version = now(), holds.table.version
    _tell(session, holds, row)
    return steps


def _put_off_before(row: Clock, holds: Holds) -> None:
    """One that came with a case file may have been put off where it was written: it still is, and that counts."""
    before = [s for s in holds.written if (s.kind, s.subject, s.what) == (row.kind, row.subject, SNOOZED)]
    row.snoozes = len(before)
    if before:
        last = before[-1]
        row.snoozed_until, row.snoozed_why, row.snoozed_by, row.snoozed_by_name = (
            last.on,
            last.said,
            last.by,
            last.by_name,
        )
        kind = holds.kind(row.kind)
        row.state = states.state_of(
            kind, row.due, holds.on, met=row.state == MET, still=row.state == STILL, snoozed_until=last.on
        )


def _redated(row: Clock, began: date | None, due: date | None) -> ClockStep:
    """What started it, or what it is counted by, was corrected: it is dated anew, and says so."""
    was, row_began = row.due, row.began
    row.began, row.due = began, due
    if row_began != began:
        said = f"Its beginning was corrected: {in_words(began) or 'not known'} instead of {in_words(row_began) or 'not known'}."
    else:
        said = "Its last day is another now."
    said += (
        f" Due {in_words(due) or 'on no day that is known'}; before that {in_words(was) or 'on no day that was known'}."
    )
    return _step(row, "redated", was, said)


def _because(row: Clock, state: str) -> str:
    if state == MET:
        return f"Met: {row.met_by}{f', {in_words(row.met_on)}' if row.met_on else ''}."
    if state == LAPSED:
        return f"Its last day, {in_words(row.due)}, has gone by."
    if state == SNOOZED:
        return f"Put off until {in_words(row.snoozed_until)}: {row.snoozed_why}"
    return "It runs." if state == RUNNING else "It stands still by its own rule."


def _gone(row: Clock, on: date) -> list[ClockStep]:
    """A clock that nothing in the case asks for any more: it ends, and says why."""
    met = _SETTLED.get(row.kind)
    row.state, row.changed_at = (MET, now()) if met else (ENDED, now())
    if met:
        row.met_on, row.met_by = on, met
    return [_step(row, row.state, row.due, _because(row, MET) if met else GONE)]


def _step(row: Clock, what: str, was: date | None, said: str) -> ClockStep:
    return ClockStep(
        case_id=row.case_id, kind=row.kind, subject=row.subject, what=what, was=was, due=row.due, said=said
    )


def whose(holds: Holds, found: Found) -> tuple[str | None, str]:
    """The one owner: the officer of the case, or a role together; where the officer’s account is closed, the senior officers."""
    owner = found.owner or holds.kind(found.kind).owner
    if owner in ("officer", "housing_officer"):
        return (holds.case.assigned_to, "") if holds.officer_is_here else (None, "senior_officer")
    return None, owner


def _tell(session: Session, holds: Holds, row: Clock) -> None:
    """Tell the owner that its day is near, or has gone by: once each, and not where they hear of it under another name."""
    kind = holds.kind(row.kind)
    if kind.told not in (LATE, *AT_ONCE) or row.due is None or holds.case.closed_on is not None:
        return  # of a closed case each date keeps why it rests, and nobody is told of it
    what = (
        kind.told
        if row.state == LAPSED
        else SOON
        if row.state == RUNNING and states.is_soon(kind, row.due, holds.on)
        else ""
    )
    if not what or row.due < holds.on - timedelta(days=_OLD):
        return
    person = row.owner or (owners.of_role(row.case_id, row.owner_role) if row.owner_role else None)
    telling.note(session, what, row.case_id, row.id, which=f"{row.due.isoformat()}", owner=person)


_OLD = 28  # days: what lapsed longer ago than this when it was first looked at is on the page, and in nobody’s mail


def is_still_so(told: Any) -> bool:
    """Of what somebody is to be told: is that clock still late, or near its day?"""
    row = db.session.get(Clock, told.object_id)
    if row is None:
        return False
    return row.state == LAPSED if told.kind != SOON else row.state == RUNNING


def _note(session: Session, case: Case, steps: Sequence[ClockStep]) -> None:
    """An entry for each change of state; of those that began together one."""
    begun = [step for step in steps if step.what == "began"]
    if begun:
        audit.record(session, "clock.began", "case", case.id, case.id, {"kinds": sorted(step.kind for step in begun)})
    for step in steps:
        if step.what != "began":
            key = key_of(case.id, step.kind, step.subject)
            detail = {"kind": step.kind, "was": _iso(step.was), "due": _iso(step.due)}
            audit.record(session, f"clock.{step.what}", "clock", key, case.id, detail)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def one_case(case_id: str, on: date) -> None:
    """Bring one case in step, in a transaction of its own. Where another worker was first, there is nothing left to do."""
    try:
        with writing() as session:
            cases.lock(session, case_id)
            case = session.get(Case, case_id, options=parts.later())
            if case is not None:
                in_step(session, case, on)
    except IntegrityError:
        db.session.rollback()


def waiting(on: date, limit: int) -> list[str]:
    """Cases whose clocks were not looked at today, or that were changed since, those looked at longest ago first."""
    query = (
        select(Case.id)
        .outerjoin(ClockLook, ClockLook.case_id == Case.id)
        .where(
            or_(
                ClockLook.case_id.is_(None),
                ClockLook.day != on,
                ClockLook.version != Case.version,
                ClockLook.looked_at < begins(on),
            )
        )
        .order_by(ClockLook.looked_at, Case.id)
        .limit(limit)
    )
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def often() -> None:
    """Bring in step whatever changed, and once a day everything; what does not fit into one run is taken up by the next."""
    started, on = time.monotonic(), today()
    while listed := waiting(on, _AT_A_TIME):
        for case_id in listed:
            try:
                one_case(case_id, on)
            except Exception as error:
                db.session.rollback()
                log.error("clocks_not_in_step", case=case_id, kind=type(error).__name__)
                _looked_at_in_vain(case_id, on)
            if not jobs.goes_on() or time.monotonic() - started > _SECONDS:
                return


def _looked_at_in_vain(case_id: str, on: date) -> None:
    """A case that cannot be read is not tried again and again before the others: once today, and at its next change."""
    with writing() as session:
        version = session.scalar(select(Case.version).where(Case.id == case_id))
        look = session.get(ClockLook, case_id)
        if look is None:
            look = ClockLook(case_id=case_id, version=version or 0, day=on)
            session.add(look)
        look.version, look.day, look.looked_at = version or 0, on, now()
