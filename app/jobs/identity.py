"""Whose jobs a worker runs: an identity that lives in the instance folder, with the database it belongs to.

A new host name, a new container on the same disk: the same worker, which goes on with what was cut off. A restored backup or a
copied folder: another instance with somebody else's waiting mail, which it must not send a second time. It holds its queue until
a person says which of the two is to run.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.database import writing
from app.extensions import db
from app.settings import Settings

_FILE = "worker.json"


def own(settings: Settings) -> str:
    """The identity of this instance's workers, made at the first start: by one of them, where several start at once."""
    with open(os.open(settings.data / "worker.lock", os.O_RDWR | os.O_CREAT, 0o600)) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        found = _kept(settings)
        return str(found["id"]) if found is not None else _adopt(settings)


def is_copy(settings: Settings) -> bool:
    """Does the database belong to a worker that is not this folder's, or the folder's to another database?"""
    kept, marked = _kept(settings), _mark()
    if kept is None:
        return marked != ""
    return marked not in ("", kept["id"]) or kept["database"] != _database(settings)


def release(settings: Settings) -> None:
    """A person says that this is the instance to run: its waiting jobs are its own from now on."""
    _adopt(settings)


def _kept(settings: Settings) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((settings.data / _FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return found if {"id", "database"} <= set(found) else None


def _adopt(settings: Settings) -> str:
    identity = secrets.token_hex(8)
    with writing() as session:
        session.execute(text("DELETE FROM worker_mark"))
        session.execute(text("INSERT INTO worker_mark (id) VALUES (:id)"), {"id": identity})
    target = settings.data / _FILE
    temporary = target.with_suffix(".making")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as stream:
        json.dump({"id": identity, "database": _database(settings)}, stream)
    temporary.replace(target)
    return identity


def _mark() -> str:
    found = db.session.execute(text("SELECT id FROM worker_mark")).scalar()
    db.session.rollback()
    return str(found or "")


def _database(settings: Settings) -> str:
    """Which database it is: the file itself, not its name; on PostgreSQL the cluster and the database."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        return f"file {os.stat(str(url.database)).st_ino}"
    row = db.session.execute(
        text(
            "SELECT (SELECT system_identifier FROM pg_control_system()), oid FROM pg_database WHERE datname = current_database()"
        )
    ).one()
    db.session.rollback()
    return f"cluster {row[0]} database {row[1]}"
