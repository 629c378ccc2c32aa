"""How far a load that runs now has come, for whoever looks at the page: one small file, written while rows are read."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from app import clocks
from app.database import now

from .files import write_whole

EVERY_S = 1.0
_ROWS = 256  # between two looks at the clock
T = TypeVar("T")


class Running(NamedTuple):
    """A load under way: its data set, its file, the rows read so far, and when it began (a moment in words)."""

    kind: str
    file_name: str
    rows: int
    since: str
    dry_run: bool


class Told:
    """Where the rows of one load are counted."""

    def __init__(self, path: Path, kind: str, file_name: str, dry_run: bool) -> None:
        self._path, self._about = path, {"kind": kind, "file_name": file_name, "dry_run": dry_run, "pid": os.getpid()}
        self._since = clocks.moment_in_words(now())
        self._next = 0.0

    def write(self, rows: int) -> None:
        write_whole(self._path, json.dumps({**self._about, "rows": rows, "since": self._since}))

    def counted(self, rows: Iterable[T]) -> Iterator[T]:
        """The same rows, counted for the page about once a second."""
        for number, row in enumerate(rows, 1):
            yield row
            if number % _ROWS == 0 and time.monotonic() >= self._next:
                self._next = time.monotonic() + EVERY_S
                self.write(number)


@contextmanager
def told(folder: Path, kind: str, file_name: str, dry_run: bool) -> Iterator[Told]:
    """Says that a load runs, until it ends in whatever way."""
    path = folder / "loading.json"
    telling = Told(path, kind, file_name, dry_run)
    telling.write(0)
    try:
        yield telling
    finally:
        path.unlink(missing_ok=True)


def running(folder: Path) -> Running | None:
    """The load that runs now; None where none does, or where the one that said so is gone."""
    try:
        found = json.loads((folder / "loading.json").read_text(encoding="utf-8"))
        os.kill(int(found.pop("pid")), 0)
        return Running(**found)
    except (OSError, ValueError, KeyError, TypeError):
        return None
