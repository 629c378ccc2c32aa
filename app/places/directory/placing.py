"""Where a service is: its own point where it fits its postcode, else its postcode, else nowhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from app.places.files import RowProblem
from app.places.loads import Report
from app.places.postcodes import postcode as text
from app.places.postcodes.gazetteer import Gazetteer
from app.places.postcodes.geocoder import Place, to_grid

from .importers.found import Found

# A point given with a service may lie this far outside its postcode's circle before it is a conflict. Source: places.md 8.3.
CONFLICT_M = 1000
SAME_M = 3
BUILDING_M, SITE_M = 50, 150  # a building; a hospital or campus, whose door may be anywhere on it
_SITES = ("hospital", "emergency_department", "midwifery")
FARTHEST_M = 10_000_000  # from the grid's corner; no figure beyond is metres


class Placed(NamedTuple):
    """Where a service is. Without a point, every distance to it is open."""

    postcode: str
    easting: int | None
    northing: int | None
    radius_m: int | None
    precision: str


class Said(NamedTuple):
    """What a row says of its postcode: as it is kept; or why it is none, in a sentence; or two that differ."""

    kept: str
    wrong: str = ""
    two: bool = False


def postcode_of(service: Found) -> Said:
    """The one postcode of a row, in its own cell or in its address."""
    in_address = text.in_text(service.address)
    written = service.postcode.strip()
    if not in_address and not written:
        return Said("")
    if not in_address:
        try:  # nearly every row: a postcode in its cell and none beside
            return Said(text.normalise(written))
        except text.NotAPostcode:
            pass
    codes = list(dict.fromkeys([*in_address, *text.in_text(service.postcode)]))
    if len(codes) > 1:
        named = " and ".join(text.display(code) for code in codes)
        return Said("", f"there are two different postcodes, {named}. Neither was taken.", True)
    try:
        return Said(text.normalise(written or codes[0]))
    except text.NotAPostcode as wrong:
        return Said("", f"{wrong} It is not known where it is.")


def place(service: Found, said: Said, by_postcode: Place | None, gazetteer: Gazetteer, report: Report) -> Placed:
    """A service on the map.

    Args:
        by_postcode: where its postcode is, in metres; None where it has none.
    """

    def problem(sentence: str) -> None:
        report.problems.append(RowProblem(service.line, f"{service.name[:60]}: {sentence}"))

    if said.wrong:
        problem(said.wrong)
    if said.two:
        return Placed("", None, None, None, "none")
    kept = said.kept
    given = service.point is not None or service.degrees is not None
    own = _own_point(service, by_postcode, gazetteer, problem) if given else None
    if given and own is None and by_postcode is not None and by_postcode.easting is not None:
        return Placed(kept, None, None, None, "none")  # the two differ: neither is chosen
    if own is not None and not _is_the_postcodes(own, by_postcode):
        return Placed(kept, *own, SITE_M if service.kind in _SITES else BUILDING_M, "building")
    if by_postcode is None or by_postcode.easting is None:
        if by_postcode is not None:
            problem(by_postcode.reason)
        elif not given and not kept and not service.postcode.strip():
            problem("it has neither postcode nor point: it is not known where it is.")
        return Placed(kept, None, None, None, "none")
    least = SITE_M if service.kind in _SITES else 0
    return Placed(
        kept,
        by_postcode.easting,
        by_postcode.northing,
        max(least, by_postcode.radius_m or 0),
        by_postcode.precision,
    )


def _is_the_postcodes(own: tuple[int, int], by_postcode: Place | None) -> bool:
    """Is a point only that of its postcode? Then it is known no better than that."""
    if by_postcode is None or by_postcode.easting is None or by_postcode.northing is None:
        return False
    return math.dist(own, (by_postcode.easting, by_postcode.northing)) < SAME_M


def _own_point(
    service: Found, by_postcode: Place | None, gazetteer: Gazetteer, problem: Callable[[str], None]
) -> tuple[int, int] | None:
    """The point a file gives, where it can be right."""
    if service.point is not None:
        easting, northing = service.point
    elif service.degrees is not None:
        latitude, longitude = service.degrees
        if 49 < longitude < 62 and -9.5 < latitude < 2.5:
            problem("latitude and longitude are swapped.")
            return None
        if not (49 < latitude < 62 and -9.5 < longitude < 2.5):
            problem("its latitude and longitude are not in the United Kingdom.")
            return None
        easting, northing = to_grid(latitude, longitude)
    else:
        return None
    if not (math.isfinite(easting) and math.isfinite(northing)):
        problem("its point is not a number.")
        return None
    if max(abs(easting), abs(northing)) > FARTHEST_M:
        problem("its point is in the sea or outside Great Britain.")
        return None
    if by_postcode is not None and by_postcode.easting is not None:
        at = (by_postcode.easting or 0, by_postcode.northing or 0)
        reach = (by_postcode.radius_m or 0) + CONFLICT_M
        if math.dist((easting, northing), at) <= reach:
            return round(easting), round(northing)
        if math.dist((northing, easting), at) <= reach:
            problem("its easting and northing are swapped.")
        else:
            away = math.dist((easting, northing), at) / 1000
            problem(f"its point lies {away:.1f} km from its postcode. Neither was taken: find out which is right.")
        return None
    if not gazetteer.near_any(easting, northing):
        swapped = gazetteer.near_any(northing, easting)
        problem(
            "its easting and northing are swapped." if swapped else "its point is in the sea or outside Great Britain."
        )
        return None
    return round(easting), round(northing)
