"""From what answers amount to, to a row of the result: its effect, what ends it, and what is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from app.suitability.casefile import wording
from app.suitability.casefile.answers import Acceptance, Mitigation
from app.suitability.casefile.codes import Basis, Effect, Grade, OpenEffect, Outcome, RowState
from app.suitability.casefile.household import Member
from app.suitability.checklist.criterion import Criterion, Option
from app.suitability.facts.facts import Facts

from .acceptances import accepted_by, reviewed_by, stands, why_lapsed
from .finding import Finding, answer_awaited
from .plans import Terms, is_family, why_not
from .reassurance import clear_grade, shelf_days
from .result import WHOLE, Condition, Row

# Looked at for every row of every assessment: a name of this module is found ten times as quickly as a member of its set.
_CLEAR, _WITH_CONDITION, _OPEN = RowState.CLEAR, RowState.CLEAR_WITH_CONDITION, RowState.OPEN
_SUITABLE, _WITH_CONDITIONS = Outcome.SUITABLE, Outcome.SUITABLE_WITH_CONDITIONS
_NOTE, _CHASE, _HOLD, _NO_EFFECT, _LAW = OpenEffect.NOTE, OpenEffect.CHASE, OpenEffect.HOLD, Effect.NONE, Basis.LAW


def row_of(
    criterion: Criterion,
    key: str,
    found: Finding,
    facts: Facts,
    mitigations: list[Mitigation],
    acceptances: list[Acceptance],
    subjects: int,
) -> Row:
    """One row of the result, from what its answers amount to."""
    weight = criterion.weight or facts.settings.by_name[criterion.weight_setting]
    share = weight * WHOLE // subjects
    answers = facts.answers.get((criterion.id, key), ())
    worries = found.state.is_worry
    because: list[str] = []
    if_open = criterion.open or _NOTE
    if criterion.open_varies:
        if_open = _if_open(criterion, facts, because if found.is_open else None)
    if not worries and not found.is_open:
        state = _WITH_CONDITION if found.conditions else _CLEAR
        conditions = tuple(Condition(o.condition, criterion.ask_of, _due(o, facts)) for o in found.conditions)
        return Row(
            criterion=criterion.id, subject=key, state=state, effect=_NO_EFFECT, open_effect="", if_open=if_open, basis=criterion.basis, why=found.why, remedy="", owner=criterion.ask_of,
            outcome=_WITH_CONDITIONS if conditions else _SUITABLE, conditions=conditions, answers=answers, weight=weight, share=share, is_open=False, credit=2,
        )  # fmt: skip
    effect, basis = _effect(criterion, found, facts, if_open, because)
    why = (*found.why, *because)
    if worries:
        return _concern_row(
            criterion, key, found, effect, if_open, basis, why, facts, mitigations, acceptances, weight, share
        )
    outcome = if_open.outcome
    made = (_chaser(criterion, facts),) if if_open is _CHASE else ()
    remedy = _remedy_of_open(criterion, facts)
    return Row(
        criterion=criterion.id, subject=key, state=_OPEN, effect=if_open, open_effect=if_open, if_open=if_open, basis=basis, why=why, remedy=remedy, owner=criterion.ask_of, outcome=outcome, conditions=made, answers=answers,
        weight=weight, share=share, is_open=True, credit=0, applicability_unknown=found.applicability_unknown, asked=asked_of(criterion, found, facts), lapsed=found.lapsed,
    )  # fmt: skip


def _if_open(criterion: Criterion, facts: Facts, because: list[str] | None) -> OpenEffect:
    """The effect a row has, or would have, while open; why it is stronger is added to ``because``."""
    if_open = criterion.open or _NOTE
    if criterion.under_one is not None and _baby_concerned(facts):
        stronger = max(if_open, criterion.under_one)
        if because is not None and stronger != if_open:
            because.append(_under_one_because(facts))
        if_open = stronger
    for rule in criterion.stronger:
        if rule.open is None or (if_open is _HOLD and because is None):
            continue
        value = rule.when.evaluate(facts)
        if value is not False and rule.open > if_open:
            if_open = rule.open
            if because is not None:
                because.append(_stronger_because(facts, rule.because, value))
    return if_open


def _under_one_because(facts: Facts) -> str:
    """The under-1 rule says its reason as every other: else two children read the same words beside different effects."""
    subject = facts.subject
    about = [subject] if subject is not None and subject.kind != "adult" else facts.children
    known = any(child.under(1, facts.age_day, facts.unborn_weeks) is True for child in about)
    return _stronger_because(facts, facts.words["why_baby"].format(weeks=facts.unborn_weeks), True if known else None)


def _stronger_because(facts: Facts, because: str, value: bool | None) -> str:
    """A doubt is said as one: on a record it must not read as if it were known."""
    return facts.words["why_stronger" if value else "why_stronger_in_doubt"].format(because=because)


def _effect(
    criterion: Criterion, found: Finding, facts: Facts, if_open: OpenEffect, because: list[str]
) -> tuple[Effect, Basis]:
    """The effect of a worry, with its basis, and why it is stronger or weaker; of an open row only its basis matters."""
    worries = found.state.is_worry
    effect, basis, option = found.effect or criterion.worrying, criterion.basis, found.option
    if option is not None and option.basis:
        basis = option.basis
    basis = found.basis or basis
    if found.contradicted:
        basis = Basis.POLICY  # whatever the law says of those to whom it applies
    for rule in criterion.stronger if worries and effect is not None else ():
        if rule.worrying is None or rule.worrying <= (effect or Effect.LOW):
            continue
        value = rule.when.evaluate(facts)
        if value is not False:
            effect, basis = rule.worrying, rule.basis or basis
            said = _stronger_because(facts, rule.because, value)
            if said not in because:
                because.append(said)
    if basis is _LAW and criterion.law_when is not None and criterion.law_when.evaluate(facts) is not True:
        basis = Basis.POLICY  # law is claimed only where it binds this duty
    if not worries:
        return _NO_EFFECT, basis
    effect = effect or Effect.LOW
    # What is known to be wrong never weighs less than knowing nothing, an effect of an option’s own included; numbers have theirs.
    told = option is not None and (facts.amended or found.effect is None)
    if found.state == "partly" and (option is None or option.effect is None):
        effect = effect.weaker
        told = True
    if told and effect.outcome < if_open.outcome:
        effect = if_open.at_least
        if found.state == "worrying":
            because.append(facts.words["why_not_less_than_unknown"])
    for when, lower, less in option.lower if option is not None else ():
        if when.evaluate(facts) is True:
            effect = lower
            because.append(facts.words["why_weaker"].format(because=less))
    return effect, basis


def asked_of(criterion: Criterion, found: Finding, facts: Facts) -> tuple[str, str]:
    """Whom to ask about an open row, and in what words. No agency hears of the family before there is a known reason."""
    code, words = criterion.ask_of, criterion.ask or criterion.question
    for other in criterion.asked_when:
        if other.when.evaluate(facts) is True:
            code, words = other.ask_of or code, other.ask or words
    if criterion.agency_when is not None and criterion.agency_when.evaluate(facts) is not True:
        return "family", criterion.ask_person or criterion.question
    if not found.gaps and _own_word_is_enough(criterion, facts):
        return "family", criterion.question
    return code, words


def _own_word_is_enough(criterion: Criterion, facts: Facts) -> bool:
    return bool(criterion.clear_at_when) and clear_grade(criterion, facts) is Grade.E1


def _baby_concerned(facts: Facts) -> bool:
    """The under-1 rule: this child where the row is about a child, else any child of the household."""
    subject: Member | None = facts.subject
    if subject is not None and subject.kind != "adult":
        return subject.under(1, facts.age_day, facts.unborn_weeks) is not False
    return facts.once("baby", lambda: _any_baby(facts)) is True


def _any_baby(facts: Facts) -> bool:
    return any(child.under(1, facts.age_day, facts.unborn_weeks) is not False for child in facts.children)


def terms_of(criterion: Criterion, option: Option | None, facts: Facts, by: date | None = None) -> Terms:
    """What bounds the lifting of a worry of this row."""
    by_seeing = criterion.ended_by_seeing or (option is not None and option.ended_by_seeing)
    owners = tuple(dict.fromkeys(m.owner for m in criterion.mitigations)) or ("placement officer",)
    return Terms(owners, plan_days(facts), by_seeing, by)


def plan_days(facts: Facts) -> int | None:
    """The most days a plan for a high concern, or its acceptance, may last here; None where no bound was known."""
    if not facts.amended:
        return None
    return facts.settings.plan_days_baby if _baby_concerned(facts) else facts.settings.plan_days


class Remedied(NamedTuple):
    """What the mitigations and acceptances on record do to a worry: the lift table of rulings.md 3."""

    state: RowState
    outcome: Outcome
    seen: bool
    conditions: tuple[Condition, ...]
    why: str = ""


def apply_mitigations(
    effect: Effect,
    named: str,
    child_safety: bool,
    state: RowState,
    facts: Facts,
    mitigations: list[Mitigation],
    acceptances: list[Acceptance],
    concern_on: date | None,
    terms: Terms,
    lasts_days: int | None = None,
    seen_at: Grade = Grade.E2,
) -> Remedied:
    """Apply the lift table.

    What was seen, agreed or accepted before the newest worry was voiced answers an older worry, not this one; a mitigation
    promised in earlier records counts only once it is seen (P16); an acceptance lapses on the day after its review date. What
    was seen lasts as long as an answer that it is so would: ``lasts_days``, None for as long as the unit stays the same.
    """
    if facts.amended:
        mitigations = [m for m in mitigations if not is_family(m.seen_by, facts)]
    else:
        family = {m.name.casefold() for m in facts.household.members}
        mitigations = [m for m in mitigations if m.seen_by.casefold() not in family or not m.seen_by]
    in_hand = [m for m in mitigations if m.seen_grade is None or m.seen_grade.rank >= seen_at.rank]
    seen = next(
        (
            m
            for m in in_hand
            if m.is_seen(facts.on, lasts_days) and (concern_on is None or m.seen_on is None or m.seen_on >= concern_on)
        ),
        None,
    )
    to_be_seen = effect == "stop_until" or terms.by_seeing
    if to_be_seen and seen is not None:
        return Remedied(RowState.MITIGATED, Outcome.SUITABLE, True, ())
    if to_be_seen and any(
        m.is_seen(facts.on) and (concern_on is None or m.seen_on is None or m.seen_on >= concern_on) for m in in_hand
    ):
        # It was put right and seen, too long ago to rely on: not known again, and no longer known to be wrong.
        return Remedied(state, Outcome.CANNOT_DECIDE, False, (), facts.words["why_seen_too_long_ago"])
    if to_be_seen:
        return Remedied(state, effect.outcome, False, ())
    plans = [
        m
        for m in mitigations
        if m.is_owned(facts.on, lasts_days)
        and m.promised_before < facts.settings.p16_promised
        and (concern_on is None or m.owner_accepted is None or m.owner_accepted >= concern_on)
    ]
    refused = [why_not(m, terms, facts, concern_on) for m in plans] if effect == "high" else []
    owned = next((m for m, why in zip(plans, refused, strict=True) if not why), None) if refused else None
    limit = terms.days if effect == "high" else None
    accepted = accepted_by(
        child_safety, effect, [a for a in acceptances if stands(a, facts, concern_on, limit, terms.by)]
    )
    if effect in ("senior", "high") and not (effect == "senior" and accepted is None):
        # Of a high concern a thing in place counts as its plan would, but for its day; a document in hand speaks for itself.
        if seen is not None and seen_at is not Grade.E4 and (why := why_not(seen, terms, facts, concern_on, done=True)):
            refused, seen = [*refused, why], None
        if effect == "high" and (plan := owned or seen) is not None:
            due = _iso(plan.due) or _days_on(facts, facts.settings.condition_days)
            made = (Condition(plan.what, plan.owner.name or plan.seen_by, due),)
            return Remedied(RowState.MITIGATED, Outcome.SUITABLE_WITH_CONDITIONS, seen is not None, made)
        if accepted is not None:
            what = facts.words["condition_review"].format(name=named)
            made = (Condition(what, accepted.by, reviewed_by(accepted, facts, limit, terms.by).isoformat()),)
            return Remedied(RowState.ACCEPTED, Outcome.SUITABLE_WITH_CONDITIONS, False, made)
    if effect == "medium" and seen is not None:
        return Remedied(RowState.MITIGATED, Outcome.SUITABLE, True, ())
    if effect == "medium" and accepted is not None:
        return Remedied(RowState.ACCEPTED, Outcome.SUITABLE, False, ())
    return Remedied(state, effect.outcome, False, (), refused[0] if refused else "")


def _concern_row(
    criterion: Criterion,
    key: str,
    found: Finding,
    effect: Effect,
    if_open: OpenEffect,
    basis: Basis,
    why: tuple[str, ...],
    facts: Facts,
    mitigations: list[Mitigation],
    acceptances: list[Acceptance],
    weight: int,
    share: int,
) -> Row:
    child_safety = criterion.domain == "child_safety"
    terms = terms_of(criterion, found.option, facts, found.by)
    if mitigations or acceptances:
        state, outcome, seen, conditions, lapsed = apply_mitigations(
            effect,
            criterion.name,
            child_safety,
            found.state,
            facts,
            mitigations,
            acceptances,
            found.concern_on,
            terms,
            shelf_days(criterion, facts),
            criterion.seen_at,
        )
    else:
        state, outcome, seen, conditions, lapsed = found.state, effect.outcome, False, (), ""
    why = (*why, lapsed) if lapsed else why
    credit = 2 if seen else 1 if found.state == "partly" else 0
    limit = terms.days if effect == "high" else None
    past = [a for a in acceptances if not stands(a, facts, found.concern_on, limit, terms.by)]
    if past and state == found.state and outcome is not _SUITABLE:
        why = (*why, *dict.fromkeys(why_lapsed(a, facts, limit, terms.by) for a in past))
    if effect == "medium" and state == found.state:
        conditions = (
            Condition(_offer(criterion, facts), _owner(criterion), _days_on(facts, facts.settings.condition_days)),
        )
    if found.is_open:
        outcome = max(outcome, if_open.outcome)
        if if_open is _CHASE:
            conditions = (*conditions, _chaser(criterion, facts))
    remedy = (
        criterion.no_place
        if effect == "stop" and criterion.no_place
        else remedy_in_words(
            facts.words, effect, _offer(criterion, facts), child_safety, criterion.seen_at, terms, _is_work(criterion)
        )
    )
    return Row(
        criterion=criterion.id, subject=key, state=state, effect=effect, open_effect=if_open if found.is_open else "", if_open=if_open, basis=basis, why=why,
        remedy=remedy, owner=_owner(criterion), outcome=outcome, conditions=conditions,
        answers=facts.answers.get((criterion.id, key), ()), weight=weight, share=share, is_open=found.is_open, credit=credit, applicability_unknown=found.applicability_unknown,
        asked=asked_of(criterion, found, facts) if found.is_open else (), closes=found.closes,
        by_seeing=terms.by_seeing,
    )  # fmt: skip


def remedy_in_words(
    words: Mapping[str, str],
    effect: Effect,
    offer: str,
    child_safety: bool,
    seen_at: Grade,
    terms: Terms,
    is_work: bool = False,
) -> str:
    """What would lift an effect, as a sentence of the council’s."""
    to_be_seen = effect == "stop_until" or terms.by_seeing
    if effect == "stop":
        name = "remedy_stop"
    elif to_be_seen and seen_at is Grade.E4:
        name = "remedy_in_hand"
    elif to_be_seen:
        name = "remedy_work_seen" if is_work else "remedy_seen"
    elif effect == "senior":
        name = "remedy_senior_child_safety" if child_safety else "remedy_senior"
    elif effect in ("high", "medium"):
        name = f"remedy_{effect.value}"
    else:
        name = "remedy_low"
    return words[name].format(offer=offer, days=terms.days, **wording.grade_put_in(seen_at))


def _remedy_of_open(criterion: Criterion, facts: Facts) -> str:
    if criterion.computed is not None:
        return facts.words["remedy_facts"]
    name = "remedy_open_agencies" if criterion.min_sources > 1 else "remedy_open"
    return facts.words[name].format(
        agencies=criterion.min_sources, **wording.grade_put_in(clear_grade(criterion, facts))
    )


def _days_on(facts: Facts, days: int) -> str:
    """The day so many days from the assessment, as text."""
    return (facts.on + timedelta(days=days)).isoformat()


def _chaser(criterion: Criterion, facts: Facts) -> Condition:
    """An answer that may come after the move, chased by the officer by a date. Source: rulings.md 3."""
    return Condition(answer_awaited(criterion, facts), "officer", _days_on(facts, facts.settings.chaser_days))


def _due(option: Option, facts: Facts) -> str:
    """When a thing agreed is looked at again: on the day of the move, or with the chasers."""
    starts = facts.placement.starts
    if option.due == "move" and starts is not None:
        return starts.isoformat()
    return _days_on(facts, facts.settings.chaser_days)


def _iso(day: object) -> str:
    return "" if day is None else str(day)


def _offer(criterion: Criterion, facts: Facts) -> str:
    return criterion.mitigations[0].what if criterion.mitigations else facts.words["offer_unnamed"]


def _is_work(criterion: Criterion) -> bool:
    return bool(criterion.mitigations) and criterion.mitigations[0].is_work


def _owner(criterion: Criterion) -> str:
    return criterion.mitigations[0].owner if criterion.mitigations else "placement officer"
