"""From which day a case may be destroyed: the latest of all rules that hold for it. Pure; what is not known is never due."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from app.clocks.days import months_after

from .schedule import A_CHILD, CLOSED, EVERY_CASE, LOOKED_AFTER, Rule, Schedule

YES, NO, NOT_KNOWN = "yes", "no", "unknown"


class Facts(NamedTuple):
    """What the rules ask of a case. ``born`` has a day for each child, those who left and those to come; None where it is not known.

    ``looked_after`` is ``yes``, ``no`` or ``unknown``: the case does not hold it, so that whoever agrees is asked.
    """

    closed_on: date | None
    born: tuple[date | None, ...] = ()
    looked_after: str = NOT_KNOWN


class Reckoned(NamedTuple):
    """By which rule and from which day; or, where there is no day, why not, in a sentence."""

    rule: Rule | None
    due: date | None
    why: str = ""


def reckon(schedule: Schedule, facts: Facts) -> Reckoned:
    """The day from which a case may be destroyed, by the rule that keeps it longest.

    Whether a child was looked after is asked of whoever agrees: while it is not known, it is reckoned without, and nobody may agree.
    """
    if facts.closed_on is None:
        return Reckoned(None, None, "The case is open.")
    found: list[tuple[date, Rule]] = []
    for rule in schedule.rules:
        if not _holds(rule, facts):
            continue
        begun = _since(rule, facts)
        if begun is None:
            return Reckoned(
                rule, None, "A child’s birth date is not known, so that nobody can say how long this is kept."
            )
        found.append((_years_after(begun, rule.years), rule))
    if not found:
        return Reckoned(None, None, "No rule of the schedule holds for this case.")
    due, rule = max(found, key=lambda each: each[0])
    return Reckoned(rule, due)


def _holds(rule: Rule, facts: Facts) -> bool:
    return {EVERY_CASE: True, A_CHILD: bool(facts.born), LOOKED_AFTER: facts.looked_after == YES}[rule.holds_for]


def _since(rule: Rule, facts: Facts) -> date | None:
    if rule.since == CLOSED:
        return facts.closed_on
    known = [day for day in facts.born if day is not None]
    return max(known) if known and len(known) == len(facts.born) else None


def _years_after(day: date, years: int) -> date:
    """The day after the last that it is kept: the corresponding day so many years on; of 29 February never an earlier one."""
    found = months_after(day, years * 12)
    return date(found.year, 3, 1) if (found.month, found.day) != (day.month, day.day) else found
