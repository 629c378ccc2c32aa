"""What is asked before a case is given out whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import CaseForm
from .fields import Choice, Hidden, Line, needed


class CourtForm(CaseForm):
    """For what, and who asked."""

    version = Hidden("Version")
    purpose = Choice("For what is it?", [], checks=[needed("Choose for what it is given out.")])
    words = Line(
        "Who asked for it?",
        "The court, the coroner or the council’s solicitor, and their own reference. Those who see this case read it.",
        [needed("Write who asked, and under which reference.")],
        longest=300,
    )

    def __init__(self, purposes: Mapping[str, str], **kw: Any) -> None:
        super().__init__(**kw)
        self.purpose.items = [(code, said, "") for code, said in purposes.items()]
