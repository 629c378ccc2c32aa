"""Locations registered with the Care Quality Commission: maternity, substance misuse, hospitals. No coordinates, no hours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.places.files import RowProblem

from .found import Found, Problems, day_of, is_refuge, named_rows, the_csv

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
    ("accident and emergency", "emergency_department"),
    ("hospital", "hospital"),
)


def read(path: Path, problems: Problems) -> Iterator[Found]:
    member = the_csv(path, r"cqc.*directory.*\.csv$|\.csv$")
    for line, row in named_rows(path, member, _COLUMNS, ("telephone", "special", "checked"), problems, "Name"):
        types = [part.strip().casefold() for part in f"{row['types']}|{row['special']}".split("|") if part.strip()]
        kinds = dict.fromkeys(kind for word, kind in _KINDS for said in types if word in said)
        if not kinds or not row["ref"]:
            continue  # most of the directory is care homes and dentists
        if is_refuge(row["name"], row["types"]):
            problems.append(RowProblem(line, "This looks like a refuge. Refuges never enter the directory."))
            continue
        for kind in kinds:
            yield Found(
                line=line,
                ref=f"{row['ref']}/{kind}",
                kind=kind,
                name=row["name"],
                address=row["address"],
                postcode=row["postcode"],
                telephone=row["telephone"],
                checked_on=day_of(row["checked"].split(" - ")[0], "%d/%b/%Y", "%d/%m/%Y"),
            )
