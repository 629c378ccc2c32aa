"""Every edition of every scenario against what a record is held to: archival, tagged, fonts inside, a title, a language, every letter drawn.

A representative part runs each time; with --deep every reader of every scenario, and the records themselves.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from app.checklists import read_folder
from app.editions import copies, table
from app.editions.owners import owners
from app.editions.release import Chosen, NotAllowed
from app.extensions import db
from app.records import canonical, pdf
from app.records.models import Record
from app.settings import ROOT
from tests.conftest import Instance
from tests.records.scripts import NAMES
from tests.records.tags import faults
from tests.records.test_scripts import read_back

from .test_markers import TRAIL

SCENARIOS = ("h1", "h2", "h3", "h5", "names")
ALL = tuple(table.read().readers)
# Of the household with names in Arabic and Tigrinya: a page of tables, a parent's page, the trail.
REPRESENTATIVE = [("names", reader) for reader in ("health_visitor", "applicant_parent", "audit")]
MOTHER, BABY = NAMES["Arabic"], NAMES["Tigrinya"]
Bodies = Callable[[str], dict[str, Any]]


def tree(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (ROOT / "docs" / "examples" / f"{name.replace('names', 'h1')}.json").read_text(encoding="utf-8")
    )
    if name == "names":
        for m in found["household"]["members"]:
            m["name"] = {"M": MOTHER, "B1": BABY}.get(m["key"], m["name"])
            m |= {"language": "Tigrinya", "interpreter_needed": True}  # a parent's page begins with that
    return found


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    return {}


@pytest.fixture
def bodies(instance: Instance, kept: dict[str, bytes]) -> Bodies:
    def of(name: str) -> dict[str, Any]:
        if name not in kept:
            _, record_id = instance.decided_tree(tree(name))
            with instance.app.app_context():
                kept[name] = db.session.get_one(Record, record_id).body
        found: dict[str, Any] = json.loads(kept[name])
        return found

    return of


def edition(record: dict[str, Any], reader: str) -> bytes | None:
    """The body of a copy; None where there is nobody whom it could be about."""
    about = table.read().readers[reader].about
    keys = [m["key"] for m in record["case_file"]["household"]["members"] if m["kind"] == about]
    made = copies.Made(
        number=f"{record['number']}-1",
        at=record["issued_at"],
        owners=owners(read_folder()),
        head=record["audit"],
        trail=TRAIL if reader == "audit" else None,
    )
    chosen = Chosen(tuple(keys[:1]) if reader != "other_parent" else ())
    try:
        return canonical.encode(copies.copy_for(record, table.read(), reader, chosen, made).body)
    except NotAllowed:
        assert about
        assert not keys
        return None


def wrong_with(made: bytes, body: bytes) -> Iterator[str]:
    """Everything that a document of ours is held to and this one is not; nothing where it is whole."""
    yield from faults(made)
    with pikepdf.open(io.BytesIO(made)) as file:
        root, metadata = file.Root, bytes(file.Root.Metadata.read_bytes()).decode()
        for what, is_so in (
            ("is marked", bool(root.MarkInfo.Marked)),
            ("says its language", str(root.Lang) == "en-GB"),
            ("shows its title", bool(root.ViewerPreferences.DisplayDocTitle) and bool(str(file.docinfo["/Title"]))),
            ("says that it is PDF/A-3a", bool(re.search(r"pdfaid:part[=>\"]+3", metadata))),
            ("says its level", bool(re.search(r"pdfaid:conformance[=>\"]+A", metadata))),
            ("says that it is PDF/UA-1", "<pdfuaid:part>1</pdfuaid:part>" in metadata),
            ("has one output intent", len(root.OutputIntents) == 1),
            ("is open to all", "/Encrypt" not in file.trailer),
            ("has an identifier", len(file.trailer.ID) == 2),
        ):
            if not is_so:
                yield f"It is not so that it {what}."
        for font in {f.objgen: f for page in file.pages for f in page.Resources.get("/Font", {}).values()}.values():
            descriptor = (font.DescendantFonts[0] if "/DescendantFonts" in font else font).FontDescriptor
            if not any(key in descriptor for key in ("/FontFile2", "/FontFile3")):
                yield f"The font {font.BaseFont} is not inside."
        [(_, spec)] = file.attachments.items()
        if spec.get_file().read_bytes() != body or str(spec.obj.AFRelationship) != "/Data":
            yield "What is attached is not what it was drawn from."
    if "[U+" in read_back(made):
        yield "A letter is drawn as its number."


@pytest.mark.parametrize(("name", "reader"), REPRESENTATIVE)
def test_a_copy_is_whole_and_its_names_are_read_back(bodies: Bodies, name: str, reader: str) -> None:
    record = bodies(name)
    body = edition(record, reader)
    assert body is not None
    made = pdf.render(body)
    assert list(wrong_with(made, body)) == []
    told = read_back(made)
    for who in (MOTHER, BABY):
        assert ("".join(who.split()) in told) == (reader != "audit"), who


def test_what_is_not_whole_is_found(bodies: Bodies) -> None:
    """The control: a language taken away, and data that is not that of the page."""
    body = edition(bodies("names"), "health_visitor")
    assert body is not None
    with pikepdf.open(io.BytesIO(pdf.render(body))) as file:
        file.Root.Lang = "xx"
        out = io.BytesIO()
        file.save(out)
    found = list(wrong_with(out.getvalue(), body + b" "))
    assert "It is not so that it says its language." in found
    assert "What is attached is not what it was drawn from." in found


@pytest.mark.deep
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_edition_of_every_scenario_is_whole(bodies: Bodies, name: str) -> None:
    record, wrong, made = bodies(name), [], 0
    for reader in ALL:
        body = edition(record, reader)
        if body is not None:
            wrong += [(reader, said) for said in wrong_with(pdf.render(body), body)]
            made += 1
    whole = canonical.encode(record)
    wrong += [("record", said) for said in wrong_with(pdf.render(whole), whole)]
    print(f"\n{name}: the record and {made} copies")
    assert wrong == []
    assert made >= 10


def test_verapdf_agrees(bodies: Bodies, tmp_path: Path) -> None:
    """The validator of the PDF Association, by both profiles, where it is installed; ours is no judge in its own cause."""
    verapdf = shutil.which("verapdf")
    if verapdf is None:
        pytest.skip("veraPDF is not on PATH: nothing but our own checker has looked at these files")
    for name, reader in REPRESENTATIVE:
        body = edition(bodies(name), reader)
        assert body is not None
        (tmp_path / f"{name}-{reader}.pdf").write_bytes(pdf.render(body))
    for profile in ("3a", "ua1"):
        command = [verapdf, "--flavour", profile, "--format", "text", *map(str, sorted(tmp_path.glob("*.pdf")))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert [line for line in done.stdout.splitlines() if line.startswith("FAIL")] == [], profile
        assert done.stdout.count("PASS") == len(REPRESENTATIVE), done.stdout + done.stderr
