"""Measures places: the gazetteer built and asked, and the nearest services beside a plain SQL scan and one cKDTree a kind."""

from __future__ import annotations

import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy
from scipy.spatial import cKDTree

from app.places.directory import nearest
from app.places.postcodes.gazetteer import Gazetteer, packed_key
from app.places.postcodes.geocoder import Postcodes, to_wgs84
from app.places.postcodes.postcode import as_number
from app.places.travel import walking, ways
from app.places.travel.extract import Pieces

ROOT = Path(__file__).resolve().parent.parent
Say = Callable[..., None]
Median = Callable[..., float]
KINDS, EACH, QUERIES = 12, 3, 300
BUILD = (
    "import json, resource, sys, time; from pathlib import Path; from app.places.postcodes import build as gazetteer_build;"
    "t = time.perf_counter(); rows = gazetteer_build.build(Path(sys.argv[1]));"
    "print(json.dumps([time.perf_counter() - t, rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))"
)


def part(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def times(work: Callable[[Any], object], inputs: list[Any]) -> list[float]:
    """Microseconds of each call."""
    taken = []
    for given in inputs:
        started = time.perf_counter_ns()
        work(given)
        taken.append((time.perf_counter_ns() - started) / 1000)
    return taken


def postcodes(say: Say, folder: Path) -> None:
    target = folder / "gazetteer.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(target)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    seconds, rows, peak = json.loads(done.stdout)
    size = target.stat().st_size
    say("gazetteer: every UK postcode loaded", f"{seconds:.1f} s, peak {peak / 1024:.0f} MB", f"{rows:,} postcodes", name="gazetteer_build", figure=seconds, unit="s")  # fmt: skip
    say("gazetteer: size", f"{size / 1e6:.1f} MB", f"{size / rows:.1f} bytes a postcode", name="gazetteer_size", figure=size / 1e6, unit="MB")  # fmt: skip
    found = Gazetteer(target)
    coder = Postcodes(found)
    connection = sqlite3.connect(f"file:{target}?mode=ro&immutable=1", uri=True)
    whole = dict(connection.execute("SELECT key, point FROM postcode"))
    written = ["B147ET", "SW1A1AA", "M11AE", "LS11UR", "B33DQ"] * 2000
    held = numpy.random.default_rng(2).permutation(numpy.array(list(whole)))[:10_000].tolist()
    base = times(lambda k: whole[k], held)
    raw = times(lambda k: connection.execute("SELECT point, packed FROM postcode WHERE key = ?", (k,)).fetchone(), held)
    entry = times(found.find, written)
    place = times(coder.place, written[:4000])
    say(
        "lookup: raw row by key, p50 / p99",
        f"{part(raw, 0.5):.1f} / {part(raw, 0.99):.1f} us",
        f"{part(raw, 0.5) / max(part(base, 0.5), 0.05):.0f} x a dict ({part(base, 0.5):.2f} us)",
        name="lookup_raw_row_p50", figure=part(raw, 0.5), unit="us", baseline=max(part(base, 0.5), 0.05),
    )  # fmt: skip
    say(
        "lookup: postcode as it is kept, p50 / p99",
        f"{part(entry, 0.5):.1f} / {part(entry, 0.99):.1f} us",
        f"{part(entry, 0.5) / part(raw, 0.5):.1f} x the raw row",
        name="lookup_postcode_p50", figure=part(entry, 0.5), unit="us", baseline=part(raw, 0.5),
    )  # fmt: skip
    say(
        "lookup: place with latitude, p50 / p99",
        f"{part(place, 0.5):.1f} / {part(place, 0.99):.1f} us",
        f"{part(place, 0.5) / part(raw, 0.5):.1f} x the raw row",
        name="lookup_place_p50", figure=part(place, 0.5), unit="us", baseline=part(raw, 0.5),
    )  # fmt: skip
    assert packed_key(as_number("B147ET")) > 0
    connection.close()
    found.close()


def made_up(count: int, spread: str) -> Any:
    """Kind, easting, northing, latitude, longitude of invented services: evenly spread, or in cities of unequal size."""
    r = numpy.random.default_rng(7)
    if spread == "even":
        xy = r.uniform([0, 0], [660_000, 1_220_000], (count, 2))
    else:
        cities = r.uniform([100_000, 50_000], [650_000, 950_000], (60, 2))
        share = r.pareto(1.2, 60) + 1
        chosen = r.choice(60, count, p=share / share.sum())
        xy = cities[chosen] + r.normal(0, 1, (count, 2)) * r.choice([1500, 6000, 15_000], count)[:, None]
    xy = numpy.rint(numpy.clip(xy, 1, [690_000, 1_290_000]))
    latitude, longitude = to_wgs84(xy[:, 0], xy[:, 1])
    return numpy.column_stack((r.integers(0, KINDS, count), xy, latitude, longitude))


def unit(latitude: Any, longitude: Any) -> Any:
    a, o = numpy.radians(latitude), numpy.radians(longitude)
    return numpy.stack((numpy.cos(a) * numpy.cos(o), numpy.cos(a) * numpy.sin(o), numpy.sin(a)), axis=-1)


def _ours(index: nearest.Index, q: Any) -> object:
    return index.nearest(*q, EACH)


def _theirs(trees: list[Any], q: Any) -> object:
    at, limit = unit(q[2], q[3]), nearest.LIMIT_M / 6_371_000
    return [t.query(at, EACH, distance_upper_bound=limit) for t in trees]


def services(say: Say, folder: Path, spread: str, scan: bool) -> None:
    base: dict[int, float] = {}
    for count in (10_000, 100_000, 1_000_000):
        table = made_up(count, spread)
        target = folder / "services.columns"
        started = time.perf_counter()
        nearest.build_columns(target, [f"kind{k}" for k in range(KINDS)], table, {})
        rebuilt = time.perf_counter() - started
        index = nearest.Index(target)
        points = unit(table[:, 3], table[:, 4])
        trees = [cKDTree(points[table[:, 0] == kind]) for kind in range(KINDS)]
        r = numpy.random.default_rng(3)
        asked = [(int(t[1]) + 37, int(t[2]) - 41, *map(float, t[3:5])) for t in table[r.integers(0, count, QUERIES)]]
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(5):  # in turn, so that both meet the same noise
            ours += times(partial(_ours, index), asked)
            theirs += times(partial(_theirs, trees), asked)
        base[count] = part(ours, 0.5)
        say(
            f"nearest 3 of 12 kinds among {count:,}, {spread}",
            f"{part(ours, 0.5):.0f} / {part(ours, 0.99):.0f} us p50 / p99",
            f"{part(ours, 0.5) / part(theirs, 0.5):.2f} x one cKDTree a kind ({part(theirs, 0.5):.0f} / {part(theirs, 0.99):.0f} us), geodesic of the survivors included",
            name=f"nearest_{count}_{spread}_p50", figure=part(ours, 0.5), unit="us", baseline=part(theirs, 0.5),
        )  # fmt: skip
    say(f"  1,000,000 beside 10,000, {spread}", f"{base[1_000_000] / base[10_000]:.2f} x", name=f"nearest_growth_{spread}", figure=base[1_000_000], unit="us", baseline=base[10_000])  # fmt: skip
    say(
        "  rebuilt, 1,000,000",
        f"{rebuilt:.2f} s, {target.stat().st_size / 1e6:.0f} MB on disk",
        "mapped, shared by all processes",
        name=f"nearest_rebuilt_{spread}", figure=rebuilt, unit="s",
    )  # fmt: skip
    if scan:
        scanned = plain_sql(table, asked[:3])
        say(
            "  plain SQL scan, 12 kinds, 1,000,000",
            f"{scanned / 1000:.0f} ms",
            f"ours is {base[1_000_000] / scanned:.5f} x that",
            name="nearest_beside_sql_scan", figure=base[1_000_000], unit="us", baseline=scanned,
        )  # fmt: skip


def plain_sql(table: Any, asked: list[Any]) -> float:
    """Microseconds of twelve ordered scans of a table of services."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE s (kind INTEGER, e INTEGER, n INTEGER)")
    connection.executemany("INSERT INTO s VALUES (?, ?, ?)", table[:, :3].astype(int).tolist())
    query = "SELECT rowid FROM s WHERE kind = ? ORDER BY (e - ?) * (e - ?) + (n - ?) * (n - ?) LIMIT 3"

    def scan(q: Any) -> None:
        for kind in range(KINDS):
            connection.execute(query, (kind, q[0], q[0], q[1], q[1])).fetchall()

    found = statistics.median(times(scan, asked))
    connection.close()
    return found


MEMORY = (
    "import sys; from pathlib import Path; from app.places.directory import nearest;"
    "rss = lambda: int(next(l for l in open('/proc/self/smaps_rollup') if l.startswith('Private_Dirty')).split()[1]);"
    "before = rss(); i = nearest.Index(Path(sys.argv[1]));"
    "[i.nearest(e, n, 52.0 + e / 1e6, -2.0, 3) for e in range(100000, 600000, 5000) for n in range(100000, 600000, 50000)];"
    "print(before, rss())"
)


def worker_memory(say: Say, folder: Path) -> None:
    """What 1,000 queries leave in a process: its own memory, without what is shared from the file."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(folder / "services.columns")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    before, after = (int(v) for v in done.stdout.split())
    say(
        "  a worker’s own memory after 1,000 queries",
        f"{(after - before) / 1024:.1f} MB more",
        f"{before / 1024:.0f} MB before",
        name="nearest_memory_after_1000", figure=(after - before) / 1024, unit="MB more",
    )  # fmt: skip


GRID, WALKS = 700, 30  # a town of so many streets each way; origins


def walking_beside_dijkstra(say: Say, folder: Path) -> None:
    """The walks from one unit to 8 services on a network of a city's size, beside SciPy's Dijkstra alone on the same graph."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    r = numpy.random.default_rng(5)
    at = numpy.arange(GRID * GRID).reshape(GRID, GRID)
    a = numpy.concatenate((at[:, :-1].ravel(), at[:-1].ravel()))
    b = numpy.concatenate((at[:, 1:].ravel(), at[1:].ravel()))
    kept = r.random(len(a)) > 0.15  # some streets are not there
    e = 400_000 + 60.0 * (at.ravel() % GRID) + r.normal(0, 10, GRID * GRID)
    n = 280_000 + 60.0 * (at.ravel() // GRID) + r.normal(0, 10, GRID * GRID)
    pieces = Pieces(e, n, a[kept], b[kept], r.random(int(kept.sum())) > 0.02, {})
    target = folder / "walking.network"
    started = time.perf_counter()
    walking.write(target, pieces, date(2026, 10, 1))
    made = time.perf_counter() - started
    network, longest = walking.Network(target), ways.read().numbers["longest_walk_metres"]
    c = network.graph()
    bare = csr_matrix((numpy.array(c.data), numpy.array(c.indices), numpy.array(c.indptr)), c.shape)
    middle = numpy.array([400_000 + 30 * GRID, 280_000 + 30 * GRID])
    asked = [(middle + r.normal(0, 6000, 2), middle + r.normal(0, 6000, (8, 2))) for _ in range(WALKS)]
    starts = [network.snap(*origin)[0] for origin, _ in asked]
    ours: list[float] = []
    theirs: list[float] = []
    for (origin, ends), start in zip(asked, starts, strict=True):  # in turn, so that both meet the same noise
        ours += times(lambda _: network.find(tuple(origin), [tuple(p) for p in ends]), [None])  # noqa: B023
        theirs += times(lambda _: dijkstra(bare, indices=start, limit=longest), [None])  # noqa: B023
    mine, base = statistics.median(ours), statistics.median(theirs)
    ratio = statistics.median(o / t for o, t in zip(ours, theirs, strict=True))
    say(
        f"walks from one unit to 8 services, {GRID * GRID:,} points",
        f"{mine / 1000:.1f} ms",
        f"{ratio:.2f} x SciPy’s Dijkstra alone ({base / 1000:.1f} ms), nearest ways found; written in {made:.1f} s",
        name="walking_vs_dijkstra", figure=mine / 1000, unit="ms", baseline=base / 1000, ratio=ratio,
    )  # fmt: skip


def places(say: Say) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        postcodes(say, folder)
        services(say, folder, "even", scan=True)
        services(say, folder, "cities", scan=False)
        worker_memory(say, folder)
        walking_beside_dijkstra(say, folder)
