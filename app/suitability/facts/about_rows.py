"""Named facts about other rows: what was said of them, and what they amount to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.suitability.casefile.household import HOUSEHOLD, UNIT
from app.suitability.casefile.known import Known

from .fact import Fact, criteria_names, listed
from .facts import Facts


def _answered(facts: Facts, wanted: Mapping[str, Any]) -> Known:
    """Is a named criterion answered with one of the named options? Not answered, or unknown, is not known.

    Nor is it known where the answer is another one and not good enough to settle its own question: a parent’s “none” does
    not close what a service has to confirm. Source: safeguarding.md, cross-check (c) after section 6.
    """
    unknown = False
    for criterion, options in wanted.items():
        for key in facts.asked_about(criterion):
            values = facts.told(criterion, key)
            # An answer to a question that turns out not to apply says nothing.
            if not values.isdisjoint(options):
                if not facts.is_not_asked(criterion, key):
                    return True
                continue
            told = values and facts.is_settled(criterion, key)
            if told and criterion in facts.untold:
                told = not facts.leaves_untold(criterion, key, options)
            if not told and not facts.is_not_asked(criterion, key):
                unknown = True
    return None if unknown else False


def _answers_named(value: Any) -> str | None:
    right = isinstance(value, dict) and value and all(isinstance(options, list) for options in value.values())
    return None if right else "a mapping of criterion to a list of options"


def _anyones_answer(facts: Facts, wanted: Mapping[str, Any]) -> Known:
    """The same of anybody: what one carer has at home concerns every carer."""

    # The same for everybody, so it is worked out once; what is wanted lives as long as the checklist does.
    return facts.once(f"anyone {id(wanted)}", lambda: _answered(facts.of_all(), wanted))


def _confirmed(facts: Facts, criteria: list[str]) -> Known:
    """Is each named row clear for this subject, at its own grade and within its shelf life?"""
    key = facts.subject.key if facts.subject else HOUSEHOLD
    states = [facts.states.get((name, key)) for name in criteria]
    return all(state is not None and state.state == "clear" for state in states)


def _not_clear(facts: Facts, criteria: list[str]) -> Known:
    """Is any of the named rows worrying, partly or open, for this subject or (unit and household rows) at all?"""
    for (name, key), settled in facts.states.items():
        if name in criteria and settled.state != "clear" and _concerns(facts, key):
            return True
    return False


def _worrying(facts: Facts, criteria: list[str]) -> Known:
    for (name, key), settled in facts.states.items():
        if name in criteria and settled.state in ("worrying", "partly") and _concerns(facts, key):
            return True
    return False


def _concerns(facts: Facts, key: str) -> bool:
    if facts.subject is not None:
        return key in (facts.subject.key, UNIT, HOUSEHOLD) or key in facts.units
    # One unit is none the worse for what is so of another; of the placement as a whole everything counts.
    return facts.unit is None or key == facts.unit.key or key not in facts.units


# Facts that name other rows, by what was said of them or by what they amount to.
OVER_ANSWERS = frozenset(("answer", "anyones_answer"))
OVER_ROWS = OVER_ANSWERS | {"confirmed", "not_clear", "worrying"}
ROW_FACTS: dict[str, Fact] = {
    "anyones_answer": Fact(
        _answers_named,
        lambda v: " or ".join(f"{c} is answered {listed(o)} of anybody" for c, o in v.items()),
        _anyones_answer,
    ),
    "answer": Fact(
        _answers_named,
        lambda v: " or ".join(f"{c} is answered {listed(o)}" for c, o in v.items()),
        _answered,
    ),
    "confirmed": Fact(criteria_names, lambda c: f"{listed(c)} is clear", _confirmed),
    "not_clear": Fact(criteria_names, lambda c: f"{listed(c)} is not clear", _not_clear),
    "worrying": Fact(criteria_names, lambda c: f"{listed(c)} is worrying", _worrying),
}
