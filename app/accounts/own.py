"""What people do with their own account: its password, and the sessions that are open with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import disk
from app.audit import service as audit
from app.database import now, writing
from app.extensions import db
from app.problem import Problem
from app.settings import current_settings

from . import fresh, halves, letters, links, service, sessions, tries
from .links import token_hash
from .models import UserSession


def change_password(person: sessions.SignedIn, old: str, new: str, address: str) -> str:
    """Give the account another password: every other session ends, links that set one stop working, and its owner is told.

    Returns:
        the new token of this session.
    Raises:
        Problem: with the field to mend: the old one is not right, or the new one is not good.
        TooManyTries, Busy, SessionGone: as for :func:`fresh.by_password`, with which tries are counted.
    """
    problem = service.password_problem(new)
    if problem:
        raise Problem(problem, "password")
    if new == old:
        raise Problem("This is the password that you have. Choose another one.", "password")
    of = fresh.counted_as(person, address)
    tries.look_first(*of)
    with tries.hashing():
        tried = tries.reserve(*of)
        stored = service.password_hash_of(person.id)
        if not service.is_password(stored, old):
            raise Problem("The password that you have now is not right.", "old_password")
        made = service.hashed(new)
    with writing() as session:
        user = links.taken(session, person.id)
        if user.password_hash != stored or not user.active:
            raise fresh.SessionGone  # set anew or disabled while it was reckoned: this session has ended
        tries.take_back(session, tried)
        user.password_hash = made
        links.end_unused(session, user)
        _end(session, person, None)
        halves.end_all(session, user)
        audit.record(session, "account.password_changed", "user", user.id)
        letters.queue_change(session, user, "password_changed")
        return fresh.renewed(session, person, "password")


def open_sessions(user_id: str) -> Sequence[UserSession]:
    """The sessions of an account that are alive, the one used last first."""
    settings, moment = current_settings(), now()
    of = select(UserSession).where(
        UserSession.user_id == user_id,
        UserSession.ended_at.is_(None),
        UserSession.last_seen_at > moment - timedelta(minutes=settings.idle_minutes),
        UserSession.created_at > moment - timedelta(hours=settings.longest_session_hours),
    )
    return db.session.scalars(of.order_by(UserSession.last_seen_at.desc(), UserSession.created_at.desc())).all()


def session_here(person: sessions.SignedIn) -> str:
    """Which of one's sessions this is."""
    of = select(UserSession.id).where(UserSession.token_hash == token_hash(person.token))
    return db.session.scalars(of).one()


@disk.goes_through
def end_session(person: sessions.SignedIn, session_id: str) -> bool:
    """End one other session of one's own; False where there is none such."""
    with writing() as session:
        return _end(session, person, session_id) > 0


@disk.goes_through
def end_others(person: sessions.SignedIn) -> int:
    """End every session of one's own but this; gives how many."""
    with writing() as session:
        return _end(session, person, None)


def _end(session: Session, person: sessions.SignedIn, session_id: str | None) -> int:
    wanted = [
        UserSession.user_id == person.id,
        UserSession.ended_at.is_(None),
        UserSession.token_hash != token_hash(person.token),
    ]
    if session_id is not None:
        wanted.append(UserSession.id == session_id)
    ids = session.scalars(select(UserSession.id).where(*wanted)).all()
    if ids:
        session.execute(update(UserSession).where(UserSession.id.in_(ids)).values(ended_at=now()))
        audit.record(session, "account.session_ended", "user", person.id, detail={"sessions": len(ids)})
    return len(ids)
