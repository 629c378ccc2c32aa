"""A file of a housing system: what it is, of which day, and whose cases its families become."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.datastructures import CombinedMultiDict

from app.clocks import today

from .base import CaseForm
from .check import OneFile
from .fields import Choice, Day, Hidden, Line, Ticks, needed, not_in_future

UNITS, FAMILIES = "units", "families"
LARGEST = 16 * 1024 * 1024


class ImportForm(CaseForm):
    kind = Choice(
        "What is in the file?",
        [
            (UNITS, "Units, for the register of buildings and units", "A row a unit."),
            (FAMILIES, "Families, as cases without a placement", "A row a person."),
        ],
        checks=[needed("Choose what is in the file.")],
    )
    file = OneFile("The file", "A CSV, up to 16 million bytes. It is looked at first, and not kept.")
    day = Day(
        "Of which day is it?",
        "Of units. Empty means today.",
        checks=[not_in_future(today, "The file is dated in the future.")],
    )
    source = Line("What is it called, wherever its word stands?", "Of units. Empty means its name.", longest=100)
    officer = Choice("Whose cases do the families become?", [], "Of families alone.", as_select=True)
    without = Ticks(
        "Rows that cannot be taken",
        [("yes", "Leave them out. Each is named. Otherwise one of them refuses the whole file")],
    )

    def __init__(self, **kw: Any) -> None:
        parts: Any = [request.files, request.form]
        super().__init__(formdata=CombinedMultiDict(parts) if request.method == "POST" else None, **kw)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if not self.file.data:
            self.refuse("file", "Choose the file.")
            fine = False
        elif len(self.file.data) > LARGEST:
            self.refuse("file", "This file has more than 16 million bytes. Give it in parts.")
            fine = False
        if self.kind.data == FAMILIES and not self.officer.data:
            self.refuse("officer", "Choose whose cases they become.")
            fine = False
        return fine

    @property
    def name(self) -> str:
        """What the file is called where it came from, without a folder."""
        sent = request.files.get("file")
        return ((sent.filename or "") if sent else "").replace("\\", "/").rpartition("/")[2][:100]


class ConfirmForm(CaseForm):
    """What was looked at, closed."""

    closed = Hidden("What was looked at")
