"""Where a unit is, as a place that distances and districts are told of."""

from __future__ import annotations

from app.places.postcodes.geocoder import Place, to_wgs84
from app.places.service import locate

from .models import Unit


def locate_unit(unit: Unit) -> Place:
    """Where a unit is: its own point where it has one, with what its postcode says of the authority; else its postcode."""
    place = locate(unit.postcode)
    if unit.easting is None or unit.northing is None:
        return place
    latitude, longitude = to_wgs84(float(unit.easting), float(unit.northing))
    return place._replace(
        easting=unit.easting,
        northing=unit.northing,
        latitude=latitude,
        longitude=longitude,
        radius_m=unit.radius_m,
        precision=unit.precision,
        method=unit.placed_by,
        reason="",
    )
