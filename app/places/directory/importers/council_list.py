"""The council's own list, for what no national file has: one simple CSV with an owner and a day for each entry.

kind,name,address,postcode,services,hours,phone,ref,checked_on,owner
pharmacy,Invented Pharmacy,1 High Street,B1 1BB,supervised_consumption=yes;needle_exchange=no,mon-fri 09:00-18:00; sat 09:00-13:00,,FXX01,2026-11-01,public health
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from app.clocks import today
from app.places import files
from app.places.files import RowProblem
from app.places.rows import rows_of

from .days import dated, day_in
from .found import KINDS, Found, Problems, is_refuge, number_of
from .hours import Hours, weekly

_COLUMNS = {
    "kind": r"kind|type",
    "name": r"name",
    "address": r"address",
    "postcode": r"postcode",
    "uprn": r"uprn",
    "easting": r"easting",
    "northing": r"northing",
    "services": r"services|offers",
    "hours": r"hours|opening_hours|opens_hours",
    "opened": r"opens_on|open_from|opening_date",
    "closed": r"closes_on|closed_on|open_until|closing_date",
    "telephone": r"phone|telephone",
    "ref": r"ref|source_ref",
    "checked": r"checked_on|last_checked",
    "owner": r"owner|kept_by",
}
# What rules and officers look for; a word close to one of these is taken for a slip.
OFFERS = (
    "supervised_consumption",
    "needle_exchange",
    "naloxone",
    "health_visiting",
    "midwifery_led_unit",
    "ed_24h",
    "ed_children",
    "nursery_classes",
)
_OPTIONAL = (
    "address",
    "uprn",
    "easting",
    "northing",
    "services",
    "hours",
    "opened",
    "closed",
    "telephone",
    "ref",
    "owner",
)
_YES, _NO, _UNKNOWN = ("yes", "y", "true"), ("no", "n", "false"), ("unknown", "not known", "?", "")


def read(path: Path, problems: Problems) -> Iterator[Found]:
    stream, _ = files.text_of(path)
    with stream:
        lines = rows_of(stream, path.name, problems)
        _, header = next(lines, (0, []))
        at = files.columns(header, _COLUMNS, path.name, _OPTIONAL)
        for line, row in lines:
            if not any(row):
                continue
            row += [""] * (len(header) - len(row))

            def cell(name: str, row: list[str] = row) -> str:
                return row[at[name]].strip() if name in at else ""

            kind = cell("kind").casefold().replace(" ", "_").replace("-", "_")
            if is_refuge(kind, cell("name")):
                problems.append(RowProblem(line, "This is a refuge. Refuges never enter the directory."))
                continue
            if kind not in KINDS:
                near = get_close_matches(kind, KINDS, n=1)
                problems.append(
                    RowProblem(
                        line,
                        f"“{kind[:30]}” is not a kind of service." + (f" Did you mean “{near[0]}”?" if near else ""),
                    )
                )
                continue
            if not cell("name"):
                problems.append(RowProblem(line, "A service needs a name."))
                continue
            checked = day_in(cell("checked"))
            if checked is None:
                problems.append(
                    RowProblem(
                        line, f"“{cell('checked')[:12]}” does not say when it was last checked. Write 2026-11-01."
                    )
                )
                continue
            if checked > today():
                problems.append(
                    RowProblem(line, f"It was last checked on {checked.isoformat()}, which is still to come.")
                )
                continue
            status, opens_on, closes_on = dated("open", cell("opened"), cell("closed"), line, problems)
            hours = weekly(cell("hours")) if cell("hours") else Hours(None)
            if cell("hours") and hours.week is None:
                problems.append(
                    RowProblem(
                        line,
                        "The hours cannot be read, so they are not known. Write mon-fri 09:00-18:00; sat 09:00-13:00.",
                    )
                )
            offers, wrong = _offers(cell("services"))
            problems += [
                RowProblem(line, f"“{word[:30]}” is neither yes, no nor unknown. Write supervised_consumption=yes.")
                for word in wrong
            ]
            easting, northing = number_of(cell("easting")), number_of(cell("northing"))
            if (cell("easting") or cell("northing")) and not (easting and northing):
                problems.append(
                    RowProblem(line, "Easting and northing are two numbers in metres; the point was not taken.")
                )
            problems += [
                RowProblem(line, f"“{name[:30]}” is not an offer that is known. Did you mean “{near[0]}”?")
                for name in offers
                if name not in OFFERS and (near := get_close_matches(name, OFFERS, n=1, cutoff=0.8))
            ]
            offers = {n: said for n, said in offers.items() if n in OFFERS or not get_close_matches(n, OFFERS, 1, 0.8)}
            yield Found(
                line=line,
                ref=cell("ref") or f"{kind}/{cell('name').casefold()}/{cell('postcode').upper()}",
                kind=kind,
                name=cell("name"),
                address=cell("address"),
                postcode=cell("postcode"),
                point=(easting, northing) if easting and northing else None,
                uprn=cell("uprn"),
                offers=offers,
                hours=hours.week,
                hours_said=hours.said,
                status=status,
                opens_on=opens_on,
                closes_on=closes_on,
                telephone=cell("telephone"),
                checked_on=checked,
                owner=cell("owner"),
            )


def _offers(text: str) -> tuple[dict[str, bool], list[str]]:
    found, wrong = {}, []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        name, _, said = part.partition("=")
        name, said = name.strip().casefold().replace(" ", "_"), said.strip().casefold()
        if said in _YES or (said in _NO):
            found[name] = said in _YES
        elif said not in _UNKNOWN or "=" not in part:
            wrong.append(part)
    return found, wrong
