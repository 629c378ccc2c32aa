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
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.installation import ROOT
from app.suitability.casefile import wording
from app.suitability.casefile.values import in_sentence

from . import canonical, fonts, laid_out, photographs
from .older import in_names_of_today


def _own_fonts_only() -> None:
    """Point fontconfig at the shipped folder, before WeasyPrint reads any font."""
    folder = Path(tempfile.gettempdir()) / f"case-by-case-fonts-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    conf = folder / "fonts.conf"
    conf.write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{fonts.FONTS}</dir><cachedir>{folder}</cachedir></fontconfig>',
        encoding="utf-8",
    )
    os.environ["FONTCONFIG_FILE"] = str(conf)


_own_fonts_only()

from fontTools.ttLib import TTFont  # noqa: E402
from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: E402
from weasyprint import CSS, Attachment  # noqa: E402
from weasyprint.text.fonts import FontConfiguration  # noqa: E402
from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: E402

from app import clocks  # noqa: E402
from app.direction import isolated_html  # noqa: E402
from app.places.map import Spot, in_words, svg  # noqa: E402

from . import packed, shaped  # noqa: E402, F401 (what is done twice is done once from here on)
from .furniture import as_artifacts  # noqa: E402
from .page import Page  # noqa: E402
from .written import beside_shapes  # noqa: E402

_JOINERS = "\u200c\u200d"
_LONGEST_RUN = 40
_LONG_RUN = re.compile(rf"\S{{{_LONGEST_RUN}}}(?=\S)")
_WIDE_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_UA_EXTENSION = """<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description><rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about=""><pdfuaid:part>1</pdfuaid:part></rdf:Description>"""


