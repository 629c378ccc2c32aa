"""The database in a backup: a copy of one moment, made while people write, and put back. Both engines."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from app.settings import Settings

SQLITE, POSTGRESQL = "database.sqlite", "database.pgdump"
_HEAD = "SELECT seq, hash FROM audit_head"
_VERSION = "SELECT version_num FROM alembic_version"


class BackupProblem(RuntimeError):
    """Why there is no backup, or why one is not put back: a sentence without anything of a family."""


class Copied(NamedTuple):
    """A copy: its name in the backup, its migration, rows by table, and the head of the audit in it."""

    name: str
    migration: str
    rows: dict[str, int]
    audit: dict[str, Any]


def engine_of(settings: Settings) -> str:
    """``sqlite`` or ``postgresql``."""
    return make_url(settings.database).get_backend_name()


def copy(settings: Settings, folder: Path) -> Copied:
    """Copy the database into a folder, as it is at one moment; nobody waits for it.

    Raises:
        BackupProblem: there is none, or it cannot be copied.
    """
    try:
        if engine_of(settings) == "sqlite":
            return _copy_sqlite(settings, folder / SQLITE)
        return _dump(settings, folder / POSTGRESQL)
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise BackupProblem(
            f"The database could not be copied ({type(error).__name__}). Is it set up and can it be reached, and is there room?"
        ) from None


def _copy_sqlite(settings: Settings, target: Path) -> Copied:
    source = Path(str(make_url(settings.database).database))
    if not source.is_file():
        raise BackupProblem("There is no database yet. Run: flask --app wsgi setup")
    # VACUUM INTO reads in one transaction, for which no writer waits; and what was deleted, such as a destroyed key, is not in the
    # copy, as it would be in the free pages that the online backup copies with the rest.
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # an empty file is taken, and keeps its mode
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=60)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    return counted_sqlite(target)


def counted_sqlite(path: Path) -> Copied:
    """What is in a copy that nobody writes to.

    Raises:
        BackupProblem: it is no whole database.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BackupProblem("The copy of the database is not whole.")
            named = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
            names = sorted(name for (name,) in named)
            rows = {
                name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608 - its own names
                for name in names
            }
            seq, link = connection.execute(_HEAD).fetchone()
            return Copied(SQLITE, str(connection.execute(_VERSION).fetchone()[0]), rows, _head(seq, link))
    except sqlite3.Error as error:
        raise BackupProblem(f"The copy of the database cannot be read ({type(error).__name__}).") from None


def _head(seq: Any, link: Any) -> dict[str, Any]:
    return {"entry": int(seq), "hash": bytes(link or b"").hex()}


def _dump(settings: Settings, target: Path) -> Copied:
    url = _reading_url(settings)
    with _connected(url) as connection:
        # One snapshot for the dump and for what is counted beside it.
        connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
            _run("pg_dump", settings, url, "--format=custom", "--compress=none", "--no-owner", "--no-acl",
                 f"--snapshot={snapshot}", f"--file={target}")  # fmt: skip
            target.chmod(0o600)
            return _counted(connection)


def counted_postgresql(url: str) -> Copied:
    """What is in a database that was restored."""
    with _connected(make_url(url)) as connection:
        return _counted(connection)


def _counted(connection: Connection) -> Copied:
    named = connection.execute(
        text(
            "SELECT schemaname, tablename FROM pg_catalog.pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') "
            "ORDER BY 1, 2"
        )
    )
    rows = {
        f"{schema}.{name}": int(connection.scalar(text(f'SELECT count(*) FROM "{schema}"."{name}"')) or 0)  # noqa: S608
        for schema, name in named.all()
    }
    head = connection.execute(text(_HEAD)).one()
    return Copied(POSTGRESQL, str(connection.scalar(text(_VERSION))), rows, _head(*head))


def _reading_url(settings: Settings) -> URL:
    return make_url(settings.migration_database_url or settings.database)


@contextmanager
def connected(settings: Settings) -> Iterator[Connection]:
    """A connection to the database of settings that are not those of this application."""
    with _connected(make_url(settings.database)) as connection:
        yield connection


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def program(name: str, settings: Settings) -> str:
    """Where a program of PostgreSQL's stands.

    Raises:
        BackupProblem: it is not there.
    """
    folder = settings.postgresql_programs
    found = shutil.which(name, path=str(folder)) if folder else shutil.which(name)
    if found is None:
        raise BackupProblem(
            f"{name} is not on this machine, so nothing is backed up or restored on PostgreSQL. Install Debian’s postgresql-client of the "
            "server’s own version, or name the folder it stands in with CBC_POSTGRESQL_PROGRAMS."
        )
    return found


def _run(name: str, settings: Settings, url: URL, *words: str) -> None:
    # The password goes by the environment: the words of a command can be read by everybody on the machine.
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    bare = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 - no shell
        [program(name, settings), *words, f"--dbname={bare}"], env=environment, capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")
        why = (
            "it is older than the server" if "server version mismatch" in said
            else "the role may not read every table and sequence: give CBC_MIGRATION_DATABASE_URL in the environment of this command"
            if "permission denied" in said
            else "the database cannot be reached, is not empty, or there is no room"
        )  # fmt: skip
        raise BackupProblem(f"{name} ended with {done.returncode}: {why}.")  # its own words may hold a row


# ---- putting back


def is_empty(settings: Settings) -> bool:
    """Is there no table of anybody's in the database of the settings, or no database file? Makes none by asking."""
    if engine_of(settings) == "sqlite":
        path = Path(str(make_url(settings.database).database))
        return not path.exists() or path.stat().st_size == 0
    try:
        with _connected(_reading_url(settings)) as connection:
            there = inspect(connection)
            return not any(
                there.get_table_names(schema) for schema in there.get_schema_names() if schema != "information_schema"
            )
    except SQLAlchemyError:
        raise BackupProblem("The database cannot be reached. Check CBC_DATABASE_URL.") from None


def put(settings: Settings, copied: Path) -> Copied:
    """Put a copy in the place of the database, which is empty; give what is in it then.

    Raises:
        BackupProblem: it cannot be put there.
    """
    if engine_of(settings) == "sqlite":
        target = Path(str(make_url(settings.database).database))
        beside = target.with_name(target.name + ".making")
        shutil.copyfile(copied, beside)
        beside.chmod(0o600)
        with open(beside, "rb") as stream:
            os.fsync(stream.fileno())
        found = counted_sqlite(beside)
        beside.replace(target)
        return found
    url = _reading_url(settings)
    restore_words = ("--no-owner", "--no-acl", "--no-comments", "--exit-on-error", "--single-transaction")
    _run("pg_restore", settings, url, *restore_words, str(copied))
    return counted_postgresql(url.render_as_string(hide_password=False))


@contextmanager
def scratch_database(settings: Settings, name: str) -> Iterator[str]:
    """An empty PostgreSQL database beside the one that serves, for as long as a backup is tried out: its address.

    Raises:
        BackupProblem: the role may make none.
    """
    url = _reading_url(settings)
    engine = create_engine(url, hide_parameters=True, isolation_level="AUTOCOMMIT")
    quoted = f'"{name}"'
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {quoted} TEMPLATE template0"))
    except SQLAlchemyError:
        engine.dispose()
        raise BackupProblem(
            "This role may not make a database to try the backup out in. Make an empty one and name it with --database, or give "
            "CBC_MIGRATION_DATABASE_URL of a role with CREATEDB in the environment of this command."
        ) from None
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)"))
        engine.dispose()
