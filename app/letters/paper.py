"""A letter as HTML and as a PDF: the same words as on its page. Imported only where PDFs are made."""

from __future__ import annotations

from typing import Any

from app.records import leaf


def html_of(letter: dict[str, Any]) -> str:
    return leaf.html_of("letters", "paper", letter=letter)


def render(body: bytes) -> bytes:
    """The PDF of a letter, from its canonical JSON alone: the same bytes for the same letter."""
    return leaf.render("letters", "paper", "letter", body)
