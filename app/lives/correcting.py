"""What was written down of the life of a case by mistake, or holds no longer: a line says so and why. Nothing is deleted."""

from __future__ import annotations

from typing import Any

from app.cases.service import CaseProblem, lock_case
from app.clocks import today
from app.database import writing

from . import steps
from .words import CORRECTED, VIEWS, WARNING, WAY

MAY = (WAY, WARNING, VIEWS)


def write(user: Any, case_id: str, seen_version: int, step_id: str, why: str) -> None:
    """Say of one that it holds no longer, or was a mistake.

    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: it is not of this case, cannot be ended so, or was already.
    """
    with writing() as session:
        lock_case(session, case_id, seen_version)
        listed = steps.of_case(case_id)
        found = next((s for s in listed if s.id == step_id and s.kind in MAY), None)
        if found is None or any(s.about == step_id and s.kind == CORRECTED for s in listed):
            raise CaseProblem("This was ended or corrected already. Look at the page again.")
        steps.write(session, user, case_id, CORRECTED, about=step_id, who=found.who, on=today(), said=why)
