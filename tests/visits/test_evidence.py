"""A photograph reaches those who decide: the case, the question, the lead’s page, the record’s annex, and who may have it of a copy."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
from typing import Any

import pikepdf
import pytest
from flask.testing import FlaskClient
from PIL import Image

from app.checklists import read_folder
from app.clocks import in_words, today
from app.editions import copies, table
from app.editions.owners import owners
from app.editions.release import Chosen
from app.extensions import db
from app.records import canonical, pdf
from app.records.models import Record
from app.visits.models import Photograph
from tests.conftest import Instance
from tests.conversations.test_sheet import sent

from .pictures import picture
from .test_pages import COT, AtDesk

WHO = r"Seen by Housing Officer on"


@pytest.fixture
def seen(instance: Instance, officer: FlaskClient) -> AtDesk:
    desk = AtDesk(instance, officer)
    assert desk.send(picture()).status_code == 302
    return desk


def decided(desk: AtDesk) -> dict[str, Any]:
    desk.instance.submit(desk.assessment_id)
    _, record_id = desk.instance._decided(desk.case_id, desk.assessment_id)
    with desk.instance.app.app_context():
        found: dict[str, Any] = json.loads(db.session.get_one(Record, record_id).body)
        return found


def test_it_stands_on_the_case_beside_the_answer_and_before_the_lead(seen: AtDesk, instance: Instance) -> None:
    (kept,) = seen.kept()
    small = f"/cases/{seen.case_id}/photographs/{kept.id}/small"
    assert f"/cases/{seen.case_id}/photographs" in seen.officer.get(f"/cases/{seen.case_id}").text
    instance.submit(seen.assessment_id)
    lead = instance.client("safeguarding_lead")
    for client, page in (
        (seen.officer, f"/cases/{seen.case_id}/photographs"),
        (seen.officer, f"{seen.path}/questions/CS01/B1"),
        (lead, f"{seen.path}/review"),
        (instance.client("auditor"), f"/cases/{seen.case_id}/photographs"),
    ):
        said = client.get(page).text
        assert small in said, page
        assert re.search(rf"{WHO} {in_words(today())}, today", said), page


def test_a_case_without_one_says_so_and_an_answer_that_gave_way_says_what_stands(
    seen: AtDesk, instance: Instance
) -> None:
    other, _ = instance.import_case("h2")
    assert "None is kept" in seen.officer.get(f"/cases/{other}/photographs").text
    page = seen.officer.get(f"{seen.path}/sheets/officer").text
    done = seen.officer.post(
        f"{seen.path}/sheets/officer",
        data=sent(page, person="Housing Officer", how="face_to_face", **{COT: "none"}),
    )
    assert done.status_code == 302
    assert "A later answer stands instead." in seen.officer.get(f"/cases/{seen.case_id}/photographs").text


def test_what_is_assessed_again_has_the_photograph_still(seen: AtDesk, instance: Instance) -> None:
    decided(seen)
    begun = seen.officer.post(
        f"{seen.path}/again",
        data={
            "version": instance.version(seen.case_id),
            "because": "change",
            "reason": "The lift is out, and the pushchair stays below.",
        },
    )
    assert begun.status_code == 302, begun.text
    (kept,) = seen.kept()
    assert f"/photographs/{kept.id}/small" in seen.officer.get(begun.headers["Location"]).text
    page = seen.officer.get(f"/cases/{seen.case_id}/photographs").text
    assert page.count(f"/photographs/{kept.id}/small") == 1, "once, and not once a look"


def images(of: bytes) -> list[tuple[int, int]]:
    """Every picture of points that a PDF draws, by its size: the map is drawn in lines."""
    with pikepdf.open(io.BytesIO(of)) as file:
        return [
            (int(thing.Width), int(thing.Height))
            for thing in file.objects
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"
        ]


def test_the_annex_draws_it_small_with_hash_day_and_who(seen: AtDesk) -> None:
    (kept,) = seen.kept()
    record = decided(seen)
    (held,) = record["photographs"]
    assert held["sha256"] == kept.sha256
    with Image.open(io.BytesIO(base64.b64decode(held["small"]))) as drawn:
        assert (drawn.format, max(drawn.size)) == ("JPEG", 320)
    body = canonical.encode(record)
    made = pdf.render(body)
    assert made == pdf.render(body), "the same page in six years"
    assert images(made) == [(320, 240)]
    said = subprocess.run(["pdftotext", "-raw", "-", "-"], input=made, capture_output=True, check=True).stdout.decode()
    said = re.sub(r"\s+", "", said)
    assert re.sub(r"\s+", "", f"Taken by Housing Officer, {in_words(today())}.") in said
    assert kept.sha256 in said
    assert "CountsasE2:seenbytheofficerorprovider" in said


def test_a_record_without_one_draws_none(instance: Instance) -> None:
    """The control of what counts pictures."""
    _, record_id = instance.decided("h1")
    with instance.app.app_context():
        body = db.session.get_one(Record, record_id).body
    assert "photographs" not in json.loads(body)
    assert images(pdf.render(body)) == []


def copy(record: dict[str, Any], reader: str, releases: table.Table, about: tuple[str, ...]) -> dict[str, Any]:
    made = copies.Made("R-2026-00001-1", record["issued_at"], owners(read_folder()))
    return copies.copy_for(record, releases, reader, Chosen(about), made).body


ABOUT = {"adult": ("M",), "child": ("B2",), "": ()}
MAY = {"lead_professional", "social_care", "health_visitor", "midwife"}


def about(reader: table.Reader) -> tuple[str, ...]:
    return ("F",) if reader.code == "other_parent" else ABOUT[reader.about]


@pytest.mark.parametrize("family", ["plain", "fled", "refuge"])
def test_a_copy_holds_it_for_those_who_may_have_it_and_for_nobody_else(seen: AtDesk, family: str) -> None:
    """Who may is written down here a second time, and not read from the table of releases."""
    record, releases = decided(seen), table.read()
    record["case_file"]["household"]["domestic_abuse"] = family == "fled"
    record["case_file"]["placement"]["kind"] = "refuge" if family == "refuge" else "hotel"
    small, whole = record["photographs"][0]["small"], record["photographs"][0]["sha256"]
    have = set()
    for reader in releases.readers.values():
        body = canonical.encode(copy(record, reader.code, releases, about(reader)))
        drawn = images(pdf.render(body))
        assert (small.encode() in body) == bool(drawn), "what is attached is what is drawn"
        assert drawn in ([], [(320, 240)])
        have |= {reader.code} if drawn else set()
        assert (whole.encode() in body) == bool(drawn)
    assert have == (MAY if family == "plain" else set())


def test_a_row_that_is_opened_by_mistake_is_found(seen: AtDesk) -> None:
    """The control: each closed cell opened in turn, and the picture comes out."""
    record, releases = decided(seen), table.read()
    closed = [r for r in releases.readers.values() if r.code not in MAY]
    came = []
    for reader in closed:
        opened = releases.opened("photographs", reader.code).opened("room", reader.code)
        body = copy(record, reader.code, opened, about(reader))
        if images(pdf.render(canonical.encode(body))):
            came.append(reader.code)
    assert set(came) >= {"provider", "gp", "school", "drug_service", "police"}
    assert not {r.code for r in closed if r.family} & set(came), "a parent’s page has no place for one"


def test_nothing_of_it_is_in_a_case_file(seen: AtDesk, instance: Instance) -> None:
    with instance.app.app_context():
        small = base64.b64encode(db.session.query(Photograph).one().small).decode()
    record = decided(seen)
    assert small not in json.dumps(record["case_file"])
    assert small in json.dumps(record), "the control"
