"""Open Referral UK 3.0 (HSDS-UK): services as the feed gives each of them whole, with their places beside them by id.

``feed.py`` fetches one and writes this file; a council may also hand it over as a file. Older feeds (version 1,
``regular_schedules``) are refused with a sentence. Source: places.md 1.2; OpenReferralUK/uk-profile, schema/openapi.json and
examples/service_full.json, service_at_location_full.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from app.places import files
from app.places.directory import schedules
from app.places.directory.vocabulary import meaning
from app.places.files import FileProblem, RowProblem
from app.suitability.casefile.spelling import folded

from .found import Found, Problems, day_of, is_refuge, number_of

LARGEST = 200_000_000
# Words in a service's name that say which kind it is; the first that fits.
_KINDS = (
    (r"family hub|childrens? centre|start for life", "family_hub"),
    (r"health visit", "health_visiting"),
    (r"midwi|maternity|antenatal", "midwifery"),
    (r"drug|alcohol|substance|recovery service|needle exchange", "drug_alcohol"),
    (r"domestic (abuse|violence)|idva", "domestic_abuse"),
    (r"probation", "probation"),
    (r"police", "police"),
    (r"pharmac|chemist", "pharmacy"),
    (r"nursery|pre ?school|childcare", "nursery"),
    (r"mental health|camhs", "mental_health"),
)
_VIRTUAL = ("virtual", "online")


class _Beside(NamedTuple):
    """What stands in the file beside the services, by id."""

    at_locations: Mapping[str, Mapping[str, Any]]
    locations: Mapping[str, Mapping[str, Any]]


def read(path: Path, problems: Problems) -> Iterator[Found]:
    """Services of a file: one page object, or a list of services."""
    inside = files.members(path, LARGEST)
    if len(inside) != 1:
        raise FileProblem(f"{path.name} should hold one JSON file.")
    try:
        tree = json.loads(files.read_bytes(path, inside[0], LARGEST).decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise FileProblem(f"{path.name} is not JSON: it cannot be read to its end.") from None
    yield from services(tree, path.name, problems)


def services(tree: Any, name: str, problems: Problems, first: int = 1) -> Iterator[Found]:
    """Services of a page object or a list; a service has a row for each of its places.

    What is in none of the vocabularies is counted.

    Raises:
        FileProblem: it is not version 3 of the standard.
    """
    listed = tree.get("contents") if isinstance(tree, Mapping) and "contents" in tree else tree
    if isinstance(listed, Mapping):
        listed = [listed]
    if not isinstance(listed, list):
        raise FileProblem(f"{name} is not a list of Open Referral services.")
    beside = _Beside(*(_by_id(tree, what) for what in ("service_at_locations", "locations")))
    for said in texts(tree.get("notes")) if isinstance(tree, Mapping) and "contents" in tree else ():
        problems.append(RowProblem(0, said))
    for number, said in enumerate(listed, first):
        if not isinstance(said, Mapping):
            problems.append(RowProblem(number, "This is not a service."))
            continue
        if "regular_schedules" in said or ("locations" in said and "service_at_locations" not in said):
            raise FileProblem(f"{name} is in an older version of Open Referral UK. Version 3.0 is needed.")
        yield from _places(number, said, beside, problems)


def _by_id(tree: Any, what: str) -> dict[str, Mapping[str, Any]]:
    listed = tree.get(what) if isinstance(tree, Mapping) and "contents" in tree else None
    return {text(said.get("id")): said for said in mappings(listed) if text(said.get("id"))}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; none where it is something else."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    return [text(item) for item in value if isinstance(item, str)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """Text or a number as text, as both engines can store it; empty where it is anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    if isinstance(value, int) and abs(value) >= 10**18:
        return ""
    return " ".join(str(value).encode("utf-8", "replace").decode("utf-8").replace("\0", " ").split())


