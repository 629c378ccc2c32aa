"""What of an answer is a worry, which of several is the worst, and when one answer says less than another."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from app.suitability.casefile.answers import Answer
from app.suitability.casefile.codes import Effect, RowState
from app.suitability.casefile.settings import CouncilSettings
from app.suitability.casefile.values import day_in_words
from app.suitability.checklist.criterion import Criterion, Option
from app.suitability.facts.facts import Facts

from .reassurance import is_to_come, is_whole


class Concern(NamedTuple):
    """What of one answer worries: how surely, by which option, and with which effect where it is not the criterion's own."""

    state: RowState
    option: Option | None
    effect: Effect | None
    why: str


def gravest(criterion: Criterion, answers: tuple[Answer, ...], facts: Facts) -> tuple[Concern, tuple[str, ...]] | None:
    """The gravest concern among standing answers, and what is said of all of them, the gravest first."""
    if not answers:
        return None
    if criterion.answer == "date":
        answers = _latest(criterion, answers, facts)
    found = [concern for answer in answers for concern in concerns_of(criterion, answer, facts)]
    if not found:
        return None
    ranked = sorted(
        found,
        # What could weigh less where something else is known comes after what could not, so that it hides nothing.
        key=lambda c: (
            -_counts_as(criterion, c.state, c.effect).rank,
            c.state is not RowState.WORRYING,
            c.option is not None and bool(c.option.lower),
            c.option is None or not c.option.verify,  # and what leaves the rest to be asked before what does not
        ),
    )
    return ranked[0], tuple(dict.fromkeys(c.why for c in ranked))


def _counts_as(criterion: Criterion, state: str, effect: Effect | None) -> Effect:
    if effect is not None:
        return effect
    base = criterion.worrying or Effect.LOW
    return base.weaker if state == RowState.PARTLY else base


def concerns_of(criterion: Criterion, answer: Answer, facts: Facts) -> list[Concern]:
    """What of one answer is a worry; none where it reassures."""
    if criterion.answer in ("choice", "multiple"):
        values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
        chosen = [criterion.options[v] for v in values if v in criterion.options]  # type: ignore[index]
        return [Concern(RowState(o.means), o, o.effect, o.says or o.label) for o in chosen if _is_worrying(o)]
    if criterion.answer == "minutes" and isinstance(answer.value, int):
        hit = [
            band
            for band in criterion.bands
            if answer.value > facts.settings[band.over]
            and (band.when is None or band.when.evaluate(facts) is not False)
        ]
        if not hit:
            return []
        # One limit is said, the one that weighs most: that it is over the lesser ones too needs no saying.
        b = max(hit, key=lambda b: (b.effect.rank, facts.settings[b.over]))
        return [
            Concern(
                RowState.WORRYING,
                None,
                b.effect,
                f"{answer.value} minutes, over the limit of {facts.settings[b.over]}.",
            )
        ]
    if criterion.answer == "counts" and isinstance(answer.value, dict):
        return [
            concern
            for name, number in sorted(answer.value.items())
            for concern in _count(criterion, name, number, facts)
        ]
    if criterion.answer == "date":
        return (_looked_at_too_late if criterion.day == "to_come" else _seen_too_long_ago)(criterion, answer, facts)
    return []


def _latest(criterion: Criterion, answers: tuple[Answer, ...], facts: Facts) -> tuple[Answer, ...]:
    """The one answer whose day counts, among those of the grade that is asked for; among all where none is.

    When a child was *last* seen is the latest of the days told; an older one beside it worries nobody. A day still to come,
    of something that is to have happened, tells nothing. What is to come is next on the first day that has not gone by.
    """
    told = answers if criterion.day == "to_come" else [a for a in answers if not is_to_come(a, facts)]
    good = [a for a in told if is_whole(criterion, a, facts)] or told
    if not good:
        return ()
    if criterion.day == "to_come":
        ahead = [a for a in good if str(a.value) >= facts.on.isoformat()]
        if ahead:
            return (min(ahead, key=lambda a: str(a.value)),)
    return (max(good, key=lambda a: str(a.value)),)


def _count(criterion: Criterion, name: str, number: int, facts: Facts) -> list[Concern]:
    """A count as worries: above none, or from each band's setting on."""
    count = criterion.counts.get(name)
    if count is None or count.means != "worrying" or number == 0:
        return []
    said = f"{count.label}: {number}."
    if not count.bands:
        return [Concern(RowState.WORRYING, None, None, said)]
    return [
        Concern(RowState.WORRYING, None, band.effect, said)
        for band in count.bands
        if number >= facts.settings[band.least] and (band.when is None or band.when.evaluate(facts) is not False)
    ]


