"""Which authority's district a place is in: in, out and whose, near the line so that it must be confirmed, or cannot tell.

The point against the authority's own polygon, with the distance to its line; the postcode's code is the second witness.
Where the two differ neither is chosen. Source: Housing Act 1996 s.208; places.md 7; places-measured.md 6.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from app import clocks
from app.places.postcodes.geocoder import Place

from .succession import Successor, Successors

SCHEMA = 2
# How far a generalised line may lie from the true one, in metres.
SLACK_M = {"BFC": 1, "BGC": 20}
ALWAYS_CONFIRM = ("postcode_weak", "street", "sector", "outcode")
COUNTRIES = {
    "E": "England",
    "W": "Wales",
    "S": "Scotland",
    "N": "Northern Ireland",
    "L": "the Channel Islands",
    "M": "the Isle of Man",
}


class Authority(NamedTuple):
    """A lower-tier authority. ``active`` is the code it goes by now; ``upper`` the county above a two-tier district, or empty."""

    code: str
    name: str
    active: str
    upper: str
    upper_name: str

    @property
    def country(self) -> str:
        return COUNTRIES.get(self.code[:1], "")


class District(NamedTuple):
    """Whether a place is in the council's district. ``answer`` is in, out, near (confirm) or cannot_tell.

    ``code`` and ``name`` are of the authority the place is in, where that can be told; ``candidates`` those it may be in.
    ``line_m`` is the distance to our own line; None without a polygon.
    """

    answer: str
    code: str
    name: str
    candidates: tuple[Authority, ...]
    line_m: int | None
    country: str
    upper: str
    edition: str
    method: str
    reason: str


class Districts:
    """Boundaries and names of authorities, from one SQLite file; polygons are read as they are needed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._polygon = lru_cache(maxsize=12)(self._read_polygon)
        self._joined = lru_cache(maxsize=4)(self._join)

    def _connection(self) -> sqlite3.Connection | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        mark = (found.st_ino, found.st_mtime_ns)
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None or self._local.mark != mark:
            self.close()
            self._polygon.cache_clear()
            self._joined.cache_clear()
            connection = sqlite3.connect(f"file:{self.path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            try:
                # The whole of it, once a file: what is damaged anywhere decides nothing about a district.
                sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
                self._local.about = dict(connection.execute("SELECT name, value FROM about")) if sound else {}
                self._local.successors = Successors(connection if sound else None)
            except (sqlite3.Error, ValueError):
                sound = False
            if not sound:
                connection.close()
                return None
            self._local.connection, self._local.mark = connection, mark
        return connection

    def about(self) -> dict[str, str]:
        """Edition, resolution and data dates; empty where nothing is loaded."""
        return dict(self._local.about) if self._connection() is not None else {}

    def close(self) -> None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def authority(self, code: str) -> Authority:
        """Names and successor of a code; the code alone where no list of authorities is loaded."""
        connection = self._connection()
        if connection is not None:
            row = connection.execute(
                "SELECT code, name, active, upper, upper_name FROM authority WHERE code = ?", (code,)
            ).fetchone()
            if row is not None:
                return Authority(*row)
            row = connection.execute("SELECT name FROM district WHERE code = ?", (code,)).fetchone()
            if row is not None:
                return Authority(code, row[0], code, "", "")
        return Authority(code, self._successors().name_of(code), code, "", "")

    def _successors(self) -> Successors:
        found: Successors = self._local.successors if self._connection() is not None else Successors(None)
        return found

    def now_called(self, code: str, on: date | None = None) -> Authority:
        """The authority that a code's district belongs to on a day; today where none is given."""
        return self.authority(self._successors().now(code, on or clocks.today()))

    def codes_of(self, council: str, on: date | None = None) -> list[str]:
        """Every code, old or new, whose district is the council's own on a day: two halves that have merged are both ours."""
        day = on or clocks.today()
        return list(dict.fromkeys((*self._successors().all_of(council, day), council)))

    def _read_polygon(self, code: str) -> Any:
        connection = self._connection()
        row = (
            connection.execute("SELECT wkb FROM district WHERE code = ?", (code,)).fetchone()
            if connection is not None
            else None
        )
        if row is None:
            return None
        import shapely

        polygon = shapely.from_wkb(row[0])
        shapely.prepare(polygon)
        return polygon

    def _around(self, easting: int, northing: int, reach: int) -> list[str]:
        connection = self._connection()
        if connection is None:
            return []
        rows = connection.execute(
            "SELECT code FROM district WHERE west <= ? AND east >= ? AND south <= ? AND north >= ? ORDER BY code",
            (easting + reach, easting - reach, northing + reach, northing - reach),
        )
        return [code for (code,) in rows]

    def _at(self, easting: int, northing: int, reach: int) -> tuple[str, list[str]]:
        """The district a point is in, and every district within ``reach`` metres of it."""
        import shapely

        point = shapely.Point(easting, northing)
        inside, near = "", []
        for code in self._around(easting, northing, reach):
            polygon = self._polygon(code)
            if polygon.covers(point):
                inside = inside or code
                near.append(code)
            elif polygon.distance(point) <= reach:
                near.append(code)
        return inside, near

    def metres_from(self, council: str, eastings: Any, northings: Any) -> float | None:
        """How far the council's district is from the nearest of some points, in metres; None where no boundary of it is loaded.

        Args:
            eastings, northings: arrays of metres of the grid.
        """
        polygon = self._drawn(council, clocks.today())
        if polygon is None:
            return None
        import shapely

        return float(polygon.distance(shapely.multipoints(shapely.points(eastings, northings))))

    def _inside(self, place: Place, day: date) -> Authority | None:
        """The authority whose boundary a place is in, on a day; None where none that is loaded."""
        code = self._at(place.easting or 0, place.northing or 0, 0)[0]
        return self.now_called(code, day) if code else None

    def edge(self, council: str, box: tuple[int, int, int, int], on: date | None = None) -> list[list[list[int]]]:
        """The council's own line inside a box (west, south, east, north), as lists of points in metres of the grid."""
        polygon = self._drawn(council, on or clocks.today())
        if polygon is None:
            return []
        import shapely

        line = shapely.intersection(polygon.boundary, shapely.box(*box)).simplify(10)
        parts = [part for part in shapely.get_parts(line) if part.geom_type == "LineString"]
        merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts))) if parts else []
        return [[[round(x), round(y)] for x, y in part.coords] for part in merged]

    def of(self, place: Place, council: str, on: date | None = None) -> District:
        """Is a place in the council's district?

        Args:
            place: with its radius and its postcode's authority code.
            council: the ONS code of the authority that owes the duty.
            on: the day it is asked of, by which districts have merged or not; today where none is given.
        """
        day = on or clocks.today()
        ours = self.now_called(council, day)
        coded = self.now_called(place.authority, day) if place.authority else None
        edition = self.about().get("edition", "")
        if to_come := self._successors().not_begun(ours.code, day):
            return _answer(
                "cannot_tell",
                None,
                (),
                None,
                edition,
                "code of the council",
                _begins(to_come, "This council’s own district"),
            )
        witness = self._successors().not_begun(coded.code, day) if coded is not None else ()
        if not place.has_point or place.easting is None or place.northing is None:
            candidates = (coded,) if coded else ()
            if coded is not None and coded.code[:1] in ("N", "L", "M"):
                # The grid is not used there, so there is never a point; where it is, is told all the same.
                return _answer("out", coded, candidates, None, edition, "code of the postcode", _outside_england(coded))
            said = f"{place.reason} Confirm by UPRN or by who bills council tax.".strip()
            return _answer("cannot_tell", None, candidates, None, edition, "no point", said)
        drawn = self._drawn(council, day)
        if coded is not None and coded.code[:1] not in ("E", ""):
            # Outside England, unless our own boundary or the neighbours say otherwise: then a person confirms it.
            near_us = drawn is not None and _touches(drawn, place, SLACK_M[self.about()["resolution"]])
            if near_us:
                said = f"The postcode’s code puts it in {coded.name or coded.country or coded.code}, and our own boundary is within reach of the point. Confirm by UPRN or by who bills council tax."
                return _answer(
                    "cannot_tell", None, (ours, coded), None, edition, "code of the postcode against our boundary", said
                )
            if drawn is None and place.on_edge:
                said = "Postcodes of another authority are next to it. Confirm by UPRN or by who bills council tax."
                return _answer("near", None, (coded,), None, edition, "code of the postcode", said)
            return _answer("out", coded, (coded,), None, edition, "code of the postcode", _outside_england(coded))
        if witness:
            # The code is of a district that is still to come: it says that it is one of those that will become it.
            halves = tuple(dict.fromkeys(self.now_called(row.code, day) for row in witness))
            inside = self._inside(place, day)
            if drawn is None or inside not in halves:
                said = _begins(witness, "The postcode’s code is of a district that")
                return _answer("cannot_tell", None, halves, None, edition, "code of the postcode", said)
            coded = inside
        if drawn is None:
            return _by_code(place, ours, coded, edition)
        return self._by_polygon(place, ours, coded, edition, drawn, day)

    def _drawn(self, council: str, on: date) -> Any:
        """All that is ours on a day, under whichever codes it is drawn: today’s, or older ones that have become it."""
        return self._joined(tuple(self.codes_of(council, on)))

    def _join(self, codes: Sequence[str]) -> Any:
        drawn = [polygon for code in codes if (polygon := self._polygon(code)) is not None]
        if len(drawn) < 2:
            return drawn[0] if drawn else None
        import shapely

        # The line between two halves is none of ours any more, nor a gap along it that is no wider than the lines are good to.
        slack = SLACK_M[self.about()["resolution"]]
        whole = shapely.union_all(drawn).buffer(slack, join_style="mitre").buffer(-slack, join_style="mitre")
        shapely.prepare(whole)
        return whole

    def _by_polygon(
        self, place: Place, ours: Authority, coded: Authority | None, edition: str, polygon: Any, day: date
    ) -> District:
        import shapely

        assert place.easting is not None
        assert place.northing is not None
        slack = SLACK_M[self.about()["resolution"]]
        reach = (place.radius_m or 0) + slack
        point = shapely.Point(place.easting, place.northing)
        line = int(polygon.boundary.distance(point))
        is_in = bool(polygon.covers(point))
        inside, near = self._at(place.easting, place.northing, reach)
        # A boundary file may be older than the codes: a district is called by what it is called now.
        drawn = self.now_called(inside, day) if inside else None
        candidates = tuple(dict.fromkeys(self.now_called(code, day) for code in near))
        if coded is not None and coded not in candidates:
            candidates += (coded,)
        method = f"point in polygon ({self.about()['resolution']}), with the code of the postcode as second witness"

        def say(answer: str, where: Authority | None, reason: str) -> District:
            return _answer(answer, where, candidates, line, edition, method, reason)

        if coded is not None and (coded.code == ours.code) != is_in:
            named = f"{drawn.name or drawn.code}" if drawn else "no district that is loaded"
            return say(
                "cannot_tell",
                None,
                f"The boundary puts it in {named}, the postcode’s code in {coded.name or coded.code}. Confirm by UPRN or by who bills council tax.",
            )
        if place.precision in ALWAYS_CONFIRM or coded is None:
            return say("near", None, "The point is not certain enough for a boundary. Confirm by UPRN or council tax.")
        if line <= reach:
            return say(
                "near",
                None,
                f"It lies {line} m from the line, and the point is good to {place.radius_m} m. Confirm by UPRN or by who bills council tax.",
            )
        if is_in:
            return say("in", ours, "")
        if drawn is None:
            return say(
                "out",
                coded,
                "Outside our line; no boundary of the other district is loaded, so the postcode’s code names it.",
            )
        if coded.code != drawn.code or len(candidates) > 1:
            return say("out", None, "Outside our line, near the line between others. Confirm which authority it is.")
        return say("out", drawn, "")


