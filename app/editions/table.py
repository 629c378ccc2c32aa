"""The table of who may read what of a record: kept as data, closed where it says nothing, refused where it is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from app.checklists import FOLDER

FILE = "editions.yaml"
# From nothing to everything: of two levels the lower stands.
LEVELS = ("none", "route", "area", "short", "owned", "own", "whole")
# What may be so of a family, and lowers what is released.
CIRCUMSTANCES = ("refuge", "abuse", "abuse_not_asked", "apart", "not_placed")
FULL = "full"  # the record itself, as it was issued


class TableError(ValueError):
    """A mistake in the table of releases, in a sentence."""


class Cell(NamedTuple):
    """How much a reader is given, and whether a person may open it for one copy."""

    level: str
    may_open: bool = False


CLOSED = Cell("none")


class Reader(NamedTuple):
    """``agencies``: codes of the agencies that are this reader; ``about``: whom of the household a copy is about (adult, child)."""

    code: str
    called: str
    who: str
    family: bool
    agencies: tuple[str, ...]
    about: str


class Item(NamedTuple):
    """One kind of matter: which questions, agencies, events and services are of it, and what each reader is given."""

    code: str
    says: str
    why: str
    short: str
    route: str
    of: Mapping[str, tuple[str, ...]]  # criteria, agencies, events, services, words
    to: Mapping[str, Cell]
    when: Mapping[str, Mapping[str, Cell]]

    def for_(self, reader: str, circumstances: Collection[str]) -> Cell:
        """What a reader is given of it where these things are so. Nobody who is not named is given anything."""
        found = self.to.get(reader, CLOSED)
        for name in circumstances:
            lower = self.when.get(name, {}).get(reader)
            if lower is not None and LEVELS.index(lower.level) <= LEVELS.index(found.level):
                found = lower
        return found


class Table(NamedTuple):
    source: str
    checked: str
    left_out: str
    readers: Mapping[str, Reader]
    items: Mapping[str, Item]

    def item_of(self, kind: str, code: str) -> str:
        """Of which matter a question, an agency, an event or a service is; an empty word where the table does not say."""
        return next((item.code for item in self.items.values() if code in item.of[kind]), "")

    def opened(self, item: str, reader: str, level: str = "whole") -> Table:
        """The same table with one cell opened, whatever lowers it. For a copy that a person opened something in, and for tests."""
        row = self.items[item]
        changed = row._replace(
            to={**row.to, reader: Cell(level)},
            when={name: {r: c for r, c in cells.items() if r != reader} for name, cells in row.when.items()},
        )
        return self._replace(items={**self.items, item: changed})


_LISTS = ("criteria", "agencies", "events", "services", "words")


def parse(text: str) -> Table:
    """The table from its YAML.

    Raises:
        TableError: it says something that is not understood; nothing is guessed.
    """
    told = yaml.safe_load(text)
    if not isinstance(told, dict):
        raise TableError(f"{FILE} holds no table.")
    for need in ("source", "checked", "owner", "left_out", "readers", "items"):
        if not told.get(need):
            raise TableError(f"{FILE} must say “{need}”.")
    readers = {code: _reader(code, said) for code, said in told["readers"].items()}
    items = {code: _item(code, said, readers) for code, said in told["items"].items()}
    for kind in _LISTS[:-1]:
        listed = [code for item in items.values() for code in item.of[kind]]
        twice = sorted({code for code in listed if listed.count(code) > 1})
        if twice:
            raise TableError(
                f"{FILE}: {', '.join(twice)} stand in two rows; what is released of them would be anybody’s guess."
            )
    return Table(told["source"], str(told["checked"]), told["left_out"], readers, items)


def _reader(code: str, said: Mapping[str, Any]) -> Reader:
    _only(said, ("called", "who", "family", "agencies", "about"), f"the reader {code}")
    about = said.get("about", "")
    if about not in ("", "adult", "child"):
        raise TableError(f"{FILE}: {code} is about “{about}”; it may be adult or child.")
    return Reader(
        code=code,
        called=said["called"],
        who=said["who"],
        family=bool(said.get("family")),
        agencies=tuple(said.get("agencies", ())),
        about=about,
    )


def _item(code: str, said: Mapping[str, Any], readers: Collection[str]) -> Item:
    _only(said, ("says", "why", "short", "route", "to", "when", *_LISTS), f"the row {code}")
    to = _cells(said.get("to") or {}, readers, code)
    when = {name: _cells(cells, readers, code) for name, cells in (said.get("when") or {}).items()}
    _only(when, CIRCUMSTANCES, f"“when” of the row {code}")
    used = {cell.level for cell in (*to.values(), *(c for cells in when.values() for c in cells.values()))}
    for level in ("short", "route"):
        if level in used and not said.get(level):
            raise TableError(f"{FILE}: the row {code} releases “{level}” and does not say its sentence.")
    return Item(
        code=code,
        says=said["says"],
        why=said.get("why", ""),
        short=said.get("short", ""),
        route=said.get("route", ""),
        of={name: tuple(said.get(name, ())) for name in _LISTS},
        to=to,
        when=when,
    )


def _cells(said: Mapping[str, Any], readers: Collection[str], code: str) -> dict[str, Cell]:
    _only(said, readers, f"the row {code}")
    found = {}
    for reader, level in said.items():
        word = str(level).removesuffix("?")
        if word not in LEVELS:
            raise TableError(f"{FILE}: the row {code} gives {reader} “{level}”; it may give: {', '.join(LEVELS)}.")
        found[reader] = Cell(word, str(level).endswith("?"))
    return found


def _only(said: Mapping[str, Any], allowed: Collection[str], what: str) -> None:
    wrong = sorted(set(said) - set(allowed))
    if wrong:
        raise TableError(f"{FILE}: {what} says “{wrong[0]}”; it may say: {', '.join(sorted(allowed))}.")


@lru_cache(maxsize=2)
def read(folder: Path = FOLDER) -> Table:
    """The council's table.

    Raises:
        TableError: with what is wrong; OSError: it cannot be read.
    """
    return parse((folder / FILE).read_text(encoding="utf-8"))
