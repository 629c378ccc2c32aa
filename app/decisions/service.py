"""Reviewing an assessment: approve, approve with conditions, or return. Safe against a double press and a late stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clocks
from app.accounts.models import User
from app.accounts.policy import ROLES
from app.assessments import answers, judging
from app.assessments.models import DECIDED, DRAFT, SUBMITTED, Assessment
from app.audit import service as audit
from app.cases import sealed_home
from app.cases import service as cases
from app.database import now, writing
from app.extensions import db
from app.notifications import telling
from app.placements import surroundings
from app.properties import locating
from app.records import service as records
from app.records.models import Record
from app.settings import current_settings
from app.suitability.casefile.codes import Outcome, worst_of

from . import afterwards, again, challenge, emergency, found, moving, record_contents, versions
from .models import Decision


class DecisionProblem(ValueError):
    """It cannot be decided now, in a sentence."""


def of_assessment(assessment_id: str) -> Decision | None:
    return db.session.scalar(select(Decision).where(Decision.assessment_id == assessment_id))


def final_outcome(computed: str, worse: str, verdict: str, judged_worse: str = "") -> str:
    """The rules' outcome, or the worse one the officer or the lead judged; conditions never leave it plainly suitable."""
    outcomes = [Outcome(computed), *(Outcome(said) for said in (worse, judged_worse) if said)]
    if verdict == "approve_with_conditions":
        outcomes.append(Outcome.SUITABLE_WITH_CONDITIONS)
    return worst_of(outcomes).value


def send_back(user: Any, assessment_id: str, seen_version: int, note: str) -> None:
    """Return an assessment to its officer, naming what to change."""
    with writing() as session:
        assessment = _take_submitted(session, user, assessment_id, seen_version)
        assessment.state, assessment.returned_note, assessment.taken_back_note = DRAFT, note, ""
        audit.record(session, "assessment.returned", "assessment", assessment.id, assessment.case_id)
        telling.note(session, "returned", assessment.case_id, assessment.id, clocks.written(now()), user.id)


