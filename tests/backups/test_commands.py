"""What the commands say, and with which status they end; and the worker, which makes one by schedule."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from app.backups import container, keeping
from app.database import now
from app.extensions import db
from app.jobs.models import DONE, Job
from tests.backups.programs import put_programs_in_the_way
from tests.conftest import Instance
from tests.jobs.test_jobs import wait_for, worker


def test_it_says_that_it_is_not_encrypted_and_what_is_not_in_it(instance: Instance, tmp_path: Path) -> None:
    told = instance.app.test_cli_runner().invoke(args=["backup", str(tmp_path / "new" / "folder")])
    assert told.exit_code == 0, told.output
    assert "is NOT encrypted" in told.output
    assert "secret.key, seal.p12 and checkpoint.key" in told.output
    instance.app.config["SETTINGS"] = instance.settings.model_copy(update={"backup_key": container.new_pair()[0]})
    told = instance.app.test_cli_runner().invoke(args=["backup", str(tmp_path / "new" / "folder")])
    assert told.exit_code == 0, told.output
    assert "It is encrypted" in told.output
    assert "NOT" not in told.output
    instance.app.config["SETTINGS"] = instance.settings.model_copy(update={"backup_key": "age1nonsense"})
    told = instance.app.test_cli_runner().invoke(args=["backup", str(tmp_path / "other")])
    assert told.exit_code == 1
    assert "is no public key" in told.stderr
    assert list((tmp_path / "other").iterdir()) == []


def test_a_pair_of_keys_is_printed_once_and_kept_nowhere(instance: Instance) -> None:
    runner, before = instance.app.test_cli_runner(), set(instance.settings.data.rglob("*"))
    first, second = (runner.invoke(args=["backup", "key"]).output for _ in range(2))
    assert first != second
    public, private = first.splitlines()[1], first.splitlines()[-1]
    assert container.is_key(public)
    assert private.startswith("AGE-SECRET-KEY-1")
    assert set(instance.settings.data.rglob("*")) == before


def test_of_a_folder_the_newest_good_one_is_found_and_the_damaged_one_is_named(
    instance: Instance, tmp_path: Path
) -> None:
    runner = instance.app.test_cli_runner()
    assert runner.invoke(args=["backup", "verify", str(tmp_path)]).exit_code == 1
    assert runner.invoke(args=["backup", str(tmp_path)]).exit_code == 0
    older = next(tmp_path.glob("case-by-case-*"))
    # Of one hour only the newest stays: let it be of the one before.
    older = older.rename(tmp_path / keeping.name_of(now() - timedelta(hours=1), False))
    assert runner.invoke(args=["backup", str(tmp_path)]).exit_code == 0
    first, newer = sorted(tmp_path.glob("case-by-case-*"))
    assert first == older
    told = runner.invoke(args=["backup", "verify", str(tmp_path)])
    assert (told.exit_code, json.loads(told.stdout)["file"]) == (0, newer.name), told.output
    content = bytearray(newer.read_bytes())
    content[len(content) // 2] ^= 1
    newer.write_bytes(content)
    told = runner.invoke(args=["backup", "verify", str(tmp_path)])
    assert told.exit_code == 1
    assert f"Refused: {newer.name} is damaged" in told.stderr
    assert json.loads(told.stdout)["file"] == older.name
    assert runner.invoke(args=["restore", str(newer), "--replace"]).exit_code == 1
    with instance.app.app_context():
        assert db.session.query(Job).count() >= 0, "what was to be replaced is still here"
        db.session.rollback()


def test_nothing_is_restored_into_a_service_that_runs(instance: Instance, tmp_path: Path) -> None:
    runner = instance.app.test_cli_runner()
    assert runner.invoke(args=["backup", str(tmp_path)]).exit_code == 0
    (instance.settings.data / "worker.heartbeat").touch()
    told = runner.invoke(args=["restore", str(next(tmp_path.glob("case-*"))), "--replace"])
    assert (told.exit_code, "Stop it first" in told.stderr) == (1, True)


def test_the_worker_makes_one_by_schedule(either: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_programs_in_the_way(monkeypatch)
    monkeypatch.setenv("CBC_BACKUPS", str(tmp_path / "backups"))
    process = worker(either)
    try:
        assert wait_for(lambda: keeping.noted(either.settings).file), (either.settings.data / "worker.log").read_text()

        def is_done() -> bool:
            with either.app.app_context():
                found = db.session.query(Job.state).filter(Job.name == keeping.JOB).scalar()
                db.session.rollback()
                return found in (DONE, None)

        assert wait_for(is_done)
    finally:
        process.terminate()
        process.wait(15)
    made = list((tmp_path / "backups").iterdir())
    assert [each.name for each in made] == [keeping.noted(either.settings).file]
    assert container.checked(made[0], made[0].name)["engine"] == either.engine
