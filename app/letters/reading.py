"""What a letter says, as it was frozen."""

from __future__ import annotations

import json
from typing import Any

from app.records import canonical


class LetterAltered(RuntimeError):
    """What is stored of a letter is not what was hashed."""


def read_body(body: bytes, sha256: str) -> dict[str, Any]:
    """Raises:
    LetterAltered: the bytes are others than those that were made.
    """
    if canonical.digest(body) != sha256:
        raise LetterAltered("a letter was changed after it was made")
    found: dict[str, Any] = json.loads(body)
    return found
