"""The walking network: an OpenStreetMap extract as a graph in one file, and the shortest ways in it. Nothing is asked of anybody.

Every way that may be walked becomes edges between the points it goes through, in metres of the British National Grid. A way
that is measured is still good only to the circles of its two ends. Source: places.md 5 and 8.4.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy

from app.places import columns_file, files, loads
from app.places.files import FileProblem
from app.places.loads import Report
from app.places.postcodes.geocoder import Place
from app.suitability.casefile.settings import CouncilSettings

from . import extract, ways
from .extract import Pieces
from .travel import NOT_MEASURED, Walker, Way, minutes

_MAGIC = b"CBCWALK2"
METHOD = "walking_network"
# Metres from a council's district to the nearest of some points (eastings, northings); None where nobody knows where it lies.
FromCouncil = Callable[[Any, Any], float | None]
BUILD_AGAIN = "The walking network on this machine cannot be read, or was made by an earlier version: your administrator can load the extract again."
_STRETCH = 1 << 20  # a tile's number: its row times this, and its column


def load(
    path: Path,
    target: Path,
    day: date,
    dry_run: bool = False,
    approved: bool = False,
    from_council: FromCouncil | None = None,
) -> Report:
    """Build the network from an extract (``.osm.pbf``).

    Args:
        from_council: how far the council's district is from points; an extract far from it is refused.
    Raises:
        FileProblem: it is no extract, or lies in another country or far from the council; nothing was changed.
    """
    files.members(path)
    report = loads.begun("walking", path, f"OpenStreetMap, {path.name}, © OpenStreetMap contributors, ODbL", day)
    whole = extract.read(path)
    pieces = extract.within_the_grid(whole)
    if len(whole.a) and not len(pieces.a):
        raise FileProblem(f"{path.name} lies outside Great Britain: no way in it is of use here.")
    if len(pieces.a) and from_council is not None:
        _refuse_far(path, from_council(pieces.e, pieces.n))
    before = Network(target).edges if _is_current(target) else 0
    loads.weigh(report, len(pieces.a), before, "pieces of way")
    loads.let_through(report, approved)
    report.counts = {"points": len(pieces.e), "pieces of way": len(pieces.a), **pieces.counts}
    if report.state == "active" and not dry_run:
        write(target, pieces, day)
    return report


def _refuse_far(path: Path, metres: float | None) -> None:
    if metres is not None and metres > (limit := ways.read().numbers["far_from_council_metres"]):
        raise FileProblem(
            f"{path.name} lies {metres / 1000:,.0f} km from this council’s district at the nearest: an extract farther than "
            f"{limit / 1000:,.0f} km measures no way of any use here. Load the extract of the council’s own area."
        )


def _is_current(path: Path) -> bool:
    if not path.exists():
        return False
    with open(path, "rb") as stream:
        return stream.read(len(_MAGIC)) == _MAGIC


def write(target: Path, pieces: Pieces, day: date) -> None:
    """Keep pieces of way as a graph, its points in the order of tiles so that the nearest is found among few."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    side = ways.read().numbers["farthest_from_a_way_metres"]
    tiles = _tile(pieces.e, pieces.n, side)
    order = numpy.argsort(tiles, kind="stable")
    number = numpy.empty(len(order), numpy.int64)
    number[order] = numpy.arange(len(order))
    e, n, a, b = pieces.e[order], pieces.n[order], number[pieces.a], number[pieces.b]
    metres = numpy.maximum(numpy.hypot(e[a] - e[b], n[a] - n[b]), 0.1)
    with_pram = numpy.where(pieces.pram, metres, numpy.inf)
    size = (len(e), len(e))

    def graph(lengths: Any) -> Any:
        ends = (numpy.concatenate((a, b)), numpy.concatenate((b, a)))
        return coo_matrix((numpy.concatenate((lengths, lengths)), ends), size).tocsr()

    whole, of_prams = graph(metres), graph(with_pram)
    open_to_prams = coo_matrix((numpy.ones(int(pieces.pram.sum())), (a[pieces.pram], b[pieces.pram])), size)
    columns_file.write(
        target,
        _MAGIC,
        {"data_date": day.isoformat(), "points": len(e), "edges": len(a), "side": side},
        {
            "e": e.astype(numpy.float32),
            "n": n.astype(numpy.float32),
            "tiles": tiles[order],
            "starts": whole.indptr.astype(numpy.int32),
            "ends": whole.indices.astype(numpy.int32),
            # As they are searched, so that no search makes a copy of them all.
            "adult": whole.data.astype(numpy.float64),
            "pram": of_prams.data.astype(numpy.float64),
            "adult_part": connected_components(whole, directed=False)[1].astype(numpy.int32),
            "pram_part": connected_components(open_to_prams, directed=False)[1].astype(numpy.int32),
        },
    )


def _tile(e: Any, n: Any, side: int) -> Any:
    return (numpy.floor(n / side) * _STRETCH + numpy.floor(e / side)).astype(numpy.int64)


class Found(NamedTuple):
    """A way on the network, in metres: the whole of it, and the part of that which is the steps to the nearest way at its two ends.

    ``metres`` is None where there is none; ``why`` then says so.
    """

    metres: float | None
    last_steps: float
    why: str = ""
    parted: bool = False


