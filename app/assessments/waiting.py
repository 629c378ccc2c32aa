"""Assessments that wait for somebody: submitted ones for a safeguarding lead, returned ones for their officer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.cases import service as cases
from app.cases.models import Case
from app.extensions import db
from app.properties.models import Unit

from .models import DRAFT, SUBMITTED, Assessment

# It waits for its officer: a lead returned it, and since then nobody handed it in and took it back.
RETURNED = (Assessment.state == DRAFT) & (Assessment.returned_note != "") & (Assessment.taken_back_note == "")


def is_returned(a: Assessment) -> bool:
    """The same of one that was read."""
    return a.state == DRAFT and bool(a.returned_note) and not a.taken_back_note


class Waits(NamedTuple):
    """One assessment that waits: of which case, where, since when, and whether it was returned."""

    case_id: str
    reference: str
    assessment_id: str
    address: str
    since: datetime
    returned: bool


def for_user(user: Any) -> Sequence[Waits]:
    """All that waits for a person, of every case they may see, the longest first; one query, never paged.

    A lead sees what is submitted, an officer what came back to them.
    """
    query = (
        select(Assessment, Case.reference, Unit.address)
        .join(Case, Case.id == Assessment.case_id)
        .join(Unit, Unit.id == Assessment.unit_id)
        .where(cases.seen_by(user, Assessment.case_id))
    )
    if user.role == "safeguarding_lead":
        query = query.where(Assessment.state == SUBMITTED)
    else:
        query = query.where(RETURNED, Case.assigned_to == user.id)
    found = [
        Waits(
            case_id=a.case_id,
            reference=reference,
            assessment_id=a.id,
            address=address,
            since=a.submitted_at or a.created_at,
            returned=a.state == DRAFT,
        )
        for a, reference, address in db.session.execute(query).unique()
    ]
    return sorted(found, key=lambda w: w.since)


def marks(case_ids: Sequence[str]) -> dict[str, str]:
    """Of these cases, which have an assessment that is submitted or was returned, whatever was proposed after it."""
    rows = db.session.execute(
        select(Assessment.case_id, Assessment.state)
        .where(Assessment.case_id.in_(case_ids))
        .where((Assessment.state == SUBMITTED) | RETURNED)
        .order_by(Assessment.state)  # what is submitted is said before what was returned
    )
    return {row.case_id: "submitted" if row.state == SUBMITTED else "returned" for row in rows}
