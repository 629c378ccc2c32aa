"""Where the placement is, as the result page shows it: distances, district, ways, the nearest, and the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.assessments.judging import Judged
from app.assessments.models import Assessment
from app.cases.models import Case
from app.decisions import whereabouts
from app.decisions.models import Decision
from app.placements import surroundings
from app.placements.measuring import walker_of
from app.places import service as places
from app.places.map import in_words as map_in_words
from app.places.map import svg
from app.places.postcodes.geocoder import to_wgs84
from app.places.travel.distance import in_words, metres_in_words, walk_in_words
from app.properties import locating
from app.records import service as records
from app.settings import current_settings
from app.suitability.casefile import wording

from .locate import must_stay


def asks_outside() -> bool:
    """Is an address service set up, on another machine?"""
    return bool(current_settings().geocoder_names)


def around(assessment: Assessment, judged: Judged, near: bool = True) -> surroundings.Surroundings:
    """The place and its services by today's data; ``near`` also finds the nearest of each kind."""
    drawn = surroundings.may_draw(assessment.unit.kind, judged.file.placement.protected_place)
    unit = locating.locate_unit(assessment.unit)
    return surroundings.surroundings(
        judged.file.household, unit, judged.file.on, current_settings().council_authority, near, drawn
    )


def where(
    case: Case, assessment: Assessment, judged: Judged, names: Mapping[str, str], made: Decision | None
) -> dict[str, Any]:
    """What the page needs to say and draw it; ``made`` is what was decided, where it was."""
    found = around(assessment, judged)
    settings = current_settings()
    return {
        "around": found,
        "protected_words": wording.PROTECTED_PLACE.get(judged.file.placement.protected_place or "", ""),
        "old_data": places.old_data(found.unit, found.district, judged.file.on),
        "district_words": places.confirmed_in_words(
            assessment.authority, assessment.authority_how, found.district, judged.file.council or ""
        )
        or places.district_in_words(found.district),
        "far": far(found, judged),
        "ways": whereabouts.ways_in_words(judged.file.journeys, names),
        "distance_words": in_words,
        "walk_words": walk_in_words,
        "map_svg": svg(found.spots, found.edge),
        "map_words": map_in_words(found.spots, bool(found.edge)) if len(found.spots) > 1 else "",
        # Tiles are asked of another machine: only of an address that may be asked about.
        "tiles": settings.tile_url if settings.tile_url and not must_stay(case, assessment) else "",
        "tile_spots": _tile_spots(found),
        **_when_decided(made),
    }


class Far(NamedTuple):
    """A service in use that is, or may be, further than the council accepts, before anybody has checked the way."""

    kind: str
    name: str
    used_by: tuple[str, ...]
    straight: str
    on_foot: str
    proven: bool  # even the shortest way is too long
    checked: bool  # somebody has written the way down, or an engine has measured it


# The longest way on foot that the council accepts, by kind; any other service has the limit of those a plan depends on.
_ACCEPTED = {"pharmacy": "pharmacy_minutes_daily", "school": "school_minutes_primary_watch"}


def far(found: surroundings.Surroundings, judged: Judged) -> list[Far]:
    """What is far by a straight line alone, the furthest first. With a pram where a child may be in one."""
    file = judged.file
    numbers = judged.checklist.numbers_on(file.on, file.settings)
    pram = walker_of(file.household, file.on) == "pram"
    checked = {journey.kind for journey in file.journeys}
    rows = []
    for s in found.services:
        away, limit = s.distance, numbers[_ACCEPTED.get(s.kind, "service_minutes")]
        low, high = (away.pram_minutes_low, away.pram_minutes_high) if pram else (away.minutes_low, away.minutes_high)
        if low is None or high is None or high <= limit:
            continue
        row = Far(
            kind=s.kind,
            name=s.name,
            used_by=s.used_by,
            straight=metres_in_words(away),
            on_foot=f"{low} to {high} minutes{' with a pram' if pram else ''}",
            proven=low > limit,
            checked=s.kind in checked,
        )
        rows.append((-low, row))
    return [row for _, row in sorted(rows, key=lambda r: r[0])]


def _when_decided(made: Decision | None) -> dict[str, Any]:
    """What the record says of the distances, beside what today's data says: old and new are both to be seen."""
    if made is None:
        return {"decision": None, "decided_distances": {}, "decided_data": ""}
    kept = records.contents(made.record_id)["places"]
    return {
        "decision": made,
        "decided_distances": {s["mark"]: f"{s['straight']}. {s['walk']}" for s in kept["services"]},
        "decided_data": kept["data_words"],
    }


def _tile_spots(found: surroundings.Surroundings) -> list[dict[str, Any]]:
    """The spots of the map in degrees, for a map on the screen."""
    spots = []
    for spot in found.spots:
        latitude, longitude = to_wgs84(float(spot.easting), float(spot.northing))
        spots.append(
            {
                "mark": spot.mark,
                "label": spot.label,
                "latitude": latitude,
                "longitude": longitude,
                "radius_m": spot.radius_m,
            }
        )
    return spots
