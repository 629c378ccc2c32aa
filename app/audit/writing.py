"""Puts entries behind the last one. Those of a transaction wait until it is about to be committed: the chain is held for no longer
than its last row takes, and never while anything else is waited for, so that no two writers wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, event, insert, select
from sqlalchemy.orm import Session

from . import chain, changes, details
from .models import AuditEvent, AuditHead

_WAITING = "entries of the audit"
_EVENTS: Table = AuditEvent.__table__  # type: ignore[assignment]
_STORE = insert(_EVENTS)  # made once: every request stores an entry
_HEAD = select(AuditHead.seq, AuditHead.hash)


def add(session: Session, entry: dict[str, Any]) -> None:
    """An entry that is stored if and only if the session's transaction commits."""
    session.info.setdefault(_WAITING, []).append(entry)


def append(connection: Connection, entries: Sequence[dict[str, Any]]) -> None:
    """Store entries in order, each linked to the one before, in the caller's transaction. It holds the chain until that ends.

    Args:
        entries: each a row by column name; ``detail``, and ``changed`` where there is any, are closed where it is of a case.
    """
    keys: details.Keys = {}
    kept: list[dict[str, Any]] = []
    rows = [_row(connection, entry, keys, kept) for entry in entries]
    if kept:
        connection.execute(insert(details.AuditDetail), kept)
    if connection.dialect.name == "sqlite":  # one writer at a time: what is read here is the last there is
        seq, link = connection.execute(_HEAD).one()
        for row in rows:
            seq += 1
            row["seq"] = seq
            row["stored"], link = chain.linked(seq, link, row["stored"])
            row["hash"] = link
    connection.execute(_STORE, rows)  # on PostgreSQL a trigger links them, which may move the head: nobody else may


def _row(
    connection: Connection, entry: dict[str, Any], keys: details.Keys, kept: list[dict[str, Any]]
) -> dict[str, Any]:
    """The row of an entry; what it says of a case is closed, and added to what is kept."""
    says = {name: entry[name] for name in ("detail", "changed") if entry.get(name)}
    row = {"spooled": None, "commitment": None, "rule": None, "app_version": None, **entry}
    row.pop("changed", None)
    if says and entry["case_id"]:
        kept.append(details.keep(connection, entry["case_id"], says, keys))
        row["commitment"], row["detail"] = kept[-1]["commitment"], {}
    row["stored"] = chain.says(row)
    return row


def _store_waiting(session: Session) -> None:
    waiting = session.info.get(_WAITING)
    if not waiting:
        changes.forget(session)
        return
    session.flush()  # every other row is there before the chain is held
    changes.put_beside(session, waiting)
    append(session.connection(), waiting)
    session.info.pop(_WAITING)


def _forget(session: Session) -> None:
    session.info.pop(_WAITING, None)
    changes.forget(session)


event.listen(Session, "before_commit", _store_waiting)
event.listen(Session, "after_rollback", _forget)
