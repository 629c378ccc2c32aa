"""Schools and nursery schools: the register Get Information about Schools, and its file of links.

The file is Windows-1252 and its columns come and go: everything is read by name. Heads' names are personal data and never
read. Source: places.md 1.2; places-measured.md 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.places import files
from app.places.files import FileProblem, RowProblem

from .found import Found, Problems, day_of, named_rows, number_of, the_csv

_COLUMNS = {
    "urn": r"urn",
    "name": r"establishmentname",
    "status": r"establishmentstatus \(name\)",
    "phase": r"phaseofeducation \(name\)",
    "youngest": r"statutorylowage",
    "oldest": r"statutoryhighage",
    "street": r"street",
    "locality": r"locality",
    "town": r"town",
    "postcode": r"postcode",
    "easting": r"easting",
    "northing": r"northing",
    "uprn": r"uprn",
    "closed": r"closedate",
    "telephone": r"telephonenum",
    "nursery": r"nurseryprovision \(name\)",
}
_OPTIONAL = tuple(name for name in _COLUMNS if name not in ("urn", "name", "postcode"))
_STATUS = {
    "open": "open",
    "open, but proposed to close": "closing",
    "closed": "closed",
    "proposed to open": "unconfirmed",
}
_LINKS = {"urn": r"urn", "link": r"linkurn", "type": r"linktype"}


def read(path: Path, problems: Problems) -> Iterator[Found]:
    """Every school of the file, closed ones too: a child may still be named there."""
    member = the_csv(path, r"edubasealldata\d*\.csv$")
    successors = _links(path, problems)
    for line, row in named_rows(path, member, _COLUMNS, _OPTIONAL, problems, "URN"):
        urn, name = row["urn"], row["name"]
        if not urn.isdigit() or not name:
            problems.append(RowProblem(line, "A school needs a number (URN) and a name."))
            continue
        easting, northing = number_of(row["easting"]), number_of(row["northing"])
        low, high = number_of(row["youngest"]), number_of(row["oldest"])
        closed = day_of(row["closed"], "%d-%m-%Y", "%Y-%m-%d")
        nursery = row["phase"].casefold() == "nursery"
        yield Found(
            line=line,
            ref=urn,
            kind="nursery" if nursery else "school",
            name=name,
            address=", ".join(part for part in (row["street"], row["locality"], row["town"]) if part),
            postcode=row["postcode"],
            point=(easting, northing) if easting and northing else None,
            uprn=row["uprn"] if row["uprn"].isdigit() else "",
            status="closed"
            if closed
            else _STATUS.get(row["status"].casefold(), "open" if not row["status"] else "unconfirmed"),
            offers={"nursery_classes": True} if row["nursery"].casefold().startswith("has nursery") else {},
            ages=(None if low is None else int(low), None if high is None else int(high)) if low or high else None,
            telephone=row["telephone"],
            successor=successors.get(urn, ""),
        )


def _links(path: Path, problems: Problems) -> dict[str, str]:
    """The school that followed each closed one, from the links file in the zip or beside the file."""
    member = ""
    source = path
    inside = [m for m in files.members(path) if "links_edubase" in m.lower()]
    beside = sorted(path.parent.glob("links_edubasealldata*.csv"))
    if inside:
        member = inside[0]
    elif beside and path.name.startswith("edubasealldata"):
        source = beside[-1]
    else:
        return {}
    stream, _ = files.text_of(source, member)
    found: dict[str, str] = {}
    with stream:
        lines = files.rows_of(stream, source.name)
        _, header = next(lines, (0, []))
        try:
            at = files.columns(header, _LINKS, source.name)
        except FileProblem as problem:
            problems.append(RowProblem(0, f"The file of links was left out. {problem}"))
            return {}
        for _, row in lines:
            if len(row) > max(at.values()) and row[at["type"]].strip().casefold().startswith("successor"):
                found[row[at["urn"]].strip()] = row[at["link"]].strip()
    return found
