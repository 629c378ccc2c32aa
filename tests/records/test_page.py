"""A page read and styled by less of WeasyPrint is the page that WeasyPrint makes: the same tree, the same file to the byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from weasyprint import HTML
from weasyprint.html import UA

from app.editions import table
from app.extensions import db
from app.records import canonical, page, pdf
from app.records.models import Record
from tests.conftest import Instance
from tests.editions.test_conformance import edition, tree

READERS = tuple(table.read().readers)


class Plain(HTML):
    """What the library makes of it, by itself."""

    def __init__(self, html: str, url_fetcher: Any) -> None:
        super().__init__(string=html, url_fetcher=url_fetcher)


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    return {}


@pytest.fixture(params=["h2", "names"])
def record(request: pytest.FixtureRequest, instance: Instance, kept: dict[str, bytes]) -> dict[str, Any]:
    name = request.param
    if name not in kept:
        made = tree(name)
        made["household"]["left_note"] = "A < B & “C”,\n\ttwo lines <br> and </td> of it."
        _, record_id = instance.decided_tree(made)
        with instance.app.app_context():
            kept[name] = db.session.get_one(Record, record_id).body
    found: dict[str, Any] = json.loads(kept[name])
    return found


def bodies(record: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    yield "record", canonical.encode(record)
    for reader in READERS:
        body = edition(record, reader)
        if body is not None:
            yield reader, body


def told(element: Any) -> Any:
    return element.tag, dict(element.attrib), element.text or "", element.tail or "", [told(e) for e in element]


def body_of(tree: Any) -> Any:
    """What is drawn. HTML moves the white space behind a body into it, where nothing is drawn of it."""
    tag, attributes, text, _, children = told(tree.find("body"))
    *first, (last, given, words, tail, within) = children
    return tag, attributes, text, [*first, (last, given, words, tail.strip(), within)]


def test_every_page_is_read_as_the_library_reads_it(record: dict[str, Any]) -> None:
    read = 0
    for name, body in bodies(record):
        html = pdf.html_of(json.loads(body), canonical.digest(body))
        ours, theirs = page.tree_of(html), HTML(string=html).etree_element
        assert body_of(ours) == body_of(theirs), name
        assert [told(e)[:3] for e in ours.iter("meta")] == [told(e)[:3] for e in theirs.iter("meta")], name
        assert ours.findtext("head/title") == theirs.findtext("head/title"), name
        assert ours.attrib == dict(theirs.attrib)
        read += 1
    assert read >= 11


def test_every_file_is_the_same_to_the_byte(record: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = [body for name, body in bodies(record) if name in ("record", "lead_professional", "applicant_parent")]
    ours = [pdf.render(body) for body in chosen]
    monkeypatch.setattr(pdf, "Page", Plain)
    assert [pdf.render(body) for body in chosen] == ours


def test_what_is_not_well_formed_is_read_by_the_library() -> None:
    html = "<!DOCTYPE html><html><body><p>One<p>Two</body></html>"
    with pytest.raises(ElementTree.ParseError):
        page.tree_of(html)
    found = page.Page(html, pdf.OwnFetcher()).etree_element
    assert [p.text for p in found.iter("p")] == ["One", "Two"]


def test_the_rules_of_notes_are_left_out_and_no_other() -> None:
    """Where the library's style is another one day, this says so."""
    left_out = page._OF_NOTES.findall(UA)
    assert len(left_out) == 5
    assert all("note" in rule for rule in left_out)
    assert len(page._MARKERS.findall(UA)) == 1
