"""Nothing else tonight: the time-limited decision of a senior officer, and what a safeguarding lead says of it next day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clocks
from app.assessments import judging, service
from app.audit import service as audit
from app.cases import history
from app.cases import service as cases
from app.database import now, writing
from app.extensions import db
from app.notifications import telling
from app.problem import Problem
from app.settings import current_settings
from app.suitability.advice.elsewhere import closed_by, tonight_words
from app.suitability.casefile import wording
from app.suitability.casefile.codes import OpenEffect
from app.suitability.casefile.history import Event
from app.suitability.casefile.household import Household
from app.suitability.checklist.checklist import Checklist
from app.suitability.judgement.follows import STRONG
from app.suitability.judgement.result import Result

from . import record_contents, versions
from .models import EmergencyDecision, EmergencyMove

OPEN_OUTCOMES = ("not_suitable", "cannot_decide")


class EmergencyProblem(Problem):
    """No emergency decision can be taken or ratified now, in a sentence."""


class Asked(NamedTuple):
    """What this household's emergency decision must say."""

    tell_social_care: bool
    see_cot: bool
    most_nights: int
    review_by: date


def of_assessment(assessment_id: str) -> Sequence[EmergencyDecision]:
    """Newest first."""
    return db.session.scalars(
        select(EmergencyDecision)
        .where(EmergencyDecision.assessment_id == assessment_id)
        .order_by(EmergencyDecision.taken_at.desc())
    ).all()


def find(assessment_id: str, emergency_id: str) -> EmergencyDecision | None:
    return db.session.scalar(
        select(EmergencyDecision).where(
            EmergencyDecision.assessment_id == assessment_id, EmergencyDecision.id == emergency_id
        )
    )


def waiting(case_ids: Sequence[str]) -> dict[str, date]:
    """Of these cases, those with an emergency decision nobody has ratified, and by when; one query."""
    rows = db.session.execute(
        select(EmergencyDecision.case_id, EmergencyDecision.review_by)
        .where(EmergencyDecision.case_id.in_(case_ids), EmergencyDecision.verdict.is_(None))
        .order_by(EmergencyDecision.review_by.desc())
    )
    return {row.case_id: row.review_by for row in rows}


def asked(checklist: Checklist, household: Household, result: Result, on: date) -> Asked:
    """What must be said, from the household's ages and what is high. An age nobody knows counts as young."""
    ages = [m.age_on(on) for m in household.children()]
    numbers = checklist.numbers
    told, cot = numbers.emergency_told_under_years, numbers.emergency_cot_under_years
    effects = [row.effect for row in result.rows] + [pattern.effect for pattern in result.patterns]
    high = any(effect in STRONG for effect in effects)
    return Asked(
        high or any(age is None or age < told for age in ages),
        any(age is None or age < cot for age in ages),
        numbers.emergency_nights,
        clocks.next_working_day(on),
    )


def take(user: Any, assessment_id: str, seen_version: int, values: dict[str, Any]) -> EmergencyDecision:
    """Take the emergency decision: the placement stays what it was found to be, and it ends by itself.

    Args:
        values: ``nights``, ``tried``, ``why``, ``safe_tonight``, ``seen_by``, ``told``.
    Raises:
        StaleCase: the case changed since the officer saw it.
        EmergencyProblem: the outcome leaves nothing to decide, the assessment is closed, or something needed is not said.
    """
    settings = current_settings()
    today = clocks.today()
    with writing() as session:
        _, assessment = service.lock_draft(session, assessment_id, seen_version, or_submitted=True)
        judged = judging.judge(assessment, today, settings.council_authority)
        result = judged.result
        if result.outcome not in OPEN_OUTCOMES:
            raise EmergencyProblem(
                f"The outcome is now “{wording.OUTCOME[result.outcome]}”, so no emergency decision is needed. Submit it for review."
            )
        if closed_by(result):
            raise EmergencyProblem(tonight_words(judged.checklist, judged.file, result))
        if any(e.verdict is None for e in of_assessment(assessment_id)):
            raise EmergencyProblem(
                "An emergency decision on this placement still waits for a safeguarding lead. It is dealt with first."
            )
        if result.safeguarding_route == "999":
            raise EmergencyProblem(
                "Call 999 first. Somebody is in danger now, and no placement decision can wait for that."
            )
        needs = asked(judged.checklist, judged.file.household, result, today)
        if values["nights"] > needs.most_nights:
            raise EmergencyProblem(f"An emergency decision lasts {needs.most_nights} nights at most.")
        if needs.tell_social_care and not values["told"]:
            raise EmergencyProblem("Social care has to be told before keys are given. Write down who was told.")
        names = record_contents.names_in(judged.file)
        taken = EmergencyDecision(
            case_id=assessment.case_id,
            assessment_id=assessment.id,
            outcome=result.outcome,
            frozen={
                "checklist_version": result.checklist_version,
                "checklist_files": _files(session),
                "outcome": result.outcome,
                "safeguarding_route": result.safeguarding_route,
                "see_cot": needs.see_cot,
                "findings": [
                    record_contents.shown(f, names)
                    for f in record_contents.sorted_findings(judged)
                    if f["effect"] in (*STRONG, OpenEffect.HOLD)
                ],
                "patterns": [
                    record_contents.shown_together(judged, p, names)
                    for p in result.patterns
                    if p.carried_by is None and p.effect in (*STRONG, OpenEffect.HOLD)
                ],
                "case_file": judged.file.as_json(),
            },
            taken_by=user.id,
            taken_by_name=user.name,
            taken_at=now(),
            first_night=today,
            review_by=needs.review_by,
            **values,
        )
        session.add(taken)
        session.flush()
        event = Event.model_validate(
            {
                "kind": "emergency_placement",
                "on": today,
                "nights": values["nights"],
                "what": values["why"],
                "grade": "E4",
            }
        )
        history.add_event(assessment.case, event)
        audit.record(session, "emergency.taken", "emergency", taken.id, assessment.case_id, {"outcome": result.outcome})
        telling.note(session, "emergency", assessment.case_id, taken.id, by=user.id)
    return taken


