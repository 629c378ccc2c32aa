"""Locations registered with the Care Quality Commission: maternity, substance misuse, hospitals. No coordinates, no hours.

What a location gives stands in its service types. Its specialisms say who is cared for, and which activities it is registered for:
a care home that takes people who drink is no treatment service, and nearly every GP practice is registered for maternity.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.places.directory.vocabulary import meaning
from app.places.files import RowProblem

from .days import dated, day_in
from .found import Found, Problems, is_refuge, named_rows, the_csv

_COLUMNS = {
    "name": r"name",
    "address": r"address",
    "postcode": r"postcode",
    "telephone": r"phone number",
    "types": r"service types",
    "special": r"specialisms/services",
    "checked": r"date of latest check",
    "opened": r"(location )?hsca start date",
    "closed": r"(location )?hsca end date|deregistration date",
    "ref": r"cqc location id.*",
}
_OPTIONAL = ("telephone", "special", "checked", "opened", "closed")


def read(path: Path, problems: Problems) -> Iterator[Found]:
    member = the_csv(path, r".*cqc.*directory.*\.csv", r".*\.csv")
    for line, row in named_rows(path, member, _COLUMNS, _OPTIONAL, problems, "Name"):
        kinds = _kinds(row["types"], row["special"], problems)
        if not kinds:
            continue  # most of the directory is care homes and dentists
        if not row["ref"]:
            problems.append(RowProblem(line, f"{row['name'][:60]} has no CQC location ID. It was left out."))
            continue
        if is_refuge(row["name"], row["types"]):
            problems.append(RowProblem(line, "This looks like a refuge. Refuges never enter the directory."))
            continue
        status, opens_on, closes_on = dated("open", row["opened"], row["closed"], line, problems)
        for kind in kinds:
            yield Found(
                line=line,
                ref=f"{row['ref']}/{kind}",
                kind=kind,
                name=row["name"],
                address=row["address"],
                postcode=row["postcode"],
                telephone=row["telephone"],
                checked_on=day_in(row["checked"]),
                status=status,
                opens_on=opens_on,
                closes_on=closes_on,
            )


def _kinds(types: str, special: str, problems: Problems) -> list[str]:
    """The kinds a location is, from what it gives; every word that no table has is counted."""
    given = [meaning("cqc.service_types", said, problems) for said in types.split("|")]
    registered = [meaning("cqc.specialisms", said, problems) for said in special.split("|")]
    kinds = dict.fromkeys(kind for kind in given if kind)
    if "hospital" in kinds:
        kinds |= dict.fromkeys(kind for kind in registered if kind)
    return list(kinds)
