"""Dates that start with what somebody wrote down: a review that was asked for, a complaint, a duty. The newest word of each counts."""

from __future__ import annotations

from collections.abc import Iterator

from app.clocks import in_words

from .found import Found, Holds
from .models import ClockStep

STARTED, ANSWERED, NOTED, EXTENDED = "started", "answered", "noted", "extended"


def found(holds: Holds) -> Iterator[Found]:
    """One for each that was started. A later start of the same is a correction: it is counted anew from that day.

    More time that was given makes its last day a later one, never an earlier: a day that was agreed stands, whatever is corrected.
    """
    started: dict[tuple[str, str], ClockStep] = {}
    for step in holds.written:
        if step.what == STARTED:
            started[step.kind, step.subject] = step
    for (code, subject), step in started.items():
        kind = holds.table.kinds.get(code)
        if kind is None or step.on is None:
            continue
        counted = step.due or kind.ends(step.on, holds.numbers)
        given = [s.due for s in holds.written if (s.kind, s.subject, s.what) == (code, subject, EXTENDED)]
        yield Found(
            kind=code,
            subject=subject,
            about=step.said,
            began=step.on,
            due=max((day for day in (*given, counted) if day is not None), default=None),
            said=f"Counted by the rule alone it was due {in_words(counted)}. More time was given."
            if given and counted
            else "",
        )


def answered(holds: Holds, one: Found) -> Found:
    """The same, met where somebody wrote down what met it. Only a clock that starts or ends by hand is met by a person’s word."""
    if one.is_met or not holds.kind(one.kind).by_hand:
        return one
    words = [s for s in holds.written if (s.kind, s.subject, s.what) == (one.kind, one.subject, ANSWERED)]
    if not words:
        return one
    last = words[-1]
    return one._replace(met_on=last.on, met_by=last.said)
