"""What is done once where the libraries do it twice gives what they give: held side by side, to the byte."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pikepdf
import pydyf
import pytest
from weasyprint.draw import text as drawing
from weasyprint.text.ffi import pango
from weasyprint.text.line_break import Layout

from app.records import packed, pdf, shaped
from app.settings import ROOT

SAMPLE = ROOT / "tests" / "old" / "c1c4a76" / "records" / "h2.json"
WORDS = (
    "Two lines\nof one note, أمل بنت سمير, ሰላም ተስፋይ, tab\tand   spaces, " + "long " * 60 + "\n\nthe end \u2029 of it"
)


@pytest.fixture(scope="module")
def body() -> bytes:
    """A record in which somebody typed several scripts, lines and spaces."""
    record = json.loads(SAMPLE.read_text(encoding="utf-8"))
    record["decision"]["note"] = WORDS
    return json.dumps(record, ensure_ascii=False).encode()


@pytest.fixture
def shaped_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    deactivate, reactivate = shaped.PLAIN
    monkeypatch.setattr(Layout, "deactivate", deactivate)
    monkeypatch.setattr(Layout, "reactivate", reactivate)
    monkeypatch.setattr(drawing, "pango", pango)


@pytest.fixture
def packed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pydyf.PDF, "write", packed.PLAIN["write"])
    monkeypatch.setattr(pydyf.Stream, "data", packed.PLAIN["Stream"])
    monkeypatch.setattr(pydyf.Dictionary, "data", packed.PLAIN["Dictionary"])
    monkeypatch.setattr(pydyf, "zlib", packed.PLAIN["zlib"])


@pytest.fixture(scope="module")
def made(body: bytes) -> bytes:
    return pdf.render(body)


def test_a_line_kept_is_drawn_as_one_shaped_anew(body: bytes, made: bytes, shaped_twice: None) -> None:
    assert pdf.render(body) == made


def streams(made: bytes) -> Iterator[tuple[int, bytes]]:
    with pikepdf.open(io.BytesIO(made)) as file:
        for thing in file.objects:
            # Where each object stands follows from how hard those before it are packed.
            if isinstance(thing, pikepdf.Stream) and thing.get("/Type") != "/XRef":
                yield thing.objgen[0], thing.read_bytes()


def test_a_file_packed_once_holds_what_one_packed_twice_does(body: bytes, made: bytes, packed_twice: None) -> None:
    plain = pdf.render(body)
    ours, theirs = dict(streams(made)), dict(streams(plain))
    assert len(ours) > 15
    assert ours == theirs
    assert len(made) < 1.06 * len(plain)


def test_lines_are_kept_at_all(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: were every line shaped anew, nothing would be gained, and nothing would say so."""
    anew, plain = [], Layout.setup
    monkeypatch.setattr(Layout, "setup", lambda self, style: anew.append(1) or plain(self, style))
    pdf.render(body)
    once = len(anew)
    deactivate, reactivate = shaped.PLAIN
    monkeypatch.setattr(Layout, "deactivate", deactivate)
    monkeypatch.setattr(Layout, "reactivate", reactivate)
    monkeypatch.setattr(drawing, "pango", pango)
    pdf.render(body)
    assert once < 0.75 * (len(anew) - once)


def test_plain_letters_are_all_drawn_by_every_font() -> None:
    """They are let through unlooked at."""
    assert {code for code in range(128) if chr(code).isprintable()} <= pdf.in_every_record()
    assert pdf.printable("a" * 50) == "a" * 40 + "\u200b" + "a" * 10
    assert pdf.printable("a\x07b\n") == "a[U+0007]b\n"
