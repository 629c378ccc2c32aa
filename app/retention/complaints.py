"""A complaint about what is done with somebody's data: by a form, acknowledged within 30 days, and nothing is destroyed meanwhile.

Source: Data (Use and Access) Act 2025 s.103; reliability study 2026, C16. The clock is of the table of clocks, as every other.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from app.audit import service as audit
from app.cases import service as cases
from app.clocks import in_words, today
from app.database import new_id, writing
from app.deadlines import keeping
from app.deadlines.by_hand import STARTED
from app.deadlines.models import ClockStep, key_of

from . import holds

CLOCK = "data_complaint"
WAYS = {
    "form": "By our form",
    "letter": "By letter",
    "email": "By e-mail",
    "telephone": "By telephone",
    "person": "In person",
}


class ComplaintProblem(holds.HoldProblem):
    """A complaint cannot be written down so, in a sentence."""


def write(user: Any, case_id: str, seen_version: int, on: date, way: str, said: str) -> str:
    """Write one down: its clock begins on the day it came, and the case is held. Gives the key of the clock.

    Args:
        way: a code of ``WAYS``; said: what they complain of, and who they are.
    Raises:
        StaleCase: the case changed since the person saw it. ComplaintProblem: the day is ahead, or there is no such way.
    """
    if on > today():
        raise ComplaintProblem("This day is in the future.", "on")
    if way not in WAYS:
        raise ComplaintProblem("Choose how it came.", "way")
    with writing() as session:
        case = cases.lock_case(session, case_id, seen_version)
        subject = new_id()
        step = ClockStep(
            case_id=case_id, kind=CLOCK, subject=subject, what=STARTED, on=on, said=f"{WAYS[way]}. {said}", by=user.id, by_name=user.name
        )  # fmt: skip
        session.add(step)
        session.flush()
        audit.record(session, "complaint.written", "clock", step.id, case_id, {"way": way}, user)
        keeping.in_step(session, case, today())
        if not holds.set_found(session, case):  # its own clock sets one: nobody can complain without being held
            holds.put_in(session, user, case_id, holds.COMPLAINT, f"A complaint came on {in_words(on)}.")
        return key_of(case_id, CLOCK, subject)
