"""One way to tell that two addresses are of one building, and which of its doors: pure."""

from __future__ import annotations

from typing import NamedTuple

from app.places.postcodes import postcode as postcodes
from app.suitability.casefile.spelling import folded


class Parted(NamedTuple):
    """An address in its parts: the door as typed, empty where there is none; the building as typed, and folded."""

    door: str
    building: str
    folded: str


def parted(address: str) -> Parted:
    """An address parted behind its first comma, as an assessment’s is (P26): the room or flat, and the building it is in."""
    door, apart, rest = (part.strip() for part in address.partition(","))
    return Parted(door, rest, folded(rest)) if apart and folded(rest) else Parted("", address.strip(), folded(address))


def code(typed: str) -> str:
    """A postcode as the register keeps it; what is no postcode stays as it was typed, and none is none."""
    try:
        return postcodes.display(postcodes.normalise(typed)) if typed.strip() else ""
    except postcodes.NotAPostcode:
        return " ".join(typed.upper().split())
