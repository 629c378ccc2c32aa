"""What to show of the audit."""

from __future__ import annotations

from typing import Any

from flask import request

from .base import CaseForm
from .fields import Choice, Day, Line

CHANGES, LOOKS, EVERYTHING = "changes", "looks", "everything"
SHOWN = (
    (CHANGES, "What was done"),
    (LOOKS, "Who looked"),
    (EVERYTHING, "Both"),
)


class TimelineForm(CaseForm):
    """Read from the address, so that a view can be sent on and opened again. Nothing chosen: what was done."""

    BESIDE = ("csrf_token",)

    show = Choice("Show", SHOWN)
    who = Choice("Done by", [], as_select=True)
    since = Day("From")
    until = Day("Until")

    class Meta:
        csrf = False

    def __init__(self, people: list[tuple[str, str]], **kw: Any) -> None:
        super().__init__(formdata=request.args if request.args else None, **kw)
        self.who.items = [(key, name, "") for key, name in people]
        if self.show.data is None:
            self.show.data = CHANGES


class AcrossForm(TimelineForm):
    """The same over every case, or one of them by its reference."""

    reference = Line("Case reference")