class OwnFetcher(URLFetcher):
    """Serves the shipped fonts and data: addresses; refuses everything else. Used for HTML and CSS alike."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["data"])

    def fetch(self, url: str, headers: Any = None) -> Any:
        file = fonts.file_of(url.removeprefix("font:")) if url.startswith("font:") else None
        if file is not None:
            kind = "font/woff2" if file.suffix == ".woff2" else "font/ttf"
            return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})
        return super().fetch(url, headers)


# Drawn by the fonts of every record from right to left, and taken by readers for a script that goes the other way.
_NKO = frozenset(range(0x07C0, 0x0800))
# Line, paragraph and annotation marks: in a font's table, and drawn as a shape that is not there (ISO 19005-3, 6.2.11.8).
_SHAPELESS = frozenset((0x2028, 0x2029, 0xFFF9, 0xFFFA, 0xFFFB))


@lru_cache(maxsize=1)
def in_every_record() -> frozenset[int]:
    """What the fonts of every record draw in both weights; what a font names and has no shape for is not among it."""
    found: dict[int, set[int]] = {400: set(), 700: set()}
    for _, weight, name in fonts.FACES:
        with TTFont(fonts.FONTS / name, lazy=True) as font:
            found[weight] |= set(font.getBestCmap())
    return frozenset((found[400] & found[700]) - _SHAPELESS)


@lru_cache(maxsize=1)
def covered() -> frozenset[int]:
    """Every character that the shipped fonts draw, those of single scripts among them."""
    return in_every_record() | fonts.drawn_by_scripts()


def printable(text: str) -> str:
    """Text that can be drawn: a visible substitute for what no shipped font has; long runs may break.

    The record's JSON keeps the text as it was written.
    """
    if text.isascii() and text.isprintable():  # every font draws it: nearly all that a record says
        return _with_breaks(text) if _LONG_RUN.search(text) else text
    known = in_every_record() if text.isascii() else covered()
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")  # a record of before may hold them
    drawn = "".join(ch if ch in "\n\t" or ord(ch) in known else f"[U+{ord(ch):04X}]" for ch in text)
    if not drawn.isascii() and not fonts.drawn_by_scripts().isdisjoint(map(ord, drawn)):
        drawn = _WIDE_SPACE.sub(
            " ", drawn
        )  # a space is drawn with the font of the letter before it, which has the plain one
    return _with_breaks(drawn) if _LONG_RUN.search(drawn) else drawn


def _with_breaks(text: str) -> str:
    """Text with a place to break after every forty letters without one, never within a syllable."""
    found: list[str] = []
    run = 0
    for at, ch in enumerate(text):
        # Class 9 is the sign that binds the next letter into its own syllable: a virama, the coeng of Khmer and their like.
        bound = at and (unicodedata.combining(text[at - 1]) == 9 or text[at - 1] in _JOINERS)
        within = bound or unicodedata.category(ch)[0] == "M" or ch in _JOINERS
        # No syllable is as long as four such runs: what never ends is no writing, and would stall the renderer.
        if not ch.isspace() and run >= (4 * _LONGEST_RUN if within else _LONGEST_RUN):
            found.append("\u200b")
            run = 0
        found.append(ch)
        run = 0 if ch.isspace() else run + 1
    return "".join(found)


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
        loader=FileSystemLoader([ROOT / "templates" / "records", ROOT / "templates" / "editions"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = clocks.text_in_words
    environment.filters["in_sentence"] = in_sentence
    environment.filters["grade"] = wording.GRADE.__getitem__
    environment.globals["OUTCOME_WORDS"] = wording.OUTCOME
    return environment


# On paper the map is 92 mm wide: so large that its smallest letters are of 9 points.
_MAP_LETTERS_PERCENT = 180
# A record is drawn by what drew it first: the template and style of its format.
_DRAWN_BY = {canonical.FIRST_FORMAT: "record_of_format_1", canonical.FORMAT: "record", canonical.EDITION: "edition"}
# A copy is drawn in the style of today's record, and a parent's with larger letters.
_STYLES = {"edition": ("records/record.css", "editions/edition.css")}


class UnknownFormat(ValueError):
    """A record of a format that this version does not know: of a later one, or none of ours."""


def _drawn_by(record: dict[str, Any]) -> str:
    try:
        return _DRAWN_BY[record["format"]]
    except KeyError:
        raise UnknownFormat(f"No record of format {record.get('format')!r} is known here.") from None


@lru_cache(maxsize=len(_DRAWN_BY))
def _style(drawn_by: str) -> tuple[CSS, FontConfiguration]:
    """The style of a record whose letters the fonts of every record draw."""
    return _style_with((), drawn_by)


def _style_with(more: Sequence[fonts.Face], drawn_by: str) -> tuple[CSS, FontConfiguration]:
    """The style with fonts of single scripts after those of every record, which go on drawing what they can."""
    configured = FontConfiguration()
    return CSS(string=style_text(drawn_by, more), font_config=configured, url_fetcher=OwnFetcher()), configured


def style_text(drawn_by: str, more: Sequence[fonts.Face] = ()) -> str:
    """The style as text, its fonts by their private names."""
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("font:{name}") }}'
        for family, weight, name, *_ in (*fonts.FACES, *more)
    )
    files = _STYLES.get(drawn_by, (f"records/{drawn_by}.css",))
    css = "".join((ROOT / "templates" / file).read_text(encoding="utf-8") for file in files)
    if more:
        families = dict.fromkeys([*(name for name, _, _ in fonts.FACES), *(face.family for face in more)])
        css += f"html {{ font-family: {', '.join(families)} }}"
    return faces + css


def html_of(record: dict[str, Any], digest: str = "") -> str:
    """The record as HTML: the same words as the PDF.

    Args:
        digest: of the record's bytes, which the record itself cannot say.
    Raises:
        UnknownFormat: it is of a format that no version up to this one wrote.
    """
    if record.get("format") == canonical.EDITION:
        return _copy(record, digest)
    record = in_names_of_today(record)
    drawn_by = _drawn_by(record)
    of_today = record["format"] == canonical.FORMAT
    shown = _printable(laid_out.on_paper(record) if of_today else record)
    image, words = _map(record["places"], _MAP_LETTERS_PERCENT if of_today else 100)
    laid = laid_out.whole(shown) if of_today else {}
    template = _environment().get_template(f"{drawn_by}.html")
    pictures = photographs.sources(record.get("photographs", ()))
    made = template.render(
        r=shown, map_image=image, map_words=words, digest=printable(digest), pictures=pictures, **laid
    )
    return isolated_html(made)


def _map(places: dict[str, Any], letters_percent: int) -> tuple[str, str]:
    """The map as an image and in words; nothing where there is none."""
    spots, edge = [Spot(**spot) for spot in places["spots"]], places.get("edge", [])
    drawn = svg(spots, edge, letters_percent)
    if not drawn:
        return "", ""
    image = "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()
    return image, printable(in_words(spots, bool(edge)))


def _copy(copy: dict[str, Any], digest: str) -> str:
    """A copy for one reader: what it holds is what is printed."""
    image, words = _map(copy["map"], _MAP_LETTERS_PERCENT) if copy["map"] else ("", "")
    template = _environment().get_template("family.html" if copy["family"] else "edition.html")
    kept = copy.get("photographs", ())
    said = _printable({**copy, "photographs": photographs.without(kept)})
    made = template.render(
        c=said, map_image=image, map_words=words, digest=printable(digest), pictures=photographs.sources(kept)
    )
    return isolated_html(made)


def render(body: bytes) -> bytes:
    """The unsealed PDF of a record, or of a copy of one, from its canonical JSON alone."""
    record = json.loads(body)
    issued = datetime.fromisoformat(record["issued_at"])
    collecting = gc.isenabled()
    gc.disable()  # one document at a time in a process of its own: collecting costs an eighth of the time
    try:
        html = html_of(record, canonical.digest(body))
        used = set(map(ord, set(html)))
        letters = {code for code in used - in_every_record() if code > 0x7F}
        more = fonts.needed_for(letters) if letters else []
        drawn_by = _drawn_by(record)
        style, configured = _style_with(more, drawn_by) if more else _style(drawn_by)
        document = Page(html, OwnFetcher()).render(stylesheets=[style], font_config=configured)
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
        with beside_shapes(letters | (used & _NKO)):
            made: bytes = document.write_pdf(
                pdf_variant="pdf/a-3a", pdf_tags=True, pdf_identifier=hashlib.sha256(body).digest()[:16]
            )
        return made
    finally:
        if collecting:
            gc.enable()


def printable_in(value: Any) -> Any:
    """Every text in a value as it can be drawn: see :func:`printable`."""
    return _printable(value)


def leaf(html: str, style: str, identifier: bytes) -> bytes:
    """A PDF of a page that is no record, by the same rules and with the same fonts.

    Args:
        style: name of a style sheet beside those of records, without its ending.
        identifier: sixteen bytes that follow from what is drawn.
    """
    used = set(map(ord, set(html)))
    letters = {code for code in used - in_every_record() if code > 0x7F}
    sheet, configured = _style_with(fonts.needed_for(letters) if letters else (), style)
    document = Page(html, OwnFetcher()).render(stylesheets=[sheet], font_config=configured)
    as_artifacts(document)
    with beside_shapes(letters | (used & _NKO)):
        made: bytes = document.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True, pdf_identifier=identifier)
    return made
