"""GP practices and pharmacies: NHS ODS ``epraccur`` and ``edispensary``. No header, 27 columns, no coordinates.

Only prescribing setting 4 is a GP practice: the rest are hospitals, prisons, drug teams and other cost centres. Drug and
alcohol services among them are candidates for a person to confirm, never taken as front doors. Source: places.md 1.2 and 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from app.places import files
from app.places.files import FileProblem, RowProblem

from .found import Found, Problems, named, the_csv

_CELLS = 27
_STATUS = {"A": "open", "C": "closed", "D": "closed", "P": "unconfirmed"}
_GP, _PHARMACY = "4", "1"


def read_gp(path: Path, problems: Problems) -> Iterator[Found]:
    for line, row in _rows(path, r"epraccur\.csv$", problems):
        if row[25].strip() == _GP:
            yield _found(line, row, "gp")


def read_pharmacies(path: Path, problems: Problems) -> Iterator[Found]:
    for line, row in _rows(path, r"edispensary\.csv$", problems):
        if row[13].strip() == _PHARMACY:
            yield _found(line, row, "pharmacy")


def _rows(path: Path, pattern: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    member = the_csv(path, pattern)
    stream, _ = files.text_of(path, member)
    with stream:
        first = True
        for line, row in files.rows_of(stream, member):
            if not any(row):
                continue
            if first and (len(row) != _CELLS or not re.fullmatch(r"[A-Z0-9]{3,8}", row[0].strip())):
                raise FileProblem(f"{member} is not an ODS file: it should have {_CELLS} columns and no header.")
            first = False
            if len(row) != _CELLS:
                problems.append(RowProblem(line, f"This row has {len(row)} cells instead of {_CELLS}."))
            elif row[12].strip() not in _STATUS:
                problems.append(RowProblem(line, f"“{row[12][:4]}” is no status of ODS."))
            else:
                yield line, row


def _found(line: int, row: list[str], kind: str) -> Found:
    return Found(
        line=line,
        ref=row[0].strip(),
        kind=kind,
        name=named(row[1]),
        address=", ".join(named(cell) for cell in row[4:9] if cell.strip()),
        postcode=row[9].strip(),
        status=_STATUS[row[12].strip()],
        telephone=row[17].strip(),
    )
