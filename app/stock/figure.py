"""What a figure is made of: the things that are counted, one by one, and the groups of cells they are counted into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from statistics import quantiles
from typing import Any, NamedTuple

from sqlalchemy import Select

from .hiding import LEAST

ALL = "all"  # the one group of a figure that has no others
# Cells of what nobody knows, which are drawn otherwise than what was counted.
UNKNOWN = ("unknown", "doubt", "nowhere", "age", "unlooked", "unwritten", "no_day")


class Counted(NamedTuple):
    """One thing that is counted: of which case, in which group and cell. ``thing`` tells it from others; ``days`` how long it took."""

    case_id: str
    cell: str
    thing: str
    group: str = ALL
    days: int | None = None


class Cell(NamedTuple):
    """How many there are, and of what takes time the days: a quarter took at most ``low``, half ``middle``, three quarters ``high``."""

    key: str
    words: str
    number: int
    quarters: tuple[float, float, float] | None = None


class Group(NamedTuple):
    """Cells that belong together. ``summed``: each thing is in one cell, so that they add up to a total that is shown.

    ``in_days``: what is drawn are days, and not how many there are.
    """

    key: str
    words: str
    cells: Sequence[Cell]
    summed: bool = True
    in_days: bool = False


# Of a day, and of the cases that may be looked at where it is not all of them, what is counted.
Rows = Callable[[date, Select[str] | None], Iterable[Counted]]
# Of the same day and of what was counted, the groups.
Groups = Callable[[date, Sequence[Counted]], list[Group]]


class Figure(NamedTuple):
    """One chart with its table. ``counts`` says what each number is a number of; ``unknown`` what it does not say."""

    key: str
    title: str
    counts: str
    says: str
    unknown: str
    rows: Rows | None
    groups: Groups


def tally(rows: Iterable[Counted], group: str, words: str, cells: Mapping[str, str], summed: bool = True) -> Group:
    """Of the things in a group, how many different ones are in each cell; a cell without any is there too."""
    things: dict[str, dict[str, Counted]] = {key: {} for key in cells}
    for row in rows:
        if row.group == group:
            things[row.cell][row.thing] = row
    return Group(
        group,
        words,
        [
            Cell(key, cells[key], len(found), quarters([r.days for r in found.values()]))
            for key, found in things.items()
        ],
        summed,
    )


def one_group(words: str, cells: Mapping[str, str]) -> Groups:
    """Of a figure that has one group with the same cells on every day."""
    return lambda _on, rows: [tally(rows, ALL, words, cells)]


def quarters(days: Iterable[int | None]) -> tuple[float, float, float] | None:
    """The lower quartile, the median and the upper quartile, in days; None where fewer than ten are known: they would tell of single ones."""
    known = [day for day in days if day is not None]
    if len(known) < LEAST:
        return None
    low, middle, high = quantiles(known, n=4, method="inclusive")
    return low, middle, high


def frequent(rows: Iterable[Counted], group: str, least: int) -> list[str]:
    """The cells of a group in which there are so many, by their key."""
    many = Counter((row.cell) for row in {(r.cell, r.thing): r for r in rows if r.group == group}.values())
    return sorted(cell for cell, number in many.items() if number >= least)


def kept(groups: Iterable[Group]) -> list[dict[str, Any]]:
    """Groups as they are stored."""
    return [{**g._asdict(), "cells": [list(cell) for cell in g.cells]} for g in groups]


def read(stored: Iterable[Mapping[str, Any]]) -> list[Group]:
    """And back."""
    return [
        Group(
            **{
                **g,
                "cells": [
                    Cell(key, words, number, tuple(days) if days else None) for key, words, number, days in g["cells"]
                ],
            }
        )
        for g in stored
    ]
