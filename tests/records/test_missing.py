"""A folder of records that is not whole is said: at the start, on /readyz and on the record's page; and made whole again."""

from __future__ import annotations

import json
import shutil

import pytest
from flask.testing import FlaskClient

from app import install, jobs
from app.extensions import db
from app.jobs.models import Job
from app.records import missing, proof, service
from app.records.models import Record
from tests.conftest import Instance


@pytest.fixture
def three(either: Instance) -> list[tuple[str, str]]:
    """Three records with their PDFs, and one whose PDF is still being made: (case, record)."""
    made = [either.decided("h2") for _ in range(4)]
    with either.app.app_context():
        for _, record_id in made[:3]:
            service.make_pdf(record_id)
    return made


def warnings(instance: Instance) -> str:
    answer = instance.client().get("/readyz").json
    assert answer is not None
    return " ".join(answer["warnings"])


def started(instance: Instance) -> str:
    said: list[str] = []
    with instance.app.app_context():
        install.prepare(instance.app, False, lambda line: said.append(str(line)))
    return " ".join(said)


def test_a_backup_without_its_records_is_said_at_the_start_on_ready_and_on_the_page(
    either: Instance, three: list[tuple[str, str]], officer: FlaskClient
) -> None:
    case_id, record_id = three[0]
    assert "PDFs of records" not in started(either)
    assert "PDFs of records" not in warnings(either)
    assert "Download the PDF" in officer.get(f"/cases/{case_id}/records/{record_id}").text
    shutil.rmtree(either.settings.data / "records")
    said = started(either)
    assert "3 of 3 PDFs of records are not in the folder records: was it left out of a restored backup?" in said
    assert "3 of 3 PDFs of records" in warnings(either)
    page = officer.get(f"/cases/{case_id}/records/{record_id}").text
    assert "The PDF of this record is not on this machine." in page
    assert "3 of 3 PDFs were missing" in page
    assert "Make it again" in page
    assert "Download the PDF" not in page
    still = officer.get(f"/cases/{three[3][0]}/records/{three[3][1]}").text
    assert "being made" in still


def test_one_command_makes_them_again_and_the_warning_ends(either: Instance, three: list[tuple[str, str]]) -> None:
    shutil.rmtree(either.settings.data / "records")
    with either.app.app_context():
        missing.look()
    done = either.app.test_cli_runner().invoke(args=["record", "make-again"])
    assert json.loads(done.output) == {"queued": 3}
    counts = []
    for _, record_id in three[:3]:
        with either.app.app_context():
            assert db.session.get_one(Job, f"{service.RENDER_AGAIN}-{record_id}-1")
            jobs.run(service.RENDER_AGAIN, f"{record_id}-1")
            found = missing.kept()
            assert found is not None
            counts.append(found.missing)
            pdf = service.file_of(db.session.get_one(Record, record_id)).read_bytes()
            assert proof.verify(pdf).unaltered
    assert counts == [2, 1, 0]
    assert "PDFs of records" not in warnings(either)
    done = either.app.test_cli_runner().invoke(args=["record", "make-again"])
    assert json.loads(done.output) == {"queued": 0}


def test_before_all_are_said_to_be_there_the_folder_is_looked_at(instance: Instance) -> None:
    first, second = instance.decided("h2")[1], instance.decided("h2")[1]
    with instance.app.app_context():
        for record_id in (first, second):
            service.make_pdf(record_id)
        files = [service.file_of(db.session.get_one(Record, r)) for r in (first, second)]
        files[0].unlink()
        assert missing.look().missing == 1
        files[1].unlink()  # gone since the look
        service.make_pdf_again(f"{first}-1")
        found = missing.kept()
        assert found is not None
        assert (found.missing, found.named) == (1, 2)


def test_what_was_found_and_cannot_be_read_is_no_all_clear(instance: Instance) -> None:
    with instance.app.app_context():
        missing.look()
        (instance.settings.data / "records.json").write_text("{", encoding="ascii")
        assert missing.kept() is None
    assert "is not known" in warnings(instance)
