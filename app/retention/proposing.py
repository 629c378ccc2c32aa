"""What is due is proposed, never done: two people agree, one of them a safeguarding lead, or somebody keeps it and says why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import jobs
from app.accounts.policy import may
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case, CaseMember
from app.clocks import in_words, today
from app.database import writing
from app.extensions import db
from app.problem import Problem, StaleCase

from . import due, holds, schedule
from .models import Disposal, DisposalStep

JOB = "destroy-case"
AGREED, KEPT = "agreed", "kept"
_AT_ONCE = 200  # cases looked at in one run; the rest at the next
log = structlog.get_logger("case_by_case.retention")


class DisposalProblem(Problem):
    """Nobody can agree to this, or keep it, now: in a sentence."""


class Proposal(NamedTuple):
    """A proposal, and what was said to it, the oldest first."""

    row: Disposal
    steps: Sequence[DisposalStep]

    @property
    def agreed(self) -> list[DisposalStep]:
        return [step for step in self.steps if step.what == AGREED]

    @property
    def is_open(self) -> bool:
        return all(step.what == AGREED for step in self.steps)

    @property
    def is_agreed(self) -> bool:
        """By two, so that it is done as soon as the worker comes to it."""
        return self.is_open and len({step.by_id for step in self.agreed}) > 1


def of_case(session: Session, case_id: str) -> list[Proposal]:
    """Every proposal there was for a case, the oldest first."""
    rows = session.scalars(select(Disposal).where(Disposal.case_id == case_id).order_by(Disposal.at, Disposal.id)).all()
    steps = session.scalars(
        select(DisposalStep).where(DisposalStep.case_id == case_id).order_by(DisposalStep.at, DisposalStep.id)
    ).all()
    return [Proposal(row, [s for s in steps if s.disposal_id == row.id]) for row in rows]


def open_one(session: Session, case_id: str) -> Proposal | None:
    """The proposal that waits, or that was agreed to and is not done yet."""
    return next((each for each in of_case(session, case_id) if each.is_open), None)


def facts_of(session: Session, case: Case, looked_after: str = due.NOT_KNOWN) -> due.Facts:
    """What the rules ask of a case: everybody who is or was a child in it, or is expected, those who left too."""
    people = session.scalars(select(CaseMember).where(CaseMember.case_id == case.id)).all()
    born = tuple(p.born if p.kind == "child" else p.born or p.due for p in people if p.kind in ("child", "unborn"))
    return due.Facts(case.closed_on, born, looked_after)


def propose(on: date | None = None) -> int:
    """Propose every closed case that is due and is held by nothing; gives how many. Done twice, it proposes nothing the second time.

    The daily job. Holds that a case asks for by itself are set first.
    """
    on, made = on or today(), 0
    shortest = min(rule.years for rule in schedule.read().rules if rule.holds_for == schedule.EVERY_CASE)
    latest = date(on.year - shortest, 12, 31)
    closed = (
        select(Case.id).where(Case.closed_on.is_not(None), Case.closed_on <= latest).order_by(Case.closed_on, Case.id)
    )
    for case_id in db.session.scalars(closed).all():
        try:
            made += _propose(case_id, on)
        except StaleCase:
            continue
    return made


def _propose(case_id: str, on: date) -> bool:
    """One case: looked at without a lock, and taken only where there is something to write."""
    case = db.session.get_one(Case, case_id)
    found = due.reckon(schedule.read(), facts_of(db.session, case))
    before = of_case(db.session, case_id)
    kept_until = max((s.until for p in before for s in p.steps if s.until is not None), default=None)
    if found.due is None or found.due > on or any(p.is_open for p in before) or (kept_until or on) > on:
        return False
    with writing() as session:
        case = cases.lock_case(session, case_id, None)
        found = due.reckon(schedule.read(), facts_of(session, case))
        holds.set_found(session, case)
        if holds.standing(session, case_id) or open_one(session, case_id) is not None:
            return False
        if found.due is None or found.rule is None or found.due > on:
            return False
        row = Disposal(case_id=case_id, rule=found.rule.code, schedule=schedule.read().version, due=found.due)
        session.add(row)
        session.flush()
        audit.record(session, "disposal.proposed", "disposal", row.id, case_id, {"rule": row.rule})
    return True


def stops(standing: int, agreed: Collection[tuple[str, str]], is_open: bool, due_on: date, on: date) -> str:
    """Why a case may not be destroyed now, in a word; empty where it may. Pure: the last question before anything goes.

    On PostgreSQL the database asks the same again; see migration 0050.

    Args:
        standing: how many holds stand on it, those on every case among them; agreed: who agreed, and in which role.
    """
    if standing:
        return "held"
    if not is_open:
        return "over"
    if due_on > on:
        return "early"
    if len({who for who, _ in agreed}) < 2 or not any(may(role, "case.exclude") for _, role in agreed):
        return "alone"
    return ""


def may_agree(session: Session, case: Case, proposal: Proposal, looked_after: str, on: date) -> str:
    """Why nobody may agree to it now, in a sentence; empty where somebody may."""
    if not proposal.is_open:
        return "This proposal is over: somebody kept the case, or a hold did."
    if held := holds.standing(session, case.id):
        return f"A legal hold stands: {holds.KINDS[held[0].kind].lower()}. Nothing is destroyed until a safeguarding lead lifts it."
    found = due.reckon(schedule.read(), facts_of(session, case, looked_after))
    if found.due is None or found.rule is None:
        return found.why
    if found.due > on:
        return f"By “{found.rule.name}” it is kept until {in_words(found.due)}."
    if not found.rule.confirmed:
        return f"“{found.rule.name}” is not yet confirmed by the council: nothing can be destroyed by it. See the schedule."
    return ""


def agree(user: Any, case_id: str, seen_version: int, disposal_id: str, looked_after: str, reason: str) -> bool:
    """Agree that a case is destroyed; gives whether that was the second who did, so that the worker destroys it.

    Args:
        looked_after: whether any child of it is or was looked after by a council: ``yes``, ``no`` or ``unknown``.
    Raises:
        StaleCase: the case changed since the person saw it.
        DisposalProblem: a hold stands, it is not due, the rule is not confirmed, it is not known how long it is kept, they agreed already,
            or neither of the two is a safeguarding lead.
    """
    with writing() as session:
        case = cases.lock_case(session, case_id, seen_version)
        proposal = _taken(session, case_id, disposal_id)
        if looked_after not in (due.YES, due.NO):
            raise DisposalProblem(
                "While this is not known nobody can say how long it is kept. Ask children’s services first.",
                "looked_after",
            )
        holds.set_found(session, case)
        refused = may_agree(session, case, proposal, looked_after, today())
        if refused:
            # What was found meanwhile stands, whoever asks next: only what they agreed to is not stored.
            session.commit()
            raise DisposalProblem(refused)
        others = {step.by_id for step in proposal.agreed}
        if user.id in others:
            raise DisposalProblem("You agreed to this already. Another person has to agree, too.")
        leads = [s.by_role for s in proposal.agreed] + [user.role]
        if others and not any(may(role, "case.exclude") for role in leads):
            raise DisposalProblem("One of the two is a safeguarding lead. Ask one to agree.")
        _say(session, user, proposal.row, AGREED, reason)
        if others:
            jobs.enqueue(session, JOB, disposal_id)
        return bool(others)


def keep(user: Any, case_id: str, seen_version: int, disposal_id: str, until: date, reason: str) -> None:
    """Keep a case until a day, with a reason: then it is proposed again.

    Raises:
        StaleCase: the case changed since the person saw it. DisposalProblem: the day is no later one, or the proposal is over.
    """
    with writing() as session:
        cases.lock_case(session, case_id, seen_version)
        proposal = _taken(session, case_id, disposal_id)
        if until <= today():
            raise DisposalProblem("Choose a day after today.", "until")
        if not proposal.is_open:
            raise DisposalProblem("This proposal is over.")
        _say(session, user, proposal.row, KEPT, reason, until)


def end_by_hold(session: Session, row: Disposal) -> None:
    """A hold came before it was done: it is over, and would have to be proposed and agreed to again."""
    session.add(
        DisposalStep(
            case_id=row.case_id,
            disposal_id=row.id,
            what=KEPT,
            reason="A legal hold came before it was done.",
            by_name=holds.BY_ITSELF,
        )
    )
    session.flush()
    audit.record(session, "disposal.kept", "disposal", row.id, row.case_id)


def _taken(session: Session, case_id: str, disposal_id: str) -> Proposal:
    found = next((p for p in of_case(session, case_id) if p.row.id == disposal_id), None)
    if found is None:
        raise DisposalProblem("There is no such proposal.")
    return found


def _say(session: Session, user: Any, row: Disposal, what: str, reason: str, until: date | None = None) -> None:
    session.add(
        DisposalStep(
            case_id=row.case_id,
            disposal_id=row.id,
            what=what,
            reason=reason,
            until=until,
            by_id=user.id,
            by_name=user.name,
            by_role=user.role,
        )
    )
    session.flush()
    audit.record(session, f"disposal.{what}", "disposal", row.id, row.case_id, None, user)
