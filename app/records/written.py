"""What was written, beside the shapes it is drawn with, so that a reader or a search finds the name that somebody typed.

In many scripts letters join, change places or become one shape; WeasyPrint 70.0 gives each shape the letters it first stood for,
which is right for Latin and wrong for a syllable of Bengali or Khmer. A piece of text with such letters carries them as ActualText.
Source: ISO 32000-1, 14.9.4. Done on one name of WeasyPrint that is its own; the version is pinned, and the test that reads every
script back out of the PDF fails where it changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pydyf
from weasyprint.draw import text as drawing


def _is_turned(ch: str) -> bool:
    """Is this a letter of Hebrew, Arabic or Syriac, whose shapes keep their places and say enough?

    Poppler turns the line of such letters round by itself, ActualText too, which is in order already.
    """
    return "\u0590" <= ch <= "\u077f" or "\u0860" <= ch <= "\u08ff" or "\ufb1d" <= ch <= "\ufefc"


@contextmanager
def beside_shapes(letters: Collection[int]) -> Iterator[None]:
    """While a document is written: each piece of text with one of these characters (code points) carries its letters."""
    plain = drawing.draw_first_line
    if not letters:
        yield
        return

    def with_letters(stream: Any, textbox: Any, *args: Any) -> Any:
        if not any(ord(ch) in letters for ch in textbox.text) or any(map(_is_turned, textbox.text)):
            return plain(stream, textbox, *args)
        said = pydyf.Dictionary({"ActualText": pydyf.String(textbox.text)})
        pydyf.Stream.begin_marked_content(stream, "Span", said)
        try:
            return plain(stream, textbox, *args)
        finally:
            pydyf.Stream.end_marked_content(stream)

    drawing.draw_first_line = with_letters
    try:
        yield
    finally:
        drawing.draw_first_line = plain
