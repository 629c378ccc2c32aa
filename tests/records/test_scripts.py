"""A name in any script is drawn in the record, shaped, and read back out of it; Latin text pays nothing for that."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask.testing import FlaskClient
from fontTools.ttLib import TTFont

from app import install
from app.extensions import db
from app.records import canonical, fonts, pdf
from app.records.models import Record
from tests.conftest import Instance

from .scripts import NAMES, TURNED_BY_POPPLER
from .tags import faults


def record_with(instance: Instance, names: dict[str, str]) -> dict[str, Any]:
    """A decided record with these names for its children, so in bold, and its members."""
    _, record_id = instance.decided("h2")
    with instance.app.app_context():
        told: dict[str, Any] = json.loads(db.session.get_one(Record, record_id).body)
    child = told["children"][0]
    told["children"] = [{**child, "name": name, "age": "4 years", "because": []} for name in names.values()]
    told["told"] = [
        {"title": "The people", "entries": [{"name": name, "lines": ["4 years"]} for name in names.values()]}
    ]
    return told


def read_back(made: bytes) -> str:
    """All letters of a PDF in the order a reader gives them, without gaps and marks of direction."""
    told = subprocess.run(["pdftotext", "-", "-"], input=made, capture_output=True, check=True).stdout.decode()
    return re.sub(r"[\s\u200b\u202a-\u202e\u2066-\u2069]", "", told)


def of_scripts(made: bytes) -> set[str]:
    """The families of single scripts that a file holds."""
    with pikepdf.open(io.BytesIO(made)) as file:
        names = {str(f.BaseFont) for page in file.pages for f in page.Resources.get("/Font", {}).values()}
    return {name.split("+")[1].removesuffix("-Bold") for name in names if "+S-" in name}


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    return {}


@pytest.fixture
def made(instance: Instance, kept: dict[str, bytes]) -> bytes:
    """One record with every name of the table."""
    if "all" not in kept:
        kept["all"] = pdf.render(canonical.encode(record_with(instance, NAMES)))
    return kept["all"]


def test_every_name_is_drawn_and_read_back(made: bytes) -> None:
    told = read_back(made)
    assert "[U+" not in told
    wanted = {script: "".join(name.split()) for script, name in NAMES.items() if script not in TURNED_BY_POPPLER}
    assert [script for script, name in wanted.items() if told.count(name) < 2] == [], "as a heading and as a member"
    assert faults(made) == []


@pytest.mark.parametrize("script", sorted(TURNED_BY_POPPLER))
def test_what_a_reader_turns_round_is_carried_in_order(made: bytes, script: str) -> None:
    carried = set()
    with pikepdf.open(io.BytesIO(made)) as file:
        for page in file.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "BDC" and "/ActualText" in operands[1]:
                    carried.add(str(operands[1].ActualText))
    assert NAMES[script] in carried


def test_letters_join_into_syllables(instance: Instance) -> None:
    """A conjunct is one shape, or fewer than its letters: where nothing joined, each letter would be a shape of its own."""
    for script in ("Bengali", "Hindi", "Malayalam", "Sinhala"):
        record = record_with(instance, {script: NAMES[script]})
        with pikepdf.open(io.BytesIO(pdf.render(canonical.encode(record)))) as file:
            shapes = [
                len(b"".join(bytes(s) for s in operands[0] if isinstance(s, pikepdf.String))) // 2
                for operands, inside in drawn_inside(file)
                if inside == NAMES[script]
            ]
        assert sum(shapes) / 2 < len(NAMES[script]), script


def drawn_inside(file: Any) -> Iterator[tuple[Any, str]]:
    """What is drawn, with the letters it carries."""
    for page in file.pages:
        inside: list[str] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) in ("BDC", "BMC"):
                carried = operands[1].get("/ActualText", "") if len(operands) > 1 else ""
                inside.append(str(carried))
            elif str(operator) == "EMC":
                inside.pop()
            elif str(operator) == "TJ":
                yield operands, next((said for said in reversed(inside) if said), "")


def test_a_record_in_latin_letters_reads_none_of_these_fonts(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the folder gone it is drawn as ever; a record that needs one is not."""
    fonts.scripts()
    latin = record_with(instance, {"Polish": "Łucja Wójcik", "Greek": NAMES["Greek"], "Arabic": NAMES["Arabic"]})
    before = pdf.render(canonical.encode(latin))
    assert of_scripts(before) == set()
    monkeypatch.setattr(fonts, "SCRIPTS", tmp_path)
    assert pdf.render(canonical.encode(latin)) == before
    bengali = record_with(instance, {"Bengali": NAMES["Bengali"]})
    with pytest.raises(FileNotFoundError, match=r"bengali-400\.woff2"):
        pdf.render(canonical.encode(bengali))


