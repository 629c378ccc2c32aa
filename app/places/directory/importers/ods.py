"""GP practices and pharmacies: NHS ODS ``epraccur`` and ``edispensary``. No header, 27 columns, no coordinates.

The quarterly files write letters and numbers, the reports that took their place words and the roles of the register, two of one
practice with a bar between them: both are read. Only a GP practice is one: the rest are hospitals, prisons, drug teams and other
cost centres. Drug and alcohol services among them are candidates for a person to confirm, never taken as front doors.
Source: places.md 1.2 and 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from app.places import files
from app.places.directory.vocabulary import meaning
from app.places.files import FileProblem, RowProblem
from app.places.rows import rows_of

from .days import dated
from .found import Found, Problems, the_csv
from .written import named

_CELLS = 27
_OPENED, _CLOSED, _STATUS, _DISPENSARY, _SETTING = 10, 11, 12, 13, 25


def read_gp(path: Path, problems: Problems) -> Iterator[Found]:
    for line, row in _rows(path, r"epraccur\.csv", problems):
        if "gp" in [meaning("ods.settings", said, problems) for said in row[_SETTING].split("|")]:
            yield from _found(line, row, "gp", problems)


def read_pharmacies(path: Path, problems: Problems) -> Iterator[Found]:
    for line, row in _rows(path, r"edispensary\.csv", problems):
        if meaning("ods.dispensaries", row[_DISPENSARY], problems) == "pharmacy":
            yield from _found(line, row, "pharmacy", problems)


def _rows(path: Path, pattern: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    member = the_csv(path, pattern)
    stream, _ = files.text_of(path, member)
    with stream:
        first = True
        for line, row in rows_of(stream, member, problems):
            if not any(row):
                continue
            if first and (len(row) != _CELLS or not re.fullmatch(r"[A-Z0-9]{3,8}", row[0].strip())):
                raise FileProblem(f"{member} is not an ODS file: it should have {_CELLS} columns and no header.")
            first = False
            if len(row) != _CELLS:
                problems.append(RowProblem(line, f"This row has {len(row)} cells instead of {_CELLS}."))
            else:
                yield line, row


def _found(line: int, row: list[str], kind: str, problems: Problems) -> Iterator[Found]:
    """The service of a row; none where its status is no status."""
    said = meaning("ods.status", row[_STATUS], problems)
    if not said:
        problems.append(RowProblem(line, f"“{row[_STATUS].strip()[:12]}” is no status of ODS."))
        return
    status, opens_on, closes_on = dated(said, row[_OPENED].strip(), row[_CLOSED].strip(), line, problems)
    yield Found(
        line=line,
        ref=row[0].strip(),
        kind=kind,
        name=named(row[1]),
        address=", ".join(named(cell) for cell in row[4:9] if cell.strip()),
        postcode=row[9].strip(),
        status=status,
        telephone=row[17].strip(),
        opens_on=opens_on,
        closes_on=closes_on,
    )
