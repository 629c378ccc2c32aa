"""What was searched for, closed into an address: it can be gone back to and paged, and no log or history of a browser holds a name."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

from app.settings import current_settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def close(user_id: str, words: str) -> str:
    """Words as a part of an address that only this person's search opens again."""
    return _fernet().encrypt(json.dumps([user_id, words]).encode()).decode("ascii")


def opened(user_id: str, closed: str) -> str | None:
    """The words; None where it is not one of this person's, is older than a session can be, or is no such address at all."""
    from cryptography.fernet import InvalidToken

    longest = current_settings().longest_session_hours * 3600
    try:
        whose, words = json.loads(_fernet().decrypt(closed.encode(), ttl=longest))
    except (InvalidToken, ValueError, UnicodeError):
        return None
    return str(words) if whose == user_id else None


def _fernet() -> Fernet:
    from cryptography.fernet import Fernet  # only where something is searched

    key = hashlib.sha256(b"searches\0" + current_settings().secret_key().encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
