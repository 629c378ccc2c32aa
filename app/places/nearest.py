"""The nearest services of each kind: columns sorted by cell in one file, mapped and shared by all processes.

Two passes. A box around the place grows until it holds enough of every common kind; kinds so rare that a box would have to
grow far are scanned whole, which costs less. The order is settled by the exact geodesic of the few that are left.
Nothing is read into a worker's memory but what a query touches.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy
from pyproj import Geod

from . import columns_file

_MAGIC = b"CBCNEAR2"
LIMIT_M = 15_000
_RARE = 250  # of a kind; up to so many are scanned whole at once
_SCAN = 15_000  # of all kinds a first box had too few of; up to so many are scanned whole instead of growing the box
_MORE = 1  # candidates beyond those asked for, so that the geodesic can change the last place
_AIM = 6  # points wanted in the first box for each point asked for
_GEOD = Geod(ellps="WGS84")


class Near(NamedTuple):
    """A service, by its place among the rows it was built from, and how far it is in metres."""

    kind: str
    row: int
    distance_m: float


class Point(NamedTuple):
    """One service to be found: metres on the British National Grid, degrees, and the number by which it is known."""

    kind: str
    easting: int
    northing: int
    latitude: float
    longitude: float


def build(path: Path, points: Iterable[Point], about: dict[str, str]) -> int:
    """Write the columns, swapped in whole. Returns how many."""
    kinds: dict[str, int] = {}
    listed = [(kinds.setdefault(p.kind, len(kinds)), p.easting, p.northing, p.latitude, p.longitude) for p in points]
    return build_columns(path, list(kinds), numpy.array(listed, numpy.float64).reshape(-1, 5), about)


def build_columns(path: Path, kinds: Sequence[str], table: Any, about: dict[str, str], ids: Any = None) -> int:
    """The same from an array of kind, easting, northing, latitude and longitude: shape (n, 5).

    Args:
        ids: 16 bytes for each, by which a service is known elsewhere: shape (n, 16).
    """
    count = len(table)
    kind = table[:, 0].astype(numpy.uint8)
    e, n = table[:, 1].astype(numpy.int32), table[:, 2].astype(numpy.int32)
    west, south = (int(e.min()), int(n.min())) if count else (0, 0)
    wide, high = (int(e.max()) - west + 1, int(n.max()) - south + 1) if count else (1, 1)
    cell = max(250, math.isqrt(wide * high // max(count, 1)) + 1)
    across, up = wide // cell + 1, high // cell + 1
    where = (n - south) // cell * across + (e - west) // cell
    order = numpy.argsort(where, kind="stable")
    starts = numpy.zeros(across * up + 1, numpy.int32)
    numpy.cumsum(numpy.bincount(where, minlength=across * up), out=starts[1:])
    by_kind = numpy.argsort(kind[order], kind="stable").astype(numpy.int32)
    kind_starts = numpy.concatenate(([0], numpy.cumsum(numpy.bincount(kind, minlength=max(len(kinds), 1)))))
    columns = {
        "e": e[order],
        "n": n[order],
        "kind": kind[order],
        "row": order.astype(numpy.int32),
        "latitude": numpy.rint(table[order, 3] * 1e7).astype(numpy.int32),
        "longitude": numpy.rint(table[order, 4] * 1e7).astype(numpy.int32),
        "starts": starts,
        "by_kind": by_kind,
        "kind_starts": kind_starts.astype(numpy.int32),
        "ids": numpy.zeros(0, numpy.uint8) if ids is None else ids.reshape(-1),
    }
    head = {
        "about": about,
        "kinds": list(kinds),
        "count": count,
        "west": west,
        "south": south,
        "cell": cell,
        "across": across,
        "up": up,
    }
    columns_file.write(path, _MAGIC, head, columns)
    return count


class Index:
    """The mapped columns. A file swapped in is taken up by whoever asks ``open_index`` again."""

    def __init__(self, path: Path) -> None:
        head, columns = columns_file.mapped(path, _MAGIC, "an index of services")
        self.about: dict[str, str] = head["about"]
        self.kinds: list[str] = head["kinds"]
        self.count: int = head["count"]
        self._west, self._south, self._cell = head["west"], head["south"], head["cell"]
        self._across, self._up = head["across"], head["up"]
        self._e, self._n, self._kind, self._row = columns["e"], columns["n"], columns["kind"], columns["row"]
        self._latitude, self._longitude = columns["latitude"], columns["longitude"]
        self._starts, self._by_kind, self._ids = columns["starts"], columns["by_kind"], columns["ids"]
        kind_starts = columns["kind_starts"].tolist()
        self._of_kind = [(kind_starts[at], kind_starts[at + 1]) for at in range(len(self.kinds))]
        self._common = numpy.array(
            [at for at, (start, end) in enumerate(self._of_kind) if end - start > _RARE], numpy.int64
        )
        rare = [self._by_kind[start:end] for start, end in self._of_kind if end - start <= _RARE]
        self._rare = numpy.sort(numpy.concatenate(rare)) if rare else numpy.zeros(0, numpy.int32)

    def id_of(self, row: int) -> str:
        """The id of a row, 32 hexadecimal figures."""
        return bytes(self._ids[16 * row : 16 * row + 16]).hex()

    def nearest(
        self,
        easting: int,
        northing: int,
        latitude: float,
        longitude: float,
        each: int = 3,
        kinds: Sequence[str] = (),
        limit_m: int = LIMIT_M,
    ) -> list[Near]:
        """The nearest of each kind within a limit, each kind in order of its exact distance.

        Args:
            each: how many of each kind.
            kinds: only these; all where none is named.
        """
        if not self.count:
            return []
        wanted = [self.kinds.index(k) for k in kinds if k in self.kinds] if kinds else list(range(len(self.kinds)))
        common = (
            self._common
            if not kinds
            else numpy.array([k for k in wanted if k in set(self._common.tolist())], numpy.int64)
        )
        found = []
        if len(common):
            found.append(self._boxed(easting, northing, each + _MORE, common, limit_m))
        rare = self._rare
        if kinds:
            mine = [self._by_kind[slice(*self._of_kind[k])] for k in wanted if k not in set(common.tolist())]
            rare = numpy.concatenate(mine) if mine else rare[:0]
        if len(rare):
            found.append(self._picked(rare, easting, northing, each + _MORE, limit_m)[0])
        survivors = numpy.concatenate(found) if found else numpy.zeros(0, numpy.int64)
        if not len(survivors):
            return []
        size = len(survivors)
        _, _, away = _GEOD.inv(
            numpy.full(size, longitude),
            numpy.full(size, latitude),
            self._longitude[survivors] / 1e7,
            self._latitude[survivors] / 1e7,
        )
        kind, row = self._kind[survivors], self._row[survivors]
        made: list[Near] = []
        taken: dict[int, int] = {}
        for at in numpy.lexsort((row, away, kind)).tolist():
            number = int(kind[at])
            if away[at] <= limit_m and taken.get(number, 0) < each:
                taken[number] = taken.get(number, 0) + 1
                made.append(Near(self.kinds[number], int(row[at]), float(away[at])))
        return made

    def _boxed(self, easting: int, northing: int, each: int, kinds: Any, limit_m: int) -> Any:
        """Positions of the nearest of common kinds, from a box that grows until it surely holds them."""
        cell, cx, cy = self._cell, (easting - self._west) // self._cell, (northing - self._south) // self._cell
        reach, most = 0, limit_m // cell + 1
        while True:
            low_x, high_x = max(cx - reach, 0), min(cx + reach, self._across - 1)
            low_y, high_y = max(cy - reach, 0), min(cy + reach, self._up - 1)
            if low_x <= high_x and low_y <= high_y:
                rows = numpy.arange(low_y, high_y + 1) * self._across
                first, last = self._starts[rows + low_x], self._starts[rows + high_x + 1]
                if reach >= most or int((last - first).sum()) >= _AIM * each * len(self.kinds):
                    spans = [numpy.arange(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True) if b > a]
                    inside = numpy.concatenate(spans) if spans else numpy.zeros(0, numpy.int64)
                    # Within this distance nothing lies outside the box.
                    sure = min(
                        easting - (self._west + (cx - reach) * cell),
                        self._west + (cx + reach + 1) * cell - easting,
                        northing - (self._south + (cy - reach) * cell),
                        self._south + (cy + reach + 1) * cell - northing,
                    )
                    picked, counts = self._picked(inside, easting, northing, each, min(sure, limit_m))
                    lacking = kinds[counts[kinds] < each]
                    if reach >= most or not len(lacking):
                        return picked if self._all(kinds) else picked[numpy.isin(self._kind[picked], kinds)]
                    spans = [self._of_kind[k] for k in lacking.tolist()]
                    if sum(end - start for start, end in spans) <= _SCAN:
                        enough = numpy.setdiff1d(kinds, lacking)
                        whole = numpy.concatenate([self._by_kind[start:end] for start, end in spans])
                        more, _ = self._picked(whole, easting, northing, each, limit_m)
                        return numpy.concatenate((picked[numpy.isin(self._kind[picked], enough)], more))
            elif reach >= most:
                return numpy.zeros(0, numpy.int64)
            reach = min(max(reach + 1, reach * 3 // 2), most)

    def _all(self, kinds: Any) -> bool:
        return len(kinds) == len(self.kinds)

    def _picked(self, inside: Any, easting: int, northing: int, each: int, limit_m: int) -> tuple[Any, Any]:
        """Of these positions the nearest of each kind, by the grid, and how many of each kind there are within the limit."""
        across = (self._e[inside] - easting).astype(numpy.int64)
        up = (self._n[inside] - northing).astype(numpy.int64)
        squared = across * across + up * up
        within = squared <= limit_m * limit_m
        inside, squared = inside[within], squared[within]
        key = (self._kind[inside].astype(numpy.int64) << 44) | squared
        order = numpy.argsort(key)
        bounds = numpy.searchsorted(key[order], numpy.arange(len(self.kinds) + 1) << 44)
        places = bounds[:-1, None] + numpy.arange(each)
        return inside[order[places[places < bounds[1:, None]]]], numpy.diff(bounds)
