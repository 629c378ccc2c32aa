"""Links that stay on this site."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit


def safe_path(target: str | None) -> str | None:
    """A path on this site, or None: nothing that leads elsewhere."""
    if not target:
        return None
    parts = urlsplit(target)
    if (
        parts.scheme
        or parts.netloc
        or not parts.path.startswith("/")
        or target.startswith(("//", "/\\"))
        or any(ord(c) < 32 for c in target)
    ):
        return None
    return target


@lru_cache(maxsize=4096)
def safe_href(target: str) -> str:
    """A link inside this site or to a place on the page; anything else leads home. Source: reliability.md C14."""
    return target if target.startswith("#") or safe_path(target) else "/"
