"""Which rows are of a case, and in what order they go: derived from the tables themselves, so that a new one is not forgotten.

A table is of a case where one of its columns names a case, or a row of another table that is of one. What a case was proposed
(``UNITS``) names no case; it is found by what of the case names it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Table

from app.database import Base

CASE = "housing_case"
UNITS = ("unit_room", "unit_certificate", "unit_beside", "unit")
# Tables that name a case and stay when it is destroyed, and why.
STAY = {
    "audit_event": "who did what and when: the skeleton, without anything of a family",
    "audit_detail": "closed under a key of the case that is destroyed with it",
    "audit_key": "destroyed by the audit itself, with an entry that says so",
    "destruction": "the certificate",
}

Path = tuple[tuple[str, str], ...]


class Step(NamedTuple):
    """A table whose rows of a case go. Each path leads from one of its columns to the case: (column, the table whose ``id`` it holds)."""

    table: str
    paths: tuple[Path, ...]

    def where(self) -> str:
        """A condition of SQL on the rows of the table, with ``:case``."""
        return " OR ".join(_condition(path) for path in self.paths) or "id = :case"


@lru_cache(maxsize=1)
def steps() -> tuple[Step, ...]:
    """Every table of a case but the units, those that name others first: in this order none is left to name what is gone."""
    found: dict[str, tuple[Path, ...]] = {CASE: ()}
    for table in Base.metadata.sorted_tables:
        if table.name in found or table.name in STAY or table.name in UNITS:
            continue
        named = [(column, of) for column, of in names(table) if of in found and of != table.name]
        direct = tuple(((column, of),) for column, of in named if of == CASE)
        through = tuple(((column, of), *path) for column, of in named if of != CASE for path in found[of])
        if direct or through:
            found[table.name] = direct or through
    order = [table.name for table in reversed(Base.metadata.sorted_tables) if table.name in found]
    return tuple(Step(name, found[name]) for name in order)


def names(table: Table) -> list[tuple[str, str]]:
    """Each column of a table that holds the ``id`` of a row of another: (column, the other)."""
    return sorted((key.parent.name, key.column.table.name) for key in table.foreign_keys)


def columns(table: str) -> frozenset[str]:
    """The columns of one of our tables, by name."""
    return frozenset(Base.metadata.tables[table].columns.keys())


@lru_cache(maxsize=1)
def naming_units() -> tuple[tuple[str, str], ...]:
    """Tables of a case that name a proposed unit, and by which column."""
    mine = {step.table for step in steps()}
    return tuple(
        (table.name, column)
        for table in Base.metadata.sorted_tables
        if table.name in mine
        for column, of in names(table)
        if of == "unit"
    )


def _condition(path: Path) -> str:
    (column, of), *rest = path
    if not rest:
        return f'"{column}" = :case'
    return f'"{column}" IN (SELECT id FROM "{of}" WHERE {_condition(tuple(rest))})'  # noqa: S608 - names of our own tables
