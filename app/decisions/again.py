"""Assessing a decided placement again: on a change, a dispute, or a statutory review by somebody who had no part in the decision.

The new assessment is linked to the old one and has a unit of its own, so that nothing done in it touches what was decided. What was
said and seen of the place goes along with its source and its day; plans, acceptances and reasoned answers are made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Session

from app import clocks
from app.assessments import answers
from app.assessments.models import DECIDED, DRAFT, SUBMITTED, Assessment, SavedAnswer
from app.assessments.service import STATUTORY_REVIEW
from app.audit import service as audit
from app.cases import service as cases
from app.database import new_id, writing
from app.extensions import db
from app.problem import Problem
from app.properties.models import Unit, UnitBeside
from app.records.models import Record

from .models import Decision

CHANGE, DISPUTE, REVIEW = "change", "dispute", STATUTORY_REVIEW
BECAUSE = {
    CHANGE: "Something has changed",
    DISPUTE: "Somebody does not agree",
    REVIEW: "The applicant asked for a review",
}
_EARLIER = (
    select(Record.number, Decision.reviewed_at)
    .join(Record, Record.id == Decision.record_id)
    .where(Decision.assessment_id == bindparam("assessment_id"))
)
_STAY = ("urgency", "starts", "nights", "nightly_cost_pence", "authority", "authority_how", "notice_sent", "journeys")
_OWN_OF_A_UNIT = ("id", "created_at")


class AgainProblem(Problem):
    """It cannot be assessed again now, in a sentence."""


def part_in(decision: Decision, old: Assessment) -> set[str]:
    """Who had a part in a decision: whoever began, handed in or decided it."""
    return {id for id in (old.created_by, old.submitted_by, decision.reviewer) if id}


def refused(assessment: Assessment, user_id: str) -> str:
    """Why this person may not decide a statutory review, in a sentence; empty where they may, or it is none."""
    if assessment.again_because != REVIEW or not assessment.follows:
        return ""
    decision = db.session.scalar(select(Decision).where(Decision.assessment_id == assessment.follows))
    old = db.session.get(Assessment, assessment.follows)
    if decision is None or old is None or user_id not in part_in(decision, old):
        return ""
    return "You had a part in the decision under review. A safeguarding lead who had none decides it."


def begin(user: Any, old_id: str, seen_version: int, because: str, note: str) -> str:
    """Begin it; gives the new assessment's identifier.

    Raises:
        StaleCase: the case changed since the person saw it.
        AgainProblem: the old one is not decided, is being assessed again already, or the person had a part in what is reviewed.
    """
    with writing() as session:
        case_id = session.scalar(select(Assessment.case_id).where(Assessment.id == old_id)) or ""
        cases.lock_case(session, case_id, seen_version)
        old = session.get_one(Assessment, old_id)
        decision = session.scalar(select(Decision).where(Decision.assessment_id == old_id))
        if decision is None or old.state != DECIDED:
            raise AgainProblem("This assessment is not decided yet, so there is nothing to assess again.")
        later = session.scalars(select(Assessment).where(Assessment.follows == old_id)).unique().all()
        if any(a.state in (DRAFT, SUBMITTED) for a in later):
            raise AgainProblem("It is being assessed again already.")
        if any(a.state == DECIDED for a in later):
            raise AgainProblem("A later decision stands instead of this one. Assess that one again.")
        if because == REVIEW and user.id in part_in(decision, old):
            raise AgainProblem("You had a part in this decision. Another officer does the review.", "because")
        return begun(session, user, old, because, note)


def begun(session: Session, user: Any, old: Assessment, because: str, note: str) -> str:
    """The same in the caller’s transaction, of a case that is locked and an assessment of which it was asked that it may be."""
    unit = _copied(session, old.unit)
    made = Assessment(
        case_id=old.case_id,
        unit_id=unit.id,
        created_by=user.id,
        follows=old.id,
        again_because=because,
        again_note=note,
        **{name: getattr(old, name) for name in _STAY},
    )
    session.add(made)
    _bring(session, old.case_id, old.unit_id, unit.id)
    session.flush()
    audit.record(session, "assessment.again", "assessment", made.id, old.case_id, {"because": because})
    return made.id


def in_record(assessment: Assessment) -> dict[str, Any]:
    """What the record of a later decision says of the earlier one; nothing where there is none."""
    if not assessment.follows:
        return {}
    earlier = db.session.execute(_EARLIER, {"assessment_id": assessment.follows}).one_or_none()
    if earlier is None:
        return {}
    number, decided_at = earlier
    because = BECAUSE.get(assessment.again_because, "")
    said = f"This decision stands instead of record {number} of {clocks.moment_in_words(decided_at)}. {because}: {assessment.again_note}"
    return {"again": said}


def _copied(session: Session, old: Unit) -> Unit:
    unit: Unit = _copy(old)
    session.add(unit)
    session.flush()
    for listed in ("rooms", "certificates"):
        for part in getattr(old, listed):
            session.add(_copy(part, unit_id=unit.id))
    for other in session.scalars(select(UnitBeside).where(UnitBeside.first_id == old.id)):
        there = _copied(session, session.get_one(Unit, other.unit_id))
        session.add(_copy(other, first_id=unit.id, unit_id=there.id))
    session.flush()
    return unit


def _copy(row: Any, **instead: Any) -> Any:
    """A row of the same table with the same facts, and another identity."""
    columns = {c.key: getattr(row, c.key) for c in inspect(type(row)).column_attrs if c.key not in _OWN_OF_A_UNIT}
    return type(row)(**{**columns, **instead})


def _bring(session: Session, case_id: str, old: str, new: str) -> None:
    """What stands of what was answered about the place: each with its own source and day, so that it ages as it did."""
    listed: Sequence[SavedAnswer] = session.scalars(
        select(SavedAnswer)
        .where(SavedAnswer.case_id == case_id, SavedAnswer.unit_id == old)
        .order_by(SavedAnswer.recorded_at)
    ).all()
    kept = answers.standing(listed)
    ids = {a.id: new_id() for a in kept}
    for a in kept:
        columns = {c.key: getattr(a, c.key) for c in inspect(SavedAnswer).column_attrs}
        named = [ids[key] for key in a.supersedes if key in ids] + [key for key in a.supersedes if key not in ids]
        changed = {"id": ids[a.id], "unit_id": new, "supersedes": named, "corrects": None}
        session.add(SavedAnswer(**{**columns, **changed}))
