"""Sealed PDFs in a folder that is not in the data folder: made, missed, destroyed, backed up and put back there."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.backups import making, proving, restoring
from app.editions import service as editions
from app.editions.models import Edition
from app.extensions import db
from app.records import missing
from app.records import service as records
from app.records.models import Record
from app.retention import erasing
from app.settings import Settings, current_settings
from tests.backups.programs import put_programs_in_the_way
from tests.conftest import Instance


@pytest.fixture
def elsewhere(either: Instance, tmp_path: Path) -> Path:
    folder = tmp_path / "mounted" / "records"
    folder.parent.mkdir()
    either.app.config["SETTINGS"] = either.settings.model_copy(update={"records": folder})
    return folder


def test_it_is_the_data_folder_unless_it_is_said(tmp_path: Path) -> None:
    assert Settings(data=tmp_path).records_folder == tmp_path / "records"
    assert Settings(data=tmp_path, records=tmp_path / "x").records_folder == tmp_path / "x"
    assert Settings(data=tmp_path, records=tmp_path / "x").place_of("mail") == tmp_path / "mail"


def test_a_pdf_is_made_missed_and_destroyed_there(either: Instance, elsewhere: Path) -> None:
    _, record_id = either.decided("h2")
    with either.app.app_context():
        records.make_pdf(record_id)
        record = db.session.get_one(Record, record_id)
        assert records.file_of(record) == elsewhere / f"{record_id}.pdf"
        assert editions.file_of(Edition(id="x")) == elsewhere / "x.pdf"
        assert records.is_there(record)
        assert missing.absent() == []
        assert erasing.files_of(either.settings, {record_id}) == [elsewhere / f"{record_id}.pdf"]
        (elsewhere / f"{record_id}.pdf").unlink()
        assert missing.absent() == [record_id]
    assert not (either.settings.data / "records").exists()


def test_where_it_is_not_mounted_a_job_waits_and_nothing_is_written_beside_it(either: Instance, tmp_path: Path) -> None:
    """Its folder lies inside what is mounted: without that, not even its parent is there."""
    folder = tmp_path / "not-mounted" / "records"
    either.app.config["SETTINGS"] = either.settings.model_copy(update={"records": folder})
    _, record_id = either.decided("h2")
    with either.app.app_context(), pytest.raises(OSError, match="No such file"):
        records.make_pdf(record_id)
    assert not folder.parent.exists()


def test_it_is_in_a_backup_and_comes_back_where_it_belongs(
    either: Instance, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_programs_in_the_way(monkeypatch)
    _, record_id = either.decided("h2")
    with either.app.app_context():
        records.make_pdf(record_id)
        made = making.make(tmp_path / "backups")
        content = (elsewhere / f"{record_id}.pdf").read_bytes()
        other = either.settings.model_copy(
            update={"data": tmp_path / "other", "records": tmp_path / "away" / "records"}
        )
        other.data.mkdir()
        (tmp_path / "away").mkdir()
        with restoring.opened(made.file, "", other, "restoring") as found:
            restoring.put_files(found, other)
        db.session.rollback()
    assert (tmp_path / "away" / "records" / f"{record_id}.pdf").read_bytes() == content
    assert not (other.data / "records").exists()


def test_trying_a_backup_out_puts_nothing_back_into_the_folder_that_is_in_use(
    either: Instance, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was destroyed since would lie there again, and the trial would miss it where it looks."""
    put_programs_in_the_way(monkeypatch)
    _, record_id = either.decided("h2")
    with either.app.app_context():
        records.make_pdf(record_id)
        made = making.make(tmp_path / "backups")
        (elsewhere / f"{record_id}.pdf").unlink()
        db.session.rollback()
        told = proving.verify(made.file, "", current_settings())
    assert told["pdfs"] == 1
    assert not (elsewhere / f"{record_id}.pdf").exists()
