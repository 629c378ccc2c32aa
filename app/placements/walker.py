"""At whose pace a family walks, and whether steps are any way for them."""

from __future__ import annotations

from datetime import date

from app.places.travel import ways
from app.places.travel.travel import Walker
from app.suitability.casefile.household import Household


def walker_of(household: Household, on: date) -> Walker:
    """With a child who may be in a pram, or somebody pregnant, the family walks at a pram's pace. Not known counts as so."""
    years = ways.read().numbers["pram_under_years"]
    young = any(child.under(years, on, 0) is not False for child in household.children())
    pregnant = any(m.pregnant is not False for m in household.adults() if m.sex != "male")
    return "pram" if young or pregnant else "adult"
