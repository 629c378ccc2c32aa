"""Units as plain data for the heart, and from a case file: each field is named where it is kept otherwise, and nowhere else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.mapping import Kept, Otherwise, rows
from app.suitability.casefile.household import Certificate, FurtherUnit, Placement, Room
from app.suitability.casefile.units import by_door

from .models import Unit, UnitBeside, UnitCertificate, UnitRoom


def _metres(room: UnitRoom) -> Decimal | None:
    return None if room.area_cm2 is None else (Decimal(room.area_cm2) / 10_000).quantize(Decimal("0.01"))


def _centimetres(area_m2: Decimal | None) -> dict[str, Any]:
    return {"area_cm2": None if area_m2 is None else int(area_m2 * 10_000)}


ROOM = Kept(
    Room,
    UnitRoom,
    otherwise={"area_m2": Otherwise(("area_cm2",), _metres, _centimetres)},
    columns_only={"created_at": "their order"},
)
CERTIFICATE = Kept(Certificate, UnitCertificate, columns_only={"created_at": "their order"})
_ROOMS = rows("rooms", ROOM)


def _rooms(unit: Unit) -> tuple[Room, ...] | None:
    found: tuple[Room, ...] = _ROOMS.read(unit)
    return found if found or unit.rooms_listed else None


def _rooms_kept(found: tuple[Room, ...] | None) -> dict[str, Any]:
    return {"rooms": [ROOM.row(room) for room in found or ()], "rooms_listed": found is not None}


# What is of the stay and not of the unit is kept with the assessment: assessments/stay.py says which of it in a column.
_STAY = (
    "starts", "nights", "nightly_cost_pence", "authority", "notice_sent", "other_files_worried", "protected_place",
    "urgency",
)  # fmt: skip
_PARTS = {
    "rooms": Otherwise(("rooms", "rooms_listed"), _rooms, _rooms_kept),
    "certificates": rows("certificates", CERTIFICATE),
}
_COLUMNS_ONLY = {
    "created_at": "when it was proposed",
    **dict.fromkeys(("uprn", "easting", "northing", "radius_m", "precision", "placed_by"), "where the building is"),
}
_OF_THE_DOOR = ("key", "door", "sleeps")
# The facts of a further unit are kept as those of any other; which one it is, and who sleeps there, beside them.
FURTHER = Kept(
    FurtherUnit,
    Unit,
    otherwise=_PARTS,
    elsewhere=dict.fromkeys(_OF_THE_DOOR, "beside its facts"),
    columns_only={
        **_COLUMNS_ONLY,
        **dict.fromkeys(("address", "postcode"), "its door, in the building of the first"),
        "several": "only of the first",
    },
)
DOOR = Kept(
    FurtherUnit,
    UnitBeside,
    fields=_OF_THE_DOOR,
    columns_only={"created_at": "their order"},
)


def further_of(other: UnitBeside) -> FurtherUnit:
    return FURTHER.plain(other.unit, **DOOR.read(other))


def beside_from(unit: FurtherUnit) -> UnitBeside:
    return DOOR.row(unit, unit=FURTHER.row(unit, address=unit.door))


def names_of(unit: Unit) -> dict[str, str]:
    """What each unit of a placement is called, by key: “the unit” where there is one alone."""
    return by_door(unit.address, {other.key: other.door for other in unit.further})


def _further(unit: Unit) -> tuple[FurtherUnit, ...] | None:
    return tuple(further_of(other) for other in unit.further) or None


def _further_kept(found: tuple[FurtherUnit, ...] | None) -> dict[str, Any]:
    return {"beside": [beside_from(unit) for unit in found or ()], "several": bool(found)}


UNIT = Kept(
    Placement,
    Unit,
    otherwise={**_PARTS, "further_units": Otherwise(("beside", "several"), _further, _further_kept)},
    elsewhere=dict.fromkeys(_STAY, "of the stay"),
    columns_only=_COLUMNS_ONLY,
)


def placement_of(unit: Unit, **stay: Any) -> Placement:
    """A unit and the proposed stay, as plain data.

    Args:
        stay: the fields of a placement that the unit does not keep.
    """
    return UNIT.plain(unit, **stay)


def unit_from(placement: Placement) -> Unit:
    """A unit from a case file's placement."""
    return UNIT.row(placement)
