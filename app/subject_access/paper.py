"""What is held about somebody, on paper. Imported only where PDFs are made."""

from __future__ import annotations

from app.records import leaf


def render(body: bytes) -> bytes:
    """The PDF of what somebody is given, from its JSON alone."""
    return leaf.render("subject_access", "paper", "s", body)
