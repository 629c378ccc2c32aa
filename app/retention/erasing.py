"""Takes the rows and files of a case away: the one way past what guards rows that are only ever added to (docs/decisions/0155)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, text

from app.settings import Settings

from . import order

# Folders of files that are named by a row's identifier. What lies elsewhere is of no case; see app/backups/parts.
FOLDERS = ("records", "mail")
_ID = re.compile(r"[0-9a-f]{32}")
_GUARDS = """SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'
    AND sql LIKE '%BEFORE DELETE ON %' AND sql LIKE '%RAISE(ABORT%' ORDER BY name"""


class Gone(NamedTuple):
    """How many rows went, by table, and how many files."""

    rows: dict[str, int]
    files: int


def erase(connection: Connection, case_id: str, settings: Settings, is_owner: bool = False) -> Gone:
    """Take a case away, rows and then files, in the caller's transaction. Files go last: what is not committed is made again.

    On PostgreSQL a function of the owner does it, which looks for two who agreed and for holds itself.

    Args:
        is_owner: the connection is of the role that owns the tables, and it was agreed to elsewhere: after a restore.
    """
    ids, units = _identifiers(connection, case_id), _units(connection, case_id)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # what is let go is written over
        rows = _of_sqlite(connection, case_id)
    else:
        rows = _of_postgresql(connection, case_id, is_owner)
    rows |= _take_units(connection, units)
    _take_jobs(connection, ids | {case_id})
    return Gone({table: many for table, many in rows.items() if many}, _take_files(settings, ids | {case_id}))


def _identifiers(connection: Connection, case_id: str) -> set[str]:
    """The identifiers of all its rows: files and jobs are named by them."""
    found: set[str] = set()
    for step in order.steps():
        if "id" in order.columns(step.table):
            asked = text(f'SELECT id FROM "{step.table}" WHERE {step.where()}')  # noqa: S608 - names of our own tables
            found |= {str(row[0]) for row in connection.execute(asked, {"case": case_id})}
    return found


def _units(connection: Connection, case_id: str) -> list[str]:
    """What was proposed for it, and what stands beside that."""
    wheres = {step.table: step.where() for step in order.steps()}
    found: set[str] = set()
    for table, column in order.naming_units():
        asked = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE ({wheres[table]}) AND "{column}" IS NOT NULL'  # noqa: S608
        found |= {row[0] for row in connection.execute(text(asked), {"case": case_id})}
    if found:
        beside = text("SELECT unit_id FROM unit_beside WHERE first_id IN :units").bindparams(_several("units"))
        found |= {row[0] for row in connection.execute(beside, {"units": sorted(found)})}
    return sorted(found)


def _several(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


# ---- rows


def _of_sqlite(connection: Connection, case_id: str) -> dict[str, int]:
    found = {}
    with _without_guards(connection, {step.table for step in order.steps()}):
        for step in order.steps():
            gone = connection.execute(
                text(f'DELETE FROM "{step.table}" WHERE {step.where()}'),  # noqa: S608 - names of our own tables
                {"case": case_id},
            )
            found[step.table] = gone.rowcount
    return found


@contextmanager
def _without_guards(connection: Connection, tables: set[str]) -> Iterator[None]:
    """The guards against deleting are away within this transaction, and back before it ends: it is all one, or nothing of it is."""
    guards = [row for row in connection.exec_driver_sql(_GUARDS).all() if row[1] in tables]
    for name, _, _ in guards:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, _, sql in guards:
        connection.exec_driver_sql(sql)


def _of_postgresql(connection: Connection, case_id: str, is_owner: bool) -> dict[str, int]:
    asked = [
        {"table": step.table, "paths": [[list(link) for link in path] for path in step.paths]} for step in order.steps()
    ]
    function = "destroy_rows" if is_owner else "destroy_case"
    told = connection.scalar(
        text(f"SELECT public.{function}(:case, CAST(:steps AS jsonb))"),
        {"case": case_id, "steps": json.dumps(asked)},
    )
    found = json.loads(told) if isinstance(told, str) else told
    return {str(table): int(many) for table, many in (found or {}).items()}


def _take_units(connection: Connection, units: Sequence[str]) -> dict[str, int]:
    """Units that nothing names any more; one that another case names too is left to it."""
    named: set[str] = set()
    for table, column in order.naming_units():
        asked = text(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IN :units').bindparams(_several("units"))  # noqa: S608
        named |= {row[0] for row in connection.execute(asked, {"units": list(units)})} if units else set()
    gone, rows = [unit for unit in units if unit not in named], dict.fromkeys(order.UNITS, 0)
    if not gone:
        return rows
    for table in order.UNITS:
        column = "id" if table == "unit" else "unit_id"
        taken = text(f'DELETE FROM "{table}" WHERE "{column}" IN :units').bindparams(_several("units"))  # noqa: S608
        rows[table] = connection.execute(taken, {"units": gone}).rowcount
    return rows


def _take_jobs(connection: Connection, ids: set[str]) -> None:
    """Jobs about its rows: what they would do is gone."""
    found = [row[0] for row in connection.execute(text("SELECT id FROM job")) if ids & set(_ID.findall(row[0]))]
    if found:
        connection.execute(text("DELETE FROM job WHERE id IN :jobs").bindparams(_several("jobs")), {"jobs": found})


# ---- files


def _take_files(settings: Settings, ids: set[str]) -> int:
    gone = 0
    for path in files_of(settings, ids):
        path.unlink(missing_ok=True)
        gone += 1
    return gone


def files_of(settings: Settings, ids: set[str]) -> list[Path]:
    """Files that are named by one of these identifiers."""
    return [
        path
        for folder in FOLDERS
        if settings.place_of(folder).is_dir()
        for path in sorted(settings.place_of(folder).iterdir())
        if ids & set(_ID.findall(path.name))
    ]
