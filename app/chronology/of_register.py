"""Which unit of the register a placement is of, what was answered to a restriction, and the nights for which a family had it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app import clocks

from .entry import Entry, Opens, items, written

_OFFICE = frozenset({"office"})


class Registered(NamedTuple):
    """Rows of the register that are of a case; ``shown`` is the assessment of a place in which they can be opened."""

    links: Sequence[Any]
    answers: Sequence[Any]
    stays: Sequence[Any]
    place: Callable[[str | None], str]
    shown: Callable[[str | None], str]

    def where(self, proposed_id: str) -> Mapping[str, Any]:
        return {"kind": "placing", "sources": _OFFICE, "opens": Opens("assessment", (self.shown(proposed_id),))}


def entries(of: Registered) -> Iterator[Entry]:
    """A line for each, on its day; a stay has one for its first night and one for the day on which they left."""
    for row in of.links:
        said = f"is {row.said}" if row.register_id else "is no unit of the register after all"
        yield _noted(of, row, f"In the register of properties, {of.place(row.proposed_id)} {said}")
    for row in of.answers:
        more = items(("What the register said on that day", row.against), ("What was answered", row.said))
        yield _noted(of, row, "A restriction of the register was answered", more)
    for row in of.stays:
        yield Entry(
            id=f"stay:{row.id}", what=f"Took up {row.said}, booked until the night of {clocks.in_words(row.last)}", day=row.first,
            items=items(("How that is known", row.told_by)), written=written(row.noted_by_name, clocks.moment_in_words(row.noted_at)),
            **of.where(row.proposed_id),
        )  # fmt: skip
        if row.left_on:
            by = written(row.ended_by_name, clocks.moment_in_words(row.ended_at))
            yield Entry(
                id=f"stay:{row.id}:left", what=f"Left {row.said}", day=row.left_on, written=by,
                items=items(("How that is known", row.ended_said)), **of.where(row.proposed_id),
            )  # fmt: skip


def _noted(of: Registered, row: Any, what: str, more: tuple[Any, ...] = ()) -> Entry:
    return Entry(
        id=f"register:{row.id}", what=what,
        day=clocks.local(row.noted_at).date(), at=clocks.time_of_day(row.noted_at), who=row.noted_by_name, items=more,
        **of.where(row.proposed_id),
    )  # fmt: skip
