"""OS Places as a geopy Geocoder: councils have it under the Public Sector Geospatial Agreement.

The key goes into a header, never into the address, because addresses are what gets logged. Source: places.md section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from geopy.exc import GeocoderParseError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from app.places.postcodes.geocoder import to_wgs84

HOST = "api.os.uk"


class OsPlaces(Geocoder):
    """``raw`` of a location holds uprn, postcode, easting, northing, match (0 to 1), custodian and the level of its point."""

    def __init__(
        self,
        key: str,
        *,
        domain: str = HOST,
        scheme: str = "https",
        timeout: Any = DEFAULT_SENTINEL,
        user_agent: str | None = None,
        adapter_factory: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(scheme=scheme, timeout=timeout, user_agent=user_agent, adapter_factory=adapter_factory)
        self._key = key
        self.api = f"{self.scheme}://{domain}/search/places/v1/find"

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Any:
        """Addresses like a piece of text, the best first; None, or an empty list, where there is none."""
        asked = {"query": query, "dataset": "DPA,LPI", "output_srs": "EPSG:27700", "maxresults": "10"}
        parse = partial(self._parse, exactly_one=exactly_one)
        return self._call_geocoder(f"{self.api}?{urlencode(asked)}", parse, timeout=timeout, headers={"key": self._key})

    def _parse(self, answer: Any, *, exactly_one: bool) -> Any:
        if not isinstance(answer, dict) or not isinstance(answer.get("results", []), list):
            raise GeocoderParseError("the answer is not one of OS Places")
        found: dict[str, Location] = {}
        for result in answer.get("results", []):
            said = result.get("DPA") or result.get("LPI") if isinstance(result, dict) else None
            if not isinstance(said, dict):
                raise GeocoderParseError("the answer is not one of OS Places")
            try:
                easting, northing = float(said["X_COORDINATE"]), float(said["Y_COORDINATE"])
                raw = {
                    "uprn": str(said["UPRN"]),
                    "address": str(said["ADDRESS"]),
                    "postcode": "".join(str(said.get("POSTCODE") or said.get("POSTCODE_LOCATOR") or "").split()),
                    "easting": round(easting),
                    "northing": round(northing),
                    "match": float(said.get("MATCH") or 0),
                    "custodian": str(said.get("LOCAL_CUSTODIAN_CODE") or ""),
                    "rpc": str(said.get("RPC") or ""),
                }
            except (KeyError, TypeError, ValueError):
                raise GeocoderParseError("the answer is not one of OS Places") from None
            latitude, longitude = to_wgs84(easting, northing)
            found.setdefault(str(raw["uprn"]), Location(raw["address"], (latitude, longitude, 0.0), raw))
        listed = sorted(found.values(), key=lambda location: -location.raw["match"])
        if exactly_one:
            return listed[0] if listed else None
        return listed
