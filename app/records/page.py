"""A page of ours as WeasyPrint 70.0 takes it, without what no page of ours has: footnotes, and mark-up that has to be mended.

Two things are left out. WeasyPrint's own style has five rules for footnotes and notes that hold of every element, and works each out
for each; and it reads every page by the rules for mark-up that anybody may have written. Our templates are well formed, so that Python's own
parser reads the very same tree in a tenth of the time. What is not well formed is read by the library, as before.

Done on names of WeasyPrint that are its own; the version is pinned, and ``tests/records/test_page.py`` holds every tree and file beside
what the library alone makes of it.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from weasyprint import CSS, HTML
from weasyprint.html import UA, UA_COUNTER_STYLE

_OF_NOTES = re.compile(r"^::(?:foot)?note-(?:call|marker|callback) \{[^}]*\}\n", re.MULTILINE)
_MARKERS = re.compile(r"^::marker \{", re.MULTILINE)  # only of what is listed: nothing else has one
_EMPTY = re.compile(r"<(br|col|img|meta)\b([^<>]*)>")
_DOCTYPE = "<!DOCTYPE html>"

STYLE_WITHOUT_NOTES = CSS(string=_MARKERS.sub("li::marker {", _OF_NOTES.sub("", UA)), counter_style=UA_COUNTER_STYLE)


def tree_of(html: str) -> ElementTree.Element:
    """The tree of a page that is well formed but for its empty elements, which HTML does not close.

    Raises:
        ElementTree.ParseError: it is not.
    """
    closed = _EMPTY.sub(r"<\1\2/>", html.removeprefix(_DOCTYPE)).strip()
    return ElementTree.fromstring(closed)  # noqa: S314 - our own templates: what people typed is escaped, and can begin no entity


class Page(HTML):
    """A page that is drawn. Its addresses are whole ones: it has no base."""

    wrapper_element: Any
    etree_element: Any

    def __init__(self, html: str, url_fetcher: Any) -> None:
        try:
            tree = tree_of(html)
        except ElementTree.ParseError:
            super().__init__(string=html, url_fetcher=url_fetcher)
            return
        super().__init__(string="<html>", url_fetcher=url_fetcher)
        self.wrapper_element = type(self.wrapper_element).from_html_root(tree, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [STYLE_WITHOUT_NOTES]
