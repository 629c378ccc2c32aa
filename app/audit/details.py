"""What an entry says more than its skeleton, closed under a key of its case: with the key gone it says nothing, and the chain holds.

Inside are 32 random bytes and JSON; the entry holds the SHA-256 of both together, which without the random bytes cannot be guessed
at. A case's key is closed under the installation's own, which is in no database. Source: reliability.md 4.3 and 4.8.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime, now
from app.extensions import db
from app.settings import current_settings

from . import chain

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SALT = 32  # random bytes in front of what is closed
_NONCE = 12


class Entry(Protocol):
    """What is needed of an entry to open what it says."""

    seq: Any
    case_id: Any
    commitment: Any
    plain: Any


class AuditDetail(Base):
    """What an entry says more, closed under its case's key. ``commitment`` is the SHA-256, as hexadecimal, of what is inside."""

    __tablename__ = "audit_detail"

    commitment: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str]
    closed: Mapped[bytes]


class AuditKey(Base):
    """The key of a case's details, itself closed under the installation's key. Without it nobody opens them again."""

    __tablename__ = "audit_key"

    case_id: Mapped[str] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


UNREADABLE = "unreadable"  # what is said of an entry whose detail is not what was stored


class NotOpened(RuntimeError):
    """It cannot be opened: its key is gone or another, or it was changed."""


Keys = dict[str, bytes]  # of cases, as far as one transaction has asked for them


def keep(connection: Connection, case_id: str, says: dict[str, Any], keys: Keys) -> dict[str, Any]:
    """Close what an entry says under its case's key; gives the row that holds it, to be stored in the caller's transaction.

    Its ``commitment`` is what the entry holds.
    """
    inside = secrets.token_bytes(SALT) + chain.encode(says)
    commitment = hashlib.sha256(inside).hexdigest()
    if case_id not in keys:
        keys[case_id] = _key_for(connection, case_id)
    return {"commitment": commitment, "case_id": case_id, "closed": _close(_cipher(keys[case_id]), inside, commitment)}


def keys(connection: Connection) -> Callable[[str], bytes | None]:
    """Gives the key of a case, those last asked for without asking again; None where there is none that opens."""

    @lru_cache(maxsize=512)
    def of(case_id: str) -> bytes | None:
        wrapped = connection.scalar(select(AuditKey.wrapped).where(AuditKey.case_id == case_id))
        try:
            return None if wrapped is None else _open(_cipher(_own_key()), bytes(wrapped), case_id)
        except NotOpened:
            return None

    return of


def inside(key: bytes | None, closed: bytes, commitment: str) -> dict[str, Any]:
    """What was closed.

    Raises:
        NotOpened: it does not open with this key, or is not what the entry names.
    """
    said: dict[str, Any] = json.loads(bytes_inside(key, closed, commitment)[SALT:])
    return said


def bytes_inside(key: bytes | None, closed: bytes, commitment: str) -> bytes:
    """What was closed, to the byte: the 32 random ones, and then JSON. Their SHA-256 is what the entry holds.

    Raises:
        NotOpened: see :func:`inside`.
    """
    if key is None:
        raise NotOpened("there is no key for it")
    found = _open(_cipher(key), closed, commitment)
    if hashlib.sha256(found).hexdigest() != commitment:
        raise NotOpened("it is not what the entry names")
    return found


def opened(event: Entry) -> dict[str, Any]:
    """What one entry says more: ``detail``, and ``changed`` where it changed something; see :func:`all_opened`."""
    return all_opened([event])[event.seq]


def all_opened(events: Iterable[Entry]) -> dict[int, dict[str, Any]]:
    """What entries say more, by number; nothing of one whose key was destroyed, ``unreadable`` of one that has a key and does not open."""
    listed = list(events)
    found: dict[int, dict[str, Any]] = {e.seq: {"detail": e.plain} if e.plain else {} for e in listed}
    wanted = [e.commitment for e in listed if e.commitment]
    if not wanted:
        return found
    rows = db.session.execute(
        select(AuditDetail.commitment, AuditDetail.closed).where(AuditDetail.commitment.in_(wanted))
    )
    closed = {commitment: bytes(held) for commitment, held in rows}
    cases = {e.case_id for e in listed if e.commitment}
    with_key = set(db.session.scalars(select(AuditKey.case_id).where(AuditKey.case_id.in_(cases))))
    key_of = keys(db.session.connection())
    for event in listed:
        if event.commitment and event.case_id in with_key:
            # A case of which more is entered after an erasure has another key: what came before opens with none.
            try:
                found[event.seq] = inside(key_of(event.case_id), closed.get(event.commitment, b""), event.commitment)
            except NotOpened:
                if event.seq > erased_up_to(db.session.connection(), event.case_id):
                    found[event.seq] = {UNREADABLE: True}
    return found


def erased_up_to(connection: Connection, case_id: str) -> int:
    """The number of the last entry by which what a case's entries said more was erased; 0 where none did."""
    asked = (
        "SELECT max(seq) FROM audit_event WHERE case_id = :c AND action = 'case.details_erased' AND hash IS NOT NULL"
    )
    return connection.scalar(text(asked), {"c": case_id}) or 0


def _key_for(connection: Connection, case_id: str) -> bytes:
    """The key of a case, made where there is none; of two that make it at once the first is taken by both."""
    of = select(AuditKey.wrapped).where(AuditKey.case_id == case_id)
    wrapped = connection.scalar(of)
    if wrapped is None:
        made = _close(_cipher(_own_key()), secrets.token_bytes(32), case_id)
        put = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        row = {"case_id": case_id, "wrapped": made, "made_at": now()}
        connection.execute(put(AuditKey).values(row).on_conflict_do_nothing())
        wrapped = connection.scalars(of).one()
    return _open(_cipher(_own_key()), bytes(wrapped), case_id)


def _own_key() -> bytes:
    return hashlib.sha256(b"details of the audit\0" + current_settings().secret_key().encode()).digest()


def _cipher(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # only where something is closed or opened

    return AESGCM(key)


def _close(cipher: AESGCM, plain: bytes, about: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, about.encode())


def _open(cipher: AESGCM, closed: bytes, about: str) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        return cipher.decrypt(closed[:_NONCE], closed[_NONCE:], about.encode())
    except (InvalidTag, ValueError):
        raise NotOpened("it does not open") from None
