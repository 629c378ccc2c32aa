"""The nearest services of each kind: columns in Z-order in one file, mapped and shared by all processes.

In Z-order the points of any square cell, of any size that is a power of two, stand together: so the box around a place is
nine cells of the size that holds just enough points there, in a crowded street as in open country. It grows until it holds
enough of every common kind; kinds so rare that it would have to grow far are scanned whole, which costs less. The order is
settled by the exact geodesic of the few that are left. Nothing is read into a worker's memory but what a query touches.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy
from pyproj import Geod

from app.places import columns_file
from app.places.travel.distance import NEAREST_WITHIN_M

_MAGIC = b"CBCNEAR3"
LIMIT_M = NEAREST_WITHIN_M
_RARE = 250  # of a kind; up to so many are scanned whole at once
_SCAN = 15_000  # of all kinds a first box had too few of; up to so many are scanned whole instead of growing the box
_MORE = 1  # candidates beyond those asked for, so that the geodesic can change the last place
_AIM = 6  # points wanted in the first box for each point asked for
_MOST = 4  # times as many are too many: smaller cells are tried
_SIDE = 1 << 16  # of the whole square, in the smallest cells
_EVERYWHERE = 1 << 40  # metres
_GEOD = Geod(ellps="WGS84")


class Near(NamedTuple):
    """A service, by its place among the rows it was built from, and how far it is in metres."""

    kind: str
    row: int
    distance_m: float


def _spread() -> Any:
    """The bits of each number under 65,536 with a nought between each two: two of these make a place in Z-order."""
    x = numpy.arange(_SIDE, dtype=numpy.uint32)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        x = (x | (x << numpy.uint32(shift))) & numpy.uint32(mask)
    return x


_BITS = _spread()
_ONE = numpy.uint32(1)


def is_index(path: Path) -> bool:
    """Is there an index of this make?"""
    try:
        with open(path, "rb") as stream:
            return stream.read(len(_MAGIC)) == _MAGIC
    except FileNotFoundError:
        return False


def build_columns(path: Path, kinds: Sequence[str], table: Any, about: dict[str, str], ids: Any = None) -> int:
    """Write the columns, swapped in whole. Returns how many.

    Args:
        kinds: their names, by number.
        table: kind, easting, northing (metres on the British National Grid), latitude, longitude: shape (n, 5).
        about: words about the data.
        ids: 16 bytes for each, by which a service is known elsewhere: shape (n, 16).
    """
    count = len(table)
    kind = table[:, 0].astype(numpy.uint8)
    e, n = table[:, 1].astype(numpy.int32), table[:, 2].astype(numpy.int32)
    west, south = (int(e.min()), int(n.min())) if count else (0, 0)
    extent = max(int(e.max()) - west, int(n.max()) - south) + 1 if count else 1
    unit = -(-extent // _SIDE)
    where = _BITS[(e - west) // unit] | (_BITS[(n - south) // unit] << _ONE)
    order = numpy.argsort(where, kind="stable")
    by_kind = numpy.argsort(kind[order], kind="stable").astype(numpy.int32)
    kind_starts = numpy.concatenate(([0], numpy.cumsum(numpy.bincount(kind, minlength=max(len(kinds), 1)))))
    columns = {
        "e": e[order],
        "n": n[order],
        "kind": kind[order],
        "row": order.astype(numpy.int32),
        "latitude": numpy.rint(table[order, 3] * 1e7).astype(numpy.int32),
        "longitude": numpy.rint(table[order, 4] * 1e7).astype(numpy.int32),
        "where": where[order],
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
        "unit": unit,
    }
    columns_file.write(path, _MAGIC, head, columns)
    return count


class _Box(NamedTuple):
    """Nine cells: where the points of each begin and end, how many there are, and how far the box surely reaches, in metres."""

    first: list[int]
    last: list[int]
    points: int
    sure_m: int


class Index:
    """The mapped columns. A file swapped in is taken up by whoever asks ``open_index`` again."""

    def __init__(self, path: Path) -> None:
        head, columns = columns_file.mapped(path, _MAGIC, "an index of services")
        self.about: dict[str, str] = head["about"]
        self.kinds: list[str] = head["kinds"]
        self.count: int = head["count"]
        self._west, self._south, self._unit = head["west"], head["south"], head["unit"]
        self._e, self._n, self._kind, self._row = columns["e"], columns["n"], columns["kind"], columns["row"]
        self._latitude, self._longitude = columns["latitude"], columns["longitude"]
        self._where, self._by_kind, self._ids = columns["where"], columns["by_kind"], columns["ids"]
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
        wanted = _AIM * each * len(self.kinds)
        level = self._level(easting, northing, wanted)
        box = self._box(easting, northing, level)
        while level and box.points > _MOST * wanted:
            smaller = self._box(easting, northing, level - 1)
            if smaller.points < wanted:
                break
            level, box = level - 1, smaller
        while True:
            whole = box.sure_m >= limit_m
            if whole or box.points >= wanted:
                spans = [numpy.arange(a, b) for a, b in zip(box.first, box.last, strict=True) if b > a]
                inside = numpy.concatenate(spans) if spans else numpy.zeros(0, numpy.int64)
                picked, counts = self._picked(inside, easting, northing, each, min(box.sure_m, limit_m))
                lacking = kinds[counts[kinds] < each]
                if whole or not len(lacking):
                    return picked if self._all(kinds) else picked[numpy.isin(self._kind[picked], kinds)]
                ranges = [self._of_kind[k] for k in lacking.tolist()]
                if sum(end - start for start, end in ranges) <= _SCAN:
                    enough = numpy.setdiff1d(kinds, lacking)
                    scanned = numpy.concatenate([self._by_kind[start:end] for start, end in ranges])
                    more, _ = self._picked(scanned, easting, northing, each, limit_m)
                    return numpy.concatenate((picked[numpy.isin(self._kind[picked], enough)], more))
            level += 1
            box = self._box(easting, northing, level)

    def _level(self, easting: int, northing: int, wanted: int) -> int:
        """How large cells have to be here, about: from how far along the Z-order a few of the points beside this one lie."""
        x = min(max((easting - self._west) // self._unit, 0), _SIDE - 1)
        y = min(max((northing - self._south) // self._unit, 0), _SIDE - 1)
        here = int(_BITS[x]) | int(_BITS[y]) << 1
        at, few = int(self._where.searchsorted(numpy.uint32(here))), max(wanted // 4, 1)
        before = here - int(self._where[at - few]) if at >= few else 1 << 32
        behind = int(self._where[at + few]) - here if at + few < self.count else 1 << 32
        cells = min(before, behind) * wanted // few // 9  # of the smallest, in each of nine
        return (cells.bit_length() + 1) // 2

    def _box(self, easting: int, northing: int, level: int) -> _Box:
        """The nine cells of a size around a place."""
        if 1 << level >= _SIDE:
            return _Box([0], [self.count], self.count, _EVERYWHERE)
        side = self._unit << level
        cx, cy = (easting - self._west) // side, (northing - self._south) // side
        end = _SIDE >> level
        xs = _BITS[max(cx - 1, 0) : max(min(cx + 2, end), 0)]
        ys = _BITS[max(cy - 1, 0) : max(min(cy + 2, end), 0)]
        sure = side + min(
            easting - (self._west + cx * side),
            self._west + (cx + 1) * side - easting,
            northing - (self._south + cy * side),
            self._south + (cy + 1) * side - northing,
        )
        cells = (xs[None, :] | (ys[:, None] << _ONE)).ravel() << numpy.uint32(2 * level)
        first = self._where.searchsorted(cells)
        last = self._where.searchsorted(cells | numpy.uint32((1 << (2 * level)) - 1), "right")
        return _Box(first.tolist(), last.tolist(), int((last - first).sum()), sure)

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
