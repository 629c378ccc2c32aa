"""Where the placement is, as the result page shows it: distances, district, ways, the nearest, and the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.assessments.judging import Judged
from app.assessments.models import Assessment
from app.cases.models import Case
from app.decisions import whereabouts
from app.decisions.models import Decision
from app.placements import surroundings
from app.places import service as places
from app.places.map import in_words as map_in_words
from app.places.map import svg
from app.places.postcodes.geocoder import to_wgs84
from app.places.travel.distance import in_words
from app.properties import locating
from app.records import service as records
from app.settings import current_settings
from app.suitability.casefile import wording

from .far import said_of_far, walks_in_words
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
    # Tiles are asked of another machine: only of an address that may be asked about. Degrees are for them alone.
    tiles = settings.tile_url if settings.tile_url and not must_stay(case, assessment) else ""
    said_of_district = places.confirmed_in_words(
        assessment.authority, assessment.authority_how, found.district, judged.file.council or ""
    ) or places.district_in_words(found.district)
    return {
        "around": found,
        "protected_words": wording.PROTECTED_PLACE.get(judged.file.placement.protected_place or "", ""),
        "old_data": places.old_data(found.unit, found.district, judged.file.on),
        "district_words": said_of_district,
        **said_of_far(found, judged, assessment),
        "ways": whereabouts.ways_in_words(judged.file.journeys, names),
        "distance_words": in_words,
        "walk_words": walks_in_words(found, judged),
        "map_svg": svg(found.spots, found.edge),
        "map_words": map_in_words(found.spots, bool(found.edge)) if len(found.spots) > 1 else "",
        "tiles": tiles,
        "tile_spots": _tile_spots(found) if tiles else [],
        **_when_decided(made, said_of_district),
    }


def _when_decided(made: Decision | None, district_now: str) -> dict[str, Any]:
    """What the record says of the district and the distances, beside what today's data says: old and new are both to be seen."""
    if made is None:
        return {"decision": None, "decided_distances": {}, "decided_data": "", "decided_district": ""}
    body = records.contents(made.record_id)
    kept = body["places"]
    district_then = body.get("district_confirmed") or kept.get("district_words", "")
    return {
        "decision": made,
        "decided_distances": {s["mark"]: f"{s['straight']}. {s['walk']}" for s in kept["services"]},
        "decided_data": kept["data_words"],
        "decided_district": "" if district_then == district_now else district_then,
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
