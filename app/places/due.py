"""Which file is to be loaded next, and where it comes from: the editions of publishers against what serves here. Data in due.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from app import clocks

from .loads import KINDS


class Due(NamedTuple):
    """One data set. ``state`` is none (nothing is loaded), out, due or current; ``said`` is the sentence for it."""

    kind: str
    name: str
    what: str
    loaded: date | None
    state: str
    said: str
    where: str


@lru_cache(maxsize=1)
def _files() -> Mapping[str, Mapping[str, Any]]:
    told: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "due.yaml").read_text(encoding="utf-8"))
    files: dict[str, Mapping[str, Any]] = told["files"]
    return files


def of_each(loaded: Mapping[str, date], on: date) -> list[Due]:
    """What is to be done for each data set, what is out first.

    Args:
        loaded: the day of the data that serves, by kind.
    """
    found = []
    for kind, file in _files().items():
        state, said = _state(file, loaded.get(kind), on)
        found.append(
            Due(
                kind=kind,
                name=KINDS[kind],
                what=file["what"],
                loaded=loaded.get(kind),
                state=state,
                said=said,
                where=file["from"],
            )
        )
    order = ("out", "due", "none", "current")
    return sorted(found, key=lambda d: order.index(d.state))


def _state(file: Mapping[str, Any], day: date | None, on: date) -> tuple[str, str]:
    if day is None:
        return "none", "Nothing of it is loaded."
    if "every_days" in file:
        newer = day + timedelta(days=file["every_days"])
        if newer <= on:
            return "due", f"A newer one should be out: this one is of {clocks.in_words(day)}."
        return "current", f"Look for the next from {clocks.in_words(newer)}."
    seen = [date(int(o[:4]), int(o[5:]), 1) for o in file["out"]]
    newest = max((d for d in seen if d <= on), default=None)
    if newest is not None and _before(day, newest):
        return "out", f"The edition of {clocks.month_in_words(newest)} is out."
    wait = timedelta(days=file["days_until_out"])
    editions = [date(year, month, 1) for year in range(day.year, on.year + 2) for month in file["months"]]
    reckoned = [d for d in editions if _before(day, d) and d + wait <= on]
    if reckoned:
        return "due", f"The edition of {clocks.month_in_words(reckoned[-1])} should be out."
    coming = next(d for d in editions if _before(day, d))
    return "current", f"The edition of {clocks.month_in_words(coming)} comes next."


def _before(day: date, edition: date) -> bool:
    """Is data of a day older than an edition, which is named by its month?"""
    return (day.year, day.month) < (edition.year, edition.month)
