"""Where a postcode is, from the local gazetteer. Nothing here reaches the network, or loads what could."""

from __future__ import annotations

import logging
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from app import clocks

from . import postcode as text
from .columns import LIVE, TERMINATED, Dataset
from .gazetteer import Entry, Gazetteer

if TYPE_CHECKING:
    from pyproj import Transformer

# geopy writes the addresses it asks about into its log: whatever loads it, later than this, finds it silent.
logging.getLogger("geopy").setLevel(logging.CRITICAL)


class Place(NamedTuple):
    """A point with what is known about it. Without a point, ``reason`` says why; the distance stays open."""

    postcode: str
    easting: int | None
    northing: int | None
    latitude: float | None
    longitude: float | None
    radius_m: int | None
    precision: str
    authority: str
    live: bool | None
    dataset: str
    data_date: str
    method: str
    reason: str
    on_edge: bool = False

    @property
    def has_point(self) -> bool:
        return self.easting is not None and self.latitude is not None


class Postcodes:
    """The gazetteer, asked for one postcode. ``LocalPostcodes`` is the same with geopy's interface."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def place(self, postcode: str) -> Place:
        """Everything known about a postcode, as typed, or the reason it cannot be told."""
        try:
            kept = text.normalise(postcode)
        except text.NotAPostcode as problem:
            return _nowhere(postcode, self._all_data(), str(problem))
        entry = self.gazetteer.find(kept)
        return self._unlisted(kept, self._all_data(), True) if entry is None else _listed(kept, entry, True)

    def metres(self, postcodes: Collection[str]) -> dict[str, Place]:
        """The same of many at once, without degrees: who reads a file of a hundred thousand asks for metres alone.

        Args:
            postcodes: in their kept shape (see postcode.normalise).
        """
        listed = self.gazetteer.find_all(postcodes) if postcodes else {}
        return {
            kept: _listed(kept, listed[kept], False)
            if kept in listed
            else self._unlisted(kept, self._all_data(), False)
            for kept in postcodes
        }

    def _all_data(self) -> Dataset:
        """Every data set that is loaded, as one, and as old as the oldest: what a postcode that none of them lists is held against."""
        sets = self.gazetteer.datasets()
        return Dataset("; ".join(d.name for d in sets), min((d.data_date for d in sets), default=""))

    def _unlisted(self, kept: str, newest: Dataset, degrees: bool) -> Place:
        """A postcode nobody lists: the middle of its sector or outcode, wide enough to say so, or nothing."""
        if why := text.elsewhere(kept):
            return _nowhere(kept, newest, why)
        said = f"{text.display(kept)} is in no list of postcodes we hold (data of {clocks.text_in_words(newest.data_date)})."
        middle = self.gazetteer.middle(kept)
        if middle is None:
            return _nowhere(kept, newest, said)
        precision = "sector" if " " in middle.name else "outcode"
        return _somewhere(
            kept,
            (middle.easting, middle.northing, middle.radius_m),
            precision,
            "",
            None,
            newest,
            f"{said} Only the middle of {middle.name} is known: check the address.",
            degrees,
            middle.degrees,
        )


def shares_its_point(postcode: str) -> str:
    """What is known of a postcode whose point on the map twenty or more others have too: not what is there."""
    return (
        f"{text.display(postcode)} has the same point on the map as twenty or more other postcodes, as a sorting office, PO boxes or "
        "large users of post have."
    )


def _listed(kept: str, entry: Entry, degrees: bool) -> Place:
    """Everything known about a postcode that a list has."""
    why = _no_point(entry)
    if why or entry.easting is None or entry.northing is None:
        return _nowhere(kept, entry.dataset, why, entry)
    return _somewhere(
        kept,
        (entry.easting, entry.northing, entry.radius_m),
        _precision(entry),
        entry.authority,
        entry.live == LIVE if entry.live in (LIVE, TERMINATED) else None,
        entry.dataset,
        f"{text.display(kept)} is no longer in use: check the address." if entry.live == TERMINATED else "",
        degrees,
        entry.degrees,
        entry.on_edge,
    )


def _no_point(entry: Entry) -> str:
    """Why a listed postcode has no point that may be used; empty where it has one."""
    if why := text.elsewhere(entry.postcode):
        return why
    if entry.non_geographic:
        return f"{shares_its_point(entry.postcode)} It does not tell where its door is."
    return f"{text.display(entry.postcode)} has no map point in the data we hold." if entry.easting is None else ""


def _somewhere(
    kept: str,
    point: tuple[int, int, int],
    precision: str,
    authority: str,
    live: bool | None,
    dataset: Dataset,
    reason: str,
    degrees: bool,
    known: tuple[float, float] | None,
    on_edge: bool = False,
) -> Place:
    easting, northing, radius_m = point
    latitude, longitude = (known or to_wgs84(easting, northing)) if degrees else (None, None)
    return Place(
        postcode=kept, easting=easting, northing=northing, latitude=latitude, longitude=longitude, radius_m=radius_m, precision=precision, authority=authority, live=live,
        dataset=dataset.name, data_date=dataset.data_date, method="local gazetteer", reason=reason, on_edge=on_edge,
    )  # fmt: skip


def _nowhere(postcode: str, dataset: Dataset, reason: str, entry: Entry | None = None) -> Place:
    live = entry.live == LIVE if entry is not None and entry.live in (LIVE, TERMINATED) else None
    return Place(
        postcode=postcode, easting=None, northing=None, latitude=None, longitude=None, radius_m=None, precision="none", authority=entry.authority if entry else "", live=live,
        dataset=dataset.name, data_date=dataset.data_date, method="local gazetteer", reason=reason,
    )  # fmt: skip


def _precision(entry: Entry) -> str:
    if entry.quality == 60:
        return "sector"
    if entry.live == TERMINATED or entry.quality in (40, 50):
        return "postcode_weak"
    return "postcode"


@lru_cache(maxsize=1)
def transformer() -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs(27700, 4326, always_xy=True)


def to_wgs84(easting: Any, northing: Any) -> tuple[Any, Any]:
    """British National Grid metres to latitude and longitude, to six decimals; within about 2 m here, 5 m nationally.

    Numbers, or arrays of them.
    """
    longitude, latitude = transformer().transform(easting, northing)
    if isinstance(latitude, float):
        return round(latitude, 6), round(longitude, 6)
    return latitude.round(6), longitude.round(6)


def to_grid(latitude: float, longitude: float) -> tuple[float, float]:
    """Latitude and longitude to British National Grid metres; infinite where there is no grid."""
    easting, northing = transformer().transform(longitude, latitude, direction="INVERSE")
    return easting, northing
