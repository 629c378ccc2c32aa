"""What was typed before somebody had to sign in again: signed, and offered once they have."""

from __future__ import annotations

from flask import (
    current_app,
)
from itsdangerous import BadData, URLSafeTimedSerializer

_CARRY_SECONDS = 12 * 3600


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="carried")


def carry(path: str, fields: dict[str, list[str]]) -> str:
    """What was typed, signed, so that it can be sent again once the person is signed in."""
    kept = {k: v for k, v in fields.items() if k != "csrf_token" and "password" not in k}
    return str(_serializer().dumps({"path": path, "fields": kept}))


def carried(packed: str) -> tuple[str, dict[str, list[str]]] | None:
    """Unpack what carry() packed; None when it was changed or is too old."""
    try:
        found = _serializer().loads(packed, max_age=_CARRY_SECONDS)
        return str(found["path"]), dict(found["fields"])
    except (BadData, KeyError, TypeError):
        return None
