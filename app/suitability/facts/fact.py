"""What a named fact is, and how the argument of one is checked when a checklist is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, NamedTuple

from app.suitability.casefile import wording
from app.suitability.casefile.household import Member
from app.suitability.casefile.known import Known

from .facts import Facts


class Fact(NamedTuple):
    """One named fact: how its argument is checked, what it says, and how it is worked out."""

    check: Callable[[Any], str | None]
    say: Callable[[Any], str]
    work_out: Callable[[Facts, Any], Known]
    each: str = ""  # the fact of one person that this one sums up, where it sums one up
    over: Callable[[Facts], Iterable[Member]] | None = None  # over whom


# Facts of what a unit is and has: of the household, and of a person, they are so where they are so of any unit.
OF_A_UNIT = (
    "shared_building", "self_contained", "above_ground_floor", "gas_supply", "legal_bed_and_breakfast",
    "space_standard_breached", "staff_at_night", "shares_facilities", "hmo", "private_owner", "certificate_runs_out",
    "bedrooms_short",
)  # fmt: skip


def of_any_unit(fact: Fact) -> Fact:
    """The same fact of a placement of several units."""
    work_out = fact.work_out
    return fact._replace(
        work_out=lambda facts, argument: (
            facts.of_any_unit(lambda unit: work_out(unit, argument)) if facts.units else work_out(facts, argument)
        )
    )


def whole(value: Any) -> str | None:
    return None if isinstance(value, int) and not isinstance(value, bool) else "a whole number"


def boolean(value: Any) -> str | None:
    return None if isinstance(value, bool) else "true or false"


def pair(value: Any) -> str | None:
    right = isinstance(value, list) and len(value) == 2 and all(isinstance(v, int) for v in value)
    return None if right else "two whole numbers, from and to"


def one_of(allowed: tuple[str, ...]) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        if not isinstance(value, list) or not value:
            return "a list of " + ", ".join(allowed)
        for item in value:
            if item not in allowed:
                near = get_close_matches(str(item), allowed, n=1)
                return (
                    f"one of its words (“{item}” is not one; did you mean “{near[0]}”?)"
                    if near
                    else f"one of {', '.join(allowed)}"
                )
        return None

    return check


def criteria_names(value: Any) -> str | None:
    return (
        None if isinstance(value, list) and value and all(isinstance(v, str) for v in value) else "a list of criteria"
    )


def wanted(value: Known, wish: bool) -> Known:
    return None if value is None else value is wish


def on_subject(test: Callable[[Facts, Member, Any], Known]) -> Callable[[Facts, Any], Known]:
    def work_out(facts: Facts, argument: Any) -> Known:
        return None if facts.subject is None else test(facts, facts.subject, argument)

    return work_out


def listed(words: Any) -> str:
    return " or ".join(str(word).replace("_", " ") for word in words)


def in_need(needs: Any) -> str:
    """What somebody has, in words; nearly every need there is, is any need."""
    if len(needs) >= len(wording.NEED_IN_SENTENCE) - 2:
        return "any need of health or disability"
    return " or ".join(wording.NEED_IN_SENTENCE[need] for need in needs)


def yes(text_true: str, text_false: str) -> Callable[[Any], str]:
    return lambda wanted: text_true if wanted else text_false
