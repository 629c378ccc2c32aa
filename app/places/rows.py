"""Rows of a CSV from outside, each with its line. A quote left open is named with its line and takes no other row along.

A cell may run over several lines in quotes. So may, for a reader of CSV, all that stands behind a quote that somebody forgot to
close: it swallows the rows up to the next quote and says nothing. Told apart here by what was swallowed: lines that are rows of
their own were no part of a cell.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from typing import IO

from .files import FileProblem, Problems, RowProblem

LONGEST_LINE = 1_000_000  # characters
MOST_LINES = 200  # of one cell
_OPEN = "A quote is opened in this row and not closed. The row was left out; those behind it were read."


class _Lines:
    """Lines for a reader of CSV, a record at a time. ``at`` is the last line handed out, as an editor counts."""

    def __init__(self, stream: IO[str], name: str) -> None:
        self._readline, self._name = stream.readline, name
        self._waiting: deque[str] = deque()
        self.at = 0
        self.width = 0  # cells of the rows so far; 0 before the first
        self.handed: list[str] = []  # since the last row
        self.joined = False  # is the last one a row over several lines?
        self.broken: list[int] = []  # lines with a quote left open, not yet named

    def __iter__(self) -> Iterator[str]:
        waiting, handed, readline = self._waiting, self.handed, self._readline
        while line := waiting.popleft() if waiting else readline(LONGEST_LINE + 1):
            self.at += 1
            if len(line) > LONGEST_LINE:
                raise FileProblem(
                    f"{self._name} has a line of more than {LONGEST_LINE:,} characters. It is not a table."
                )
            if line.count('"') % 2:
                if (whole := self._whole(line)) is None:
                    self.broken.append(self.at)
                    continue
                line, self.joined = whole, True
            handed.append(line)
            yield line

    def _whole(self, first: str) -> str | None:
        """A row whose cell runs over several lines; None where the quote was left open, and nothing else was taken."""
        lines, quotes, length = [first], first.count('"'), len(first)
        while quotes % 2 and len(lines) < MOST_LINES and length <= LONGEST_LINE:
            line = self._waiting.popleft() if self._waiting else self._readline(LONGEST_LINE + 1)
            if not line:
                break
            lines.append(line)
            quotes, length = quotes + line.count('"'), length + len(line)
        self.at += len(lines) - 1
        whole = "".join(lines)
        if quotes % 2 == 0 and self._fits(whole) and not any(map(self._is_a_row, lines[1:])):
            return whole
        self.give_back(lines[1:])
        return None

    def give_back(self, lines: Sequence[str]) -> None:
        """Lines that were taken and are still to be read."""
        self._waiting.extendleft(reversed(lines))
        self.at -= len(lines)

    def _fits(self, text: str) -> bool:
        """Is a text one row, to the letter, as wide as those before it?"""
        try:
            read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except csv.Error:
            return False
        return len(read) == 1 and self.width in (0, len(read[0]))

    def _is_a_row(self, line: str) -> bool:
        return self.width > 1 and bool(line.strip()) and self._fits(line)


def rows_of(stream: IO[str], name: str, problems: Problems | None = None) -> Iterator[tuple[int, list[str]]]:
    """Rows of a CSV with their line; the last line of a row that spans several.

    Args:
        problems: takes the rows with a quote left open; without it such a file is refused.
    Raises:
        FileProblem: it is not a CSV from some line on.
    """
    lines = _Lines(stream, name)
    reader = csv.reader(iter(lines))
    handed = lines.handed
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise FileProblem(f"{name}, line {lines.at}: this cannot be read as CSV ({error}).") from None
        # An even number of quotes, and the last still open: the reader went on into the next lines, or to the end of the file.
        if row and (len(handed) > 1 or (not lines.joined and row[-1].endswith(("\n", "\r")))):
            lines.give_back(handed[1:])
            lines.broken.append(lines.at)
            reader, row = csv.reader(iter(lines)), []
        elif row:
            lines.width = len(row)
        if lines.broken:
            _say(lines.broken, name, problems)
        if row is None:
            return
        good = row or (handed and not handed[0].strip())
        handed.clear()
        lines.joined = False
        if good:
            yield lines.at, row


def _say(broken: list[int], name: str, problems: Problems | None) -> None:
    for line in broken:
        if problems is None:
            raise FileProblem(f"{name}, line {line}: a quote is opened and not closed. Nothing was loaded.")
        problems.append(RowProblem(line, _OPEN))
    broken.clear()
