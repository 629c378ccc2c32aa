"""The records of a case's decisions, each with what happened since: for the list on the case's page."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from app.decisions import afterwards
from app.decisions.models import Decision
from app.extensions import db
from app.records.models import Record


class Issued(NamedTuple):
    """The newest issue of a decision's record, how many issues there are, and what happened since the first."""

    record_id: str
    number: str
    issues: int
    since: list[str]


def of_case(case_id: str) -> dict[str, Issued]:
    """By the assessment that was decided; of a case without a decision one query."""
    decisions = db.session.scalars(select(Decision).where(Decision.case_id == case_id)).all()
    if not decisions:
        return {}
    issues: dict[str, list[Record]] = {}
    of_it = select(Record).where(Record.case_id == case_id).order_by(Record.issued_at, Record.number)
    for record in db.session.scalars(of_it):
        issues.setdefault(record.reissue_of or record.id, []).append(record)
    found = {}
    for d in decisions:
        mine = issues[d.record_id]
        since = afterwards.since(d, mine[0].issued_at, afterwards.steps_of(d.id))
        found[d.assessment_id] = Issued(mine[-1].id, mine[-1].number, len(mine), since)
    return found
