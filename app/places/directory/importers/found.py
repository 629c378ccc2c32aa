"""One service as a file tells it, and what a reader is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, NamedTuple

from app.places import files
from app.places.files import FileProblem, RowProblem
from app.places.files import Problems as Problems
from app.places.rows import rows_of
from app.suitability.casefile.spelling import folded

from .hours import DAYS as DAYS

# Kinds of the directory and what they are called. Those a family uses are named as in the case file.
KINDS = {
    "school": "School",
    "nursery": "Nursery",
    "gp": "GP practice",
    "pharmacy": "Pharmacy",
    "health_visiting": "Health visiting base",
    "family_hub": "Family hub",
    "midwifery": "Maternity and midwifery",
    "emergency_department": "Accident and emergency",
    "hospital": "Hospital",
    "drug_alcohol": "Drug and alcohol treatment",
    "mental_health": "Mental health service",
    "police": "Police station",
    "domestic_abuse": "Domestic abuse access point",
    "probation": "Probation office",
    "social_care": "Children’s services office",
    "supermarket": "Supermarket",
    "other": "Other service",
}
# Never a member of the directory, whatever a file calls it. Source: places.md 1.2; rulings.md 12.
_REFUGE = re.compile(r"\brefuges?\b|\bsafe ?houses?\b")


class Found(NamedTuple):
    """A service in a file. ``point`` is metres on the British National Grid, ``degrees`` latitude and longitude.

    ``offers`` says yes or no of what the file speaks of; ``hours`` is null where it does not tell, and ``hours_said`` are its words
    then. ``schedules`` are as a feed tells them, to be read on the day of use (directory/schedules.py). ``status`` is as the file has
    it; ``opens_on`` and ``closes_on`` are its first and last day.
    """

    line: int
    ref: str
    kind: str
    name: str
    address: str = ""
    postcode: str = ""
    point: tuple[float, float] | None = None
    degrees: tuple[float, float] | None = None
    uprn: str = ""
    status: str = "open"
    offers: Mapping[str, bool] = {}
    ages: tuple[int | None, int | None] | None = None
    hours: tuple[Mapping[str, str], ...] | None = None
    schedules: tuple[Mapping[str, str], ...] = ()
    telephone: str = ""
    checked_on: date | None = None
    successors: tuple[str, ...] = ()  # references of what took its place
    opens_on: date | None = None
    closes_on: date | None = None
    hours_said: str = ""
    owner: str = ""  # who keeps this entry; the list’s own where it does not say


Reader = Callable[[Path, Problems], Iterator[Found]]


def is_refuge(*said: str) -> bool:
    """Does a declared type or a name say that this is a refuge?"""
    return any(_REFUGE.search(folded(text)) for text in said if _may_be_a_refuge(text))


def _may_be_a_refuge(text: str) -> bool:
    """Could the folded text hold one of the words? Of plain letters it holds none that is not there, apostrophes left out."""
    if not text.isascii():
        return True
    bare = text.lower().replace("'", "").replace("`", "")
    return "refuge" in bare or "safe" in bare


def day_of(text: str, *shapes: str) -> date | None:
    """A day in one of several shapes; None where there is none."""
    for shape in shapes:
        try:
            return datetime.strptime(text.strip(), shape).date()  # noqa: DTZ007 (a day, not a moment)
        except ValueError:
            continue
    return None


def number_of(text: str) -> float | None:
    """A number; None where there is none, or one that is no quantity, such as “nan” or “1e999”."""
    try:
        found = float(text.strip()) if text.strip() else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None


def the_csv(path: Path, *patterns: str, largest: int = 600_000_000) -> str:
    """The one file of that name in a zip, or the file itself.

    Args:
        patterns: of the whole name without its folders; the first that fits one file decides.
    Raises:
        FileProblem: there is none, or more than one; those are named.
    """
    inside = files.members(path, largest)
    if len(inside) == 1:
        return inside[0]
    for pattern in patterns:
        found = [m for m in inside if re.fullmatch(pattern, m.rsplit("/", 1)[-1], re.I)]
        if len(found) == 1:
            return found[0]
        if found:
            named = " and ".join(found[:4])
            raise FileProblem(f"{path.name} holds {len(found)} files like the one that is wanted: {named}. Keep one.")
    raise FileProblem(f"{path.name} holds no file like the one that is wanted.")


def with_header(
    stream: IO[str], name: str, first_cell: str, problems: Problems, most: int = 12
) -> Iterator[tuple[int, list[str]]]:
    """Rows from the header on; the header is the row whose first cell is ``first_cell``, wherever it is.

    Raises:
        FileProblem: no such row among the first ones.
    """
    lines = rows_of(stream, name, problems)
    for at, (line, row) in enumerate(lines):
        if row and row[0].replace("\ufeff", "").strip().casefold() == first_cell.casefold():
            yield line, row
            yield from lines
            return
        if at >= most:
            break
    raise FileProblem(f"{name}: no header was found. Its first cell should be “{first_cell}”.")


def named_rows(
    path: Path,
    member: str,
    wanted: Mapping[str, str],
    optional: Sequence[str],
    problems: Problems,
    first_cell: str = "",
) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows as their cells by our names, stripped; empty where a column is not there. A short row is named and left out.

    Args:
        first_cell: how the header begins, where lines stand before it; else the first line is the header.
    """
    stream, _ = files.text_of(path, member)
    with stream:
        lines = with_header(stream, member, first_cell, problems) if first_cell else rows_of(stream, member, problems)
        _, header = next(lines, (0, []))
        at = files.columns(header, wanted, member, optional)
        for line, row in lines:
            if not any(row):
                continue
            if len(row) < len(header):
                problems.append(RowProblem(line, f"This row has {len(row)} cells instead of {len(header)}."))
                continue
            yield line, {name: row[at[name]].strip() if name in at else "" for name in wanted}
