"""Where the placement is, as a record keeps it and a page says it: its services, its district, the ways that were checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app import clocks
from app.placements.measuring import NO_END
from app.placements.on_foot import in_words as in_words_on_foot
from app.placements.surroundings import Surroundings
from app.places.postcodes import postcode as text
from app.places.service import district_in_words, old_data
from app.places.travel.distance import in_words
from app.places.travel.travel import Walker
from app.suitability.casefile import wording
from app.suitability.casefile.history import Journey
from app.suitability.casefile.household import Service
from app.suitability.casefile.values import in_sentence

from .told import service_lines

_BY = {"walking_network": "by the walking network", "public_transport": "by public transport"}


def ways_in_words(journeys: Sequence[Journey], names: Mapping[str, str]) -> list[str]:
    """Each way there, once for everyone who makes it together, with how it is known and by whom."""
    together: dict[Journey, list[str]] = {}
    for journey in journeys:
        together.setdefault(journey.model_copy(update={"person": ""}), []).append(names.get(journey.person, "somebody"))
    return [_way(journey, people) for journey, people in together.items()]


def _way(j: Journey, people: Sequence[str]) -> str:
    long = f"at least {j.low} minutes" if j.high >= NO_END else f"{j.low} to {j.high} minutes"
    said = f"{', '.join(people)} to {in_sentence(wording.label(j.kind))}: {long}"
    if j.method != "journey_check":
        return f"{said} {_BY.get(j.method, 'estimated')}{f', {j.data_date}' if j.data_date else ''}."
    parts = [j.tool or "Checked"]
    if j.travelled_for:
        parts.append(f"for {in_sentence(j.travelled_for)}")
    if j.changes is not None:
        parts.append(f"{j.changes} {'change' if j.changes == 1 else 'changes'}")
    if j.fare_pence:
        parts.append(f"£{j.fare_pence // 100}.{j.fare_pence % 100:02d} there and back")
    when = ", ".join(x for x in (j.by, _day(j.data_date)) if x)
    return f"{said}. {', '.join(parts)}{f' ({when})' if when else ''}."


def _day(written: str) -> str:
    try:
        return clocks.in_words(date.fromisoformat(written))
    except ValueError:
        return written


def kept(
    around: Surroundings,
    journeys: Sequence[Journey],
    names: Mapping[str, str],
    on: date,
    services: Sequence[Service],
    walker: Walker = "adult",
) -> dict[str, Any]:
    """What a record keeps of the place, its services and the ways there: in words, and as what they can be made from again.

    Args:
        services: the household's own, in the order in which they were measured.
        walker: at whose pace the family walks.
    """
    unit = around.unit
    if unit.has_point:
        said = f"The unit is placed {_placed_how(unit.method)} {text.display(unit.postcode)}, give or take {unit.radius_m} m. {unit.reason}".strip()
    else:
        said = f"The unit’s place is not known, so every distance is open. {unit.reason}"
    return {
        "unit_words": said,
        "unit": {"postcode": unit.postcode, "authority": unit.authority, "reason": unit.reason, **_point(unit)},
        "old_data": old_data(unit, around.district, on),
        "district": {
            "answer": around.district.answer,
            "code": around.district.code,
            "candidates": [c.code for c in around.district.candidates],
            "line_m": around.district.line_m,
            "edition": around.district.edition,
            "method": around.district.method,
        },
        "services": [
            {
                "mark": s.mark,
                "kind": in_sentence(wording.label(s.kind)),
                "name": s.name,
                "straight": in_words(s.distance),
                "walk": in_words_on_foot(s.distance, s.way, walker),
                "told": service_lines(entered, names),
                "against": [*s.against, *([f"The directory: {s.doubt}"] if s.doubt else [])],
                **_metres(s.distance),
                "place": _point(s.place),
            }
            for s, entered in zip(around.services, services, strict=True)
        ],
        "ways": ways_in_words(journeys, names),
        "district_words": district_in_words(around.district),
        "nearest": [
            {
                "kind": near.entry.kind_name,
                "name": " ".join(
                    filter(None, (near.entry.name, f"({near.entry.closes})" if near.entry.closes else ""))
                ),
                "straight": in_words(near.distance),
                "source": f"{near.entry.source} (data of {clocks.in_words(near.entry.data_date)})",
                "doubt": near.entry.doubt,
                **_metres(near.distance),
            }
            for near in around.nearest
        ],
        "edge": [list(line) for line in around.edge],
        "spots": [spot._asdict() for spot in around.spots],
        "data_words": f"Points: {_dataset(unit)}. Walking is estimated from the straight line, not a route: a railway, canal or main road can make it longer.",
    }


def _dataset(unit: Any) -> str:
    return f"{unit.dataset} (data of {clocks.iso_in_words(unit.data_date)})" if unit.data_date else "no postcode data"


def _point(place: Any) -> dict[str, Any]:
    """A point with its circle, and the data it comes from."""
    return {
        "easting": place.easting,
        "northing": place.northing,
        "radius_m": place.radius_m,
        "precision": place.precision,
        "dataset": place.dataset,
        "data_date": place.data_date,
    }


def _placed_how(method: str) -> str:
    return "by its postcode" if method == "local gazetteer" else f"by {method}, at its postcode"


def _metres(distance: Any) -> dict[str, Any]:
    return {
        "straight_m": distance.straight_m,
        "low_m": distance.straight_low_m,
        "high_m": distance.straight_high_m,
        "method": distance.method,
    }
