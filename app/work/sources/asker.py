"""Who asks what waits, and what a source is: a function that gives rows, in as many queries however many cases there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement

from app.cases import service as cases
from app.work.ordering import Row

SOON = timedelta(days=7)  # what comes up within a week is shown before it is due


class Asker(NamedTuple):
    """Who looks at their work.

    Attributes:
        user: the person signed in; on: today.
        theirs: the accounts whose cases are their work today: their own, and those that they cover.
        held: the cases that are their work today, of those that they may see.
    """

    user: Any
    on: date
    theirs: frozenset[str]
    held: frozenset[str]

    def sees(self, case_id: Any) -> ColumnElement[bool]:
        """Of a column that names cases: one that they may see. Every source asks through it."""
        return cases.seen_by(self.user, case_id)

    @property
    def is_lead(self) -> bool:
        return bool(self.user.role == "safeguarding_lead")

    @property
    def is_second(self) -> bool:
        """May they be the second person, beside an officer?"""
        return self.user.role in ("senior_officer", "safeguarding_lead")

    @property
    def soon(self) -> date:
        return self.on + SOON


Source = Callable[[Asker], Iterable[Row]]
