"""A summary as people see it, on the page and in the table: hidden numbers are taken out here, once, before anything is drawn or written."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

from .figure import UNKNOWN, Cell, Group
from .hiding import FEW, LEAST, SHOWN, alone, with_total

_WIDE = 46  # letters of a line in a drawing
SAID = {FEW: f"fewer than {LEAST}", "held": "not shown"}


class Line(NamedTuple):
    """A row: ``number`` is None where it is hidden, and ``said`` is what stands in its place. ``quarters`` in days, as words too."""

    key: str
    words: str
    number: int | None
    said: str
    quarters: tuple[float, float, float] | None = None

    @property
    def in_lines(self) -> list[str]:
        """The words in as many lines as a drawing takes."""
        return wrap(self.words, _WIDE) or [""]

    @property
    def is_unknown(self) -> bool:
        return self.key in UNKNOWN

    @property
    def days(self) -> tuple[str, str, str] | None:
        return None if self.quarters is None else tuple(str(int(day + 0.5)) for day in self.quarters)  # type: ignore[return-value]


class Table(NamedTuple):
    """A group as it is shown; ``total`` is empty where its cells add up to none."""

    key: str
    words: str
    lines: Sequence[Line]
    total: str
    in_days: bool

    @property
    def has_total(self) -> bool:
        return self.total[:1].isdigit()

    @property
    def has_days(self) -> bool:
        return any(line.quarters for line in self.lines)

    @property
    def most(self) -> float:
        """What the longest bar stands for: a number, or days."""
        if self.in_days:
            return max((line.quarters[2] for line in self.lines if line.quarters), default=0) or 1
        return max((line.number for line in self.lines if line.number is not None), default=0) or 1

    @property
    def is_shown(self) -> bool:
        """Is there any number in it at all?"""
        return any(line.number is not None for line in self.lines)


def table(group: Group) -> Table:
    """A group with every number that must not be seen taken out, and what could be worked out from the days with it."""
    numbers = [cell.number for cell in group.cells]
    if group.summed:
        marks, total = with_total(numbers)
        said = f"{sum(numbers):,}" if total == SHOWN else SAID[total]
    else:
        marks, said = alone(numbers), ""
    lines = [_line(cell, mark) for cell, mark in zip(group.cells, marks, strict=True)]
    return Table(group.key, group.words, lines, said, group.in_days)


def _line(cell: Cell, mark: str) -> Line:
    if mark != SHOWN:
        return Line(cell.key, cell.words, None, SAID[mark])
    return Line(cell.key, cell.words, cell.number, f"{cell.number:,}", cell.quarters)
