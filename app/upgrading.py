"""A new release beside the one before: migrations that wait for nobody and keep nobody waiting, and which older code may go on serving.

On PostgreSQL one ``ALTER TABLE`` that waits behind a report that is open stops every read that comes after it. So a migration waits for a
lock for half a second, gives back what it holds, and begins again. Which older code may go on is written beside the tables: a release that
serves cannot know what a later one did. See docs/decisions/0165.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app import pools
from app.extensions import db
from app.installation import ROOT

VERSIONS = ROOT / "migrations" / "versions"
LOCK_MILLISECONDS = 500  # reliability.md, C13: with it no read waited for longer
PAUSE_SECONDS, TRIES = 1.0, 120
_ONE_AT_A_TIME = 0x63_62_63_0165  # an advisory lock: two machines that set up at once
_SAID = re.compile(r"^case by case: code of (\w+) or later may serve$")
_REVISION = re.compile(r'^revision = "(?P<revision>\w+)"\ndown_revision = (?:None|"(?P<follows>\w+)")$', re.MULTILINE)
_EXPANDS = re.compile(r"^only_expands = True(?:  #.*)?$", re.MULTILINE)
log = structlog.get_logger("case_by_case")


class Step(NamedTuple):
    """A migration: what it follows, and whether it only adds what code from before it never looks at."""

    follows: str | None
    only_expands: bool


def patiently(run: Callable[[], None]) -> None:
    """Run migrations, again and again for as long as a lock is not to be had.

    Raises:
        DBAPIError: they failed otherwise, or the lock was not to be had in two minutes.
    """
    for tried in range(1, TRIES + 1):
        try:
            run()
        except DBAPIError as error:
            if not pools.is_locked(error) or tried == TRIES:
                raise
            log.warning("migration_waits", tried=tried)
            time.sleep(PAUSE_SECONDS)
        else:
            return


def begin(connection: Connection) -> None:
    """At the beginning of the transaction of a migration, on PostgreSQL: alone, and waiting for no lock for long."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})


def steps(folder: Path = VERSIONS) -> dict[str, Step]:
    """Every migration there is, by its revision."""
    found = {}
    for file in sorted(folder.glob("*.py")):
        written = file.read_text(encoding="utf-8")
        if said := _REVISION.search(written):
            found[said["revision"]] = Step(said["follows"], bool(_EXPANDS.search(written)))
    return found


def oldest_that_serves(revision: str, known: Mapping[str, Step]) -> str:
    """The oldest migration whose code may go on serving tables of a revision: every one since then says that it only adds."""
    while revision in known and known[revision].only_expands and known[revision].follows:
        revision = str(known[revision].follows)
    return revision


def say_who_may_serve(connection: Connection) -> None:
    """Written beside the tables, in the same transaction: code from before it reads it there. On SQLite nobody else serves."""
    if connection.dialect.name != "postgresql":
        return
    at = connection.execute(text("SELECT to_regclass('public.alembic_version')")).scalar()
    revision = at and connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision:
        oldest = oldest_that_serves(str(revision), steps())
        connection.execute(
            text(f"COMMENT ON TABLE alembic_version IS 'case by case: code of {oldest} or later may serve'")
        )


def may_serve(stored: str, head: str) -> bool:
    """May code of a migration serve tables of another? Its own, or later ones of which that was said; never earlier ones.

    Raises:
        SQLAlchemyError: the database cannot be reached.
    """
    if stored == head:
        return True
    if db.engine.dialect.name != "postgresql" or stored in steps():
        return False  # older tables than this code needs
    with db.engine.connect() as connection:
        said = connection.execute(text("SELECT obj_description('public.alembic_version'::regclass)")).scalar()
    found = _SAID.match(str(said or ""))
    known = steps()
    return found is not None and found[1] in known and _is_behind(found[1], head, known)


def _is_behind(earlier: str, later: str, known: Mapping[str, Step]) -> bool:
    """Is one revision the other, or does it come before it?"""
    at: str | None = later
    while at is not None:
        if at == earlier:
            return True
        at = known[at].follows if at in known else None
    return False


def is_rolling(stored: str, head: str) -> bool:
    """May code of what is stored go on serving when the tables are those of ``head``? Asked by the new release, before it is put in place."""
    known = steps()
    return stored in known and _is_behind(oldest_that_serves(head, known), stored, known)
