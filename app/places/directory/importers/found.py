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
from app.suitability.casefile.spelling import folded

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
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Never a member of the directory, whatever a file calls it. Source: places.md 1.2; rulings.md 12.
_REFUGE = re.compile(r"\brefuges?\b|\bsafe ?houses?\b")


class Found(NamedTuple):
    """A service in a file. ``point`` is metres on the British National Grid, ``degrees`` latitude and longitude.

    ``offers`` says yes or no of what the file speaks of; ``hours`` is null where it does not tell. ``schedules`` are as a feed tells
    them, to be read on the day of use (directory/schedules.py).
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
    successor: str = ""
    owner: str = ""  # who keeps this entry; the list’s own where it does not say


Reader = Callable[[Path, Problems], Iterator[Found]]


def is_refuge(*said: str) -> bool:
    """Does a declared type or a name say that this is a refuge?"""
    return any(_REFUGE.search(folded(text)) for text in said if text)


def day_of(text: str, *shapes: str) -> date | None:
    """A day in one of several shapes; None where there is none."""
    for shape in shapes:
        try:
            return datetime.strptime(text.strip(), shape).date()  # noqa: DTZ007 (a day, not a moment)
        except ValueError:
            continue
    return None


def named(text: str) -> str:
    """A name or address written in capitals, as it is said: “King’s” with a small s."""
    said = " ".join(text.split())
    return re.sub(r"(?<=[’'])S\b", "s", said.title()) if said.isupper() else said


def number_of(text: str) -> float | None:
    """A number; None where there is none, or one that is no quantity, such as “nan” or “1e999”."""
    try:
        found = float(text.strip()) if text.strip() else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None


def the_csv(path: Path, pattern: str, largest: int = 600_000_000) -> str:
    """The one file of that name in a zip, or the file itself.

    Raises:
        FileProblem: there is none, or more than one.
    """
    inside = files.members(path, largest)
    if len(inside) == 1:
        return inside[0]
    found = [m for m in inside if re.search(pattern, m, re.I)]
    if len(found) != 1:
        raise FileProblem(f"{path.name} holds {len(found) or 'no'} files like the one that is wanted.")
    return found[0]


def with_header(stream: IO[str], name: str, first_cell: str, most: int = 12) -> Iterator[tuple[int, list[str]]]:
    """Rows from the header on; the header is the row whose first cell is ``first_cell``, wherever it is.

    Raises:
        FileProblem: no such row among the first ones.
    """
    lines = files.rows_of(stream, name)
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
        lines = with_header(stream, member, first_cell) if first_cell else files.rows_of(stream, member)
        _, header = next(lines, (0, []))
        at = files.columns(header, wanted, member, optional)
        for line, row in lines:
            if not any(row):
                continue
            if len(row) < len(header):
                problems.append(RowProblem(line, f"This row has {len(row)} cells instead of {len(header)}."))
                continue
            yield line, {name: row[at[name]].strip() if name in at else "" for name in wanted}


def spoken_hours(text: str) -> list[tuple[str, str]]:
    """Spans such as "09:00-13:00,14:00-18:00" as pairs; empty where it says closed or nothing that can be read."""
    return [
        (f"{int(a):02d}:{b}", f"{int(c):02d}:{d}")
        for a, b, c, d in re.findall(r"(\d{1,2})[:.](\d\d)\s*(?:-|–|to)\s*(\d{1,2})[:.](\d\d)", text)
        if int(a) < 24 and int(c) <= 24 and int(b) < 60 and int(d) < 60
    ]
