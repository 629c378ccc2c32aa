"""Records of the second format, as an earlier version froze them: opened, drawn, judged again, copied; of the first format none are copied."""

from __future__ import annotations

import hashlib
import json
import lzma
from typing import Any

import pytest
from sqlalchemy import select

from app.checklists import digest, read_folder
from app.decisions import versions
from app.decisions.models import FrozenText
from app.editions import copies, service, table
from app.editions.owners import owners
from app.editions.release import Chosen
from app.extensions import db
from app.records import canonical, pdf
from app.records.models import Record
from app.records.older import in_names_of_today
from tests.conftest import Instance
from tests.editions.marked import everything_in
from tests.records.tags import faults

from .samples import HERE, OldInstance, unpacked

FOLDER = HERE / "records_of_format_2"
NAMES = ("h1", "h2", "h3", "h5")
COUNCIL = "E08000025"
OF_THE_FIRST_FORMAT = ("5a7cdc1", "8d6bdad", "bd44a9a", "c1c4a76")


def body(name: str) -> bytes:
    return lzma.decompress((FOLDER / f"{name}.json.xz").read_bytes())


def record(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body(name))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_it_is_of_the_second_format_and_in_the_one_normal_form(name: str) -> None:
    told = record(name)
    assert told["format"] == canonical.FORMAT
    assert canonical.encode(told) == body(name)


@pytest.mark.parametrize("name", ["h1", "h2"])
def test_it_is_drawn_whole_and_says_its_own_hash(name: str) -> None:
    made = pdf.render(body(name))
    assert faults(made) == []
    said = everything_in(made).replace("\u200b", "")
    assert record(name)["number"] in said
    assert hashlib.sha256(body(name)).hexdigest() in "".join(said.split())


@pytest.mark.parametrize("name", NAMES)
def test_it_is_judged_again_on_its_own_checklist_word_for_word(instance: Instance, name: str) -> None:
    kept: dict[str, str] = unpacked(FOLDER / "checklist.json.xz")
    told = record(name)
    assert {file: digest(text) for file, text in kept.items()} == told["checklist_files"]
    with instance.app.app_context():
        known = set(db.session.scalars(select(FrozenText.digest)))
        db.session.add_all(FrozenText(digest=digest(t), text=t) for t in kept.values() if digest(t) not in known)
        db.session.flush()
        found = versions.replay(told, COUNCIL)
    assert (found.record, found.judged_alike, found.identical) == (told["number"], True, True), found.differences[:3]


@pytest.mark.parametrize("name", NAMES)
def test_every_copy_of_it_is_made(name: str) -> None:
    told = in_names_of_today(record(name))
    made = copies.Made(f"{told['number']}-1", told["issued_at"], owners(read_folder()), told["audit"])
    for code, reader in table.read().readers.items():
        keys = [m["key"] for m in told["case_file"]["household"]["members"] if m["kind"] == reader.about]
        if reader.about and not keys:
            continue  # nobody lives there whom it could be about
        copy = copies.copy_for(told, table.read(), code, Chosen(tuple(keys[:1])), made).body
        assert copy["format"] == canonical.EDITION
        assert copy["number"] in pdf.html_of(copy)


def test_of_the_first_format_no_copies_are_made_and_the_page_says_why(on_sqlite: OldInstance) -> None:
    """Its sentences do not say which agency or person they are of; what cannot be told apart cannot be left out. Later ones do."""
    lead = on_sqlite.client("safeguarding_lead")
    with on_sqlite.app.app_context():
        found = db.session.scalars(select(Record).order_by(Record.number)).first()
        assert found is not None
        first = json.loads(found.body)["format"] == canonical.FIRST_FORMAT
        assert first == (on_sqlite.sample.version in OF_THE_FIRST_FORMAT)
        assert service.can_copy(found) is not first
        address = f"/cases/{found.case_id}/records/{found.id}/copies"
    page = " ".join(lead.get(address).text.split())
    assert ("what it says was not kept apart by whom it is about" in page) is first
    assert ("Make a copy for" in page) is not first
