"""What stands at the head of a case: how they may be reached, warnings, births, each child’s views, and whether it is closed; one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import g

from app.cases.models import Case
from app.clocks import today
from app.lives import leaving, steps, warnings, ways, wishes
from app.lives.models import LifeStep
from app.lives.warnings import Warned
from app.lives.words import BORN, CLOSED, REFUSED, SOUGHT, WAYS
from app.suitability.casefile import wording


class Child(NamedTuple):
    """A child’s views as a page shows them: None where nobody wrote anything down."""

    name: str
    key: str
    said: LifeStep | None

    @property
    def were_sought(self) -> bool:
        return self.said is not None and self.said.code == SOUGHT


class Life(NamedTuple):
    """``ways`` as lines with whether each is refused; ``born`` of children who were expected here."""

    steps: Sequence[LifeStep]
    refused: Sequence[str]
    safe: Sequence[str]
    warnings: Sequence[Warned]
    overdue: frozenset[str]
    closed: LifeStep | None
    left: dict[str, LifeStep]

    def views_of(self, members: Iterable[Any], called: Mapping[str, str]) -> list[Child]:
        """Of each child who is born, what they said last; by what they are called. The case’s own members are not read for it."""
        here = [m for m in members if m.kind == "child"]
        found = wishes.newest(self.steps, (m.key for m in here))
        return [Child(called.get(m.key, m.name), m.key, found[m.key]) for m in here]

    def born_since(self, moment: datetime) -> list[LifeStep]:
        return [s for s in self.steps if s.kind == BORN and s.recorded_at > moment]


def life_of(case: Case) -> Life:
    """Everything of it, read once for a page."""
    kept = g.get("life")
    if kept is None or kept[0] != (case.id, case.version):
        g.life = kept = (case.id, case.version), _read(case)
    found: Life = kept[1]
    return found


def _read(case: Case) -> Life:
    listed = steps.of_case(case.id)
    stand = ways.in_force(listed)
    warned = warnings.in_force(listed)
    closed = [s for s in listed if s.kind == CLOSED]
    return Life(
        steps=listed,
        refused=[way_in_words(s) for s in stand if s.how == REFUSED],
        safe=[way_in_words(s) for s in stand if s.how != REFUSED],
        warnings=warned,
        overdue=frozenset(w.step.id for w in warned if w.is_overdue(today())),
        closed=closed[-1] if closed and case.closed_on else None,
        left=leaving.of(listed),
    )


def way_in_words(step: LifeStep) -> str:
    """A way in one line: which, what of it, why."""
    named = f": {step.place}" if step.place else " of any kind" if step.how == REFUSED else ""
    return f"{WAYS.get(step.code, step.code)}{named}.{f' {step.said}' if step.said else ''}"


def counted(step: LifeStep) -> str:
    """How it is known, in words."""
    return wording.GRADE[step.grade]
