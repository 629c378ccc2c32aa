"""The chronology of a case on paper. Imported only where PDFs are made."""

from __future__ import annotations

from typing import Any

from app.records import leaf


def html_of(said: dict[str, Any]) -> str:
    return leaf.html_of("chronology", "paper", c=said)


def render(body: bytes) -> bytes:
    """The PDF of lines, from their JSON alone: the same bytes for the same lines."""
    return leaf.render("chronology", "paper", "c", body)
