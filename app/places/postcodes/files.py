"""Postcode files a council loads: Code-Point Open, and the ONS directories of 2024, 2025 and 2026 (ONSPD, NSPL)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from app.places.files import FileProblem, RowProblem, columns, members, text_of
from app.places.rows import rows_of

from . import postcode as text
from .columns import FROM_GRID_INDICATOR, LIVE, QUALITIES, TERMINATED, Columns, Dataset

# The national grid in metres; a point outside is not in Great Britain.
EAST, NORTH = 700_000, 1_300_000
MOST_PROBLEMS = 1000
MOST_AUTHORITIES = 5000  # some 800 codes were ever used
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DIRECTORY = {
    "postcode": r"pcds",
    "terminated": r"doterm",
    "authority": r"oslaua|laua|lad\d\dcd",
    "easting": r"oseast1m|east1m",
    "northing": r"osnrth1m|north1m",
    "quality": r"osgrdind|gridind",
}
_CODE_POINT = {"postcode": r"pc", "quality": r"pq", "easting": r"ea", "northing": r"no", "authority": r"dc"}
_CODE_POINT_PLACES = {"postcode": 0, "quality": 1, "easting": 2, "northing": 3, "authority": 8}


class PostcodeFile(NamedTuple):
    """What a file held. ``only_live`` is a file that lists no terminated postcodes."""

    rows: Columns
    dataset: Dataset
    only_live: bool
    matched: dict[str, str]
    problems: list[RowProblem]
    left_out: dict[str, int]


class _Reading:
    """Rows of a file as they are read, with what was left out and why."""

    def __init__(self, dataset: Dataset) -> None:
        self.columns = Columns()
        self.columns.datasets.append(dataset)
        self.seen: set[int] = set()
        self.problems: list[RowProblem] = []
        self.left_out: dict[str, int] = {}

    def leave_out(self, line: int, why: str, sentence: str) -> None:
        self.left_out[why] = self.left_out.get(why, 0) + 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(RowProblem(line, sentence))

    def take(self, line: int, typed: str, e: str, n: str, authority: str, live: int, quality: int) -> None:
        squeezed = "".join(typed.upper().split())
        if squeezed.startswith("BT"):
            self.left_out["Northern Ireland"] = self.left_out.get("Northern Ireland", 0) + 1
            return
        try:
            key = text.as_number(text.normalise(squeezed))
        except text.NotAPostcode as problem:
            self.leave_out(line, "not a postcode", str(problem))
            return
        if key in self.seen:
            self.leave_out(line, "twice", f"{text.display(squeezed)} is in the file twice. The first row was taken.")
            return
        point = _point(e, n) if quality != 90 else (0, 0)
        if point is None:
            self.leave_out(
                line,
                "not on the map",
                f"{text.display(squeezed)}: easting {e[:12] or 'empty'} and northing {n[:12] or 'empty'} are not a point in Great Britain.",
            )
            return
        self.seen.add(key)
        if len(self.columns.codes) > MOST_AUTHORITIES:
            raise FileProblem(
                f"Up to line {line:,} there are more than {MOST_AUTHORITIES:,} authorities: that column is another one. It is refused."
            )
        self.columns.add(key, *point, authority.strip(), live, quality)


def _point(e: str, n: str) -> tuple[int, int] | None:
    """Metres; (0, 0) where the file gives no point; None where it is off the map."""
    e, n = e.strip(), n.strip()
    if not e and not n:
        return 0, 0
    try:
        easting, northing = int(float(e)), int(float(n))
    except (ValueError, OverflowError):
        return None
    if easting == 0 and northing == 0:
        return 0, 0
    return (easting, northing) if 0 < easting <= EAST and 0 < northing <= NORTH else None


def read(path: Path, date: str = "") -> PostcodeFile:
    """Read a postcode file whole.

    Args:
        date: the day the data is of, YYYY-MM-DD, where neither its name nor its papers say.
    Raises:
        FileProblem: it is none of the kinds, its columns are not clear, or it cannot be read.
    """
    inside = members(path)
    code_point = sorted(m for m in inside if re.search(r"(^|/)Data/CSV/[a-z]{1,2}\.csv$", m, re.I))
    if code_point:
        return _code_point(path, inside, code_point, date)
    whole = [
        m for m in inside if re.search(r"(^|/)(ONSPD|NSPL|NSPL21|NSPL11)_[A-Z]{3}_\d{4}_UK[^/]*\.csv(\.gz)?$", m, re.I)
    ]
    parts = sorted(m for m in inside if re.search(r"(^|/)multi_csv/[^/]+\.csv$", m, re.I))
    chosen = [m for m in whole if m not in parts] or parts
    if len(inside) == 1 and not chosen and re.search(r"\.csv(\.gz)?$", inside[0], re.I):
        chosen = inside
    if not chosen:
        raise FileProblem(
            f"{path.name} is neither a Code-Point Open zip (Data/CSV/…) nor an ONSPD or NSPL zip (Data/ONSPD_…_UK.csv)."
        )
    if whole and len(chosen) > 1 and chosen[0] not in parts:
        raise FileProblem(f"{path.name} holds two directories: {' and '.join(chosen)}. Keep one.")
    return _directory(path, chosen, date)


def _directory(path: Path, chosen: list[str], date: str) -> PostcodeFile:
    named = re.search(r"(ONSPD|NSPL)(?:\d\d)?_([A-Z]{3})_(\d{4})", f"{path.name} {chosen[0]}", re.I)
    if named and named[2].upper() in _MONTHS:
        date = date or f"{named[3]}-{_MONTHS.index(named[2].upper()) + 1:02d}-01"
    if not date:
        raise FileProblem(f"{path.name} does not say of which month it is. Give its day with --date.")
    title = "National Statistics Postcode Lookup" if named and named[1].upper() == "NSPL" else "ONS Postcode Directory"
    reading = _Reading(Dataset(f"{title}, {path.name}", date))
    matched: dict[str, str] = {}
    for member in chosen:
        stream, encoding = text_of(path, member)
        with stream:
            lines = rows_of(stream, member)
            _, header = next(lines, (0, []))
            at = columns(header, _DIRECTORY, member)
            matched = {ours: header[place] for ours, place in at.items()}
            needed = max(at.values()) + 1
            for line, row in lines:
                if not row:
                    continue
                if len(row) < needed:
                    reading.leave_out(line, "too short", "This row has fewer cells than the header.")
                    continue
                ended = row[at["terminated"]].strip()
                reading.take(
                    line,
                    row[at["postcode"]],
                    row[at["easting"]],
                    row[at["northing"]],
                    row[at["authority"]],
                    TERMINATED if ended else LIVE,
                    FROM_GRID_INDICATOR.get(row[at["quality"]].strip(), 90),
                )
        if encoding != "utf-8":
            raise FileProblem(f"{member} is not UTF-8, as every postcode directory is. It may be damaged.")
    return PostcodeFile(
        rows=reading.columns,
        dataset=reading.columns.datasets[0],
        only_live=False,
        matched=matched,
        problems=reading.problems,
        left_out=reading.left_out,
    )


def _code_point(path: Path, inside: list[str], chosen: list[str], date: str) -> PostcodeFile:
    at, matched = dict(_CODE_POINT_PLACES), {}
    for member in inside:
        if re.search(r"Column_Headers\.csv$", member, re.I):
            stream, _ = text_of(path, member)
            with stream:
                _, header = next(rows_of(stream, member), (0, []))
            at = columns(header, _CODE_POINT, member)
            matched = {ours: header[place] for ours, place in at.items()}
    version, said, counts = _code_point_papers(path, inside)
    date = date or said
    if not date:
        raise FileProblem(f"{path.name} does not say of which day it is. Give its day with --date.")
    reading = _Reading(Dataset(f"OS Code-Point Open {version}".strip(), date))
    needed = max(at.values()) + 1
    for member in chosen:
        before = len(reading.columns) + sum(reading.left_out.values())
        stream, _ = text_of(path, member)
        with stream:
            for line, row in rows_of(stream, member):
                if not row:
                    continue
                if len(row) < needed:
                    reading.leave_out(
                        line, "too short", f"{member}: this row has {len(row)} cells instead of {needed}."
                    )
                    continue
                graded = row[at["quality"]].strip()
                if not re.fullmatch(r"[0-9]{1,2}", graded) or int(graded) not in QUALITIES:
                    reading.leave_out(line, "quality", f"{member}: “{graded[:10]}” is no positional quality.")
                    continue
                reading.take(
                    line,
                    row[at["postcode"]],
                    row[at["easting"]],
                    row[at["northing"]],
                    row[at["authority"]],
                    LIVE,
                    int(graded),
                )
        area = member.rsplit("/", 1)[-1].split(".")[0].upper()
        held = len(reading.columns) + sum(reading.left_out.values()) - before
        if area in counts and held != counts[area]:
            raise FileProblem(
                f"{member} has {held:,} rows where the file’s own papers say {counts[area]:,}: it is cut off."
            )
    return PostcodeFile(
        rows=reading.columns,
        dataset=reading.columns.datasets[0],
        only_live=True,
        matched=matched,
        problems=reading.problems,
        left_out=reading.left_out,
    )


def _code_point_papers(path: Path, inside: list[str]) -> tuple[str, str, dict[str, int]]:
    """Version, day and rows of each area, as Doc/metadata.txt says."""
    for member in inside:
        if member.lower().endswith("metadata.txt"):
            stream, _ = text_of(path, member)
            with stream:
                said = stream.read(100_000)
            version = re.search(r"VERSION NUMBER:\s*(\S+)", said)
            day = re.search(r"COPYRIGHT DATE:\s*(\d{4})(\d\d)(\d\d)", said)
            counts = {area: int(rows) for area, rows in re.findall(r"^\s*([A-Z]{1,2})\t(\d+)\s*$", said, re.M)}
            return version[1] if version else "", f"{day[1]}-{day[2]}-{day[3]}" if day else "", counts
    return "", "", {}
