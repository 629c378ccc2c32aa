"""A certificate on paper. Imported only where PDFs are made."""

from __future__ import annotations

from app.records import leaf


def render(body: bytes) -> bytes:
    """The PDF of a certificate, from its JSON alone."""
    return leaf.render("retention", "certificate", "c", body)
