"""Loading the council's own postcode file over the gazetteer that is there: compared first, swapped in whole, or held."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

import numpy

from app.places import loads
from app.places.files import RowProblem
from app.places.loads import Report

from . import build, files
from . import postcode as text
from .columns import LIVE, TERMINATED, Columns, Dataset
from .gazetteer import Gazetteer

FAR_M = 20_000  # a postcode whose point moved farther than this is a mistake in the file, or a code used again
TOO_MANY_FAR_PERCENT = 20
MOST_DATASETS = 4


def load(
    path: Path,
    target: Path,
    date_: str = "",
    areas: frozenset[str] = frozenset(),
    dry_run: bool = False,
    approved: bool = False,
) -> Report:
    """Load a Code-Point Open, ONSPD or NSPL file over the gazetteer at ``target``.

    Postcodes the file no longer lists stay, labelled as terminated, with the point they had. With ``areas`` only those
    postcode areas ("B", "WS") are replaced and compared.

    Raises:
        FileProblem: the file cannot be used; nothing was changed.
    """
    given = files.read(path, date_)
    old = Gazetteer(target)
    before = old.columns() if target.exists() else Columns()
    day = loads.as_date(given.dataset.data_date, path.name)
    report = loads.begun("postcodes", path, given.dataset.name, day)
    report.counts = {f"left out: {why}": number for why, number in sorted(given.left_out.items())}
    report.problems += list(given.problems)
    if given.matched:
        report.counts |= {f"column {ours}: {theirs}": 1 for ours, theirs in given.matched.items()}
    newest = max((d.data_date for d in before.datasets), default="")
    if newest > given.dataset.data_date:
        report.problems.insert(
            0,
            RowProblem(0, f"The data of this file ({given.dataset.data_date}) is older than what is there ({newest})."),
        )
    wrong = _wrong(given, before, areas, old, report) if len(before) else set()
    old.close()
    merged = _merged(given, before, areas, wrong, report)
    loads.let_through(report, approved)
    if report.state != "active" or dry_run:
        return report
    about = {"loaded": given.dataset.name, "file": path.name}
    build.build(target, merged, about)
    return report


def _area(key: int) -> str:
    written = text.from_number(key)
    return written[:1] if written[1].isdigit() else written[:2]


def _wrong(
    given: files.PostcodeFile, before: Columns, areas: frozenset[str], old: Gazetteer, report: Report
) -> set[int]:
    """Postcodes whose point in this file cannot be right: east and north swapped, or in the sea. Each is named and left out."""
    known, found = _places(given.rows.key, before.key), set[int]()
    for at in range(len(given.rows)):
        key, e, n = given.rows.key[at], given.rows.e[at], given.rows.n[at]
        if not e or (areas and _area(key) not in areas):
            continue
        was = known[at]
        is_there = was >= 0 and bool(before.e[was])
        if is_there:
            home, reach = (before.e[was], before.n[was]), float(FAR_M)
            if math.dist((e, n), home) <= FAR_M:
                continue
        else:
            middle = old.middle(text.from_number(key))
            if middle is not None:
                home, reach = (middle.easting, middle.northing), max(FAR_M, 3.0 * middle.radius_m)
                if math.dist((e, n), home) <= reach:
                    continue
            else:
                home, reach = (e, n), 0.0
        written = text.display(text.from_number(key))
        if reach and math.dist((n, e), home) <= reach:
            why = f"{written}: easting {e} and northing {n} are swapped. The row was left out."
        elif not old.near_any(e, n):
            why = f"{written}: easting {e} and northing {n} are in the sea or where nobody lives. The row was left out."
        elif not is_there and reach:
            away = math.dist((e, n), home) / 1000
            why = f"{written}: its point is {away:.0f} km from the rest of its outcode. The row was left out."
        else:
            continue  # a code used again elsewhere
        found.add(key)
        if len(report.problems) < files.MOST_PROBLEMS:
            report.problems.append(RowProblem(0, why))
    if found:
        report.counts["left out: a point that cannot be right"] = len(found)
    return found


def _merged(
    given: files.PostcodeFile, before: Columns, areas: frozenset[str], wrong: set[int], report: Report
) -> Columns:
    made = Columns()
    made.datasets.append(given.dataset)
    new = given.rows
    wanted = {code: at for at, code in enumerate(new.code_list())}
    names = {at: code for code, at in wanted.items()}
    live = 0
    for at in range(len(new)):
        key = new.key[at]
        if areas and _area(key) not in areas:
            continue
        live += new.live[at] == LIVE
        if key in wrong:
            continue
        made.add(key, new.e[at], new.n[at], names[new.authority[at]], new.live[at], new.grade[at], 0)
    codes = dict(enumerate(before.code_list()))
    kept: dict[int, int] = {}
    counts = {"added": len(made), "kept": 0, "changed": 0, "no longer listed": 0}
    were_live = far = swapped = seen = 0
    now = _places(before.key, made.key)
    given_points = {new.key[at]: (new.e[at], new.n[at]) for at in range(len(new)) if new.key[at] in wrong}
    for at in range(len(before)):
        key, is_live = before.key[at], before.live[at]
        inside = not areas or _area(key) in areas
        if inside and is_live == LIVE:
            were_live += 1
        there = now[at]
        if there >= 0:
            counts["added"] -= 1
            e, n = made.e[there], made.n[there]
            if before.e[at] and e:
                seen += 1
                apart = math.hypot(before.e[at] - e, before.n[at] - n)
                counts["changed"] += apart >= 1
                if apart > FAR_M:
                    far += 1
                    swapped += math.hypot(before.e[at] - n, before.n[at] - e) < FAR_M
            continue
        if key in wrong and before.e[at]:
            there_e, there_n = given_points[key]
            seen += 1
            if math.hypot(before.e[at] - there_e, before.n[at] - there_n) > FAR_M:
                far += 1
                swapped += math.hypot(before.e[at] - there_n, before.n[at] - there_e) < FAR_M
        counts["kept"] += 1
        dataset = _dataset(made, before.datasets[before.dataset[at]], kept, before.dataset[at])
        if inside and is_live == LIVE and key not in wrong:
            counts["no longer listed"] += 1
            is_live = TERMINATED
        made.add(key, before.e[at], before.n[at], codes[before.authority[at]], is_live, before.grade[at], dataset)
    report.counts = {**counts, **report.counts}
    if seen and 100 * far > TOO_MANY_FAR_PERCENT * seen:
        like = (
            "Eastings and northings look swapped."
            if 2 * swapped > far
            else "The coordinates are not in metres of the British National Grid, or belong to other postcodes."
        )
        report.state, report.rows, report.before = "refused", live, were_live
        report.why = f"{far:,} of {seen:,} postcodes would move by more than {FAR_M // 1000} km. {like} It is refused."
        return made
    loads.weigh(report, live, were_live, "postcodes in use")
    return made


def _places(keys: array[int], among: array[int]) -> array[int]:
    """Where each key is among others that are there once; -1 where it is not. A dictionary of all postcodes has 600 MB."""
    found = array("i")
    if not len(keys) or not len(among):
        return array("i", [-1]) * len(keys)
    wanted, there = numpy.array(keys), numpy.array(among)
    order = numpy.argsort(there, kind="stable").astype(numpy.int32)
    there = there[order]
    at = numpy.searchsorted(there, wanted)
    at[at == len(there)] = 0
    found.frombytes(numpy.where(there[at] == wanted, order[at], -1).astype("i").tobytes())
    return found


def _dataset(made: Columns, dataset: Dataset, kept: dict[int, int], was: int) -> int:
    """The place of an older data set among the new ones; the oldest are counted as one when there are too many."""
    if was not in kept:
        if dataset in made.datasets:
            kept[was] = made.datasets.index(dataset)
        elif len(made.datasets) < MOST_DATASETS:
            made.datasets.append(dataset)
            kept[was] = len(made.datasets) - 1
        else:
            kept[was] = MOST_DATASETS - 1
    return kept[was]
