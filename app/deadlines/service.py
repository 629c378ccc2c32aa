"""What people do with the dates of a case: put one off with a reason, write down what starts or meets one, and see what is due to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.policy import ROLES
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import in_words, states, table, today
from app.clocks.table import Kind
from app.database import new_id, writing
from app.extensions import db
from app.problem import Problem

from . import keeping
from .by_hand import ANSWERED, EXTENDED, NOTED, STARTED
from .found import Holds, read
from .keeping import Standing, rows_of, standing
from .models import ENDED, LAPSED, MET, OPEN, RUNNING, SNOOZED, STILL, Clock, ClockStep, key_of

STATES = {
    RUNNING: "Running",
    STILL: "Standing still",
    SNOOZED: "Put off",
    LAPSED: "Past its day",
    MET: "Met",
    ENDED: "Not asked for any more",
}
MOST_WRITTEN = 200  # of one case, by people


class DeadlineProblem(Problem):
    """A date cannot be put off, begun or met now, in a sentence."""


class Shown(NamedTuple):
    """One date as its page shows it: with its owner by name, its lines, and what somebody may still do about it."""

    id: str
    one: Standing
    state: str
    owner: str
    lines: Sequence[ClockStep]
    may_snooze_until: date | None
    is_written: bool  # somebody wrote down when it began, so that somebody can correct it


class Page(NamedTuple):
    """The dates of a case: what has gone by, what comes, what stands without a day, and what is over."""

    late: list[Shown]
    coming: list[Shown]
    without: list[Shown]
    over: list[Shown]
    past: list[
        tuple[str, str, Sequence[ClockStep]]
    ]  # name, what about, lines: nothing in the case asks for them any more


def of_case(case: Case, on: date) -> Page:
    """Everything that a case has to keep, as it stands now, whether or not the job has looked since. Read only."""
    holds, rows = read(case, on), rows_of(case.id)
    by_day, lines = _shown(holds, rows)
    seen = {s.id for s in by_day}
    return Page(
        late=[s for s in by_day if s.one.state == LAPSED],
        coming=[s for s in by_day if s.one.state in (RUNNING, SNOOZED) and s.one.due is not None],
        without=[s for s in by_day if s.one.state in OPEN and s.one.state != LAPSED and s.one.due is None],
        over=[s for s in by_day if s.one.state == MET],
        past=_past(holds, rows, lines, seen),
    )


def _past(holds: Holds, rows: Sequence[Clock], lines: dict[str, list[ClockStep]], seen: set[str]) -> list[Any]:
    """Clocks that the case asks for no more, and lines that came with a case file and are about one of where that was written."""

    def name(code: str) -> str:
        return holds.table.kinds[code].name if code in holds.table.kinds else code

    found = [(name(row.kind), row.about, lines.get(row.id, ())) for row in rows if row.id not in seen]
    there = seen | {row.id for row in rows}
    return found + [(name(of[0].kind), "", of) for key, of in lines.items() if key not in there]


def one_of(case: Case, clock_id: str, on: date) -> Shown | None:
    """One date of a case as its page shows it, by its key; None where the case asks for it no more."""
    by_day, _ = _shown(read(case, on), rows_of(case.id))
    return next((s for s in by_day if s.id == clock_id), None)


def _shown(holds: Holds, rows: Sequence[Clock]) -> tuple[list[Shown], dict[str, list[ClockStep]]]:
    """The dates in the order of their days, and the lines of every clock there ever was."""
    lines: dict[str, list[ClockStep]] = {}
    for step in holds.written:
        lines.setdefault(key_of(step.case_id, step.kind, step.subject), []).append(step)
    officer = db.session.get(User, holds.case.assigned_to)
    found = []
    for one in standing(holds, rows):
        if one.found.keeps and one.due is None:
            continue
        key = key_of(holds.case.id, one.found.kind, one.found.subject)
        owner, role = keeping.whose(holds, one.found)
        found.append(
            Shown(
                id=key,
                one=one,
                state=STATES[one.state],
                owner=officer.name if owner and officer is not None else ROLES.get(role, ""),
                lines=lines.get(key, ()),
                may_snooze_until=_may_snooze(one, holds.on),
                is_written=any(line.what == STARTED for line in lines.get(key, ())),
            )
        )
    return sorted(found, key=lambda s: (s.one.due or date.max, s.one.kind.name, s.id)), lines


def _may_snooze(one: Standing, on: date) -> date | None:
    if one.state not in (RUNNING, LAPSED) or one.due is None:
        return None
    return states.may_snooze_until(one.kind, one.due, on, one.row.snoozes if one.row is not None else 0)


def by_hand_kinds() -> dict[str, Kind]:
    """The clocks that somebody can start by writing a day down."""
    return {code: kind for code, kind in table.read().kinds.items() if kind.by_hand}


def snooze(user: Any, case_id: str, seen_version: int, clock_id: str, until: date, why: str) -> None:
    """Put one off somebody's list until a day, with a reason. It runs on, and nobody can put it off for longer than its table says.

    Raises:
        StaleCase: the case changed since the person saw it.
        DeadlineProblem: it is not there, is met, or may not be put off so far, or at all.
    """
    on = today()
    with writing() as session:
        row, one = _taken(session, case_id, seen_version, clock_id, on)
        if one.state not in (RUNNING, LAPSED):
            raise DeadlineProblem(f"This one is not waiting for anybody: {STATES[one.state].lower()}.")
        if one.kind.snooze is None:
            raise DeadlineProblem(f"“{one.kind.name}” cannot be put off by anybody. {one.kind.at_end}")
        latest = states.may_snooze_until(one.kind, one.due, on, row.snoozes)
        if latest is None:
            raise DeadlineProblem(
                "It cannot be put off again, or not past its own day. Do what it asks for, or tell a senior officer."
            )
        if until <= on:
            raise DeadlineProblem("Choose a day after today.", "until")
        if until > latest:
            raise DeadlineProblem(f"It can be put off until {in_words(latest)} at most.", "until")
        row.snoozed_until, row.snoozed_why = until, why
        row.snoozed_by, row.snoozed_by_name = user.id, user.name
        row.snoozes += 1
        row.state = SNOOZED
        _write(session, user, _of(row), SNOOZED, until, row.due, why)


def start(user: Any, case_id: str, seen_version: int, values: dict[str, Any]) -> str:
    """Write down what starts a clock: which, on what day, and in words. Gives the key of the clock.

    Args:
        values: ``kind``, ``on``, ``said``.
    Raises:
        StaleCase: the case changed since the person saw it.
        DeadlineProblem: the day is ahead, there is no such clock, or too many were written down.
    """
    on = today()
    kind = by_hand_kinds().get(values["kind"])
    with writing() as session:
        case = cases.lock_case(session, case_id, seen_version)
        if kind is None:
            raise DeadlineProblem("Choose which one begins.", "kind")
        if values["on"] > on:
            raise DeadlineProblem("This day is in the future.", "on")
        _not_too_many(session, case_id)
        subject = new_id()
        _write(session, user, _Line(case_id, kind.code, subject), STARTED, values["on"], None, values["said"])
        keeping.in_step(session, case, on)
        return key_of(case_id, kind.code, subject)


def correct(user: Any, case_id: str, seen_version: int, clock_id: str, on: date, said: str) -> None:
    """A clock that somebody started began on another day: it is counted anew, and a line says so; the first day stays to be read.

    Raises:
        StaleCase: the case changed since the person saw it.
        DeadlineProblem: it was not started by hand, is met, or the day is ahead or after what met it.
    """
    this_day = today()
    with writing() as session:
        row, one = _taken(session, case_id, seen_version, clock_id, this_day)
        if row.kind not in by_hand_kinds() or not _is_started(session, row):
            raise DeadlineProblem(
                "It follows from the case: correct it where it is written down, and it is counted anew by itself."
            )
        if on > this_day:
            raise DeadlineProblem("This day is in the future.", "on")
        if one.found.met_on is not None and on > one.found.met_on:
            raise DeadlineProblem(f"It was met on {in_words(one.found.met_on)}: it cannot have begun after that.", "on")
        _write(session, user, _of(row), STARTED, on, None, said)
        keeping.in_step(session, session.get_one(Case, case_id), this_day)


def _is_started(session: Session, row: Clock) -> bool:
    of_it = (ClockStep.case_id == row.case_id, ClockStep.kind == row.kind, ClockStep.subject == row.subject)
    return session.scalar(select(ClockStep.id).where(*of_it, ClockStep.what == STARTED).limit(1)) is not None


def extend(user: Any, case_id: str, seen_version: int, clock_id: str, values: dict[str, Any]) -> None:
    """Write down that more time was given in writing: its last day is a later one from then on, and the one by the rule stays to be read.

    Args:
        values: ``until`` its new last day, ``on`` the day of the writing, ``said`` who gave it and where the writing is.
    Raises:
        StaleCase: the case changed since the person saw it.
        DeadlineProblem: nobody may give it more time, it is met, or a day cannot be so.
    """
    on = today()
    with writing() as session:
        row, one = _taken(session, case_id, seen_version, clock_id, on)
        if not one.kind.more_time or not _is_started(session, row):
            raise DeadlineProblem("No rule lets anybody give more time for this one.")
        if one.state == MET:
            raise DeadlineProblem("This was dealt with already.")
        if values["on"] > on:
            raise DeadlineProblem("This day is in the future.", "on")
        if row.began is not None and values["on"] < row.began:
            raise DeadlineProblem(
                f"It began on {in_words(row.began)}: more time cannot have been given before that.", "on"
            )
        if one.due is None or values["until"] <= one.due:
            raise DeadlineProblem(f"Its last day is {in_words(one.due)} already. Choose a later one.", "until")
        line = (EXTENDED, values["on"], values["until"], values["said"])
        _write(session, user, _of(row), *line)
        keeping.in_step(session, session.get_one(Case, case_id), on)


def answer(user: Any, case_id: str, seen_version: int, clock_id: str, values: dict[str, Any]) -> None:
    """Write down that a clock is met, or only what was done about it: then it runs on.

    Args:
        values: ``met`` (yes or no), ``on``, ``said``.
    Raises:
        StaleCase: the case changed since the person saw it.
        DeadlineProblem: it is not there, is met, begins later than the day, or is met by what the case holds alone.
    """
    on = today()
    with writing() as session:
        row, one = _taken(session, case_id, seen_version, clock_id, on)
        if values["on"] > on:
            raise DeadlineProblem("This day is in the future.", "on")
        if one.state == MET:
            raise DeadlineProblem("This was dealt with already.")
        if not values["met"]:
            _write(session, user, _of(row), NOTED, values["on"], row.due, values["said"])
            return
        if not one.kind.by_hand:
            raise DeadlineProblem(f"Nobody’s word alone meets this one. It is met when {one.kind.meets}.", "met")
        if row.began is not None and values["on"] < row.began:
            raise DeadlineProblem(f"It began on {in_words(row.began)}: what meets it cannot be before that.", "on")
        _write(session, user, _of(row), ANSWERED, values["on"], row.due, values["said"])
        keeping.in_step(session, session.get_one(Case, case_id), on)


def rest(session: Session, user: Any, case: Case, why: Mapping[str, str]) -> None:
    """A case is closed: each of its dates keeps why it may rest, in the caller’s transaction. It runs on, and no list has it."""
    keeping.in_step(session, case, today())
    for row in rows_of(case.id):
        if row.id in why:
            _write(
                session,
                user,
                _of(row),
                NOTED,
                today(),
                row.due,
                f"The case was closed. This may rest, because: {why[row.id]}",
            )


def _taken(session: Session, case_id: str, seen_version: int, clock_id: str, on: date) -> tuple[Clock, Standing]:
    """Take the case, bring its clocks in step, and give one of them."""
    case = cases.lock_case(session, case_id, seen_version)
    keeping.in_step(session, case, on)
    _not_too_many(session, case_id)
    listed = standing(read(case, on), rows_of(case.id))
    one = next((s for s in listed if key_of(case_id, s.found.kind, s.found.subject) == clock_id), None)
    row = session.get(Clock, clock_id)
    if one is None or row is None or row.case_id != case_id:
        raise DeadlineProblem("This date is not asked for any more.")
    return row, one


def _not_too_many(session: Session, case_id: str) -> None:
    listed = session.scalars(select(ClockStep.id).where(ClockStep.case_id == case_id, ClockStep.by.is_not(None))).all()
    if len(listed) >= MOST_WRITTEN:
        raise DeadlineProblem(f"A case can have {MOST_WRITTEN} of these here.")


class _Line(NamedTuple):
    """Which clock a line is about."""

    case_id: str
    kind: str
    subject: str


def _of(row: Clock) -> _Line:
    return _Line(row.case_id, row.kind, row.subject)


def _write(session: Session, user: Any, of: _Line, what: str, day: date, due: date | None, said: str) -> None:
    """One line that a person wrote, with its entry."""
    step = ClockStep(**of._asdict(), what=what, on=day, due=due, said=said, by=user.id, by_name=user.name)
    session.add(step)
    session.flush()
    audit.record(session, f"clock.{what}", "clock", step.id, of.case_id, {"kind": of.kind})
