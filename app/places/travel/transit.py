"""Public transport from the council's own OpenTripPlanner 2, when one is configured. Two points are sent, and nothing else.

Never used for a protected address. An engine that fails, or answers something else, yields *not measured*.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any

from app.places.outside import outside
from app.places.outside.outside import NotAllowed
from app.places.postcodes.geocoder import Place
from app.suitability.casefile.settings import CouncilSettings

from .travel import NOT_MEASURED, Walker, Way

METHOD = "public_transport"
SECONDS = 8
QUERY = """query Way($from: InputCoordinates!, $to: InputCoordinates!, $date: String!, $time: String!, $speed: Float!) {
  plan(from: $from, to: $to, date: $date, time: $time, arriveBy: true, walkSpeed: $speed, numItineraries: 3,
       transportModes: [{mode: TRANSIT}, {mode: WALK}]) {
    itineraries { duration numberOfTransfers walkDistance legs { mode } }
    routingErrors { code }
  }
}"""
Post = Callable[[str, bytes], bytes]


class PublicTransport:
    """Ways by bus, train and tram, to arrive by an hour of a day."""

    name = METHOD

    def __init__(
        self,
        url: str,
        hosts: Sequence[str],
        numbers: CouncilSettings,
        arrive: tuple[date, time],
        post: Post | None = None,
    ) -> None:
        self._url, self._numbers, self._arrive = url, numbers, arrive
        headers = {"Content-Type": "application/json"}
        self._post = post or (lambda address, body: outside.fetch(address, hosts, headers, SECONDS, body))

    def ways(self, origin: Place, destinations: Sequence[Place], walker: Walker) -> list[Way]:
        return [self._way(origin, place, walker) for place in destinations]

    def _way(self, origin: Place, place: Place, walker: Walker) -> Way:
        if not (origin.has_point and place.has_point):
            reason = (origin.reason if not origin.has_point else place.reason) or "It has no point."
            return NOT_MEASURED._replace(method=METHOD, reason=reason)
        from geopy.exc import GeopyError

        pace = self._numbers.pram_metres_per_minute if walker == "pram" else self._numbers.walking_metres_per_minute
        day, hour = self._arrive
        asked = {
            "from": {"lat": origin.latitude, "lon": origin.longitude},
            "to": {"lat": place.latitude, "lon": place.longitude},
            "date": day.isoformat(),
            "time": hour.strftime("%H:%M"),
            "speed": round(pace / 60, 2),
        }
        try:
            answer = json.loads(self._post(self._url, json.dumps({"query": QUERY, "variables": asked}).encode()))
            listed = [_read(one) for one in answer["data"]["plan"]["itineraries"]]
        except (GeopyError, NotAllowed):
            return NOT_MEASURED._replace(method=METHOD, reason="The public transport engine could not be reached.")
        except (ValueError, KeyError, TypeError):
            return NOT_MEASURED._replace(
                method=METHOD, reason="The public transport engine gave no answer that can be read."
            )
        if not listed:
            return NOT_MEASURED._replace(method=METHOD, reason="The public transport engine knows no way at that hour.")
        radius = (origin.radius_m or 0) + (place.radius_m or 0)
        longest = self._numbers.longest_route_percent_of_straight_line / 100
        seconds = sorted(duration for duration, _ in listed)
        low = max(0.0, seconds[0] / 60 - radius / self._numbers.walking_metres_per_minute)
        high = seconds[-1] / 60 + longest * radius / pace
        best = min(listed)
        return Way(
            minutes_low=int(low),
            minutes_mid=round(seconds[0] / 60),
            minutes_high=-int(-high // 1),
            low_m=None,
            mid_m=None,
            high_m=None,
            changes=best[1],
            method=METHOD,
            data=f"OpenTripPlanner, {day.isoformat()} by {hour.strftime('%H.%M')}",
            measured=True,
            reason="",
        )


def _read(one: Any) -> tuple[int, int]:
    """Seconds and changes of an itinerary."""
    duration, changes = one["duration"], one.get("numberOfTransfers", 0)
    if not isinstance(duration, int) or not isinstance(changes, int) or not 0 < duration < 86_400 or changes < 0:
        raise ValueError("not an itinerary")
    return duration, changes
