"""What waits, in the order in which it is done: pure, over small rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

Section = Literal["due", "others", "drafts"]
Group = Literal["over", "today", "later"]
_GROUPS: tuple[Group, ...] = ("over", "today", "later")
_NO_TIME = "24:00"  # of a day without an hour: by its end
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that waits: of which case, what has to be done, by when, by whom, and where.

    Attributes:
        kind: which whole list it belongs to; a key of ``KINDS``.
        case_id: empty of what is of no case.
        what: what it is, in words; said: a line more, such as what a lead asked for.
        due: the last day on which it is in time; None where it waits now and no day is set.
        at: the hour of that day, ``HH:MM``; empty where the whole day counts.
        since: since when it waits.
        owner: the account of whoever it waits for, where that is somebody else.
        top: on top of everything: 2 an emergency to ratify, 1 somebody who says that a child is not safe there; else 0.
        endpoint, args, link: the page on which it is done, and what the link is called.
        buttons: what can be done at once without another page, each an endpoint, its arguments and its words.
    """

    kind: str
    case_id: str = ""
    what: str
    said: str = ""
    section: Section = "due"
    due: date | None = None
    at: str = ""
    since: datetime | None = None
    owner: str = ""
    top: int = 0
    endpoint: str
    args: Mapping[str, Any] = field(default_factory=dict)
    link: str
    buttons: Sequence[tuple[str, Mapping[str, Any], str]] = ()


def group_of(row: Row, on: date) -> Group:
    """Past its day, of today, or later. What has no day waits now."""
    if row.due is None or row.due == on:
        return "today"
    return "over" if row.due < on else "later"


def ordered(rows: Iterable[Row], on: date, with_under_ones: Collection[str]) -> list[Row]:
    """What is on top of everything first; then what is past its day, of today, and later; in each, children under one first.

    Args:
        with_under_ones: the cases with a child under one, or with one of whom that is not known.
    """

    def key(row: Row) -> tuple[Any, ...]:
        return (
            -row.top,
            _GROUPS.index(group_of(row, on)),
            row.case_id not in with_under_ones,
            row.due or on,
            row.at or _NO_TIME,
            row.since or _LONG_AGO,
            row.kind,
            row.case_id,
            row.what,
            str(sorted(row.args.items())),
        )

    return sorted(rows, key=key)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The rows of a section that fit, and of each kind of which more wait than that: how many of it there are."""

    rows: Sequence[Row]
    all_of: Mapping[str, int]
    how_many: int


def cut(rows: Sequence[Row], most: int) -> Shown:
    """As many as fit. Nothing is left out in silence: each kind that is cut is counted whole."""
    shown, rest = rows[:most], rows[most:]
    cut_kinds = dict.fromkeys(row.kind for row in rest)
    counts = {kind: sum(row.kind == kind for row in rows) for kind in cut_kinds}
    return Shown(rows=shown, all_of=counts, how_many=len(rows))


def days_late(row: Row, on: date) -> int:
    """How many days past its day; 0 in time."""
    return max((on - row.due) // timedelta(days=1), 0) if row.due is not None else 0
