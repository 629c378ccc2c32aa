"""The base of every form: CSRF token, error summary in field order, typed text kept."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import request
from flask_wtf import FlaskForm

from .fields import Day

_SENT: Any = object()


class Problem(NamedTuple):
    text: str
    href: str


class CaseForm(FlaskForm):
    """A form of the service. It reads what was typed and nothing else: no page takes a file."""

    def __init__(self, formdata: Any = _SENT, **kw: Any) -> None:
        if formdata is _SENT:
            formdata = request.form if request.method in ("POST", "PUT", "PATCH", "DELETE") else None
        super().__init__(formdata=formdata, **kw)

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
