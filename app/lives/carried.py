"""The life of a case as a case file carries it, and back: under the names of those who wrote each line, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.cases.models import Case
from app.clocks import begins, local
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.history import LifeWritten

from . import steps
from .models import LifeStep
from .words import CLOSED, LEFT, REOPENED

_HERE = "here"  # the placement that the file holds: it has another identifier where it arrives
_SAME = ("kind", "on", "due", "said", "source", "place", "how")
_APART = ("lines", "rests", "assessment", "people", "withheld")


def carried(case_id: str, assessment_id: str, on: date) -> tuple[LifeWritten, ...] | None:
    """Every step of a case that was written down up to a day, the oldest first; None where there is none.

    Args:
        assessment_id: the placement that the file holds.
    """
    found = [_one(step, assessment_id) for step in steps.of_case(case_id) if local(step.recorded_at).date() <= on]
    return tuple(found) or None


def _one(step: LifeStep, assessment_id: str) -> LifeWritten:
    facts = {name: str(value) for name, value in step.facts.items() if name not in _APART and value}
    if step.kind == LEFT and step.facts.get("assessment") == assessment_id:
        facts["assessment"] = _HERE
    return LifeWritten(
        key=step.id, who=step.who or None, code=step.code or None, about=step.about or None, grade=Grade(step.grade), facts=facts,
        lines=tuple(step.facts.get("lines", ())), rests=tuple((r["what"], r["why"]) for r in step.facts.get("rests", ())),
        written=local(step.recorded_at).date(), by=step.by_name, **{name: getattr(step, name) for name in _SAME},
    )  # fmt: skip


def bring(session: Session, user: Any, case: Case, assessment_id: str, held: Sequence[LifeWritten] | None) -> None:
    """In the transaction that reads a case file in. A case that was closed is closed where it arrives, too."""
    new: dict[str, str] = {}
    for number, line in enumerate(held or ()):
        facts: dict[str, Any] = dict(line.facts)
        if facts.get("assessment") == _HERE:
            facts["assessment"] = assessment_id
        if line.lines:
            facts["lines"] = list(line.lines)
        if line.rests:
            facts["rests"] = [{"what": what, "why": why, "key": ""} for what, why in line.rests]
        made = LifeStep(
            case_id=case.id, who=line.who or "", code=line.code or "", about=new.get(line.about or "", ""), grade=line.grade.value, facts=facts,
            by_id=user.id, by_name=line.by or user.name, by_role=user.role,
            recorded_at=begins(line.written) + timedelta(milliseconds=number), **{name: getattr(line, name) for name in _SAME},
        )  # fmt: skip
        session.add(made)
        session.flush()
        new[line.key] = made.id
        if line.kind in (CLOSED, REOPENED):
            case.closed_on = line.on if line.kind == CLOSED else None
