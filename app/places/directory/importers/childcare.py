"""Nurseries on Ofsted's early years register. Childminders live where they work: they are never read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.places.directory.vocabulary import meaning

from .days import dated
from .found import Found, Problems, named_rows, the_csv

_COLUMNS = {
    "ref": r"provider urn",
    "name": r"provider name",
    "type": r"provider type",
    "status": r"provider status",
    "line_1": r"provider address line 1",
    "line_2": r"provider address line 2",
    "line_3": r"provider address line 3",
    "town": r"provider town",
    "postcode": r"(provider )?postcode",
    "opened": r"registration date",
    "closed": r"(date of (closure|leaving|cancellation|resignation)|(closure|leaving|cancellation|resignation) date)",
}
_OPTIONAL = ("status", "line_1", "line_2", "line_3", "town", "opened", "closed")
_HIDDEN = "redacted"


def read(path: Path, problems: Problems) -> Iterator[Found]:
    member = the_csv(path, r".*\.csv")
    for line, row in named_rows(path, member, _COLUMNS, _OPTIONAL, problems, "Provider URN"):
        if meaning("ofsted.types", row["type"], problems) != "nursery":
            continue
        if _HIDDEN in (row["name"].casefold(), row["postcode"].casefold()):
            continue
        said = meaning("ofsted.status", row["status"], problems) or ("unconfirmed" if row["status"] else "open")
        status, opens_on, closes_on = dated(said, row["opened"], row["closed"], line, problems)
        lines_of = [row[name] for name in ("line_1", "line_2", "line_3", "town")]
        yield Found(
            line=line,
            ref=row["ref"],
            kind="nursery",
            name=row["name"],
            address=", ".join(part for part in lines_of if part),
            postcode=row["postcode"],
            status=status,
            opens_on=opens_on,
            closes_on=closes_on,
        )