def _seen_too_long_ago(criterion: Criterion, answer: Answer, facts: Facts) -> list[Concern]:
    baby = facts.subject is not None and facts.subject.under(1, facts.age_day, facts.unborn_weeks) is not False
    limit = facts.settings.last_seen_days_under_1 if baby else facts.settings.last_seen_days
    days = facts.on.toordinal() - type(facts.on).fromisoformat(str(answer.value)).toordinal()
    if days <= limit:
        return []
    return [
        Concern(RowState.WORRYING, None, None, f"Last seen {days} days before the assessment; the limit is {limit}.")
    ]


def _looked_at_too_late(criterion: Criterion, answer: Answer, facts: Facts) -> list[Concern]:
    """The next look: not gone by, and no farther off than the council’s days. Source: safeguarding.md IS12."""
    soon = facts.so_far.anything_left is not False or any(
        c.under(1, facts.age_day, facts.unborn_weeks) is not False for c in facts.children
    )
    limit = facts.settings.next_look_days_soon if soon else facts.settings.next_look_days
    days = type(facts.on).fromisoformat(str(answer.value)).toordinal() - facts.on.toordinal()
    if days < 0:
        return [
            Concern(
                RowState.WORRYING,
                None,
                None,
                f"The day set for the next look, {day_in_words(date.fromisoformat(str(answer.value)))}, has gone by.",
            )
        ]
    if days > limit:
        return [Concern(RowState.WORRYING, None, None, f"The next look is {days} days off; the limit here is {limit}.")]
    return []


def options_of(criterion: Criterion, answer: Answer) -> list[Option]:
    values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    return [criterion.options[str(v)] for v in values if str(v) in criterion.options]


# ---- without facts: what an answer could at worst mean, to tell when a later one takes something away


def rank_of_concern(criterion: Criterion, answer: Answer, settings: CouncilSettings) -> int:
    """How much an answer tells on its face: 0 where it is no worry and no fact that others rest on.

    More the stronger the effect it could have; among those of one effect, more where its option says that it tells more.
    """
    if answer.is_unknown:
        return 0
    tells = max((o.fact_weight for o in options_of(criterion, answer)), default=0)
    effects = [_counts_as(criterion, o.means, o.effect) for o in options_of(criterion, answer) if _is_worrying(o)]
    if criterion.answer == "minutes" and isinstance(answer.value, int):
        effects += [band.effect for band in criterion.bands if answer.value > settings[band.over]]
    for name, number in _told(criterion, answer).items():
        bands = criterion.counts[name].bands
        effects += [band.effect for band in bands if number >= settings[band.least]]
        effects += [criterion.worrying or Effect.LOW] if number and not bands else []
    strength = max((effect.rank for effect in effects), default=0)
    return strength * _MOST_TOLD + tells


_MOST_TOLD = 10  # more than any option tells


def is_a_fact(criterion: Criterion, answer: Answer) -> bool:
    """Does an answer tell a fact that others rest on, though it worries nobody?"""
    return not answer.is_unknown and any(o.fact_weight for o in options_of(criterion, answer))


def weakens(criterion: Criterion, new: Answer, old: Answer, settings: CouncilSettings) -> bool:
    """Does a newer answer worry less than an older one, or leave out a part of what worried?"""
    if rank_of_concern(criterion, new, settings) < rank_of_concern(criterion, old, settings):
        return True
    if criterion.answer == "multiple":
        before, after = ([o for o in options_of(criterion, a) if _is_worrying(o)] for a in (old, new))
        # Which of them it is says no less than that it is one of them.
        told = {code for o in after for code in (o.code, *o.instead_of)}
        return not {o.code for o in before} <= told
    now = _told(criterion, new)
    return any(now.get(name, 0) < number for name, number in _told(criterion, old).items())


def _is_worrying(option: Option) -> bool:
    return option.means in ("worrying", "partly")


def _told(criterion: Criterion, answer: Answer) -> dict[str, int]:
    """The numbers of an answer that could worry."""
    if criterion.answer != "counts" or not isinstance(answer.value, dict):
        return {}
    return {
        name: number
        for name, number in answer.value.items()
        if name in criterion.counts and criterion.counts[name].means == "worrying"
    }
