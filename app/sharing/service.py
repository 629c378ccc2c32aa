"""Sharing a record with one named person: a link that alone shows nothing, a code over another channel, an answer."""

from __future__ import annotations

import base64
import hashlib
import secrets
import string
from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import disk, jobs
from app.accounts import tries
from app.audit import service as audit
from app.cases import exclusions, sealed_home
from app.cases import service as cases
from app.cases.models import Case
from app.cases.sealed_home import Home
from app.checklists import read_folder
from app.database import now, writing
from app.editions import service as editions
from app.editions.models import Edition
from app.extensions import db
from app.lives import ways
from app.notifications import mail, messages, telling
from app.records.models import Record
from app.settings import current_settings

from . import parted, reached
from .models import Share, ShareVisit

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

# A code is told by telephone while the reader has the page before them, or soon has.
CODE_LIFE, CODE_TRIES, LINK_TRIES = timedelta(hours=4), 5, 10
VISIT_LIFE, SENT_TWICE = timedelta(minutes=30), timedelta(seconds=60)
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# The hash of thirty-two random bytes that nobody kept: where there is no such code the answer takes as long, and no code is right.
_NO_CODE = "$argon2id$v=19$m=19456,t=2,p=1$ACuQaBIi0DXK7V/umEbv5A$iCao+XoyweIjby29onLhmMJG6+QKeOv6u9E90Dj5x3I"


