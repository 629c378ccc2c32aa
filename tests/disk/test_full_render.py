"""A disk that becomes full while a record's PDF is written: nothing is half there, the record is safe, and it is made once there is room."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from app import jobs
from app.extensions import db
from app.jobs.models import DONE, Job
from app.records import service as records
from app.records.models import Record, RecordFile
from app.records.proof import body_of, verify
from tests.conftest import Instance

from .test_spool import fill, small  # noqa: F401 - its fixture

pytestmark = pytest.mark.full_disk


def test_a_disk_that_is_full_in_a_render_leaves_nothing_half_made(instance: Instance, small: Path) -> None:  # noqa: F811
    _, record_id = instance.decided("h2")
    folder = instance.settings.data / "records"
    if folder.exists():
        shutil.rmtree(folder)
    (small / "records").mkdir(mode=0o700)
    folder.symlink_to(small / "records")
    filler = fill(small)
    with instance.app.app_context():
        jobs.run(records.RENDER, record_id)
        db.session.expire_all()
        record = db.session.get_one(Record, record_id)
        assert record.pdf_sha256 is None
        assert body_of(record), "the record itself is issued and whole"
        assert list(folder.iterdir()) == [], "half a PDF keeps the room that is missing"
        job = db.session.scalars(select(Job).where(Job.name == records.RENDER, Job.subject == record_id)).one()
        assert job.state != DONE
        assert job.next_try_at is not None, "it is tried again"
    page = instance.client("housing_officer").get(f"/cases/{record.case_id}/records/{record_id}")
    assert page.status_code == 200
    assert "The record itself is issued and safe." in page.text
    filler.unlink()
    with instance.app.app_context():
        jobs.run(records.RENDER, record_id)
        db.session.expire_all()
        record = db.session.get_one(Record, record_id)
        [file] = folder.iterdir()
        found = verify(file.read_bytes())
        assert (found.ours, found.unaltered) == (True, True)
        assert [f.sha256 for f in db.session.scalars(select(RecordFile))] == [record.pdf_sha256]