def _places(number: int, said: Mapping[str, Any], beside: _Beside, problems: Problems) -> Iterator[Found]:
    ref, name = text(said.get("id")), text(said.get("name"))
    terms = _terms(said)
    if not ref or not name:
        problems.append(RowProblem(number, "A service needs an id and a name."))
        return
    if is_refuge(name, *terms):
        problems.append(RowProblem(number, "This is a refuge. Refuges never enter the directory."))
        return
    if is_refuge(text(said.get("description"))):
        problems.append(
            RowProblem(
                number,
                f"{name[:60]}: its description speaks of a refuge, so it was left out. If it is a door that anybody may know of, put it on the council’s own list.",
            )
        )
        return
    # What a service calls itself, then what it is classed as; a description speaks of other services too.
    classed = [meaning("open_referral.terms", term, problems) for term in dict.fromkeys(terms)]
    by_name = next((kind for pattern, kind in _KINDS if re.search(pattern, folded(name))), "")
    kind = by_name or next((kind for kind in classed if kind and kind != "other"), "other")
    status = meaning("open_referral.status", text(said.get("status")) or "(none)", problems) or "unconfirmed"
    everywhere = _schedules(said, "service", problems)
    places = mappings(said.get("service_at_locations"))
    if not places:
        problems.append(RowProblem(number, f"{name[:60]} has no place: it is not known where it is."))
    for at, named in enumerate(places):
        place, location = _resolved(named, beside)
        if location is None:
            problems.append(RowProblem(number, f"{name[:60]} names a place that is not in the feed."))
            continue
        where = text(location.get("name"))
        if is_refuge(where, text(place.get("description")), text(location.get("description"))):
            problems.append(RowProblem(number, "This is at a refuge. Refuges never enter the directory."))
            continue
        if text(location.get("location_type")).casefold() in _VIRTUAL:
            problems.append(RowProblem(number, f"{name[:60]} is online there: that is no place to go to."))
            continue
        latitude, longitude = _number(location.get("latitude")), _number(location.get("longitude"))
        address = _address(location)
        yield Found(
            line=number,
            ref=f"{ref}/{text(location.get('id')) or at}",
            kind=kind,
            name=name if len(places) == 1 else f"{name}, {where or at + 1}",
            address=", ".join(filter(None, (text(address.get(k)) for k in ("address_1", "address_2", "city")))),
            postcode=text(address.get("postal_code")),
            degrees=(latitude, longitude) if latitude is not None and longitude is not None else None,
            uprn=text(location.get("external_identifier"))
            if text(location.get("external_identifier_type")).upper() == "UPRN"
            else "",
            status=status,
            ages=_ages(said),
            schedules=(
                *_schedules(place, "place", problems),
                *everywhere,
                *_schedules(location, "building", problems),
            ),
            telephone=_telephone(place, location, said),
            checked_on=day_of(text(said.get("assured_date"))[:10], "%Y-%m-%d"),
        )


def _resolved(named: Mapping[str, Any], beside: _Beside) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """A service at a place and its location, whichever of the two is told by its id alone."""
    told = {name: value for name, value in named.items() if value is not None}
    place = {**beside.at_locations.get(text(named.get("id")), {}), **told}
    location = place.get("location")
    if isinstance(location, Mapping) and set(location) - {"id"}:
        return place, location
    by_id = text(location.get("id")) if isinstance(location, Mapping) else text(place.get("location_id"))
    return place, beside.locations.get(by_id)


def _address(location: Mapping[str, Any]) -> Mapping[str, Any]:
    """The address where one goes: the physical one, else one of no type, else the postal one, which the profile's own example has."""
    order = ("physical", "", "postal")
    listed = mappings(location.get("addresses"))
    for wanted in order:
        for address in listed:
            if text(address.get("address_type")).casefold() == wanted:
                return address
    return {}


def _telephone(*told: Mapping[str, Any]) -> str:
    """The number of this place, else of the building, else of the service; of a contact where none has one."""
    phones = [phone for said in told for phone in mappings(said.get("phones"))]
    phones += [
        phone
        for said in told
        for contact in mappings(said.get("contacts"))
        for phone in mappings(contact.get("phones"))
    ]
    spoken = (phone for phone in phones if text(phone.get("type")).casefold() not in ("fax", "pager", "textphone"))
    return next(filter(None, (text(phone.get("number")) for phone in spoken)), "")


def _schedules(said: Mapping[str, Any], of: schedules.Level, problems: Problems) -> list[Mapping[str, str]]:
    listed = said.get("schedules")
    found = [schedules.kept(one, of) for one in listed] if isinstance(listed, list) else []
    if listed is not None and not isinstance(listed, list):
        found = [schedules.kept(None, of)]
    alert = text(said.get("alert"))
    for one in found:
        meaning("open_referral.freq", one.get("freq", ""), problems)
        if schedules.attendance(one.get("attending_type", "")) == "not known":
            problems.unknown("open_referral.attending", one["attending_type"])
    return [*found, *([schedules.kept({"description": alert}, "alert")] if alert else [])]


def _number(said: Any) -> float | None:
    return number_of(text(said))


def _terms(said: Mapping[str, Any]) -> list[str]:
    """What a service is classed as: the names of its taxonomy terms."""
    found = []
    for attribute in mappings(said.get("attributes")):
        term = attribute.get("taxonomy_term")
        found.append(text(term.get("name")) if isinstance(term, Mapping) else text(attribute.get("label")))
    return found


def _ages(said: Mapping[str, Any]) -> tuple[int | None, int | None] | None:
    low, high = _age(said.get("minimum_age")), _age(said.get("maximum_age"))
    return None if low is None and high is None else (low, high)


def _age(said: Any) -> int | None:
    years = _number(said)
    return int(years) if years is not None and 0 <= years <= 150 else None
