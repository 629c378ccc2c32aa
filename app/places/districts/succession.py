"""Districts that merge: which code follows which, from which day. Before the day there are two councils, from it on one.

A change is a row with its day and its source. A code that a list of authorities gives without a day has taken effect already,
unless a row here says from when. Source: places-measured.md 6 (reorganisation of 2027 and 2028).
"""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import NamedTuple

TABLE = "succession"
CREATE = (
    f"CREATE TABLE {TABLE} (code TEXT, successor TEXT, name TEXT, from_day TEXT, source TEXT, "
    "PRIMARY KEY (code, successor)) STRICT;"
)
MOST_STEPS = 12  # a chain of codes is followed so far


class Successor(NamedTuple):
    """What a code becomes, from a day on; ``name`` of the district that follows."""

    code: str
    successor: str
    name: str
    from_day: date
    source: str


class Successors:
    """What one file says of them; nothing where it has no such table."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        rows: list[Successor] = []
        known: dict[str, str] = {}
        if connection is not None:
            known = dict(connection.execute("SELECT code, active FROM authority WHERE active <> code"))
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone():
                # Each follows one, by the load: a district that is divided is followed by nobody's code.
                rows = [
                    Successor(code, successor, name, date.fromisoformat(day), source)
                    for code, successor, name, day, source in connection.execute(
                        f"SELECT code, successor, name, from_day, source FROM {TABLE} ORDER BY from_day"  # noqa: S608 (our own name)
                    )
                ]
        self._undated, self._by_code, self._rows = known, {row.code: row for row in rows}, rows

    def now(self, code: str, on: date) -> str:
        """The code a district goes by on a day."""
        for _ in range(MOST_STEPS):
            row = self._by_code.get(code)
            following = self._undated.get(code, code)
            if row is not None:
                following = row.successor if row.from_day <= on else code
            if following == code:
                return code
            code = following
        return code

    def all_of(self, code: str, on: date) -> list[str]:
        """Every code, older or newer, whose district is that of this code on the day: the code of the day first."""
        now = self.now(code, on)
        found, reached = [now], {now}
        for each in found:
            before = [older for older, newer in self._undated.items() if newer == each]
            before += [row.code for row in self._rows if row.successor == each]
            for older in sorted(before):
                if older not in reached and self.now(older, on) == now:
                    reached.add(older)
                    found.append(older)
        return found

    def not_begun(self, code: str, on: date) -> tuple[Successor, ...]:
        """The rows by which a district that this code stands for is still to come, on a day; none where it is there."""
        rows = tuple(row for row in self._rows if row.successor == code)
        return rows if rows and all(row.from_day > on for row in rows) else ()

    def name_of(self, code: str) -> str:
        """The name a row gives to what follows; empty where none does."""
        return next((row.name for row in self._rows if row.successor == code), "")
