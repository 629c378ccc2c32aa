"""Who asks what waits, and what a source is: a function that gives rows, in as many queries however many cases there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Result, Select, bindparam

from app.cases import service as cases
from app.extensions import db
from app.work.ordering import Row

SOON = timedelta(days=7)  # what comes up within a week is shown before it is due
LATELY = timedelta(days=28)  # so long it is said what is no longer here, and why


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
        """Of a column that names cases: one that they may see. Every source asks through it. A housing officer sees what is their work, and no other."""
        if self.user.role == "housing_officer":
            return case_id.in_(self.held)  # type: ignore[no-any-return]
        return cases.seen_by(self.user, case_id)

    def rows(self, query: Callable[[Asker], Select[*tuple[Any, ...]]]) -> Result[Any]:
        """What a query finds for them. It is made once for each role, by ``query``, of placeholders; only what stands for them is given anew."""
        values = {
            "user_id": self.user.id,
            "on": self.on,
            "soon": self.soon,
            "lately": self.lately,
            "theirs": [*self.theirs],
            "held": [*self.held],
        }
        return db.session.execute(_made(query, self.user.role), values)

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

    @property
    def lately(self) -> date:
        return self.on - LATELY


class _Anybody(Asker):
    """Placeholders for whoever asks."""

    @property
    def soon(self) -> Any:
        return bindparam("soon", type_=Date)

    @property
    def lately(self) -> Any:
        return bindparam("lately", type_=Date)


@lru_cache(maxsize=200)
def _made(query: Callable[[Asker], Select[*tuple[Any, ...]]], role: str) -> Select[*tuple[Any, ...]]:
    several: dict[str, Any] = {name: bindparam(name, expanding=True) for name in ("theirs", "held")}
    user, on = cases.anybody(role), bindparam("on", type_=Date)
    return query(_Anybody(user=user, on=on, **several))  # type: ignore[arg-type]


Source = Callable[[Asker], Iterable[Row]]
