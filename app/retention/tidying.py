"""After something was destroyed: what the database keeps of it in free pages and in its index of words is written over."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from app.database import writing
from app.extensions import db
from app.settings import current_settings

from . import tombstones
from .models import Destruction

MARK = "destroyed.tidied"


def once_due() -> bool:
    """Tidy up where something was destroyed since it was last done: every quarter of an hour at the most, however many there were."""
    settings = current_settings()
    newest = db.session.scalar(select(func.max(Destruction.at)))
    db.session.rollback()
    if newest is None:
        return False
    mark = settings.data / MARK
    done = datetime.fromtimestamp(mark.stat().st_mtime, UTC) if mark.exists() else None
    if done is not None and done > newest.replace(tzinfo=newest.tzinfo or UTC):
        return False
    begun = datetime.now(UTC).timestamp()
    tidy()
    tombstones.keep(settings)
    mark.touch(mode=0o600)
    os.utime(mark, (begun, begun))  # what was destroyed meanwhile is tidied up next time
    return True


def tidy() -> None:
    """On SQLite: the index of words is written anew, free pages go, and the log is emptied. Needs as much room as the database takes.

    On PostgreSQL the server does it in its own time; see docs/running.
    """
    if db.engine.dialect.name != "sqlite":
        return
    with writing() as session:
        # What was taken out of it is only marked as gone until its parts are put together.
        session.execute(text("INSERT INTO case_found_words (case_found_words) VALUES ('rebuild')"))
    db.session.rollback()
    path = Path(str(make_url(current_settings().database).database))
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
