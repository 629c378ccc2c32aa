"""Units from a CSV of a housing system: read row by row, held against the register, and said before anything is written.

Whatever is wrong with a row is said with its line and column. What the file holds is the word of the housing system: it takes nothing
away that an officer saw, a document shows or a provider declared, and a cell that is empty or “unknown” says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.places import files
from app.places.directory.importers.found import is_refuge, named_rows
from app.places.files import FileProblem, Problems
from app.places.postcodes import postcode as postcodes
from app.suitability.casefile import wording
from app.suitability.casefile.spelling import folded
from app.suitability.casefile.values import one_line
from forms import property_words as words

MOST_ROWS, LARGEST = 200_000, 200_000_000  # rows, and bytes unpacked
LONGEST_ADDRESS, LONGEST_DOOR, LONGEST_REF = 200, 60, 60
COLUMNS = {
    "ref": r"ref|reference|unit[ _]?ref|property[ _]?ref(erence)?|uprn[ _]?local",
    "door": r"door|flat|room|unit|unit[ _]?name",
    "address": r"address|building|property[ _]?address",
    "postcode": r"post ?code",
    "uprn": r"uprn",
    "kind": r"kind|type|property[ _]?type",
    "self_contained": r"self[ _-]?contained",
    "shares": r"shares|shared|shared[ _]?with[ _]?others",
    "cooking_provided": r"cooking([ _]?provided)?",
    "shared_building": r"shared[ _]?building",
    "hmo": r"hmo",
    "floor": r"floor",
    "storeys": r"storeys",
    "lift": r"lift",
    "staffing": r"staff(ing)?",
    "owner": r"owner",
    "manager": r"manager",
    "private_dwelling": r"private[ _]?dwelling",
    "gas": r"gas",
}
_OPTIONAL = tuple(name for name in COLUMNS if name not in ("address", "postcode"))
_YES, _NO, _UNKNOWN = (
    frozenset({"yes", "y", "true", "1"}),
    frozenset({"no", "n", "false", "0"}),
    frozenset({"", "unknown", "not known", "n/k", "?"}),
)
_WORDS = {"kind": wording.UNIT, "staffing": wording.STAFFING, "owner": wording.OWNER, "manager": wording.OWNER}
# By a code or its words, in small letters: a file has either.
_CHOICES = {
    name: {c.replace("_", " "): c for c in said} | {w.casefold(): c for c, w in said.items()}
    for name, said in _WORDS.items()
}
_PARTS = {code: code for code in wording.SHARED} | {w.casefold(): c for c, w in wording.SHARED.items()}
_BOUNDS = {"floor": (-5, 100), "storeys": (1, 10)}
_DOOR = re.compile(r"(flat|room|unit|apartment|studio|bedsit)\b", re.I)
_GROUND = frozenset({"ground", "g", "gf", "ground floor"})


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row that can be taken: what is kept of it."""

    line: int
    ref: str
    door: str
    address: str
    postcode: str
    uprn: str
    facts: Mapping[str, Any]

    @property
    def place(self) -> tuple[str, str, str]:
        """By what a unit is found: its building, postcode and door, folded."""
        return folded(self.address), self.postcode, folded(self.door)


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A row that cannot be taken: its line, the column, and why."""

    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        where = f", column “{self.column}”" if self.column else ""
        return f"Line {self.line:,}{where}: {self.sentence}"


@dataclass(kw_only=True)
class Read:
    """A file as it was read."""

    rows: list[Row] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


class _Cannot(ValueError):
    def __init__(self, column: str, sentence: str) -> None:
        self.column, self.sentence = column, sentence
        super().__init__(sentence)


def read(path: Path, is_protected: Callable[[str], bool]) -> Read:
    """Every row of a file.

    Args:
        is_protected: says of a piece of text whether it holds the postcode of a refuge.
    Raises:
        FileProblem: it cannot be read as a table at all.
    """
    inside = files.members(path, LARGEST)
    if len(inside) != 1:
        raise FileProblem(f"{path.name} holds {len(inside)} files. Give the one with the units.")
    problems = Problems()
    found, places, refs = Read(), dict[tuple[str, str, str], int](), dict[str, int]()
    # A short row is named by the reader itself, among its problems.
    for number, (line, cells) in enumerate(named_rows(path, inside[0], COLUMNS, _OPTIONAL, problems)):
        if number >= MOST_ROWS:
            raise FileProblem(f"{path.name} has more than {MOST_ROWS:,} rows. Give it in parts.")
        try:
            row = _row(line, cells, is_protected)
            _once(row, places, refs)
        except _Cannot as cannot:
            found.wrong.append(Wrong(line=line, column=cannot.column, sentence=cannot.sentence))
        else:
            found.rows.append(row)
    found.wrong += [Wrong(line=p.line, column="", sentence=p.sentence) for p in problems]
    found.wrong.sort(key=lambda w: w.line)
    return found


def _once(row: Row, places: dict[tuple[str, str, str], int], refs: dict[str, int]) -> None:
    """The same unit or number twice in a file is a question, not the last word of the two."""
    if row.ref and (before := refs.setdefault(row.ref, row.line)) != row.line:
        raise _Cannot("ref", f"“{row.ref}” stands in line {before:,} already.")
    if (before := places.setdefault(row.place, row.line)) != row.line:
        raise _Cannot("door", f"This unit stands in line {before:,} already.")


def _row(line: int, cells: Mapping[str, str], is_protected: Callable[[str], bool]) -> Row:
    cells = {name: one_line(cell) if cell else "" for name, cell in cells.items()}
    if cells["kind"].casefold() == "refuge" or is_refuge(cells["address"], cells["door"]):
        raise _Cannot("address", "This looks like a refuge. Refuges never enter this register.")
    if is_protected(f"{cells['door']}, {cells['address']}, {cells['postcode']}"):
        raise _Cannot("address", "This address is not for this register.")
    door, address = cells["door"], cells["address"]
    if not door and _DOOR.match(address) and "," in address:
        door, _, address = (part.strip() for part in address.partition(","))
    if not folded(address):
        raise _Cannot("address", "A unit needs an address.")
    for column, said, longest in (
        ("address", address, LONGEST_ADDRESS),
        ("door", door, LONGEST_DOOR),
        ("ref", cells["ref"], LONGEST_REF),
    ):
        if len(said) > longest:
            raise _Cannot(column, f"It has {len(said)} characters. {longest} is the most.")
    try:
        code = postcodes.display(postcodes.normalise(cells["postcode"]))
    except postcodes.NotAPostcode as problem:
        said = str(problem) if cells["postcode"] else "A unit needs a postcode."
        raise _Cannot("postcode", said) from None
    if cells["uprn"] and not re.fullmatch(r"[0-9]{1,12}", cells["uprn"]):
        raise _Cannot("uprn", f"“{cells['uprn'][:20]}” is no UPRN: up to 12 figures.")
    return Row(
        line=line,
        ref=cells["ref"],
        door=door,
        address=address,
        postcode=code,
        uprn=cells["uprn"],
        facts=dict(_facts(cells)),
    )


def _facts(cells: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """What the cells say; an empty one says nothing."""
    for name in words.FACT:
        said = cells[name]
        if said.casefold() in _UNKNOWN:
            continue
        yield name, _fact(name, said)


def _fact(name: str, said: str) -> Any:
    plain = said.casefold()
    if name in _CHOICES:
        if (code := _CHOICES[name].get(plain.replace("_", " "))) is None:
            raise _Cannot(name, f"“{said[:40]}” is none of: {', '.join(_WORDS[name].values())}.")
        return code
    if name == "shares":
        return _shared(said)
    if name in _BOUNDS:
        return _number(name, said)
    if plain in _YES or plain in _NO:
        return plain in _YES
    raise _Cannot(name, f"“{said[:40]}” is neither yes, no nor unknown.")


def _shared(said: str) -> list[str]:
    if said.casefold() in _NO | {"none", "nothing"}:
        return []
    found = []
    for part in filter(None, (p.strip().casefold() for p in re.split(r"[;/|]", said))):
        if part not in _PARTS:
            raise _Cannot(
                "shares", f"“{part[:40]}” is none of: {', '.join(wording.SHARED.values())}, or none. Part them by “;”."
            )
        found.append(_PARTS[part])
    return list(dict.fromkeys(found))


def _number(name: str, said: str) -> int:
    least, most = _BOUNDS[name]
    if name == "floor" and said.casefold() in _GROUND:
        return 0
    if not re.fullmatch(r"-?[0-9]{1,3}", said) or not least <= int(said) <= most:
        raise _Cannot(name, f"“{said[:20]}” is no whole number from {least} to {most}.")
    return int(said)


def in_lines(wrong: Iterable[Wrong], most: int) -> list[str]:
    """The first of what is wrong, in sentences, and how many more there are."""
    listed = list(wrong)
    more = len(listed) - most
    return [*map(str, listed[:most]), *([f"And {more:,} more rows."] if more > 0 else [])]