class ShareProblem(ValueError):
    """A record cannot be shared or a link changed, in a sentence."""


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _box() -> Fernet:
    from cryptography.fernet import Fernet  # only where a link is sealed or sent

    key = hashlib.sha256(b"share-link:" + str(current_app.secret_key).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def share(
    user: Any,
    record_id: str,
    seen_version: int | None,
    name: str,
    role: str,
    email: str,
    why: str,
    edition_id: str = "",
) -> tuple[Share, str]:
    """Share a record, or a copy of it. The mail goes from a job; the code is returned once, to be given by telephone or in person.

    Raises:
        CaseProblem: a second person has to agree first: to the copy, or, of a restricted case, to any.
    """
    locator, code = secrets.token_urlsafe(32), _new_code()
    with writing() as session:
        record = session.get(Record, record_id)
        if record is None:
            raise ShareProblem("This record does not exist.")
        cases.lock_case(session, record.case_id, seen_version)
        _may_leave(session, record, edition_id)
        exclusions.refuse_address(session, record.case_id, email)
        ways.refuse(
            session, record.case_id, "email", (email, name), reached.is_of_the_family(session, edition_id), "email"
        )
        moment = now()
        made = Share(
            case_id=record.case_id,
            record_id=record.id,
            made_by=user.id,
            recipient_name=name,
            recipient_role=role,
            recipient_email=email,
            why=why,
            edition_id=edition_id,
            locator_hash=_hash(locator),
            link_sealed=_box().encrypt(locator.encode()),
            code_hash=_hasher.hash(code),
            code_expires_at=moment + CODE_LIFE,
            expires_at=moment + timedelta(days=read_folder().numbers.share_days),
        )
        session.add(made)
        session.flush()
        audit.record(session, "share.made", "share", made.id, record.case_id)
        jobs.enqueue(session, messages.SHARED, made.id)
    return made, code


def _may_leave(session: Session, record: Record, edition_id: str) -> None:
    parted.refuse_older(record)
    case_now = session.get_one(Case, record.case_id)
    copy = editions.find(record.id, edition_id) if edition_id else None
    if edition_id and copy is None:
        raise cases.CaseProblem("This copy does not exist.")
    if copy is None and case_now.restricted:
        raise cases.CaseProblem(
            "This case is restricted: nothing of it leaves before a second person agrees. Make a copy for this reader, and have it agreed to."
        )
    if _says_where(session, record.case_id, (copy or record).body):
        raise cases.CaseProblem(
            "The family’s home was sealed since this was made, and it says where that is: it does not leave any more. Make a copy for this reader: what is sealed is not in it."
        )
    if copy is not None and editions.waits(copy, case_now):
        raise cases.CaseProblem("A second person has to agree to this copy before it leaves.")


def _new_code() -> str:
    return f"{secrets.randbelow(10**8):08d}"


def new_code(user: Any, share_id: str) -> str:
    """A fresh code for a link that is still alive; the old one stops working."""
    code = _new_code()
    with writing() as session:
        made = taken(session, share_id)
        if not is_alive(made):
            raise ShareProblem("This link has ended. Share the record again.")
        made.code_hash, made.code_expires_at, made.code_tries = _hasher.hash(code), now() + CODE_LIFE, 0
        audit.record(session, "share.code_made", "share", made.id, made.case_id)
    return code


@disk.goes_through
def revoke(user: Any, share_id: str) -> None:
    """End a link at once, with any visit under way."""
    with writing() as session:
        made = taken(session, share_id)
        if made.revoked_at is None:
            made.revoked_at, made.link_sealed = now(), None
            audit.record(session, "share.revoked", "share", made.id, made.case_id)


def taken(session: Session, share_id: str) -> Share:
    """A share to be changed, with its case locked first and the row read after."""
    case_id = session.scalars(select(Share.case_id).where(Share.id == share_id)).one()
    cases.lock(session, case_id)
    return session.get_one(Share, share_id, populate_existing=True)


def of_record(record_id: str) -> list[Share]:
    return list(db.session.scalars(select(Share).where(Share.record_id == record_id).order_by(Share.made_at)).all())


def find(record_id: str, share_id: str) -> Share | None:
    return db.session.scalar(select(Share).where(Share.id == share_id, Share.record_id == record_id))


# ---- what ends a link, or marks it


def end_links(session: Session, case_id: str) -> None:
    """In the transaction that restricts a case: every link to it ends, and its reader is told that it did."""
    for made in _live_of(session, case_id):
        made.revoked_at, made.ended_why, made.link_sealed = now(), "restricted", None
        audit.record(session, "share.ended", "share", made.id, case_id)
        if made.mailed_at is not None:
            jobs.enqueue(session, messages.ENDED, made.id)


def _says_where(session: Session, case_id: str, body: bytes) -> bool:
    """Does something that was frozen say where a home is that is sealed now?"""
    found = sealed_home.homes(session, case_id)
    return bool(found) and sealed_home.is_in(body.decode(), found)


def end_links_that_say(session: Session, case_id: str, homes: Collection[Home]) -> None:
    """In the transaction that seals a home: links to what says where it is end, and their readers are told that they did."""
    for made in _live_of(session, case_id):
        shared = session.get(Edition, made.edition_id) if made.edition_id else session.get(Record, made.record_id)
        if shared is not None and sealed_home.is_in(shared.body.decode(), homes):
            made.revoked_at, made.ended_why, made.link_sealed = now(), "sealed", None
            audit.record(session, "share.home_sealed", "share", made.id, case_id)
            if made.mailed_at is not None:
                jobs.enqueue(session, messages.ENDED, made.id)


def end_links_to(session: Session, case_id: str, address: str) -> None:
    """In the transaction that keeps a case from somebody: a link that was sent to them ends, and nothing is sent to say so."""
    for made in _live_of(session, case_id):
        if made.recipient_email.strip().casefold() == address.casefold():
            made.revoked_at, made.link_sealed = now(), None
            audit.record(session, "share.revoked", "share", made.id, case_id)


def mark_older(session: Session, record: Record) -> None:
    """In the transaction that issues a record: whoever has a link to an earlier one of the case is told of the newer."""
    for made in _live_of(session, record.case_id):
        if made.record_id != record.id and made.mailed_at is not None:
            jobs.enqueue(session, messages.NEWER, f"{made.id}-{record.number.rsplit('-', 1)[1]}")


def _live_of(session: Session, case_id: str) -> list[Share]:
    found = session.scalars(select(Share).where(Share.case_id == case_id, Share.revoked_at.is_(None)))
    return [made for made in found if is_alive(made)]


def newer_than(made: Share) -> Record | None:
    """The newest record of the case, where it is not the one that is shared."""
    newest = db.session.scalar(select(Record).where(Record.case_id == made.case_id).order_by(Record.issued_at.desc()))
    return None if newest is None or newest.id == made.record_id else newest


# ---- the recipient's side


def is_alive(made: Share | None) -> bool:
    """Open only while everything about it is known and in date: an unreadable expiry is an ended one."""
    return (
        made is not None
        and made.revoked_at is None
        and made.expires_at is not None
        and made.expires_at > now()
        and made.all_tries < LINK_TRIES
    )


def by_locator(locator: str) -> Share | None:
    """The live share behind a link; unknown, ended and locked are the same answer."""
    made = db.session.scalar(select(Share).where(Share.locator_hash == _hash(locator[:200])))
    return made if is_alive(made) else None


def redeem(locator: str, code: str, browser: str = "", address: str = "") -> str | None:
    """Exchange the code for a visit; the code works once, and in the browser that used it a second time within a minute.

    An unknown link costs the same work as a live one, so that nobody learns which links there are.

    Args:
        browser: what this browser is known by; address: where the request came from.
    Returns:
        the visit's token, or None for a wrong, used or late code. Ten wrong ones lock the link.
    Raises:
        TooManyTries, Busy: see app.accounts.tries.
    """
    digits = "".join(ch for ch in code if ch in string.digits)
    with tries.hashing():
        tried = tries.reserve(tries.keyed(f"link {locator[:200]}"), tries.keyed(address), "", everywhere=False)
        made = db.session.scalar(select(Share).where(Share.locator_hash == _hash(locator[:200])))
        stored, again = _code_to_match(made, browser)
        db.session.rollback()
        right = _matches(stored, digits) and len(digits) == 8
    with writing() as session:
        share_id = session.scalar(select(Share.id).where(Share.locator_hash == _hash(locator[:200])))
        made = None if share_id is None else taken(session, share_id)
        if made is None or not is_alive(made):
            tries.note_wrong(session, tried)  # the same work as below: a write, and its way to the disk
            return None
        # What was matched must still be what stands: of fifty at once one finds it so.
        right = right and stored == (made.code_used_hash if again else made.code_hash)
        if not right:
            made.code_tries += 1
            made.all_tries += 1
            action = "share.locked" if made.all_tries >= LINK_TRIES else "share.code_refused"
            audit.record(session, action, "share", made.id, made.case_id)
            return None
        tries.take_back(session, tried)
        token = secrets.token_urlsafe(32)
        session.add(ShareVisit(share_id=made.id, token_hash=_hash(token)))
        if not again:
            made.code_used_hash, made.code_used_by, made.code_used_at = made.code_hash, _hash(browser), now()
            made.code_hash = ""
            made.opened_at = made.opened_at or now()
            audit.record(session, "share.opened", "share", made.id, made.case_id)
    return token


def _code_to_match(made: Share | None, browser: str) -> tuple[str, bool]:
    """The stored code that a typed one is held against, one in every case; and whether it is the one used a moment ago."""
    if made is None or not is_alive(made):
        return _NO_CODE, False
    if (
        made.code_hash
        and made.code_expires_at is not None
        and made.code_expires_at > now()
        and made.code_tries < CODE_TRIES
    ):
        return made.code_hash, False
    fresh = made.code_used_at is not None and made.code_used_at + SENT_TWICE > now()
    if made.code_used_hash and fresh and browser and made.code_used_by == _hash(browser):
        return made.code_used_hash, True
    return _NO_CODE, False


def _matches(stored: str, code: str) -> bool:
    try:
        return _hasher.verify(stored, code)
    except (VerificationError, InvalidHashError):
        return False


def visit(locator: str, token: str) -> Share | None:
    """The share a browser may see now: until the link ends; of a restricted case for thirty minutes after the code."""
    made = by_locator(locator)
    if made is None or not token:
        return None
    found = db.session.scalar(
        select(ShareVisit).where(ShareVisit.share_id == made.id, ShareVisit.token_hash == _hash(token))
    )
    if found is None:
        return None
    restricted = db.session.scalar(select(Case.restricted).where(Case.id == made.case_id))
    return None if restricted and found.made_at + VISIT_LIFE <= now() else made


def read(made: Share) -> None:
    """Note that the recipient read the record, before it goes out."""
    audit.viewed("share.record_read", "share", made.id, made.case_id)


def came_back(made: Share) -> None:
    """Note that the recipient opened the page of a link whose document is not shown any more."""
    audit.viewed("share.page_read", "share", made.id, made.case_id)


def respond(locator: str, token: str, response: str, name: str, reason: str) -> bool:
    """Record the recipient's answer once; False when the visit has ended or they answered already."""
    with writing() as session:
        made = visit(locator, token)
        made = None if made is None else taken(session, made.id)
        if made is None or made.response:
            return False
        made.response, made.response_name, made.response_reason, made.responded_at = response, name, reason, now()
        audit.record(
            session,
            f"share.{response}" if response in ("acknowledged", "will_lead") else "share.disputed",
            "share",
            made.id,
            made.case_id,
            {"response": response},
        )
        if response not in ("acknowledged", "will_lead"):
            telling.note(session, "disagreement", made.case_id, made.id)
    return True


# ---- the mail


def send_mail(share_id: str) -> None:
    """Send the mail of a share. Nothing is sent for one that was revoked or has ended."""
    settings = current_settings()
    made = db.session.get(Share, share_id)
    if made is None or made.mailed_at is not None or made.link_sealed is None or not is_alive(made):
        return
    reached.or_refuse(made)
    locator = _box().decrypt(made.link_sealed).decode()
    mail.deliver(messages.shared(settings, made.recipient_email, made.id, locator, made.expires_at), settings, made.id)
    with writing() as session:
        cases.lock(session, made.case_id)
        _forget_link(session, made)


def _forget_link(session: Session, made: Share) -> None:
    session.execute(update(Share).where(Share.id == made.id).values(mailed_at=now(), link_sealed=None))
    audit.record(session, "share.mailed", "share", made.id, made.case_id)
