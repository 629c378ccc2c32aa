"""Where the unit is against the services the family uses now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from app.checklists import read_folder
from app.places.directory import directory
from app.places.directory.directory import NearBy
from app.places.districts.districts import District
from app.places.map import Spot, box
from app.places.postcodes.geocoder import Place
from app.places.service import districts, locate
from app.places.travel.distance import Distance, between
from app.places.travel.travel import Way
from app.settings import current_settings
from app.suitability.casefile import proof
from app.suitability.casefile.called import labels
from app.suitability.casefile.household import Household, Member, Service

from .on_foot import worse
from .walker import walker_of

NEAREST_SHOWN = 2
NO_END_M = 1_000_000  # how long it is at most, nobody can say


class ServiceDistance(NamedTuple):
    mark: str
    kind: str
    name: str
    used_by: tuple[str, ...]
    place: Place
    distance: Distance
    # For each child the way to school is held against: what the distance proves, and whose task it is where it proves nothing.
    against: tuple[str, ...] = ()
    # What the directory says against the entry it was chosen from: that it has closed, or is no longer listed.
    doubt: str = ""
    # The walk on the council's network, at the family's pace; None where there is no network.
    way: Way | None = None
    # For each child the way is held against the statutory walking distance of: what it proves (see proof).
    statutory: Mapping[str, str] = MappingProxyType({})


class Surroundings(NamedTuple):
    """The unit's place and district, its distance to each of the household's own services, and the nearest of each kind as a note."""

    unit: Place
    services: tuple[ServiceDistance, ...]
    district: District
    nearest: tuple[NearBy, ...]
    edge: tuple[Any, ...] = ()
    drawn: bool = True

    @property
    def spots(self) -> list[Spot]:
        if not self.unit.has_point or not self.drawn:
            return []
        found = [
            Spot("U", "the proposed unit", self.unit.easting or 0, self.unit.northing or 0, self.unit.radius_m or 0)
        ]
        for s in self.services:
            if s.place.has_point:
                found.append(Spot(s.mark, s.name, s.place.easting or 0, s.place.northing or 0, s.place.radius_m or 0))
        return found


def surroundings(
    household: Household, unit: Place, on: date, council: str, near: bool = True, drawn: bool = True
) -> Surroundings:
    """Measure from the unit to each service in use. What has no point stays open with its reason; it is never zero.

    Args:
        near: also the nearest of each kind.
        drawn: whether there may be a map: never of a refuge, nor where a protected place might be read from it.
    """
    numbers = read_folder().numbers
    measured = []
    located = in_use(household, on)
    walks = _walks(household, unit, [place for place, _ in located], on)
    for at, (service, (place, doubt), way) in enumerate(zip(household.services, located, walks, strict=True), 1):
        away = between(unit, place, numbers)
        school = service.kind == "school"
        statutory = _statutory(household, service, unit, place, away, way, on) if school else {}
        measured.append(
            ServiceDistance(
                mark=str(at),
                kind=service.kind,
                name=service.name,
                used_by=service.used_by,
                place=place,
                distance=away,
                against=_against(household, statutory, on),
                doubt=doubt,
                way=way,
                statutory=statutory,
            )
        )
    settings = current_settings()
    beside = directory.nearest(settings.services_index, unit, numbers, on, each=NEAREST_SHOWN) if near else []
    found = Surroundings(
        unit=unit,
        services=tuple(measured),
        district=districts().of(unit, council, on),
        nearest=tuple(beside),
        edge=(),
        drawn=drawn,
    )
    if len(found.spots) < 2:
        return found
    return found._replace(edge=tuple(districts().edge(council, box(found.spots), on)))


def in_use(household: Household, on: date) -> list[tuple[Place, str]]:
    """Where each service in use is, and what the directory says against it.

    One chosen from the directory has the entry's own point where that is known better than its postcode's.
    """
    entries = directory.by_refs(
        [s.directory_ref for s in household.services if s.directory_ref], read_folder().numbers, on
    )
    found = []
    for service in household.services:
        place, doubt = locate(service.postcode), ""
        if service.directory_ref:
            entry = entries.get(service.directory_ref)
            if entry is None:
                doubt = "It is no longer in the directory. Ask which one they use now."
            elif entry.doubt:
                gone = entry.status in ("closed", "unconfirmed")
                doubt = f"{entry.doubt} {'Ask which one they use now.' if gone else 'Check that it is still so.'}"
            elif entry.closes:
                doubt = f"{entry.closes} Ask what follows it."
            if entry is not None and entry.relied_on and entry.place.has_point and not _is_finer(place, entry.place):
                place = entry.place
        found.append((place, doubt))
    return found


def _is_finer(place: Place, other: Place) -> bool:
    """Is the first place known at least as well as the other?"""
    return place.has_point and (place.radius_m or 0) <= (other.radius_m or 0)


def _walks(household: Household, unit: Place, places: Sequence[Place], on: date) -> Sequence[Way | None]:
    """The walk to each place on the council's network; None for each where there is none."""
    settings, rough = current_settings(), (*proof.NEVER, *proof.ONLY_TOO_FAR)
    if not settings.walking_network.exists() or unit.precision in rough:
        return [None] * len(places)
    from app.places.travel.walking import WalkingNetwork  # numpy: only where there is a network

    found = WalkingNetwork(settings.walking_network, read_folder().numbers).ways(unit, places, walker_of(household, on))
    return [None if place.precision in rough else way for place, way in zip(places, found, strict=True)]


def _statutory(
    household: Household, service: Service, unit: Place, place: Place, away: Distance, way: Way | None, on: date
) -> dict[str, str]:
    """What the way proves of the statutory walking distance for each child who goes there. An age nobody knows counts as under 8.

    Source: Education Act 1996 s.444(5): 2 miles under 8, 3 miles from 8, by the nearest way that is safe to walk.
    """
    precision = worse(unit, place)
    low, high, measured = away.straight_low_m, away.walk_high_m, False
    if way is not None and way.measured:
        low, high, measured = way.low_m, way.high_m, True
    elif way is not None and way.parted:
        high = None if low is None else NO_END_M
    found = {}
    for child in household.children():
        if child.kind == "child" and (child.key in service.used_by or not service.used_by):
            found[child.key] = proof.within(statutory_metres(child, on), low, high, measured, precision).answer
    return found


def statutory_metres(child: Member, on: date) -> int:
    """The statutory walking distance of a child, in metres."""
    numbers = read_folder().numbers
    young = child.under(8, on, 0) is not False
    return numbers.school_walk_metres_under_8 if young else numbers.school_walk_metres_from_8


def _against(household: Household, statutory: Mapping[str, str], on: date) -> tuple[str, ...]:
    """The statutory walking distance to school, for each child it was held against, in a sentence."""
    called = labels(household)
    said = []
    for child in household.children():
        if (answer := statutory.get(child.key)) is not None:
            task = "" if answer in proof.PROVEN else ". To be settled by the housing officer"
            limit = statutory_metres(child, on) / 1000
            said.append(
                f"{called[child.key]}, statutory walking distance of {limit:.1f} km: {proof.WORDS[answer]}{task}."
            )
    return tuple(said)


def may_draw(kind: str, protected_place: str | None) -> bool:
    """May there be a map of this unit at all?"""
    return kind != "refuge" and protected_place is None
