"""What is known of a walk from the unit: measured on the council's network where there is one, else an estimate that says so.

Where no way joins the two it is *not known*: no straight line stands for a walk. Source: places.md 8.4; rulings.md 12.
"""

from __future__ import annotations

from typing import NamedTuple

from app.places.postcodes.geocoder import Place
from app.places.travel.distance import Distance, walk_in_words
from app.places.travel.travel import Walker, Way
from app.suitability.casefile import proof


class OnFoot(NamedTuple):
    """Minutes on foot as an interval; None where it is not known, with the reason."""

    low: int | None
    high: int | None
    measured: bool
    with_pram: bool
    why: str

    @property
    def words(self) -> str:
        if self.low is None or self.high is None:
            return "not known"
        # The longest of an estimate is likely and no more: one walk in six is longer.
        likely = "" if self.measured else "likely "
        return f"{likely}{self.low} to {self.high} minutes{' with a pram' if self.with_pram else ''}"

    def against(self, limit: int, unit: Place, place: Place) -> str:
        """What it proves of a limit in minutes; see :mod:`app.suitability.casefile.proof`."""
        return proof.within(limit, self.low, self.high, self.measured, worse(unit, place)).answer


def on_foot(away: Distance, way: Way | None, walker: Walker) -> OnFoot:
    """The walk, by the network where it measured it.

    Args:
        way: what the network says; None where there is no network.
    """
    with_pram = walker == "pram"
    if way is not None and way.measured:
        return OnFoot(way.minutes_low, way.minutes_high, True, with_pram, "")
    if way is not None and way.parted:
        return OnFoot(None, None, False, with_pram, way.reason)
    low, high = away.minutes_low, away.minutes_high
    if with_pram:
        low, high = away.pram_minutes_low, away.pram_minutes_high
    return OnFoot(low, high, False, with_pram, "" if low is not None else away.reason)


def in_words(away: Distance, way: Way | None, walker: Walker) -> str:
    """The walk as a page and a record say it."""
    found = on_foot(away, way, walker)
    if way is not None and found.measured:
        return f"Measured: {found.words} ({way.data})"
    if way is not None and way.parted:
        return f"Not known. {way.reason}"
    return walk_in_words(away)


def worse(here: Place, there: Place) -> str:
    """The worse precision of two points, as a proof needs it."""
    for bad in (proof.NEVER, proof.ONLY_TOO_FAR):
        for place in (here, there):
            if place.precision in bad:
                return place.precision
    return "postcode"
