"""What trying a backup out shows, and says that it did not; and backups that are cut off: killed, or by a disk that is full."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.audit import checkpoints
from app.backups import container, database, keeping, making, parts, proving
from app.backups.container import Damaged
from app.backups.database import BackupProblem
from app.database import now
from app.extensions import db
from app.records import service as records
from app.settings import ROOT
from tests.audit.damage import filled, head_moved
from tests.backups.programs import put_programs_in_the_way
from tests.conftest import Instance, dispose


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    put_programs_in_the_way(monkeypatch)


def _make(instance: Instance, folder: Path) -> making.Made:
    with instance.app.app_context():
        return making.make(folder)


def _verify(instance: Instance, file: Path, *more: object) -> dict[str, object]:
    with instance.app.app_context():
        return proving.verify(file, "", instance.settings, *more)  # type: ignore[arg-type]


def test_a_file_that_vanished_while_it_was_made_is_named(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = instance.settings.data / "mail"
    mail.mkdir(exist_ok=True)
    (mail / "told-1.eml").write_text("x")
    listed = parts.files

    def gone_meanwhile(*each: object) -> list[parts.Part]:
        found = list(listed(*each))  # type: ignore[arg-type]
        (mail / "told-1.eml").unlink()
        return found

    monkeypatch.setattr(parts, "files", gone_meanwhile)
    told = instance.app.test_cli_runner().invoke(args=["backup", str(tmp_path / "backups")])
    assert told.exit_code == 0, told.output
    assert "they vanished between being listed and being read: data/mail/told-1.eml." in told.output
    made = next((tmp_path / "backups").iterdir())
    assert container.checked(made, made.name)["vanished"] == ["data/mail/told-1.eml"]
    with instance.app.app_context():
        detail = db.session.scalar(text("SELECT detail FROM audit_event WHERE action = 'backup.made'"))
        assert json.loads(str(detail))["vanished"] == 1
        db.session.rollback()
    monkeypatch.undo()
    told = instance.app.test_cli_runner().invoke(args=["backup", str(tmp_path / "other")])
    assert "they vanished" not in told.output


def test_every_pdf_that_the_database_names_is_held_against_the_files(either: Instance, tmp_path: Path) -> None:
    _, record_id = either.decided("h2")
    with either.app.app_context():
        records.make_pdf(record_id)
    assert _verify(either, _make(either, tmp_path / "one").file)["pdfs"] == 1
    file = either.settings.data / "records" / f"{record_id}.pdf"
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"x")
    with pytest.raises(BackupProblem, match=r"1 of 1 PDFs are in it and not what the database says: R-\d{4}-00001"):
        _verify(either, _make(either, tmp_path / "two").file)
    file.unlink()
    refused = _make(either, tmp_path / "three").file
    with pytest.raises(BackupProblem, match=r"1 of 1 PDFs are not in it: R-\d{4}-00001"):
        _verify(either, refused)
    told = either.app.test_cli_runner().invoke(args=["backup", "verify", str(refused)])
    assert (told.exit_code, "PDFs are not in it" in told.stderr) == (1, True)
    assert keeping.noted(either.settings).tried != refused.name, "one that was refused was not tried out"


def test_that_no_page_was_opened_is_said(instance: Instance, tmp_path: Path) -> None:
    told = instance.app.test_cli_runner().invoke(args=["backup", str(tmp_path)])
    assert told.exit_code == 0, told.output
    told = instance.app.test_cli_runner().invoke(args=["backup", "verify", str(tmp_path)])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["opened"] == []
    assert "No page of a case was opened: there is none in it." in told.stderr
    assert "No page of a record was opened: there is none in it." in told.stderr
    assert "held against no anchor from outside" in told.stderr


def test_the_restored_audit_is_held_against_what_was_kept_outside(either: Instance, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    either.app.config["SETTINGS"] = either.settings.model_copy(update={"checkpoints": outside})
    with either.app.app_context():
        filled(20)
        assert checkpoints.leave() is not None
    made = _make(either, tmp_path / "backups")
    time.sleep(1.1)  # a checkpoint says its moment to the second
    with either.app.app_context():
        filled(5)
        assert checkpoints.leave() is not None, "a newer one: of this the backup need not know"
    found = _verify(either, made.file)
    assert (found["anchors"], found["not_shown"]) == (
        1,
        ["No page of a case was opened: there is none in it.", "No page of a record was opened: there is none in it."],
    )
    # A backup of a database whose end somebody cut off, and which is whole as a file.
    with either.app.app_context(), db.engine.begin() as connection:
        if either.engine == "sqlite":
            for (name,) in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'")
            ).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM audit_detail"))
        connection.execute(text("DELETE FROM audit_event WHERE seq > 10"))
        head_moved(connection)
    other = tmp_path / "cut"
    other.mkdir()
    with either.app.app_context():
        copied = other / "scratch"
        copied.mkdir()
        moment = now().replace(microsecond=0)
        target = other / keeping.name_of(moment, False)
        making.write(either.settings, database.copy(either.settings, copied), copied, target, moment)
    with pytest.raises(Damaged, match="the end is gone"):
        _verify(either, target)
    with pytest.raises(Damaged, match="the end is gone"):
        _verify(either, target, "", [outside])


def test_on_postgresql_it_is_tried_out_in_a_database_that_is_named(
    either: Instance, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if either.engine == "sqlite":
        found = _verify(either, _make(either, tmp_path / "backups").file, "postgresql+psycopg://nowhere/nothing")
        assert found["tables"], "a backup of SQLite needs none"
        return
    either.import_case("h2")
    made = _make(either, tmp_path / "backups")
    name = f"empty_{secrets.token_hex(5)}"
    server = request.getfixturevalue("postgresql")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')  # type: ignore[call-overload]
        url = make_url(either.settings.database).set(database=name).render_as_string(hide_password=False)
        try:
            runner = either.app.test_cli_runner()
            told = runner.invoke(args=["backup", "verify", str(made.file), "--database", url])
            assert told.exit_code == 0, told.output
            assert json.loads(told.stdout)["opened"] == ["case"]
            told = runner.invoke(args=["backup", "verify", str(made.file), "--database", url])
            assert (told.exit_code, "is not empty" in told.stderr) == (1, True), (
                "what it left there is not written over"
            )
            held = connection.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'verifying_%'").fetchone()
            assert held == (0,), "no database was made beside it"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


# ---- cut off


_KILLER = (
    "import os, sys, threading, time\n"
    "from app import create_app\n"
    "from app.backups import making\n"
    "app = create_app()\n"
    "threading.Thread(target=lambda: (time.sleep(float(sys.argv[2])), os.kill(os.getpid(), 9)), daemon=True).start()\n"
    "from pathlib import Path\n"
    "with app.app_context():\n"
    "    making.make(Path(sys.argv[1]))\n"
    "time.sleep(60)\n"
)
_FULL = (
    "import resource, signal, sys\n"
    "from pathlib import Path\n"
    "from app import create_app\n"
    "from app.backups import making\n"
    "from app.backups.database import BackupProblem\n"
    "app = create_app()\n"
    "with app.app_context():\n"
    "    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))\n"
    "    try:\n"
    "        making.make(Path(sys.argv[1]))\n"
    "    except BackupProblem as problem:\n"
    "        sys.exit(f'said: {problem}')\n"
)


def _environment(instance: Instance) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CBC_")}
    url = {"CBC_DATABASE_URL": instance.settings.database_url} if instance.settings.database_url else {}
    return {**kept, "CBC_DATA": str(instance.settings.data), "CBC_BASE_URL": "http://localhost", **url}


def test_a_backup_that_is_killed_leaves_a_whole_one_or_none_on_either_engine(either: Instance, tmp_path: Path) -> None:
    either.decided("h2")
    dispose(either.app)
    folder, partial = tmp_path / "backups", 0
    for seconds in (0.01, 0.05, 0.1, 0.2, 0.4, 0.8):
        done = subprocess.run(
            [sys.executable, "-c", _KILLER, str(folder), str(seconds)], cwd=ROOT, env=_environment(either), capture_output=True, check=False
        )  # fmt: skip
        assert done.returncode == -9, done.stderr
        partial += len(list(folder.glob(".*.making"))) + (either.settings.data / "backing-up").exists()
        for whole in folder.glob("case-by-case-*"):
            container.checked(whole, whole.name)
    assert partial, "it was never cut off in the middle: this would prove nothing"
    made = _make(either, folder)
    container.checked(made.file, made.file.name)
    assert not (either.settings.data / "backing-up").exists()


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_disk_that_is_full_leaves_the_older_backup_and_says_so(
    either: Instance, tmp_path: Path, is_closed: bool
) -> None:
    either.decided("h2")
    (either.settings.data / "records").mkdir(exist_ok=True)
    (either.settings.data / "records" / "large.pdf").write_bytes(secrets.token_bytes(3_000_000))
    folder = tmp_path / "backups"
    older = _make(either, folder)
    noted = keeping.noted(either.settings)
    dispose(either.app)
    key = {"CBC_BACKUP_KEY": container.new_pair()[0]} if is_closed else {}
    # Smaller than the copy of the database; larger than that, and smaller than the file of the backup.
    for most in (200_000, older.file.stat().st_size - 1_000_000):
        done = subprocess.run(
            [sys.executable, "-c", _FULL, str(folder), str(most)], cwd=ROOT, env={**_environment(either), **key}, capture_output=True, check=False
        )  # fmt: skip
        said = done.stderr.decode()
        assert done.returncode == 1, said
        assert "said: " in said
        assert "is there room" in said or "No backup was made: File too large" in said or "there is no room" in said, (
            said
        )
        assert [each.name for each in folder.iterdir()] == [older.file.name], (
            "nothing that could be taken for one is left"
        )
        assert keeping.noted(either.settings) == noted
        assert not (either.settings.data / "backing-up").exists()
    container.checked(older.file, older.file.name)
    _make(either, folder)
