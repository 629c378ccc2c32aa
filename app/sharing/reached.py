"""Whether what a job sends still goes a way that may be used: asked when it runs, as a way may be refused after it was asked for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import jobs
from app.cases.service import CaseProblem
from app.editions.models import Edition
from app.editions.table import read as read_readers
from app.extensions import db
from app.lives import ways

from .models import Share


def is_of_the_family(session: Session, edition_id: str) -> bool:
    """Does a copy go to the family itself?"""
    copy = session.get(Edition, edition_id) if edition_id else None
    return copy is not None and read_readers().readers[copy.reader].family


def or_refuse(made: Share) -> None:
    """Nothing is sent a way that the family refused since.

    Raises:
        Refused: it would be; whoever asked for it is told.
    """
    is_family = is_of_the_family(db.session, made.edition_id)
    try:
        ways.refuse(db.session, made.case_id, "email", (made.recipient_email, made.recipient_name), is_family, "email")
    except CaseProblem:
        raise jobs.Refused("way_refused") from None
