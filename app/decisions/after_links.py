"""How a record's conditions stand, and what whoever looks may do after the decision, as links: the page only shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import url_for
from flask_login import current_user

from app import clocks
from app.accounts.policy import may
from app.assessments.actions import Link
from app.decisions import afterwards
from app.decisions.models import Decision, DecisionStep
from app.records.models import Record


class Shown(NamedTuple):
    """A condition in a line: what, whose, its day, how it stands, and the link by which that is written down."""

    what: str
    owner: str
    due: str
    number: int  # its place in the record
    state: str
    said: str
    look: Link | None


class After(NamedTuple):
    conditions: list[Shown] | None  # none where the record is of before conditions were followed up
    waits: list[Link]  # for this person
    may: list[Link]
    reissue: str  # the address, where somebody may


_SAID = {
    "met": "Met",
    "open": "Not seen yet.",
    "lapsed": "Past its day, and nobody has seen it: back to the safeguarding lead.",
    "no_day": "Not seen yet, and no day was set.",
}


def of_record(record: Record, decision: Decision | None, steps: Sequence[DecisionStep]) -> After:
    """Of one record; of one that no decision is of there is nothing."""
    if decision is None:
        return After(None, [], [], "")
    where: dict[str, Any] = {"case_id": record.case_id, "record_id": record.id}
    role = current_user.role
    ended = any(s.kind == afterwards.WITHDRAWN for s in steps)
    gone = ended or afterwards.superseded_by(decision.assessment_id) is not None
    follows = may(role, "decision.follow")
    standing = afterwards.standing(steps, clocks.today())
    conditions = [_shown(s, steps, where, follows and not gone) for s in standing]
    answered = {s.about for s in steps}
    open_steps = [s for s in steps if s.id not in answered]
    waits = [
        Link("Counter-sign or refuse", url_for("afterwards.countersign", step_id=s.id, **where), f": {s.said}")
        for s in open_steps
        if s.kind == afterwards.CORRECTION
        and not gone
        and s.taken_by != current_user.id
        and may(role, "decision.countersign")
    ] + [
        Link("Write down where the family was moved", url_for("afterwards.moved", step_id=s.id, **where))
        for s in open_steps
        if s.kind == afterwards.MOVE and follows
    ]
    of_assessment: dict[str, Any] = {"case_id": record.case_id, "assessment_id": decision.assessment_id}
    listed = [
        Link("Something in it is wrong", url_for("afterwards.correct", **where)) if follows and not ended else None,
        Link("Assess the placement again", url_for("again.begin", **of_assessment))
        if may(role, "assessment.submit") and not gone
        else None,
        Link("Withdraw the decision", url_for("afterwards.withdraw", **where))
        if may(role, "decision.withdraw") and not ended
        else None,
    ]
    again = url_for("afterwards.issue_again", **where) if may(role, "record.reissue") else ""
    return After(conditions or None, waits, [link for link in listed if link], again)


def _shown(s: afterwards.Standing, steps: Sequence[DecisionStep], where: dict[str, Any], may_look: bool) -> Shown:
    first, last = afterwards.first_of(s.step, steps), s.since[-1] if s.since else None
    said = _SAID[s.state]
    if s.state == "met" and last is not None:
        said = f"Met: {last.seen_by}, {clocks.in_words(last.seen_on)}. {last.said}"
    elif last is not None:
        said = f"{said} Another day was set by {last.taken_by_name}: {last.said}"
    look = Link(
        "Write down how it stands", url_for("afterwards.condition", step_id=s.step.id, **where), f": {first.said}"
    )
    return Shown(
        what=first.said,
        owner=first.seen_by or "not named",
        due=clocks.in_words(s.step.due) or "no day",
        number=first.number or 0,
        state=s.state,
        said=said,
        look=look if may_look and s.state != "met" else None,
    )
