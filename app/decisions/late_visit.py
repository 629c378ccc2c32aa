"""A visit that is sent when its placement is not being assessed any more: kept, and never part of what was decided.

Of a placement that was decided it goes into a fresh assessment of the same place, which is begun where there is none: what was
decided stays as it is, and somebody has the fresh look on their list. Of one that was withdrawn it is kept with the place.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clocks
from app.assessments.models import DECIDED, DRAFT, SUBMITTED, WITHDRAWN, Assessment
from app.audit import service as audit
from app.extensions import db
from app.visits.models import Visit

from . import again

OF_A_DECIDED = (
    "The placement was decided before this was sent. What was decided is unchanged; what you saw is in a fresh assessment of the same place, "
    "which waits for an officer to hand it in."
)
OF_A_WITHDRAWN = "The placement was withdrawn before this was sent. What you saw is kept with it, and no decision rests on it: propose the place again to have it assessed."
_NOTE = "A visit begun on {begun} was sent after the place was decided. What was seen is to be looked at afresh."


def taken_into(session: Session, user: Any, visit: Visit) -> Assessment:
    """The assessment that a visit is stored in, of a case that is locked: its own while that is open, else see above."""
    own = _read(session, visit.assessment_id)
    if own.state in (DRAFT, SUBMITTED):
        return own
    audit.record(session, "visit.late", "visit", visit.id, visit.case_id, {"begun_of": own.id}, actor=user)
    last = _last(session, own)
    if last.state == DECIDED:
        begun = clocks.in_words(clocks.local(visit.begun_at).date())
        last = _read(session, again.begun(session, user, last, again.CHANGE, _NOTE.format(begun=begun)))
    visit.assessment_id = last.id
    return last


def _last(session: Session, own: Assessment) -> Assessment:
    """The newest assessment of the same place that was not withdrawn; a withdrawn one of which none was decided is its own."""
    found = own
    while found.state == DECIDED:
        later = select(Assessment).where(Assessment.follows == found.id, Assessment.state != WITHDRAWN)
        newer = session.scalars(later.order_by(Assessment.created_at.desc())).unique().first()
        if newer is None:
            break
        found = newer
    return found


def _read(session: Session, assessment_id: str) -> Assessment:
    return session.get_one(Assessment, assessment_id, populate_existing=True)


def said(visit: Visit) -> str:
    """What became of a visit that was late, in words; empty of one that was not."""
    if audit.last(visit.case_id, "visit.late", visit.id) is None:
        return ""
    into = db.session.get(Assessment, visit.assessment_id)
    return OF_A_WITHDRAWN if into is None or not into.follows or into.state == WITHDRAWN else OF_A_DECIDED
