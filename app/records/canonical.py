"""Canonical JSON: the bytes that are hashed. Sorted keys, no white space, text in normal form C, no floats."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any

FORMAT = "case-by-case/record/2"
# Until November 2026: its page one was its contents in order, and it said most open questions three times. Drawn by what drew it.
FIRST_FORMAT = "case-by-case/record/1"
EDITION = "case-by-case/edition/1"  # a copy of a record for one reader: see app/editions


def encode(value: Any) -> bytes:
    """Bytes of a value made of text, whole numbers, booleans, null, lists and maps.

    Raises:
        TypeError: a float or another type is in it.
    """
    return json.dumps(
        _checked(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode("utf-8")


def _checked(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", str(k)): _checked(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_checked(v) for v in value]
    raise TypeError(f"a record holds no {type(value).__name__}")


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
