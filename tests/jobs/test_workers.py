"""Several workers of one installation: one identity, a number each, and what one is doing no other begins."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine

from app import jobs
from app.backups import keeping
from app.database import now, writing
from app.extensions import db
from app.jobs import identity, ledger, workers
from app.jobs.models import RUNNING, Job
from app.records import service as records
from tests.conftest import Instance


def test_workers_that_start_at_once_are_one_installation(either: Instance) -> None:
    at_once = Barrier(4)

    def start(_: int) -> str:
        with either.app.app_context():
            at_once.wait()
            return identity.own(either.settings)

    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(start, range(4)))
    assert len(found) == 1
    with either.app.app_context():
        assert not identity.is_copy(either.settings)


def test_two_workers_cannot_have_one_number(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_WAIT_SECONDS", 0.3)
    monkeypatch.setenv("CBC_WORKER", "3")
    with workers.alone_with_its_number(instance.settings):
        with (
            pytest.raises(SystemExit, match="has the number 3"),
            workers.alone_with_its_number(instance.settings),
        ):
            pass
        monkeypatch.setenv("CBC_WORKER", "4")
        with workers.alone_with_its_number(instance.settings):
            pass
    monkeypatch.setenv("CBC_WORKER", "3")
    with workers.alone_with_its_number(instance.settings):
        pass


def test_a_number_is_free_again_when_its_worker_is_killed(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    held = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)"
    lock = instance.settings.data / "worker-0.lock"
    with subprocess.Popen([sys.executable, "-c", held, str(lock)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        monkeypatch.setattr(workers, "_WAIT_SECONDS", 0.3)
        with pytest.raises(SystemExit), workers.alone_with_its_number(instance.settings):
            pass
        other.kill()
    with workers.alone_with_its_number(instance.settings):
        pass


@pytest.mark.parametrize("said", ["", "x", "-1", "1000", "١"])
def test_what_is_no_number_is_refused_in_a_sentence(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CBC_WORKER", said)
    with pytest.raises(SystemExit, match="CBC_WORKER is the number"):
        workers.number()


def test_one_worker_that_lives_is_enough_and_one_that_stops_takes_nothing_away(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert jobs.heartbeat_age(instance.settings) is None
    first = workers.heart(instance.settings)
    monkeypatch.setenv("CBC_WORKER", "1")
    second = workers.heart(instance.settings)
    assert first != second
    first.touch()
    second.touch()
    first.unlink()
    age = jobs.heartbeat_age(instance.settings)
    assert age is not None
    assert age < 10


def test_what_may_run_for_hours_is_left_to_who_runs_it(either: Instance) -> None:
    """Cut off by a fault counts what runs for longer than it can; a backup of an hour is no fault."""
    with either.app.app_context():
        with writing() as session:
            for name, subject in ((records.RENDER, "one"), (keeping.JOB, "two")):
                session.add(
                    Job(id=f"{name}-{subject}", name=name, subject=subject, state=RUNNING, tries=1, started_at=now())
                )
        long = tuple(name for name, queue in jobs._queues.items() if queue == jobs.LONG_QUEUE)
        assert keeping.JOB in long
        with time_machine.travel(now() + timedelta(hours=1)):
            assert [found[:2] for found in ledger.take_due(long)] == [(records.RENDER, "one")]
        with time_machine.travel(now() + timedelta(hours=7)):
            assert (keeping.JOB, "two") in [found[:2] for found in ledger.take_due(long)]
        db.session.rollback()


def test_a_job_is_noted_when_the_database_is_there_again(either: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a letter's run ended with is not lost because the database was away at that moment."""
    waited: list[float] = []
    tried = iter([1, 1])

    def away(*_: object) -> None:
        if next(tried, None):
            raise jobs.pools.NoneFree

    monkeypatch.setattr(time, "sleep", waited.append)
    with either.app.app_context():
        jobs._noted(away)
    assert waited == [0.5, 1]
