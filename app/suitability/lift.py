"""From what answers amount to, to a row of the result: its effect, what lifts it, and what is left to do."""

from __future__ import annotations

from datetime import timedelta

from .criterion import Criterion, Option
from .evidence import Acceptance, Mitigation
from .facts import Facts
from .household import Member
from .result import WHOLE, Condition, Row
from .weigh import EFFECT_ORDER, WEAKER, Weighed, clear_grade


def row_of(
    criterion: Criterion,
    key: str,
    found: Weighed,
    facts: Facts,
    mitigations: list[Mitigation],
    acceptances: list[Acceptance],
    subjects: int,
) -> Row:
    worrying = found.effect or criterion.worrying
    open_effect, basis = criterion.open or "note", criterion.basis
    if found.option is not None and found.option.basis:
        basis = found.option.basis
    because: list[str] = []
    if criterion.under_one is not None and _baby_concerned(facts):
        open_effect = _stronger_open(open_effect, criterion.under_one)
    for rule in criterion.stronger:
        value = rule.when.evaluate(facts)
        if value is False:
            continue
        doubt = " (not known, so taken as so)" if value is None else ""
        if (
            rule.worrying is not None
            and found.state in ("worrying", "partly")
            and worrying is not None
            and EFFECT_ORDER.index(rule.worrying) < EFFECT_ORDER.index(worrying)
        ):
            worrying, basis = rule.worrying, rule.basis or basis
            because.append(f"Stronger because {rule.because}{doubt}.")
        if rule.open is not None and found.is_open and _OPEN_ORDER.index(rule.open) < _OPEN_ORDER.index(open_effect):
            open_effect = rule.open
            because.append(f"Stronger because {rule.because}{doubt}.")
    for when, lower in found.option.lower if found.option is not None else ():
        if when.evaluate(facts) is True:
            worrying = lower
            because.append(f"Weaker because {when.sentence}.")
    weight = criterion.weight or facts.settings[f"weight_{criterion.worrying or 'low'}"]
    share = weight * WHOLE // subjects
    if found.state in ("worrying", "partly"):
        effect = worrying or "low"
        if found.state == "partly" and (found.option is None or found.option.effect is None):
            effect = WEAKER[effect]
        return _worry_row(
            criterion,
            key,
            found,
            effect,
            open_effect,
            basis,
            (*found.why, *because),
            facts,
            mitigations,
            acceptances,
            weight,
            share,
        )
    if found.is_open:
        hits = {"hold": 2, "chase": 1, "note": 0}[open_effect]
        owner = criterion.ask_of
        made = (_chaser(criterion, facts),) if open_effect == "chase" else ()
        lifts = (
            f"An answer at {clear_grade(criterion, facts).value} or better"
            + (f" from {criterion.min_sources} agencies" if criterion.min_sources > 1 else "")
            + "."
        )
        if criterion.computed is not None:
            lifts = "The missing facts about the unit or the household."
        return Row(
            criterion.id,
            key,
            "open",
            open_effect,
            open_effect,
            basis,
            (*found.why, *because),
            lifts,
            owner,
            hits,
            made,
            facts.answers.get((criterion.id, key), ()),
            weight,
            share,
            True,
            0,
        )
    state = "clear_with_condition" if found.conditions else "clear"
    conditions = tuple(Condition(o.condition, criterion.ask_of, _due(o, facts)) for o in found.conditions)
    return Row(
        criterion.id,
        key,
        state,
        "none",
        "",
        basis,
        found.why,
        "",
        criterion.ask_of,
        1 if conditions else 0,
        conditions,
        facts.answers.get((criterion.id, key), ()),
        weight,
        share,
        False,
        2,
    )


def _stronger_open(a: str, b: str) -> str:
    return min(a, b, key=_OPEN_ORDER.index)


def _baby_concerned(facts: Facts) -> bool:
    """The under-1 rule: this child where the row is about a child, else any child of the household."""
    subject: Member | None = facts.subject
    if subject is not None and subject.kind != "adult":
        return subject.under(1, facts.on, facts.unborn_weeks) is not False
    return any(child.under(1, facts.on, facts.unborn_weeks) is not False for child in facts.children)


