"""A record's JSON to a PDF that is PDF/A-3a and PDF/UA-1: same bytes for the same record, nothing fetched.

Imported only where PDFs are made. Fonts come from the application's own folder alone.
"""

from __future__ import annotations

import base64
import gc
import hashlib
import json
import os
import re
import tempfile
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.installation import ROOT

from .fonts import FACES, FONTS


def _own_fonts_only() -> None:
    """Point fontconfig at the shipped folder, before WeasyPrint reads any font."""
    folder = Path(tempfile.gettempdir()) / f"case-by-case-fonts-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    conf = folder / "fonts.conf"
    conf.write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{FONTS}</dir><cachedir>{folder}</cachedir></fontconfig>',
        encoding="utf-8",
    )
    os.environ["FONTCONFIG_FILE"] = str(conf)


_own_fonts_only()

from fontTools.ttLib import TTFont  # noqa: E402
from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: E402
from weasyprint import CSS, HTML, Attachment  # noqa: E402
from weasyprint.text.fonts import FontConfiguration  # noqa: E402
from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: E402

from app import clocks  # noqa: E402
from app.direction import isolated_html  # noqa: E402
from app.places.map import Spot, in_words, svg  # noqa: E402
from app.suitability.evidence import Grade  # noqa: E402
from app.suitability.result import OUTCOME_WORDS  # noqa: E402

from .furniture import as_artifacts  # noqa: E402

_LONG_RUN = re.compile(r"\S{40}(?=\S)")
_UA_EXTENSION = """<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description><rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about=""><pdfuaid:part>1</pdfuaid:part></rdf:Description>"""


class OwnFetcher(URLFetcher):
    """Serves the shipped fonts and data: addresses; refuses everything else. Used for HTML and CSS alike."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["data"])

    def fetch(self, url: str, headers: Any = None) -> Any:
        name = url.removeprefix("font:")
        if url.startswith("font:") and name in {face[2] for face in FACES}:
            kind = "font/woff2" if name.endswith("woff2") else "font/ttf"
            return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": kind})
        return super().fetch(url, headers)


# Line, paragraph and annotation marks: in a font's table, and drawn as a shape that is not there (ISO 19005-3, 6.2.11.8).
_SHAPELESS = frozenset((0x2028, 0x2029, 0xFFF9, 0xFFFA, 0xFFFB))


@lru_cache(maxsize=1)
def covered() -> frozenset[int]:
    """Every character the shipped fonts can draw in both weights; those that a font names and has no shape for are not."""
    found: dict[int, set[int]] = {400: set(), 700: set()}
    for _, weight, name in FACES:
        with TTFont(FONTS / name, lazy=True) as font:
            found[weight] |= set(font.getBestCmap())
    return frozenset((found[400] & found[700]) - _SHAPELESS)


def printable(text: str) -> str:
    """Text that can be drawn: a visible substitute for what no shipped font has; long runs may break.

    The record's JSON keeps the text as it was written.
    """
    known = covered()
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")  # a record of before may hold them
    drawn = "".join(ch if ch in "\n\t" or ord(ch) in known else f"[U+{ord(ch):04X}]" for ch in text)
    return _LONG_RUN.sub(lambda run: run.group(0) + "\u200b", drawn)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {k: _printable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_printable(v) for v in value]
    return value


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "records"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = clocks.text_in_words
    environment.filters["grade"] = lambda code: Grade(code).words
    environment.globals["OUTCOME_WORDS"] = OUTCOME_WORDS
    return environment


@lru_cache(maxsize=1)
def _style() -> tuple[CSS, FontConfiguration]:
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("font:{name}") }}'
        for family, weight, name in FACES
    )
    css = (ROOT / "templates" / "records" / "record.css").read_text(encoding="utf-8")
    return CSS(string=faces + css, font_config=fonts, url_fetcher=OwnFetcher()), fonts


def html_of(record: dict[str, Any]) -> str:
    """The record as HTML: the same words as the PDF."""
    shown = _printable(record)
    spots = [Spot(**spot) for spot in record["places"]["spots"]]
    edge = record["places"].get("edge", [])
    drawn = svg(spots, edge)
    image = "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode() if drawn else ""
    words = printable(in_words(spots, bool(edge))) if drawn else ""
    made = _environment().get_template("record.html").render(r=shown, map_image=image, map_words=words)
    return isolated_html(made)


def render(body: bytes) -> bytes:
    """The unsealed PDF of a record, from its canonical JSON alone."""
    record = json.loads(body)
    issued = datetime.fromisoformat(record["issued_at"])
    collecting = gc.isenabled()
    gc.disable()  # one document at a time in a process of its own: collecting costs an eighth of the time
    try:
        style, fonts = _style()
        document = HTML(string=html_of(record), url_fetcher=OwnFetcher()).render(stylesheets=[style], font_config=fonts)
        as_artifacts(document)
        document.metadata.attachments = [
            Attachment(
                string=body,
                name="decision-record.json",
                description="The record as data; its SHA-256 is printed on the last page",
                relationship="Data",
                created=issued,
                modified=issued,
                url_fetcher=OwnFetcher(),
            )
        ]
        plain = document.metadata.generate_rdf_metadata

        def with_ua(*args: Any, **kw: Any) -> bytes:
            made: bytes = plain(*args, **kw)
            assert made.count(b"</rdf:RDF>") == 1
            return made.replace(b"</rdf:RDF>", _UA_EXTENSION.encode() + b"</rdf:RDF>")

        document.metadata.generate_rdf_metadata = with_ua
        made: bytes = document.write_pdf(
            pdf_variant="pdf/a-3a", pdf_tags=True, pdf_identifier=hashlib.sha256(body).digest()[:16]
        )
        return made
    finally:
        if collecting:
            gc.enable()
