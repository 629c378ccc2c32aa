"""Where an address is: this machine first, then only geocoders the council configured, and never for a protected address.

An outage is not "not found": what a geocoder could not say is told apart from what it said. The answer names who was asked;
the caller writes that in the audit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from app.places.postcodes import postcode as text
from app.places.postcodes.geocoder import Place, to_grid
from app.settings import Settings

from . import outside
from .outside import NotAllowed

# Source: places.md section 3; a best match under this, or two as good, is a choice for a person.
SURE_MATCH = 0.9
CONFLICT_M = 1000
_RADII = {"1": 25, "2": 25, "3": 100, "4": 300}  # OS Places: representative point code to metres
_RANK_HOUSE = 30


class Candidate(NamedTuple):
    """One address an outside geocoder offers: metres of the grid, and how good its point is."""

    address: str
    postcode: str
    uprn: str
    easting: int
    northing: int
    radius_m: int
    precision: str
    match: float


class Answer(NamedTuple):
    """``state`` is found, choose, conflict, not_found, unavailable, misconfigured, local_only or none_configured.

    ``asked`` names the geocoders that saw the address, in order.
    """

    state: str
    candidates: tuple[Candidate, ...]
    asked: tuple[str, ...]
    says: str


SAYS = {
    "none_configured": "No outside address service is set up, so the postcode’s point is used.",
    "local_only": "This address is protected: it is never sent anywhere. The postcode’s point is used.",
    "unavailable": "The address service could not be reached. That does not mean the address is wrong: the postcode’s point is used until it answers.",
    "misconfigured": "The address service refused us. Tell your administrator; the postcode’s point is used.",
    "not_found": "The address service knows no such address. Check how it is written; the postcode’s point is used.",
    "choose": "More than one address could be meant. Choose the right one.",
    "conflict": "The address service puts it somewhere else than its postcode. Find out which is right.",
    "found": "The address is found.",
}


def configured(settings: Settings, adapter: Callable[..., Any] | None = None) -> list[tuple[str, str, Any]]:
    """The geocoders of this council, in order: (name, host, geocoder).

    Raises:
        NotAllowed: one is set up whose host is not on the council's list.
    """
    made: list[tuple[str, str, Any]] = []
    if not settings.geocoder_names:
        return made
    from geopy.geocoders import Nominatim  # of a council that has set one up

    from .os_places import HOST, OsPlaces

    hosts = settings.allowed_hosts
    factory = adapter or outside.adapter(hosts)
    for name in settings.geocoder_names:
        if name == "os_places":
            coder: Any = OsPlaces(
                settings.os_places_key.get_secret_value(), timeout=outside.SECONDS, adapter_factory=factory
            )
            host = HOST
        else:
            parts = urlsplit(settings.nominatim_url)
            host = parts.hostname or ""
            coder = Nominatim(
                domain=parts.netloc + parts.path.rstrip("/"),
                scheme=parts.scheme or "https",
                user_agent="case-by-case",
                timeout=outside.SECONDS,
                adapter_factory=factory,
            )
        if host.casefold() not in {h.casefold() for h in hosts}:
            raise NotAllowed(f"The host {host} of {name} is not on the council’s list (CBC_OUTSIDE_HOSTS).")
        made.append((name, host, coder))
    return made


def find(
    address: str, local: Place, is_protected: bool, settings: Settings, adapter: Callable[..., Any] | None = None
) -> Answer:
    """Find an address more exactly than its postcode.

    Args:
        address: the address with its postcode; nothing else is ever sent.
        local: where its postcode is, from this machine.
        is_protected: a refuge, a survivor's, a perpetrator's or a restricted case's address: then nothing leaves.
    """
    if is_protected:
        return Answer("local_only", (), (), SAYS["local_only"])
    asked: list[str] = []
    state = "none_configured"
    try:
        coders = configured(settings, adapter)
    except NotAllowed:
        return Answer("misconfigured", (), (), SAYS["misconfigured"])
    if not coders:
        return Answer(state, (), (), SAYS[state])
    from geopy import exc

    for name, host, coder in coders:
        asked.append(f"{name} ({host})")
        try:
            found = coder.geocode(f"{address}, {text.display(local.postcode)}", exactly_one=False, **_extra(name))
        except (
            exc.GeocoderAuthenticationFailure,
            exc.GeocoderInsufficientPrivileges,
            exc.GeocoderParseError,
            exc.ConfigurationError,
        ):
            state = "misconfigured"
            continue
        except (exc.GeocoderServiceError, exc.GeocoderQueryError):
            state = state if state == "misconfigured" else "unavailable"
            continue
        candidates = [_candidate(name, location, local) for location in found or () if not _rejected(name, location)]
        if not candidates:
            state = "not_found" if state == "none_configured" else state
            continue
        return _chosen(candidates, local, tuple(asked))
    return Answer(state, (), tuple(asked), SAYS[state])


def _extra(name: str) -> dict[str, Any]:
    return {} if name == "os_places" else {"addressdetails": True, "limit": 5, "country_codes": "gb"}


def _rejected(name: str, location: Any) -> bool:
    """A point of which OS Places itself says that it is none."""
    return name == "os_places" and location.raw["rpc"] == "9"


def _candidate(name: str, location: Any, local: Place) -> Candidate:
    raw = location.raw
    if name == "os_places":
        # Known no better than its postcode where the representative point says so, or nothing of itself.
        radius = _RADII.get(raw["rpc"])
        precision = "uprn" if radius and radius <= 100 else "street" if radius else "postcode"
        return Candidate(
            address=location.address, postcode=raw["postcode"], uprn=raw["uprn"], easting=raw["easting"], northing=raw["northing"],
            radius_m=radius or max(100, local.radius_m or 0), precision=precision, match=raw["match"],
        )  # fmt: skip
    easting, northing = to_grid(location.latitude, location.longitude)
    house = int(raw.get("place_rank") or 0) >= _RANK_HOUSE
    postcode = "".join(str((raw.get("address") or {}).get("postcode") or "").upper().split())
    return Candidate(
        address=location.address, postcode=postcode, uprn="", easting=round(easting), northing=round(northing), radius_m=50 if house else 300,
        precision="building" if house else "street", match=1.0 if house else 0.5,
    )  # fmt: skip


def _chosen(candidates: list[Candidate], local: Place, asked: tuple[str, ...]) -> Answer:
    """One sure match at its own postcode is taken; anything else is for a person."""
    mine = [c for c in candidates if c.postcode == local.postcode] if local.postcode else []
    sure = [c for c in mine if c.match >= SURE_MATCH and c.precision in ("uprn", "building")]
    if local.has_point and local.easting is not None and local.northing is not None:
        reach = (local.radius_m or 0) + CONFLICT_M
        here = (local.easting, local.northing)
        near = [c for c in sure if math.dist((c.easting, c.northing), here) <= reach]
        if (sure and not near) or not mine:
            return Answer("conflict", tuple(candidates), asked, SAYS["conflict"])
        sure = near
    if len(sure) == 1 or (len(sure) > 1 and sure[0].match > sure[1].match):
        return Answer("found", (sure[0],), asked, SAYS["found"])
    return Answer("choose", tuple(candidates), asked, SAYS["choose"])
