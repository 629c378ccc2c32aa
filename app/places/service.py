"""Where the unit is against the services the family uses now."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from flask import current_app

from app import clocks
from app.checklists import read_folder
from app.settings import Settings
from app.suitability import proof
from app.suitability.called import labels
from app.suitability.household import Household, Service

from . import directory
from . import postcode as text
from .directory import NearBy
from .distance import Distance, between
from .districts import District, Districts
from .gazetteer import Gazetteer, GazetteerProblem
from .geocoder import LocalPostcodes, Place, to_wgs84
from .map import Spot, box

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
            ServiceDistance(str(at), service.kind, service.name, service.used_by, place, away, against, doubt)
        )
    settings: Settings = current_app.config["SETTINGS"]
    beside = directory.nearest(settings.services_index, unit, numbers, on, each=NEAREST_SHOWN) if near else []
    found = Surroundings(unit, tuple(measured), districts().of(unit, council), tuple(beside), (), drawn)
    if len(found.spots) < 2:
        return found
    return found._replace(edge=tuple(districts().edge(council, box(found.spots))))


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
            limit = numbers["school_walk_metres_under_8" if young else "school_walk_metres_from_8"]
            found = proof.within(limit, away.straight_low_m, away.walk_high_m, False, worst)
            task = "" if found.proven else f". To be settled by the {found.owner}"
            said.append(
                f"{called[child.key]}, statutory walking distance of {limit / 1000:.1f} km: {proof.WORDS[found.answer]}{task}."
            )
    return tuple(said)


def may_draw(kind: str, protected_place: str | None) -> bool:
    """May there be a map of this unit at all?"""
    return kind != "refuge" and protected_place is None


def locate(postcode: str) -> Place:
    """Where a postcode is; without one, the reason it cannot be told."""
    try:
        return _located(geocoder(), postcode)
    except GazetteerProblem as problem:  # no data is no answer: the distance stays open and the form goes on
        return Place(postcode, None, None, None, None, None, "none", "", None, "", "", "local gazetteer", str(problem))


def _located(coder: LocalPostcodes, postcode: str) -> Place:
    if postcode.strip():
        return coder.place(postcode)
    about = coder.gazetteer.about()
    set_, day, why = about.get("dataset", ""), about.get("data_date", ""), "No postcode is entered."
    return Place("", None, None, None, None, None, "none", "", None, set_, day, "local gazetteer", why)


def not_a_home(postcode: str) -> str:
    """Why a postcode cannot be where somebody lives; empty where it can, or where nobody knows."""
    try:
        entry = geocoder().gazetteer.find(text.normalise(postcode))
    except (GazetteerProblem, text.NotAPostcode):
        return ""
    if entry is None or not entry.non_geographic:
        return ""
    written = text.display(postcode)
    return f"{written} is a sorting office or PO box, not where anybody lives. Find the postcode of the building itself, or leave it empty."


def locate_unit(unit: Any) -> Place:
    """Where a unit is: its own point where it has one, with what its postcode says of the authority; else its postcode.

    Args:
        unit: as it is stored (properties.models.Unit), which is a layer above.
    """
    place = locate(unit.postcode)
    if unit.easting is None or unit.northing is None:
        return place
    latitude, longitude = to_wgs84(float(unit.easting), float(unit.northing))
    return place._replace(
        easting=unit.easting,
        northing=unit.northing,
        latitude=latitude,
        longitude=longitude,
        radius_m=unit.radius_m,
        precision=unit.precision,
        method=unit.placed_by,
        reason="",
    )


def district_of(place: Place, council: str) -> District:
    """Is a place in the council's district, and where it cannot be told, why."""
    return districts().of(place, council)


def authority_for(place: Place, council: str) -> str | None:
    """The authority a unit is in, for the judgement: the council's own, another's, or None where a person has to confirm it.

    Where it is surely outside but near a line between two others, the likelier of them stands for "another".
    """
    found = district_of(place, council)
    if found.answer == "in":
        return council
    if found.answer == "out":
        others = [c.code for c in found.candidates if c.code != council]
        return found.code or (others[0] if others else None)
    return None


