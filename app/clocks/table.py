"""The table of clocks, read once from ``checklists/clocks.yaml``: of each what starts it, how long it runs, what meets it, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from app.checklists import FOLDER, or_stop
from app.suitability.checklist.located_yaml import Located
from app.suitability.checklist.located_yaml import read as read_yaml

from .days import months_after, working_days_after
from .law import last_day

FILE = "clocks.yaml"
UNITS = ("days", "weeks", "months", "working_days", "nights", "none", "named")
OWNERS = ("officer", "safeguarding_lead", "senior_officer", "housing_officer")
BASES = ("law", "guidance", "policy")
SNOOZE = ("days", "times", "after_due")
_KIND = (
    "name", "starts", "length", "counting", "meets", "pauses", "owner", "at_end", "warn", "snooze", "told", "by_hand", "starts_next", "more_time",
    "basis", "source", "href", "checked", "confirmed",
)  # fmt: skip


class Snooze(NamedTuple):
    """For how many days at most a clock may be put off somebody's list, how often, and whether past its day. It runs on meanwhile."""

    days: int
    times: int
    after_due: bool


class Kind(NamedTuple):
    """One clock. ``unit`` and ``length`` say how long; a length may be the name of a setting of the council.

    ``more_time`` is who may give it a later last day, and how; empty: nobody. ``counting`` is ``first`` where the day on which it starts is the first of its days, ``after`` where the next one is.
    """

    code: str
    name: str
    starts: str
    unit: str
    length: int | str
    counting: str
    meets: str
    pauses: str
    owner: str
    at_end: str
    warn: int
    snooze: Snooze | None
    told: str
    by_hand: bool
    starts_next: tuple[str, ...]
    more_time: str
    basis: str
    source: str
    href: str
    checked: str
    confirmed: bool

    def ends(self, begun: date, numbers: Mapping[str, int]) -> date | None:
        """The last day of it; None where it has no length, or its day is named with what starts it.

        Args:
            numbers: the council's settings on the day, by name.
        """
        if self.unit in ("none", "named", "nights"):
            return None
        number = self.length if isinstance(self.length, int) else numbers[self.length]
        if self.unit == "working_days":
            return working_days_after(begun, number)
        if self.unit == "months":
            return months_after(begun, number) - timedelta(days=1 if self.counting == "first" else 0)
        long = number * 7 if self.unit == "weeks" else number
        return last_day(begun, long) if self.counting == "first" else begun + timedelta(days=long)

    def rule(self) -> str:
        """Where the rule is written, in words, with the day on which that was looked up."""
        unsure = "" if self.confirmed else ", not yet confirmed by the council"
        return f"{BASIS[self.basis]}: {self.source}{unsure}"


BASIS = {"law": "Law", "guidance": "Guidance", "policy": "This council’s own rule"}


class Rung(NamedTuple):
    """A step of the silence ladder: what is done, by whom, and how many working days after the first."""

    code: str
    name: str
    who: str
    after: int


class Table(NamedTuple):
    version: str
    cut_off: time
    ages: tuple[int, ...]
    kinds: Mapping[str, Kind]
    ladder: tuple[Rung, ...]


@lru_cache(maxsize=1)
def read() -> Table:
    """The table there is.

    Raises:
        ChecklistError: with file, line and what was meant.
    """
    return parsed((FOLDER / FILE).read_text(encoding="utf-8"))


def read_or_stop() -> None:
    """A mistake stops the start: see ``or_stop``."""
    or_stop(read)


def parsed(text: str) -> Table:
    """The table of a text of YAML.

    Raises:
        ChecklistError: with line and what was meant.
    """
    what = "the file of clocks"
    top = read_yaml(text, FILE)
    top.only(("version", "cut_off", "ages", "clocks", "ladder"), what)
    cut_off, ages = top.need("cut_off", Located, what), top.need("ages", Located, what)
    for part, name in ((cut_off, "the cut-off"), (ages, "the ages")):
        part.only(("at", "years", "says", "owner", "source", "checked", "confirmed"), name)
    try:
        at = time.fromisoformat(cut_off.need("at", str, "the cut-off"))
    except ValueError:
        cut_off.refuse("the cut-off is an hour such as “13:00”.", "at")
    clocks = top.need("clocks", Located, what)
    kinds = {code: _kind(code, clocks.need(code, Located, "clocks")) for code in clocks}
    for code, kind in kinds.items():
        if strange := set(kind.starts_next) - set(kinds):
            clocks[code].refuse(f"there is no clock {', '.join(sorted(strange))}.", "starts_next")
    return Table(
        version=top.need("version", str, what),
        cut_off=at,
        ages=tuple(ages.need("years", list, "the ages")),
        kinds=kinds,
        ladder=_ladder(top.need("ladder", Located, what)),
    )


def _kind(code: str, said: Located) -> Kind:
    what = f"the clock {code}"
    said.only(_KIND, what)
    for name, known in (("owner", OWNERS), ("basis", BASES), ("counting", ("first", "after"))):
        if said.need(name, str, what) not in known:
            said.refuse(f"{what}: {name} is one of {', '.join(known)}.", name)
    length = said.need("length", Located, what)
    if len(length) != 1 or next(iter(length)) not in UNITS:
        said.refuse(f"{what}: a length is one of {', '.join(UNITS)}, with its number.", "length")
    [(unit, number)] = length.items()
    if unit not in ("none", "named") and (isinstance(number, bool) or not isinstance(number, int | str)):
        length.refuse(f"{what}: {unit} is a number, or the name of a setting.", unit)
    return Kind(
        code=code,
        unit=unit,
        length=number if isinstance(number, int | str) and not isinstance(number, bool) else 0,
        snooze=_snooze(said.typed("snooze", Located, what, None), what),
        warn=said.need("warn", int, what),
        told=said.typed("told", str, what, ""),
        by_hand=said.typed("by_hand", bool, what, False),
        starts_next=tuple(said.typed("starts_next", list, what, [])),
        more_time=said.typed("more_time", str, what, ""),
        href=said.typed("href", str, what, ""),
        confirmed=said.need("confirmed", bool, what),
        **{name: said.need(name, str, what) for name in _TEXTS},
    )


_TEXTS = ("name", "starts", "counting", "meets", "pauses", "owner", "at_end", "basis", "source", "checked")


def _snooze(said: Any, what: str) -> Snooze | None:
    if said is None:
        return None
    said.only(SNOOZE, f"the snooze of {what}")
    return Snooze(
        days=said.need("days", int, what),
        times=said.need("times", int, what),
        after_due=said.need("after_due", bool, what),
    )


def _ladder(said: Located) -> tuple[Rung, ...]:
    said.only(("owner", "source", "checked", "confirmed", "steps"), "the ladder")
    found = []
    for step in said.need("steps", list, "the ladder"):
        step.only(("code", "name", "who", "after"), "a step of the ladder")
        texts = {name: step.need(name, str, "a step of the ladder") for name in ("code", "name", "who")}
        found.append(Rung(**texts, after=step.need("after", int, "a step of the ladder")))
    if [rung.after for rung in found] != sorted({rung.after for rung in found}):
        said.refuse("each step of the ladder comes after the one before it.", "steps")
    return tuple(found)
