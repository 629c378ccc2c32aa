"""No heading over nothing: every edition of H1, of H2 and of two protected households, and the records themselves.

Read is what is drawn, after WeasyPrint's own parser. A heading is over something where a sentence, a list, a map or a table
with a row stands before the next heading of its rank; of a copy's table each row says something beside its name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from weasyprint import HTML

from app.editions import table
from app.extensions import db
from app.records import pdf
from app.records.models import Record
from tests.conftest import Instance

from .marked import tree
from .test_conformance import edition

READERS = tuple(table.read().readers)
HEADINGS = ("h1", "h2", "h3", "h4")
LEAVES = (*HEADINGS, "p", "ul", "ol", "dl", "pre", "img", "table")


def refuge() -> dict[str, Any]:
    made = tree()
    made["placement"]["kind"] = "refuge"
    return made


HOUSEHOLDS = {"h1": None, "h2": None, "fled": tree(abuse=True), "refuge": refuge()}


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    return {}


@pytest.fixture(params=HOUSEHOLDS)
def record(request: pytest.FixtureRequest, instance: Instance, kept: dict[str, bytes]) -> dict[str, Any]:
    name = request.param
    if name not in kept:
        made = HOUSEHOLDS[name]
        _, record_id = instance.decided(name) if made is None else instance.decided_tree(made)
        with instance.app.app_context():
            kept[name] = db.session.get_one(Record, record_id).body
    found: dict[str, Any] = json.loads(kept[name])
    return found


def leaves(element: Any) -> Iterator[Any]:
    for child in element:
        if child.tag in LEAVES:
            yield child
        else:
            yield from leaves(child)


def said(element: Any) -> str:
    words = " ".join(text for text in element.itertext() if text.strip())
    return words or " ".join(image.get("alt", "") for image in element.iter("img"))


def over_nothing(html: str, rows_speak: bool) -> Iterator[str]:
    """What stands over nothing, or holds nothing.

    Args:
        rows_speak: each row of a table says something beside its name; in a record people stand side by side, and a question
            that is not asked of one of them leaves their place free.
    """
    found = list(leaves(HTML(string=html).etree_element.find("body")))
    for at, leaf in enumerate(found):
        if leaf.tag in HEADINGS:
            after = found[at + 1] if at + 1 < len(found) else None
            if after is None or (after.tag in HEADINGS and after.tag <= leaf.tag):
                yield f"over nothing: {said(leaf)}"
            continue
        if leaf.tag == "table":
            rows = [row for body in leaf.iter("tbody") for row in body.iter("tr")]
            cells = [[said(cell) for cell in row.iter("td")] for row in rows]
            if not rows or (rows_speak and not all(any(row) for row in cells)):
                yield f"a table with a row that says nothing: {said(leaf)}"
        elif not said(leaf) and not leaf.get("alt"):
            yield f"an empty {leaf.tag}"


def test_no_edition_has_a_heading_over_nothing(record: dict[str, Any]) -> None:
    wrong, read = [], 0
    for reader in READERS:
        body = edition(record, reader)
        if body is not None:
            wrong += [(reader, what) for what in over_nothing(pdf.html_of(json.loads(body)), rows_speak=True)]
            read += 1
    wrong += [("record", what) for what in over_nothing(pdf.html_of(record), rows_speak=False)]
    assert wrong == []
    assert read >= 10


def test_internal_audit_is_not_told_where_a_family_goes(record: dict[str, Any]) -> None:
    """Not even that it is not decided yet: of this matter nothing is theirs, so that no heading stands for it."""
    body = edition(record, "audit")
    assert body is not None
    assert "where" not in {part["code"] for part in json.loads(body)["parts"]}
    assert "Where they are" not in pdf.html_of(json.loads(body))


def test_who_works_with_a_family_is_told_that_the_next_place_is_not_decided(record: dict[str, Any]) -> None:
    for reader in (
        "lead_professional",
        "social_care",
        "health_visitor",
        "midwife",
        "gp",
        "school",
        "drug_service",
        "police",
    ):
        body = edition(record, reader)
        if body is not None and record["decision"]["outcome"] == "not_suitable":
            assert "Not decided yet. Ask the officer below." in body.decode(), reader


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ("<h1>A</h1><h2>B</h2><h2>C</h2><p>c</p>", ["over nothing: B"]),
        ("<h1>A</h1><p>a</p><h2>B</h2>", ["over nothing: B"]),
        ("<h1>A</h1><table><tbody></tbody></table>", ["a table with a row that says nothing: "]),
        ("<table><tbody><tr><th>Who</th><td> </td></tr></tbody></table>", ["a table with a row that says nothing: Who"]),
        ("<h2>A</h2><div><p> </p></div>", ["an empty p"]),
        ("<h1>A</h1><h2>B</h2><div><p>b</p></div><p><img alt='A map'></p>", []),
    ],
)  # fmt: skip
def test_a_heading_over_nothing_is_found(html: str, says: list[str]) -> None:
    """The control."""
    assert list(over_nothing(f"<html><body>{html}</body></html>", rows_speak=True)) == says
