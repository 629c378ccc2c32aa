"""How long a way takes: one interface, and what stands behind it. What fails is *not measured*, never an estimate under another name.

The straight line is the default and always labelled; the walking network and the council's public transport engine measure;
an officer's own check is evidence and is kept with the assessment. Source: places.md 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

from app.places.postcodes.geocoder import Place
from app.suitability.casefile.settings import CouncilSettings

from .distance import between

Walker = Literal["adult", "pram"]
WALKERS: tuple[Walker, ...] = ("adult", "pram")


class Way(NamedTuple):
    """One way. Minutes and metres as lowest, middle and highest; None throughout where it was not measured.

    ``measured`` is a route; an estimate is not. ``data`` names what it was worked out from, with its date.
    """

    minutes_low: int | None
    minutes_mid: int | None
    minutes_high: int | None
    low_m: int | None
    mid_m: int | None
    high_m: int | None
    changes: int | None
    method: str
    data: str
    measured: bool
    reason: str
    # No way joins the two, or none for this walker: then no estimate from a straight line may stand for the walk.
    parted: bool = False


NOT_MEASURED = Way(
    minutes_low=None,
    minutes_mid=None,
    minutes_high=None,
    low_m=None,
    mid_m=None,
    high_m=None,
    changes=None,
    method="not measured",
    data="",
    measured=False,
    reason="",
)


class TravelTimeProvider(Protocol):
    """What works out ways. ``name`` is the method a journey is kept under."""

    name: str

    def ways(self, origin: Place, destinations: Sequence[Place], walker: Walker) -> list[Way]:
        """One way for each destination, in their order."""
        ...


def minutes(
    low_m: float, mid_m: float, high_m: float, walker: Walker, numbers: CouncilSettings
) -> tuple[int, int, int]:
    """Metres on foot as minutes: the shortest at an adult's speed, the others at the walker's own. Whole minutes, outwards."""
    adult = numbers.walking_metres_per_minute
    own = numbers.pram_metres_per_minute if walker == "pram" else adult
    return int(low_m // adult), round(mid_m / own), -int(-high_m // own)


class StraightLine:
    """The default: an estimate from the straight line, labelled as one. It proves too far, never near enough."""

    name = "straight_line"

    def __init__(self, numbers: CouncilSettings) -> None:
        self._numbers = numbers

    def ways(self, origin: Place, destinations: Sequence[Place], walker: Walker) -> list[Way]:
        made = []
        for place in destinations:
            found = between(origin, place, self._numbers)
            if (
                found.straight_m is None
                or found.walk_low_m is None
                or found.walk_mid_m is None
                or found.walk_high_m is None
            ):
                made.append(NOT_MEASURED._replace(method=self.name, reason=found.reason))
                continue
            quickest, middle, slowest = minutes(
                found.walk_low_m, found.walk_mid_m, found.walk_high_m, walker, self._numbers
            )
            made.append(
                Way(
                    minutes_low=quickest,
                    minutes_mid=middle,
                    minutes_high=slowest,
                    low_m=found.walk_low_m,
                    mid_m=found.walk_mid_m,
                    high_m=found.walk_high_m,
                    changes=None,
                    method=self.name,
                    data=f"{origin.dataset}, {origin.data_date}",
                    measured=False,
                    reason=found.reason,
                )
            )
        return made
