"""From SQLite to PostgreSQL: every row of every table, in one transaction, with its number and a digest equal on both sides.

What guards the tables is off while the rows are put in, for the owner of the tables and within that transaction alone: the chain of the
audit goes over as it is, link by link, and is not made anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Connection,
    Integer,
    Table,
    create_engine,
    event,
    func,
    inspect,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from app import jobs, rights
from app.audit import service as audit
from app.backups import database
from app.backups.database import BackupProblem
from app.database import Base, writing
from app.extensions import db
from app.settings import Settings

# Tables that no model names: they are made at the other side, by the migrations, the index of the search or the job engine.
_MADE_THERE = ("alembic_version", "case_found_words", "sqlite_")
_MARK = "worker_mark"  # of which worker the jobs are: without a model, one column
_AT_ONCE = 1_000


class MoveProblem(RuntimeError):
    """Why nothing was moved: a sentence without anything of a family."""


class Moved(NamedTuple):
    """A table that is over: its rows, and the digest both sides have of them."""

    name: str
    rows: int
    digest: str


def move(settings: Settings, source: Path, head: str) -> list[Moved]:
    """Put all that is in a SQLite database into the PostgreSQL database of the settings, which is empty.

    Args:
        settings: of the installation that is to serve from PostgreSQL; its data folder is the one that goes on.
        source: the SQLite database; nobody can write to it meanwhile, and it stays as it is.
        head: the migration of this version.

    Raises:
        MoveProblem: nothing was moved; the other database holds no row.
    """
    _may_begin(settings, source)
    with _held(source) as theirs:
        found = _version(theirs)
        if found != head:
            raise MoveProblem(
                f"The SQLite database is at migration {found or 'none'}, and this version needs {head}. Run “setup” on it first, without "
                "CBC_DATABASE_URL. Nothing was moved."
            )
        _all_is_known(theirs)
        try:
            import flask_migrate  # Alembic: where there is something to migrate

            flask_migrate.upgrade()
            with _owned(settings) as ours:
                moved = _put(theirs, ours)
                if settings.migration_database_url:
                    rights.give(ours, settings)
        except SQLAlchemyError as error:
            # The words of a driver may hold a row.
            raise MoveProblem(f"PostgreSQL did not take the rows ({_kind(error)}). {_EMPTY_AGAIN}") from None
    with writing() as session:
        detail = {"tables": len(moved), "rows": sum(one.rows for one in moved), "digest": _whole(moved)}
        audit.record(session, "installation.moved", "database", "postgresql", "", detail)
    return moved


_EMPTY_AGAIN = "Nothing was moved: make the database anew, empty, before you try again."


def _may_begin(settings: Settings, source: Path) -> None:
    if database.engine_of(settings) != "postgresql":
        raise MoveProblem("CBC_DATABASE_URL names no PostgreSQL: name the empty database that is to serve from now on.")
    if not source.is_file():
        raise MoveProblem(f"There is no SQLite database {source.name} here.")
    age = jobs.heartbeat_age(settings)
    if age is not None and age < 30:
        raise MoveProblem("This installation is running. Stop it first. Nothing was moved.")
    try:
        if not database.is_empty(settings):
            raise MoveProblem(
                "The PostgreSQL database is not empty, and nothing was moved. Make an empty one and name it."
            )
    except BackupProblem as problem:
        raise MoveProblem(str(problem)) from None


@contextmanager
def _held(source: Path) -> Iterator[Connection]:
    """The SQLite database, locked against every writer until all is over; nothing is written to it."""
    engine = create_engine(f"sqlite:///{source}", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def by_hand(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def locked(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.connect() as connection:
            yield connection
            connection.rollback()
    except SQLAlchemyError as error:
        raise MoveProblem(
            f"The SQLite database could not be read ({_kind(error)}): is it whole, and does anything else write to it? Nothing was moved."
        ) from None
    finally:
        engine.dispose()


@contextmanager
def _owned(settings: Settings) -> Iterator[Connection]:
    if settings.migration_database_url:
        with rights.owning(settings) as connection:
            yield connection
    else:
        with db.engine.begin() as connection:
            yield connection


def _version(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def _all_is_known(theirs: Connection) -> None:
    """Nothing that the models do not name is left behind without a word.

    Raises:
        MoveProblem: a table is not known, a column that is not known holds something, or a row names one that is not there.
    """
    there = inspect(theirs)
    named, of_the_engine = set(Base.metadata.tables), jobs.tables_of_the_engine()
    for name in there.get_table_names():
        if name in named:
            known = {column.name for column in Base.metadata.tables[name].columns}
            for column in there.get_columns(name):
                if column["name"] not in known and _holds(theirs, name, column["name"]):
                    raise MoveProblem(
                        f"The column {column['name']} of {name} holds something that this version does not know. Nothing was moved."
                    )
        elif name not in (_MARK, *of_the_engine) and not name.startswith(_MADE_THERE):
            raise MoveProblem(f"The table {name} is not one of ours. Take it out first. Nothing was moved.")
    lost = sorted({str(row[0]) for row in theirs.execute(text("PRAGMA foreign_key_check"))})
    if lost:
        raise MoveProblem(f"Rows of {', '.join(lost)} name other rows that are not there. Nothing was moved.")


def _holds(connection: Connection, name: str, column: str) -> bool:
    held: Any = literal_column(f'"{column}"')
    return (
        connection.execute(select(held).select_from(table(name)).where(held.is_not(None), held != "").limit(1)).first()
        is not None
    )


def _put(theirs: Connection, ours: Connection) -> list[Moved]:
    """All rows, and both sides' numbers and digests of them held against each other; in the transaction of the other side.

    Raises:
        MoveProblem: a table differs; it is named.
    """
    tables = Base.metadata.sorted_tables
    names = [*(each.name for each in tables), _MARK]
    quoted = ours.dialect.identifier_preparer.quote
    for name in names:  # what the migrations put in themselves comes from the other side, too
        ours.execute(text(f"ALTER TABLE {quoted(name)} DISABLE TRIGGER USER"))
    for name in reversed(names):
        ours.execute(text(f"DELETE FROM {quoted(name)}"))  # noqa: S608 - a name of ours
    moved = []
    for each in tables:
        _copy(theirs, ours, each)
        before, after = _told(theirs, each), _told(ours, each)
        if before != after:
            raise MoveProblem(
                f"The table {each.name} is not the same on both sides: {before.rows:,} rows, and {after.rows:,}. {_EMPTY_AGAIN}"
            )
        _count_on(ours, each)
        moved.append(after)
    for (identity,) in theirs.execute(text(f"SELECT id FROM {_MARK}")):  # noqa: S608 - a name of ours
        ours.execute(text(f"INSERT INTO {_MARK} (id) VALUES (:id)"), {"id": identity})  # noqa: S608
    for name in names:
        ours.execute(text(f"ALTER TABLE {quoted(name)} ENABLE TRIGGER USER"))
    return moved


def _rows(connection: Connection, each: Table) -> Iterator[Any]:
    return iter(connection.execute(select(each).execution_options(yield_per=_AT_ONCE)))


def _copy(theirs: Connection, ours: Connection, each: Table) -> None:
    """One COPY a table: its rows may name one another, and that is looked at when all of them are there."""
    from psycopg.types.json import Jsonb  # the driver, only where something is moved into it

    of_json = [isinstance(column.type, JSON) for column in each.columns]
    quoted = ours.dialect.identifier_preparer.quote
    columns = ", ".join(quoted(column.name) for column in each.columns)
    driver: Any = ours.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quoted(each.name)} ({columns}) FROM STDIN") as put:
        for row in _rows(theirs, each):
            put.write_row(
                [
                    Jsonb(value) if json_ and value is not None else value
                    for value, json_ in zip(row, of_json, strict=True)
                ]
            )


def _told(connection: Connection, each: Table) -> Moved:
    """A table's rows and their digest, in whatever order they come."""
    rows, total = 0, 0
    for row in _rows(connection, each):
        written = json.dumps([_plain(value) for value in row], ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        total += int.from_bytes(hashlib.sha256(written.encode("ascii")).digest())
        rows += 1
    return Moved(each.name, rows, f"{total % 2**256:064x}")


def _plain(value: Any) -> Any:
    """A value as both engines give it back: a moment in UTC, bytes as digits, a number that is whole as a whole one."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


def _count_on(ours: Connection, each: Table) -> None:
    """The next row that is numbered by the database comes behind the last."""
    for column in each.primary_key.columns:
        if isinstance(column.type, Integer):
            sequence = ours.scalar(select(func.pg_get_serial_sequence(each.name, column.name)))
            if sequence:
                last = ours.scalar(select(func.max(column)))
                ours.execute(select(func.setval(sequence, last or 1, last is not None)))


def _whole(moved: list[Moved]) -> str:
    return hashlib.sha256("\n".join(f"{one.name} {one.rows} {one.digest}" for one in moved).encode("ascii")).hexdigest()


def _kind(error: SQLAlchemyError) -> str:
    return type(getattr(error, "orig", None) or error).__name__
