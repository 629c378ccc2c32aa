"""Which rows hold all of what is looked for: one question, asked of SQLite's FTS5 and of PostgreSQL's pg_trgm.

Both are asked for beginnings of words and for whole keys, of words that were folded before they were stored: what is found is the same
on both. Neither ranks: a rank that counts words reckons with cases that whoever asks may not see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, and_, bindparam, column, or_, select, table, text
from sqlalchemy.exc import DBAPIError

from app import rights
from app.extensions import db
from app.settings import Settings

from .asked import Term
from .models import CaseFound

SLOW = (
    "The search reads every case, because PostgreSQL has no index for it. Whoever runs the database says once, in it: "
    "CREATE EXTENSION pg_trgm; then “flask --app wsgi setup” makes the index."
)
INDEXES = {f"ix_case_found_{name}": name for name in ("words", "sounds")}


class Engine(Protocol):
    """How one kind of database finds rows."""

    def holds(self, terms: Sequence[Term], by_sound: bool) -> ColumnElement[bool]:
        """Of the rows of ``CaseFound``: those that hold every term; with ``by_sound`` also those of which a name sounds like it."""

    def prepare(self, connection: Connection) -> bool:
        """Make what it needs, in the owner's transaction, where it may; gives whether it is there now."""

    def is_slow(self, connection: Connection) -> bool:
        """Does it have to read every row?"""


class Fts5:
    """SQLite. What is looked for is put in quotation marks and holds letters and figures alone: it is never a query of somebody's own."""

    _WORDS = table("case_found_words", column("rowid"), column("case_found_words"))

    def holds(self, terms: Sequence[Term], by_sound: bool) -> ColumnElement[bool]:
        asked = " AND ".join(f"({self._one(term, by_sound)})" for term in terms)
        matching = text("case_found_words MATCH :asked").bindparams(bindparam("asked", asked, unique=True))
        return CaseFound.id.in_(select(self._WORDS.c.rowid).where(matching))

    @staticmethod
    def _one(term: Term, by_sound: bool) -> str:
        ways = [f'words : "{word}" *' for word in term.starts]
        ways += [f'sounds : "{key}"' for key in term.keys] if by_sound else []
        return " OR ".join(ways)

    def prepare(self, connection: Connection) -> bool:
        return True

    def is_slow(self, connection: Connection) -> bool:
        return False


class Trigrams:
    """PostgreSQL. A word that begins so stands behind a space: its letters and that space are trigrams of the index."""

    def holds(self, terms: Sequence[Term], by_sound: bool) -> ColumnElement[bool]:
        return and_(*(self._one(term, by_sound) for term in terms))

    @staticmethod
    def _one(term: Term, by_sound: bool) -> ColumnElement[bool]:
        ways: list[Any] = [CaseFound.words.like(f"% {word}%") for word in term.starts]
        ways += [CaseFound.sounds.like(f"% {key} %") for key in term.keys] if by_sound else []
        return or_(*ways)

    def prepare(self, connection: Connection) -> bool:
        if not self.is_slow(connection):
            return True
        try:
            with connection.begin_nested():
                connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        except DBAPIError:
            return False
        for name, of in INDEXES.items():
            made = f"CREATE INDEX IF NOT EXISTS {name} ON public.case_found USING gin ({of} gin_trgm_ops)"
            connection.execute(text(made))
        return True

    def is_slow(self, connection: Connection) -> bool:
        there = (
            select(text("count(*)"))
            .select_from(text("pg_indexes"))
            .where(
                text("schemaname = 'public' AND indexname IN :names").bindparams(
                    bindparam("names", list(INDEXES), expanding=True)
                )
            )
        )
        return int(connection.scalar(there) or 0) < len(INDEXES)


_ENGINES: dict[str, Engine] = {"sqlite": Fts5(), "postgresql": Trigrams()}


def of_this_database() -> Engine:
    """The one that this database has."""
    return _ENGINES[db.engine.dialect.name]


def prepare(settings: Settings) -> bool:
    """Make what the search needs, as the role that owns the tables; gives whether it is there now."""
    engine = of_this_database()
    with rights.owning(settings) if settings.migration_database_url else db.engine.begin() as connection:
        return engine.prepare(connection)


def warnings() -> list[str]:
    """What an operator must hear of, in sentences."""
    with db.engine.connect() as connection:
        return [SLOW] if of_this_database().is_slow(connection) else []
