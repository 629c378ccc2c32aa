"""What the cookies of one path are called. The session's own name stands where it is set up, for it holds for every path."""

from __future__ import annotations

from flask import request

from app.settings import current_settings

_LONGEST = 200


def kept_as(name: str) -> str:
    """A cookie's name. Behind TLS it begins so that a browser takes it over TLS alone: no unencrypted page can set it.

    Source: ASVS 5.0.0, 3.3.1. ``__Host-`` would be stronger, and wants a cookie of every path.
    """
    return f"__Secure-{name}" if current_settings().https else name


def told(name: str) -> str:
    """What this browser keeps under a name, or nothing.

    The name without its beginning is read as well: a phone that holds a visit from before an upgrade must not lose it at signing out,
    and a reader keeps the link they opened. Each of these values is proved by itself, or only makes us more careful.
    """
    return (request.cookies.get(kept_as(name)) or request.cookies.get(name, ""))[:_LONGEST]
