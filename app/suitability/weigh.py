"""What the standing answers to one question amount to, before any effect: worrying, clear, or open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from .computed import COMPUTED
from .criterion import Criterion, Option
from .evidence import Answer, Grade, is_stale
from .facts import Facts


class Weighed(NamedTuple):
    """What the standing answers amount to before effects."""

    state: str
    option: Option | None
    effect: str | None
    why: tuple[str, ...]
    is_open: bool
    conditions: tuple[Option, ...]
    worried_on: date | None = None  # the day of the newest worry, where an answer is one
    doubtful: bool = False  # asked only because it is not known whether it applies


def weigh(criterion: Criterion, key: str, facts: Facts) -> Weighed | None:
    """What stands about one subject. None when a computed row turns out not to apply."""
    forced: str | None = None
    said: tuple[str, ...] = ()
    if criterion.worry_if:
        triggered = [w for w in criterion.worry_if if w.when.evaluate(facts) is True]
        forced = min((w.effect for w in triggered), key=EFFECT_ORDER.index, default=None)
        said = tuple(w.says for w in triggered)
    if criterion.computed is not None:
        worked = COMPUTED[criterion.computed](facts)
        if worked.means == "not_applicable":
            return None
        return Weighed(
            "worrying" if worked.means == "worrying" else "clear",
            None,
            worked.effect,
            (worked.says,),
            worked.means == "open" or worked.also_open,
            (),
        )
    answers = facts.answers.get((criterion.id, key), ())
    known = facts.known.get((criterion.id, key), ())
    # What almost every row has is one answer, an option that worries nobody.
    calm = len(known) == 1 and known[0].value in criterion.calm if criterion.answer == "choice" else not known
    worry = None if calm else _worst(criterion, known, facts)
    needed = clear_grade(criterion, facts)
    enough, missing = _reassured(criterion, answers, needed, facts)
    if worry is not None or forced is not None:
        state, option, effect, why = worry or ("worrying", None, forced, ())
        effect = stronger_effect(effect, forced)
        unverified = (
            option is not None and option.verify and not enough and not _verified(known, needed, criterion, facts)
        )
        more: tuple[str, ...] = (f"It still needs {needed.words} ({needed.value}).",) if unverified else ()
        if criterion.answer == "counts" and not enough:
            unverified, more = True, missing
        # A day that is still to come is no later than today: else nothing done today could answer it.
        days = [min(a.on, facts.on) for a in known if a.on is not None and _worries_of(criterion, a, facts)]
        latest = max(days, default=None)
        return Weighed(
            state if forced is None else "worrying", option, effect, (*why, *said, *more), unverified, (), latest
        )
    way = _travelled(criterion, facts) if criterion.travel_to and not known else None
    if criterion.travel_to and not known:
        if way is not None and (way.is_open or way.state == "worrying"):
            return way
        enough = way is not None
    if enough and criterion.open_if:
        unknown = tuple(o.says for o in criterion.open_if if o.when.evaluate(facts) is not False)
        if unknown:
            return Weighed("clear", None, None, unknown, True, ())
    if criterion.travel_to and not known:
        return way or Weighed("clear", None, None, missing, True, ())
    if enough:
        made: tuple[Option, ...] = ()
        if criterion.conditional:
            chosen = (o for a in known for o in _options_of(criterion, a))
            made = tuple(dict.fromkeys(o for o in chosen if o.means == "clear_with_condition"))
        return Weighed("clear", None, None, (), False, made)
    return Weighed("clear", None, None, missing, True, ())


def stronger_effect(a: str | None, b: str | None) -> str | None:
    found = [e for e in (a, b) if e is not None]
    return min(found, key=EFFECT_ORDER.index) if found else None


def _options_of(criterion: Criterion, answer: Answer) -> list[Option]:
    values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    return [criterion.options[str(v)] for v in values if str(v) in criterion.options]


def _worst(
    criterion: Criterion, answers: tuple[Answer, ...], facts: Facts
) -> tuple[str, Option | None, str | None, tuple[str, ...]] | None:
    """The worst worry among standing answers: (state, option, effect, why)."""
    if not answers:
        return None
    if criterion.answer == "date":
        answers = _latest(criterion, answers, facts)
    found = [worry for answer in answers for worry in _worries_of(criterion, answer, facts)]
    if not found:
        return None
    ranked = sorted(
        found,
        key=lambda worry: (EFFECT_ORDER.index(_counts_as(criterion, worry[0], worry[2])), worry[0] != "worrying"),
    )
    state, option, effect, _ = ranked[0]
    return state, option, effect, tuple(dict.fromkeys(worry[3] for worry in ranked))


def _counts_as(criterion: Criterion, state: str, effect: str | None) -> str:
    if effect is not None:
        return effect
    base = criterion.worrying or "low"
    return WEAKER[base] if state == "partly" else base


def _worries_of(criterion: Criterion, answer: Answer, facts: Facts) -> list[tuple[str, Option | None, str | None, str]]:
    if criterion.answer in ("choice", "multiple"):
        values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
        chosen = [criterion.options[v] for v in values if v in criterion.options]  # type: ignore[index]
        return [(o.means, o, o.effect, o.says or o.label) for o in chosen if o.means in ("worrying", "partly")]
    if criterion.answer == "minutes" and isinstance(answer.value, int):
        hit = [
            band
            for band in criterion.bands
            if answer.value > facts.settings[band.over]
            and (band.when is None or band.when.evaluate(facts) is not False)
        ]
        return [
            ("worrying", None, b.effect, f"{answer.value} minutes, over the limit of {facts.settings[b.over]}.")
            for b in hit
        ]
    if criterion.answer == "counts" and isinstance(answer.value, dict):
        return [
            worry for name, number in sorted(answer.value.items()) for worry in _count(criterion, name, number, facts)
        ]
    if criterion.answer == "date":
        return (_looked_at_too_late if criterion.day == "to_come" else _seen_too_long_ago)(criterion, answer, facts)
    return []


def _latest(criterion: Criterion, answers: tuple[Answer, ...], facts: Facts) -> tuple[Answer, ...]:
    """The one answer whose day counts, among those of the grade that is asked for; among all where none is.

    When a child was *last* seen is the latest of the days told; an older one beside it worries nobody. A day still to come,
    of something that is to have happened, tells nothing. What is to come is next on the first day that has not gone by.
    """
    grade = clear_grade(criterion, facts)
    told = answers if criterion.day == "to_come" else [a for a in answers if not _is_to_come(a, facts)]
    good = [a for a in told if a.grade.rank >= grade.rank] or told
    if not good:
        return ()
    if criterion.day == "to_come":
        ahead = [a for a in good if str(a.value) >= facts.on.isoformat()]
        if ahead:
            return (min(ahead, key=lambda a: str(a.value)),)
    return (max(good, key=lambda a: str(a.value)),)


def _is_to_come(answer: Answer, facts: Facts) -> bool:
    return isinstance(answer.value, str) and answer.value > facts.on.isoformat()


def _count(
    criterion: Criterion, name: str, number: int, facts: Facts
) -> list[tuple[str, Option | None, str | None, str]]:
    """A count as worries: above none, or from each band's setting on."""
    count = criterion.counts.get(name)
    if count is None or count.means != "worrying" or number == 0:
        return []
    said = f"{count.label}: {number}."
    if not count.bands:
        return [("worrying", None, None, said)]
    return [
        ("worrying", None, band.effect, said)
        for band in count.bands
        if number >= facts.settings[band.least] and (band.when is None or band.when.evaluate(facts) is not False)
    ]


