"""The drill, on both engines: made while a writer writes, damaged and refused, restored elsewhere, compared."""

from __future__ import annotations

import json
import os
import random
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from app import install
from app.audit import service as audit
from app.audit import verifying
from app.backups import container, database, keeping, making, parts, proving, restoring
from app.backups.container import Damaged
from app.backups.database import BackupProblem
from app.cases.models import Case
from app.database import writing
from app.extensions import db
from app.records.models import Record
from app.settings import ROOT, Settings
from tests.backups.programs import put_programs_in_the_way
from tests.conftest import Instance, dispose
from tests.kept import made as made_app

MARKER = "Zzyzxwick"  # in every family of these tests, and nowhere else
TREE = json.loads((ROOT / "docs" / "examples" / "h2.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    put_programs_in_the_way(monkeypatch)


def _family(instance: Instance, mark: str = MARKER) -> tuple[str, str]:
    """A decided case whose household's words hold the marker, with a file where its PDF would lie."""
    tree = json.loads(json.dumps(TREE).replace(TREE["household"]["reference"], f"{mark}-{secrets.token_hex(3)}"))
    case_id, record_id = instance.decided_tree(tree)
    folder = instance.settings.data / "records"
    folder.mkdir(exist_ok=True)
    (folder / f"{record_id}.pdf").write_bytes(f"%PDF of {mark}".encode())
    return case_id, record_id


def _make(instance: Instance, folder: Path, **settings: Any) -> making.Made:
    before = instance.settings
    instance.app.config["SETTINGS"] = before.model_copy(update=settings)
    try:
        with instance.app.app_context():
            return making.make(folder)
    finally:
        instance.app.config["SETTINGS"] = before


@contextmanager
def _elsewhere(instance: Instance, folder: Path, server: str | None) -> Iterator[Instance]:
    """An installation that holds nothing, on the same engine, with the keys of the other."""
    folder.mkdir()
    (folder / "gazetteer.sqlite").symlink_to((instance.settings.data / "gazetteer.sqlite").resolve())
    for name in parts.APART:
        if (instance.settings.data / name).exists():
            (folder / name).write_bytes((instance.settings.data / name).read_bytes())
    url, name = "", f"restored_{secrets.token_hex(5)}"
    if server is not None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')  # type: ignore[call-overload]
        url = make_url(instance.settings.database).set(database=name).render_as_string(hide_password=False)
    app = made_app(Settings(data=folder, database_url=url, base_url="http://localhost", disk_reserve_mb=1))
    app.config.update(WTF_CSRF_ENABLED=False)
    try:
        yield Instance(app, instance.engine)
    finally:
        dispose(app)
        if server is not None:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


def _server(instance: Instance, request: pytest.FixtureRequest) -> str | None:
    return request.getfixturevalue("postgresql") if instance.engine == "postgresql" else None


def test_the_drill(either: Instance, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Make it while somebody writes, try it out, restore it elsewhere, and find the same rows, files, audit and pages."""
    case_id, record_id = _family(either)
    stop, written = threading.Event(), list[int]()

    def write() -> None:
        with either.app.app_context():
            while not stop.is_set():
                with writing() as session:
                    audit.record(session, "case.exported", "case", case_id, case_id)
                written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not written:
            stop.wait(0.01)
        before = len(written)
        made = _make(either, tmp_path / "backups")
        during = len(written) - before
    finally:
        stop.set()
        writer.join()
    assert during > 0, "nobody wrote while it was made: this test would prove nothing"
    with either.app.app_context():
        assert keeping.noted(either.settings).file == made.file.name
        found = proving.verify(made.file, "", either.settings)
        assert found["opened"] == ["case", "record"]
        assert keeping.noted(either.settings).tried == made.file.name
    manifest = container.checked(made.file, made.file.name)
    table = "audit_event" if either.engine == "sqlite" else "public.audit_event"
    assert found["audit_entries"] == manifest["rows"][table] == manifest["audit"]["entry"]
    with _elsewhere(either, tmp_path / "other", _server(either, request)) as other:
        told = other.app.test_cli_runner().invoke(args=["restore", str(made.file)])
        assert told.exit_code == 0, told.output
        assert "The keys here are those of then." in told.output
        assert "jobs release" in told.output
        with other.app.app_context():
            install.prepare(other.app, False, lambda line: None)
            seen = verifying.Told()
            with db.engine.connect() as connection, connection.begin():
                assert list(verifying.verify(connection, seen)) == []
            assert db.session.get_one(Record, record_id).case_id == case_id
            entries = "SELECT seq, hash FROM audit_event WHERE seq <= :last ORDER BY seq"
            last = {"last": manifest["audit"]["entry"]}
            restored = db.session.execute(text(entries), last).all()
            db.session.rollback()
        with either.app.app_context():
            assert restored == db.session.execute(text(entries), last).all()
            db.session.rollback()
        assert (other.settings.data / "records" / f"{record_id}.pdf").read_bytes() == f"%PDF of {MARKER}".encode()
        assert other.client("safeguarding_lead").get(f"/cases/{case_id}").status_code == 200
        again = other.app.test_cli_runner().invoke(args=["restore", str(made.file)])
        assert again.exit_code == 1
        assert "is not empty, and nothing was restored" in again.stderr


def test_a_byte_damaged_anywhere_is_refused_by_name(either: Instance, tmp_path: Path) -> None:
    """One byte in every stretch of the file, at a place that chance chooses: beginnings, parts, between them, and the end."""
    _family(either)
    made = _make(either, tmp_path / "backups")
    whole = bytearray(made.file.read_bytes())
    assert container.checked(made.file, made.file.name)["parts"]
    chance, step = random.Random(26), len(whole) // 60
    places = {0, 345, 511, len(whole) - 1, len(whole) - 60, len(whole) - 700}
    places |= {chance.randrange(at, min(at + step, len(whole))) for at in range(0, len(whole), step)}
    named, damaged = set[str](), tmp_path / made.file.name
    for place in sorted(places):
        copy = bytearray(whole)
        copy[place] ^= 1 << chance.randrange(8)
        damaged.write_bytes(copy)
        with pytest.raises(Damaged, match=made.file.name.replace(".", r"\.")) as told:
            container.checked(damaged, damaged.name)
        named.add(str(told.value).partition(": ")[2])
    assert (
        f"database.{'sqlite' if either.engine == 'sqlite' else 'pgdump'} is not what was written. Nothing of it is used."
        in named
    )
    for cut in (0, 10, len(whole) // 2, len(whole) - 1):
        damaged.write_bytes(whole[:cut])
        with pytest.raises(Damaged):
            container.checked(damaged, damaged.name)


def test_an_encrypted_backup_holds_no_marker_and_opens_with_its_key_alone(instance: Instance, tmp_path: Path) -> None:
    _family(instance)
    public, private = container.new_pair()
    plain = _make(instance, tmp_path / "plain")
    assert MARKER.encode() in plain.file.read_bytes(), (
        "the marker is looked for where it is: otherwise this proves nothing"
    )
    made = _make(instance, tmp_path / "closed", backup_key=public)
    assert made.file.name.endswith(".backup.age")
    content = made.file.read_bytes()
    for said in (MARKER, "SQLite format 3", "manifest.json", "housing_officer@test.example", private):
        assert said.encode() not in content
    with instance.app.app_context():
        found = proving.verify(made.file, private, instance.settings)
        assert found["opened"] == ["case", "record"]
        with pytest.raises(BackupProblem, match="is encrypted"):
            proving.verify(made.file, "", instance.settings)
        with pytest.raises(BackupProblem, match="does not open with this key"):
            proving.verify(made.file, container.new_pair()[1], instance.settings)
        chance = random.Random(7)
        damaged = tmp_path / made.file.name
        for at in (0, 100, 250, *(chance.randrange(300, len(content)) for _ in range(20)), len(content) - 1):
            copy = bytearray(content)
            copy[at] ^= 1
            damaged.write_bytes(copy)
            with pytest.raises(BackupProblem, match=made.file.name.replace(".", r"\.")):
                proving.verify(damaged, private, instance.settings)
    assert not list(instance.settings.data.glob("verifying-*")), "nothing plain is left"
    assert not (instance.settings.data / "backing-up").exists()


def test_no_key_and_no_password_is_in_it(instance: Instance, tmp_path: Path) -> None:
    data = instance.settings.data
    (data / "checkpoint.key").write_text("c0ffee" * 10, encoding="ascii")
    made = _make(
        instance,
        tmp_path / "backups",
        smtp_user="mailer",
        tsa_url="https://name:hunter22@tsa.example/tsr",
        tile_url="https://tiles.example/{z}/{x}/{y}.png?key=hunter33",
    )
    content = made.file.read_bytes()
    for name in parts.APART:
        assert (data / name).read_bytes() not in content, name
    for said in (b"hunter22", b"hunter33"):
        assert said not in content
    assert b"CBC_SMTP_USER=mailer" in content
    assert {part["name"] for part in container.checked(made.file, "x")["parts"]} & set(parts.APART) == set()


def test_everything_in_the_data_folder_is_taken_kept_apart_or_made_again(instance: Instance, tmp_path: Path) -> None:
    """Whatever is put there later and is in none of the lists is named: it is not left out in silence."""
    _family(instance)
    with instance.app.app_context():
        install.prepare(instance.app, False, lambda line: None)
    assert _make(instance, tmp_path / "one").unknown == []
    (instance.settings.data / "something-new").touch()
    assert _make(instance, tmp_path / "two").unknown == ["something-new"]


def test_a_killed_backup_is_not_taken_for_one(instance: Instance, tmp_path: Path) -> None:
    """Killed at many moments: there is a whole one or none, and the next clears what was left."""
    _family(instance)
    dispose(instance.app)
    folder = tmp_path / "backups"
    environment = {**os.environ, "CBC_DATA": str(instance.settings.data), "CBC_BASE_URL": "http://localhost"}
    killer = (
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
    partial = 0
    for seconds in (0.001, 0.02, 0.04, 0.06, 0.08, 0.12):
        done = subprocess.run(
            [sys.executable, "-c", killer, str(folder), str(seconds)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == -9, done.stderr
        partial += len(list(folder.glob(".*.making"))) if folder.exists() else 0
        for whole in folder.glob("case-by-case-*"):
            container.checked(whole, whole.name)
    made = _make(instance, folder)
    container.checked(made.file, made.file.name)
    assert not (instance.settings.data / "backing-up").exists()


def test_a_newer_one_is_refused_and_an_older_one_is_migrated(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, _ = _family(instance)
    copy = database.copy
    with monkeypatch.context() as patched:
        patched.setattr(database, "copy", lambda *each: copy(*each)._replace(migration="9999"))
        newer = _make(instance, tmp_path / "newer")
    with _elsewhere(instance, tmp_path / "other", None) as other:
        told = other.app.test_cli_runner().invoke(args=["restore", str(newer.file)])
        assert (told.exit_code, "made by a newer version" in told.stderr) == (1, True)
        assert database.is_empty(other.settings)
    with instance.app.app_context():
        import flask_migrate  # noqa: PLC0415

        flask_migrate.downgrade(revision="0044")
    older = _make_without_entry(instance, tmp_path / "older")
    with _elsewhere(instance, tmp_path / "third", None) as other:
        told = other.app.test_cli_runner().invoke(args=["restore", str(older)])
        assert told.exit_code == 0, told.output
        assert f"Brought the tables from 0044 to {other.app.config['SCHEMA_HEAD']}." in told.output
        with other.app.app_context():
            assert db.session.get_one(Case, case_id)


def _make_without_entry(instance: Instance, folder: Path) -> Path:
    with instance.app.app_context():
        return making.make(folder).file


def test_replacing_puts_aside_what_was_there(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = _family(instance)
    made = _make(instance, tmp_path / "backups")
    later, _ = _family(instance)
    runner = instance.app.test_cli_runner()
    assert runner.invoke(args=["restore", str(made.file)]).exit_code == 1
    told = runner.invoke(args=["restore", str(made.file), "--replace"])
    assert told.exit_code == 0, told.output
    with instance.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case).where(Case.id.in_([case_id, later]))) == 1
    aside = next(instance.settings.data.glob("replaced-*"))
    assert (aside / "case-by-case.sqlite").exists()
    assert (aside / "records").is_dir()


def test_where_pg_dump_is_not_there_it_says_so(
    either: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if either.engine == "sqlite":
        assert _make(either, tmp_path / "backups").file.exists()
        return
    with pytest.raises(BackupProblem, match="pg_dump is not on this machine"):
        _make(either, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_manifest_that_does_not_fit_its_database_is_refused(instance: Instance, tmp_path: Path) -> None:
    _family(instance)
    made = _make(instance, tmp_path / "backups")
    manifest = container.checked(made.file, made.file.name)
    found = database.Copied("database.sqlite", manifest["migration"], dict(manifest["rows"]), manifest["audit"])
    restoring.hold_counts(manifest, found)
    found.rows["housing_case"] += 1
    with pytest.raises(Damaged, match="The table housing_case holds"):
        restoring.hold_counts(manifest, found)
