"""After a decision: its conditions met or past their day, a recorded fact corrected by two people, and the decision withdrawn.

Every step is a row that is only ever added; the decision, its assessment and the bytes of its record stay what they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, bindparam, select
from sqlalchemy.orm import Session

from app import clocks
from app.accounts.policy import ROLES
from app.assessments.models import DECIDED, Assessment
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.database import now, writing
from app.extensions import db
from app.problem import Problem
from app.records.models import Record
from app.suitability.casefile.codes import Role
from app.suitability.casefile.values import in_sentence

from . import emergency
from .models import Decision, DecisionStep, EmergencyDecision

# A condition as it was set; met; what somebody asks to have corrected, and a second person's word on it; the end of the decision;
# the family has to be moved, and was.
CONDITION, MET = "condition", "met"
CORRECTION, SIGNED, REFUSED = "correction", "signed", "refused"
WITHDRAWN, MOVE, MOVED = "withdrawn", "move", "moved"
_ANSWERED = (CONDITION, MET, SIGNED, REFUSED, MOVED)  # what ends the waiting of the step that it is about


class AfterwardsProblem(Problem):
    """Nothing of the kind can be written down after this decision now, in a sentence."""


class Standing(NamedTuple):
    """A condition as it stands: the row that has its day now, how it stands, and what was done about it, oldest first."""

    step: DecisionStep
    state: str  # met, lapsed, open, or no_day
    since: list[DecisionStep]


class Waiting(NamedTuple):
    """A step that waits for somebody, and where."""

    step: DecisionStep
    reference: str
    record_id: str


def state_of(due: date | None, is_met: bool, today: date) -> str:
    """How a condition stands: on its day it is still open, the day after it is back for review. One without a day waits for one."""
    if is_met:
        return "met"
    if due is None:
        return "no_day"
    return "lapsed" if due < today else "open"


def standing(steps: Sequence[DecisionStep], today: date) -> list[Standing]:
    """Every condition of a decision by its steps, in the order of the record."""
    about: dict[str, DecisionStep] = {s.about: s for s in steps if s.kind in (CONDITION, MET) and s.about}
    found = []
    for first in (s for s in steps if s.kind == CONDITION and not s.about):
        last, since = first, []
        while last.id in about:
            since.append(last := about[last.id])
        has_day = since[-2] if len(since) > 1 else first
        shown = has_day if last.kind == MET else last
        found.append(Standing(shown, state_of(last.due, last.kind == MET, today), since))
    return found


def steps_of(decision_id: str) -> Sequence[DecisionStep]:
    """Everything written down after a decision, in order."""
    return db.session.scalars(
        select(DecisionStep)
        .where(DecisionStep.decision_id == decision_id)
        .order_by(DecisionStep.taken_at, DecisionStep.number, DecisionStep.id)
    ).all()


def of_record(record: Record) -> Decision | None:
    """The decision that a record, or a later issue of it, is of."""
    return db.session.scalar(select(Decision).where(Decision.record_id == (record.reissue_of or record.id)))


def begin(session: Session, user: Any, decision: Decision, conditions: Sequence[Mapping[str, str]]) -> None:
    """In the transaction of a decision: each condition of its record begins to wait for somebody to see it met."""
    for number, c in enumerate(conditions):
        day = c["due"][:10]
        session.add(
            DecisionStep(
                id=_id_of(decision.id, number),
                case_id=decision.case_id,
                decision_id=decision.id,
                kind=CONDITION,
                said=c["what"],
                number=number,
                seen_by=c["owner"],
                due=date.fromisoformat(day) if day else None,
                taken_by=user.id,
                taken_by_name=user.name,
                taken_by_role=user.role,
                taken_at=decision.reviewed_at,
            )
        )


def _id_of(decision_id: str, number: int) -> str:
    """Of a condition as it was set: the same whoever writes it down, this version or the step up from an earlier one."""
    return hashlib.sha256(f"{decision_id}/{number}".encode()).hexdigest()[:32]


@lru_cache(maxsize=16)
def _waiting(role: str) -> Select[*tuple[Any, ...]]:
    """The query of what waits of the cases that somebody in a role may see, made once."""
    later, ended, newer = (
        DecisionStep.__table__.alias("later"),
        DecisionStep.__table__.alias("ended"),
        Assessment.__table__.alias("newer"),
    )
    return (
        select(DecisionStep, Case.reference, Decision.record_id)
        .join(Decision, Decision.id == DecisionStep.decision_id)
        .join(Case, Case.id == DecisionStep.case_id)
        .where(cases.seen_by(cases.anybody(role), DecisionStep.case_id))
        .where(
            ((DecisionStep.kind == CONDITION) & (DecisionStep.due <= bindparam("until", type_=Date)))
            | DecisionStep.kind.in_((CORRECTION, MOVE))
        )
        .where(~select(later.c.id).where(later.c.about == DecisionStep.id, later.c.kind.in_(_ANSWERED)).exists())
        .where(
            (DecisionStep.kind == MOVE)
            | ~select(ended.c.id)
            .where(ended.c.decision_id == DecisionStep.decision_id, ended.c.kind == WITHDRAWN)
            .exists()
        )
        .where(
            (DecisionStep.kind == MOVE)
            | ~select(newer.c.id).where(newer.c.follows == Decision.assessment_id, newer.c.state == DECIDED).exists()
        )
        .order_by(DecisionStep.due, DecisionStep.taken_at)
    )


def waiting_for(user: Any, until: date | None = None) -> list[Waiting]:
    """Of every case that somebody may see: conditions past their day, corrections nobody has counter-signed, families to be moved.

    One query. What belongs to a decision that was withdrawn or superseded waits for nobody.

    Args:
        until: with the conditions that are due up to this day.
    """
    last = clocks.today() - timedelta(days=1) if until is None else until
    rows = db.session.execute(_waiting(user.role), {"user_id": user.id, "until": last}).unique()
    return [Waiting(step, reference, record_id) for step, reference, record_id in rows]


def superseded_by(assessment_id: str) -> Decision | None:
    """The later decision on the same place, where it was assessed again and decided."""
    return db.session.scalar(
        select(Decision)
        .join(Assessment, Assessment.id == Decision.assessment_id)
        .where(Assessment.follows == assessment_id, Assessment.state == DECIDED)
        .order_by(Decision.reviewed_at.desc())
    )


# ---- writing


def met(user: Any, decision: Decision, seen_version: int, step_id: str, seen_by: str, seen_on: date, said: str) -> None:
    """Somebody, by name, saw that a condition is met. What is only promised or typed is not met."""
    with writing() as session:
        step = _open(session, decision, seen_version, step_id, CONDITION)
        made = _step(user, decision, MET, about=step.id, said=said, seen_by=seen_by, seen_on=seen_on)
        _add(session, made, "condition.met")


def another_day(user: Any, decision: Decision, seen_version: int, step_id: str, due: date, said: str) -> None:
    """A lead looked at a condition again and gives it another day, with a reason; the first day stays written down."""
    with writing() as session:
        step = _open(session, decision, seen_version, step_id, CONDITION)
        made = _step(
            user, decision, CONDITION, about=step.id, said=said, number=step.number, seen_by=step.seen_by, due=due
        )
        _add(session, made, "condition.moved")


def ask_correction(user: Any, decision: Decision, seen_version: int, said: str, instead: str, seen_by: str) -> None:
    """A fact in the record is wrong: what it says, what is right, and by what that is known. It waits for a second person."""
    with writing() as session:
        _live(session, decision, seen_version)
        made = _step(user, decision, CORRECTION, said=said, instead=instead, seen_by=seen_by)
        _add(session, made, "decision.correction_asked")


def countersign(user: Any, decision: Decision, seen_version: int, step_id: str, verdict: str, said: str) -> None:
    """A second person, never the one who asked, signs a correction or refuses it; the record that was issued keeps its bytes."""
    with writing() as session:
        step = _open(session, decision, seen_version, step_id, CORRECTION)
        if step.taken_by == user.id:
            raise AfterwardsProblem("You asked for this correction. Somebody else counter-signs it.")
        made = _step(user, decision, verdict, about=step.id, said=said)
        _add(session, made, "decision.correction_signed" if verdict == SIGNED else "decision.correction_refused")


def withdraw(user: Any, decision: Decision, seen_version: int, said: str) -> None:
    """The decision holds no longer: nobody is placed on it. It stays as it was made, and says so wherever it is shown."""
    with writing() as session:
        _live(session, decision, seen_version)
        _add(session, _step(user, decision, WITHDRAWN, said=said), "decision.withdrawn")


def moved(user: Any, decision: Decision, seen_version: int, step_id: str, said: str, seen_on: date) -> None:
    """The family that was in a place found not suitable is somewhere else: where, and since when."""
    with writing() as session:
        step = _open(session, decision, seen_version, step_id, MOVE)
        _add(session, _step(user, decision, MOVED, about=step.id, said=said, seen_on=seen_on), "decision.moved")


def _step(user: Any, decision: Decision, kind: str, **values: Any) -> DecisionStep:
    return DecisionStep(
        case_id=decision.case_id,
        decision_id=decision.id,
        kind=kind,
        taken_by=user.id,
        taken_by_name=user.name,
        taken_by_role=user.role,
        taken_at=now(),
        **values,
    )


def _add(session: Session, made: DecisionStep, action: str) -> None:
    session.add(made)
    session.flush()
    audit.record(session, action, "decision_step", made.id, made.case_id)


def _live(session: Session, decision: Decision, seen_version: int) -> list[DecisionStep]:
    """Take the case, and read what was written down after the decision; one that was withdrawn takes no more."""
    cases.lock_case(session, decision.case_id, seen_version)
    steps = list(session.scalars(select(DecisionStep).where(DecisionStep.decision_id == decision.id)))
    if any(s.kind == WITHDRAWN for s in steps):
        raise AfterwardsProblem("This decision was withdrawn. Nothing more is written down about it.")
    return steps


def _open(session: Session, decision: Decision, seen_version: int, step_id: str, kind: str) -> DecisionStep:
    if kind == MOVE:  # a family in a place that is not suitable is moved, whatever becomes of the paper
        cases.lock_case(session, decision.case_id, seen_version)
        steps = list(session.scalars(select(DecisionStep).where(DecisionStep.decision_id == decision.id)))
    else:
        steps = _live(session, decision, seen_version)
    step = next((s for s in steps if s.id == step_id and s.kind == kind), None)
    if step is None or any(s.about == step_id and s.kind in _ANSWERED for s in steps):
        raise AfterwardsProblem("This was dealt with already.")
    return step


# ---- reading back


def since(decision: Decision, issued_at: Any, steps: Sequence[DecisionStep]) -> list[str]:
    """What happened after a record was issued, in sentences, oldest first: the same on its page, to its reader, and in a new issue."""
    emergencies = _ratified(decision)
    said = [(e.ratified_at, ratified_in_words(e)) for e in emergencies if e.ratified_at > issued_at]
    moves = [e.move for e in emergencies if e.move is not None and e.move.written_at > issued_at]
    said += [(move.written_at, emergency.moved_in_words(move)) for move in moves]
    by_id = {s.id: s for s in steps}
    said += [(s.taken_at, words) for s in steps if s.taken_at > issued_at and (words := _in_words(s, by_id))]
    newer = superseded_by(decision.assessment_id)
    if newer is not None and newer.reviewed_at > issued_at:
        number = db.session.get_one(Record, newer.record_id).number
        when = clocks.moment_in_words(newer.reviewed_at)
        said.append(
            (
                newer.reviewed_at,
                f"Superseded on {when}: the place was assessed again, and record {number} stands instead.",
            )
        )
    return [words for _, words in sorted(said, key=lambda each: each[0])]


def ratified_in_words(e: EmergencyDecision) -> str:
    word = "ratified" if e.verdict == "ratified" else "not ratified but escalated"
    when = clocks.moment_in_words(e.ratified_at)
    return f"The emergency decision of {clocks.in_words(e.first_night)} was {word} on {when} by {e.ratified_by_name}: {e.ratified_note}"


def _ratified(decision: Decision) -> list[Any]:
    """Each emergency decision on what was decided that a lead has looked at."""
    of_it = (EmergencyDecision.assessment_id == decision.assessment_id, EmergencyDecision.ratified_at.is_not(None))
    return list(db.session.scalars(select(EmergencyDecision).where(*of_it)))


def _in_words(s: DecisionStep, by_id: Mapping[str, DecisionStep]) -> str:
    who = f"{s.taken_by_name}, {in_sentence(ROLES[Role(s.taken_by_role)])}"
    when, about = clocks.moment_in_words(s.taken_at), by_id.get(s.about)
    if s.kind == MET and about is not None:
        what = _first(about, by_id).said
        return f"Condition met: {what}. Seen by {s.seen_by}, {clocks.in_words(s.seen_on)}: {s.said} Written down by {who}, {when}."
    if s.kind == CONDITION and about is not None:
        what, before = _first(about, by_id).said, clocks.in_words(about.due) or "no day"
        return f"Condition not met in its time, and looked at again: {what}. By {clocks.in_words(s.due)} instead of {before}: {s.said} Decided by {who}, {when}."
    if s.kind == SIGNED and about is not None:
        return (
            f"Corrected: the record says “{about.said}”. Right is: “{about.instead}”. How that is known: {about.seen_by}. "
            f"Asked for by {about.taken_by_name}; counter-signed by {who}, {when}: {s.said}"
        )
    if s.kind == WITHDRAWN:
        return f"Withdrawn on {when} by {who}: {s.said} Nobody is placed on this decision."
    if s.kind == MOVED:
        return f"The family was moved, {clocks.in_words(s.seen_on)}: {s.said} Written down by {who}, {when}."
    return ""


def first_of(step: DecisionStep, steps: Sequence[DecisionStep]) -> DecisionStep:
    """A condition as it was set first, whatever day it has now."""
    return _first(step, {s.id: s for s in steps})


def _first(step: DecisionStep, by_id: Mapping[str, DecisionStep]) -> DecisionStep:
    while step.about in by_id:
        step = by_id[step.about]
    return step
