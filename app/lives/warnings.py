"""A risk to staff or to a child: what happened, when, who says so. It stands until somebody looks at it again and says that it is over.

It never lapses into nothing: past its day it is “review overdue”, and its owner has it among their work. It labels nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.cases.service import CaseProblem, lock_case
from app.clocks import in_words, today
from app.database import writing

from . import steps
from .models import LifeStep
from .words import CORRECTED, OVER, REVIEWED, STANDS, WARNING

LONGEST = timedelta(days=366)


class Warned(NamedTuple):
    """A warning as it stands: what was written first, what was found since, by when it is looked at again."""

    step: LifeStep
    reviews: Sequence[LifeStep]
    due: date | None

    def is_overdue(self, on: date) -> bool:
        return self.due is not None and self.due < on


def in_force(listed: Sequence[LifeStep]) -> list[Warned]:
    """Of the steps of a case, the warnings that nobody said are over or were a mistake."""
    ended = {s.about for s in listed if s.kind == CORRECTED or (s.kind == REVIEWED and s.code == OVER)}
    found = []
    for step in listed:
        if step.kind == WARNING and step.id not in ended:
            reviews = [s for s in listed if s.kind == REVIEWED and s.about == step.id]
            found.append(Warned(step, reviews, (reviews[-1] if reviews else step).due))
    return found


def write(user: Any, case_id: str, seen_version: int, values: dict[str, Any]) -> None:
    """One more warning.

    Args:
        values: ``said``, ``on``, ``source``, ``grade``, ``due``, ``who`` (a key of the case, or empty).
    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: the day of looking again is missing, past, or too far off.
    """
    with writing() as session:
        lock_case(session, case_id, seen_version)
        _possible(values["due"])
        steps.write(session, user, case_id, WARNING, **values)


def review(user: Any, case_id: str, seen_version: int, warning_id: str, values: dict[str, Any]) -> None:
    """Look at one again: it stands until another day, or it is over, with what was found.

    Args:
        values: ``code`` (stands or over), ``said``, ``source``, ``grade``, ``on``, ``due``.
    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: it is not there any more, or the next day is missing.
    """
    with writing() as session:
        lock_case(session, case_id, seen_version)
        found = next((w for w in of(session, case_id) if w.step.id == warning_id), None)
        if found is None:
            raise CaseProblem("This warning is over already, or was a mistake. Look at the page again.")
        if values["code"] == STANDS:
            _possible(values["due"])
        else:
            values = {**values, "due": None}
        steps.write(session, user, case_id, REVIEWED, about=warning_id, who=found.step.who, **values)


def of(session: Session, case_id: str) -> list[Warned]:
    """The warnings of a case that stand; one query."""
    return in_force(steps.of_case(case_id, WARNING, REVIEWED, CORRECTED, session=session))


def _possible(due: date | None) -> None:
    if due is None:
        raise CaseProblem("Say on which day somebody looks at it again: a warning without one stays for ever.", "due")
    if due <= today():
        raise CaseProblem("Choose a day after today.", "due")
    if due > today() + LONGEST:
        raise CaseProblem(
            f"Choose a day until {in_words(today() + LONGEST)}: longer nobody would know whether it is still so.", "due"
        )
