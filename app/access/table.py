"""The numbers and lists of ``checklists/access.yaml``: what a council may change about emergencies, answers, purposes and watching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.checklists import FOLDER, or_stop
from app.suitability.checklist.located_yaml import Located
from app.suitability.checklist.located_yaml import read as read_yaml

FILE = "access.yaml"
RULES = frozenset(
    {
        "own_name", "kept_from", "restricted", "denied", "not_opened", "no_action", "after_closing", "many_cases", "out_of_hours", "many_taken",
    }
)  # fmt: skip
_LONGEST_HOUR = 240  # minutes: what is longer than a night's shift is no emergency any more


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
        ChecklistError: something is missing, or a number cannot be so; with line and what was meant.
    """
    what = "the file of access"
    told = read_yaml(text, FILE)
    told.only(("source", "checked", "owner", "emergency", "answers", "purposes", "watching"), what)
    for name in ("source", "checked", "owner"):
        told.need(name, str, what)
    emergency, watching = told.need("emergency", Located, what), told.need("watching", Located, what)
    rules, numbers = _rules(watching)
    minutes = _number(emergency, "minutes")
    if minutes > _LONGEST_HOUR:
        emergency.refuse(f"a case is open in an emergency for {_LONGEST_HOUR} minutes at most.", "minutes")
    return Table(
        minutes=minutes, fewest_letters=_number(emergency, "fewest_letters"),
        review_working_days=_number(emergency, "review_working_days"), most_refused_a_day=_number(emergency, "most_refused_a_day"),
        categories=_listed(emergency, "categories"), answers=_listed(told, "answers"), purposes=_listed(told, "purposes"),
        days=_number(watching, "days"), again_after_days=_number(watching, "again_after_days"),
        one_visit_minutes=_number(watching, "one_visit_minutes"), rules=rules, numbers=numbers,
    )  # fmt: skip


def _rules(watching: Located) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
    """What each rule of watching is called, and its numbers."""
    said: dict[str, str] = {}
    numbers: dict[str, dict[str, int]] = {}
    for one in _mappings(watching, "rules"):
        code = one.need("rule", str, "a rule of watching")
        if code not in RULES:
            one.refuse(f"there is no rule “{code}”: it is one of {', '.join(sorted(RULES))}.", "rule")
        said[code] = one.need("said", str, f"the rule {code}")
        one.need("source", str, f"the rule {code}")
        numbers[code] = {name: _number(one, name) for name in one if name not in ("rule", "said", "source")}
    if said.keys() != RULES:
        watching.refuse(f"there is no rule {', '.join(sorted(RULES - said.keys()))}.", "rules")
    return said, numbers


def _number(told: Located, name: str) -> int:
    found = told.need(name, int, "this part")
    if found is None or found < 1:
        told.refuse(f"“{name}” is a whole number from 1.", name)
    return int(found)


def _listed(told: Located, name: str) -> dict[str, str]:
    each = f"each of “{name}”"
    found = {str(one.need("code", str, each)): str(one.need("said", str, each)) for one in _mappings(told, name)}
    if not found:
        told.refuse(f"“{name}” lists at least one.", name)
    return found


def _mappings(told: Located, name: str) -> list[Located]:
    found = told.need(name, list, "this part") or []
    if not all(isinstance(one, Located) for one in found):
        told.refuse(f"“{name}” lists mappings of keys to values.", name)
    return found


def read_or_stop() -> None:
    """A mistake stops the start: see ``or_stop``."""
    or_stop(read)


@lru_cache(maxsize=2)
def read(folder: Path = FOLDER) -> Table:
    """The council's numbers and lists.

    Raises:
        ChecklistError: there is a mistake in them; with line and what was meant.
    """
    return parse((folder / FILE).read_text(encoding="utf-8"))