def _begins(rows: Sequence[Successor], what: str) -> str:
    day = clocks.in_words(min(row.from_day for row in rows))
    return f"{what} begins on {day}. Confirm by UPRN or by who bills council tax."


def _touches(polygon: Any, place: Place, slack: int) -> bool:
    """Is a point inside a polygon, or within reach of it?"""
    import shapely

    return bool(polygon.distance(shapely.Point(place.easting, place.northing)) <= (place.radius_m or 0) + slack)


def _outside_england(coded: Authority) -> str:
    where = coded.country or "another country"
    return f"It is in {where}, outside England: s.208 and cross-border advice are for the council’s lawyers."


def _by_code(place: Place, ours: Authority, coded: Authority | None, edition: str) -> District:
    """Without a polygon of ours the postcode's code answers, and the edge is to be confirmed."""
    method = "code of the postcode; no boundary of this council is loaded"
    if coded is None:
        return _answer("cannot_tell", None, (), None, edition, method, "The postcode names no authority.")
    if place.precision in ALWAYS_CONFIRM or place.on_edge:
        said = "Postcodes of another authority are next to it. Confirm by UPRN or by who bills council tax."
        if place.precision in ALWAYS_CONFIRM:
            said = "The point is not certain enough. Confirm by UPRN or by who bills council tax."
        return _answer("near", None, (coded,), None, edition, method, said)
    return _answer("in" if coded.code == ours.code else "out", coded, (coded,), None, edition, method, "")


def _answer(
    answer: str,
    where: Authority | None,
    candidates: tuple[Authority, ...],
    line_m: int | None,
    edition: str,
    method: str,
    reason: str,
) -> District:
    return District(
        answer=answer,
        code=where.code if where else "",
        name=where.name if where else "",
        candidates=candidates,
        line_m=line_m,
        country=where.country if where else "",
        upper=where.upper_name if where and where.upper != where.code else "",
        edition=edition,
        method=method,
        reason=reason,
    )