# A straight line is never a way: only these can show that a limit is met or not met.
_PROVEN = ("walking_network", "public_transport", "journey_check")


def _travelled(criterion: Criterion, facts: Facts) -> Weighed | None:
    """Met, not met or cannot tell, from the journeys measured; None where there is none. Source: rulings.md 12."""
    key = facts.subject.key if facts.subject is not None else ""
    mine = [j for j in facts.journeys if j.person == key and j.kind in criterion.travel_to]
    if not mine:
        return None
    limits = [
        (facts.settings[b.over], b.effect)
        for b in criterion.bands
        if b.when is None or b.when.evaluate(facts) is not False
    ]
    over: list[str] = []
    why: list[str] = []
    within = True
    for j in mine:
        span = f"{j.low} to {j.high} minutes by {j.method.replace('_', ' ')}" + (
            f" ({j.data_date})" if j.data_date else ""
        )
        proven = j.method in _PROVEN
        hit = [(limit, effect) for limit, effect in limits if proven and j.low > limit]
        if hit:
            over += [effect for _, effect in hit]
            why.append(f"Not met: {span}, over the limit of {max(limit for limit, _ in hit)}.")
        elif proven and all(j.high <= limit for limit, _ in limits):
            why.append(f"Met: {span}.")
        else:
            within = False
            why.append(f"Cannot tell: {span}. Check the real journey at the hours needed.")
    if over:
        return Weighed("worrying", None, min(over, key=EFFECT_ORDER.index), tuple(why), not within, ())
    return Weighed("clear", None, None, tuple(why), not within, ())


