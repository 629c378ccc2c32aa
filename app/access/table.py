"""The numbers and lists of ``checklists/access.yaml``: what a council may change about emergencies, answers, purposes and watching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.checklists import FOLDER

FILE = "access.yaml"
RULES = frozenset(
    {
        "own_name", "kept_from", "restricted", "denied", "not_opened", "no_action", "after_closing", "many_cases", "out_of_hours", "many_taken",
    }
)  # fmt: skip
_LONGEST_HOUR = 240  # minutes: what is longer than a night's shift is no emergency any more


class AccessError(ValueError):
    """A mistake in the file, in a sentence."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """What the file says.

    Attributes:
        minutes: how long a case is open in an emergency; fewest_letters: of the reason; review_working_days: until it is reviewed;
        most_refused_a_day: after so many requests that opened nothing, none opens anything that day.
        categories, answers, purposes, rules: what each code is called.
        days, again_after_days, one_visit_minutes: of watching; numbers: those of each rule.
    """

    minutes: int
    fewest_letters: int
    review_working_days: int
    most_refused_a_day: int
    categories: Mapping[str, str]
    answers: Mapping[str, str]
    purposes: Mapping[str, str]
    days: int
    again_after_days: int
    one_visit_minutes: int
    rules: Mapping[str, str]
    numbers: Mapping[str, Mapping[str, int]]


def parse(text: str) -> Table:
    """The file, checked.

    Raises:
        AccessError: something is missing, or a number cannot be so.
    """
    told: Any = yaml.safe_load(text)
    for need in ("source", "checked", "owner", "emergency", "answers", "purposes", "watching"):
        if not isinstance(told, dict) or not told.get(need):
            raise AccessError(f"{FILE} must say “{need}”.")
    emergency, watching = told["emergency"], told["watching"]
    rules: dict[str, str] = {}
    numbers: dict[str, dict[str, int]] = {}
    for one in watching.get("rules", ()):
        code = one.get("rule")
        if code not in RULES or not one.get("said") or not one.get("source"):
            raise AccessError(
                f"{FILE}: each rule of watching is one we know, and says what it is called and its source."
            )
        rules[code] = one["said"]
        numbers[code] = {name: _number(one, name) for name in one if name not in ("rule", "said", "source")}
    if rules.keys() != RULES:
        raise AccessError(f"{FILE}: there is no rule {', '.join(sorted(RULES - rules.keys()))}.")
    minutes = _number(emergency, "minutes")
    if minutes > _LONGEST_HOUR:
        raise AccessError(f"{FILE}: a case is open in an emergency for {_LONGEST_HOUR} minutes at most.")
    return Table(
        minutes=minutes, fewest_letters=_number(emergency, "fewest_letters"),
        review_working_days=_number(emergency, "review_working_days"), most_refused_a_day=_number(emergency, "most_refused_a_day"),
        categories=_listed(emergency, "categories"), answers=_listed(told, "answers"), purposes=_listed(told, "purposes"),
        days=_number(watching, "days"), again_after_days=_number(watching, "again_after_days"),
        one_visit_minutes=_number(watching, "one_visit_minutes"), rules=rules, numbers=numbers,
    )  # fmt: skip


def _number(told: Mapping[str, Any], name: str) -> int:
    found = told.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise AccessError(f"{FILE}: “{name}” is a whole number from 1.")
    return found


def _listed(told: Mapping[str, Any], name: str) -> dict[str, str]:
    found = {one.get("code"): one.get("said") for one in told.get(name) or ()}
    if not found or not all(isinstance(code, str) and said for code, said in found.items()):
        raise AccessError(f"{FILE}: each of “{name}” has a code and says what it is called.")
    return {str(code): str(said) for code, said in found.items()}


def read_or_stop() -> None:
    """A mistake stops the start with a sentence; never with a stack trace."""
    try:
        read()
    except (AccessError, yaml.YAMLError, OSError) as problem:
        raise SystemExit(f"Case by Case did not start: {problem}") from None


@lru_cache(maxsize=2)
def read(folder: Path = FOLDER) -> Table:
    """The council's numbers and lists.

    Raises:
        AccessError: there is a mistake in them.
    """
    return parse((folder / FILE).read_text(encoding="utf-8"))
