"""A few rows of each of several tables in one query, where a page would else ask once a table."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from operator import attrgetter
from threading import Lock, local
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, cast, inspect, null, select, union_all
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value


class Rows(NamedTuple):
    """Rows of one table: which, and the attribute that puts them in their order."""

    kind: type[Any]
    condition: ColumnElement[bool]
    order: str


class Together:
    """Rows of several tables, each with a condition, asked for at once.

    Every row that comes back has the columns of all tables, and those of its own are filled: so it is for a few rows a table.
    """

    def __init__(self, **wanted: Rows) -> None:
        """Each under the name it is asked for by. A condition may have parameters, which are given when it is asked."""
        self.wanted = wanted
        self._own = local()
        self._first, self._asked = Lock(), set[str]()

    def _statement(self, is_plain: bool = False) -> Select[Any]:
        """Made once by each thread, when it first asks: the mapping of all tables is known by then.

        What a statement remembers of its columns is filled in while it is compiled. Threads that shared one would look for columns
        that another is about to name, and ask for rows of all tables multiplied: so no two share one, whatever is compiled again.
        """
        name = "plain" if is_plain else "statement"
        if not hasattr(self._own, name):
            union = self._union()
            kinds = (aliased(rows.kind, union) for rows in self.wanted.values())
            setattr(self._own, name, select(union) if is_plain else select(*kinds))
        found: Select[Any] = getattr(self._own, name)
        return found

    @contextmanager
    def _one_first(self, name: str) -> Iterator[None]:
        """Until somebody has asked, one at a time: what the first compiles is there for the next.

        Threads that compile the same at once take the memory of it as often, and a process never gives that back.
        """
        if name in self._asked:
            yield
            return
        with self._first:
            yield
            self._asked.add(name)

    def _union(self) -> Subquery:
        tables = [inspect(rows.kind).local_table for rows in self.wanted.values()]
        parts = [
            select(
                *(
                    (column if table is own else cast(null(), column.type)).label(f"{table.name}_{column.name}")
                    for table in tables
                    for column in table.columns
                )
            ).where(rows.condition)
            for rows, own in zip(self.wanted.values(), tables, strict=True)
        ]
        return union_all(*parts).subquery("found")

    @cached_property
    def _alone(self) -> dict[str, Select[Any]]:
        return {name: select(rows.kind).where(rows.condition) for name, rows in self.wanted.items()}

    def ask(self, session: Session, *names: str, **parameters: Any) -> dict[str, list[Any]]:
        """The rows of each table under its name, in their order.

        Args:
            names: of these tables only, a query each: for who wants one or two of many.
        """
        if names:
            found = {name: list(session.scalars(self._alone[name], parameters)) for name in names}
        else:
            with self._one_first("statement"):
                rows = session.execute(self._statement(), parameters).all()
            found = {name: [row[at] for row in rows if row[at] is not None] for at, name in enumerate(self.wanted)}
        return {name: sorted(rows, key=attrgetter(self.wanted[name].order)) for name, rows in found.items()}

    def plain(self, session: Session, **parameters: Any) -> dict[str, list[Any]]:
        """The same at once, as plain rows with the attributes of their kinds: for who only reads, and holds what is read.

        Nothing waits to be stored before it is asked, and no session knows the rows.
        """
        with self._one_first("plain"):
            rows = session.connection().execute(self._statement(is_plain=True), parameters).all()
        found: dict[str, list[Any]] = {}
        at = 0
        for name, (made, key) in zip(self.wanted, self._kinds, strict=True):
            end, first = at + len(made._fields), at + key
            found[name] = sorted(
                (made._make(row[at:end]) for row in rows if row[first] is not None),
                key=attrgetter(self.wanted[name].order),
            )
            at = end
        return found

    @cached_property
    def _kinds(self) -> list[tuple[Any, int]]:
        """For each table a tuple with the attributes of its kind, in the order of its columns, and which of them is the key."""
        found = []
        for rows in self.wanted.values():
            mapper = inspect(rows.kind)
            names = [mapper.get_property_by_column(column).key for column in mapper.local_table.columns]
            found.append((namedtuple(rows.kind.__name__, names), names.index("id")))
        return found


def fill(owner: Any, found: Mapping[str, Sequence[Any]]) -> None:
    """Lists of a stored object as they were read; one that is there already stays as it is."""
    missing = inspect(owner).unloaded
    for name, rows in found.items():
        if name in missing:
            set_committed_value(owner, name, rows)
