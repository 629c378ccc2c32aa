"""What the council did with the case itself: from whom to whom it went, and what people wrote about its dates. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app import clocks

from .entry import TOLD, Entry, items, written

_OFFICE = frozenset({"office"})
# What somebody wrote about a date; what the job noted follows from the rest of the case.
_WHAT = {
    "snoozed": "A date was put off",
    "started": "A date was begun",
    "extended": "More time was given for a date",
    "answered": "What was done about a date",
    "noted": "What was noted about a date",
}


def handovers(listed: Sequence[Any]) -> Iterator[Entry]:
    """Each time the case went to another officer: by whom, and why."""
    for handed in listed:
        yield Entry(
            id=f"handover:{handed.id}",
            kind="changed",
            what=f"The case went from {handed.from_name} to {handed.to_name}",
            day=clocks.local(handed.handed_at).date(),
            at=clocks.time_of_day(handed.handed_at),
            who=handed.by_name,
            items=items(("Why", handed.reason)),
            sources=_OFFICE,
        )


def tonight(listed: Sequence[Any]) -> Iterator[Entry]:
    """What somebody did for the family in an hour in which they had opened the case."""
    for note in listed:
        yield Entry(
            id=f"tonight:{note.id}",
            kind="told",
            what="Something was done for the family in an emergency, by somebody whose case it is not",
            day=clocks.local(note.written_at).date(),
            at=clocks.time_of_day(note.written_at),
            who=note.written_by_name,
            items=items(("What they did", note.said)),
            sources=_OFFICE,
            written=written(note.written_by_name, clocks.moment_in_words(note.written_at)),
        )


def dates(listed: Sequence[Any], called: Mapping[str, str]) -> Iterator[Entry]:
    """What people wrote about the dates of the case; ``called`` is the name of each kind of date."""
    for step in listed:
        if step.by is None:
            continue
        yield Entry(
            id=f"date:{step.id}",
            kind="plan",
            what=f"{_WHAT.get(step.what, 'What was written about a date')}: {called.get(step.kind, 'a date of the case')}",
            day=clocks.local(step.at).date(),
            day_is=TOLD,
            at=clocks.time_of_day(step.at),
            items=items(
                ("What was written", step.said),
                ("Put off until" if step.what == "snoozed" else "On", clocks.in_words(step.on)),
                ("To be done by", clocks.in_words(step.due)),
            ),
            sources=_OFFICE,
            written=written(step.by_name, clocks.moment_in_words(step.at)),
        )
