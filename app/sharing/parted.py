"""What becomes of the links to a case when some of its household leave it: they end, or go on without the document that they opened.

What was made before the parting tells of people who are not there any more, and may tell where they are: it is read through no link
of the case since then, whoever has it, and none is made for it. Nothing is searched for an address: one spelling would be missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import jobs
from app.audit import service as audit
from app.cases.models import Case
from app.cases.service import CaseProblem
from app.clocks import in_words, local
from app.database import now
from app.extensions import db
from app.lives.models import LifeStep
from app.lives.words import PARTED
from app.notifications import messages
from app.records.models import Record

from . import reached
from .models import Share

MADE_BEFORE = (
    "This record was made on {day}, before some of the household left it. It tells of them, and goes to nobody by a link any more. "
    "Have those who stay assessed afresh, and share the record of that."
)
ENDED_WHY = "parted"


def open_links(session: Session, case_id: str) -> list[Share]:
    """Every link to a case that can be opened, or is to be mailed, in the order in which they were made."""
    from .service import is_alive  # noqa: PLC0415 - it asks here whether a record may be shared

    query = select(Share).where(Share.case_id == case_id, Share.revoked_at.is_(None)).order_by(Share.made_at, Share.id)
    return [made for made in session.scalars(query) if is_alive(made)]


def end(session: Session, case: Case, kept: Mapping[str, str]) -> str:
    """In the transaction in which people leave a household: every open link ends, but those that a reason is given for.

    Whoever reads as a professional is told by mail that the link opens nothing any more, and nothing else. The family is not:
    a mail on that day may be read by whoever was fled from.

    Args:
        kept: why a reader still leads for those who stay, by the identifier of the share.
    Returns: what became of the links, in sentences; empty where there were none.
    Raises:
        CaseProblem: a link is to go on for somebody of the family, or for no reason.
    """
    listed = open_links(session, case.id)
    said = []
    for made in listed:
        whom = ", ".join(part for part in (made.recipient_name, made.recipient_role) if part)
        if made.id in kept:
            if not kept[made.id].strip():
                raise CaseProblem("Say why they still lead for those who stay.", f"why_{made.id}")
            if reached.is_of_the_family(session, made.edition_id):
                raise CaseProblem("A link of the family itself does not go on.", f"link_{made.id}")
            audit.record(session, "share.kept", "share", made.id, case.id)
            said.append(f"The link of {whom} goes on without the document, because: {kept[made.id].strip()}")
            continue
        made.revoked_at, made.ended_why, made.link_sealed = now(), ENDED_WHY, None
        audit.record(session, "share.parted", "share", made.id, case.id)
        if made.mailed_at is not None and not reached.is_of_the_family(session, made.edition_id):
            jobs.enqueue(session, messages.ENDED, made.id)
        said.append(f"The link of {whom} was ended.")
    return " ".join(said)


def parted_since(case_id: str, moment: datetime) -> datetime | None:
    """When somebody last left the household of a case, where that was written down at or after a moment; one query."""
    last = db.session.scalar(
        select(func.max(LifeStep.recorded_at)).where(LifeStep.case_id == case_id, LifeStep.kind == PARTED)
    )
    return last if last is not None and last >= moment else None


def refuse_older(record: Record) -> None:
    """No link is made to what was issued before somebody left the household.

    Raises:
        CaseProblem: it was.
    """
    if parted_since(record.case_id, record.issued_at) is not None:
        raise CaseProblem(MADE_BEFORE.format(day=in_words(local(record.issued_at).date())))
