"""The PDF: archival, accessible, the same bytes for the same record, and nothing fetched."""

from __future__ import annotations

import hashlib
import io
import json
import re
import socket
import subprocess
import time
from typing import Any

import pikepdf
import pytest
from flask.testing import FlaskClient

from app import install
from app.extensions import db
from app.records import canonical, fonts, pdf, process, proof, service
from app.records.models import Record
from app.settings import ROOT
from tests.conftest import Instance


@pytest.fixture(scope="module")
def bodies(request: pytest.FixtureRequest) -> dict[str, bytes]:
    return {}


def body_of(instance: Instance, name: str = "h2") -> bytes:
    _, record_id = instance.decided(name)
    with instance.app.app_context():
        return db.session.get_one(Record, record_id).body


def text_of(made: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True
    ).stdout.decode()


@pytest.mark.parametrize("name", ["h1", "h2"])
def test_the_file_is_archival_tagged_and_carries_its_data(instance: Instance, name: str) -> None:
    body = body_of(instance, name)
    made = pdf.render(body)
    with pikepdf.open(io.BytesIO(made)) as file:
        root = file.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "en-GB"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert root.StructTreeRoot is not None
        assert "/Encrypt" not in file.trailer
        assert len(root.OutputIntents) == 1
        metadata = bytes(root.Metadata.read_bytes()).decode()
        assert metadata.count("<rdf:RDF") == 1
        assert re.search(r"pdfaid:part[=>\"]+3", metadata)
        assert re.search(r"pdfaid:conformance[=>\"]+A", metadata)
        assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
        assert "PDF/UA Universal Accessibility Schema" in metadata
        [(attached, spec)] = file.attachments.items()
        assert attached == "decision-record.json"
        assert spec.get_file().read_bytes() == body
        assert str(spec.obj.AFRelationship) == "/Data"
        assert len(file.trailer.ID) == 2
        fonts = [f for page in file.pages for f in page.Resources.get("/Font", {}).values()]
        assert fonts
        for font in fonts:
            below = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            descriptor = below.FontDescriptor
            assert "/ToUnicode" in font
            assert any(key in descriptor for key in ("/FontFile2", "/FontFile3"))
        for figure in figures(root.StructTreeRoot):
            assert str(figure.get("/Alt", ""))
        assert f"Page 1 of {len(file.pages)}" in text_of(made)


def test_what_a_file_browser_shows_of_it_names_no_place_and_nobody(instance: Instance, officer: FlaskClient) -> None:
    """H3: what is in the file's own description, and in its name, is seen by whoever lists a folder."""
    case_id, record_id = instance.decided("h3")
    with instance.app.app_context():
        service.make_pdf(record_id)
    sent = officer.get(f"/cases/{case_id}/records/{record_id}/record.pdf", buffered=True)
    told = json.loads((ROOT / "docs" / "examples" / "h3.json").read_text(encoding="utf-8"))
    secrets = {word for m in told["household"]["members"] for word in m["name"].split() if word != "Example"}
    secrets |= {word for word in re.findall(r"\w+", told["placement"]["address"]) if word.isalpha()}
    secrets |= {told["placement"]["postcode"], told["household"]["reference"]}
    with pikepdf.open(io.BytesIO(sent.data)) as file:
        described = bytes(file.Root.Metadata.read_bytes()).decode() + " ".join(
            f"{k} {v}" for k, v in file.docinfo.items()
        )
        described += " ".join(file.attachments) + sent.headers["Content-Disposition"]
    assert "Decision record R-" in described
    assert sorted(word for word in secrets if word.casefold() in described.casefold()) == []


def figures(node: Any) -> list[Any]:
    found, waiting = [], [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, pikepdf.Array):
            waiting.extend(here)
        elif isinstance(here, pikepdf.Dictionary):
            if here.get("/S") == "/Figure":
                found.append(here)
            if "/K" in here:
                waiting.append(here["/K"])
    return found


def test_the_same_record_makes_the_same_bytes(instance: Instance) -> None:
    body = body_of(instance)
    assert pdf.render(body) == pdf.render(body) == process.render(body)


def test_what_the_record_holds_is_all_there(instance: Instance) -> None:
    """Its order and what stands once: tests/records/test_layout.py."""
    body = body_of(instance, "h1")
    made = pdf.render(body)
    read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=made, capture_output=True, check=True).stdout.decode()
    whole = " ".join(read.split())
    for words in (
        "Bobbie Example, 11 weeks", "What this place means for Bobbie Example", "Concerns, with what answers them",
        "What would end it", "What happened, as entered", "Where it is and how far", "What is known, as a range",
        "Agencies: what they were asked, and what nobody has answered", "How to read this record",
        "7 calls for drugs in 6 months", "Homelessness Code of Guidance", "Open Government Licence",
    ):  # fmt: skip
        assert words in whole, words
    data = json.loads(body)
    asked = {r["criterion"] for r in data["result"]["findings"]}
    assert [c for c in asked if c not in whole] == []
    assert hashlib.sha256(body).hexdigest() in whole.replace(" ", "").replace("\u200b", ""), "what the attachment says"


