"""What each person of a household is called, wherever more than one could be meant.

A name is no key. Twins, a father and a son, two children not yet born may have one name, and what is found of one must never be
read as found of the other. They are told apart by the day they were born, which everybody who knows them knows; where that is
the same or not known, by the order in which they were entered. Sex does not serve: it is asked for the room standard alone, most
twins share it, and a correction of it would rename a child in the middle of a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from .household import Household
from .spelling import folded_name
from .values import day_in_words

_ORDER = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


class Person(Protocol):
    """What is looked at of somebody entered: of a member of the heart, a row of the case, or a form not saved yet."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def born(self) -> date | None: ...
    @property
    def due(self) -> date | None: ...
    @property
    def mother(self) -> str | None: ...


def labels(household: Household) -> dict[str, str]:
    """What each person is called, by key, the unborn children that follow from a pregnancy among them.

    Returns:
        the name alone where nobody else has it, else the name with what tells them apart: “Sam Example (born 3 May 2026)”.
        No two people of a household are called alike.
    """
    entered = {m.key: m for m in household.members}
    called = _apart({key: m.name for key, m in entered.items()}, entered)
    implied = {c.key: c for c in household.children() if c.key not in entered}
    if not implied:
        return called
    # A child named after its mother is told apart as she is.
    names = {key: f"Unborn child of {called[c.mother]}" if c.mother in called else c.name for key, c in implied.items()}
    return _apart({**{key: m.name for key, m in entered.items()}, **names}, {**entered, **implied})


def _apart(names: Mapping[str, str], people: Mapping[str, Person]) -> dict[str, str]:
    said: dict[str, list[str]] = {key: [] for key in names}
    called = dict(names)
    for tell in (_by_day, _by_order):
        for group in _of_one_name(called):
            for at, key in enumerate(group):
                said[key].append(tell(people[key], at))
        called = {key: f"{name} ({', '.join(said[key])})" if said[key] else name for key, name in names.items()}
    return called


def _by_day(person: Person, at: int) -> str:
    return day_of(person)


def _by_order(person: Person, at: int) -> str:
    return f"{_ORDER[at] if at < len(_ORDER) else f'number {at + 1}'} entered"


def _of_one_name(names: Mapping[str, str]) -> list[list[str]]:
    """The keys of those who share a spelling, in order of entry."""
    groups: dict[str, list[str]] = {}
    for key, name in names.items():
        groups.setdefault(folded_name(name), []).append(key)
    return [group for group in groups.values() if len(group) > 1]


def day_of(person: Person) -> str:
    """The day by which people of one name are told apart: “born 3 May 2026”, “due …”, or that it is not known."""
    if person.kind == "unborn":
        return f"due {day_in_words(person.due)}" if person.due else "due date not known"
    return f"born {day_in_words(person.born)}" if person.born else "birth date not known"
