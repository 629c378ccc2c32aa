"""Assessing a placement: facts of the unit, answers, mitigations, acceptances, submission. One transaction each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, defaultload

from app.audit import service as audit
from app.cases import service as cases
from app.cases.household import household_of
from app.cases.models import Case
from app.clocks import today, written
from app.database import now, writing
from app.extensions import db
from app.notifications import telling
from app.problem import Problem
from app.properties.models import Unit
from app.suitability.reading.case_file import children_of

from .models import (
    DRAFT,
    SUBMITTED,
    WITHDRAWN,
    Assessment,
    SavedAcceptance,
    SavedMitigation,
    SavedPatternAnswer,
)

# Rooms and certificates of the unit are read where they are asked for, together with what is written down beside the answers.
_ONE = (
    select(Assessment)
    .where(Assessment.id == bindparam("assessment_id"))
    .options(*(defaultload(Assessment.unit).lazyload(part) for part in (Unit.rooms, Unit.certificates)))
)
_ONE_OF_CASE = _ONE.where(Assessment.case_id == bindparam("case_id"))
# What has just been locked has nothing of its own to store before this is read.
_AFRESH = _ONE_OF_CASE.execution_options(populate_existing=True, autoflush=False)
_CASE_OF = select(Assessment.case_id).where(Assessment.id == bindparam("assessment_id"))


STATUTORY_REVIEW = "statutory_review"  # of a decision, at the applicant's request: by somebody who had no part in it


class AssessmentProblem(Problem):
    """Something cannot be done to this assessment now, in a sentence."""


class NoAssessment(AssessmentProblem):
    """There is none, or it is of another case: the same answer."""


def find(case: Case, assessment_id: str) -> Assessment | None:
    found: Assessment | None = db.session.scalar(_ONE_OF_CASE, {"assessment_id": assessment_id, "case_id": case.id})
    return found


def of_case(case_id: str) -> Sequence[Assessment]:
    return (
        db.session.scalars(
            select(Assessment).where(Assessment.case_id == case_id).order_by(Assessment.created_at.desc())
        )
        .unique()
        .all()
    )


def newest_states(case_ids: Sequence[str]) -> dict[str, str]:
    """The state of each case's newest placement that is not withdrawn, in one query."""
    rows = db.session.execute(
        select(Assessment.case_id, Assessment.state)
        .where(Assessment.case_id.in_(case_ids), Assessment.state != WITHDRAWN)
        .order_by(Assessment.created_at)
    )
    return {row.case_id: row.state for row in rows}


def lock_draft(
    session: Session, assessment_id: str, seen_version: int | None, or_submitted: bool = False, case_id: str = ""
) -> tuple[Case, Assessment]:
    """Lock the case and load the assessment, refusing one that may not be changed.

    A worry that comes up while the lead is reading must be recordable, so answers are taken until the decision.

    Args:
        case_id: of which it is, where that is known.
    Raises:
        NoAssessment: there is none, or it is of another case.
    """
    of = case_id or session.scalar(_CASE_OF, {"assessment_id": assessment_id})
    if of is None:
        raise NoAssessment("This assessment does not exist.")
    case = cases.lock_case(session, of, seen_version)
    assessment = session.scalars(_AFRESH, {"assessment_id": assessment_id, "case_id": of}).unique().one_or_none()
    if assessment is None:
        raise NoAssessment("This assessment does not exist.")
    if assessment.state == SUBMITTED and not or_submitted:
        raise AssessmentProblem(
            "This assessment has been submitted. The safeguarding lead can return it to be changed; answers can still be recorded."
        )
    if assessment.state not in (DRAFT, SUBMITTED):
        raise AssessmentProblem("This assessment is closed. Propose the placement again to assess it afresh.")
    return case, assessment


# ---- what is done about a worry


