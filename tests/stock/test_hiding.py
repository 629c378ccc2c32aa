"""Numbers under ten: hidden, and hidden from subtraction. What is shown is held against every table that would show the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.stock.hiding import FEW, HELD, LEAST, SHOWN, Hidden, alone, with_total

VECTORS = [
    ([], "", FEW),
    ([0], "f", FEW),
    ([9], "f", FEW),
    ([10], "s", SHOWN),
    ([10, 12], "ss", SHOWN),
    ([4, 5], "ff", FEW),  # nine in all: not even the total
    ([3, 20], "fh", SHOWN),  # 23 less 20 is 3: the twenty goes too
    ([0, 20], "fh", SHOWN),  # none is few
    ([3, 20, 50], "fsh", SHOWN),
    ([50, 20, 3], "shf", SHOWN),
    ([20, 50, 3], "shf", SHOWN),  # from the end of the table, whichever is smaller
    ([3, 30, 10], "fhh", SHOWN),  # 3 and 10 are 13, so that the few one could not be nine: the next is held too
    ([3, 500, 30, 10], "fshh", SHOWN),
    ([9, 500, 10], "fsh", SHOWN),
    ([9, 9], "hh", SHOWN),  # 18 of two that are both under ten would be nine and nine
    ([1, 1, 8], "hhh", SHOWN),
    ([0, 0, 0, 40, 40], "fffsh", SHOWN),
]
LETTERS = {"f": FEW, "h": HELD, "s": SHOWN}


@pytest.mark.parametrize(("numbers", "marks", "total"), VECTORS)
def test_vectors(numbers: Sequence[int], marks: str, total: str) -> None:
    assert with_total(numbers) == Hidden(tuple(LETTERS[mark] for mark in marks), total)


def published(numbers: Sequence[int]) -> tuple[object, ...]:
    """All that anybody sees of a table."""
    marks = with_total(numbers)
    seen = tuple(number if mark == SHOWN else mark for number, mark in zip(numbers, marks.cells, strict=True))
    return (*seen, sum(numbers) if marks.total == SHOWN else marks.total)


def could_be(seen: tuple[object, ...], most: int) -> Iterator[tuple[int, ...]]:
    """Every table that would be published so: whoever knows the rule knows no more than this."""
    *cells, total = seen
    ranges = [range(most + 1) if isinstance(cell, str) else (int(str(cell)),) for cell in cells]
    for tried in product(*ranges):
        if isinstance(total, int) and sum(tried) != total:
            continue
        if published(tried) == seen:
            yield tried


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 14), st.integers(0, 40)), min_size=2, max_size=3))
def test_whoever_knows_the_rule_cannot_work_out_a_hidden_cell(numbers: list[int]) -> None:
    """Every table that gives the same page is tried: of each hidden cell several values are left, of a few one nearly all ten."""
    seen = published(numbers)
    tables = list(could_be(seen, sum(numbers) if seen[-1] != FEW else LEAST))
    assert tuple(numbers) in tables
    for at, mark in enumerate(seen[:-1]):
        left = {table[at] for table in tables}
        if mark == FEW:
            assert len(left) >= LEAST - 1, (numbers, left)
        elif mark == HELD:
            assert len(left) >= 2, (numbers, left)
        else:
            assert left == {numbers[at]}


@settings(max_examples=500, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_subtraction_leaves_every_number_under_ten_open(numbers: list[int]) -> None:
    """Of larger tables: with what is shown taken off the total, each few one could be none and could be nine."""
    marks = with_total(numbers)
    assert all(number >= LEAST for number, mark in zip(numbers, marks.cells, strict=True) if mark == SHOWN)
    if marks.total == FEW:
        assert set(marks.cells) == {FEW}
        assert sum(numbers) < LEAST
        return
    hidden = [number for number, mark in zip(numbers, marks.cells, strict=True) if mark != SHOWN]
    assert len(hidden) != 1
    if FEW in marks.cells:
        left, held = sum(hidden), marks.cells.count(HELD)
        assert held
        assert left >= LEAST * held + LEAST - 1


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_two_tables_that_share_a_total_tell_no_more_together(numbers: list[int]) -> None:
    """The total is shown or not by its own size alone: no table gives away a total that another one hides."""
    assert with_total(numbers).total == with_total([sum(numbers)]).total == with_total([*numbers, 0, 0]).total


def test_numbers_of_no_total_stand_for_themselves() -> None:
    assert alone([0, 9, 10, 400]) == (FEW, FEW, SHOWN, SHOWN)
