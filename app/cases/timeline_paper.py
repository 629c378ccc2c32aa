"""Who did and looked at what in a case, on paper. Imported only where PDFs are made."""

from __future__ import annotations

from typing import Any

from app.records import leaf


def html_of(said: dict[str, Any]) -> str:
    return leaf.html_of("cases", "timeline_paper", t=said)


def render(body: bytes) -> bytes:
    """The PDF of entries, from their JSON alone: the same bytes for the same entries."""
    return leaf.render("cases", "timeline_paper", "t", body)