def save_mitigation(
    user: Any, assessment_id: str, seen_version: int, row: str, subject: str, values: dict[str, Any]
) -> None:
    """Record what will be done about a worry; a later one for the same row stands beside it."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        mitigation = SavedMitigation(
            case_id=case.id,
            unit_id=assessment.unit_id,
            criterion=row,
            subject=subject,
            recorded_by=user.id,
            **values,
        )
        session.add(mitigation)
        session.flush()
        audit.record(session, "mitigation.saved", "mitigation", mitigation.id, case.id, {"criterion": row})


def plans_of(assessment: Assessment) -> Sequence[SavedMitigation]:
    """What is to be done about the worries in this unit, oldest first."""
    return db.session.scalars(
        select(SavedMitigation)
        .where(SavedMitigation.case_id == assessment.case_id, SavedMitigation.unit_id == assessment.unit_id)
        .order_by(SavedMitigation.recorded_at)
    ).all()


def plan_of(assessment: Assessment, mitigation_id: str) -> SavedMitigation | None:
    """One of them."""
    return next((plan for plan in plans_of(assessment) if plan.id == mitigation_id), None)


def agree_to_plan(user: Any, assessment_id: str, seen_version: int, mitigation_id: str, on: date, note: str) -> None:
    """A senior officer agrees in writing to a plan; once, and not to one of their own making.

    Raises:
        AssessmentProblem: it was agreed to already, is not of this placement, or is their own.
    """
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version, or_submitted=True)
        plan = plan_of(assessment, mitigation_id)
        if plan is None:
            raise AssessmentProblem("This plan is not one of this placement.")
        if plan.agreed_on is not None:
            raise AssessmentProblem("This plan was agreed to already.")
        if plan.recorded_by == user.id:
            raise AssessmentProblem("You wrote this plan down. Another senior officer agrees to it.")
        plan.agreed_by, plan.agreed_by_name, plan.agreed_by_role = user.id, user.name, user.role
        plan.agreed_on, plan.agreed_note = on, note
        audit.record(session, "mitigation.agreed", "mitigation", plan.id, case.id, {"criterion": plan.criterion})


def save_acceptance(
    user: Any, assessment_id: str, seen_version: int, row: str, subject: str, on: date, values: dict[str, Any]
) -> None:
    """Record a written acceptance by the person signed in; what it lifts depends on their role."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        acceptance = SavedAcceptance(
            case_id=case.id,
            unit_id=assessment.unit_id,
            criterion=row,
            subject=subject,
            by_name=user.name,
            by_role=user.role,
            by_user=user.id,
            on=on,
            **values,
        )
        session.add(acceptance)
        session.flush()
        audit.record(session, "acceptance.saved", "acceptance", acceptance.id, case.id, {"criterion": row})


def answer_pattern(
    user: Any, assessment_id: str, seen_version: int, pattern: str, subject: str, on: date, reason: str
) -> None:
    """Record a person's reasoned answer to a prompt."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version, or_submitted=True)
        answer = SavedPatternAnswer(
            case_id=case.id,
            unit_id=assessment.unit_id,
            pattern=pattern,
            subject=subject,
            by_name=user.name,
            by_user=user.id,
            reason=reason,
            on=on,
        )
        session.add(answer)
        session.flush()
        audit.record(session, "pattern.answered", "pattern", answer.id, case.id, {"pattern": pattern})


def submit(
    user: Any,
    assessment_id: str,
    seen_version: int,
    reasons: dict[str, str],
    worse_outcome: str,
    worse_reason: str,
    impression_relied_on: bool | None = None,
) -> None:
    """Hand the assessment to the safeguarding lead, with reasons in the officer's own words for each child."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        if assessment.again_because == STATUTORY_REVIEW and assessment.follows:
            old = session.get_one(Assessment, assessment.follows)
            if user.id in (old.created_by, old.submitted_by):
                raise AssessmentProblem("You had a part in the decision under review. Another officer hands this in.")
        children = {c.key for c in children_of(household_of(case), today())} or {"household"}
        if set(reasons) != children or not all(reasons.values()):
            raise AssessmentProblem("The household has changed: give reasons for each child again.")
        assessment.state, assessment.submitted_by, assessment.submitted_at = SUBMITTED, user.id, now()
        # Why it was returned stays: she reads her own note again beside what was done about it.
        assessment.reasons, assessment.worse_outcome, assessment.worse_reason = reasons, worse_outcome, worse_reason
        assessment.impression_relied_on = impression_relied_on
        audit.record(session, "assessment.submitted", "assessment", assessment.id, case.id)
        telling.note(session, "submitted", case.id, assessment.id, written(assessment.submitted_at), user.id)


def take_back(user: Any, assessment_id: str, seen_version: int, reason: str) -> None:
    """Whoever handed it in, or the officer of the case, takes it back before it is decided.

    Raises:
        StaleCase: the case changed since the person saw it.
        AssessmentProblem: it is not waiting for review any more, or somebody else handed it in.
    """
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version, or_submitted=True)
        if assessment.state != SUBMITTED:
            raise AssessmentProblem(
                "This assessment is not waiting for review any more: there is nothing to take back."
            )
        if user.id != assessment.submitted_by and not cases.is_work_of(user, case):
            raise AssessmentProblem("Somebody else handed this in. They or the officer of the case take it back.")
        assessment.state, assessment.taken_back_note = DRAFT, reason
        audit.record(session, "assessment.taken_back", "assessment", assessment.id, case.id)


def withdraw(user: Any, assessment_id: str, seen_version: int) -> None:
    """The placement is no longer proposed; what was recorded is kept."""
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, seen_version)
        assessment.state = WITHDRAWN
        audit.record(session, "assessment.withdrawn", "assessment", assessment.id, case.id)
