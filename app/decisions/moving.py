"""“Not suitable”, and the family is there: the task to move them, with its clock.

The duty to secure suitable accommodation is immediate and waits for no resources. Source: law.md, Housing Act 1996 s.193(2),
and the Court of Appeal in Elkundi and Imam. The next working day is when somebody has to have an answer; it is no licence to wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app import clocks
from app.suitability.casefile.spelling import folded
from app.suitability.reading.case_file import CaseFile

from .afterwards import MOVE
from .models import Decision, DecisionStep


def are_there(file: CaseFile, emergencies: Sequence[Any], sealed: Sequence[str] = ()) -> bool:
    """Is the family in this place already: by an emergency decision on it, or by the address written down as where they are now?

    Args:
        sealed: where they are now as far as it is held sealed, which the case file does not say. The answer tells nobody where that is:
            the task names the place that was proposed.
    """
    here = folded(file.placement.address)
    now = {folded(a.address) for a in file.household.addresses if a.kind == "current"} | {folded(a) for a in sealed}
    return bool(emergencies) or (bool(here) and here in now)


def begin(session: Session, user: Any, decision: Decision, address: str) -> None:
    """In the transaction of the decision: the task waits from now on, by the next working day."""
    day = clocks.next_working_day(clocks.local(decision.reviewed_at).date())
    session.add(
        DecisionStep(
            case_id=decision.case_id,
            decision_id=decision.id,
            kind=MOVE,
            said=f"The family is in {address}, and it is not suitable. They are owed a suitable place from now on: find another, and move them.",
            due=day,
            taken_by=user.id,
            taken_by_name=user.name,
            taken_by_role=user.role,
            taken_at=decision.reviewed_at,
        )
    )
