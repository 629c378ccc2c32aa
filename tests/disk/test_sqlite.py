"""SQLite's own “database or disk is full”, and which errors are a full disk at all."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from app import disk
from app.database import writing
from app.extensions import db
from app.records.models import Record
from tests.conftest import Instance

from .test_read_only import room_again, stored


def limit_pages(instance: Instance) -> None:
    """SQLite's own limit of a file's size: it answers “database or disk is full”."""
    with instance.app.app_context():
        db.session.close()
        engine = db.engine
        engine.dispose()
        with engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

        @event.listens_for(engine, "connect")
        def limit(connection: Any, record: Any) -> None:
            connection.execute(f"PRAGMA max_page_count = {instance.app.config.get('PAGES', pages)}")

        engine.dispose()


def test_sqlite_says_the_disk_is_full_and_nothing_is_lost(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    before = len(stored(instance, "case.viewed"))
    limit_pages(instance)
    views = 0
    while "Read only since" not in officer.get("/").text:
        answer = officer.get(f"/cases/{case_id}")
        assert answer.status_code == 200
        views += 1
        assert views < 200
    version = instance.version(case_id)
    answer = officer.post(f"/cases/{case_id}/household", data={"version": str(version), "note": "x" * 9000})
    assert answer.status_code == 503
    assert officer.get(f"/cases/{case_id}").status_code == 200
    assert room_again(instance) is False, "it is tried, and nothing is lost by it"
    assert len(stored(instance, "disk.writable")) == 0
    instance.app.config["PAGES"] = 10**6
    with instance.app.app_context():
        db.session.close()
        db.engine.dispose()
    assert room_again(instance)
    assert len(stored(instance, "case.viewed")) == before + views + 1


def test_what_is_full_and_what_is_not(instance: Instance) -> None:
    assert disk.is_full(OSError(28, "x"))
    assert disk.is_full(OSError(122, "x"))
    assert not disk.is_full(OSError(13, "x"))
    assert not disk.is_full(ValueError("disk is full"))
    with instance.app.app_context(), pytest.raises(DBAPIError) as raised, writing() as session:
        session.add(Record(case_id="nowhere", number="1", body=b"", sha256="x"))
    assert not disk.is_full(raised.value)
