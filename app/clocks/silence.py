"""Nobody answered: the steps that follow, each with its day and who takes it. Pure. Silence is never clearance, and ends no question.

Source: safeguarding study 2026, section 3 (silence ladder, proposed).
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple

from . import LONDON
from .days import counts_on, working_days_after
from .table import Rung, Table

_NO_HOUR = time(23, 59)  # a day without an hour is over when it is over


class Climbed(NamedTuple):
    """A step, and the day from which it is to be taken."""

    rung: Rung
    on: date

    def is_reached(self, day: date) -> bool:
        return self.on <= day


def ladder(due: date, due_at: str, table: Table) -> list[Climbed]:
    """The steps of a question that was wanted by a day, and an hour where one was set ("HH:MM"), in their order.

    What was wanted before the cut-off of a working day is chased that same day; anything else on the next.
    """
    hour = time.fromisoformat(due_at) if due_at else _NO_HOUR
    first = counts_on(datetime.combine(due, hour, LONDON), table.cut_off)
    return [Climbed(rung, working_days_after(first, rung.after)) for rung in table.ladder]


def now(steps: list[Climbed], day: date) -> Climbed | None:
    """The step that a silence has reached; None while the answer may still come in time."""
    reached = [step for step in steps if step.is_reached(day)]
    return reached[-1] if reached else None
