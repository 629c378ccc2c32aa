"""Jobs: queued in the transaction that needs them, run by a real worker, and run again when the worker is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text

from app import jobs
from app.database import writing
from app.extensions import db
from app.records.models import Record
from app.settings import ROOT
from tests.conftest import Instance


def queued(instance: Instance) -> int:
    with instance.app.app_context():
        table = "workflow_status" if instance.engine == "sqlite" else "dbos.workflow_status"
        return int(db.session.execute(text(f"SELECT count(*) FROM {table} WHERE status = 'ENQUEUED'")).scalar() or 0)


def worker(instance: Instance) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ, "CBC_DATA": str(instance.settings.data), "CBC_DATABASE_URL": instance.settings.database_url, "CBC_BASE_URL": "http://localhost",
    }  # fmt: skip
    with open(instance.settings.data / "worker.log", "ab") as log:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


def wait_for(found: Any, seconds: float = 45) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found():
            return True
        time.sleep(0.2)
    return False


def has_pdf(instance: Instance, record_id: str) -> bool:
    with instance.app.app_context():
        return db.session.get_one(Record, record_id).pdf_sha256 is not None


def test_a_job_exists_only_if_its_transaction_does(either: Instance) -> None:
    before = queued(either)
    with either.app.app_context(), suppress(ZeroDivisionError), writing() as session:
        jobs.enqueue(session, "render-record", "never")
        raise ZeroDivisionError
    assert queued(either) == before
    with either.app.app_context(), writing() as session:
        jobs.enqueue(session, "render-record", "once")
        jobs.enqueue(session, "render-record", "once")
    assert queued(either) == before + 1


def test_a_job_nobody_handles_is_refused(instance: Instance) -> None:
    with instance.app.app_context(), pytest.raises(LookupError), writing() as session:
        jobs.enqueue(session, "make-tea", "x")


def test_a_worker_makes_the_pdf_says_it_lives_and_stops_when_told(either: Instance) -> None:
    _, record_id = either.decided("h2")
    process = worker(either)
    try:
        assert wait_for(lambda: has_pdf(either, record_id))
        age = jobs.heartbeat_age(either.settings)
        assert age is not None
        assert age < 10
    finally:
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        process.wait(15)
    assert time.monotonic() - started < 10
    assert process.returncode == 0
    assert jobs.heartbeat_age(either.settings) is None
    assert "Wójcik" not in (either.settings.data / "worker.log").read_text(encoding="utf-8")


def test_a_job_survives_a_worker_that_is_killed(instance: Instance) -> None:
    records = [instance.decided("h2")[1] for _ in range(3)]
    process = worker(instance)
    wait_for(lambda: (instance.settings.data / "worker.heartbeat").exists())
    time.sleep(0.7)
    process.kill()
    process.wait(10)
    assert not all(has_pdf(instance, r) for r in records), "killed with work left to do"
    process = worker(instance)
    try:
        assert wait_for(lambda: all(has_pdf(instance, r) for r in records))
    finally:
        process.terminate()
        process.wait(15)