def _worry_row(
    criterion: Criterion,
    key: str,
    found: Weighed,
    effect: str,
    open_effect: str,
    basis: str,
    why: tuple[str, ...],
    facts: Facts,
    mitigations: list[Mitigation],
    acceptances: list[Acceptance],
    weight: int,
    share: int,
) -> Row:
    """The lift table of rulings.md 3."""
    seen = next((m for m in mitigations if m.is_seen(facts.on)), None)
    owned = next((m for m in mitigations if m.is_owned(facts.on)), None)
    accepted = _acceptance(criterion, effect, acceptances)
    state, hits, made = (
        found.state,
        {"stop": 3, "stop_until": 3, "senior": 2, "high": 2, "medium": 1, "low": 0}[effect],
        (),
    )
    credit = 1 if found.state == "partly" else 0
    conditions: tuple[Condition, ...] = made
    if effect == "stop_until" and seen is not None:
        state, hits, credit = "mitigated", 0, 2
    elif effect == "senior" and accepted is not None:
        state, hits = "accepted", 1
        conditions = (Condition(f"Review: {criterion.name}", accepted.by, _iso(accepted.review_on)),)
    elif effect == "high" and (owned is not None or seen is not None):
        lifted = owned or seen
        assert lifted is not None
        state, hits, credit = "mitigated", 1, 2 if seen is not None else credit
        conditions = (
            Condition(
                lifted.what, lifted.owner.name or lifted.seen_by, _iso(lifted.due) or _days_on(facts, "condition_days")
            ),
        )
    elif effect == "high" and accepted is not None:
        state, hits = "accepted", 1
        conditions = (Condition(f"Review: {criterion.name}", accepted.by, _iso(accepted.review_on)),)
    elif effect == "medium" and (seen is not None or accepted is not None):
        state, hits = ("mitigated" if seen is not None else "accepted"), 0
        credit = 2 if seen is not None else credit
    elif effect == "medium":
        conditions = (Condition(_offer(criterion), _owner(criterion), _days_on(facts, "condition_days")),)
    if found.is_open:
        hits = max(hits, {"hold": 2, "chase": 1, "note": 0}[open_effect])
        if open_effect == "chase":
            conditions = (*conditions, _chaser(criterion, facts))
    lifts = {
        "stop": "Nothing lifts this for this placement. Another placement, or a change of the facts.",
        "stop_until": f"{_offer(criterion)}: in place and seen in this unit, with who saw it and when.",
        "senior": "A senior officer’s written acceptance"
        + (", with the lead professional’s view on record." if criterion.domain == "child_safety" else "."),
        "high": f"{_offer(criterion)}: with an owner who has accepted it and a date; or a senior officer’s written acceptance.",
        "medium": f"{_offer(criterion)}: in place; or the officer’s reasoned acceptance.",
        "low": "Nothing is needed: it is noted.",
    }[effect]
    return Row(
        criterion.id,
        key,
        state,
        effect,
        open_effect if found.is_open else "",
        basis,
        why,
        lifts,
        _owner(criterion),
        hits,
        conditions,
        facts.answers.get((criterion.id, key), ()),
        weight,
        share,
        found.is_open,
        credit,
    )


def _days_on(facts: Facts, setting: str) -> str:
    """The day a council setting's number of days from the assessment, as text."""
    return (facts.on + timedelta(days=facts.settings[setting])).isoformat()


def _chaser(criterion: Criterion, facts: Facts) -> Condition:
    """An answer that may come after the move, chased by the officer by a date. Source: rulings.md 3."""
    return Condition(f"Chase the answer: {criterion.name}", "officer", _days_on(facts, "chaser_days"))


def _due(option: Option, facts: Facts) -> str:
    """When a thing agreed is looked at again: on the day of the move, or with the chasers."""
    starts = facts.placement.starts
    if option.due == "move" and starts is not None:
        return starts.isoformat()
    return _days_on(facts, "chaser_days")


def _acceptance(criterion: Criterion, effect: str, acceptances: list[Acceptance]) -> Acceptance | None:
    for acceptance in acceptances:
        if effect == "medium":
            return acceptance
        if acceptance.role != "senior_officer":
            continue
        if effect == "senior" and (
            acceptance.review_on is None
            or (criterion.domain == "child_safety" and not acceptance.lead_professional_view)
        ):
            continue
        return acceptance
    return None


def _iso(day: object) -> str:
    return "" if day is None else str(day)


def _offer(criterion: Criterion) -> str:
    return criterion.mitigations[0].what if criterion.mitigations else "A mitigation that answers the worry"


def _owner(criterion: Criterion) -> str:
    return criterion.mitigations[0].owner if criterion.mitigations else "placement officer"


_OPEN_ORDER = ("hold", "chase", "note")
