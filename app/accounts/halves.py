"""Signing in by two steps: what stands between them is no session and opens nothing. Every way in goes through here.

A one-time link sets a password and signs nobody in; a browser that is known is spared no step; a new account sets its second step
up before it sees a page. Source: reliability.md M5.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import disk
from app.audit import service as audit
from app.database import now, writing
from app.extensions import db

from . import letters, links, second, tries
from .links import token_hash
from .models import HalfSignIn, User, UserSession

LIFE = timedelta(minutes=10)
MOST_WRONG = 5


class Passed(NamedTuple):
    """How far somebody came: ``token`` is of a session where ``wants`` is nothing, else of a half sign-in; see ``second.wanted``."""

    token: str
    wants: str


class Half(NamedTuple):
    """A half sign-in that may still be gone on with."""

    user_id: str
    name: str
    email: str
    wants: str


class HalfEnded(Exception):
    """There is no such half sign-in, or not any more: whoever it is begins anew."""


def go_on(session: Session, user: User, first: str, device: str, is_enough: bool = False) -> Passed:
    """After a first step that was right: a session, or half of one. ``user`` is active; in the caller's transaction.

    Args:
        first: ``password`` or ``council``; device: two words of ours for the browser; is_enough: whether whoever vouched for
            the first step also vouched for a second one.
    """
    wants = second.NONE if is_enough else second.wanted(session, user)
    if wants == second.NONE:
        return Passed(begin(session, user, first, device), wants)
    token = secrets.token_urlsafe(32)
    session.add(HalfSignIn(token_hash=token_hash(token), user_id=user.id, first=first))
    return Passed(token, wants)


def begin(session: Session, user: User, by: str, device: str) -> str:
    """A session on the server, and its token; in the caller's transaction."""
    token = secrets.token_urlsafe(32)
    session.add(UserSession(user_id=user.id, token_hash=token_hash(token), begun_by=by, device=device))
    audit.record(session, "account.signed_in", "user", user.id, detail={"by": by}, actor=user)
    return token


def of(token: str) -> Half | None:
    """Who is half signed in by this token; None where it ended."""
    found = db.session.get(HalfSignIn, token_hash(token)) if token else None
    if found is None or found.ended_at is not None or found.began_at + LIFE < now():
        return None
    user = db.session.get_one(User, found.user_id)
    wants = second.wanted(db.session, user)
    return Half(user.id, user.name, user.email, wants) if user.active and wants != second.NONE else None


def _taken(session: Session, token: str) -> tuple[HalfSignIn, User]:
    """A half sign-in and its account, both locked: of fifty that bring the same code at once, one is first.

    Raises:
        HalfEnded: it ended.
    """
    user_id = session.scalar(select(HalfSignIn.user_id).where(HalfSignIn.token_hash == token_hash(token)))
    if user_id is None:
        raise HalfEnded
    user = links.taken(session, user_id)
    found = session.scalars(
        select(HalfSignIn)
        .where(HalfSignIn.token_hash == token_hash(token))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if found.ended_at is not None or found.began_at + LIFE < now() or not user.active:
        raise HalfEnded
    return found, user


@disk.goes_through
def by_code(token: str, typed: str, address: str, device: str, mark: str) -> str | None:
    """The second step, by a code of the app or one on paper.

    Args:
        address: where the request came from; device: two words of ours; mark: the known device's, or empty.
    Returns:
        the session's token, or None where the code is not right or was used before.
    Raises:
        HalfEnded: it ended, or this was one wrong code too many.
        TooManyTries: codes of this account were tried too often.
    """
    half = of(token)
    if half is None:
        raise HalfEnded
    who = (tries.keyed(f"second step of {half.email}"), tries.keyed(address), mark)
    tried = tries.reserve(*who)
    with writing() as session:
        found, user = _taken(session, token)
        by = second.is_right(session, user, typed)
        if by:
            tries.take_back(session, tried)
            found.ended_at = now()
            return begin(session, user, f"{found.first}+{by}", device)
        found.wrong += 1
        ended = found.wrong >= MOST_WRONG
        if ended:
            found.ended_at = now()
            audit.record(session, "account.second_refused", "user", user.id, actor=user)
            letters.queue_change(session, user, "second_refused")
    if ended:
        raise HalfEnded
    return None


def by_setting_up(token: str, closed: str, code: str, device: str) -> tuple[str, list[str]] | None:
    """The second step where there was none: it is set up, and with it somebody is in.

    Returns:
        the session's token and the recovery codes, or None where the code is not of the secret that was offered.
    Raises:
        HalfEnded: it ended, or there is a second step by now, which is asked for instead.
    """
    with writing() as session:
        found, user = _taken(session, token)
        if second.wanted(session, user) != second.SET_UP:
            raise HalfEnded
        codes = second.set_up(session, user, closed, code)
        if codes is not None:
            found.ended_at = now()
            return begin(session, user, f"{found.first}+code", device), codes
    return None


def end_all(session: Session, user: User) -> None:
    """None that was begun with what was right until now is gone on with."""
    of = update(HalfSignIn).where(HalfSignIn.user_id == user.id, HalfSignIn.ended_at.is_(None))
    session.execute(of.values(ended_at=now()))