def district_in_words(found: District) -> str:
    """What the page and the record say of the district."""
    name = found.name or (
        f"{found.code} (the list of authorities is not loaded, so its name is not known)" if found.code else ""
    )
    if found.answer == "in":
        settings: Settings = current_app.config["SETTINGS"]
        return f"In the council’s own district, {found.name or f'{settings.council_name} ({found.code})'}."
    if found.answer == "out":
        country = f" ({found.country})" if found.country and found.country != "England" else ""
        county = f", where {found.upper} is the county" if found.upper else ""
        where = f", in {name}{country}{county}" if name else ""
        return f"Outside the district{where}. {found.reason}".strip()
    named = ", ".join(c.name or c.code for c in found.candidates)
    said = "Near the line: to be confirmed." if found.answer == "near" else "It cannot be told: to be confirmed."
    return f"{said}{f' It may be in {named}.' if named else ''} {found.reason}".strip()


def authority_in_words(code: str) -> str:
    """An authority by its name of today and its code."""
    name = districts().now_called(code).name
    return f"{name} ({code})" if name else code


def confirmed_in_words(authority: str | None, how: str, found: District, council: str) -> str:
    """What a person confirmed about the district, and whether the data says otherwise; empty where nobody has."""
    if not authority:
        return ""
    ours = districts().now_called(authority).code == districts().now_called(council).code
    where = "in the council’s own district" if ours else f"outside the district, in {authority_in_words(authority)}"
    said = f"Confirmed {where}. {how.rstrip('.')}."
    if found.answer == ("out" if ours else "in"):
        said += f" The data on this machine says otherwise: {district_in_words(found)}"
    return said


def old_data(unit: Place, district: District, on: date) -> list[str]:
    """A sentence for each data set whose age could change what is said of this unit; empty where it could not.

    A postcode that is listed and has a point has not moved; one that is not listed may be a new development. A district
    that is told away from the line stays what it is; at the line, or where it cannot be told, newer boundaries may tell.
    """
    said = []
    if unit.reason and (old := _postcodes_too_old(unit.data_date, on)):
        said.append(f"{old}: a newer list may know this postcode. Ask your administrator.")
    if (unit.on_edge or district.answer in ("near", "cannot_tell")) and (old := _boundaries_too_old(on)):
        said.append(f"{old}: check what rests on it.")
    return said


def data_to_load(on: date) -> list[str]:
    """What the administrator is told once, on the page of the data: which data is old, what to load instead and how."""
    said = []
    if old := _postcodes_too_old(min((day for _, day in postcode_datasets()), default=""), on):
        said.append(
            f"{old}. Until it is newer, new developments are not found. Load the latest ONS Postcode Directory (ONSPD) or "
            "National Statistics Postcode Lookup (NSPL), a zip from the ONS Open Geography Portal, or Code-Point Open from "
            "Ordnance Survey: flask --app wsgi places load postcodes FILE --dry-run shows what would change; the same "
            "without --dry-run loads it."
        )
    if old := _boundaries_too_old(on):
        said.append(
            f"{old}. Load the latest local authority districts (BFC or BGC, GeoJSON) from the ONS Open Geography "
            "Portal: flask --app wsgi places load districts FILE --dry-run, then without --dry-run."
        )
    return said


def _postcodes_too_old(day: str, on: date) -> str:
    return _too_old("The postcode data", day, read_folder().numbers["gazetteer_stale_days"], on)


def _boundaries_too_old(on: date) -> str:
    day = districts().about().get("districts_date", "")
    return _too_old("The data on district boundaries", day, read_folder().numbers["districts_stale_days"], on)


def _too_old(what: str, day: str, limit: int, on: date) -> str:
    """Its date and age, where it is older than the council's days; empty where it is not, or nothing is loaded."""
    age = (on - date.fromisoformat(day)).days if day else 0
    return f"{what} is of {clocks.iso_in_words(day)}, {age} days old" if age > limit else ""


def postcode_datasets() -> list[tuple[str, str]]:
    """Name and date of each data set the postcodes come from; empty where none is loaded."""
    try:
        return [(d.name, d.data_date) for d in geocoder().gazetteer.datasets()]
    except GazetteerProblem:
        return []


def gazetteer_about() -> dict[str, str]:
    """What is known of the postcode data; empty where none is loaded."""
    try:
        return geocoder().gazetteer.about()
    except GazetteerProblem:
        return {}
