"""Loading a data set, whichever it is: read, compared, taken, held or refused; registered; the index made again."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from app import clocks
from app.database import now, writing
from app.places.postcodes.gazetteer import Gazetteer
from app.places.postcodes.geocoder import Postcodes
from app.settings import Settings

from . import loads, near_council, progress, undo
from .files import FileProblem, write_whole
from .loads import Report
from .models import DataLoad

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def run(
    settings: Settings,
    kind: str,
    path: Path,
    by: str,
    options: Mapping[str, str] | None = None,
    *,
    dry_run: bool = False,
    approved: bool = False,
    is_protected: Callable[[str], bool] = lambda postcode: False,
) -> Report:
    """Load one file of one kind (see loads.KINDS).

    Args:
        options: ``date``, ``areas``, ``resolution``, ``owner``, where they are given.
        by: who loads it, for the register.
    Raises:
        FileProblem: the file cannot be used; nothing was changed.
    """
    said = dict(options or {})
    aside = None if dry_run else undo.set_aside(settings, kind)
    made = None
    try:
        with progress.told(settings.data, kind, path.name, dry_run) as telling:
            report = _read(settings, kind, path, by, said, dry_run, approved, is_protected, telling)
        if dry_run:
            _keep_trial(settings, report)
        else:
            made = _finish(settings, report, path, by, said)
    finally:
        undo.settle(settings, aside, made)
    return report


def _read(
    settings: Settings,
    kind: str,
    path: Path,
    by: str,
    said: Mapping[str, str],
    dry_run: bool,
    approved: bool,
    is_protected: Callable[[str], bool],
    telling: progress.Told,
) -> Report:
    """The file of one kind, read, compared and taken, held or refused.

    Raises:
        FileProblem: the file cannot be used; nothing was changed.
    """
    from .directory import load as directory_load
    from .districts import load as district_load
    from .postcodes import load as postcode_load
    from .travel import walking  # numpy and shapely: only where data is loaded

    if kind == "postcodes":
        areas = frozenset(area.strip().upper() for area in said.get("areas", "").split(",") if area.strip())
        report = postcode_load.load(path, settings.gazetteer, said.get("date", ""), areas, dry_run, approved)
    elif kind == "districts":
        report = district_load.load_districts(
            path, settings.districts, said.get("resolution", ""), said.get("date", ""), dry_run, approved
        )
    elif kind == "authorities":
        report = district_load.load_authorities(path, settings.districts, said.get("date", ""), dry_run, approved)
    elif kind == "successors":
        report = district_load.load_successors(path, settings.districts, said.get("date", ""), dry_run, approved)
    elif kind == "walking":
        report = walking.load(
            path,
            settings.walking_network,
            day_of_file(path, said.get("date", "")),
            dry_run,
            approved,
            near_council.from_council(settings),
        )
    elif kind in directory_load.READERS:
        coder = Postcodes(Gazetteer(settings.gazetteer))
        try:
            report = directory_load.load(
                kind,
                path,
                coder,
                day_of_file(path, said.get("date", "")),
                by,
                owner=said.get("owner", ""),
                is_protected=is_protected,
                dry_run=dry_run,
                approved=approved,
                counted=telling.counted,
                undo_folder=undo.folder(settings),
            )
        finally:
            coder.gazetteer.close()
    else:
        raise FileProblem(f"“{kind}” is not a data set. They are: {', '.join(loads.KINDS)}.")
    return report


def _keep_trial(settings: Settings, report: Report) -> None:
    """What a dry run would have done, for the page: the last of each data set, until a file of it is loaded."""
    kept = settings.data / "tried" / f"{report.kind}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_whole(kept, json.dumps({**report.as_json(), "at": clocks.moment_in_words(now())}, ensure_ascii=False))


def trials(settings: Settings) -> list[dict[str, Any]]:
    """The last dry run of each data set, where nothing of it was loaded since."""
    found = []
    for kept in sorted((settings.data / "tried").glob("*.json")):
        with contextlib.suppress(OSError, ValueError):
            found.append(json.loads(kept.read_text(encoding="utf-8")))
    return found


def _finish(settings: Settings, report: Report, path: Path, by: str, options: Mapping[str, str]) -> DataLoad | None:
    """Write the load down; returns one that replaced a file, which is all it can be told by."""
    from .directory import load as directory_load

    replaced = None
    (settings.data / "tried" / f"{report.kind}.json").unlink(missing_ok=True)
    with writing() as session:
        if report.state != "active" or report.kind not in directory_load.READERS:
            made = loads.register(session, report, by)
            if report.state == "active":
                replaced = made
            if report.state == "held":
                folder = _held(settings, made.id)
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, folder / path.name)
                (folder / "options.json").write_text(json.dumps(dict(options)), encoding="utf-8")
        elif report.state == "active":
            directory_load.rebuild(session, settings.services_index)
    return replaced


def approve(settings: Settings, load: DataLoad, by: str, **how: Any) -> Report:
    """Take a load that was held, from the copy that was kept of it.

    Raises:
        FileProblem: it is not held, or its file is gone.
    """
    folder = _held(settings, load.id)
    kept = [file for file in folder.iterdir() if file.name != "options.json"] if folder.is_dir() else []
    if load.state != "held" or not kept:
        raise FileProblem("This load does not wait for approval.")
    options = json.loads((folder / "options.json").read_text(encoding="utf-8"))
    report = run(settings, load.kind, kept[0], by, options, approved=True, **how)
    _settle(settings, load, "superseded" if report.state == "active" else "refused", by)
    return report


def take_back(settings: Settings, load: DataLoad, by: str, is_protected: Callable[[str], bool]) -> None:
    """Take the newest load of a data set back; the one before it serves again.

    Raises:
        FileProblem: it is not the newest, or what it replaced is no longer kept.
    """
    from .directory import load as directory_load

    undo.undo(settings, load, by, is_protected)
    if load.kind in directory_load.READERS:
        with writing() as session:
            directory_load.rebuild(session, settings.services_index)


def discard(settings: Settings, load: DataLoad, by: str) -> None:
    """Throw a held load away; what serves stays.

    Raises:
        FileProblem: it is not held.
    """
    if load.state != "held":
        raise FileProblem("This load does not wait for approval.")
    _settle(settings, load, "discarded", by)


def _settle(settings: Settings, load: DataLoad, state: str, by: str) -> None:
    with writing() as session:
        found = session.get_one(DataLoad, load.id)
        found.state, found.decided_by = state, by
    shutil.rmtree(_held(settings, load.id), ignore_errors=True)


def _held(settings: Settings, load_id: str) -> Path:
    return settings.data / "held" / load_id


def day_of_file(path: Path, given: str) -> date:
    """The day a file's data is of: given, or in its name (20260916, 16_September_2026, 2026-09).

    Raises:
        FileProblem: neither says.
    """
    if given:
        return loads.as_date(given, "--date")
    name = path.name
    if whole := re.search(r"(20\d\d)-?(\d\d)-?(\d\d)", name):
        return loads.as_date(f"{whole[1]}-{whole[2]}-{whole[3]}", name)
    words = re.search(r"(\d{1,2})[_ -]([A-Za-z]{3})[a-z]*[_ -](20\d\d)", name)
    if words and words[2].upper() in _MONTHS:
        return loads.as_date(f"{words[3]}-{_MONTHS.index(words[2].upper()) + 1:02d}-{int(words[1]):02d}", name)
    raise FileProblem(f"{name} does not say of which day it is. Give its day with --date.")
