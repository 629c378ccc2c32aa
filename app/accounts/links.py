"""One-time links that set a password: made, ended by a newer one, and whose they are. Only hashes of their tokens are stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.database import now
from app.extensions import db

from .models import AccountLetter, OneTimeLink, User

LIFE = timedelta(days=2)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def taken(session: Session, user_id: str) -> User:
    """An account to be changed, locked first: two who change it at once do so one after the other."""
    return session.scalars(
        select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def end_unused(session: Session, user: User) -> None:
    """Links that nobody used stop working, and those still to be sent are not sent."""
    moment = now()
    session.execute(
        update(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None)).values(used_at=moment)
    )
    session.execute(
        update(AccountLetter)
        .where(
            AccountLetter.user_id == user.id,
            AccountLetter.kind == "link",
            AccountLetter.sent_at.is_(None),
            AccountLetter.ended_at.is_(None),
        )
        .values(ended_at=moment)
    )


def make(session: Session, user: User) -> str:
    """A fresh link; earlier unused ones stop working. Returns its token, for whoever sits at the server alone."""
    end_unused(session, user)
    token = secrets.token_urlsafe(32)
    session.add(OneTimeLink(token_hash=token_hash(token), user_id=user.id, expires_at=now() + LIFE))
    return token


def make_known(session: Session, user: User, token: str) -> datetime | None:
    """Let a token that only its letter knows set the password from now on; making it known again prolongs it.

    Returns:
        when it ends, or None where it was used already.
    """
    link = session.get(OneTimeLink, token_hash(token))
    if link is not None and link.used_at is not None:
        return None
    ends = now() + LIFE
    if link is None:
        session.add(OneTimeLink(token_hash=token_hash(token), user_id=user.id, expires_at=ends))
    else:
        link.expires_at = ends
    return ends


def owner(token: str) -> User | None:
    """Whose one-time link this is; None when unknown, used, or expired."""
    link = db.session.get(OneTimeLink, token_hash(token))
    if link is None or link.used_at is not None or link.expires_at < now() or not link.user.active:
        return None
    return link.user
