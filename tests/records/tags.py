"""Our own checker of a tagged PDF: what the real rules (ISO 19005-3 level A, ISO 14289-1) were seen to fail on.

It reads the file as a stranger would: pages, their content streams, the tag tree, the fonts. Each fault is a sentence.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont

_TEXT = {"Tj", "TJ", "'", '"'}


def faults(made: bytes) -> list[str]:
    """Everything that is wrong with a PDF of ours, as far as this can see."""
    with pikepdf.open(io.BytesIO(made)) as file:
        tree = file.Root.StructTreeRoot
        elements = list(elements_of(tree.K))
        found = [*_headings(elements), *_tables(elements), *_figures(elements)]
        reached = _reached(elements)
        for number, page in enumerate(file.pages, 1):
            found += _content(page, number, reached.get(page.objgen, set()))
        found += _fonts(file)
        found += _fields(file)
    return found


def elements_of(node: Any) -> Iterator[Any]:
    """Every structure element, in reading order."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from elements_of(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        if "/K" in node:
            yield from elements_of(node.K)


def _name(element: Any) -> str:
    return str(element.S).lstrip("/")


def _headings(elements: list[Any]) -> Iterator[str]:
    last = 0
    for element in elements:
        name = _name(element)
        if len(name) == 2 and name[0] == "H" and name[1].isdigit():
            level = int(name[1])
            if level > last + 1:
                yield f"A heading of level {level} follows one of level {last}."
            last = level
    if last == 0:
        yield "There is no heading."


def _tables(elements: list[Any]) -> Iterator[str]:
    for element in elements:
        if _name(element) != "Table":
            continue
        children = list(element.K) if isinstance(element.K, pikepdf.Array) else [element.K]
        names = [_name(c) for c in children if isinstance(c, pikepdf.Dictionary) and "/S" in c]
        if not any(_name(e) == "TR" for e in elements_of(element.K)):
            yield "A table has no row: its caption stands alone."
        if "Caption" in names[1:-1]:
            yield "A caption stands in the middle of its table."
        columns = {
            sum(1 for c in elements_of(row.K) if _name(c) in ("TH", "TD"))
            for row in elements
            if _name(row) == "TR" and _is_in(row, element)
        }
        if len(columns) > 1:
            yield f"The rows of a table have {sorted(columns)} cells."


def _is_in(row: Any, table: Any) -> bool:
    here = row
    while "/P" in here:
        here = here.P
        if here.objgen == table.objgen:
            return True
    return False


def _figures(elements: list[Any]) -> Iterator[str]:
    for element in elements:
        if _name(element) == "Figure" and not str(element.get("/Alt", "")).strip():
            yield "A figure has no words in its place."


def _reached(elements: list[Any]) -> dict[tuple[int, int], set[int]]:
    """By page, the numbers of the marked content that the tag tree holds."""
    found: dict[tuple[int, int], set[int]] = {}

    def note(page: Any, number: int) -> None:
        if page is not None:
            found.setdefault(page.objgen, set()).add(number)

    for element in elements:
        kids = element.get("/K")
        own = element.get("/Pg")
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                note(own, int(kid))
            elif isinstance(kid, pikepdf.Dictionary) and "/MCID" in kid:
                note(kid.get("/Pg", own), int(kid.MCID))
    return found


def _content(page: Any, number: int, reached: set[int]) -> Iterator[str]:
    """Text is in a mark that the tree holds, or in an artifact; every figure of a font that is drawn has a shape."""
    open_marks: list[tuple[str, int | None]] = []
    fonts = page.Resources.get("/Font", {})
    glyphs = {name: _shapes(font) for name, font in fonts.items()}
    using, loose, orphans, shapeless = "", 0, set(), 0
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            what = operands[1] if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else {}
            open_marks.append((str(operands[0]), int(what["/MCID"]) if "/MCID" in what else None))
        elif name == "EMC":
            open_marks.pop()
        elif name == "Tf":
            using = str(operands[0])
        elif name in _TEXT:
            if not open_marks:
                loose += 1
            elif not any(tag == "/Artifact" for tag, _ in open_marks):
                ids = [mcid for _, mcid in open_marks if mcid is not None]
                orphans |= {mcid for mcid in ids if mcid not in reached}
                loose += not ids
            shapeless += sum(code not in glyphs[using] for code in _codes(operands))
    if loose:
        yield f"Page {number}: {loose} pieces of text are neither tagged nor an artifact."
    if orphans:
        yield f"Page {number}: {len(orphans)} marks are held by no tag."
    if shapeless:
        yield f"Page {number}: {shapeless} characters are drawn as a shape that is not there."


def _codes(operands: Any) -> Iterator[int]:
    for operand in operands:
        for piece in operand if isinstance(operand, pikepdf.Array) else [operand]:
            if isinstance(piece, pikepdf.String):
                raw = bytes(piece)
                yield from (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))


def _shapes(font: Any) -> set[int]:
    """The codes of a font that have a shape in the file; never the one that stands for a missing character."""
    descriptor = font.DescendantFonts[0].FontDescriptor
    data = descriptor.get("/FontFile2", descriptor.get("/FontFile3")).read_bytes()
    if data[:4] in (b"OTTO", b"\x00\x01\x00\x00", b"true"):
        count = TTFont(io.BytesIO(data))["maxp"].numGlyphs
        return set(range(1, count))
    return set(range(1, 65_536))


def _fonts(file: Any) -> Iterator[str]:
    for page in file.pages:
        for font in page.Resources.get("/Font", {}).values():
            if "/ToUnicode" not in font:
                yield f"A font says nothing of its letters: {font.BaseFont}."


def _fields(file: Any) -> Iterator[str]:
    form = file.Root.get("/AcroForm")
    for field in form.Fields if form is not None else []:
        if not str(field.get("/TU", "")).strip():
            yield "A field has no name that a reader can speak."
