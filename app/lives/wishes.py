"""Each child’s views, in their own words, or why they were not sought. What nobody asked is missing, and is said to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.cases.service import CaseProblem, lock_case
from app.database import writing

from . import steps
from .models import LifeStep
from .words import CORRECTED, SOUGHT, VIEWS


def write(user: Any, case_id: str, seen_version: int, values: dict[str, Any]) -> None:
    """What a child said, or why nobody asked.

    Args:
        values: ``who`` (the child’s key), ``code`` (sought or not_sought), ``said``, ``source``, ``place``, ``how``, ``on``, ``facts``.
    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: the child is not in the case, is not born, or was not born on that day.
    """
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        child = next((m for m in case.members if m.key == values["who"]), None)
        if child is None or child.kind == "unborn":
            raise CaseProblem("Choose a child of this household.", "who")
        if child.born is not None and values["on"] < child.born:
            raise CaseProblem("The child was not born yet on this day.", "on")
        steps.write(session, user, case_id, VIEWS, **values)


def newest(listed: Sequence[LifeStep], keys: Iterable[str]) -> dict[str, LifeStep | None]:
    """Of each child what was said last; where they were never asked, the newest reason why not; None where nobody wrote anything."""
    gone = {s.about for s in listed if s.kind == CORRECTED}
    told = [s for s in listed if s.kind == VIEWS and s.id not in gone]
    found: dict[str, LifeStep | None] = {}
    for key in keys:
        mine = [s for s in told if s.who == key]
        said = [s for s in mine if s.code == SOUGHT]
        found[key] = (said or mine)[-1] if mine else None
    return found
