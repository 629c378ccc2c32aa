"""Engine set-up: SQLite made first-class, write transactions that lock before they read, column types, names."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Engine,
    Insert,
    MetaData,
    String,
    Text,
    event,
    insert,
    inspect,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction
from sqlalchemy.types import TypeDecorator

from . import disk
from .extensions import db

_writing: ContextVar[bool] = ContextVar("writing", default=False)

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table: STRICT on SQLite, constraints named."""

    metadata = MetaData(naming_convention=NAMES)
    __table_args__: Any = {"sqlite_strict": True}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, always UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


# STRICT tables know only INT, INTEGER, REAL, TEXT and BLOB.
@compiles(String, "sqlite")
@compiles(Text, "sqlite")
@compiles(DateTime, "sqlite")
@compiles(Date, "sqlite")
@compiles(JSON, "sqlite")
def _as_text(type_: Any, compiler: Any, **kw: Any) -> str:
    return "TEXT"


@compiles(Boolean, "sqlite")
def _as_integer(type_: Any, compiler: Any, **kw: Any) -> str:
    return "INTEGER"


def make_first_class(engine: Engine) -> None:
    """Bind our own engine's events: SQLite's pragmas, and BEGIN by hand so that a write can lock before it reads.

    Only ours: the job engine keeps an engine of its own, with its own way to begin.
    """
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def new_id() -> str:
    """A random identifier, 128 bits, safe in an address and as a key of a case file."""
    return secrets.token_hex(16)


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction on the request's session: it locks first and reads afresh.

    What was read before is forgotten, so a version compared inside is the version that is there.

    Raises:
        NothingSaved: there is no room on the disk; see ``app.disk``.
    """
    room = disk.of_this_instance()
    room.before_write()
    session = db.session
    session.commit()
    session.expire_all()
    token = _writing.set(True)
    try:
        yield session
        session.commit()
    except BaseException as error:
        session.rollback()
        room.met(error)
        raise
    finally:
        _writing.reset(token)


@event.listens_for(Session, "after_transaction_end")
def _forget_notes(session: Session, transaction: SessionTransaction) -> None:
    """What is noted in ``session.info``, of rows that were read or taken, is of one transaction."""
    if transaction.parent is None:
        session.info.clear()


told_of_what_is_stored: list[
    Callable[[Session, Any], None]
] = []  # who listens to flushes hears of rows stored past them, too


def store(session: Session, row: Base) -> None:
    """Store a new row at once, with what its columns have where nothing is said. The session does not hold it.

    For a row that is only added, of something that is locked: no other is looked through, which takes longer than to store it.
    """
    statement, columns = _new(type(row))
    for attribute, _, default in columns:
        if attribute not in row.__dict__:
            setattr(row, attribute, default(None))
    session.connection().execute(statement, {column: row.__dict__[attribute] for attribute, column, _ in columns})
    for told in told_of_what_is_stored:
        told(session, row)


@lru_cache(maxsize=16)
def _new(kind: type[Base]) -> tuple[Insert, tuple[tuple[str, str, Callable[[Any], Any]], ...]]:
    """How a row of a kind is stored: the attribute, its column, and what stands there where nothing is said."""
    mapper = inspect(kind)

    def default(column: Any) -> Callable[[Any], Any]:
        if column.default is None:
            return lambda _: None
        given = column.default.arg
        return given if callable(given) else lambda _: given

    return insert(mapper.local_table), tuple(  # type: ignore[arg-type]
        (attribute.key, attribute.columns[0].key, default(attribute.columns[0])) for attribute in mapper.column_attrs
    )


def one_moment(session: Session) -> bool:
    """Does everything that is read in one transaction show one moment, as it does on SQLite? On PostgreSQL each statement has its own."""
    return session.get_bind().dialect.name == "sqlite"


@contextmanager
def writing_connection() -> Iterator[Any]:
    """A short write transaction of its own, beside the request's session: for the audit of a view.

    Raises:
        NothingSaved: there is no room on the disk.
    """
    room = disk.of_this_instance()
    room.before_write()
    token = _writing.set(True)
    try:
        with db.engine.begin() as connection:
            yield connection
    except BaseException as error:
        room.met(error)
        raise
    finally:
        _writing.reset(token)


def schema_version() -> str:
    """The migration the database is at; empty when it has none yet, and no file is made by asking.

    Raises:
        SQLAlchemyError: the database cannot be reached.
    """
    url = db.engine.url
    named = url.database if url.get_backend_name() == "sqlite" else None
    # SQLite makes the file of a database that is only asked about. ":memory:" and "file:..." are not names of files.
    if named and not named.startswith((":", "file:")) and not Path(named).exists():
        return ""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
