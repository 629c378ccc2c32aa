"""How far it is, with what is not known about it: an interval, never a single figure from an estimate."""

from __future__ import annotations

from typing import NamedTuple

from geographiclib.geodesic import Geodesic

from app.places.postcodes.geocoder import Place
from app.suitability.casefile.settings import CouncilSettings

NEAREST_WITHIN_M = 15_000  # the nearest of a kind are looked for so far


# The figures and the arithmetic of geopy.distance.geodesic, which asks the same library and loads its forty geocoders.
_KILOMETRES = Geodesic(6378.137, 1 / 298.257223563)


class Distance(NamedTuple):
    """Metres in a straight line and an estimate on foot. Whole numbers; None throughout when a point is missing.

    ``straight_low_m`` to ``straight_high_m`` is proven; the walking figures are an estimate, labelled as one.
    """

    straight_m: int | None
    straight_low_m: int | None
    straight_high_m: int | None
    walk_low_m: int | None
    walk_mid_m: int | None
    walk_high_m: int | None
    minutes_low: int | None
    minutes_high: int | None
    pram_minutes_low: int | None
    pram_minutes_high: int | None
    method: str
    reason: str

    @property
    def is_known(self) -> bool:
        return self.straight_m is not None


NOT_MEASURED = Distance(
    straight_m=None,
    straight_low_m=None,
    straight_high_m=None,
    walk_low_m=None,
    walk_mid_m=None,
    walk_high_m=None,
    minutes_low=None,
    minutes_high=None,
    pram_minutes_low=None,
    pram_minutes_high=None,
    method="not measured",
    reason="",
)


def between(here: Place, there: Place, settings: CouncilSettings) -> Distance:
    """Distance between two places, each with its own radius. Source: places.md 8.4.

    A straight line proves that something is at least so far; it never proves that it is near enough.
    """
    if not (here.has_point and there.has_point):
        reason = here.reason if not here.has_point else there.reason
        return NOT_MEASURED._replace(reason=reason)
    straight = geodesic_m((here.latitude, here.longitude), (there.latitude, there.longitude))
    radius = (here.radius_m or 0) + (there.radius_m or 0)
    low, high = max(0.0, straight - radius), straight + radius
    mid = straight * settings.route_percent_of_straight_line / 100
    longest = high * settings.longest_route_percent_of_straight_line / 100
    walk, pram = settings.walking_metres_per_minute, settings.pram_metres_per_minute
    return Distance(
        straight_m=round(straight),
        straight_low_m=round(low),
        straight_high_m=round(high),
        walk_low_m=round(low),
        walk_mid_m=round(mid),
        walk_high_m=round(longest),
        minutes_low=_down_to_five(low / walk),
        minutes_high=_up_to_five(longest / walk),
        pram_minutes_low=_down_to_five(low / pram),
        pram_minutes_high=_up_to_five(longest / pram),
        method="straight line from postcode points; walking estimated, not a route",
        reason="; ".join(r for r in (here.reason, there.reason) if r),
    )


def geodesic_m(here: tuple[float | None, float | None], there: tuple[float | None, float | None]) -> float:
    """Metres along the ellipsoid WGS 84, between two points given as latitude and longitude."""
    return float(_KILOMETRES.Inverse(*here, *there, Geodesic.DISTANCE)["s12"]) * 1000


def _down_to_five(minutes: float) -> int:
    return int(minutes // 5) * 5


def _up_to_five(minutes: float) -> int:
    return -int(-minutes // 5) * 5


def in_words(distance: Distance) -> str:
    """What the page says: no metres finer than the radius, no single minute figure."""
    if not distance.is_known or distance.straight_m is None or distance.straight_high_m is None:
        return f"Distance not known. {distance.reason}".strip()
    radius = distance.straight_high_m - distance.straight_m
    if distance.straight_m <= radius:
        # They may be the very same place: a middle figure would say more than is known.
        most = -(-distance.straight_high_m // 100) * 100
        return f"Up to {_kilometres(most)} in a straight line, perhaps much less"
    return f"About {_kilometres(distance.straight_m)} in a straight line, give or take {_kilometres(radius)}"


def metres_in_words(distance: Distance) -> str:
    """The straight line alone, in metres no finer than what is known of it."""
    if distance.straight_m is None or distance.straight_high_m is None:
        return "not known"
    step = 100 if distance.straight_high_m - distance.straight_m < 1000 else 1000
    if distance.straight_m <= distance.straight_high_m - distance.straight_m:
        return f"up to {-(-distance.straight_high_m // step) * step:,} m"
    return f"about {(distance.straight_m + step // 2) // step * step:,} m"


def walk_in_words(distance: Distance) -> str:
    """*Likely*, for its longest was too short for about one walk in six of two real networks (docs/developing/walking-ratios.md)."""
    if not distance.is_known:
        return "Not measured"
    return f"Estimate, not a route: likely {distance.minutes_low} to {distance.minutes_high} minutes; {distance.pram_minutes_low} to {distance.pram_minutes_high} with a pushchair"


def _kilometres(metres: int) -> str:
    return f"{metres / 1000:.1f} km"
