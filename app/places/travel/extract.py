"""An OpenStreetMap extract read as pieces of way: who may walk each, and where a way ends because the extract does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy

from app.places.files import FileProblem
from app.places.postcodes.geocoder import transformer

from . import ways
from .ways import Rules, Walked

# Eastings and northings of the British National Grid, in metres: what lies outside is in another country.
WEST, SOUTH, EAST, NORTH = 0, 0, 700_000, 1_300_000
Project = Callable[[Any, Any], tuple[Any, Any]]


class Pieces(NamedTuple):
    """Pieces of way between points, each once.

    ``e`` and ``n`` are metres of each point; ``a`` and ``b`` the two ends of each piece, by the number of the point; ``pram`` whether
    a pram can be taken along it. ``counts`` says what was left out.
    """

    e: Any
    n: Any
    a: Any
    b: Any
    pram: Any
    counts: dict[str, int]


@dataclass
class _Read:
    """What is gathered while the file is read."""

    rules: Rules
    where: dict[int, tuple[float, float]] = field(default_factory=dict)
    past: dict[int, Walked] = field(default_factory=dict)
    pieces: list[tuple[int, int, bool]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def way(self, way: Any) -> None:
        walked = self.rules.of_way(dict(way.tags))
        if walked == "none":
            return self.count("ways nobody walks, left out")
        if walked == "no_pram":
            self.count("steps no pram gets up")
        missing = False
        before: Any = None
        for node in way.nodes:
            # What the extract does not hold ends the piece: the next point is not joined to the last one before it.
            if not node.location.valid():
                before, missing = None, True
                continue
            if self.past.get(node.ref) == "none":
                before = None
                continue
            if before is not None and before != node.ref:
                stopped = "no_pram" in (self.past.get(before), self.past.get(node.ref))
                self.pieces.append((before, node.ref, walked == "all" and not stopped))
            self.where[node.ref] = (node.location.lon, node.location.lat)
            before = node.ref
        if missing:
            self.count("ways cut where the extract ends")
        return None


def on_the_grid(longitude: Any, latitude: Any) -> tuple[Any, Any]:
    """Degrees as metres of the British National Grid; infinite or far outside where there is no grid."""
    e, n = transformer().transform(longitude, latitude, direction="INVERSE")
    return e, n


def read(path: Path, project: Project = on_the_grid) -> Pieces:
    """Every piece of way that somebody may walk.

    Args:
        project: longitudes and latitudes to metres of a plane.
    Raises:
        FileProblem: it is no extract, or is cut off.
    """
    import osmium

    held = _Read(ways.read())
    try:
        both = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
        for found in both.with_filter(osmium.filter.KeyFilter("highway", "barrier")):
            if isinstance(found, osmium.osm.Way):
                if "highway" in found.tags:
                    held.way(found)
            elif "barrier" in found.tags and (past := held.rules.of_point(dict(found.tags))) != "all":
                held.past[found.id] = past
    except RuntimeError:
        raise FileProblem(f"{path.name} is not an OpenStreetMap extract, or is cut off.") from None
    return _numbered(held, project)


def _numbered(held: _Read, project: Project) -> Pieces:
    if not held.pieces:
        none = numpy.zeros(0, numpy.int64)
        return Pieces(e=numpy.zeros(0), n=numpy.zeros(0), a=none, b=none, pram=numpy.zeros(0, bool), counts=held.counts)
    number = {ref: at for at, ref in enumerate(held.where)}
    degrees = numpy.array(list(held.where.values()))
    e, n = project(degrees[:, 0], degrees[:, 1])
    ends = numpy.fromiter(_ends(held, number), numpy.int64, 2 * len(held.pieces)).reshape(-1, 2)
    pram = numpy.fromiter((piece[2] for piece in held.pieces), bool, len(held.pieces))
    # A piece drawn twice is one, and a pram is taken along it where it may be along either.
    low, high = ends.min(axis=1), ends.max(axis=1)
    _, first, which = numpy.unique(low * len(e) + high, return_index=True, return_inverse=True)
    along = numpy.zeros(len(first), bool)
    numpy.logical_or.at(along, which, pram)
    return Pieces(e=e, n=n, a=low[first], b=high[first], pram=along, counts=held.counts)


def _ends(held: _Read, number: dict[int, int]) -> Iterator[int]:
    for start, end, _ in held.pieces:
        yield number[start]
        yield number[end]


def within_the_grid(pieces: Pieces) -> Pieces:
    """Only what lies in Great Britain, whose grid distances are measured in."""
    e, n = pieces.e, pieces.n
    inside = numpy.isfinite(e) & numpy.isfinite(n) & (e > WEST) & (e < EAST) & (n > SOUTH) & (n < NORTH)
    if inside.all():
        return pieces
    kept = inside[pieces.a] & inside[pieces.b]
    number = numpy.cumsum(inside) - 1
    return pieces._replace(
        e=e[inside], n=n[inside], a=number[pieces.a[kept]], b=number[pieces.b[kept]], pram=pieces.pram[kept]
    )
