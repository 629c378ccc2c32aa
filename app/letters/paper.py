"""A letter as HTML and as a PDF: the same words as on its page. Imported only where PDFs are made."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app import clocks
from app.direction import isolated_html
from app.installation import ROOT
from app.records import pdf

_FOLDER = ROOT / "templates" / "letters"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = clocks.text_in_words
    return made


def html_of(letter: dict[str, Any]) -> str:
    shown = pdf.printable_in(letter)
    return isolated_html(_environment().get_template("paper.html").render(letter=shown))


def render(body: bytes) -> bytes:
    """The PDF of a letter, from its canonical JSON alone: the same bytes for the same letter."""
    return pdf.leaf(html_of(json.loads(body)), "../letters/paper", hashlib.sha256(body).digest()[:16])
