"""The second step of signing in: codes of an authenticator app (RFC 6238), and recovery codes on paper. Nothing goes by telephone or mail.

The secret behind the codes is sealed with a key that is not in the database. A code is good once: the last step of time of which
one was used stands beside it, and is moved in the transaction that looks. Source: reliability.md 4.6, M2, M5; ASVS 5.0, 6.5.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from flask import current_app
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.database import now
from app.extensions import db
from app.settings import current_settings

from . import letters
from .models import Authenticator, Passkey, RecoveryCode, User

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

STEP = 30  # seconds that a code is shown
AROUND = 1  # steps before and after that count as well: clocks of telephones differ
RECOVERY_CODES = 8
# Without letters and figures that are taken for others; 24 of them are 118 bits, so that a quick hash of them tells nothing.
_ALPHABET, _GROUPS, _EACH = "ABCDEFGHJKMNPQRSTUVWXYZ2345679", 6, 4
_SET_UP_SECONDS = 15 * 60
NONE, CODE, SET_UP = "", "code", "set_up"


class Offered(NamedTuple):
    """A new secret as it is shown once: to be typed, as a picture (SVG), and closed for the form that brings it back."""

    secret: str
    picture: str
    closed: str

    @property
    def grouped(self) -> str:
        """The secret as it is read out and typed."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


class Standing(NamedTuple):
    """What of second steps an account has. ``has_app`` is the authenticator; ``codes`` are recovery codes that are left."""

    has_app: bool
    codes: int
    passkeys: Sequence[Passkey]

    @property
    def is_there(self) -> bool:
        return self.has_app or bool(self.passkeys)


def standing(session: Session, user_id: str) -> Standing:
    has_app = session.scalar(select(Authenticator.user_id).where(Authenticator.user_id == user_id)) is not None
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    keys = session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.made_at)).all()
    return Standing(has_app, int(session.scalar(unused) or 0), keys)


def is_demanded(role: str) -> bool:
    """Does this installation let nobody of a role in by a first step alone?"""
    return role in current_settings().second_step_roles


def wanted(session: Session, user: User) -> str:
    """What a right first step leaves to be done: nothing, a code, or to set one up. Whoever has one is always asked for it."""
    if standing(session, user.id).is_there:
        return CODE
    return SET_UP if is_demanded(user.role) else NONE


# ---- setting it up


def offer(user_id: str, email: str) -> Offered:
    """A secret that nobody has yet. Nothing is stored until a code of it was typed."""
    import pyotp  # only where one is set up or asked for

    secret = pyotp.random_base32()
    closed = _box().encrypt(json.dumps([user_id, secret]).encode()).decode("ascii")
    return Offered(secret, _picture(secret, email), closed)


def offered_again(user_id: str, email: str, closed: str) -> Offered | None:
    """What was offered and comes back in its form; None where it was changed, is of somebody else, or is too old."""
    secret = _offered(user_id, closed)
    return None if secret is None else Offered(secret, _picture(secret, email), closed)


def _offered(user_id: str, closed: str) -> str | None:
    from cryptography.fernet import InvalidToken

    try:
        owner, secret = json.loads(_box().decrypt(closed.encode(), ttl=_SET_UP_SECONDS))
    except (InvalidToken, ValueError, TypeError):
        return None
    return str(secret) if owner == user_id else None


def _picture(secret: str, email: str) -> str:
    """The square that a telephone reads, as the data of an image: the page allows no picture from elsewhere."""
    import pyotp
    import segno

    said = f"Case by Case: {current_settings().council_name}"
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=said)
    return str(segno.make_qr(address, error="m").svg_data_uri(scale=4, border=4, dark="#0b0c0c", light="#fff"))


def set_up(session: Session, user: User, closed: str, code: str) -> list[str] | None:
    """Take the offered secret as the account's, where a code of it was typed. ``user`` is locked.

    Returns:
        the recovery codes, to be shown once, or None where the code is not of this secret.
    """
    secret = _offered(user.id, closed)
    step = _step_of(secret, code, -1) if secret else None
    if secret is None or step is None:
        return None
    session.execute(delete(Authenticator).where(Authenticator.user_id == user.id))
    sealed = _box().encrypt(secret.encode()).decode("ascii")
    session.add(Authenticator(user_id=user.id, sealed=sealed, last_step=step))
    audit.record(session, "account.second_set", "user", user.id, detail={"what": "app"}, actor=user)
    letters.queue_change(session, user, "second_set")
    return new_codes(session, user)


