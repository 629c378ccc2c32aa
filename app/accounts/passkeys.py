"""Passkeys (WebAuthn): made by somebody who is signed in, and then a whole sign-in by themselves, for the device asks who holds it.

What is to be signed says what for, for whom and until when, and is closed with this instance's key: nothing is kept of what was only
asked. What was signed is kept, so that it is good once. Source: reliability.md 4.6; W3C Web Authentication, level 3.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import disk
from app.audit import service as audit
from app.database import now, writing
from app.extensions import db
from app.settings import current_settings

from . import fresh, halves, letters, links, second, sessions
from .models import Passkey, RecoveryCode, SpentChallenge, User

LIFE = 10 * 60  # seconds in which what was asked may come back
MOST, LONGEST_NAME, LARGEST = 10, 60, 20_000
SIGN_IN, CONFIRM, REGISTER = "sign in", "confirm", "register"


class PasskeyRefused(ValueError):
    """It cannot be taken, with a sentence for the person."""


_NOT_KNOWN = "This passkey is not known here, or no longer. Sign in another way."
_NOT_RIGHT = "That did not work: the device’s answer is not right, or came too late. Try again."


def _place() -> tuple[str, str]:
    """The name that passkeys are of, and the origin that pages come from: as the setting says, whatever a request says."""
    parts = urlsplit(current_settings().base_url)
    return parts.hostname or "", f"{parts.scheme}://{parts.netloc}"


# ---- what is to be signed


def _challenge(purpose: str, user_id: str) -> bytes:
    said = secrets.token_bytes(16) + int(time.time()).to_bytes(8, "big")
    return said + _closing(said, purpose, user_id)


def _closing(said: bytes, purpose: str, user_id: str) -> bytes:
    key = str(current_app.secret_key).encode()
    return hmac.digest(key, f"passkey to {purpose} of {user_id}: ".encode() + said, "sha256")[:24]


def _answered(credential: str, purpose: str, user_id: str) -> tuple[dict[str, Any], bytes]:
    """What a device answered, and what it signed, where that was asked by us, for this, and not too long ago.

    Raises:
        PasskeyRefused: it was not.
    """
    try:
        if len(credential) > LARGEST:
            raise ValueError
        answer = json.loads(credential)
        said = json.loads(_bytes(answer["response"]["clientDataJSON"]))
        challenge = _bytes(said["challenge"])
        str(answer["id"])
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise PasskeyRefused(_NOT_RIGHT) from None
    made = int.from_bytes(challenge[16:24], "big")
    is_ours = hmac.compare_digest(challenge[24:], _closing(challenge[:24], purpose, user_id))
    if not is_ours or not 0 <= int(time.time()) - made <= LIFE:
        raise PasskeyRefused(_NOT_RIGHT)
    return answer, challenge


def _bytes(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


def _spend(session: Session, challenge: bytes) -> None:
    """It is good once. The account is locked, so that of two that bring it at once the second finds it here."""
    spent = hashlib.sha256(challenge).hexdigest()
    if session.get(SpentChallenge, spent) is not None:
        raise PasskeyRefused(_NOT_RIGHT)
    session.add(SpentChallenge(challenge_hash=spent))


# ---- making one


def to_register(user_id: str) -> str:
    """What the browser is asked for a new passkey, as JSON."""
    import webauthn
    from webauthn.helpers import structs

    user = db.session.get_one(User, user_id)
    made = webauthn.generate_registration_options(
        rp_id=_place()[0],
        rp_name=f"Case by Case: {current_settings().council_name}",
        user_id=bytes.fromhex(user.id),
        user_name=user.email,
        user_display_name=user.name,
        challenge=_challenge(REGISTER, user.id),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_those_of(user.id),
    )
    return webauthn.options_to_json(made)


def _those_of(user_id: str) -> list[Any]:
    from webauthn.helpers import structs

    kept = db.session.scalars(select(Passkey.credential).where(Passkey.user_id == user_id))
    return [structs.PublicKeyCredentialDescriptor(id=_bytes(credential)) for credential in kept]


def register(person: sessions.SignedIn, credential: str, name: str) -> list[str]:
    """Keep a passkey that was made on somebody's device.

    Args:
        credential: the browser's answer, as JSON; name: their own word for it.
    Returns:
        recovery codes, to be shown once, where the account had none.
    Raises:
        PasskeyRefused: it cannot be taken.
    """
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    answer, challenge = _answered(credential, REGISTER, person.id)
    host, origin = _place()
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=host, expected_origin=origin, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise PasskeyRefused(_NOT_RIGHT) from None
    with writing() as session:
        user = links.taken(session, person.id)
        _spend(session, challenge)
        kept = base64.urlsafe_b64encode(made.credential_id).decode("ascii").rstrip("=")
        if session.scalar(select(Passkey.id).where(Passkey.credential == kept)) is not None:
            raise PasskeyRefused("This passkey is known here already.")
        before = second.standing(session, user.id)
        if len(before.passkeys) >= MOST:
            raise PasskeyRefused(f"You have {MOST} passkeys: take one away first.")
        session.add(
            Passkey(
                user_id=user.id, credential=kept, public_key=made.credential_public_key, sign_count=made.sign_count,
                name=name.strip()[:LONGEST_NAME] or "A passkey",
            )
        )  # fmt: skip
        audit.record(session, "account.second_set", "user", user.id, detail={"what": "passkey"})
        letters.queue_change(session, user, "second_set")
        return [] if before.codes else second.new_codes(session, user)


def remove(person: sessions.SignedIn, passkey_id: str) -> bool:
    """Take one of one's own passkeys away; False where there is none such."""
    with writing() as session:
        user = links.taken(session, person.id)
        found = session.get(Passkey, passkey_id)
        if found is None or found.user_id != user.id:
            return False
        session.execute(delete(Passkey).where(Passkey.id == passkey_id))
        if not second.standing(session, user.id).is_there:
            session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
        audit.record(session, "account.second_removed", "user", user.id, detail={"what": "passkey"})
        letters.queue_change(session, user, "second_removed")
    return True


