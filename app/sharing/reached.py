"""Whether what a job sends still goes a way that may be used: asked when it runs, as a way may be refused after it was asked for."""

from __future__ import annotations

from app import jobs
from app.cases.service import CaseProblem
from app.editions.models import Edition
from app.editions.table import read as read_readers
from app.extensions import db
from app.lives import ways

from .models import Share


def or_refuse(made: Share) -> None:
    """Nothing is sent a way that the family refused since.

    Raises:
        Refused: it would be; whoever asked for it is told.
    """
    copy = db.session.get(Edition, made.edition_id) if made.edition_id else None
    is_family = copy is not None and read_readers().readers[copy.reader].family
    try:
        ways.refuse(db.session, made.case_id, "email", (made.recipient_email, made.recipient_name), is_family, "email")
    except CaseProblem:
        raise jobs.Refused("way_refused") from None
