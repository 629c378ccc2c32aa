"""The base of every form: CSRF token, error summary in field order, typed text kept."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

from flask import request
from flask_wtf import FlaskForm

from .asked import boxes_of
from .fields import Day

_SENT: Any = object()


class Problem(NamedTuple):
    text: str
    href: str


class CaseForm(FlaskForm):
    """A form of the service. It reads what was typed and nothing else: no page takes a file."""

    HEADINGS: ClassVar[dict[str, str]] = {}  # the box that begins a part of the page, and the heading above it
    BESIDE: ClassVar[tuple[str, ...]] = ("version",)  # boxes that the page shows in a place of their own

    def __init__(self, formdata: Any = _SENT, **kw: Any) -> None:
        if formdata is _SENT:
            formdata = request.form if request.method in ("POST", "PUT", "PATCH", "DELETE") else None
        super().__init__(formdata=formdata, **kw)

    def groups(self) -> Iterator[tuple[str, list[Any]]]:
        """The boxes in the order of the form, under the headings; a choice with nothing to choose is left out."""
        boxes = [self[name] for name in boxes_of(type(self)) if name not in self.BESIDE]
        begins = [0, *(at for at, box in enumerate(boxes) if at and box.name in self.HEADINGS), len(boxes)]
        for first, after in pairwise(begins):
            shown = [box for box in boxes[first:after] if getattr(box, "items", True)]
            yield self.HEADINGS.get(boxes[first].name, ""), shown

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
