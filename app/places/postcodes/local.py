"""geopy's interface to the postcodes of this machine: a Geocoder that cannot reach the network. No page needs it."""

from __future__ import annotations

from typing import Any, NoReturn

from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeocoderQueryError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from . import postcode as text
from .gazetteer import Gazetteer
from .geocoder import Postcodes


class NoNetwork(BaseSyncAdapter):
    """Refuses every request: the local geocoder has no way out."""

    def __init__(self, *, proxies: Any = None, ssl_context: Any = None) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)

    def get_json(self, url: str, *, timeout: Any, headers: Any) -> NoReturn:
        raise RuntimeError("the local geocoder never asks the network")

    def get_text(self, url: str, *, timeout: Any, headers: Any) -> NoReturn:
        raise RuntimeError("the local geocoder never asks the network")


class LocalPostcodes(Postcodes, Geocoder):
    """geopy's interface to the gazetteer: finds the one postcode in a piece of text."""

    def __init__(self, gazetteer: Gazetteer, *, timeout: Any = DEFAULT_SENTINEL) -> None:
        Geocoder.__init__(self, scheme="https", timeout=timeout, adapter_factory=NoNetwork)
        Postcodes.__init__(self, gazetteer)

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Any:
        """The location of the postcode in ``query``; None when no list has it or it has no point.

        Raises:
            GeocoderQueryError: two different postcodes in one address; which is meant is not guessed.
        """
        found = text.in_text(query)
        if len(found) > 1:
            raise GeocoderQueryError("There are two different postcodes in this address.")
        place = self.place(found[0]) if found else None
        if place is None or not place.has_point:
            return None if exactly_one else []
        location = Location(text.display(place.postcode), (place.latitude, place.longitude, 0.0), place._asdict())
        return location if exactly_one else [location]
