"""What a recipient adds or says is wrong: kept under their name, an answer to nothing until an officer has read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import jobs
from app.audit import service as audit
from app.cases import service as cases
from app.database import now, writing
from app.extensions import db
from app.notifications import mail, messages
from app.settings import current_settings

from . import answers, service
from .models import Share, ShareWord

ADDED, WRONG = "added", "wrong"
CORRECTED = "corrected"
MOST = 40  # of one link: whoever has more to say rings


class WordProblem(cases.CaseProblem):
    """Nothing can be written down now, in a sentence."""


def say(locator: str, token: str, kind: str, said: str) -> bool:
    """Keep what a recipient says; False where the visit has ended or they have said very much already."""
    with writing() as session:
        made = service.visit(locator, token)
        if made is None or len(of_shares([made.id])) >= MOST:
            return False
        cases.lock(session, made.case_id)
        word = ShareWord(
            case_id=made.case_id,
            share_id=made.id,
            kind=kind,
            said=said,
            said_by=made.response_name or made.recipient_name,
            said_by_role=made.recipient_role,
        )
        session.add(word)
        session.flush()
        audit.record(session, "share.said", "share", made.id, made.case_id, {"kind": kind})
        jobs.enqueue(session, messages.SAID, word.id)
    return True


def of_shares(share_ids: Sequence[str]) -> list[ShareWord]:
    """What was said behind these links, oldest first."""
    query = select(ShareWord).where(ShareWord.share_id.in_(share_ids)).order_by(ShareWord.said_at)
    return list(db.session.scalars(query))


def find(share: Share, word_id: str) -> ShareWord | None:
    return db.session.scalar(select(ShareWord).where(ShareWord.id == word_id, ShareWord.share_id == share.id))


def take(user: Any, word_id: str, seen_version: int, verdict: str, note: str) -> int:
    """Write down what was done with it. Where it was right that something is wrong, everybody who has the record or a copy is told.

    Returns: how many are told.
    Raises:
        StaleCase: the case changed since the person saw it. WordProblem: somebody wrote down already what was done.
    """
    with writing() as session:
        word = session.get_one(ShareWord, word_id)
        cases.lock_case(session, word.case_id, seen_version)
        session.refresh(word)
        if word.taken_at is not None:
            raise WordProblem(f"{word.taken_by_name} wrote down already what was done.")
        word.taken_by, word.taken_by_name, word.taken_at = user.id, user.name, now()
        word.verdict, word.note = verdict, note
        audit.record(session, "share.said_taken", "share", word.share_id, word.case_id, {"verdict": verdict})
        return _tell_everybody(session, word) if verdict == CORRECTED else 0


def _tell_everybody(session: Session, word: ShareWord) -> int:
    """A letter to each live link to the same record, to the whole or to a copy; the one who said it hears that they were right."""
    record_id = select(Share.record_id).where(Share.id == word.share_id).scalar_subquery()
    told = 0
    for made in session.scalars(select(Share).where(Share.record_id == record_id, Share.mailed_at.is_not(None))):
        if service.is_alive(made):
            jobs.enqueue(session, messages.CORRECTED, f"{made.id}-{word.id}")
            told += 1
    return told


def corrections_of(record_id: str) -> list[ShareWord]:
    """What was said of a record and put right, through whichever link."""
    shares = select(Share.id).where(Share.record_id == record_id)
    query = select(ShareWord).where(ShareWord.share_id.in_(shares), ShareWord.verdict == CORRECTED)
    return list(db.session.scalars(query.order_by(ShareWord.taken_at)))


def send_said(word_id: str) -> None:
    """Tell those who answer for the link. Running it again sends the same mails again, each with its own Message-ID."""
    settings = current_settings()
    word = db.session.get(ShareWord, word_id)
    if word is None or word.taken_at is not None:
        return
    for person in answers.who_hears(db.session.get_one(Share, word.share_id)):
        name = f"{word.id}-{person.id}"
        mail.deliver(messages.said(settings, person.email, name), settings, name)
