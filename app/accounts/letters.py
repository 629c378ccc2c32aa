"""Letters to the owner of an account: the one-time link, which nobody else sees, and what was changed.

The token of a link is reckoned by the job that sends it, from the letter's identifier and this instance's secret key: it stands in
no job, no log and no page, and a job that was cut off sends the same link again.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from typing import NamedTuple

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import jobs
from app.audit import service as audit
from app.database import now, writing
from app.extensions import db
from app.notifications import mail, messages
from app.settings import current_settings

from . import links
from .models import AccountLetter, User


class LinkTold(NamedTuple):
    """What became of the newest link of an account."""

    letter: AccountLetter
    job: jobs.Told | None


def is_sent_here() -> bool:
    """Does this instance send mail at all? Into a folder it is written for whoever tries the service out."""
    settings = current_settings()
    return settings.mail == "smtp"


def queue_link(session: Session, user: User) -> None:
    """A fresh one-time link, to its owner by mail alone; earlier unused ones stop working. ``user`` is locked."""
    links.end_unused(session, user)
    letter = _letter(session, user, "link")
    audit.record(session, "account.link_asked", "user", user.id)
    jobs.enqueue(session, messages.LINK, letter.id)


def queue_change(session: Session, user: User, kind: str) -> None:
    """Tell the owner what was changed, where this instance sends mail.

    Args:
        kind: a key of ``messages.CHANGES``.
    """
    if kind not in messages.CHANGES:
        raise LookupError(f"no letter says {kind!r}")
    if is_sent_here():
        jobs.enqueue(session, messages.ACCOUNT, _letter(session, user, kind).id)


def _letter(session: Session, user: User, kind: str) -> AccountLetter:
    letter = AccountLetter(user_id=user.id, kind=kind)
    session.add(letter)
    session.flush()
    return letter


def newest_links(users: Sequence[User]) -> dict[str, LinkTold]:
    """What became of the newest link that was sent, or is to be, of each account, by account."""
    of = select(AccountLetter).where(AccountLetter.user_id.in_([u.id for u in users]), AccountLetter.kind == "link")
    newest = {letter.user_id: letter for letter in db.session.scalars(of.order_by(AccountLetter.asked_at))}
    told = jobs.told(messages.LINK, [letter.id for letter in newest.values()])
    return {user_id: LinkTold(letter, told.get(letter.id)) for user_id, letter in newest.items()}


def _token(letter_id: str) -> str:
    key = str(current_app.secret_key).encode()
    return base64.urlsafe_b64encode(hmac.digest(key, f"one-time link {letter_id}".encode(), "sha256")).decode("ascii")


def send_link(letter_id: str) -> None:
    """Make the link known and send it. Nothing is sent where a newer one was asked for, or the account is disabled."""
    settings = current_settings()
    token = _token(letter_id)
    with writing() as session:
        letter = _open(session, letter_id)
        if letter is None:
            return
        user = db.session.get_one(User, letter.user_id)
        ends = links.make_known(session, user, token)
        if ends is None:
            letter.sent_at = now()  # it arrived: its owner used it before this could be written down
            return
        said = messages.one_time_link(settings, user.email, letter.id, token, ends)
    mail.deliver(said, settings, letter_id)
    with writing() as session:
        session.get_one(AccountLetter, letter_id).sent_at = now()
        audit.record(session, "account.link_sent", "user", user.id)


def _open(session: Session, letter_id: str) -> AccountLetter | None:
    """A letter still to be sent, with its account locked before it is read; None where nothing is to be sent any more."""
    user_id = session.scalar(select(AccountLetter.user_id).where(AccountLetter.id == letter_id))
    if user_id is None or not links.taken(session, user_id).active:
        return None
    letter = session.get_one(AccountLetter, letter_id, populate_existing=True)
    return letter if letter.sent_at is None and letter.ended_at is None else None


def send_change(letter_id: str) -> None:
    """Tell the owner what was changed. Running it again sends the same letter, with the same Message-ID."""
    settings = current_settings()
    letter = db.session.get(AccountLetter, letter_id)
    if letter is None or letter.sent_at is not None:
        return
    user = db.session.get_one(User, letter.user_id)
    said = messages.account_changed(settings, user.email, letter.id, letter.kind, letter.asked_at)
    mail.deliver(said, settings, letter_id)
    with writing() as session:
        session.get_one(AccountLetter, letter_id).sent_at = now()
