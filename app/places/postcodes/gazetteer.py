"""The local gazetteer: every postcode of the United Kingdom with point, radius, authority and whether it is live.

One SQLite file, read only, made by ``gazetteer_build`` from ONSPD for point and authority (live and terminated alike) and
Code-Point Open as second witness for live and for positional quality, or from what the council loaded. See docs/dependencies.md.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

from . import postcode as text
from .columns import LIVE, NO_POINT, QUALITIES, Columns, Dataset

SCHEMA = 6
WITHOUT_DEGREES = (
    5  # the shape before: what a council loaded in it is kept, and its degrees are worked out when they are asked for
)


_SHIFT, _BITS = 90_000_000, 28  # no degree of these islands is below nought after it, and each then has 28 bits


class GazetteerProblem(RuntimeError):
    """The gazetteer cannot be built or read, in a sentence."""


class Entry(NamedTuple):
    """One postcode. Metres on the British National Grid; ``radius_m`` is about 95 per cent.

    ``on_edge``: one of the nearest postcodes belongs to another authority, so that the line is near. ``degrees`` are latitude and
    longitude in WGS 84; None without a point, and in a file of the shape before.
    """

    postcode: str
    easting: int | None
    northing: int | None
    authority: str
    live: int
    quality: int
    radius_m: int
    non_geographic: bool
    on_edge: bool
    dataset: Dataset
    degrees: tuple[float, float] | None


class Middle(NamedTuple):
    """The middle of a sector or an outcode, and the radius that holds 95 in 100 of its postcodes, in metres."""

    name: str
    easting: int
    northing: int
    radius_m: int
    degrees: tuple[float, float] | None


def packed_degrees(latitude: Any, longitude: Any) -> Any:
    """Latitude and longitude in one number, given as whole millionths of a degree; numbers, or arrays of them."""
    return (latitude + _SHIFT) << _BITS | (longitude + _SHIFT)


def unpacked_degrees(packed: int | None) -> tuple[float, float] | None:
    """Latitude and longitude of one number; None of none."""
    if packed is None:
        return None
    return ((packed >> _BITS) - _SHIFT) / 1_000_000, ((packed & (1 << _BITS) - 1) - _SHIFT) / 1_000_000


def packed_key(number: Any) -> Any:
    """A base-36 postcode as small as keeps the file small: outcode, one figure, two letters; in the same order.

    Works on a number and on an array of them.
    """
    outcode, figure, letters = number // 46656, number // 1296 % 36, number % 1296
    return ((outcode * 10 + figure) * 26 + letters // 36 - 10) * 26 + letters % 36 - 10


def unpacked_key(key: int) -> int:
    """The base-36 number of a packed key."""
    key, last = divmod(key, 26)
    key, first = divmod(key, 26)
    outcode, figure = divmod(key, 10)
    return ((outcode * 36 + figure) * 36 + first + 10) * 36 + last + 10


# The rest of a row in one number of four bytes, from the right: 2 bits live or marked, 3 quality, 2 data set, 9 authority,
# 1 edge, 14 radius in steps of 4 m. A sorting office is always live.
MARKED, RADIUS_STEP = 3, 4
_AT_ONCE = 500  # postcodes in one question; SQLite takes 999 everywhere


P = ParamSpec("P")
R = TypeVar("R")
# What a file that is empty, cut or damaged gives, by where the damage is: the driver's errors, or a code nothing stands for.
_DAMAGE = (sqlite3.Error, KeyError, IndexError, TypeError, ValueError)


def _readable(ask: Callable[P, R]) -> Callable[P, R]:
    """A damaged file is as a missing one: in a sentence, and nothing is measured."""

    @wraps(ask)
    def asked(*args: P.args, **kw: P.kwargs) -> R:
        try:
            return ask(*args, **kw)
        except _DAMAGE:
            raise GazetteerProblem(
                "The postcode data on this machine is damaged: your administrator can build it again with “flask places build”."
            ) from None

    return asked


class Gazetteer:
    """Read-only look-ups, one connection a thread, no memory that grows. A file swapped in is taken up by itself.

    Every look-up raises GazetteerProblem where there is no file, or one that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        try:
            found = self.path.stat()
        except OSError:
            raise GazetteerProblem(
                "No postcode data is loaded on this machine: your administrator can load it with “flask places build”."
            ) from None
        mark = (found.st_ino, found.st_mtime_ns)
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None or self._local.mark != mark:
            self.close()
            connection = sqlite3.connect(f"file:{self.path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            self._local.authorities = dict(connection.execute("SELECT id, code FROM authority"))
            self._local.datasets = {
                at: Dataset(name, day)
                for at, name, day in connection.execute("SELECT id, name, data_date FROM dataset")
            }
            has = {name for _, name, *_ in connection.execute("PRAGMA table_info(postcode)")}
            self._local.degrees = "degrees" if "degrees" in has else "NULL"
            self._local.connection, self._local.mark = connection, mark
        return connection

    @_readable
    def find(self, postcode: str) -> Entry | None:
        """Look up a postcode in its kept shape (see postcode.normalise); None when it is in no list."""
        connection = self._connection()
        row = connection.execute(
            f"SELECT point, packed, {self._local.degrees} FROM postcode WHERE key = ?",  # noqa: S608 (one of two words of ours)
            (packed_key(text.as_number(postcode)),),
        ).fetchone()
        return None if row is None else self._entry(postcode, *row)

    @_readable
    def find_all(self, postcodes: Collection[str]) -> dict[str, Entry]:
        """Look up many in their kept shape, hundreds at a time; those in no list are not among what comes back."""
        connection, found = self._connection(), {}
        named = {packed_key(text.as_number(postcode)): postcode for postcode in postcodes}
        keys = list(named)
        for start in range(0, len(keys), _AT_ONCE):
            asked = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(asked))
            for key, point, packed, degrees in connection.execute(
                f"SELECT key, point, packed, {self._local.degrees} FROM postcode WHERE key IN ({marks})",  # noqa: S608 (a word of ours, question marks)
                asked,
            ):
                found[named[key]] = self._entry(named[key], point, packed, degrees)
        return found

    def _entry(self, postcode: str, point: int | None, packed: int, degrees: int | None) -> Entry:
        live = packed & 3
        return Entry(
            postcode=postcode,
            easting=None if point is None else point >> 21,
            northing=None if point is None else point & 0x1FFFFF,
            authority=self._local.authorities[packed >> 7 & 0x1FF],
            live=LIVE if live == MARKED else live,
            quality=QUALITIES[packed >> 2 & 7],
            radius_m=(packed >> 17) * RADIUS_STEP if point is not None else 0,
            non_geographic=live == MARKED,
            on_edge=bool(packed >> 16 & 1),
            dataset=self._local.datasets[packed >> 5 & 3],
            degrees=unpacked_degrees(degrees),
        )

    @_readable
    def middle(self, postcode: str) -> Middle | None:
        """The middle of the postcode's sector, else of its outcode; None where neither is known."""
        connection = self._connection()
        for name in (f"{postcode[:-3]} {postcode[-3]}", postcode[:-3]):
            row = connection.execute(
                f"SELECT e, n, r, {self._local.degrees} FROM middle WHERE key = ?",  # noqa: S608 (one of two words of ours)
                (name,),
            ).fetchone()
            if row is not None:
                easting, northing, radius, degrees = row
                return Middle(name, easting, northing, radius, unpacked_degrees(degrees))
        return None

    @_readable
    def near_any(self, easting: float, northing: float) -> bool:
        """Is a point where people live, as far as the middles of outcodes can tell? In the sea there are none."""
        rows = self._connection().execute(
            "SELECT 1 FROM middle WHERE instr(key, ' ') = 0 AND (e - ?1) * (e - ?1) + (n - ?2) * (n - ?2) <= (2 * r + 5000) * (2 * r + 5000) LIMIT 1",
            (round(easting), round(northing)),
        )
        return rows.fetchone() is not None

    @_readable
    def points_of(self, authorities: Collection[str]) -> list[tuple[int, int]]:
        """Easting and northing of every postcode of these authorities."""
        connection = self._connection()
        ids = [at for at, code in self._local.authorities.items() if code in authorities]
        found: list[tuple[int, int]] = []
        for at in ids:
            rows = connection.execute(
                "SELECT point FROM postcode WHERE point IS NOT NULL AND (packed >> 7 & 511) = ?", (at,)
            )
            found += [(point >> 21, point & 0x1FFFFF) for (point,) in rows]
        return found

    @_readable
    def columns(self) -> Columns:
        """Everything, as it was before it was packed: what a load of some areas keeps of the others."""
        connection = self._connection()
        found = Columns()
        found.datasets.extend(self._local.datasets[at] for at in sorted(self._local.datasets))
        codes = self._local.authorities
        for at in sorted(codes):
            found.codes[codes[at]] = at
        for key, point, packed in connection.execute("SELECT key, point, packed FROM postcode"):
            easting, northing = (NO_POINT, NO_POINT) if point is None else (point >> 21, point & 0x1FFFFF)
            live = LIVE if packed & 3 == MARKED else packed & 3
            found.add(
                unpacked_key(key),
                easting,
                northing,
                codes[packed >> 7 & 0x1FF],
                live,
                QUALITIES[packed >> 2 & 7],
                packed >> 5 & 3,
            )
        return found

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    @_readable
    def datasets(self) -> list[Dataset]:
        """The data sets its postcodes come from."""
        self._connection()
        return [self._local.datasets[at] for at in sorted(self._local.datasets)]

    @_readable
    def about(self) -> dict[str, str]:
        """Data set, data date, rows and sources."""
        return dict(self._connection().execute("SELECT name, value FROM about").fetchall())


def is_current(path: Path, sources: str) -> bool:
    """Is there a gazetteer of this shape already, from these packages or loaded by the council?"""
    if not path.exists():
        return False
    found = Gazetteer(path)
    try:
        about = found.about()
        if "loaded" in about:
            return about.get("schema") in (str(SCHEMA), str(WITHOUT_DEGREES))
        return about.get("schema") == str(SCHEMA) and about.get("sources") == sources
    except GazetteerProblem:
        return False
    finally:
        found.close()
