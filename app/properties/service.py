"""Units as plain data for the heart, and from a case file: each field is named where it is kept otherwise, and nowhere else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.mapping import Kept, Otherwise, rows
from app.suitability.casefile.household import Certificate, Placement, Room

from .models import Unit, UnitCertificate, UnitRoom


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
UNIT = Kept(
    Placement,
    Unit,
    otherwise={
        "rooms": Otherwise(("rooms", "rooms_listed"), _rooms, _rooms_kept),
        "certificates": rows("certificates", CERTIFICATE),
    },
    elsewhere=dict.fromkeys(_STAY, "of the stay"),
    columns_only={
        "created_at": "when it was proposed",
        **dict.fromkeys(("uprn", "easting", "northing", "radius_m", "precision", "placed_by"), "where the building is"),
    },
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
