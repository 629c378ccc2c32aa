"""What was noticed of who looked at what, and what somebody else found of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit import service as audit
from app.cases import service as cases
from app.database import new_id, writing
from app.extensions import db
from app.problem import Problem

from . import table
from .models import ReadingAnswer, ReadingFinding

MOST = 200


class NoticeProblem(Problem):
    """It cannot be answered, in a sentence."""


def key_of(rule: str, user_id: str, case_id: str, day: str) -> str:
    """The same of the same: so that it is noticed once, whoever looks."""
    return hashlib.sha256("-".join((rule, user_id, case_id, day)).encode()).hexdigest()[:32]


def add(
    session: Session, rule: str, user_id: str, case_id: str, at: datetime, facts: dict[str, Any], key: str = ""
) -> ReadingFinding:
    """One thing that was noticed, in the caller's transaction."""
    made = ReadingFinding(
        id=key or new_id(), rule=rule, user_id=user_id, case_id=case_id or None, facts=facts, happened_at=at
    )
    session.add(made)
    session.flush()
    return made


def sees(user: Any, case_id: Any) -> ColumnElement[bool]:
    """Of a case that they may see, or of none."""
    return or_(case_id.is_(None), cases.seen_by(user, case_id))


def is_open() -> ColumnElement[bool]:
    return ~exists().where(ReadingAnswer.finding_id == ReadingFinding.id)


def open_for(user: Any) -> Sequence[tuple[ReadingFinding, User]]:
    """What waits for an answer of theirs, the oldest first: never of themselves, never of a case that is kept from them; one query."""
    query = (
        select(ReadingFinding, User)
        .join(User, User.id == ReadingFinding.user_id)
        .where(is_open(), sees(user, ReadingFinding.case_id), ReadingFinding.user_id != user.id)
        .order_by(ReadingFinding.happened_at, ReadingFinding.id)
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def answered_for(user: Any, most: int = 50) -> Sequence[tuple[ReadingFinding, User, ReadingAnswer]]:
    """What was answered, the newest first; one query."""
    query = (
        select(ReadingFinding, User, ReadingAnswer)
        .join(User, User.id == ReadingFinding.user_id)
        .join(ReadingAnswer, ReadingAnswer.finding_id == ReadingFinding.id)
        .where(sees(user, ReadingFinding.case_id), ReadingFinding.user_id != user.id)
        .order_by(ReadingAnswer.at.desc(), ReadingAnswer.id)
        .limit(most)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def find(user: Any, finding_id: str) -> tuple[ReadingFinding, User, ReadingAnswer | None] | None:
    """One of them, with whom it is of and what was answered; None where it is of themselves, or of a case they may not see."""
    query = (
        select(ReadingFinding, User, ReadingAnswer)
        .join(User, User.id == ReadingFinding.user_id)
        .outerjoin(ReadingAnswer, ReadingAnswer.finding_id == ReadingFinding.id)
        .where(ReadingFinding.id == finding_id, sees(user, ReadingFinding.case_id), ReadingFinding.user_id != user.id)
    )
    row = db.session.execute(query).first()
    return None if row is None else (row[0], row[1], row[2])


def answer(user: Any, finding_id: str, code: str, said: str) -> None:
    """Say what came of it, once.

    Raises:
        NoticeProblem: it was answered meanwhile, or there is nothing of theirs to answer.
    """
    with writing() as session:
        # Two who answer at once: the second waits for the row of whom it is about, and sees what the first said.
        about = select(ReadingFinding.user_id).where(ReadingFinding.id == finding_id).scalar_subquery()
        session.execute(select(User.id).where(User.id == about).with_for_update())
        found = find(user, finding_id)
        if found is None or found[2] is not None:
            raise NoticeProblem("Somebody answered this meanwhile.")
        if code not in table.read().answers:
            raise NoticeProblem("Choose one of the answers.", "answer")
        who = {"by_id": user.id, "by_name": user.name, "by_role": user.role}
        made = ReadingAnswer(finding_id=finding_id, answer=code, said=said, **who)
        session.add(made)
        session.flush()
        audit.record(
            session, "reading.answered", "reading_finding", finding_id, found[0].case_id or "", {"answer": code}
        )
