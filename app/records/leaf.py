"""A page on paper that is no record: a letter, who did what in a case, its chronology. Imported only where PDFs are made."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app import clocks
from app.direction import isolated_html
from app.installation import ROOT

from . import pdf


@lru_cache
def _environment(room: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates" / room),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = clocks.text_in_words
    return made


def html_of(room: str, page: str, **said: dict[str, Any]) -> str:
    """The page of a room's templates, without its ending, with what it says; only what our fonts can print."""
    shown = {name: pdf.printable_in(each) for name, each in said.items()}
    return isolated_html(_environment(room).get_template(f"{page}.html").render(**shown))


def render(room: str, page: str, name: str, body: bytes) -> bytes:
    """The PDF of a page whose template calls its contents ``name``, from their JSON alone: the same bytes for the same JSON."""
    html = html_of(room, page, **{name: json.loads(body)})
    return pdf.leaf(html, f"../{room}/{page}", hashlib.sha256(body).digest()[:16])
