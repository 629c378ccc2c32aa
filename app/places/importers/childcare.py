"""Nurseries on Ofsted's early years register. Childminders live where they work: they are never read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.places import files
from app.places.files import RowProblem

from .found import Found, Problems, the_csv, with_header

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
}
_OPTIONAL = ("status", "line_1", "line_2", "line_3", "town")
_TYPE = "childcare on non-domestic premises"
_HIDDEN = "redacted"


def read(path: Path, problems: Problems) -> Iterator[Found]:
    member = the_csv(path, r"\.csv$")
    stream, _ = files.text_of(path, member)
    with stream:
        lines = with_header(stream, member, "Provider URN")
        _, header = next(lines)
        at = files.columns(header, _COLUMNS, member, _OPTIONAL)
        for line, row in lines:
            if not any(row):
                continue
            if len(row) < len(header):
                problems.append(RowProblem(line, f"This row has {len(row)} cells instead of {len(header)}."))
                continue

            def cell(name: str, row: list[str] = row) -> str:
                return row[at[name]].strip() if name in at else ""

            if cell("type").casefold() != _TYPE or _HIDDEN in (cell("name").casefold(), cell("postcode").casefold()):
                continue
            lines_of = [cell(name) for name in ("line_1", "line_2", "line_3", "town")]
            yield Found(
                line=line,
                ref=cell("ref"),
                kind="nursery",
                name=cell("name"),
                address=", ".join(part for part in lines_of if part),
                postcode=cell("postcode"),
                status="open" if cell("status").casefold() in ("", "active") else "unconfirmed",
            )
