"""Which lines of a chronology to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from wtforms.validators import ValidationError

from .base import CaseForm
from .fields import Choice, Day


class ChronologyForm(CaseForm):
    """Read from the address, so that a choice can be sent on and opened again. Nothing chosen: everything."""

    BESIDE = ("csrf_token",)

    person = Choice("About whom", [], as_select=True)
    source = Choice("From where", [], as_select=True)
    kind = Choice("Of what kind", [], as_select=True)
    since = Day("From")
    until = Day("Until")

    class Meta:
        csrf = False

    def __init__(
        self, people: Iterable[tuple[str, str]], sources: Mapping[str, str], kinds: Mapping[str, str], **kw: Any
    ) -> None:
        super().__init__(formdata=request.args if request.args else None, **kw)
        self.person.items = [(key, name, "") for key, name in people]
        self.source.items = [(code, said, "") for code, said in sources.items()]
        self.kind.items = [(code, said, "") for code, said in kinds.items()]

    def validate_until(self, field: Day) -> None:
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError("The last day is before the first.")
