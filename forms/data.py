"""Data sets: which file of the folder, and what it is."""

from __future__ import annotations

from app.clocks import today

from .base import CaseForm
from .fields import Choice, Day, Line, needed, not_in_future

LOOK, LOAD = "look", "load"


class LoadForm(CaseForm):
    file = Choice("Which file?", [], checks=[needed("Choose the file.")])
    kind = Choice("What is it?", [], checks=[needed("Choose what the file is.")])
    day = Day(
        "The day its data is of",
        "Only where the name of the file does not say it.",
        checks=[not_in_future(today, "The day its data is of cannot be still to come.")],
    )
    resolution = Choice(
        "How far are its lines generalised?",
        [("BFC", "BFC, full resolution, clipped to the coast"), ("BGC", "BGC, to 20 metres, clipped to the coast")],
        "District boundaries, where the name of the file does not say it.",
    )
    areas = Line("Only these areas of postcodes", "Postcodes: letters such as B, WS. Empty takes all of the file.")
    owner = Line("Who keeps this list?", "The council’s own list of services.")

    def options(self) -> dict[str, str]:
        """What the command would be told, where something was typed."""
        told = {
            "date": self.day.data.isoformat() if self.day.data else "",
            "resolution": self.resolution.data or "",
            "areas": self.areas.data or "",
            "owner": self.owner.data or "",
        }
        return {name: value for name, value in told.items() if value}
