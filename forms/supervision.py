"""A note of supervision."""

from __future__ import annotations

from typing import Any

from app.clocks import today

from .base import CaseForm
from .fields import Day, Hidden, Line, Note, needed, not_in_future


class SupervisionForm(CaseForm):
    """Who reflected with whom, on what, and what they agreed."""

    version = Hidden("Version")
    on = Day("On what day?", checks=[needed("Give the day."), not_in_future(today, "This day is in the future.")])
    with_whom = Line(
        "With whom did you reflect?",
        "Name and role. For example, Leah Lead, safeguarding lead.",
        [needed("Say with whom.")],
        longest=200,
    )
    reflected = Note(
        "What did you reflect on?",
        "What you find hard to see or to say about these children, what you rely on, and what else could be so.",
        [needed("Say what you reflected on.")],
        rows=6,
    )
    agreed = Note(
        "What was agreed, by whom and by when?",
        "A question that comes of it is asked on its sheet: this page answers none.",
        [needed("Say what was agreed. If nothing was, say that.")],
    )

    def values(self) -> dict[str, Any]:
        return {
            "on": self.on.data,
            "with_whom": self.with_whom.data or "",
            "reflected": self.reflected.data or "",
            "agreed": self.agreed.data or "",
        }
