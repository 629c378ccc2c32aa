"""An emergency decision that a safeguarding lead did not ratify: the family is there, and has to be moved.

The task is the escalation itself, with the clock of any place that is not suitable (see ``moving``). Nobody has to remember to make it;
it ends when somebody writes down where the family is. Once the placement is decided as not suitable, the decision's task stands instead.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import defer

from app import clocks
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.database import writing
from app.extensions import db

from .afterwards import MOVE, MOVED
from .emergency import EmergencyProblem
from .models import Decision, DecisionStep, EmergencyDecision, EmergencyMove

ESCALATED = "escalated"


def _waits() -> ColumnElement[bool]:
    """Escalated, nobody wrote down where the family was moved, and no decision has the task."""
    taken_over = (
        exists()
        .where(Decision.assessment_id == EmergencyDecision.assessment_id)
        .where(DecisionStep.decision_id == Decision.id, DecisionStep.kind == MOVE)
    )
    return (
        (EmergencyDecision.verdict == ESCALATED)
        & ~exists().where(EmergencyMove.emergency_id == EmergencyDecision.id)
        & ~taken_over
    )


class Waiting(NamedTuple):
    """An emergency decision that waits, of which case, and by when: for a lead to look at it, or for the family to be moved."""

    taken: EmergencyDecision
    reference: str
    by: date | None


@lru_cache(maxsize=16)
def _waiting(role: str) -> Select[*tuple[Any, ...]]:
    """The query of those of the cases that somebody in a role may see, made once."""
    return (
        select(EmergencyDecision, Case.reference)
        .join(Case, Case.id == EmergencyDecision.case_id)
        .where(EmergencyDecision.verdict.is_(None) | _waits())
        .where(cases.seen_by(cases.anybody(role), EmergencyDecision.case_id))
        .options(defer(EmergencyDecision.frozen))
        .order_by(EmergencyDecision.review_by)
    )


def waiting_for(user: Any) -> tuple[list[Waiting], list[Waiting]]:
    """Of the cases that somebody may see: those that wait for a lead, the first due first, and the families to be moved; one query."""
    rows = db.session.execute(_waiting(user.role), {"user_id": user.id}).all()
    to_ratify = [Waiting(taken, reference, taken.review_by) for taken, reference in rows if taken.verdict is None]
    return to_ratify, [Waiting(taken, reference, due(taken)) for taken, reference in rows if taken.verdict is not None]


def all_to_move() -> list[tuple[str, str, date]]:
    """Of every case, each family to be moved, by a decision's task or an escalation: the case, the task and its day. Two queries."""
    tasks = select(DecisionStep.case_id, DecisionStep.id, DecisionStep.due).where(_is_task())
    found = [(row[0], row[1], row[2]) for row in db.session.execute(tasks)]
    found += [(e.case_id, e.id, due(e)) for e in db.session.scalars(select(EmergencyDecision).where(_waits()))]
    return [(case_id, key, by) for case_id, key, by in found if by is not None]


def _is_task() -> ColumnElement[bool]:
    """A decision's task to move a family that nobody has written down as done."""
    since = DecisionStep.__table__.alias("moved_since")
    done = select(since.c.id).where(since.c.about == DecisionStep.id, since.c.kind == MOVED).exists()
    return (DecisionStep.kind == MOVE) & DecisionStep.due.is_not(None) & ~done


def is_to_move(key: str) -> bool:
    """Does this task, or this escalation, still wait?"""
    of_decision = select(DecisionStep.id).where(DecisionStep.id == key, _is_task())
    return db.session.scalar(of_decision) is not None or db.session.scalar(
        select(EmergencyDecision.id).where(EmergencyDecision.id == key, _waits())
    ) is not None  # fmt: skip


def waits(taken: EmergencyDecision) -> bool:
    """Has the family of this one still to be moved?"""
    return db.session.scalar(select(EmergencyDecision.id).where(EmergencyDecision.id == taken.id, _waits())) is not None


def due(taken: EmergencyDecision) -> date | None:
    """By when somebody must have an answer: the next working day after it was escalated. None of one that was not."""
    if taken.verdict != ESCALATED or taken.ratified_at is None:
        return None
    return clocks.next_working_day(clocks.local(taken.ratified_at).date())


def moved(user: Any, emergency_id: str, seen_version: int, said: str, since: date) -> None:
    """The family is somewhere else: where, who saw them arrive, and since which day.

    Raises:
        StaleCase: the case changed since the person saw it.
        EmergencyProblem: it was dealt with already, or was never escalated.
    """
    with writing() as session:
        found = session.get_one(EmergencyDecision, emergency_id)
        cases.lock_case(session, found.case_id, seen_version)
        session.refresh(found)
        if not waits(found):
            raise EmergencyProblem("This was dealt with already.")
        made = EmergencyMove(
            case_id=found.case_id, emergency_id=found.id, said=said, on=since, written_by=user.id, written_by_name=user.name
        )  # fmt: skip
        session.add(made)
        session.flush()
        audit.record(session, "emergency.moved", "emergency", made.id, found.case_id)