class Network:
    """The mapped graph. Only the pages of it that a search touches are read."""

    def __init__(self, path: Path) -> None:
        head, self._columns = columns_file.mapped(path, _MAGIC, "a walking network")
        self.data_date: str = head["data_date"]
        self.points: int = head["points"]
        self.edges: int = head["edges"]
        self._side: int = head["side"]

    @property
    def where(self) -> Any:
        """Easting and northing of every point of a way, one row each, in metres."""
        return numpy.column_stack((self._columns["e"], self._columns["n"]))

    def snap(self, easting: float, northing: float) -> tuple[int, float] | None:
        """The nearest point of a way and how far it is, in metres; None where there is none near."""
        c, side = self._columns, self._side
        column, row = math.floor(easting / side), math.floor(northing / side)
        best: tuple[int, float] | None = None
        for around in (row - 1, row, row + 1):
            first = around * _STRETCH + column - 1
            start, end = numpy.searchsorted(c["tiles"], (first, first + 3))
            if start == end:
                continue
            away = numpy.hypot(c["e"][start:end] - easting, c["n"][start:end] - northing)
            at = int(away.argmin())
            if away[at] <= side and (best is None or away[at] < best[1]):
                best = int(start) + at, float(away[at])
        return best

    def graph(self, walker: Walker = "adult") -> Any:
        """The graph as SciPy searches it; lengths in metres, infinite where this walker does not go."""
        from scipy.sparse import csr_matrix

        c = self._columns
        return csr_matrix((c[walker], c["ends"], c["starts"]), (self.points, self.points), copy=False)

    def metres(
        self, origin: tuple[float, float], destinations: Sequence[tuple[float, float]], walker: Walker = "adult"
    ) -> list[float | None]:
        """The shortest way from one place to others, in metres, with the last steps to the way; None where there is none."""
        return [found.metres for found in self.find(origin, destinations, walker)]

    def find(
        self, origin: tuple[float, float], destinations: Sequence[tuple[float, float]], walker: Walker = "adult"
    ) -> list[Found]:
        """The shortest way from one place to others."""
        from scipy.sparse.csgraph import dijkstra

        start = self.snap(*origin)
        if start is None:
            return [Found(None, 0, "The unit is not near any way of the walking network.")] * len(destinations)
        ends = [self.snap(*place) for place in destinations]
        part = self._columns[f"{walker}_part"]
        searched: Any = None
        if any(end is not None and part[end[0]] == part[start[0]] for end in ends):
            searched = dijkstra(self.graph(walker), indices=start[0], limit=_longest())
        return [self._found(start, end, walker, searched) for end in ends]

    def _found(self, start: tuple[int, float], end: tuple[int, float] | None, walker: Walker, searched: Any) -> Found:
        if end is None:
            return Found(None, 0, "It is not near any way of the walking network.")
        c, steps = self._columns, start[1] + end[1]
        if c["adult_part"][start[0]] != c["adult_part"][end[0]]:
            return Found(
                None,
                steps,
                "No way on foot joins the two on the network that is loaded: there may be water between.",
                parted=True,
            )
        if c[f"{walker}_part"][start[0]] != c[f"{walker}_part"][end[0]]:
            return Found(
                None, steps, "The only ways on foot go by steps, or past something no pram gets past.", parted=True
            )
        if not math.isfinite(searched[end[0]]):
            return Found(
                None, steps, f"No way was found on the network that is shorter than {_longest() / 1000:.0f} km."
            )
        return Found(float(searched[end[0]]) + steps, steps)


def _longest() -> int:
    return ways.read().numbers["longest_walk_metres"]


class WalkingNetwork:
    """Ways on foot from the network on this machine."""

    name = METHOD

    def __init__(self, path: Path, numbers: CouncilSettings) -> None:
        self._numbers = numbers
        self._network: Network | None = None
        with contextlib.suppress(OSError, ValueError, KeyError):  # every way then says so
            self._network = Network(path)

    def ways(self, origin: Place, destinations: Sequence[Place], walker: Walker) -> list[Way]:
        """One way for each destination; *not measured*, with its reason, where the network does not reach."""
        network = self._network
        why = BUILD_AGAIN if network is None else (origin.reason or "The unit has no point.")
        if network is None or not origin.has_point or origin.easting is None or origin.northing is None:
            return [NOT_MEASURED._replace(method=METHOD, reason=why)] * len(destinations)
        placed = [p for p in destinations if p.easting is not None and p.northing is not None and p.has_point]
        points = [(p.easting or 0, p.northing or 0) for p in placed]
        found = dict(zip(map(id, placed), network.find((origin.easting, origin.northing), points, walker), strict=True))
        made = []
        for place in destinations:
            way = found.get(id(place))
            if way is None or way.metres is None:
                reason = way.why if way is not None else place.reason or "It has no point."
                parted = way is not None and way.parted
                made.append(NOT_MEASURED._replace(method=METHOD, reason=reason, parted=parted))
            else:
                made.append(self._way(network, way, origin, place, walker))
        return made

    def _way(self, network: Network, found: Found, origin: Place, place: Place, walker: Walker) -> Way:
        """The way as an interval: its ends are good only to their circles, and the last steps to the way are no way themselves."""
        metres, steps = found.metres or 0.0, found.last_steps
        longest = self._numbers.longest_route_percent_of_straight_line / 100
        radius = (origin.radius_m or 0) + (place.radius_m or 0)
        straight = math.hypot(
            (origin.easting or 0) - (place.easting or 0), (origin.northing or 0) - (place.northing or 0)
        )
        low = max(0.0, metres - steps - radius, straight - radius)
        high = metres + (longest - 1) * steps + longest * radius
        quickest, middle, slowest = minutes(low, metres, high, walker, self._numbers)
        return Way(
            minutes_low=quickest,
            minutes_mid=middle,
            minutes_high=slowest,
            low_m=round(low),
            mid_m=round(metres),
            high_m=round(high),
            changes=0,
            method=METHOD,
            data=f"OpenStreetMap, {network.data_date}",
            measured=True,
            reason="",
        )
