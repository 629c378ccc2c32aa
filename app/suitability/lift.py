"""From what answers amount to, to a row of the result: its effect, what lifts it, and what is left to do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from .criterion import Criterion, Option
from .evidence import Acceptance, Grade, Mitigation
from .facts import Facts
from .household import Member
from .reassure import clear_grade, shelf_days
from .result import WHOLE, Condition, Row
from .weigh import Weighed
from .worked import in_words
from .worry import EFFECT_ORDER, WEAKER

HITS = {"stop": 3, "stop_until": 3, "senior": 2, "high": 2, "medium": 1, "low": 0}
OPEN_HITS = {"hold": 2, "chase": 1, "note": 0}
AT_LEAST = {"hold": "high", "chase": "medium", "note": "low"}  # the weakest worry that weighs as much


def row_of(
    criterion: Criterion,
    key: str,
    found: Weighed,
    facts: Facts,
    mitigations: list[Mitigation],
    acceptances: list[Acceptance],
    subjects: int,
) -> Row:
    """One row of the result, from what its answers amount to."""
    worries = found.state in ("worrying", "partly")
    worrying, basis = found.effect or criterion.worrying, criterion.basis
    if found.option is not None and found.option.basis:
        basis = found.option.basis
    basis = found.basis or basis
    if found.anyway:
        basis = "policy"  # whatever the law says of those to whom it applies
    because: list[str] = []
    if_open = criterion.open or "note"
    if criterion.under_one is not None and _baby_concerned(facts):
        if_open = _stronger_open(if_open, criterion.under_one)
    for rule in criterion.stronger:
        value = rule.when.evaluate(facts)
        if value is False:
            continue
        # A doubt is said as one: on a record it must not read as if it were known.
        stronger = (
            f"Stronger because {rule.because}." if value else f"Stronger, as it is not known whether {rule.because}."
        )
        if (
            rule.worrying is not None
            and worries
            and worrying is not None
            and EFFECT_ORDER.index(rule.worrying) < EFFECT_ORDER.index(worrying)
        ):
            worrying, basis = rule.worrying, rule.basis or basis
            because.append(stronger)
        if rule.open is not None and _OPEN_ORDER.index(rule.open) < _OPEN_ORDER.index(if_open):
            if_open = rule.open
            if found.is_open:
                because.append(stronger)
    unspoken = found.state == "worrying" and found.option is not None and found.effect is None
    if unspoken and HITS[worrying or "low"] < OPEN_HITS[if_open]:
        # What is known to be wrong never weighs less than knowing nothing, unless its option has an effect of its own; numbers have theirs.
        worrying = AT_LEAST[if_open]
        because.append("Stronger because not knowing it would weigh more here.")
    for when, lower, less in found.option.lower if found.option is not None else ():
        if when.evaluate(facts) is True:
            worrying = lower
            because.append(f"Weaker because {less}.")
    weight = criterion.weight or facts.settings[f"weight_{criterion.worrying or 'low'}"]
    share = weight * WHOLE // subjects
    why = (*found.why, *because)
    answers = facts.answers.get((criterion.id, key), ())
    if worries:
        effect = worrying or "low"
        if found.state == "partly" and (found.option is None or found.option.effect is None):
            effect = WEAKER[effect]
            if HITS[effect] < OPEN_HITS[if_open]:
                # What is known to be partly wrong never weighs less than knowing nothing.
                effect = AT_LEAST[if_open]
        return _worry_row(
            criterion, key, found, effect, if_open, basis, why, facts, mitigations, acceptances, weight, share
        )
    if found.is_open:
        hits = OPEN_HITS[if_open]
        made = (_chaser(criterion, facts),) if if_open == "chase" else ()
        lifts = (
            f"An answer at {clear_grade(criterion, facts).value} or better"
            + (f" from {criterion.min_sources} agencies" if criterion.min_sources > 1 else "")
            + "."
        )
        if criterion.computed is not None:
            lifts = "The missing facts, entered with the household, the place or the list they belong to."
        return Row(
            criterion.id, key, "open", if_open, if_open, if_open, basis, why, lifts, criterion.ask_of, hits, made, answers,
            weight, share, True, 0, found.doubtful, _own_word_is_enough(criterion, facts),
        )  # fmt: skip
    state = "clear_with_condition" if found.conditions else "clear"
    conditions = tuple(Condition(o.condition, criterion.ask_of, _due(o, facts)) for o in found.conditions)
    return Row(
        criterion.id, key, state, "none", "", if_open, basis, found.why, "", criterion.ask_of, 1 if conditions else 0,
        conditions, answers, weight, share, False, 2,
    )  # fmt: skip


def _own_word_is_enough(criterion: Criterion, facts: Facts) -> bool:
    return bool(criterion.clear_at_when) and clear_grade(criterion, facts) is Grade.E1


def _stronger_open(a: str, b: str) -> str:
    return min(a, b, key=_OPEN_ORDER.index)


def _baby_concerned(facts: Facts) -> bool:
    """The under-1 rule: this child where the row is about a child, else any child of the household."""
    subject: Member | None = facts.subject
    if subject is not None and subject.kind != "adult":
        return subject.under(1, facts.age_day, facts.unborn_weeks) is not False
    return facts.once("baby", lambda: _any_baby(facts)) is True


def _any_baby(facts: Facts) -> bool:
    return any(child.under(1, facts.age_day, facts.unborn_weeks) is not False for child in facts.children)


class Lifted(NamedTuple):
    """What the mitigations and acceptances on record do to a worry: the lift table of rulings.md 3."""

    state: str
    hits: int
    seen: bool
    conditions: tuple[Condition, ...]
    why: str = ""


def lifted(
    effect: str,
    named: str,
    child_safety: bool,
    state: str,
    facts: Facts,
    mitigations: list[Mitigation],
    acceptances: list[Acceptance],
    worried_on: date | None,
    lasts_days: int | None = None,
    seen_at: Grade = Grade.E2,
) -> Lifted:
    """Apply the lift table.

    What was seen, agreed or accepted before the newest worry was voiced answers an older worry, not this one; a mitigation
    promised in earlier records counts only once it is seen (P16); an acceptance lapses on the day after its review date. What
    was seen lasts as long as an answer that it is so would: ``lasts_days``, None for as long as the unit stays the same.
    """
    family = {m.name.casefold() for m in facts.household.members}
    mitigations = [m for m in mitigations if m.seen_by.casefold() not in family or not m.seen_by]
    in_hand = [m for m in mitigations if m.seen_grade is None or m.seen_grade.rank >= seen_at.rank]
    seen = next(
        (
            m
            for m in in_hand
            if m.is_seen(facts.on, lasts_days) and (worried_on is None or m.seen_on is None or m.seen_on >= worried_on)
        ),
        None,
    )
    owned = next(
        (
            m
            for m in mitigations
            if m.is_owned(facts.on, lasts_days)
            and m.promised_before < facts.settings["p16_promised"]
            and (worried_on is None or m.owner_accepted is None or m.owner_accepted >= worried_on)
        ),
        None,
    )
    accepted = _acceptance(child_safety, effect, [a for a in acceptances if stands(a, facts, worried_on)])
    if effect == "stop_until" and seen is not None:
        return Lifted("mitigated", 0, True, ())
    if effect == "stop_until" and any(
        m.is_seen(facts.on) and (worried_on is None or m.seen_on is None or m.seen_on >= worried_on) for m in in_hand
    ):
        # It was put right and seen, too long ago to rely on: not known again, and no longer known to be wrong.
        return Lifted(
            state, OPEN_HITS["hold"], False, (), "It was seen put right, too long ago to rely on: look again."
        )
    if effect in ("senior", "high") and not (effect == "senior" and accepted is None):
        if effect == "high" and (plan := owned or seen) is not None:
            due = _iso(plan.due) or _days_on(facts, "condition_days")
            made = (Condition(plan.what, plan.owner.name or plan.seen_by, due),)
            return Lifted("mitigated", 1, seen is not None, made)
        if accepted is not None:
            made = (Condition(f"Review: {named}", accepted.by, reviewed_by(accepted, facts).isoformat()),)
            return Lifted("accepted", 1, False, made)
    if effect == "medium" and seen is not None:
        return Lifted("mitigated", 0, True, ())
    if effect == "medium" and accepted is not None:
        return Lifted("accepted", 0, False, ())
    return Lifted(state, HITS[effect], False, ())


def _worry_row(
    criterion: Criterion,
    key: str,
    found: Weighed,
    effect: str,
    if_open: str,
    basis: str,
    why: tuple[str, ...],
    facts: Facts,
    mitigations: list[Mitigation],
    acceptances: list[Acceptance],
    weight: int,
    share: int,
) -> Row:
    child_safety = criterion.domain == "child_safety"
    state, hits, seen, conditions, lapsed = lifted(
        effect,
        criterion.name,
        child_safety,
        found.state,
        facts,
        mitigations,
        acceptances,
        found.worried_on,
        shelf_days(criterion, facts),
        criterion.seen_at,
    )
    why = (*why, lapsed) if lapsed else why
    credit = 2 if seen else 1 if found.state == "partly" else 0
    past = [a for a in acceptances if not stands(a, facts, found.worried_on)]
    if past and state == found.state and hits:
        why = (*why, *dict.fromkeys(_why_not(a, facts) for a in past))
    if effect == "medium" and state == found.state:
        conditions = (Condition(_offer(criterion), _owner(criterion), _days_on(facts, "condition_days")),)
    if found.is_open:
        hits = max(hits, OPEN_HITS[if_open])
        if if_open == "chase":
            conditions = (*conditions, _chaser(criterion, facts))
    return Row(
        criterion.id, key, state, effect, if_open if found.is_open else "", if_open, basis, why,
        lifts_in_words(effect, _offer(criterion), child_safety, criterion.seen_at), _owner(criterion), hits, conditions,
        facts.answers.get((criterion.id, key), ()), weight, share, found.is_open, credit, found.doubtful,
    )  # fmt: skip


def lifts_in_words(effect: str, offer: str, child_safety: bool, seen_at: Grade = Grade.E2) -> str:
    """What would lift an effect, as a sentence."""
    if effect == "stop":
        return "Nothing lifts this for this placement. Another placement, or a change of the facts."
    if effect == "stop_until" and seen_at is Grade.E4:
        return f"{offer}: in hand ({seen_at.value}), with who gave it and when."
    if effect == "stop_until":
        return f"{offer}: in place and seen in this unit, with who saw it and when."
    if effect == "senior":
        with_view = ", with the lead professional’s view on record." if child_safety else "."
        return f"A senior officer’s written acceptance{with_view}"
    if effect == "high":
        return f"{offer}: with an owner who has accepted it and a date; or a senior officer’s written acceptance."
    if effect == "medium":
        return f"{offer}: in place; or the officer’s reasoned acceptance."
    return "Nothing is needed: it is noted."


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


def _acceptance(child_safety: bool, effect: str, acceptances: list[Acceptance]) -> Acceptance | None:
    for acceptance in acceptances:
        if effect == "medium":
            return acceptance
        if acceptance.role != "senior_officer":
            continue
        if effect == "senior" and (
            acceptance.review_on is None or (child_safety and not acceptance.lead_professional_view)
        ):
            continue
        return acceptance
    return None


def reviewed_by(acceptance: Acceptance, facts: Facts) -> date:
    """The day an acceptance is looked at again: the one it names, else so many days after it as for any condition."""
    return acceptance.review_on or acceptance.on + timedelta(days=facts.settings["condition_days"])


def _why_not(acceptance: Acceptance, facts: Facts) -> str:
    review = reviewed_by(acceptance, facts)
    if review < facts.on:
        return f"The acceptance by {acceptance.by} was to be looked at again by {in_words(review)}: it has lapsed."
    return f"The acceptance by {acceptance.by} of {in_words(acceptance.on)} does not cover what was said since: it has to be given again."


def stands(acceptance: Acceptance, facts: Facts, worried_on: date | None) -> bool:
    """Was it given after the newest worry, and has its review date not gone by?"""
    return (
        acceptance.on <= facts.on
        and reviewed_by(acceptance, facts) >= facts.on
        and (worried_on is None or acceptance.on >= worried_on)
    )


def _iso(day: object) -> str:
    return "" if day is None else str(day)


def _offer(criterion: Criterion) -> str:
    return criterion.mitigations[0].what if criterion.mitigations else "A mitigation that answers the worry"


def _owner(criterion: Criterion) -> str:
    return criterion.mitigations[0].owner if criterion.mitigations else "placement officer"


_OPEN_ORDER = ("hold", "chase", "note")