def decide(
    user: Any,
    assessment_id: str,
    seen_version: int,
    verdict: str,
    note: str,
    conditions: list[dict[str, str]],
    then: Callable[[Session, Record], None] | None = None,
    judged_worse: str = "",
) -> Decision:
    """Decide, and freeze the record in the same transaction; ``then`` is done in it too.

    Args:
        judged_worse: the outcome that the lead judges it to be, with the verdict ``worse``; ``note`` says why.

    Everything is read again under the case's lock, so that what is signed is what is there.

    Raises:
        StaleCase: the case changed since the lead saw it.
        DecisionProblem: it is not waiting for review, was decided already, or the lead is its author.
    """
    settings = current_settings()
    try:
        with writing() as session:
            assessment = _take_submitted(session, user, assessment_id, seen_version)
            judged = judging.judge(assessment, clocks.today(), settings.council_authority)
            stands = final_outcome(judged.result.outcome, assessment.worse_outcome, "approve")
            refuse_what_is_not_worse(verdict, stands, judged_worse)
            outcome = final_outcome(judged.result.outcome, assessment.worse_outcome, verdict, judged_worse)
            if why := challenge.missing(judged, assessment, outcome):
                raise DecisionProblem(why)
            around = surroundings.surroundings(
                judged.file.household,
                locating.locate_unit(assessment.unit),
                judged.file.on,
                settings.council_authority,
                drawn=surroundings.may_draw(assessment.unit.kind, judged.file.placement.protected_place),
            )
            moment = now()
            submitter = session.get_one(User, assessment.submitted_by)
            contents = {
                "outcome": outcome,
                "computed_outcome": judged.result.outcome,
                "verdict": verdict,
                "note": note,
                "conditions": conditions,
                "reviewer": _person(user),
                "reviewed_at": clocks.written(moment),
                "submitter": _person(submitter),
                "submitted_at": clocks.written(assessment.submitted_at) if assessment.submitted_at else "",
                "reasons": dict(assessment.reasons),
                "worse_outcome": assessment.worse_outcome,
                "worse_reason": assessment.worse_reason,
                "emergency": [emergency.lines(e) for e in emergency.of_assessment(assessment_id)],
                **({"judged_worse": judged_worse, "stood": stands} if judged_worse else {}),
                **again.in_record(assessment),
            }
            frozen = record_contents.contents(
                judged,
                around,
                contents,
                settings.council_name,
                assessment.case.demo,
                answers.corrections(assessment.case_id, assessment.unit_id),
                (settings.team_name, settings.team_telephone),
            )
            last = audit.behind(moment)
            if last is not None:
                frozen["clock_behind"] = clocks.written(last)
            frozen["checklist_files"] = dict(versions.keep(session))
            record = records.issue(session, assessment.case_id, records.next_number(session, moment), moment, frozen)
            decision = Decision(
                case_id=assessment.case_id,
                assessment_id=assessment.id,
                outcome=outcome,
                verdict=verdict,
                reviewer=user.id,
                reviewed_at=moment,
                note=note,
                conditions=conditions,
                record_id=record.id,
                worse_outcome=judged_worse,
                worse_reason=note if judged_worse else "",
            )
            session.add(decision)
            session.flush()
            session.add_all(found.rows(decision.id, frozen["result"]))
            afterwards.begin(session, user, decision, frozen["conditions"])
            there = [e for e in emergency.of_assessment(assessment_id) if e.move is None]
            sealed = sealed_home.now_sealed(session, assessment.case)
            if outcome == Outcome.NOT_SUITABLE and moving.are_there(judged.file, there, sealed):
                moving.begin(session, user, decision, judged.file.placement.address)
            if then is not None:
                then(session, record)
            assessment.state = DECIDED
            session.flush()
            detail = {"outcome": outcome, **({"clock": "behind"} if last is not None else {})}
            audit.record(session, "decision.made", "decision", decision.id, assessment.case_id, detail)
            telling.note(session, "decided", assessment.case_id, assessment.id, by=user.id)
    except IntegrityError:
        raise DecisionProblem("This assessment has been decided already.") from None
    except versions.ChangedVersion:
        raise DecisionProblem(
            "The checklists were changed under a version that records rest on, so nothing can be decided. Ask the operator of the service to restore them."
        ) from None
    return decision


def refuse_what_is_not_worse(verdict: str, stands: str, judged_worse: str) -> None:
    """A lead may always judge worse, and never better: a stop is lifted by a new fact or another place alone."""
    if (verdict == "worse") != bool(judged_worse):
        raise DecisionProblem("Say what you judge it to be, where you judge it worse.")
    if judged_worse and Outcome(judged_worse) <= Outcome(stands):
        raise DecisionProblem("That is not worse than what stands here now. Read the result again.")


def _person(user: Any) -> dict[str, str]:
    return {"name": user.name, "role": user.role, "role_words": ROLES[user.role].lower()}


def _take_submitted(session: Any, user: Any, assessment_id: str, seen_version: int) -> Assessment:
    case_id = session.scalar(select(Assessment.case_id).where(Assessment.id == assessment_id))
    if case_id is None:
        raise DecisionProblem("This assessment does not exist.")
    state = session.scalar(select(Assessment.state).where(Assessment.id == assessment_id))
    if state == DECIDED:
        raise DecisionProblem("This assessment has been decided already.")
    cases.lock_case(session, case_id, seen_version)
    assessment: Assessment = (
        session.scalars(
            select(Assessment).where(Assessment.id == assessment_id).execution_options(populate_existing=True)
        )
        .unique()
        .one()
    )
    if assessment.state == DRAFT and assessment.taken_back_note:
        raise DecisionProblem(f"The officer has taken it back: {assessment.taken_back_note}")
    if assessment.state != SUBMITTED:
        raise DecisionProblem("This assessment is not waiting for review.")
    if user.id in (assessment.submitted_by, assessment.created_by):
        raise DecisionProblem("You wrote this assessment. Another safeguarding lead reviews it.")
    if why := again.refused(assessment, user.id):
        raise DecisionProblem(why)
    return assessment
