"""Schools and nursery schools: the register Get Information about Schools, and its file of links.

The file is Windows-1252 and its columns come and go: everything is read by name. Heads' names are personal data and never
read. Source: places.md 1.2; places-measured.md 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.places import files
from app.places.directory.vocabulary import meaning
from app.places.files import FileProblem, RowProblem
from app.places.rows import rows_of

from .days import dated
from .found import Found, Problems, named_rows, number_of, the_csv

_COLUMNS = {
    "urn": r"urn",
    "name": r"establishmentname",
    "status": r"establishmentstatus \(name\)",
    "type": r"typeofestablishment \(name\)",
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
    "opened": r"opendate",
    "closed": r"closedate",
    "telephone": r"telephonenum",
    "nursery": r"nurseryprovision \(name\)",
}
_OPTIONAL = tuple(name for name in _COLUMNS if name not in ("urn", "name", "postcode"))
_LINKS = {"urn": r"urn", "link": r"linkurn", "type": r"linktype"}
Successors = dict[str, dict[str, None]]


def read(path: Path, problems: Problems) -> Iterator[Found]:
    """Every school of the file, closed ones too: a child may still be named there."""
    member = the_csv(path, r"edubasealldata\d*\.csv", r"edubase.*\.csv")
    successors = _links(path, problems)
    for line, row in named_rows(path, member, _COLUMNS, _OPTIONAL, problems, "URN"):
        urn, name = row["urn"], row["name"]
        if not urn.isdigit() or not name:
            problems.append(RowProblem(line, "A school needs a number (URN) and a name."))
            continue
        kind = _kind(row["type"], row["phase"], problems)
        if kind == "":
            continue  # a register of all establishments: secure units, schools overseas, providers with no door
        easting, northing = number_of(row["easting"]), number_of(row["northing"])
        low, high = number_of(row["youngest"]), number_of(row["oldest"])
        said = meaning("gias.status", row["status"], problems) or ("unconfirmed" if row["status"] else "open")
        status, opens_on, closes_on = dated(said, row["opened"], row["closed"], line, problems)
        yield Found(
            line=line,
            ref=urn,
            kind=kind,
            name=name,
            address=", ".join(part for part in (row["street"], row["locality"], row["town"]) if part),
            postcode=row["postcode"],
            point=(easting, northing) if easting and northing else None,
            uprn=row["uprn"] if row["uprn"].isdigit() else "",
            status=status,
            offers={"nursery_classes": True} if row["nursery"].casefold().startswith("has nursery") else {},
            ages=(None if low is None else int(low), None if high is None else int(high)) if low or high else None,
            telephone=row["telephone"],
            successors=tuple(successors.get(urn, ())),
            opens_on=opens_on,
            closes_on=closes_on,
        )


def _kind(type_: str, phase: str, problems: Problems) -> str:
    """School or nursery; empty for what is neither. A type or phase that nobody knows is counted, and stays a school of the register."""
    by_type = meaning("gias.types", type_, problems)
    by_phase = meaning("gias.phases", phase, problems)
    if type_ and by_type == "":
        return ""
    return "nursery" if "nursery" in (by_type, by_phase) else "school"


def _links(path: Path, problems: Problems) -> Successors:
    """The schools that followed each closed one, from the links file in the zip or beside the file; a split school has several."""
    member = ""
    source = path
    inside = [m for m in files.members(path) if "links_edubase" in m.lower()]
    beside = sorted(path.parent.glob("links_edubasealldata*.csv"))
    if inside and inside != [path.name]:
        member = inside[0]
    elif beside and path.name.startswith("edubasealldata"):
        source = beside[-1]
    else:
        return {}
    stream, _ = files.text_of(source, member)
    found: Successors = {}
    with stream:
        lines = rows_of(stream, source.name, problems)
        _, header = next(lines, (0, []))
        try:
            at = files.columns(header, _LINKS, source.name)
        except FileProblem as problem:
            problems.append(RowProblem(0, f"The file of links was left out. {problem}"))
            return {}
        for _, row in lines:
            if len(row) > max(at.values()) and meaning("gias.links", row[at["type"]], problems) == "successor":
                found.setdefault(row[at["urn"]].strip(), {})[row[at["link"]].strip()] = None
    return found
