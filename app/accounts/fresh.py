"""Whether whoever sits here has said lately that it is still them: asked before what reaches far, and never of a cookie.

When it was said stands in the session on the server. A session is given another token whenever it is said again, so that a copy
of the earlier one opens nothing. Source: reliability.md 4.6, M1; ASVS 5.0, 7.2.4 and 7.5.3.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.database import now, writing
from app.extensions import db

from . import links, second, service, sessions, tries
from .links import token_hash
from .models import UserSession

MINUTES = 5
View = TypeVar("View", bound=Callable[..., object])


class SessionGone(Exception):
    """The session ended while it was looked at, or another window said it meanwhile: this one asks anew, which costs nothing."""


class NotConfirmed(Exception):
    """It was not said lately. Whoever asked is shown the page on which it is said, with all that was typed kept; see the gate."""


def confirmed_lately(minutes: int = MINUTES) -> bool:
    """Has whoever sits here signed in, or said again that it is them, within so many minutes?"""
    if not current_user.is_authenticated or current_user.confirmed_at is None:
        return False
    return bool(now() - current_user.confirmed_at < timedelta(minutes=minutes))


def demand(minutes: int = MINUTES) -> None:
    """For a view that knows only inside whether it must be asked. Call it before anything is saved.

    Raises:
        NotConfirmed: it was not said lately; let it pass: the page is shown in the place of the view's own.
    """
    if not confirmed_lately(minutes):
        raise NotConfirmed


def confirmed(view: View) -> View:
    """Declare that what a route saves wants it said lately; the gate asks before the view is called. Looking at it does not."""
    view.wants_confirming = True  # type: ignore[attr-defined]
    return view


def counted_as(person: sessions.SignedIn, address: str) -> tuple[str, str, str]:
    """As what a try within a session is counted: of this account’s sessions alone, so that it keeps nobody from signing in."""
    who = tries.keyed(f"confirming of {person.email}")
    return who, tries.keyed(address), service.device_mark(person.email)


def ways(user_id: str) -> second.Standing:
    """What an account has to say it by: where a second step is there, a password is not enough."""
    return second.standing(db.session, user_id)


def by_password(person: sessions.SignedIn, password: str, code: str, address: str) -> str | None:
    """Say again that it is them, by password, and by a code as well where they have a second step.

    Args:
        code: of the app or on paper, as it was typed; address: where the request came from.
    Returns:
        the session’s new token, or None where either is wrong: which of the two is told to nobody.
    Raises:
        TooManyTries: it was tried too often in this account's sessions. Signing in elsewhere is counted apart.
        Busy: the queue for the slow hash is full; nothing was counted.
        SessionGone: it was right, and the session is not there any more under this token.
    """
    of = counted_as(person, address)
    tries.look_first(*of)
    with tries.hashing():
        tried = tries.reserve(*of)
        if not service.is_password(service.password_hash_of(person.id), password):
            return None
    with writing() as session:
        user, by = links.taken(session, person.id), "password"
        if second.standing(session, user.id).is_there:
            which = second.is_right(session, user, code)
            if not which:
                return None
            by = f"password+{which}"
        tries.take_back(session, tried)
        return renewed(session, person, by)


def renewed(session: Session, person: sessions.SignedIn, by: str) -> str:
    """Write down that it was said, by what, and give the session another token; in the caller's transaction.

    Returns:
        the new token.
    Raises:
        SessionGone: the session is not there any more under this token.
    """
    of = select(UserSession).where(UserSession.token_hash == token_hash(person.token), UserSession.ended_at.is_(None))
    found = session.scalars(
        of.with_for_update(of=UserSession).execution_options(populate_existing=True)
    ).one_or_none()  # two pages that say it at once do so one after the other
    if found is None or not found.user.active:
        raise SessionGone
    token = secrets.token_urlsafe(32)
    found.token_hash, found.confirmed_at, found.last_seen_at = token_hash(token), now(), now()
    audit.record(session, "account.confirmed", "user", found.user_id, detail={"by": by})
    return token
