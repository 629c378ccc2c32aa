"""Every scenario’s PDF against our own checker; and every character that the forms let through is drawn."""

from __future__ import annotations

import io
import json
import unicodedata
from copy import deepcopy
from typing import Any

import pikepdf
import pytest

from app.extensions import db
from app.records import canonical, pdf, seal
from app.records.models import Record
from app.suitability.casefile.values import clean_text
from tests.conftest import Instance

from .tags import elements_of, faults

NAMES = ["h1", "h2", "h3", "h5"]


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    return {}


def body(instance: Instance, kept: dict[str, bytes], name: str) -> dict[str, Any]:
    if name not in kept:
        _, record_id = instance.decided(name)
        with instance.app.app_context():
            kept[name] = db.session.get_one(Record, record_id).body
    found: dict[str, Any] = json.loads(kept[name])
    return found


def drawn(record: dict[str, Any]) -> bytes:
    return pdf.render(canonical.encode(record))


@pytest.mark.parametrize("name", NAMES)
def test_no_rule_that_was_ever_broken_is_broken(instance: Instance, kept: dict[str, bytes], name: str) -> None:
    made = drawn(body(instance, kept, name))
    assert faults(made) == []
    assert faults(seal.seal(made, instance.settings)) == []


def test_a_page_s_furniture_is_an_artifact(instance: Instance, kept: dict[str, bytes]) -> None:
    made = drawn(body(instance, kept, "h2"))
    with pikepdf.open(io.BytesIO(made)) as file:
        for page in file.pages:
            kinds = [
                str(operands[1].get("/Subtype", ""))
                for operands, operator in pikepdf.parse_content_stream(page)
                if str(operator) == "BDC" and str(operands[0]) == "/Artifact"
            ]
            assert kinds.count("/Footer") == 2


def test_the_checker_sees_each_fault(instance: Instance, kept: dict[str, bytes]) -> None:
    """Each was in a file of the first version: a skipped heading, orphans at the foot, a shape that is not there, no name."""
    made = drawn(body(instance, kept, "h1"))
    with pikepdf.open(io.BytesIO(made)) as file:
        elements = [e for e in elements_of(file.Root.StructTreeRoot.K) if str(e.S) == "/H2"]
        elements[0].S = pikepdf.Name.H4
        out = io.BytesIO()
        file.save(out)
    assert any("heading of level 4" in said for said in faults(out.getvalue()))
    with pikepdf.open(io.BytesIO(made)) as file:
        page = file.pages[0]
        drawn_as = [
            ([pikepdf.Name.Span, pikepdf.Dictionary(MCID=9999)], operator)
            if "/Artifact" in map(str, operands) and len(operands) == 2
            else (operands, operator)
            for operands, operator in pikepdf.parse_content_stream(page)
        ]
        page.Contents = file.make_stream(pikepdf.unparse_content_stream(drawn_as))
        out = io.BytesIO()
        file.save(out)
    assert any("held by no tag" in said for said in faults(out.getvalue()))


def every_character() -> list[str]:
    """All that a form lets through and that is not a gap: what cleaning leaves as it is."""
    return [
        ch
        for code in range(0x21, 0x2FFFF)
        if not 0xD800 <= code <= 0xDFFF
        and unicodedata.category(ch := chr(code)) not in ("Cn", "Co", "Cs")
        and clean_text(f"a{ch}a") == f"a{ch}a"
    ]


def test_every_character_that_is_drawn_as_itself_has_a_shape(instance: Instance, kept: dict[str, bytes]) -> None:
    own = [ch for ch in every_character() if ord(ch) in pdf.covered()]
    assert len(own) > 5_000
    record = deepcopy(body(instance, kept, "h2"))
    record["decision"]["note"] = "\n".join("".join(own[at : at + 60]) for at in range(0, len(own), 60))
    record["decision"]["worse_reason"] = "".join(own[:2_000])
    assert faults(drawn(record)) == []


def test_every_other_character_is_named_and_stops_nothing() -> None:
    others = [ch for ch in every_character() if ord(ch) not in pdf.covered()]
    shown = pdf.printable("".join(others))
    assert all(ord(ch) in pdf.covered() or ch in "\n\t\u200b" for ch in shown)


@pytest.mark.parametrize("mark", ["\u2028", " \u2029", "\ufff9", "\ufffa", "\ufffb", "\u0085"])
def test_what_once_stopped_a_record_is_drawn_wherever_it_stands(
    instance: Instance, kept: dict[str, bytes], mark: str
) -> None:
    """U+2029 in a paragraph stopped the renderer after the decision was made; a frozen record may still hold it."""
    record = deepcopy(body(instance, kept, "h2"))
    said = f"One thing{mark} and another."
    record["decision"] |= {"worse_reason": said, "note": said}
    record["conditions"] = [{"what": said, "owner": said, "due": "", "criterion": ""}]
    record["plans"] = [{"name": said, "subject_name": said, "words": said}]
    record["page_one"] |= {"conditions_here": False, "asks": [{"who": said, "what": said, "by": said}]}
    record["chronology"] = [{"on": "", "day": said, "what": said, "how": said, "known": said}]
    record["told"] = [{"title": said, "entries": [{"name": said, "lines": [said]}]}]
    for domain in record["domains"]:
        for question in domain["questions"]:
            question["why"] = [said]
    assert faults(drawn(record)) == []
    assert not set(mark.strip(" ")) & set(clean_text(said))


def test_ages_stay_beside_the_children_they_are_of(instance: Instance, kept: dict[str, bytes]) -> None:
    """Measured where the letters lie on paper: the first name, its number, the second name, its number, left to right."""
    record = deepcopy(body(instance, kept, "h1"))
    record["children"][0] |= {"name": "محمد", "age": "11 weeks"}
    record["children"][1] |= {"name": "علي", "age": "4 years"}
    html = pdf.html_of(record)
    assert "<strong><bdi>محمد</bdi>, 11 weeks</strong>" in html
    assert "<strong><bdi>علي</bdi>, 4 years</strong>" in html
