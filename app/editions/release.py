"""A copy of a record for one reader: what the table releases to them, what it keeps back, and why.

Closed by default, three times over: a matter the table does not name, a thing that is of no matter, and a text that names what
the reader is not given are all left out. Source: safeguarding study 2026, section 5.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from app.problem import Problem
from app.suitability.casefile.wording import label

from .pieces import PARTS, PLACED, Piece, agency
from .table import CLOSED, LEVELS, Cell, Reader, Table

_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE)
_SHORTEST, _LONGEST = 4, 120  # of a typed value that is looked for elsewhere: “Elm” and whole stories are not


class NotAllowed(Problem):
    """A copy of this kind cannot be made, in a sentence."""


class Chosen(NamedTuple):
    """What a person chose for one copy: whom of the household it is about, what they opened with which reason, their own words."""

    about: tuple[str, ...] = ()
    opened: Mapping[str, str] = {}
    words: str = ""


class Withheld(NamedTuple):
    """A matter that a reader is not given whole. ``held`` are things that a text of a released matter named, by their heading."""

    item: str
    says: str
    why: str
    level: str
    may_open: bool
    held: tuple[str, ...] = ()


class Released(NamedTuple):
    parts: dict[str, list[dict[str, str]]]
    marks: tuple[str, ...]  # of services whose distance is released; empty: no map
    withheld: list[Withheld]


def circumstances(record: Mapping[str, Any], about: Collection[str], reader: Reader) -> tuple[str, ...]:
    """What is so of a family and lowers what is released. Whether there was abuse and nobody asked is one of them."""
    home, place = record["case_file"]["household"], record["case_file"]["placement"]
    found = ["refuge"] if place.get("kind") == "refuge" else []
    feared = {f["criterion"] for f in record["findings_shown"] if f["effect"] != "hold"} & {"CS16", "CS17", "CS18"}
    abuse = (
        home.get("domestic_abuse")
        or home.get("orders")
        or {"domestic_abuse", "violence", "exploitation"} & set(home.get("left_because") or ())
        or "domestic_abuse_service" in (home.get("agencies") or ())
        or place.get("protected_place") is not None
        or feared
    )
    if abuse:
        found.append("abuse")
    elif home.get("domestic_abuse") is None:
        found.append("abuse_not_asked")
    if reader.family and not about:
        found.append("apart")
    if record["decision"]["outcome"] not in PLACED:
        found.append("not_placed")
    return tuple(found)


def with_opened(table: Table, reader: str, chosen: Chosen, so: Collection[str]) -> Table:
    """The table with what a person opened for this copy.

    Raises:
        NotAllowed: it is not for a person to open, or no reason is given.
    """
    for item, reason in chosen.opened.items():
        row = table.items.get(item)
        if row is None or not row.for_(reader, so).may_open:
            raise NotAllowed("This cannot be opened for this reader.")
        if not reason.strip():
            raise NotAllowed(f"Say why this reader must have it: {row.says.lower()}.")
        table = table.opened(item, reader)
    return table


def release(
    table: Table, reader: Reader, found: Sequence[Piece], chosen: Chosen, so: Collection[str], names: Mapping[str, str]
) -> Released:
    """What a reader is given of the pieces of a record.

    Args:
        found: as ``pieces`` gives them.
        so: what is so of the family, as ``circumstances`` gives it.
        names: what each person is called, by key.
    """
    keys = {*chosen.about, *map(agency, reader.agencies)}
    cells = {code: item.for_(reader.code, so) for code, item in table.items.items()}
    given: list[tuple[Piece, str]] = []
    closed: list[tuple[Piece, str]] = []
    for piece in found:
        level = _level(piece, cells, keys)
        (closed if level in ("none", "area", "route", "short") else given).append((piece, level))
    known = {key for piece, _ in given if "names" in piece.items and piece.about for key in (piece.about,)}
    hidden = _hidden(found, closed, given, names, known, cells)
    telling = {
        w.casefold(): c for c, cell in cells.items() if cell.level != "whole" for w in table.items[c].of["words"]
    }
    parts: dict[str, list[dict[str, str]]] = {}
    held: dict[str, list[str]] = {}
    marks = []
    for piece in found:
        level = _level(piece, cells, keys)
        row = _row(piece, level, table)
        if row is None:
            continue
        if level in ("whole", "own") and _tells(piece, row, telling, hidden, keys, cells):
            held.setdefault(piece.items[0], []).append(row["label"] or PARTS.get(piece.part, piece.part))
            continue
        row["about"] = _called(piece.about, names, known) if level in ("whole", "own") else ""
        if piece.part == "far":
            marks.append(piece.note)
        # A general sentence stands once, among the concerns: where it stood it would tell of whom and since when.
        listed = parts.setdefault("concerns" if level == "short" else piece.part, [])
        if row not in listed:
            listed.append(row)
    return Released(parts, tuple(marks), _withheld(table, found, cells, keys, held))


def _level(piece: Piece, cells: Mapping[str, Cell], keys: Collection[str]) -> str:
    """The lowest level of the matters that a piece is of; what is the reader’s own counts as whole for them, and else as nothing."""
    lowest = "whole"
    for item in piece.items:
        level = cells.get(item, CLOSED).level
        if level in ("own", "owned"):
            level = "own" if _is_theirs(piece, keys, level) else "none"
        if LEVELS.index(level) < LEVELS.index(lowest):
            lowest = level
    return lowest


def _is_theirs(piece: Piece, keys: Collection[str], level: str) -> bool:
    """Is it about whom the copy is about, or, of what an agency owns, asked of the reader’s agency?"""
    return any(key in keys and key.startswith(agency("")) == (level == "owned") for key in piece.of)


def _row(piece: Piece, level: str, table: Table) -> dict[str, str] | None:
    """What a copy says of a piece at a level; None where it says nothing."""
    row = {
        "item": piece.items[0],
        "label": piece.label,
        "text": piece.text,
        "by": piece.by,
        "effect": "",
        "code": piece.code,
    }
    if piece.photograph:
        row["photograph"] = piece.photograph  # two of one answer are two rows
    if level in ("whole", "own"):
        return row | {"effect": piece.note if piece.part == "concerns" else ""}
    if level == "area":
        return row | {"text": piece.area} if piece.area else None
    if level in ("short", "route") and piece.weighs:
        least = min(piece.items, key=lambda code: 0 if getattr(table.items.get(code), level, "") else 1)
        said = getattr(table.items[least], level)
        if level == "route":
            return row | {"item": least, "text": said, "by": ""}
        return (
            {"item": least, "label": "In general", "text": said, "by": "", "effect": "", "code": ""} if said else None
        )
    return None


def _hidden(
    found: Sequence[Piece],
    closed: Sequence[tuple[Piece, str]],
    given: Sequence[tuple[Piece, str]],
    names: Mapping[str, str],
    known: Collection[str],
    cells: Mapping[str, Cell],
) -> set[str]:
    """Values that must stand in no text of the copy: what was typed of a closed matter, and whoever is not named to this reader."""
    shown = {_folded(piece.text) for piece, _ in given}
    values = {name for key, name in names.items() if key not in known}
    for piece, _ in closed:
        if piece.typed:
            values |= {piece.text, *piece.text.split(", ")} if piece.area else {piece.text}
        if piece.items[0] == "lead":
            values |= {*piece.text.split(", "), piece.by}
    folded = {_folded(v) for v in values if _SHORTEST <= len(v.strip()) <= _LONGEST}
    return {v for v in folded if v and v not in shown}


def _folded(said: str) -> str:
    return " ".join(said.casefold().split())


def _tells(
    piece: Piece,
    row: Mapping[str, str],
    telling: Mapping[str, str],
    hidden: Collection[str],
    keys: Collection[str],
    cells: Mapping[str, Cell],
) -> bool:
    """Does a text name what this reader is not given?"""
    said = _folded(" ".join((row["label"], row["text"], row["by"])))
    if any(value in said for value in hidden):
        return True
    for word, item in telling.items():
        own = cells[item].level == "own" and _is_theirs(piece, keys, "own")
        if word in said and not own and item not in piece.items:
            return True
    addresses = cells.get("placement_address", CLOSED).level == "whole" and cells.get("present_address", CLOSED).level == "whole"  # fmt: skip
    return piece.typed and not piece.area and not addresses and bool(_POSTCODE.search(row["text"]))


def _called(about: str, names: Mapping[str, str], known: Collection[str]) -> str:
    if not about or about == "?":
        return ""
    return names.get(about, "") if about in known else "One of the household"


def _withheld(
    table: Table,
    found: Sequence[Piece],
    cells: Mapping[str, Cell],
    keys: Collection[str],
    held: Mapping[str, list[str]],
) -> list[Withheld]:
    """Each matter that this record says something of and this reader is not given whole."""
    listed = []
    for code, item in table.items.items():
        mine = [piece for piece in found if code in piece.items]
        if not mine:
            continue
        alone = [_level(piece._replace(items=(code,)), cells, keys) for piece in mine]
        told = held.get(code, [])
        if not told and all(level in ("whole", "own") for level in alone):
            continue
        lowest = min(alone, key=LEVELS.index)
        level = cells[code].level if cells[code].level in ("short", "area", "route") else lowest
        listed.append(
            Withheld(
                item=code,
                says=item.says,
                why=item.why,
                level=level,
                may_open=cells[code].may_open,
                held=tuple(dict.fromkeys(told)),
            )
        )
    return listed


def everybody(record: Mapping[str, Any]) -> dict[str, str]:
    """What each person of a record is called, by key."""
    found = {m["key"]: m["name"] for m in record["case_file"]["household"]["members"]}
    return found | {c["key"]: c["name"] for c in record["children"]}


def words_of(level: str) -> str:
    """What a level means to whoever looks at a preview."""
    return {
        "none": "nothing of it",
        "route": "how to reach them, no address",
        "area": "the area, no address",
        "short": "one general sentence",
        "own": "only what is theirs",
        "owned": "only what is asked of them",
        "whole": "except what names something else they are not given",
    }.get(level, label(level))
