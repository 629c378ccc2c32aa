"""The retention schedule, read once from ``checklists/retention.yaml``: of each class of record since when, for how long, and whose rule it is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from app.checklists import FOLDER, or_stop
from app.suitability.checklist.located_yaml import Located
from app.suitability.checklist.located_yaml import read as read_yaml

FILE = "retention.yaml"
EVERY_CASE, A_CHILD, LOOKED_AFTER = "every_case", "a_child", "looked_after"
CLOSED, YOUNGEST_BORN = "closed", "youngest_born"
HOLDS_FOR = {
    EVERY_CASE: "every case",
    A_CHILD: "a case in which anybody is or was a child, or is expected",
    LOOKED_AFTER: "a case of a child who is or was looked after",
}
SINCE = {CLOSED: "the day on which the case was closed", YOUNGEST_BORN: "the birth of the youngest child"}
_TEXTS = ("name", "holds_for", "since", "owner", "basis", "source", "checked")
_ELSEWHERE = ("name", "kept", "by", "owner", "source", "checked")


class Rule(NamedTuple):
    """One rule for cases. ``years`` are counted from what ``since`` names; by one that is not ``confirmed`` nobody destroys anything."""

    code: str
    name: str
    holds_for: str
    since: str
    years: int
    owner: str
    basis: str
    source: str
    checked: str
    confirmed: bool

    def in_words(self) -> str:
        """For which cases, how long and since when."""
        return f"{self.years} years from {SINCE[self.since]}, for {HOLDS_FOR[self.holds_for]}"


class Elsewhere(NamedTuple):
    """A class of record that another part of the service lets go: for how long it is kept, and by what it goes."""

    code: str
    name: str
    kept: str
    by: str
    owner: str
    source: str
    checked: str
    confirmed: bool


class Schedule(NamedTuple):
    version: str
    rules: tuple[Rule, ...]
    elsewhere: tuple[Elsewhere, ...]

    def rule(self, code: str) -> Rule | None:
        """The rule of a code; None where it was taken out of the schedule since."""
        return next((rule for rule in self.rules if rule.code == code), None)


@lru_cache(maxsize=1)
def read() -> Schedule:
    """The schedule there is.

    Raises:
        ChecklistError: with file, line and what was meant.
    """
    return parsed((FOLDER / FILE).read_text(encoding="utf-8"))


def read_or_stop() -> None:
    """A mistake stops the start: see ``or_stop``."""
    or_stop(read)


def parsed(text: str) -> Schedule:
    """The schedule of a text of YAML.

    Raises:
        ChecklistError: with line and what was meant.
    """
    what = "the retention schedule"
    top = read_yaml(text, FILE)
    top.only(("version", "cases", "elsewhere"), what)
    cases, elsewhere = top.need("cases", Located, what), top.need("elsewhere", Located, what)
    rules = tuple(_rule(code, cases.need(code, Located, "the rules")) for code in cases)
    if not any(rule.holds_for == EVERY_CASE for rule in rules):
        cases.refuse("one rule has to hold for every case: a case of none would never be looked at.")
    return Schedule(
        version=top.need("version", str, what),
        rules=rules,
        elsewhere=tuple(_elsewhere(code, elsewhere.need(code, Located, "what goes elsewhere")) for code in elsewhere),
    )


def _rule(code: str, said: Located) -> Rule:
    what = f"the rule {code}"
    said.only((*_TEXTS, "years", "confirmed"), what)
    for name, known in (("holds_for", HOLDS_FOR), ("since", SINCE)):
        if said.need(name, str, what) not in known:
            said.refuse(f"{what}: {name} is one of {', '.join(known)}.", name)
    years = said.need("years", int, what)
    if not 1 <= years <= 120:
        said.refuse(f"{what}: years is a number from 1 to 120.", "years")
    texts: dict[str, Any] = {name: said.need(name, str, what) for name in _TEXTS}
    return Rule(code=code, years=years, confirmed=said.need("confirmed", bool, what), **texts)


def _elsewhere(code: str, said: Located) -> Elsewhere:
    what = f"the class {code}"
    said.only((*_ELSEWHERE, "confirmed"), what)
    texts: dict[str, Any] = {name: said.need(name, str, what) for name in _ELSEWHERE}
    return Elsewhere(code=code, confirmed=said.need("confirmed", bool, what), **texts)
