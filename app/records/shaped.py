"""A line is shaped once: WeasyPrint 70.0 lets go of each line that it has measured, and shapes it anew to draw it.

What is kept is the line as it was measured, wherever drawing would shape the very same: nothing is spread over the width of the line, and
nothing in it begins another paragraph. It costs memory while a document is made, and is drawn to the byte as it was; a test holds
both side by side. Done on names of WeasyPrint that are its own; the version is pinned, and that test fails where they change.
"""

from __future__ import annotations

from typing import Any

from weasyprint.draw import text as drawing
from weasyprint.text.ffi import pango
from weasyprint.text.line_break import Layout

_BREAKS = ("\n", "\r", "\u2029")
PLAIN = _deactivate, _reactivate = Layout.deactivate, Layout.reactivate


def _let_go(self: Any) -> None:
    self.is_kept = not self.justification_spacing and not any(mark in self.text for mark in _BREAKS)
    if not self.is_kept:
        _deactivate(self)


def _taken_up(self: Any, style: Any) -> None:
    _Pango.line_is_kept = self.is_kept  # the line that is drawn next
    if not self.is_kept:
        _reactivate(self, style)


class _Pango:
    """What drawing asks of Pango. A line that begins no other paragraph is one already; to say so would have it shaped anew."""

    line_is_kept = False
    PANGO_ELLIPSIZE_END = pango.PANGO_ELLIPSIZE_END
    PANGO_GLYPH_EMPTY = pango.PANGO_GLYPH_EMPTY
    PANGO_GLYPH_UNKNOWN_FLAG = pango.PANGO_GLYPH_UNKNOWN_FLAG
    pango_font_get_glyph_extents = staticmethod(pango.pango_font_get_glyph_extents)
    pango_layout_set_ellipsize = staticmethod(pango.pango_layout_set_ellipsize)
    pango_layout_set_width = staticmethod(pango.pango_layout_set_width)

    @staticmethod
    def pango_version(made: int = pango.pango_version()) -> int:
        return made

    @classmethod
    def pango_layout_set_single_paragraph_mode(cls, layout: Any, is_one: bool) -> None:
        if not cls.line_is_kept:
            pango.pango_layout_set_single_paragraph_mode(layout, is_one)


Layout.deactivate, Layout.reactivate = _let_go, _taken_up
drawing.pango = _Pango
