"""The chronology of a case on paper. Imported only where PDFs are made."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.direction import isolated_html
from app.installation import ROOT
from app.records import pdf


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "templates" / "chronology"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def html_of(said: dict[str, Any]) -> str:
    return isolated_html(_environment().get_template("paper.html").render(c=pdf.printable_in(said)))


def render(body: bytes) -> bytes:
    """The PDF of lines, from their JSON alone: the same bytes for the same lines."""
    return pdf.leaf(html_of(json.loads(body)), "../chronology/paper", hashlib.sha256(body).digest()[:16])
