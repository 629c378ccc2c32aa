"""Open Referral UK 3.0 (HSDS-UK): a council's own feed, as a file or page by page from a host that is allowed.

Older feeds (version 1, ``regular_schedules``) are refused with a sentence. Source: places.md 1.2; places-measured.md 2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.places import files
from app.places.files import FileProblem, RowProblem
from app.suitability.casefile.spelling import folded

from .found import DAYS, Found, Problems, day_of, is_refuge, number_of

LARGEST = 200_000_000
_BYDAY = {"MO": "mon", "TU": "tue", "WE": "wed", "TH": "thu", "FR": "fri", "SA": "sat", "SU": "sun"}
# Words in a service's name or taxonomy that say which kind it is; the first that fits.
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


def read(path: Path, problems: Problems) -> Iterator[Found]:
    """Services of a file: one page object, or a list of services."""
    inside = files.members(path, LARGEST)
    if len(inside) != 1:
        raise FileProblem(f"{path.name} should hold one JSON file.")
    try:
        tree = json.loads(files.read_bytes(path, inside[0], LARGEST).decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError):
        raise FileProblem(f"{path.name} is not JSON: it cannot be read to its end.") from None
    yield from services(tree, path.name, problems)


def services(tree: Any, name: str, problems: Problems, first: int = 1) -> Iterator[Found]:
    """Services of a page object or a list; a service has a row for each of its places.

    Raises:
        FileProblem: it is not version 3 of the standard.
    """
    listed = tree.get("contents") if isinstance(tree, dict) and "contents" in tree else tree
    if isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list):
        raise FileProblem(f"{name} is not a list of Open Referral services.")
    for number, said in enumerate(listed, first):
        if not isinstance(said, Mapping):
            problems.append(RowProblem(number, "This is not a service."))
            continue
        if "regular_schedules" in said or ("locations" in said and "service_at_locations" not in said):
            raise FileProblem(f"{name} is in an older version of Open Referral UK. Version 3.0 is needed.")
        yield from _places(number, said, problems)


def _places(number: int, said: Mapping[str, Any], problems: Problems) -> Iterator[Found]:
    ref, name = str(said.get("id") or ""), str(said.get("name") or "").strip()
    # What a service calls itself and is classed as; a description speaks of other services too.
    words = " ".join([name, *_attributes(said)])
    if not ref or not name:
        problems.append(RowProblem(number, "A service needs an id and a name."))
        return
    if is_refuge(name, *_attributes(said)):
        problems.append(RowProblem(number, "This is a refuge. Refuges never enter the directory."))
        return
    if is_refuge(str(said.get("description") or "")):
        problems.append(
            RowProblem(
                number,
                f"{name[:60]}: its description speaks of a refuge, so it was left out. If it is a door that anybody may know of, put it on the council’s own list.",
            )
        )
        return
    kind = next((kind for pattern, kind in _KINDS if re.search(pattern, folded(words))), "other")
    places = [at for at in said.get("service_at_locations") or [] if isinstance(at, Mapping)]
    if not places:
        problems.append(RowProblem(number, f"{name[:60]} has no place: it is not known where it is."))
    for at, place in enumerate(places):
        location = place.get("location")
        if not isinstance(location, Mapping):
            problems.append(RowProblem(number, f"{name[:60]} names a place that is not in the feed."))
            continue
        latitude, longitude = (
            _number(location.get("latitude")),
            _number(location.get("longitude")),
        )
        address: Mapping[str, Any] = next((a for a in location.get("addresses") or [] if isinstance(a, Mapping)), {})
        phones = [p.get("number") for p in said.get("phones") or [] if isinstance(p, Mapping)]
        schedules = [*(place.get("schedules") or []), *(said.get("schedules") or [])]
        yield Found(
            line=number,
            ref=f"{ref}/{location.get('id') or at}",
            kind=kind,
            name=name if len(places) == 1 else f"{name}, {location.get('name') or at + 1}",
            address=", ".join(str(address[k]) for k in ("address_1", "address_2", "city") if address.get(k)),
            postcode=str(address.get("postal_code") or ""),
            degrees=(latitude, longitude) if latitude is not None and longitude is not None else None,
            uprn=str(location.get("external_identifier") or "")
            if str(location.get("external_identifier_type")).upper() == "UPRN"
            else "",
            status={
                "active": "open",
                "": "open",
                "inactive": "closed",
                "defunct": "closed",
                "temporarily closed": "closed",
            }.get(str(said.get("status") or "").casefold(), "unconfirmed"),
            ages=_ages(said),
            hours=_hours(schedules),
            telephone=str(phones[0] or "") if phones else "",
            checked_on=day_of(str(said.get("assured_date") or "")[:10], "%Y-%m-%d"),
        )


def _number(said: Any) -> float | None:
    return None if said is None else number_of(str(said))


def _attributes(said: Mapping[str, Any]) -> list[str]:
    found = []
    for attribute in said.get("attributes") or []:
        if isinstance(attribute, Mapping):
            term = attribute.get("taxonomy_term")
            found.append(
                str(term.get("name") or "") if isinstance(term, Mapping) else str(attribute.get("label") or "")
            )
    return found


def _ages(said: Mapping[str, Any]) -> tuple[int | None, int | None] | None:
    low, high = _number(said.get("minimum_age")), _number(said.get("maximum_age"))
    return (
        None
        if low is None and high is None
        else (None if low is None else int(low), None if high is None else int(high))
    )


def _hours(schedules: list[Any]) -> tuple[Mapping[str, str], ...] | None:
    """Weekly schedules as spans a day; None where one is not weekly or cannot be read."""
    found: list[Mapping[str, str]] = []
    for said in schedules:
        if (
            not isinstance(said, Mapping)
            or str(said.get("freq") or "").upper() != "WEEKLY"
            or said.get("interval") not in (None, 1, "1")
        ):
            return None
        days = [_BYDAY.get(code.strip().upper()) for code in str(said.get("byday") or "").split(",")]
        opens, closes = str(said.get("opens_at") or "")[:5], str(said.get("closes_at") or "")[:5]
        if None in days or not re.fullmatch(r"\d\d:\d\d", opens) or not re.fullmatch(r"\d\d:\d\d", closes):
            return None
        found += [{"day": str(day), "opens": opens, "closes": closes} for day in days]
    return tuple(sorted(found, key=lambda span: (DAYS.index(span["day"]), span["opens"]))) if found else None