def test_a_record_holds_the_fonts_it_needs_and_no_other(instance: Instance) -> None:
    both = record_with(instance, {"Bengali": NAMES["Bengali"], "Chinese": NAMES["Chinese simplified"]})
    made = pdf.render(canonical.encode(both))
    assert "S-bengali" in of_scripts(made)
    assert {family for family in of_scripts(made) if family != "S-bengali"} == {
        face.family for face in fonts.needed_for(map(ord, "王小明"))
    }
    assert made == pdf.render(canonical.encode(both)), "the same bytes again"


def test_the_index_says_what_each_font_is_and_draws() -> None:
    told = json.loads((fonts.SCRIPTS / "index.json").read_text(encoding="utf-8"))
    assert {f.name for f in fonts.SCRIPTS.glob("*.woff2")} == set(told)
    whose: dict[int, str] = {}
    for face in fonts.scripts():
        body = (fonts.SCRIPTS / face.file).read_bytes()
        assert hashlib.sha256(body).hexdigest() == told[face.file]["sha256"], face.file
        codes = {code for some in face.draws for code in some}
        with TTFont(io.BytesIO(body), lazy=True) as font:
            assert codes <= set(font.getBestCmap()), face.file
        assert codes.isdisjoint(pdf.in_every_record()), face.file
        assert {whose.setdefault(code, face.family) for code in codes} == {face.family}, face.file
    assert fonts.drawn_by_scripts() == set(whose)


def test_a_script_font_that_is_missing_is_named_at_the_start(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(fonts.SCRIPTS, tmp_path / "scripts"))
    (folder / "bengali-700.woff2").unlink()
    monkeypatch.setattr(fonts, "SCRIPTS", folder)
    with instance.app.app_context(), pytest.raises(install.CannotPrepare, match=r"bengali-700\.woff2"):
        install.prepare(instance.app, False, lambda line: None)


@pytest.mark.parametrize("syllable", ["ស្រីមុំ", "ক্ষ্ম", "শ্রী", "ဝဏ္ဏ", "ශ්‍රී", "བསྒྲུབས", "กำลัง"])
def test_a_long_run_is_never_broken_inside_a_syllable(syllable: str) -> None:
    for lead in range(8):
        shown = pdf.printable("x" * lead + syllable * 60)
        assert shown.replace("\u200b", "") == "x" * lead + syllable * 60
        assert "\u200b" in shown
        for at in (m.start() for m in re.finditer("\u200b", shown)):
            before, after = shown[at - 1], shown[at + 1]
            assert unicodedata.category(after)[0] != "M"
            assert unicodedata.combining(before) != 9
            assert "\u200d" not in (before, after)


def test_every_name_stands_on_the_pages_as_it_was_typed(instance: Instance, officer: FlaskClient) -> None:
    """The browser has the fonts; the page gives it the letters, those from right to left set apart."""
    listed = list(NAMES.items())
    for at in range(0, len(listed), 35):
        path = officer.post("/cases/open", data={"reference": f"SCRIPT-{at}"}).headers["Location"]
        for script, name in listed[at : at + 35]:
            told = {"version": str(instance.version(path.split("/")[2])), "name": name, "kind": "adult"}
            assert officer.post(path + "/members/new", data=told).status_code == 302, script
        page = officer.get(path).text
        assert '<html lang="en-GB"' in page
        for script, name in listed[at : at + 35]:
            turned = any(unicodedata.bidirectional(ch) in ("R", "AL") for ch in name)
            assert (f"<bdi>{name}</bdi>" if turned else f">{name}</h3>") in page, script
