"""Pharmacies with their opening hours: the NHSBSA consolidated pharmaceutical list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.places.files import RowProblem

from .found import DAYS, Found, Problems, named, named_rows, spoken_hours, the_csv

_COLUMNS = {
    "ref": r"pharmacy_ods_code_f_code|ods_code|pharmacy_ods_code",
    "name": r"pharmacy_trading_name",
    "organisation": r"organisation_name",
    "line_1": r"address_field_?1",
    "line_2": r"address_field_?2",
    "line_3": r"address_field_?3",
    "line_4": r"address_field_?4",
    "postcode": r"post_?code",
    "contract": r"contract_type",
    **{day: rf"(pharmacy_)?opening_hours_{day}[a-z]*|{day}[a-z]*(_opening_hours)?" for day in DAYS},
}
_OPTIONAL = ("organisation", "line_1", "line_2", "line_3", "line_4", "contract", *DAYS)


def read(path: Path, problems: Problems) -> Iterator[Found]:
    member = the_csv(path, r"consol.*pharm.*\.csv$|\.csv$")
    for line, row in named_rows(path, member, _COLUMNS, _OPTIONAL, problems):
        ref = row["ref"].upper()
        if not re.fullmatch(r"[A-Z0-9]{3,8}", ref):
            problems.append(RowProblem(line, f"“{ref[:12]}” is not an ODS code."))
            continue
        yield Found(
            line=line,
            ref=ref,
            kind="pharmacy",
            name=named(row["name"] or row["organisation"]),
            address=", ".join(named(row[f"line_{n}"]) for n in range(1, 5) if row[f"line_{n}"]),
            postcode=row["postcode"],
            hours=_hours({day: row[day] for day in DAYS}),
        )


def _hours(said: Mapping[str, str]) -> tuple[Mapping[str, str], ...] | None:
    """Spans a day; None where a day is missing or cannot be read: then nobody knows when it is shut."""
    found: list[Mapping[str, str]] = []
    if len(said) < len(DAYS):
        return None
    for day, text in said.items():
        spans = spoken_hours(text)
        if not spans and text.strip().casefold() not in ("closed", "shut", "00:00-00:00"):
            return None
        found += [{"day": day, "opens": a, "closes": b} for a, b in spans if a != b]
    return tuple(found)
