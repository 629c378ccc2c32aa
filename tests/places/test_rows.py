"""Rows of a CSV: what a quote left open takes along, cells over several lines, and every line numbered as an editor does."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.places.files import FileProblem, Problems
from app.places.rows import rows_of

HEAD = "name,address,postcode\n"


def read(text: str) -> tuple[list[tuple[int, list[str]]], list[int]]:
    problems = Problems()
    return list(rows_of(io.StringIO(text, newline=""), "list.csv", problems)), [p.line for p in problems]


@pytest.mark.parametrize(
    ("text", "names", "broken"),
    [
        # As in the report: six rows, the second with an address that begins with a quote and lacks the closing one.
        ('P1,1 High St,B1\nP2,"2 High St,B1\nP3,"3 High St",B1\nP4,4,B1\n', ["P1", "P3", "P4"], [3]),
        ('P1,1 High St,B1\nP2,"2 High St,B1\nP3,3 High St,B1\nP4,4,B1\n', ["P1", "P3", "P4"], [3]),
        ('P1,1,"B1\nP2,2,B1\n', ["P2"], [2]),  # in the last cell
        ('P1,1,B1\nP2,2,"B1', ["P1"], [3]),  # in the last cell of the file
        ('P1,1,B1\nP2,"2,B1\nP3,"",B1\nP4,"",B1\n', ["P1", "P3", "P4"], [3]),
        ('P1,"1,B1\nP2,"2,B1\nP3,3,B1\n', ["P3"], [2, 3]),
        ('P1,12" pipe,"B1\nP2,2,B1\n', ["P2"], [2]),  # an even number of quotes, the last of them open
        ('P1,"1\nHigh St",B1\nP2,2,B1\n', ["P1", "P2"], []),  # a cell over two lines
        ('P1,"1\n\nHigh St\n",B1\nP2,2,B1\n', ["P1", "P2"], []),
        ('P1,"1, ""The Yard""\nHigh St",B1\n', ["P1"], []),
        ('"P1","1 ""A"" St","B1"\r\n"P2","THE "OLD SURGERY","B1"\r\n"P3","3","B1"\r\n', ["P1", "P3"], [3]),
        ("P1,5' 6,B1\nP2,,\n", ["P1", "P2"], []),
        ('P1,1,B1\rP2,"2,B1\rP3,3,B1\r', ["P1", "P3"], [3]),
    ],
)  # fmt: skip
def test_a_quote_left_open_is_named_and_takes_no_other_row_along(
    text: str, names: list[str], broken: list[int]
) -> None:
    found, said = read(HEAD + text)
    assert [row[0] for _, row in found[1:]] == names
    assert said == broken


def test_lines_are_numbered_as_an_editor_does() -> None:
    found, _ = read(HEAD + 'P1,"1\nHigh St",B1\n\nP2,2,B1\nP3,"3,B1\nP4,4,B1\n')
    assert [(line, row[:1]) for line, row in found] == [(1, ["name"]), (3, ["P1"]), (4, []), (5, ["P2"]), (7, ["P4"])]


def test_a_file_that_may_have_no_broken_row_is_refused_with_its_line() -> None:
    with pytest.raises(FileProblem, match="line 2: a quote is opened and not closed"):
        list(rows_of(io.StringIO('a,b\n1,"2\n3,4\n', newline=""), "postcodes.csv"))


cells = st.text(st.sampled_from('ab," \n'), max_size=6)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8), st.integers(0, 7), st.integers(0, 2))
@settings(max_examples=300, deadline=None)
def test_whatever_is_broken_every_other_plain_row_is_read(rows: list[list[str]], at: int, cell: int) -> None:
    """Rows of plain cells around one with a quote left open are all there, once; nothing is made up."""
    plain = [[c.replace("\n", " ").replace('"', "").replace(",", ";") or "x" for c in row] for row in rows]
    lines = [",".join(row) for row in plain]
    if lines:
        spoilt = at % len(lines)
        row = list(plain[spoilt])
        row[cell] = '"' + row[cell].lstrip()
        lines[spoilt] = ",".join(row)
    found, broken = read(HEAD + "".join(f"{line}\n" for line in lines))
    kept = [row for _, row in found[1:]]
    assert kept == [row for n, row in enumerate(plain) if not lines or n != spoilt]
    assert len(broken) == bool(lines)
