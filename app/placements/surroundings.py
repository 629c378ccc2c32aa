"""Where the unit is against the services the family uses now."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from app.checklists import read_folder
from app.places.directory import directory
from app.places.directory.directory import NearBy
from app.places.districts.districts import District
from app.places.map import Spot, box
from app.places.postcodes.geocoder import Place
from app.places.service import districts, locate
from app.places.travel.distance import Distance, between
from app.settings import current_settings
from app.suitability.casefile import proof
from app.suitability.casefile.called import labels
from app.suitability.casefile.household import Household, Service

NEAREST_SHOWN = 2


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
    for at, (service, (place, doubt)) in enumerate(zip(household.services, in_use(household, on), strict=True), 1):
        away = between(unit, place, numbers)
        against = _against(household, service, unit, place, away, on) if service.kind == "school" else ()
        measured.append(
            ServiceDistance(
                mark=str(at),
                kind=service.kind,
                name=service.name,
                used_by=service.used_by,
                place=place,
                distance=away,
                against=against,
                doubt=doubt,
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
            if entry is not None and entry.relied_on and entry.place.has_point and not _is_finer(place, entry.place):
                place = entry.place
        found.append((place, doubt))
    return found


def _is_finer(place: Place, other: Place) -> bool:
    """Is the first place known at least as well as the other?"""
    return place.has_point and (place.radius_m or 0) <= (other.radius_m or 0)


def _against(
    household: Household, service: Service, unit: Place, place: Place, away: Distance, on: date
) -> tuple[str, ...]:
    """The statutory walking distance to school for each child who goes there. An age nobody knows counts as under 8.

    Source: Education Act 1996 s.444(5): 2 miles under 8, 3 miles from 8, by the nearest way that is safe to walk.
    """
    numbers = read_folder().numbers
    worst = next((p.precision for p in (unit, place) if p.precision in proof.NEVER), "")
    worst = worst or next((p.precision for p in (unit, place) if p.precision in proof.ONLY_TOO_FAR), "postcode")
    said, called = [], labels(household)
    for child in household.children():
        if child.kind == "child" and (child.key in service.used_by or not service.used_by):
            young = child.under(8, on, 0) is not False
            limit = numbers.school_walk_metres_under_8 if young else numbers.school_walk_metres_from_8
            found = proof.within(limit, away.straight_low_m, away.walk_high_m, False, worst)
            task = "" if found.proven else f". To be settled by the {found.owner}"
            said.append(
                f"{called[child.key]}, statutory walking distance of {limit / 1000:.1f} km: {proof.WORDS[found.answer]}{task}."
            )
    return tuple(said)


def may_draw(kind: str, protected_place: str | None) -> bool:
    """May there be a map of this unit at all?"""
    return kind != "refuge" and protected_place is None
