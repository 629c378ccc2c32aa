"""Pharmacies with their opening hours: the NHSBSA consolidated pharmaceutical list.

Appliance contractors are on it and give no medicines; a pharmacy that only sends parcels, where a list tells it, has no counter for a
daily dose. Neither is a pharmacy here. The list of 2026 tells only appliance contractors: that is said where pharmacies are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from app.places.directory.vocabulary import meaning
from app.places.files import RowProblem

from .days import dated
from .found import Found, Problems, named_rows, the_csv
from .hours import DAYS, by_day
from .written import named

_COLUMNS = {
    "ref": r"pharmacy_ods_code_*\(?f[_-]code_*\)?|ods_code|pharmacy_ods_code",
    "name": r"pharmacy_trading_name",
    "organisation": r"organisation_name",
    "line_1": r"address_field_?1",
    "line_2": r"address_field_?2",
    "line_3": r"address_field_?3",
    "line_4": r"address_field_?4",
    "postcode": r"post_?code",
    "contract": r"contract_type",
    "opened": r"(contract_)?(start|open|opening)_date",
    "closed": r"(contract_)?(end|close|closing|closure)_date",
    **{day: rf"(pharmacy_)?opening_hours_{day}[a-z]*|{day}[a-z]*(_opening_hours)?" for day in DAYS},
}
_OPTIONAL = ("organisation", "line_1", "line_2", "line_3", "line_4", "contract", "opened", "closed", *DAYS)


def read(path: Path, problems: Problems) -> Iterator[Found]:
    member = the_csv(path, r"consol.*pharm.*\.csv", r".*\.csv")
    for line, row in named_rows(path, member, _COLUMNS, _OPTIONAL, problems):
        ref = row["ref"].upper()
        if not re.fullmatch(r"[A-Z0-9]{3,8}", ref):
            problems.append(RowProblem(line, f"“{ref[:12]}” is not an ODS code."))
            continue
        contract = meaning("nhsbsa.contracts", row["contract"], problems)
        if row["contract"] and contract == "":
            continue
        # A contract that nobody knows may be no counter at all: it is kept, and not called open.
        said = "open" if contract is not None else "unconfirmed"
        status, opens_on, closes_on = dated(said, row["opened"], row["closed"], line, problems)
        hours = by_day({day: row[day] for day in DAYS})
        if hours.week is None and all(row[day] for day in DAYS):
            problems.append(
                RowProblem(line, f"{ref}: its hours are not certain, so they are not known. They are shown as written.")
            )
        yield Found(
            line=line,
            ref=ref,
            kind="pharmacy",
            name=named(row["name"] or row["organisation"]),
            address=", ".join(named(row[f"line_{n}"]) for n in range(1, 5) if row[f"line_{n}"]),
            postcode=row["postcode"],
            status=status,
            hours=hours.week,
            hours_said=hours.said,
            opens_on=opens_on,
            closes_on=closes_on,
        )
