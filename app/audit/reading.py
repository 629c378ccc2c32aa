"""Reads the audit from the first entry to the last in as much memory as one takes, on either engine.

The driver is asked itself: an object for each of a million entries would take longer than to check them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from sqlalchemy import Connection, text

from . import chain

_AT_ONCE = 2000
_number = count()  # two may be read at a time
_AT = {
    "sqlite": "replace(at, ' ', 'T') || '+00:00'",
    "postgresql": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')",
}
COLUMNS = ("seq", "at", "actor_id", "actor_role", "action", "object_type", "object_id", "case_id", "request_id", "detail", "spooled", "commitment")  # fmt: skip


def stream(connection: Connection, statement: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement without parameters, as the driver gives them."""
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        cursor = raw.cursor()
        cursor.arraysize = _AT_ONCE
        try:
            yield from cursor.execute(statement)
        finally:
            cursor.close()
        return
    with raw.cursor(
        name=f"audit_{next(_number)}", binary=True
    ) as cursor:  # on the server: the whole answer is never here at once
        cursor.itersize = _AT_ONCE
        cursor.execute(statement)
        yield from cursor


def as_one_state(connection: Connection) -> None:
    """Begin a transaction in which every statement reads the same state: what is added meanwhile is not read by one and missed by the next."""
    if connection.dialect.name == "postgresql":  # on SQLite a transaction is so by itself
        connection.execution_options(isolation_level="REPEATABLE READ")
    connection.begin()


def columns(engine: str) -> str:
    """The columns of an entry, in the order of ``COLUMNS``, moments and details as text."""
    put = {"at": _AT[engine], "detail": "CAST(detail AS text)"}
    return ", ".join(put.get(name, name) for name in COLUMNS)


def later() -> str:
    """The columns of what newer entries say more; a migration of before reads rows that have none of them."""
    return ", ".join(chain.LATER)


def row(values: tuple[Any, ...]) -> dict[str, Any]:
    """Columns by name; ``detail`` as what it holds."""
    found = dict(zip(COLUMNS, values, strict=False))
    found["detail"] = {} if found["detail"] == "{}" else json.loads(found["detail"])
    return found


def rows(connection: Connection, where: str) -> Iterator[dict[str, Any]]:
    """Entries by column name, in their order; ``where`` is a condition of ours, never of a person."""
    chosen = f"SELECT {columns(connection.dialect.name)} FROM audit_event WHERE {where} ORDER BY seq"  # noqa: S608
    yield from map(row, stream(connection, chosen))


def unlinked(connection: Connection) -> Iterator[dict[str, Any]]:
    """Entries without a link that no entry seals yet: those after the newest that sealed any."""
    last = (
        connection.scalar(text("SELECT max(seq) FROM audit_event WHERE action = 'audit.sealed' AND hash IS NOT NULL"))
        or 0
    )
    return rows(connection, f"hash IS NULL AND seq > {int(last)}")
