"""Puts a backup back: only into an installation that holds nothing, unless it is said otherwise."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.engine import make_url

from app import clocks, jobs, rights
from app.audit import service as audit
from app.database import now, writing
from app.extensions import db
from app.installation import ROOT
from app.retention import tombstones
from app.settings import Settings

from . import container, database, parts
from .container import Damaged
from .database import BackupProblem

_NAMES_OF_ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Opened(NamedTuple):
    """A backup that is whole, unpacked into a folder."""

    manifest: dict[str, Any]
    folder: Path


@contextmanager
def opened(file: Path, private: str, settings: Settings, purpose: str) -> Iterator[Opened]:
    """Unpack a backup beside the data folder's own files; gone again afterwards.

    Raises:
        BackupProblem: it is damaged, closed for another key, or newer than this version.
    """
    scratch = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=settings.data))
    try:
        plain = container.opened(file, private, scratch / "plain")
        manifest = container.checked(plain, file.name)
        if not _is_known(str(manifest["migration"])):
            raise BackupProblem(
                f"{file.name} was made by a newer version ({manifest['version']}) than this one. Use that version."
            )
        container.unpack(plain, manifest, scratch / "parts")
        if plain != file:
            plain.unlink()
        yield Opened(manifest, scratch / "parts")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _is_known(migration: str) -> bool:
    said = f'revision = "{migration}"'
    return any(
        said in each.read_text(encoding="utf-8").splitlines()
        for each in (ROOT / "migrations" / "versions").glob("*.py")
    )


def hold_counts(manifest: dict[str, Any], found: database.Copied) -> None:
    """What a restored database holds, against what was counted when it was copied.

    Raises:
        Damaged: they differ; the table is named.
    """
    said: dict[str, int] = manifest["rows"]
    for table in sorted({*said, *found.rows}):
        if said.get(table) != found.rows.get(table):
            raise Damaged(
                f"The table {table} holds {found.rows.get(table)} rows, and {said.get(table)} were backed up."
            )
    if (found.audit, found.migration) != (manifest["audit"], manifest["migration"]):
        raise Damaged("The head of the audit, or the migration, is not the one that was backed up.")


def put_files(opened: Opened, settings: Settings) -> int:
    """Move the files of a backup into the data folder; gives how many. What is there stays."""
    root, many = opened.folder / "data", 0
    for folder, _, names in os.walk(root):
        for name in names:
            source = Path(folder, name)
            first, *inner = source.relative_to(root).parts
            target = settings.place_of(first).joinpath(*inner)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not target.exists():
                shutil.move(source, target)  # records may lie on another file system
                many += 1
    return many


def restore(file: Path, private: str, settings: Settings, head: str, replace: bool) -> list[str]:
    """Restore into the installation of the settings, and migrate where the backup is older; gives what was done, in sentences.

    Raises:
        BackupProblem: why nothing was restored.
    """
    age = jobs.heartbeat_age(settings)
    if age is not None and age < 30:
        raise BackupProblem("This installation is running. Stop it first. Nothing was restored.")
    said: list[str] = []
    gone = _destroyed(settings, file.parent)  # before anything is put back: a list that cannot be read stops it
    with opened(file, private, settings, "restoring") as found:
        manifest = found.manifest
        if manifest["engine"] != database.engine_of(settings):
            theirs, ours = _NAMES_OF_ENGINES[manifest["engine"]], _NAMES_OF_ENGINES[database.engine_of(settings)]
            raise BackupProblem(f"This backup is of {theirs}, and CBC_DATABASE_URL names {ours}. Nothing was restored.")
        db.session.rollback()
        db.engine.dispose()
        if manifest["engine"] == "sqlite":  # before anything is put aside
            hold_counts(manifest, database.counted_sqlite(found.folder / manifest["database"]))
        said += _make_room(settings, replace)
        put = database.put(settings, found.folder / manifest["database"])
        hold_counts(manifest, put)
        said.append(
            f"Restored the database as it was {clocks.text_in_words(manifest['made_at'])}: {sum(put.rows.values()):,} rows in {len(put.rows)} tables, "
            f"the audit up to entry {put.audit['entry']}."
        )
        said.append(f"Restored the files of the data folder: {put_files(found, settings):,}.")
        gone |= _destroyed(settings, found.folder / "data")
        beside = settings.data / "settings.restored.env"
        shutil.copyfile(found.folder / "settings.env", beside)
        beside.chmod(0o600)
        said.append(
            f"The settings of then are in {beside.name}, for you to read: none of them is in force, and no password is in it."
        )
    if manifest["migration"] != head:
        import flask_migrate  # Alembic: where there is something to migrate

        flask_migrate.upgrade()
        said.append(f"Brought the tables from {manifest['migration']} to {head}.")
    if settings.migration_database_url:
        with rights.owning(settings) as connection:
            rights.give(connection, settings)
    again = tombstones.destroy_again(gone, settings)
    tombstones.keep(settings)
    with writing() as session:
        detail = {"made_at": manifest["made_at"], "entry": manifest["audit"]["entry"]}
        audit.record(session, "backup.restored", "backup", file.name, "", detail)
    said += _of_keys(manifest, settings)
    if again.listed:
        said.append(
            f"Destroyed again what was destroyed since: {again.destroyed:,} cases, of {again.listed:,} that are listed."
        )
    said.append(
        "Where a list of what was destroyed was kept neither in the data folder nor beside the backup, destroy it again before anybody signs in. "
        "What was closed to somebody after the backup was made is open to them again: close it."
    )
    said.append(
        "It holds its letters, so that nobody gets one twice. Run “setup”, “audit verify”, and then “jobs release” if it is the one to run."
    )
    return said


def _destroyed(settings: Settings, folder: Path) -> dict[str, str]:
    """What lists in the data folder and in another say was destroyed, certificates by case.

    Raises:
        BackupProblem: a list is not ours, or cannot be read: what was destroyed would come back unseen.
    """
    try:
        return tombstones.read([settings.data / tombstones.FILE, folder / tombstones.FILE], settings)
    except tombstones.NotOurs as problem:
        raise BackupProblem(f"{problem} Nothing more was restored.") from None


def _make_room(settings: Settings, replace: bool) -> list[str]:
    """Refuse where there is something; or put it aside, where that was said.

    Raises:
        BackupProblem: the installation holds something.
    """
    filled = [
        name
        for name in parts.TAKEN
        if name not in ("spool", "services.columns", tombstones.FILE) and _holds(settings.place_of(name))
    ]
    if database.is_empty(settings) and not filled:
        return []
    if not replace:
        raise BackupProblem(
            "This installation is not empty, and nothing was restored. Name an empty folder with CBC_DATA (on PostgreSQL also an empty "
            "database with CBC_DATABASE_URL), or say --replace to put aside what is here."
        )
    if not database.is_empty(settings) and database.engine_of(settings) != "sqlite":
        raise BackupProblem(
            "The database is not empty, and on PostgreSQL nothing is put aside. Make an empty one and name it with CBC_DATABASE_URL. "
            "Nothing was restored."
        )
    aside = settings.data / f"replaced-{clocks.in_a_name(now())}"
    aside.mkdir(mode=0o700)
    paths = [settings.place_of(name) for name in filled]
    if database.engine_of(settings) == "sqlite":
        file = Path(str(make_url(settings.database).database))
        paths += [file.with_name(file.name + end) for end in ("", "-wal", "-shm")]
    for path in paths:
        if path.exists():
            shutil.move(path, aside / path.name)
    (settings.data / "worker.json").unlink(missing_ok=True)
    return [f"What was here is in {aside.name}. Delete it once you are sure."]


def _holds(path: Path) -> bool:
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


def _of_keys(manifest: dict[str, Any], settings: Settings) -> list[str]:
    """What is not in a backup, and whether it is here."""
    said, here = [], parts.fingerprints(settings)
    for name, then in manifest["keys"].items():
        if then and here[name] != then:
            are = "is not here" if not here[name] else "here is another one than then"
            said.append(f"{name} {are}. No key is in a backup: put back the one you kept.")
    return said or ["The keys here are those of then."]