# ---- using one


def to_use(purpose: str, user_id: str = "") -> str:
    """What the browser is asked for, as JSON: any passkey of this service for a sign-in, else one of somebody's own."""
    import webauthn
    from webauthn.helpers import structs

    asked = webauthn.generate_authentication_options(
        rp_id=_place()[0],
        challenge=_challenge(purpose, user_id),
        allow_credentials=_those_of(user_id) if user_id else None,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(asked)


@disk.goes_through
def sign_in(credential: str, device: str) -> tuple[str, User]:
    """A whole sign-in: what somebody has, and on it what they are or know.

    Returns:
        the session's token, and whose it is.
    Raises:
        PasskeyRefused: it is not right, not known, or its account is disabled: of an account nothing is told.
    """
    with writing() as session:
        user = _used(session, credential, SIGN_IN, "")
        return halves.begin(session, user, "passkey", device), user


def confirm(person: sessions.SignedIn, credential: str) -> str:
    """Say again that it is them.

    Returns:
        the session's new token.
    Raises:
        PasskeyRefused: it is not right; SessionGone: the session is not there any more.
    """
    with writing() as session:
        _used(session, credential, CONFIRM, person.id)
        return fresh.renewed(session, person, "passkey")


def _used(session: Session, credential: str, purpose: str, user_id: str) -> User:
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    answer, challenge = _answered(credential, purpose, user_id)
    named = str(answer["id"]).rstrip("=")
    owner = session.scalar(select(Passkey.user_id).where(Passkey.credential == named))
    if owner is None or (user_id and owner != user_id):
        raise PasskeyRefused(_NOT_KNOWN)
    user = links.taken(session, owner)
    kept = session.scalars(
        select(Passkey).where(Passkey.credential == named).execution_options(populate_existing=True)
    ).one_or_none()
    if kept is None or not user.active:
        raise PasskeyRefused(_NOT_KNOWN)
    host, origin = _place()
    try:
        found = webauthn.verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=host, expected_origin=origin,
            credential_public_key=kept.public_key, credential_current_sign_count=kept.sign_count, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise PasskeyRefused(_NOT_RIGHT) from None
    _spend(session, challenge)
    kept.sign_count, kept.last_used_at = found.new_sign_count, now()
    return user
