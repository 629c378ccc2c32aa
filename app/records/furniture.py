"""Page numbers and the line at the foot of each page, as pagination artifacts: neither read aloud nor orphans of the tag tree.

WeasyPrint 70.0 marks them as content that no tag holds. Source: ISO 14289-1, 7.1 and 7.8. It is done on two names of WeasyPrint
that are its own; the version is pinned, and the checker over every scenario’s PDF fails where they change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pydyf
from weasyprint.formatting_structure.boxes import MarginBox
from weasyprint.pdf import tags
from weasyprint.pdf.stream import Stream

_marked, _tree = Stream.marked, tags._build_box_tree


@contextmanager
def _marked_or_furniture(stream: Any, box: Any, tag: str) -> Iterator[None]:
    if stream._tags is None or not getattr(box, "is_furniture", False):
        with _marked(stream, box, tag):
            yield
        return
    what = pydyf.Dictionary({"Type": "/Pagination", "Subtype": "/Footer"})
    super(Stream, stream).begin_marked_content("Artifact", what)
    try:
        yield
    finally:
        super(Stream, stream).end_marked_content()


def _tree_of_content(box: Any, *args: Any) -> Iterator[Any]:
    if not isinstance(box, MarginBox):
        yield from _tree(box, *args)


def as_artifacts(document: Any) -> None:
    """Have the margin boxes of a laid-out document written as artifacts."""
    Stream.marked, tags._build_box_tree = _marked_or_furniture, _tree_of_content
    for page in document.pages:
        for box in page._page_box.children:
            if isinstance(box, MarginBox):
                for inside in box.descendants():
                    inside.is_furniture = True
