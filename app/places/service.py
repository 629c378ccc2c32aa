"""Where the unit is against the services the family uses now."""

from __future__ import annotations

from typing import NamedTuple

from flask import current_app

from app.checklists import read_folder
from app.settings import Settings
from app.suitability.household import Household, Placement

from .distance import Distance, between
from .districts import Districts
from .gazetteer import Gazetteer, GazetteerProblem
from .geocoder import LocalPostcodes, Place
from .map import Spot


class ServiceDistance(NamedTuple):
    mark: str
    kind: str
    name: str
    used_by: tuple[str, ...]
    place: Place
    distance: Distance


class Surroundings(NamedTuple):
    """The unit's place and its distance to each of the household's own services."""

    unit: Place
    services: tuple[ServiceDistance, ...]

    @property
    def spots(self) -> list[Spot]:
        if not self.unit.has_point:
            return []
        found = [
            Spot("U", "the proposed unit", self.unit.easting or 0, self.unit.northing or 0, self.unit.radius_m or 0)
        ]
        for s in self.services:
            if s.place.has_point:
                found.append(Spot(s.mark, s.name, s.place.easting or 0, s.place.northing or 0, s.place.radius_m or 0))
        return found


def geocoder() -> LocalPostcodes:
    """The local geocoder of this application, made once a process."""
    found: LocalPostcodes | None = current_app.extensions.get("geocoder")
    if found is None:
        settings: Settings = current_app.config["SETTINGS"]
        found = LocalPostcodes(Gazetteer(settings.gazetteer))
        current_app.extensions["geocoder"] = found
    return found


def districts() -> Districts:
    """The boundaries of this application, opened once a process."""
    found: Districts | None = current_app.extensions.get("districts")
    if found is None:
        settings: Settings = current_app.config["SETTINGS"]
        found = Districts(settings.districts)
        current_app.extensions["districts"] = found
    return found


def surroundings(household: Household, placement: Placement) -> Surroundings:
    """Measure from the unit to each service in use. What has no point stays open with its reason; it is never zero."""
    numbers = read_folder().numbers
    unit = locate(placement.postcode)
    measured = []
    for at, service in enumerate(household.services, 1):
        place = locate(service.postcode)
        measured.append(
            ServiceDistance(str(at), service.kind, service.name, service.used_by, place, between(unit, place, numbers))
        )
    return Surroundings(unit, tuple(measured))


def locate(postcode: str) -> Place:
    """Where a postcode is; without one, the reason it cannot be told."""
    coder = geocoder()
    try:
        coder.gazetteer.about()
    except GazetteerProblem as problem:  # no data is no answer: the distance stays open and the form goes on
        return Place(postcode, None, None, None, None, None, "none", "", None, "", "", "local gazetteer", str(problem))
    if not postcode.strip():
        about = coder.gazetteer.about()
        return Place(
            "",
            None,
            None,
            None,
            None,
            None,
            "none",
            "",
            None,
            about["dataset"],
            about["data_date"],
            "local gazetteer",
            "No postcode is entered.",
        )
    return coder.place(postcode)


def authority_of(postcode: str) -> str | None:
    """The authority code of a live postcode with a point; None where it cannot be told."""
    place = locate(postcode)
    return place.authority if place.has_point and place.live is not False and place.authority else None
