"""How often a password or a code may be tried: by account, by address and by device. A stranger locks nobody out.

A try is written down before the slow hash is reckoned, so that forty at once are forty tries. What is stored are keyed hashes of
the address typed, of where it came from and of the device: none can be read back.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Semaphore

from flask import current_app
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.database import now, writing
from app.extensions import db

from .models import SignInAttempt

# Of one account from one place, or from a device that knows it; of one place; of one account from everywhere that does not.
PER_PLACE, PER_ADDRESS, PER_ACCOUNT = 8, 40, 24
WITHIN, WITHIN_ACCOUNT = timedelta(minutes=15), timedelta(hours=1)
# Each hash takes 19 MiB and a fiftieth of a second of a core: one at a time, one that waits, and the next is told to come back.
_hashing, _in_line = Semaphore(1), Semaphore(2)


class TooManyTries(Exception):
    """It was tried too often; the same answer whether or not there is an account."""


class Busy(Exception):
    """Others are being looked at: try again in a moment. Nothing was counted against anybody."""


def keyed(word: str) -> str:
    return hmac.new(str(current_app.secret_key).encode(), word.encode(), "sha256").hexdigest()


@contextmanager
def hashing() -> Iterator[None]:
    """A turn at the slow hash.

    Raises:
        Busy: as many as may wait are waiting.
    """
    if not _in_line.acquire(blocking=False):
        raise Busy
    try:
        with _hashing:
            yield
    finally:
        _in_line.release()


def _failed(session: Session, since: timedelta, *which: ColumnElement[bool]) -> int:
    of = SignInAttempt.succeeded.is_(False) & (SignInAttempt.at > now() - since)
    return int(session.scalar(select(func.count()).select_from(SignInAttempt).where(of, *which)) or 0)


def look_first(account: str, address: str, device: str, everywhere: bool = True) -> None:
    """Whether a try would be refused, before it waits for its turn at the hash: what is refused keeps nobody waiting.

    Raises:
        TooManyTries: it would be.
    """
    if _is_refused(db.session, account, address, device, everywhere):
        raise TooManyTries


def _is_refused(session: Session, account: str, address: str, device: str, everywhere: bool) -> bool:
    if device:
        return _failed(session, WITHIN, SignInAttempt.who == account, SignInAttempt.device == device) >= PER_PLACE
    strange, here = SignInAttempt.device == "", SignInAttempt.address == address
    return (
        _failed(session, WITHIN, SignInAttempt.who == account, here, strange) >= PER_PLACE
        or _failed(session, WITHIN, here, strange) >= PER_ADDRESS
        or (everywhere and _failed(session, WITHIN_ACCOUNT, SignInAttempt.who == account, strange) >= PER_ACCOUNT)
    )


def reserve(account: str, address: str, device: str, everywhere: bool = True) -> str:
    """Write a try down before it is made.

    Args:
        account: whom it is about, keyed; address: where it comes from, keyed; device: empty, or the keyed mark of a
            device on which this account has signed in before; everywhere: whether tries from all places count together:
            not for a link, which locks by itself.
    Returns:
        the try's identifier.
    Raises:
        TooManyTries: no more for now. Nothing is written, so that refusals cost nothing.
    """
    with writing() as session:
        if _is_refused(session, account, address, device, everywhere):
            raise TooManyTries
        tried = SignInAttempt(who=account, address=address, device=device, succeeded=False)
        session.add(tried)
        session.flush()
        return tried.id


def take_back(session: Session, tried: str) -> None:
    """A try that was right, or that nobody looked at, does not count."""
    session.execute(update(SignInAttempt).where(SignInAttempt.id == tried).values(succeeded=True))


def note_wrong(session: Session, tried: str) -> None:
    """Write down that a try was wrong, which it was from the start: so that it takes as long as one that changes more."""
    session.execute(update(SignInAttempt).where(SignInAttempt.id == tried).values(succeeded=False))