def ratify(user: Any, emergency_id: str, seen_version: int, verdict: str, note: str) -> None:
    """A safeguarding lead who did not take it ratifies it, or escalates: the family does not stay by default.

    Raises:
        StaleCase: the case changed since the lead saw it.
        EmergencyProblem: it was dealt with already, or it is the lead's own.
    """
    with writing() as session:
        found = session.get_one(EmergencyDecision, emergency_id)
        cases.lock_case(session, found.case_id, seen_version)
        session.refresh(found)
        if found.verdict is not None:
            raise EmergencyProblem("This emergency decision has been dealt with already.")
        if found.taken_by == user.id:
            raise EmergencyProblem("You took this decision. Somebody else ratifies it.")
        found.verdict, found.ratified_note = verdict, note
        found.ratified_by, found.ratified_by_name, found.ratified_at = user.id, user.name, now()
        audit.record(session, "emergency.ratified", "emergency", found.id, found.case_id, {"verdict": verdict})


def lines(taken: EmergencyDecision) -> list[str]:
    """An emergency decision in sentences, the same on the page and in the record."""
    last = taken.first_night + timedelta(days=taken.nights - 1)
    nights = "1 night" if taken.nights == 1 else f"{taken.nights} nights"
    said = [
        f"Found: {wording.OUTCOME[taken.outcome].lower()}. That stays on the record; this decision does not change it.",
        f"Taken by {taken.taken_by_name}, senior officer, {clocks.moment_in_words(taken.taken_at)}, for {nights}: "
        f"it ends by itself after the night of {clocks.in_words(last)}.",
        f"What else was tried: {taken.tried}",
        f"Why this is less harmful than nothing: {taken.why}",
        f"What keeps each child safe: {taken.safe_tonight}",
        f"Who saw the room{' and the cot' if taken.frozen.get('see_cot') else ''}: {taken.seen_by}",
        f"Social care told: {taken.told or 'not needed by the rules, and not told'}",
    ]
    if taken.verdict is None:
        said.append(f"To be ratified by a safeguarding lead by {clocks.in_words(taken.review_by)}.")
    else:
        word = "Ratified" if taken.verdict == "ratified" else "Not ratified, escalated"
        said.append(
            f"{word} by {taken.ratified_by_name}, {clocks.moment_in_words(taken.ratified_at)}: {taken.ratified_note}"
        )
    return [*said, moved_in_words(taken.move)] if taken.move is not None else said


def moved_in_words(move: EmergencyMove) -> str:
    """Of one that was escalated: where the family was moved."""
    when = clocks.moment_in_words(move.written_at)
    return (
        f"The family was moved, {clocks.in_words(move.on)}: {move.said} Written down by {move.written_by_name}, {when}."
    )


def _files(session: Session) -> dict[str, str]:
    try:
        return dict(versions.keep(session))
    except versions.ChangedVersion:
        raise EmergencyProblem(
            "The checklists were changed under a version that records rest on. Ask the operator of the service to restore them."
        ) from None