def _seen_too_long_ago(
    criterion: Criterion, answer: Answer, facts: Facts
) -> list[tuple[str, Option | None, str | None, str]]:
    baby = facts.subject is not None and facts.subject.under(1, facts.age_day, facts.unborn_weeks) is not False
    limit = facts.settings["last_seen_days_under_1" if baby else "last_seen_days"]
    days = facts.on.toordinal() - type(facts.on).fromisoformat(str(answer.value)).toordinal()
    if days <= limit:
        return []
    return [("worrying", None, None, f"Last seen {days} days before the assessment; the limit is {limit}.")]


def _looked_at_too_late(
    criterion: Criterion, answer: Answer, facts: Facts
) -> list[tuple[str, Option | None, str | None, str]]:
    """The next look: not gone by, and no farther off than the council’s days. Source: safeguarding.md IS12."""
    soon = facts.anything_left is not False or any(
        c.under(1, facts.age_day, facts.unborn_weeks) is not False for c in facts.children
    )
    limit = facts.settings["next_look_days_soon" if soon else "next_look_days"]
    days = type(facts.on).fromisoformat(str(answer.value)).toordinal() - facts.on.toordinal()
    if days < 0:
        return [("worrying", None, None, f"The day set for the next look, {answer.value}, has gone by.")]
    if days > limit:
        return [("worrying", None, None, f"The next look is {days} days off; the limit here is {limit}.")]
    return []


def clear_grade(criterion: Criterion, facts: Facts) -> Grade:
    grade = criterion.clear_at
    for when, lower in criterion.clear_at_when:
        if when.evaluate(facts) is True:
            grade = lower
    return grade


def _shelf_days(criterion: Criterion, facts: Facts) -> int | None:
    return None if criterion.shelf_life is None else facts.settings[f"shelf_life_{criterion.shelf_life}_days"]


def _verified(answers: tuple[Answer, ...], grade: Grade, criterion: Criterion, facts: Facts) -> bool:
    days = _shelf_days(criterion, facts)
    return any(a.grade.rank >= grade.rank and not is_stale(a, days, facts.on) for a in answers)


_NOT_ASKED = ("Not asked, or not answered.",)


