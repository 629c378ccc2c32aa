"""Loading the boundaries of districts (ONS, BFC or BGC) and the names and successors of authorities."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import IO, Any

import numpy
import shapely
from pyproj import Transformer

from app import clocks
from app.places import files, loads
from app.places.files import FileProblem, RowProblem
from app.places.loads import Report
from app.places.rows import rows_of

from . import succession
from .districts import SCHEMA

LARGEST = 700_000_000
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_AUTHORITY = {
    "code": r"ladcd",
    "name": r"ladnm",
    "active": r"ladcd_active",
    "upper": r"utlacd",
    "upper_name": r"utlanm",
}


def load_districts(
    path: Path, target: Path, resolution: str = "", day: str = "", dry_run: bool = False, approved: bool = False
) -> Report:
    """Load district polygons from an ONS GeoJSON.

    Args:
        resolution: BFC or BGC, where neither the file's name nor the name inside says.
        day: the day the boundaries are of, YYYY-MM-DD, where the file does not say.
    Raises:
        FileProblem: it is not a boundary file that may decide; nothing was changed.
    """
    inside = files.members(path, LARGEST)
    chosen = [m for m in inside if m.lower().endswith((".geojson", ".json"))]
    if len(chosen) != 1:
        raise FileProblem(f"{path.name} holds no single GeoJSON file.")
    try:
        tree: Any = json.loads(files.read_bytes(path, chosen[0], LARGEST).decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError):
        raise FileProblem(f"{path.name} is not GeoJSON: it cannot be read to its end.") from None
    if not isinstance(tree, dict) or tree.get("type") != "FeatureCollection":
        raise FileProblem(f"{path.name} is not a GeoJSON collection of districts.")
    named = f"{path.name} {chosen[0]} {tree.get('name', '')}"
    grade = _resolution(named, resolution, path.name)
    report = loads.begun("districts", path, f"ONS Local Authority Districts, {grade}, {path.name}", _day(named, day))
    rows = list(_features(tree, report))
    before = _count(target, "district")
    loads.weigh(report, len(rows), before, "districts")
    loads.let_through(report, approved)
    if report.state != "active" or dry_run:
        return report
    about = {
        "edition": f"Local Authority Districts {clocks.month_in_words(report.data_date)} ({grade})",
        "resolution": grade,
        "districts_date": report.data_date.isoformat(),
    }
    _write(target, about, districts=rows)
    return report


def load_authorities(path: Path, target: Path, day: str = "", dry_run: bool = False, approved: bool = False) -> Report:
    """Load names, successors and counties of authorities (columns LADCD, LADNM, LADCD_ACTIVE, UTLACD, UTLANM)."""
    report = loads.begun("authorities", path, f"Codes of authorities, {path.name}", _day(path.name, day))
    stream, _ = files.text_of(path)
    rows: dict[str, tuple[str, str, str, str, str]] = {}
    with stream:
        for line, (code, name, active, upper, upper_name) in _cells(stream, path, _AUTHORITY, report):
            if not re.fullmatch(r"[EWSN]\d{8}", code):
                report.problems.append(RowProblem(line, f"“{code[:12]}” is not an authority’s code."))
            elif code in rows:
                report.problems.append(RowProblem(line, f"{code} is in the file twice. The first row was taken."))
            else:
                rows[code] = (
                    code,
                    name,
                    active or code,
                    upper if upper != code else "",
                    upper_name if upper != code else "",
                )
    loads.weigh(report, len(rows), _count(target, "authority"), "authorities")
    loads.let_through(report, approved)
    if report.state == "active" and not dry_run:
        _write(target, {"authorities_date": report.data_date.isoformat()}, authorities=list(rows.values()))
    return report


_SUCCESSOR = {
    "code": r"ladcd",
    "successor": r"successorcd",
    "name": r"successornm",
    "from": r"from|from_?day|operative_?date",
    "source": r"source",
}


def _cells(stream: IO[str], path: Path, wanted: Mapping[str, str], report: Report) -> Iterator[tuple[int, list[str]]]:
    """The cells wanted of each row, in the order they are wanted in; a row of fewer cells than the header is named and left out."""
    lines = rows_of(stream, path.name, report.problems)
    _, header = next(lines, (0, []))
    at = files.columns(header, wanted, path.name)
    for line, row in lines:
        if len(row) <= max(at.values()):
            report.problems.append(RowProblem(line, "This row has fewer cells than the header."))
        else:
            yield line, [row[at[name]].strip() for name in wanted]


def load_successors(path: Path, target: Path, day: str = "", dry_run: bool = False, approved: bool = False) -> Report:
    """Load which districts become which, and from which day (columns LADCD, SUCCESSORCD, SUCCESSORNM, FROM, SOURCE).

    Raises:
        FileProblem: it has other columns; nothing was changed.
    """
    report = loads.begun("successors", path, f"Districts that merge, {path.name}", _day(path.name, day))
    stream, _ = files.text_of(path)
    rows: dict[str, tuple[str, ...]] = {}
    divided: set[str] = set()
    with stream:
        for line, (code, successor, name, from_day, source) in _cells(stream, path, _SUCCESSOR, report):
            if why := _wrong_successor(code, successor, from_day, source):
                report.problems.append(RowProblem(line, why))
            elif code in rows and rows[code][1] != successor:
                divided.add(code)
                report.problems.append(
                    RowProblem(
                        line, f"{code} has two successors: a district that is divided is not followed by its code."
                    )
                )
            else:
                rows[code] = (code, successor, name, from_day, source)
    kept = [row for code, row in sorted(rows.items()) if code not in divided]
    loads.weigh(report, len(kept), _count(target, succession.TABLE), "districts that merge")
    loads.let_through(report, approved)
    if report.state == "active" and not dry_run:
        _write(target, {"successors_date": report.data_date.isoformat()}, successors=kept)
    return report


def _wrong_successor(code: str, successor: str, from_day: str, source: str) -> str:
    for each in (code, successor):
        if not re.fullmatch(r"[EWSN]\d{8}", each):
            return f"“{each[:12]}” is not an authority’s code."
    if code == successor:
        return f"{code} is followed by itself."
    try:
        date.fromisoformat(from_day)
    except ValueError:
        return f"“{from_day[:20]}” is not a day written YYYY-MM-DD: from when is {successor} the district?"
    return "" if source else f"{code}: what says so? The source is missing."


def _resolution(named: str, given: str, file_name: str) -> str:
    found = {m.upper() for m in re.findall(r"(?<![A-Za-z])B(?:FE|FC|GC|SC|UC)(?![A-Za-z])", named, re.I)}
    grade = given.upper() or (found.pop() if len(found) == 1 else "")
    if not grade:
        raise FileProblem(f"{file_name} does not say how far its lines are generalised. Say --resolution BFC or BGC.")
    if grade not in ("BFC", "BGC"):
        raise FileProblem(
            f"{file_name} is {grade}: only BFC and BGC boundaries may decide. BSC and BUC are simplified too far, and BFE runs into the water."
        )
    return grade


def _day(named: str, given: str) -> date:
    if given:
        return loads.as_date(given, "--date")
    found = re.search(r"(?:^|[^A-Za-z])([A-Za-z]{3,9})_?(\d{4})(?!\d)", named)
    if found and found[1][:3].upper() in _MONTHS:
        return date(int(found[2]), _MONTHS.index(found[1][:3].upper()) + 1, 1)
    raise FileProblem(f"{named.split()[0]} does not say of which month it is. Give its day with --date.")


def _features(tree: dict[str, Any], report: Report) -> Iterator[tuple[Any, ...]]:
    features = tree.get("features") or []
    keys = {key for feature in features[:1] for key in feature.get("properties") or {}}
    code_key = _one_of(keys, r"LAD\d\dCD", "code of the district")
    name_key = _one_of(keys, r"LAD\d\dNM", "name of the district")
    crs = json.dumps(tree.get("crs") or "")
    to_grid = None if "27700" in crs else Transformer.from_crs(4326, 27700, always_xy=True)
    seen: set[str] = set()
    for number, feature in enumerate(features, 1):
        said = feature.get("properties") or {}
        code, name = str(said.get(code_key) or ""), str(said.get(name_key) or "")
        if not re.fullmatch(r"[EWSN]\d{8}", code):
            report.problems.append(RowProblem(number, f"“{code[:12]}” is not a district’s code."))
            continue
        if code in seen:
            report.problems.append(RowProblem(number, f"{code} is in the file twice. The first was taken."))
            continue
        try:
            shape = shapely.from_geojson(json.dumps(feature.get("geometry")))
        except shapely.GEOSException:
            shape = None
        if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
            report.problems.append(RowProblem(number, f"{code} {name} has no area."))
            continue
        shape = _on_the_grid(shape, to_grid, code)
        if not shape.is_valid:
            report.problems.append(RowProblem(number, f"{code} {name} crosses itself; it was mended."))
            shape = shapely.make_valid(shape)
        seen.add(code)
        west, south, east, north = shape.bounds
        yield code, name, west, south, east, north, shapely.to_wkb(shape)


def _on_the_grid(shape: Any, to_grid: Transformer | None, code: str) -> Any:
    x, y = shapely.get_coordinates(shape)[0]
    if to_grid is not None:
        if 49 < x < 62 and -9.5 < y < 2.5:
            raise FileProblem(f"{code}: latitudes and longitudes are swapped in this file.")
        if not (-9.5 < x < 2.5 and 49 < y < 62):
            raise FileProblem(f"{code}: the coordinates are not longitudes and latitudes in the United Kingdom.")

        def project(points: Any) -> Any:
            return numpy.column_stack(to_grid.transform(points[:, 0], points[:, 1]))

        return shapely.transform(shape, project)
    if not (-200_000 < x < 700_000 and 0 < y < 1_300_000):
        raise FileProblem(f"{code}: the coordinates are not metres of the British National Grid.")
    return shape


def _one_of(keys: set[str], pattern: str, what: str) -> str:
    found = sorted(key for key in keys if re.fullmatch(pattern, key, re.I))
    if len(found) != 1:
        there = " and ".join(found) if found else "none of " + ", ".join(sorted(keys)[:12])
        raise FileProblem(f"The {what} is not clear in this file: {there}.")
    return found[0]


def _count(target: Path, table: str) -> int:
    if not target.exists():
        return 0
    connection = sqlite3.connect(f"file:{target}?mode=ro", uri=True)
    try:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is None:
            return 0  # a file of an earlier version
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 (our own names)
    finally:
        connection.close()


def _write(
    to: Path,
    about: dict[str, str],
    districts: list[tuple[Any, ...]] | None = None,
    authorities: list[tuple[str, ...]] | None = None,
    successors: list[tuple[str, ...]] | None = None,
) -> None:
    """The file as it was, with what is new in its place; swapped in whole."""
    temporary = to.with_suffix(".building")
    temporary.unlink(missing_ok=True)
    made = sqlite3.connect(temporary)
    made.executescript(
        "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) STRICT;"
        "CREATE TABLE district (code TEXT PRIMARY KEY, name TEXT, west REAL, south REAL, east REAL, north REAL, wkb BLOB) STRICT;"
        "CREATE TABLE authority (code TEXT PRIMARY KEY, name TEXT, active TEXT, upper TEXT, upper_name TEXT) STRICT;"
        + succession.CREATE
    )
    kept: dict[str, list[Any]] = {"about": [], "district": [], "authority": [], succession.TABLE: []}
    if to.exists():
        old = sqlite3.connect(f"file:{to}?mode=ro", uri=True)
        there = {name for (name,) in old.execute("SELECT name FROM sqlite_master")}
        kept |= {table: old.execute(f"SELECT * FROM {table}").fetchall() for table in kept if table in there}  # noqa: S608 (our own names)
        old.close()
    said = {**dict(kept["about"]), **about, "schema": str(SCHEMA)}
    made.executemany("INSERT INTO about VALUES (?, ?)", sorted(said.items()))
    made.executemany(
        "INSERT INTO district VALUES (?, ?, ?, ?, ?, ?, ?)", kept["district"] if districts is None else districts
    )
    made.executemany(
        "INSERT INTO authority VALUES (?, ?, ?, ?, ?)", kept["authority"] if authorities is None else authorities
    )
    made.executemany(
        f"INSERT INTO {succession.TABLE} VALUES (?, ?, ?, ?, ?)",  # noqa: S608 (our own name)
        kept[succession.TABLE] if successors is None else successors,
    )
    made.commit()
    made.close()
    with open(temporary, "rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(to)
