"""A place that was considered for a family, and what came of it."""

from __future__ import annotations

from typing import Any

from app.clocks import today

from .base import CaseForm
from .fields import Choice, Day, Hidden, Line, Note, needed, not_in_future
from .measures import Pounds


class ConsideredForm(CaseForm):
    """One place on one day; ``came`` and ``district`` are offered by the page."""

    version = Hidden("Version")
    on = Day(
        "On what day was it looked at?",
        checks=[needed("Give the day."), not_in_future(today, "This day is in the future.")],
    )
    place = Line(
        "Which place?",
        "An address, or what was asked for: for example, any two-bedroom flat in the north.",
        [needed("Say which place.")],
        longest=200,
    )
    size = Line("How large is it?", "For example, two bedrooms, sleeps four.", longest=100)
    nightly_cost = Pounds("Cost for a night, in pounds")
    district = Choice("Is it in our district?", [])
    came = Choice("What came of it?", [], checks=[needed("Choose what came of it.")])
    because = Note(
        "Why?",
        "Why it was not to be had, or why it is not suitable for this family. A court may read this in six years.",
    )
    told_by = Line("Who told you?", "Name and firm or team.", longest=200)

    def values(self) -> dict[str, Any]:
        return {
            "on": self.on.data,
            "place": self.place.data,
            "size": self.size.data or "",
            "nightly_cost_pence": self.nightly_cost.pence,
            "district": self.district.data or "unknown",
            "came": self.came.data,
            "because": self.because.data or "",
            "told_by": self.told_by.data or "",
        }


class StrikeForm(CaseForm):
    """Why a place was written down by mistake."""

    version = Hidden("Version")
    why = Line("Why was it a mistake?", checks=[needed("Say why it was a mistake.")], longest=300)
