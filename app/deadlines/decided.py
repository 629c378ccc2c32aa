"""Dates that follow from decisions: conditions, plans, acceptances, emergencies, families to be moved, and whoever does not agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from app import clocks
from app.assessments.models import DECIDED, Assessment
from app.decisions import afterwards, escalated
from app.decisions.models import Decision, DecisionStep, EmergencyDecision

from .found import Found, Holds, decided_place


def found(holds: Holds) -> Iterator[Found]:
    place = decided_place(holds)
    for decision in holds.decisions:
        steps = holds.decision_steps.get(decision.id, ())
        yield from _moves(holds, decision, steps)
        if place is not None and decision.assessment_id == place.id and not _is_withdrawn(steps):
            yield from _conditions(holds, decision, steps)
    if place is not None:
        yield from _promised(holds, place)
    for emergency in holds.emergencies:
        yield from _emergency(holds, emergency)
    yield from _disagreements(holds)


def _is_withdrawn(steps: Sequence[DecisionStep]) -> bool:
    return any(step.kind == afterwards.WITHDRAWN for step in steps)


def _conditions(holds: Holds, decision: Decision, steps: Sequence[DecisionStep]) -> Iterator[Found]:
    for each in afterwards.standing(steps, holds.on):
        first = afterwards.first_of(each.step, steps)
        met = next((s for s in each.since if s.kind == afterwards.MET), None)
        yield Found(
            kind="condition",
            subject=first.id,
            about=first.said,
            began=clocks.local(decision.reviewed_at).date(),
            due=each.step.due,
            met_on=met.seen_on if met else None,
            met_by=f"seen by {met.seen_by}" if met else "",
            said="" if each.step.due else "No day is named. A lead has to name one.",
            next=("records.show", {"case_id": holds.case.id, "record_id": decision.record_id}, "Open the record"),
        )


def _moves(holds: Holds, decision: Decision, steps: Sequence[DecisionStep]) -> Iterator[Found]:
    for step in (s for s in steps if s.kind == afterwards.MOVE and s.due is not None):
        moved = next((s for s in steps if s.kind == afterwards.MOVED and s.about == step.id), None)
        yield Found(
            kind="move",
            subject=step.id,
            about=step.said,
            began=clocks.local(step.taken_at).date(),
            due=step.due,
            met_on=moved.seen_on if moved else None,
            met_by="they were moved" if moved else "",
            next=("records.show", {"case_id": holds.case.id, "record_id": decision.record_id}, "Open the record"),
        )


def _promised(holds: Holds, place: Assessment) -> Iterator[Found]:
    """Plans and written acceptances of the placement that was decided last."""
    result = ("assessments.result", {"case_id": holds.case.id, "assessment_id": place.id}, "Open the result")
    for plan in holds.plans:
        if plan.unit_id == place.unit_id and plan.due is not None:
            yield Found(
                kind="plan",
                subject=plan.id,
                about=plan.what,
                began=plan.agreed_on or clocks.local(plan.recorded_at).date(),
                due=plan.due,
                met_on=plan.in_place,
                met_by="it is in place" if plan.in_place else "",
                next=result,
            )
    newest = {(a.criterion, a.subject): a for a in holds.acceptances if a.unit_id == place.unit_id}
    for accepted in newest.values():
        if accepted.review_on is not None:
            yield Found(
                kind="acceptance",
                subject=accepted.id,
                about=accepted.reason,
                began=accepted.on,
                due=accepted.review_on,
                said=f"Accepted by {accepted.by_name}.",
                next=result,
            )


def _emergency(holds: Holds, taken: EmergencyDecision) -> Iterator[Found]:
    result = ("assessments.result", {"case_id": holds.case.id, "assessment_id": taken.assessment_id}, "Open the result")
    seen = clocks.local(taken.ratified_at).date() if taken.ratified_at else None
    yield Found(
        kind="emergency_ratify",
        subject=taken.id,
        about=f"Taken by {taken.taken_by_name}",
        began=clocks.local(taken.taken_at).date(),
        due=taken.review_by,
        met_on=seen,
        met_by=f"{'ratified' if taken.verdict == 'ratified' else 'escalated'} by {taken.ratified_by_name}"
        if seen
        else "",
        next=result,
    )
    last = taken.first_night + timedelta(days=taken.nights - 1)
    met_on, met_by = _after(holds, taken)
    yield Found(
        kind="emergency_end",
        subject=taken.id,
        about=f"{taken.nights} night{'' if taken.nights == 1 else 's'} from {clocks.in_words(taken.first_night)}",
        began=taken.first_night,
        due=last,
        met_on=met_on,
        met_by=met_by,
        next=result,
    )
    to_move = escalated.due(taken)
    if to_move is not None and taken.assessment_id not in _taken_over(holds):
        yield Found(
            kind="move",
            subject=taken.id,
            about="The emergency decision was not ratified: the family is there, and has to be moved.",
            began=seen,
            due=to_move,
            met_on=taken.move.on if taken.move else None,
            met_by="they were moved" if taken.move else "",
            next=result,
        )


def _taken_over(holds: Holds) -> set[str]:
    """Placements whose decision has the task to move them: the escalation has it no more."""
    return {
        d.assessment_id
        for d in holds.decisions
        if any(s.kind == afterwards.MOVE for s in holds.decision_steps.get(d.id, ()))
    }


def _after(holds: Holds, taken: EmergencyDecision) -> tuple[date | None, str]:
    """What came after the nights of an emergency decision: the place was decided, they were moved, or another night was taken."""
    if taken.move is not None:
        return taken.move.on, "they were moved"
    decision = next((d for d in holds.decisions if d.assessment_id == taken.assessment_id), None)
    if decision is not None and decision.reviewed_at > taken.taken_at:
        return clocks.local(decision.reviewed_at).date(), "the place was decided"
    later = next((e for e in holds.emergencies if e.taken_at > taken.taken_at), None)
    if later is not None:
        return clocks.local(later.taken_at).date(), "another emergency decision was taken after it"
    for other in holds.known.assessments.get(holds.case.id, ()):
        if (
            other.id != taken.assessment_id
            and other.state == DECIDED
            and other.starts
            and taken.first_night < other.starts <= holds.on
        ):
            return other.starts, "they are in another place"
    return None, ""


def _disagreements(holds: Holds) -> Iterator[Found]:
    for one in holds.unsettled:
        day = clocks.local(one.responded_at).date()
        yield Found(
            kind="disagreement",
            subject=f"{one.share_id}{one.word_id}",
            about=f"{one.response_name}, {one.recipient_role}" if one.recipient_role else one.response_name,
            began=day,
            due=holds.ends("disagreement", day),
            next=("cases.show", {"case_id": holds.case.id}, "Open the case"),
        )