def test_every_script_is_drawn_and_what_is_not_gets_a_visible_substitute(instance: Instance) -> None:
    data = json.loads(body_of(instance))
    names = "Zażółć gęślą jaźń, Łucja, Ștefan, Đorđe, أمينة محمد, Наталія Їжак, שרה, Ελένη, e\u0301"
    data["decision"]["note"] = f"{names} \U00013000 \U0001fa77"
    made = pdf.render(canonical.encode(data))
    told = text_of(made)
    for word in ("Zażółć", "Łucja", "Ștefan", "Đorđe", "Наталія", "Ελένη", "é"):
        assert word in told, word
    assert "[U+13000]" in told
    assert "[U+1FA77]" in told
    assert "Drawn" not in told
    with pikepdf.open(io.BytesIO(made)) as file:
        assert "\U00013000".encode() in next(iter(file.attachments.values())).get_file().read_bytes(), (
            "the data keeps what was written"
        )
    arabic = [ch for ch in told if "\u0600" <= ch <= "\u06ff" or "\ufb50" <= ch <= "\ufeff"]
    assert len(arabic) >= 9


def test_markup_in_a_note_is_text(instance: Instance) -> None:
    data = json.loads(body_of(instance))
    data["decision"]["note"] = (
        "<script>alert(1)</script><img src='http://127.0.0.1:9/x'>{{7*7}} <style>@import url(http://127.0.0.1:9/y)</style>"
    )
    told = text_of(pdf.render(canonical.encode(data)))
    assert "<script>alert(1)</script>" in told
    assert "{{7*7}}" in told


def test_nothing_is_fetched(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    body = body_of(instance)

    def refuse(*args: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    pdf.render(body)
    fetcher = pdf.OwnFetcher()
    for address in ("http://127.0.0.1/x", "file:///etc/passwd", "ftp://x/", "font:../../secret.key"):
        with pytest.raises(Exception):  # noqa: B017 (any refusal will do)
            fetcher.fetch(address)


@pytest.mark.parametrize(
    "shape",
    ["x" * 8000, "a\u0301" * 4000, "\u202b" + "م" * 7999, "word " * 1600, "क्" * 4000, "\u0e31" * 8000, "王" * 8000],
)
def test_long_unbroken_text_does_not_stall_a_render(instance: Instance, shape: str) -> None:
    data = json.loads(body_of(instance))
    for child in data["children"]:
        child["reason"] = shape
    data["decision"]["note"] = shape
    started = time.monotonic()
    made = process.render(canonical.encode(data), seconds=60)
    assert made.startswith(b"%PDF")
    assert time.monotonic() - started < 60


def test_a_render_that_takes_too_long_is_stopped(instance: Instance) -> None:
    data = json.loads(body_of(instance))
    data["decision"]["note"] = "word " * 400_000
    with pytest.raises(process.RenderFailed):
        process.render(canonical.encode(data), seconds=2)


def test_a_record_holds_no_floats_and_is_in_one_normal_form() -> None:
    with pytest.raises(TypeError):
        canonical.encode({"x": 1.5})
    assert canonical.encode({"b": "e\u0301", "a": 1}) == '{"a":1,"b":"é"}'.encode()


def test_a_pdf_of_ours_is_known_and_an_altered_one_is_not(instance: Instance) -> None:
    _, record_id = instance.decided("h2")
    with instance.app.app_context():
        service.make_pdf(record_id)
        record = db.session.get_one(Record, record_id)
        made = service.file_of(record).read_bytes()
        assert record.pdf_sha256 == hashlib.sha256(made).hexdigest()
        found = proof.verify(made)
        assert (found.ours, found.unaltered, found.record) == (True, True, record.number)
        service.make_pdf(record_id)
        assert service.file_of(record).read_bytes() == made, "made once"
        at = made.index(b"stream") + 40
        for altered in (
            made[:at] + bytes([made[at] ^ 1]) + made[at + 1 :],
            made + b"\n% more",
            made[:-10],
            b"%PDF-1.7 nothing",
            b"",
        ):
            assert proof.verify(altered).unaltered is False


def test_the_shipped_fonts_carry_their_licences() -> None:
    names = {f.name for f in (ROOT / "app" / "static" / "fonts").iterdir()}
    assert {"DejaVu-LICENSE.txt", "Inter-LICENSE.txt"} <= names
    assert "SIL OPEN FONT LICENSE" in (fonts.SCRIPTS / "Noto-LICENSE.txt").read_text(encoding="utf-8")


def test_a_font_that_is_missing_is_named_at_the_start(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FACES", [*fonts.FACES, ("DRN", 400, "not-shipped.woff2")])
    with instance.app.app_context(), pytest.raises(install.CannotPrepare, match=r"not-shipped\.woff2"):
        install.prepare(instance.app, False, lambda line: None)
