"""The key of a visit: made here, kept sealed, given to the officer who began it, and destroyed when the visit is over."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

KEY_BYTES = 32  # AES-256-GCM


def _box() -> Fernet:
    from cryptography.fernet import Fernet  # only where a visit is begun or opened

    key = hashlib.sha256(b"visit-key:" + str(current_app.secret_key).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def new_key() -> bytes:
    """A fresh key, sealed."""
    return _box().encrypt(secrets.token_bytes(KEY_BYTES))


def opened(kept: bytes) -> str:
    """The key as the phone takes it: 32 bytes, in base64."""
    return base64.b64encode(_box().decrypt(kept)).decode("ascii")
