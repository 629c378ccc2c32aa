"""The base of every form: CSRF token, error summary in field order, typed text kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

from flask import request
from flask_wtf import FlaskForm

from app import clocks
from app.suitability.casefile.values import in_sentence

from .asked import boxes_of
from .fields import Day

_SENT: Any = object()


def _said(box: Any, before: str) -> str:
    """What stands in a box, as it is read back after a word. That something is ticked below is said by what is ticked."""
    data = box.data
    if box.kind in ("radios", "select", "checkboxes"):
        words = {item[0]: in_sentence(item[1]) for item in box.items}
        chosen = [words[value] for value in (data if isinstance(data, list) else [data]) if value in words]
        return "" if data == "yes" else f"{before}{', '.join(chosen)}"
    return f"{before}{clocks.in_words(data) if box.kind == 'date' else data}"


class Problem(NamedTuple):
    text: str
    href: str


class CaseForm(FlaskForm):
    """A form of the service. It reads what was typed and nothing else: no page takes a file."""

    HEADINGS: ClassVar[dict[str, str]] = {}  # the box that begins a part of the page, and the heading above it
    BESIDE: ClassVar[tuple[str, ...]] = ("version",)  # boxes that the page shows in a place of their own
    # Boxes that the first screen asks as well, each with the word before what it holds; None where the heading of the page says it.
    FIRST: ClassVar[Mapping[str, str | None]] = {}
    is_stored = False  # is it of something that was saved before?
    # Boxes that wait for an office, not for the family: closed under what they are about, until one holds something or has to be mended.
    LATER: ClassVar[tuple[str, ...]] = ()
    ABOUT_LATER: ClassVar[str] = ""

    def __init__(self, formdata: Any = _SENT, **kw: Any) -> None:
        if formdata is _SENT:
            formdata = request.form if request.method in ("POST", "PUT", "PATCH", "DELETE") else None
        super().__init__(formdata=formdata, **kw)

    def groups(self) -> Iterator[tuple[str, list[Any]]]:
        """The boxes in the order of the form, under the headings; a choice with nothing to choose is left out."""
        closed = [box.name for box in (*self.written(), *self.later())]
        boxes = [self[name] for name in boxes_of(type(self)) if name not in self.BESIDE and name not in closed]
        begins = [0, *(at for at, box in enumerate(boxes) if at and box.name in self.HEADINGS), len(boxes)]
        for first, after in pairwise(begins):
            shown = [box for box in boxes[first:after] if getattr(box, "items", True)]
            yield self.HEADINGS.get(boxes[first].name, ""), shown

    def written(self) -> list[Any]:
        """What the first screen wrote down: closed until somebody changes it. What is not known, or has to be mended, stands open."""
        if not self.is_stored or self.errors:
            return []
        return [self[name] for name in self.FIRST if self[name].data not in (None, "", [], "unknown")]

    def later(self) -> list[Any]:
        """What can wait, and holds nothing."""
        found = [self[name] for name in self.LATER]
        return [] if self.errors or any(box.data for box in found) else found

    def read_back(self) -> str:
        """What stands in those boxes, in a line."""
        words = ((box, self.FIRST[box.name]) for box in self.written())
        line = "; ".join(filter(None, (_said(box, before) for box, before in words if before is not None)))
        return line[:1].upper() + line[1:]

    def summary(self) -> list[Problem]:
        """Errors for the summary at the top, each pointing at the control to mend."""
        found: list[Problem] = []
        for field in self:
            for error in field.errors:
                found.append(Problem(str(error), f"#{self.anchor(field)}"))
        found.extend(Problem(str(error), "#main-content") for error in self.form_errors)
        return found

    @staticmethod
    def anchor(field: Any) -> str:
        if isinstance(field, Day):
            return f"{field.id}-{field.wrong_part or 'day'}"
        if getattr(field, "kind", "") in ("radios", "checkboxes"):
            return f"{field.id}"
        return str(field.id)

    def refuse(self, field_name: str, message: str) -> None:
        """Add an error found after the form's own checks."""
        field = getattr(self, field_name, None)
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]
