"""What people wrote down about the dates of a case, as a case file carries it. What follows from the case is worked out anew where it arrives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clocks import begins, local
from app.extensions import db
from app.suitability.casefile.history import DateWritten

from .by_hand import ANSWERED, EXTENDED, NOTED, STARTED
from .models import SNOOZED, ClockStep

_DAY = {STARTED: "began", ANSWERED: "met", SNOOZED: "until", EXTENDED: "longer"}


def carried(case_id: str, on: date) -> tuple[DateWritten, ...] | None:
    """Every line that a person wrote, up to a day, the oldest first; None where nobody wrote one."""
    query = select(ClockStep).where(ClockStep.case_id == case_id, ClockStep.by.is_not(None))
    found = []
    for step in db.session.scalars(query.order_by(ClockStep.at, ClockStep.id)):
        written = local(step.at).date()
        day = {_DAY[step.what]: step.due if step.what == EXTENDED else step.on} if step.what in _DAY else {}
        noted = step.on if step.what in (NOTED, EXTENDED) and step.on is not None else written
        if written <= on:
            found.append(
                DateWritten(kind=step.kind, about=step.subject, on=noted, said=step.said, by=step.by_name, **day)
            )
    return tuple(found) or None


def bring(session: Session, user: Any, case_id: str, held: Sequence[DateWritten] | None) -> None:
    """In the transaction that reads a case file in: its lines come along, under the names of those who wrote them.

    One about a date that follows from the case stays as a line of its own there: what it was about has another name where it arrives.
    """
    for number, line in enumerate(held or ()):
        what, day = next(
            ((what, day) for what, name in _DAY.items() if (day := getattr(line, name)) is not None), (NOTED, line.on)
        )
        session.add(
            ClockStep(
                case_id=case_id,
                kind=line.kind,
                subject=line.about,
                what=what,
                on=line.on if what == EXTENDED else day,
                due=day if what == EXTENDED else None,
                said=line.said,
                by=user.id,
                by_name=line.by or user.name,
                at=begins(line.on) + timedelta(milliseconds=number),  # in the order in which they were written
            )
        )