def new_codes(session: Session, user: User) -> list[str]:
    """Fresh recovery codes; earlier ones stop working. They are known to whoever is shown them, and stored as hashes."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    made = ["-".join(_letters(_EACH) for _ in range(_GROUPS)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(code_hash=_code_hash(user.id, code), user_id=user.id) for code in made)
    audit.record(session, "account.recovery_codes_made", "user", user.id, actor=user)
    return made


def _letters(number: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(number))


def take_app_away(session: Session, user: User) -> None:
    """Without its app an account has no recovery codes either, unless a passkey is left for which they stand in. ``user`` is locked."""
    session.execute(delete(Authenticator).where(Authenticator.user_id == user.id))
    if not standing(session, user.id).passkeys:
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    audit.record(session, "account.second_removed", "user", user.id, detail={"what": "app"})
    letters.queue_change(session, user, "second_removed")


def reset(session: Session, user: User) -> None:
    """All second steps are gone, agreed to by two administrators. ``user`` is locked."""
    for table in (Authenticator, RecoveryCode, Passkey):
        session.execute(delete(table).where(table.user_id == user.id))
    audit.record(session, "account.second_reset", "user", user.id)
    letters.queue_change(session, user, "second_reset")


# ---- asking for it


def is_right(session: Session, user: User, typed: str) -> str:
    """Is this a code of the account's app, or one of its recovery codes? Each is good once. ``user`` is locked by the caller.

    Args:
        typed: as somebody typed it: spaces, hyphens and small letters are theirs to use.
    Returns:
        ``code`` or ``recovery``, by which it was, or nothing.
    """
    plain = "".join(letter for letter in typed if letter.isalnum()).upper()
    if plain.isascii() and plain.isdigit() and len(plain) == 6:
        return "code" if _use_code(session, user, plain) else ""
    of = select(RecoveryCode).where(
        RecoveryCode.code_hash == _code_hash(user.id, plain), RecoveryCode.used_at.is_(None)
    )
    found = session.scalars(of.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if found is None:
        return ""
    found.used_at = now()
    audit.record(session, "account.recovery_code_used", "user", user.id, actor=user)
    letters.queue_change(session, user, "recovery_used")
    return "recovery"


def _use_code(session: Session, user: User, code: str) -> bool:
    from cryptography.fernet import InvalidToken

    of = select(Authenticator).where(Authenticator.user_id == user.id)
    found = session.scalars(of.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if found is None:
        return False
    try:
        secret = _box().decrypt(found.sealed.encode()).decode("ascii")
    except InvalidToken:  # secret.key is another one than it was sealed with: no code of it can be known to be right
        return False
    step = _step_of(secret, code, found.last_step)
    if step is None:
        return False
    found.last_step = step
    return True


def _step_of(secret: str, typed: str, after: int) -> int | None:
    """The step of time that a code is of, among those that count now and are later than the last one used."""
    import pyotp

    code = "".join(letter for letter in typed if letter.isalnum())
    here, made = int(time.time()) // STEP, pyotp.TOTP(secret, interval=STEP)
    for step in range(here - AROUND, here + AROUND + 1):
        if step > after and hmac.compare_digest(made.generate_otp(step).encode(), code.encode()):
            return step
    return None


def _code_hash(user_id: str, code: str) -> str:
    plain = "".join(letter for letter in code if letter.isalnum()).upper()
    return hashlib.sha256(f"recovery code of {user_id}: {plain}".encode()).hexdigest()


def _box() -> Fernet:
    from cryptography.fernet import Fernet  # only where a second step is set up or asked for

    key = hashlib.sha256(b"second-step:" + str(current_app.secret_key).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def who_has_one(session: Session) -> frozenset[str]:
    """The accounts that have a second step."""
    return frozenset(session.scalars(select(Authenticator.user_id).union(select(Passkey.user_id))))


def is_left_without(user_id: str, role: str, taken: str) -> bool:
    """Would taking this away (``app``, or a passkey's identifier) leave somebody without the step that their role demands?"""
    found = standing(db.session, user_id)
    left = (found.has_app and taken != "app") or any(key.id != taken for key in found.passkeys)
    return is_demanded(role) and not left