def _reassured(
    criterion: Criterion, answers: tuple[Answer, ...], grade: Grade, facts: Facts
) -> tuple[bool, tuple[str, ...]]:
    """Is it clear? And if not, what is missing, in words."""
    if not answers:
        return False, _NOT_ASKED
    days = _shelf_days(criterion, facts)
    agencies: set[tuple[str, ...]] = set()
    missing: list[str] = []
    counted: list[Answer] = []
    if criterion.is_plain and len(answers) == 1:
        only = answers[0]
        wants = grade if not criterion.options_graded else _option_grade(criterion, only) or grade
        if only.grade.rank >= wants.rank and not only.is_unknown and not is_stale(only, days, facts.on):
            return True, ()  # what almost every row has: one answer, and it is enough
    untold = _untold(criterion, answers)
    for answer in answers:
        if answer.is_unknown:
            missing.append("Answered “not known”.")
        elif criterion.answer == "date" and criterion.day != "to_come" and _is_to_come(answer, facts):
            missing.append("The day told is still to come, so it tells nothing.")
        elif not _counts_from(criterion, answer, facts):
            missing.append("Reassuring, but not from one of those whose word counts here.")
        elif not _reaches(criterion, answer, (wants := _option_grade(criterion, answer) or grade)):
            missing.append(
                f"Reassuring, but only {answer.grade.words} ({answer.grade.value}); it counts from {wants.value}."
            )
        elif criterion.in_words and not answer.note:
            missing.append("Said without words: write what exactly was said or seen.")
        elif is_stale(answer, days, facts.on):
            missing.append(f"Reassuring, but older than {days} days or undated.")
        else:
            counted.append(answer)
            agencies.add(_voice(criterion, answer, facts))
    if untold:
        missing.append(f"Not told: {', '.join(untold)}.")
    elif len(agencies) >= criterion.min_sources and not _untold(criterion, counted):
        # A number told only by a voice that is not enough is not told: one good answer does not carry it.
        return True, ()
    elif agencies and len(agencies) < criterion.min_sources:
        missing.append(f"{len(agencies)} of {criterion.min_sources} different agencies have answered.")
    return False, tuple(dict.fromkeys(missing))


def _reaches(criterion: Criterion, answer: Answer, wants: Grade) -> bool:
    """Is it of the grade? A survivor’s own word on where they are safe is enough wherever a professional’s is."""
    return answer.grade.rank >= wants.rank or (criterion.survivor_only and answer.grade is Grade.E1S)


def _counts_from(criterion: Criterion, answer: Answer, facts: Facts) -> bool:
    """Does this source’s reassurance count? Not a landlord’s where only the police can know. Source: safeguarding.md CS14."""
    if not criterion.only_from or (criterion.survivor_only and answer.grade is Grade.E1S):
        return True
    return _known_agency(criterion, answer, facts) != ""


def _known_agency(criterion: Criterion, answer: Answer, facts: Facts) -> str:
    """Which of the agencies that a row names a source is of; empty where it is of none."""
    called = f"{answer.source.agency} {answer.source.role}"
    return next((agency for agency in criterion.only_from if facts.heard_as[agency](called)), "")


def _voice(criterion: Criterion, answer: Answer, facts: Facts) -> tuple[str, ...]:
    """What counts as one agency: two desks of the police are one voice."""
    named = _known_agency(criterion, answer, facts) if criterion.only_from else ""
    if named:
        return (named,)
    return (answer.source.agency.casefold(),) if answer.source.agency else answer.source.identity


def _untold(criterion: Criterion, answers: Sequence[Answer]) -> list[str]:
    """Numbers that could worry and that no answer gives: one number told is not the others told."""
    if criterion.answer != "counts":
        return []
    told = {name for a in answers if isinstance(a.value, dict) for name in a.value}
    return [count.label for name, count in criterion.counts.items() if count.means == "worrying" and name not in told]


def _option_grade(criterion: Criterion, answer: Answer) -> Grade | None:
    """The grade at which the option chosen is reassuring, where it has one of its own."""
    option = criterion.options.get(answer.value) if isinstance(answer.value, str) else None
    return option.clear_at if option is not None else None


WEAKER = {
    "senior": "high",
    "high": "medium",
    "medium": "low",
    "low": "low",
    "stop": "stop",
    "stop_until": "stop_until",
}
EFFECT_ORDER = ("stop", "stop_until", "senior", "high", "medium", "low")
