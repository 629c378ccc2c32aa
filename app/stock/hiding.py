"""Which numbers of a table are shown, so that from what is shown nobody can work out a number under ten: pure.

What is published of a table is its total and some of its cells. A cell under ten is ``few``. Where the total is shown and any cell is few, the
others would give it away: further ones are held back too (``held``), taken from the end of the table and never by their size, until what is not
shown together could still be anything from none to nine for each that is few. None is few as well: a nought that is shown would say for certain
that nobody is there, and would say of its neighbours that they are not nought.

See docs/decisions/0142 for what is proven of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LEAST = 10  # a number below it is not shown
SHOWN, FEW, HELD = "shown", "few", "held"


class Hidden(NamedTuple):
    """For each cell of a table whether it is shown, few or held, and the same of its total."""

    cells: tuple[str, ...]
    total: str


def alone(numbers: Sequence[int]) -> tuple[str, ...]:
    """Of numbers that are part of no total that is shown anywhere: each for itself."""
    return tuple(SHOWN if number >= LEAST else FEW for number in numbers)


def with_total(numbers: Sequence[int]) -> Hidden:
    """Of the cells of a table whose total is shown where it is ten or more: each thing counted is in one cell.

    Args:
        numbers: none is less than nought; what matters least to whoever reads stands last, for it is held back first.
    """
    total = sum(numbers)
    if total < LEAST:
        return Hidden((FEW,) * len(numbers), FEW)
    marks = list(alone(numbers))
    if FEW not in marks:
        return Hidden(tuple(marks), SHOWN)
    hidden = sum(number for number in numbers if number < LEAST)
    held = 0
    for at, number in reversed(list(enumerate(numbers))):
        # Enough: each that is few could be nine, with ten at the least in each that is held.
        if held and hidden >= LEAST - 1 + LEAST * held:
            break
        if marks[at] == SHOWN:
            marks[at], hidden, held = HELD, hidden + number, held + 1
    if not held or hidden < LEAST - 1 + LEAST * held:
        return Hidden((HELD,) * len(numbers), SHOWN)
    return Hidden(tuple(marks), SHOWN)
