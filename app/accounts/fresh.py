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

from . import service, sessions, tries
from .models import UserSession

MINUTES = 5
View = TypeVar("View", bound=Callable[..., object])


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


def by_password(person: sessions.SignedIn, password: str, address: str) -> str | None:
    """Say again that it is them, by password.

    Args:
        address: where the request came from.
    Returns:
        the session's new token, or None where the password is wrong or the session ended meanwhile.
    Raises:
        TooManyTries: it was tried too often in this account's sessions. Signing in elsewhere is counted apart.
        Busy: the queue for the slow hash is full; nothing was counted.
    """
    who = tries.keyed(f"confirming of {person.email}")
    of = (who, tries.keyed(address), service.device_mark(person.email))
    tries.look_first(*of)
    with tries.hashing():
        tried = tries.reserve(*of)
        if not service.is_password_of(person.id, password):
            return None
    with writing() as session:
        tries.take_back(session, tried)
        return renewed(session, person, "password")


def renewed(session: Session, person: sessions.SignedIn, by: str) -> str | None:
    """Write down that it was said, by what, and give the session another token; in the caller's transaction.

    Returns:
        the new token, or None where the session ended meanwhile.
    """
    of = select(UserSession).where(
        UserSession.token_hash == service.token_hash(person.token), UserSession.ended_at.is_(None)
    )
    found = session.scalars(
        of.with_for_update(of=UserSession).execution_options(populate_existing=True)
    ).one_or_none()  # two pages that say it at once do so one after the other
    if found is None or not found.user.active:
        return None
    token = secrets.token_urlsafe(32)
    found.token_hash, found.confirmed_at, found.last_seen_at = service.token_hash(token), now(), now()
    audit.record(session, "account.confirmed", "user", found.user_id, detail={"by": by})
    return token
