"""Locations registered with the Care Quality Commission: maternity, substance misuse, hospitals. No coordinates, no hours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.places import files
from app.places.files import RowProblem

from .found import Found, Problems, day_of, is_refuge, the_csv, with_header

_COLUMNS = {
    "name": r"name",
    "address": r"address",
    "postcode": r"postcode",
    "telephone": r"phone number",
    "types": r"service types",
    "special": r"specialisms/services",
    "checked": r"date of latest check",
    "ref": r"cqc location id.*",
}
# A piece of what a location calls itself, and the kind it is. Spellings are to be checked on a real file.
_KINDS = (
    ("maternity", "midwifery"),
    ("substance misuse", "drug_alcohol"),
    ("urgent", "emergency_department"),
    ("accident and emergency", "emergency_department"),
    ("hospital", "hospital"),
)


def read(path: Path, problems: Problems) -> Iterator[Found]:
    member = the_csv(path, r"cqc.*directory.*\.csv$|\.csv$")
    stream, _ = files.text_of(path, member)
    with stream:
        lines = with_header(stream, member, "Name")
        _, header = next(lines)
        at = files.columns(header, _COLUMNS, member, ("telephone", "special", "checked"))
        for line, row in lines:
            if not any(row):
                continue
            if len(row) < len(header):
                problems.append(RowProblem(line, f"This row has {len(row)} cells instead of {len(header)}."))
                continue

            def cell(name: str, row: list[str] = row) -> str:
                return row[at[name]].strip() if name in at else ""

            types = [
                part.strip().casefold() for part in f"{cell('types')}|{cell('special')}".split("|") if part.strip()
            ]
            kinds = dict.fromkeys(kind for word, kind in _KINDS for said in types if word in said)
            if not kinds or not cell("ref"):
                continue  # most of the directory is care homes and dentists
            if is_refuge(cell("name"), cell("types")):
                problems.append(RowProblem(line, "This looks like a refuge. Refuges never enter the directory."))
                continue
            for kind in kinds:
                yield Found(
                    line=line,
                    ref=f"{cell('ref')}/{kind}",
                    kind=kind,
                    name=cell("name"),
                    address=cell("address"),
                    postcode=cell("postcode"),
                    telephone=cell("telephone"),
                    checked_on=day_of(cell("checked").split(" - ")[0], "%d/%b/%Y", "%d/%m/%Y"),
                )
