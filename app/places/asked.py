"""Loads that an administrator asked for on the page: a file of one folder of this machine, looked at or loaded by a job, once.

What was asked stands in a small file of the data folder, beside what is under way and what was tried. Nothing is sent by a browser:
the operator puts the files there. A file that is not in the folder by its own name, or is a link to another place, is none.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from app import clocks
from app.database import new_id, now
from app.settings import Settings

from . import loading, loads
from .files import FileProblem, write_whole
from .postcodes.gazetteer import GazetteerProblem

ENDINGS = (".csv", ".zip", ".gz", ".json", ".geojson", ".pbf")
MOST_FILES, MOST_KEPT = 200, 20
WAITS, BEGUN, DONE, FAILED = "waits", "begun", "done", "failed"
_CUT_OFF = "It was cut off before its end. Whether it was loaded stands under “Loads, newest first”; what is there is whole. Ask again where it is not."
_FAULT = "It was broken off by a fault of this service. Whether it was loaded stands under “Loads, newest first”. Tell whoever keeps this service."


class File(NamedTuple):
    """A file that may be loaded; ``bytes`` long, last changed at a moment."""

    name: str
    bytes: int
    changed: datetime


class LoadAsked(NamedTuple):
    """One load that was asked for. ``options`` are those of the command; ``said`` is what became of it, in a sentence."""

    id: str
    kind: str
    file: str
    options: Mapping[str, str]
    dry_run: bool
    by: str
    at: str  # a moment in words
    state: str
    said: str = ""
    pid: int = 0  # of the process that began it


def files(settings: Settings) -> list[File]:
    """What lies in the folder, the newest first; none where there is no folder. A link, a folder or a computer's own mark is no file."""
    found = []
    try:
        listed = list(os.scandir(settings.files_to_load))
    except OSError:
        return []
    for entry in listed:
        if entry.name.startswith((".", "~")) or not entry.name.casefold().endswith(ENDINGS):
            continue
        try:
            about = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # gone meanwhile
        if stat.S_ISREG(about.st_mode):
            found.append(File(entry.name, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC)))
    return sorted(found, key=lambda f: (f.changed, f.name), reverse=True)[:MOST_FILES]


def _folder(settings: Settings) -> Path:
    return settings.data / "asked"


def _write(settings: Settings, asked: LoadAsked) -> None:
    _folder(settings).mkdir(parents=True, exist_ok=True)
    write_whole(_folder(settings) / f"{asked.id}.json", json.dumps(asked._asdict(), ensure_ascii=False))


def _read(path: Path) -> LoadAsked | None:
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return LoadAsked(**told)
    except (OSError, ValueError, TypeError):
        return None


def newest(settings: Settings, most: int = 5) -> list[LoadAsked]:
    """What was asked for last, the newest first."""
    return [asked for path in _newest_first(settings)[:most] if (asked := _read(path)) is not None]


def _newest_first(settings: Settings) -> list[Path]:
    listed = [(path.stat().st_mtime_ns, path) for path in _folder(settings).glob("*.json")]
    return [path for _, path in sorted(listed, reverse=True)]


def under_way(settings: Settings) -> bool:
    """Does one wait, or run?"""
    return any(a.state == WAITS or (a.state == BEGUN and _lives(a.pid)) for a in newest(settings, MOST_KEPT))


def ask(settings: Settings, kind: str, file: str, options: Mapping[str, str], dry_run: bool, by: str) -> str:
    """Write down that somebody asks for a load; gives its identifier, for the job.

    Raises:
        FileProblem: the file is not in the folder, it is no data set, or another waits or runs.
    """
    if kind not in loads.KINDS:
        raise FileProblem("Choose what the file is.")
    if file not in {one.name for one in files(settings)}:
        raise FileProblem(f"{file[:80]} is not in the folder any more.")
    if under_way(settings):
        raise FileProblem("Another file is being read, or waits for it. Ask again when it is done.")
    made = LoadAsked(
        id=new_id(), kind=kind, file=file, options=dict(options), dry_run=dry_run, by=by,
        at=clocks.moment_in_words(now()), state=WAITS,
    )  # fmt: skip
    _write(settings, made)
    for path in _newest_first(settings)[MOST_KEPT:]:
        path.unlink(missing_ok=True)
    return made.id


def withdraw(settings: Settings, asked_id: str) -> None:
    """Nobody asks for it: its job was never queued."""
    (_folder(settings) / f"{asked_id}.json").unlink(missing_ok=True)


def do(settings: Settings, asked_id: str, is_protected: Callable[[str], bool]) -> loads.Report | None:
    """Do what was asked, once: one that was begun and cut off is not begun again. Gives the report of a load; none of a look."""
    asked = _read(_folder(settings) / f"{asked_id}.json")
    if asked is None or asked.state in (DONE, FAILED) or (asked.state == BEGUN and _lives(asked.pid)):
        return None
    if asked.state == BEGUN:
        _write(settings, asked._replace(state=FAILED, said=_CUT_OFF))
        return None
    asked = asked._replace(state=BEGUN, pid=os.getpid())
    _write(settings, asked)
    report, said = None, _FAULT
    try:
        if asked.file not in {one.name for one in files(settings)}:
            raise FileProblem(f"{asked.file} is not in the folder any more.")
        report = loading.run(
            settings, asked.kind, settings.files_to_load / asked.file, asked.by, asked.options,
            dry_run=asked.dry_run, is_protected=is_protected,
        )  # fmt: skip
        said = report.why
    except (FileProblem, GazetteerProblem) as problem:
        said = str(problem)
    finally:
        _write(settings, asked._replace(state=FAILED if report is None else DONE, said=said))
    return None if asked.dry_run else report


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return pid > 0
