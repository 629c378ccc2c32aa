"""Places: which district a unit is in, a way that was checked, a place to be kept away from."""

from __future__ import annotations

import re
from typing import Any

from wtforms.validators import ValidationError

from app.clocks import today

from .base import CaseForm
from .fields import AddressLine, Choice, Day, Hidden, Line, Postcode, Ticks, needed, not_in_future
from .measures import Pounds, Whole

ELSEWHERE = "elsewhere"
HOW = [
    ("uprn", "The property’s own number (UPRN) in the address register"),
    ("council_tax", "Who bills council tax for it"),
    ("host", "The other authority said so"),
]


class DistrictForm(CaseForm):
    version = Hidden("Version")
    authority = Choice("Which authority’s district is the unit in?", [], checks=[needed("Choose the authority.")])
    code = Line(
        "Code of the other authority",
        "Only if it is another one: its ONS code, like E08000028.",
        width="govuk-input--width-10",
    )
    how = Choice("How do you know?", HOW, checks=[needed("Choose how you know.")])
    who = Line("Who told you, or which document?", checks=[needed("Write down who told you, or which document.")])

    def validate_code(self, field: Line) -> None:
        field.data = (field.data or "").upper()
        if self.authority.data == ELSEWHERE and not re.fullmatch(r"[EWSN]\d{8}", field.data):
            raise ValidationError("Enter the code of the other authority, a letter and eight figures.")


class JourneyForm(CaseForm):
    """A way that somebody looked up or travelled: evidence, unlike any estimate."""

    version = Hidden("Version")
    people = Ticks(
        "Whose way is it?", [], "Everyone who makes it together.", checks=[needed("Choose whose way it is.")]
    )
    kind = Choice("To which service?", [], checks=[needed("Choose the service.")])
    low = Whole(
        "Shortest, in minutes, door to door",
        "One way.",
        [needed("Enter the shortest time in minutes.")],
        least=0,
        most=1440,
    )
    high = Whole(
        "Longest, in minutes, door to door",
        "With waiting, and at a slow pace with a pram.",
        [needed("Enter the longest time in minutes.")],
        least=0,
        most=1440,
    )
    changes = Whole("How many changes?", "0 when it is a walk or one bus.", least=0, most=12)
    fare = Pounds("Fare there and back, in pounds", "For everyone who has to come along.")
    tool = Line(
        "How was it checked?",
        "For example, the operator’s journey planner, or travelled it.",
        [needed("Say how it was checked.")],
    )
    travelled_for = Line(
        "For which day and hour?",
        "For example, a school day, arriving by 8.45.",
        [needed("Say for which day and hour.")],
    )
    on = Day(
        "When was it checked?",
        checks=[
            needed("Enter the day it was checked."),
            not_in_future(today, "The day it was checked is in the future."),
        ],
    )

    def validate_high(self, field: Whole) -> None:
        if field.number is not None and self.low.number is not None and field.number < self.low.number:
            raise ValidationError("The longest time is shorter than the shortest.")

    def values(self) -> dict[str, Any]:
        return {
            "kind": self.kind.data,
            "low": self.low.number,
            "high": self.high.number,
            "changes": self.changes.number,
            "fare_pence": self.fare.pence,
            "tool": self.tool.data,
            "travelled_for": self.travelled_for.data,
            "data_date": self.on.data.isoformat() if self.on.data else "",
        }


class ProtectedForm(CaseForm):
    """Typed once, sealed, and never shown again."""

    version = Hidden("Version")
    role = Choice("What is there?", [], checks=[needed("Choose what is there.")])
    address = AddressLine("Address", "It is sealed when you save it. Nobody can read it back, you neither.")
    postcode = Postcode(
        "Postcode",
        "Without a postcode it can never be said that a unit is clear of it.",
        [needed("Enter the postcode. If nobody knows it, write that as an answer to “Where the perpetrator is”.")],
        width="govuk-input--width-10",
    )


class LocateForm(CaseForm):
    """Ask the council's address service, or choose among what it offered."""

    version = Hidden("Version")
    chosen = Choice(
        "Which is it?", [], checks=[needed("Choose the address, or go back and keep the postcode’s point.")]
    )


class AskForm(CaseForm):
    version = Hidden("Version")
