"""The bytes of a letter: its PDF, and that PDF closed with a pass phrase, in which form alone it leaves by mail."""

from __future__ import annotations

import base64
import hashlib
import io
import secrets
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from app.extensions import db

from .models import LetterFile

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

# Told by telephone: no letter or figure that is taken for another. Sixteen of them are 78 bits, for whoever may try without end.
_ALPHABET, _GROUPS, _EACH = "ABCDEFGHJKMNPQRSTUVWXYZ23456789", 4, 4


def new_phrase() -> str:
    """A fresh pass phrase in groups, as it is read out and typed."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_EACH)) for _ in range(_GROUPS))


def _box() -> Fernet:
    from cryptography.fernet import Fernet  # only where a letter is sent

    key = hashlib.sha256(b"letter-phrase:" + str(current_app.secret_key).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def closed(phrase: str) -> bytes:
    return _box().encrypt(phrase.encode("ascii"))


def opened(kept: bytes) -> str:
    return _box().decrypt(kept).decode("ascii")


def with_phrase(pdf: bytes, phrase: str) -> bytes:
    """The PDF encrypted with AES-256: without the phrase not even its title can be read. Another call gives other bytes."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    writer.encrypt(phrase)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def file_of(letter_id: str, what: str) -> LetterFile | None:
    """The kept bytes of a letter: ``pdf``, or the identifier of a mail."""
    return db.session.get(LetterFile, f"{letter_id}-{what}")


def digest_of(letter_id: str, what: str) -> str:
    return db.session.scalar(select(LetterFile.sha256).where(LetterFile.id == f"{letter_id}-{what}")) or ""
