"""The walking network: an OpenStreetMap extract as a graph in one file, and the shortest ways in it. Nothing is asked of anybody.

Every way that may be walked becomes edges between the points it goes through, in metres of the British National Grid. A way
that is measured is still good only to the circles of its two ends. Source: places.md 5 and 8.4.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy

from app.places import columns_file, files, loads
from app.places.files import FileProblem
from app.places.loads import Report
from app.places.postcodes.geocoder import Place
from app.suitability.casefile.settings import CouncilSettings

from .travel import NOT_MEASURED, Walker, Way, minutes

_MAGIC = b"CBCWALK1"
# Ways nobody may walk along, and values that say so.
_NEVER = {"motorway", "motorway_link", "construction", "proposed", "raceway", "abandoned", "razed", "bus_guideway"}
_FORBIDDEN = {"no", "private", "use_sidepath"}
FARTHEST_FROM_A_WAY_M = 300
LIMIT_M = 12_000
METHOD = "walking_network"


def load(path: Path, target: Path, day: date, dry_run: bool = False, approved: bool = False) -> Report:
    """Build the network from an extract (``.osm.pbf``).

    Raises:
        FileProblem: it is no extract, or holds nothing to walk on; nothing was changed.
    """
    files.members(path)
    report = loads.begun("walking", path, f"OpenStreetMap, {path.name}, © OpenStreetMap contributors, ODbL", day)
    e, n, a, b = _read(path)
    before = Network(target).edges if target.exists() else 0
    loads.weigh(report, len(a), before, "pieces of way")
    loads.let_through(report, approved)
    report.counts = {"points": len(e), "pieces of way": len(a)}
    if report.state == "active" and not dry_run:
        _write(target, e, n, a, b, day)
    return report


def _read(path: Path) -> tuple[Any, Any, Any, Any]:
    import osmium

    from app.places.postcodes.geocoder import transformer

    ways: list[list[int]] = []
    where: dict[int, tuple[float, float]] = {}
    try:
        for way in osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter("highway")):
            if not isinstance(way, osmium.osm.Way) or not _may_walk(dict(way.tags)):
                continue
            points = [node for node in way.nodes if node.location.valid()]
            where.update((node.ref, (node.location.lon, node.location.lat)) for node in points)
            ways.append([node.ref for node in points])
    except RuntimeError:
        raise FileProblem(f"{path.name} is not an OpenStreetMap extract, or is cut off.") from None
    if not where:
        return numpy.zeros(0), numpy.zeros(0), numpy.zeros(0, int), numpy.zeros(0, int)
    number = {ref: at for at, ref in enumerate(where)}
    degrees = numpy.array(list(where.values()))
    e, n = transformer().transform(degrees[:, 0], degrees[:, 1], direction="INVERSE")
    pairs = [(number[x], number[y]) for way in ways for x, y in itertools.pairwise(way) if x != y]
    edges = numpy.array(pairs or numpy.zeros((0, 2)), numpy.int64).reshape(-1, 2)
    return e, n, edges[:, 0], edges[:, 1]


def _may_walk(tags: Mapping[str, str]) -> bool:
    if tags.get("foot") in ("yes", "designated", "permissive"):
        return tags["highway"] not in ("construction", "proposed", "abandoned", "razed")
    return (
        tags["highway"] not in _NEVER
        and tags.get("foot") not in _FORBIDDEN
        and tags.get("access") not in _FORBIDDEN
        and tags.get("area") != "yes"
    )


def _write(target: Path, e: Any, n: Any, a: Any, b: Any, day: date) -> None:
    from scipy.sparse import coo_matrix

    size = len(e)
    metres = numpy.maximum(numpy.hypot(e[a] - e[b], n[a] - n[b]), 0.1)
    both = coo_matrix(
        (numpy.concatenate((metres, metres)), (numpy.concatenate((a, b)), numpy.concatenate((b, a)))), (size, size)
    )
    both.sum_duplicates()
    graph = both.tocsr()
    graph.data = numpy.minimum(graph.data, numpy.hypot(*_spans(graph, e, n)))
    columns_file.write(
        target,
        _MAGIC,
        {"data_date": day.isoformat(), "points": size, "edges": len(a)},
        {
            "e": e.astype(numpy.float32),
            "n": n.astype(numpy.float32),
            "starts": graph.indptr.astype(numpy.int32),
            "ends": graph.indices.astype(numpy.int32),
            "metres": numpy.maximum(graph.data, 0.1).astype(numpy.float32),
        },
    )


def _spans(graph: Any, e: Any, n: Any) -> tuple[Any, Any]:
    """How far the ends of each piece are apart, east and north: a piece drawn twice is no longer than once."""
    rows = numpy.repeat(numpy.arange(graph.shape[0]), numpy.diff(graph.indptr))
    return e[rows] - e[graph.indices], n[rows] - n[graph.indices]


class Network:
    """The mapped graph. Only the pages of it that a search touches are read."""

    def __init__(self, path: Path) -> None:
        head, self._columns = columns_file.mapped(path, _MAGIC, "a walking network")
        self.data_date: str = head["data_date"]
        self.points: int = head["points"]
        self.edges: int = head["edges"]

    def snap(self, easting: int, northing: int) -> tuple[int, float] | None:
        """The nearest point of a way and how far it is, in metres; None where there is none near."""
        e, n = self._columns["e"], self._columns["n"]
        reach = FARTHEST_FROM_A_WAY_M
        near = numpy.flatnonzero((numpy.abs(e - easting) <= reach) & (numpy.abs(n - northing) <= reach))
        if not len(near):
            return None
        away = numpy.hypot(e[near] - easting, n[near] - northing)
        best = int(away.argmin())
        return (int(near[best]), float(away[best])) if away[best] <= reach else None

    def metres(self, origin: tuple[int, int], destinations: Sequence[tuple[int, int]]) -> list[float | None]:
        """The shortest way from one place to others, in metres, with the last steps to the way; None where there is none."""
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import dijkstra

        start = self.snap(*origin)
        ends = [self.snap(*place) for place in destinations]
        if start is None:
            return [None] * len(destinations)
        c = self._columns
        graph = csr_matrix((c["metres"], c["ends"], c["starts"]), (self.points, self.points), copy=False)
        found = dijkstra(graph, indices=start[0], limit=LIMIT_M)
        return [
            None if end is None or not math.isfinite(found[end[0]]) else float(found[end[0]]) + start[1] + end[1]
            for end in ends
        ]


class WalkingNetwork:
    """Ways on foot from the network on this machine."""

    name = METHOD

    def __init__(self, path: Path, numbers: CouncilSettings) -> None:
        self._network, self._numbers = Network(path), numbers

    def ways(self, origin: Place, destinations: Sequence[Place], walker: Walker) -> list[Way]:
        """One way for each destination; *not measured*, with its reason, where the network does not reach."""
        if not origin.has_point or origin.easting is None or origin.northing is None:
            return [NOT_MEASURED._replace(method=METHOD, reason=origin.reason or "The unit has no point.")] * len(
                destinations
            )
        points = [(p.easting or 0, p.northing or 0) for p in destinations]
        found = self._network.metres((origin.easting, origin.northing), points)
        made = []
        for place, metres in zip(destinations, found, strict=True):
            if not place.has_point:
                made.append(NOT_MEASURED._replace(method=METHOD, reason=place.reason or "It has no point."))
            elif metres is None:
                made.append(
                    NOT_MEASURED._replace(method=METHOD, reason="No way was found on the network that is loaded.")
                )
            else:
                made.append(self._way(metres, (origin.radius_m or 0) + (place.radius_m or 0), walker))
        return made

    def _way(self, metres: float, radius: int, walker: Walker) -> Way:
        longest = self._numbers.longest_route_percent_of_straight_line / 100
        low, high = max(0.0, metres - radius), metres + longest * radius
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
            data=f"OpenStreetMap, {self._network.data_date}",
            measured=True,
            reason="",
        )
