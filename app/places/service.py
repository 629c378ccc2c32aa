"""Geography of this application: where a postcode is, which district that is, and how old the data is."""

from __future__ import annotations

from datetime import date

from flask import current_app

from app import clocks
from app.checklists import read_folder
from app.places.districts.districts import District, Districts
from app.places.postcodes.gazetteer import Gazetteer, GazetteerProblem
from app.places.postcodes.geocoder import Place, Postcodes, shares_its_point
from app.settings import current_settings

from . import loads
from .postcodes import postcode as text


def geocoder() -> Postcodes:
    """The local geocoder of this application, made once a process."""
    found: Postcodes | None = current_app.extensions.get("geocoder")
    if found is None:
        settings = current_settings()
        found = Postcodes(Gazetteer(settings.gazetteer))
        current_app.extensions["geocoder"] = found
    return found


def districts() -> Districts:
    """The boundaries of this application, opened once a process."""
    found: Districts | None = current_app.extensions.get("districts")
    if found is None:
        settings = current_settings()
        found = Districts(settings.districts)
        current_app.extensions["districts"] = found
    return found


def locate(postcode: str) -> Place:
    """Where a postcode is; without one, the reason it cannot be told."""
    try:
        return _located(geocoder(), postcode)
    except GazetteerProblem as problem:  # no data is no answer: the distance stays open and the form goes on
        return Place(
            postcode=postcode,
            easting=None,
            northing=None,
            latitude=None,
            longitude=None,
            radius_m=None,
            precision="none",
            authority="",
            live=None,
            dataset="",
            data_date="",
            method="local gazetteer",
            reason=str(problem),
        )


def _located(coder: Postcodes, postcode: str) -> Place:
    if postcode.strip():
        return coder.place(postcode)
    about = coder.gazetteer.about()
    set_, day, why = about.get("dataset", ""), about.get("data_date", ""), "No postcode is entered."
    return Place(
        postcode="",
        easting=None,
        northing=None,
        latitude=None,
        longitude=None,
        radius_m=None,
        precision="none",
        authority="",
        live=None,
        dataset=set_,
        data_date=day,
        method="local gazetteer",
        reason=why,
    )


def not_a_home(postcode: str) -> str:
    """Why a postcode does not tell where somebody lives; empty where it does, or where nobody knows."""
    try:
        entry = geocoder().gazetteer.find(text.normalise(postcode))
    except (GazetteerProblem, text.NotAPostcode):
        return ""
    if entry is None or not entry.non_geographic:
        return ""
    return f"{shares_its_point(postcode)} Find the postcode of the building itself, or leave it empty."


def district_of(place: Place, council: str, on: date | None = None) -> District:
    """Is a place in the council's district on a day, today where none is given; and where it cannot be told, why."""
    return districts().of(place, council, on)


def as_called_on(authority: str | None, council: str, on: date) -> str | None:
    """The code a person confirmed, as it is called on a day: the council's own where its district has become ours."""
    if not authority:
        return None
    known = districts()
    now = known.now_called(authority, on).code
    return council if now == known.now_called(council, on).code else now


def authority_for(place: Place, council: str, on: date | None = None) -> str | None:
    """The authority a unit is in, for the judgement: the council's own, another's, or None where a person has to confirm it.

    Where it is surely outside but near a line between two others, the likelier of them stands for "another".
    """
    found = district_of(place, council, on)
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
        settings = current_settings()
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


def days_of_data() -> dict[str, date]:
    """The day of the data that serves, by data set: what was loaded, and what the service came with."""
    days = loads.loaded_days()
    came = {
        "postcodes": min((day for _, day in postcode_datasets()), default=""),
        "districts": districts().about().get("districts_date", ""),
    }
    return {**days, **{kind: date.fromisoformat(day) for kind, day in came.items() if day}}


def _postcodes_too_old(day: str, on: date) -> str:
    return _too_old("The postcode data", day, read_folder().numbers.gazetteer_stale_days, on)


def _boundaries_too_old(on: date) -> str:
    day = districts().about().get("districts_date", "")
    return _too_old("The data on district boundaries", day, read_folder().numbers.districts_stale_days, on)


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
