"""Signing in and out, one-time links, and accounts: one function a verb, one transaction."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, inspect, select, update
from sqlalchemy.orm import Session

from app import disk
from app.audit import service as audit
from app.database import now, writing
from app.extensions import db
from app.settings import current_settings

from . import halves, letters, links, second, tries
from .halves import Passed
from .links import token_hash
from .models import AccountLetter, HalfSignIn, OneTimeLink, SignInAttempt, SpentChallenge, User, UserSession
from .policy import ROLES

SHORTEST_PASSWORD = 15
# What whoever guesses first knows: what this service is called and about, its roles, and what people make passwords of. The words of the
# council’s own name come to them. Listed for people in docs/running/security.md. Source: ASVS 5.0.0, 6.1.2 and 6.2.11.
WORDS_OF_OURS = (
    "accommodation", "administrator", "admin", "auditor", "autumn", "case", "council", "homeless", "household", "housing", "letmein", "officer", "password",
    "placement", "placing", "qwerty", "safeguarding", "senior", "spring", "suitability", "summer", "temporary", "welcome", "winter",
)  # fmt: skip
LEAST_BESIDE_THEM = 10
# OWASP’s least for Argon2id, on one core: the library’s own choice takes four threads and five times as long, and every page waits
# for it while strangers try. Behind it stand 15 characters and the limits on tries. Older hashes are made anew at the next sign-in.
# Source: OWASP Password Storage Cheat Sheet, Argon2id, 2026.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# The hash of thirty-two random bytes that nobody kept: where there is no such account the answer takes as long, and no password is right.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$k3SnlyQKjBWCxNuMnNgGYw$vz8Tp7SG1q/U2NSS8czPtHpahPO3C4Gto9HrTIwh+0A"


class AccountProblem(ValueError):
    """An account cannot be made or changed, with a sentence for the person doing it."""


@disk.goes_through
def sign_in(email: str, password: str, address: str = "", device: str = "", label: str = "") -> Passed | None:
    """Check a password, and open a session or, where the account has a second step or must have one, half of one.

    Args:
        address: where the request came from; device: the mark that this browser got when somebody signed in on it, or empty;
            label: two words of ours for the browser.
    Returns:
        how far they came, or None when address or password is wrong.
    Raises:
        TooManyTries: this account from here, or everything from here, was tried too often.
        Busy: the queue for the slow hash is full; nothing was counted.
    """
    typed = email.strip().casefold()
    of = (tries.keyed(typed), tries.keyed(address), device if device == device_mark(typed) else "")
    tries.look_first(*of)
    with tries.hashing():
        tried = tries.reserve(*of)
        user = db.session.scalar(select(User).where(User.email == typed))
        usable = user is not None and user.active and bool(user.password_hash)
        stored = user.password_hash if usable and user is not None else _NOBODY
        db.session.rollback()  # nothing of the database is held while the hash is reckoned
        right = _verify(stored, password) and usable
        if not right or user is None:
            return None
        better = _hasher.hash(password) if _hasher.check_needs_rehash(stored) else ""
    with writing() as session:
        tries.take_back(session, tried)
        user = session.scalars(select(User).where(User.email == typed)).one()
        if not user.active or user.password_hash != stored:
            return None  # disabled, or given another password, while it was reckoned
        user.password_hash = better or user.password_hash
        return halves.go_on(session, user, "password", label)


def confirmed(email: str, password: str) -> User | None:
    """The active account whose password this is, without a session: for what somebody confirms on the server itself."""
    user = db.session.scalar(select(User).where(User.email == email.strip().casefold()))
    right = _verify(user.password_hash or _NOBODY if user is not None else _NOBODY, password)
    return user if right and user is not None and user.active and user.password_hash else None


def password_hash_of(user_id: str) -> str:
    """What is stored of an active account’s password; empty where it has none. Nothing of the database is held afterwards."""
    stored, active = db.session.execute(select(User.password_hash, User.active).where(User.id == user_id)).one()
    db.session.rollback()
    return stored if active else ""


def is_password(stored: str, password: str) -> bool:
    """Is this the password that is stored? It takes as long where none is."""
    return _verify(stored or _NOBODY, password) and bool(stored)


def hashed(password: str) -> str:
    return _hasher.hash(password)


def device_mark(email: str) -> str:
    """What a browser keeps once somebody signed in on it: it says nothing, and only this instance can make it."""
    return tries.keyed(f"device of {email.strip().casefold()}")


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


class Person(NamedTuple):
    """Who is behind a session, as every page asks; ``confirmed_at`` is when they last said that it is them."""

    id: str
    name: str
    role: str
    email: str
    confirmed_at: datetime | None


_SESSIONS, _USERS = inspect(UserSession).local_table.c, inspect(User).local_table.c
# Asked at the beginning of every request: the columns alone, of the tables themselves, and made once.
_OF_SESSION = (
    select(
        _SESSIONS.id, _SESSIONS.created_at, _SESSIONS.last_seen_at, _SESSIONS.ended_at, _USERS.active,
        _USERS.id, _USERS.name, _USERS.role, _USERS.email, _SESSIONS.confirmed_at,
    )
    .where(_USERS.id == _SESSIONS.user_id, _SESSIONS.token_hash == bindparam("token_hash"))
)  # fmt: skip


def user_of_session(token: str, idle: timedelta, longest: timedelta) -> Person | None:
    """The user behind a session token, if the session is still alive; notes that it was used."""
    found = db.session.connection().execute(_OF_SESSION, {"token_hash": token_hash(token)}).one_or_none()
    moment = now()
    if found is None:
        return None
    session_id, created_at, last_seen_at, ended_at, active, *person = found
    if ended_at is not None or not active:
        return None
    if last_seen_at + idle < moment or created_at + longest < moment:
        return None
    if last_seen_at + timedelta(seconds=60) < moment:
        with suppress(disk.NothingSaved):  # on a full disk the session ends sooner for it, never later
            _note_seen(session_id, moment)
    return Person(*person)


@disk.goes_through
def _note_seen(session_id: str, moment: datetime) -> None:
    with writing() as session:
        session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=moment))


@disk.goes_through
def sign_out(token: str) -> None:
    with writing() as session:
        session.execute(update(UserSession).where(UserSession.token_hash == token_hash(token)).values(ended_at=now()))


def make_account(name: str, email: str, role: str) -> User:
    """Make an account without a password, for an administrator: its owner gets the one-time link by mail.

    Where this instance sends no mail, the link is made on the server.
    """
    with writing() as session:
        user = add_account(session, name, email, role)
        if letters.is_sent_here():
            letters.queue_link(session, user)
    return user


def add_account(session: Session, name: str, email: str, role: str) -> User:
    """The account itself, in the caller's transaction.

    Raises:
        AccountProblem: there is one with this address, or no such role.
    """
    if role not in ROLES:
        raise AccountProblem("Choose a role.")
    if session.scalar(select(User).where(User.email == email.strip().casefold())) is not None:
        raise AccountProblem("There is already an account with this e-mail address.")
    user = User(name=name.strip(), email=email.strip().casefold(), role=role)
    session.add(user)
    session.flush()
    audit.record(session, "account.created", "user", user.id)
    return user


def send_new_link(user_id: str) -> None:
    """A fresh one-time link for an account, by mail to its owner.

    Raises:
        AccountProblem: the account is disabled, or this instance sends no mail.
    """
    with writing() as session:
        user = links.taken(session, user_id)
        refuse_link(user)
        letters.queue_link(session, user)


def refuse_link(user: User) -> None:
    """Say why no link can be sent to an account.

    Raises:
        AccountProblem: it is disabled, or this instance sends no mail.
    """
    if not letters.is_sent_here():
        raise AccountProblem("This service sends no mail here: the link is made on the server, as this page says.")
    if not user.active:
        raise AccountProblem("This account is disabled. Enable it first.")


# ---- on the server, by whoever runs it


def create_account(name: str, email: str, role: str) -> tuple[User, str]:
    """Make an account on the server, and the one-time link token that sets its password."""
    with writing() as session:
        user = add_account(session, name, email, role)
        token = _link_on_server(session, user)
    return user, token


def new_link(user_id: str) -> str:
    """A one-time link token made on the server; earlier unused ones stop working; its sessions end when the password is set."""
    with writing() as session:
        return _link_on_server(session, links.taken(session, user_id))


def _link_on_server(session: Session, user: User) -> str:
    audit.record(session, "account.link_made_on_server", "user", user.id)
    letters.queue_change(session, user, "server_link")
    return links.make(session, user)


def password_problem(password: str) -> str | None:
    if len(password) < SHORTEST_PASSWORD:
        return f"Use at least {SHORTEST_PASSWORD} characters. Three or four unrelated words are good."
    if len(password) > 200:
        return "Use at most 200 characters."
    if len(set(password)) < 6:
        return "Use more different characters."
    if _is_of_our_words(password):
        return "This is made of words that anybody would try here. Three or four unrelated words are good."
    return None


def _is_of_our_words(password: str) -> bool:
    """Whether, without such words, too little of a password is left. One that holds none of them may be of any characters."""
    words = {*WORDS_OF_OURS, *re.findall(r"\w{4,}", current_settings().council_name.casefold())}
    rest = bare = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != bare and len(rest) < LEAST_BESIDE_THEM


def set_password(token: str, password: str) -> bool:
    """Use a one-time link; False when it no longer works. All other sessions of the account end."""
    with writing() as session:
        of = select(OneTimeLink).where(OneTimeLink.token_hash == token_hash(token))
        session.scalar(
            of.with_for_update(of=OneTimeLink).execution_options(populate_existing=True)
        )  # once, if sent twice
        user = links.owner(token)
        if user is None:
            return False
        user.password_hash = _hasher.hash(password)
        session.execute(update(OneTimeLink).where(OneTimeLink.token_hash == token_hash(token)).values(used_at=now()))
        _end_sessions(session, user)
        audit.record(session, "account.password_set", "user", user.id, actor=user)
        letters.queue_change(session, user, "password_set")
    return True


@disk.goes_through
def set_active(user_id: str, active: bool) -> None:
    """Disable or enable an account."""
    with writing() as session:
        change_active(session, links.taken(session, user_id), active)


def change_active(session: Session, user: User, active: bool) -> None:
    """Disabling ends its sessions and its unused links at once; its owner is told. ``user`` is locked."""
    if user.active == active:
        return
    user.active = active
    if not active:
        links.end_unused(session, user)
        _end_sessions(session, user)
    said = "enabled" if active else "disabled"
    audit.record(session, f"account.{said}", "user", user.id)
    letters.queue_change(session, user, said)


def change_role(session: Session, user: User, role: str, by: str = "administrators") -> None:
    """Another role: every session ends, so that none goes on with the earlier one; its owner is told. ``user`` is locked."""
    detail = {"from": user.role, "to": role, "by": by}
    user.role = role
    _end_sessions(session, user)
    audit.record(session, "account.role_changed", "user", user.id, detail=detail)
    letters.queue_change(session, user, "role_changed")


def reset_second_step(session: Session, user: User) -> None:
    """All second steps go, and the password with them: whoever has that alone gets nowhere. ``user`` is locked.

    The owner gets a one-time link by mail; where no mail is sent it is made on the server.
    """
    second.reset(session, user)
    user.password_hash = ""
    links.end_unused(session, user)
    _end_sessions(session, user)
    if letters.is_sent_here() and user.active:
        letters.queue_link(session, user)


def _end_sessions(session: Session, user: User) -> None:
    """Those that are whole, and those that are half begun with what was right until now."""
    halves.end_all(session, user)
    alive = UserSession.ended_at.is_(None)
    session.execute(update(UserSession).where(UserSession.user_id == user.id, alive).values(ended_at=now()))


def forget_old() -> None:
    """Once a day: tries, half sign-ins and what passkeys signed of before yesterday; sessions and links that ended a month ago."""
    moment = now()
    with writing() as session:
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < moment - timedelta(days=1)))
        session.execute(delete(HalfSignIn).where(HalfSignIn.began_at < moment - timedelta(days=1)))
        session.execute(delete(SpentChallenge).where(SpentChallenge.at < moment - timedelta(days=1)))
        month = moment - timedelta(days=30)
        session.execute(delete(UserSession).where(UserSession.last_seen_at < month))
        session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < month))
        done = AccountLetter.sent_at.is_not(None) | AccountLetter.ended_at.is_not(
            None
        )  # one that failed can be sent again
        session.execute(delete(AccountLetter).where(AccountLetter.asked_at < month, done))
