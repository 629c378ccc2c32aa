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
from app.notifications import messages, telling

from . import answers, service
from .models import Share, ShareStep, ShareWord

ADDED, WRONG, DISAGREES = "added", "wrong", answers.DISAGREES
CORRECTED, ESCALATED = "corrected", "escalated"
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
        if kind == DISAGREES:
            answers.hear_of(session, made, word)
        else:
            telling.note(session, "said", made.case_id, word.id)
    return True


def of_shares(share_ids: Sequence[str]) -> list[ShareWord]:
    """What was said behind these links, oldest first."""
    query = select(ShareWord).where(ShareWord.share_id.in_(share_ids)).order_by(ShareWord.said_at)
    return list(db.session.scalars(query))


def find(share: Share, word_id: str) -> ShareWord | None:
    return db.session.scalar(select(ShareWord).where(ShareWord.id == word_id, ShareWord.share_id == share.id))


def take(user: Any, word_id: str, seen_version: int, verdict: str, note: str) -> int:
    """Write down what was done with it. Where it was right that something is wrong, everybody who has the record or a copy is told.

    A point that somebody does not agree with is settled by a person who had no part in the decision; escalated, it stays open.

    Returns: how many are told.
    Raises:
        StaleCase: the case changed since the person saw it.
        WordProblem: somebody wrote down already what was done, or it is the person's own decision.
    """
    with writing() as session:
        word = session.get_one(ShareWord, word_id)
        cases.lock_case(session, word.case_id, seen_version)
        session.refresh(word)
        if word.taken_at is not None:
            raise WordProblem(f"{word.taken_by_name} wrote down already what was done.")
        if word.kind == DISAGREES and answers.is_own(user, session.get_one(Share, word.share_id)):
            raise WordProblem("You wrote or made this decision. Somebody else hears the person who does not agree.")
        if verdict == ESCALATED:
            _escalate(session, user, word, note)
            return 0
        word.taken_by, word.taken_by_name, word.taken_at = user.id, user.name, now()
        word.verdict, word.note = verdict, note
        audit.record(session, "share.said_taken", "share", word.share_id, word.case_id, {"verdict": verdict})
        return _tell_everybody(session, word) if verdict == CORRECTED else 0


def _escalate(session: Session, user: Any, word: ShareWord, note: str) -> None:
    """What was done so far stands with the link; the point stays in sight until the two agree or the placement changes."""
    values = {"taken_by": user.id, "taken_by_name": user.name, "taken_at": now(), "verdict": ESCALATED}
    session.add(
        ShareStep(case_id=word.case_id, share_id=word.share_id, spoken=f"About “{word.said}”", note=note, **values)
    )
    audit.record(session, "share.settled", "share", word.share_id, word.case_id, {"verdict": ESCALATED})


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
    """A letter that an earlier version put on its way: it goes to the one who answers for the link now, once."""
    with writing() as session:
        word = session.get(ShareWord, word_id)
        if word is not None and word.taken_at is None:
            telling.note(session, "said", word.case_id, word.id)
