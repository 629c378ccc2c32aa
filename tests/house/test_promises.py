"""docs/running/reliability.md: every test it names is there, and runs on the engines it says; what has no test says that it is not kept yet."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from app.settings import ROOT

FILE = ROOT / "docs" / "running" / "reliability.md"
ENGINES = ("both", "SQLite", "PostgreSQL", "neither: no database")
_NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


class Promise(NamedTuple):
    """A row of a table."""

    number: str
    promise: str
    test: str
    figure: str
    engine: str


def rows(written: str) -> list[Promise]:
    found = []
    for line in written.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")] if line.startswith("|") else []
        cells = [cell.rstrip(" |").strip() for cell in cells]
        if len(cells) >= 3 and cells[1] not in ("promise", "") and not set(line) <= set("|-"):
            found.append(Promise(*[*cells, "", ""][:5]))
    return found


def wrong(row: Promise) -> Iterator[str]:
    """What does not hold of a row, in sentences."""
    named = _NAMED.findall(row.test)
    if "not kept yet" in row.test:
        return
    if not named:
        yield "it names no test and does not say that it is not kept yet"
    if not row.figure:
        yield "it says no figure"
    if row.engine not in ENGINES:
        yield f"{row.engine!r} is no engine"
    for file, name in named:
        if not (ROOT / file).is_file():
            yield f"{file} is not there"
        elif name and name not in found_in(file):
            yield f"{file} has no {name}"
        elif name and row.engine in ENGINES[:3] and engine_of(found_in(file)[name]) != row.engine:
            yield f"{name} does not run on {row.engine}"
        elif name and ("deep" in found_in(file)[name]) and "deep" not in row.figure:
            yield f"{name} is deep, and the row does not say so"


def engine_of(asked: set[str]) -> str:
    """On which engine a test runs, by what it asks for."""
    if asked & {"pg", "parted", "only postgresql"}:
        return "PostgreSQL"
    return "both" if "either" in asked else "SQLite"


@cache
def found_in(file: str) -> dict[str, set[str]]:
    """The tests of a file, with what each asks for, and its marks."""
    found = {}
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            written = [ast.unparse(mark) for mark in node.decorator_list]
            marks = {"deep" for mark in written if mark == "pytest.mark.deep"}
            marks |= {"only postgresql" for mark in written if mark == "ON_POSTGRESQL" or "['postgresql']" in mark}
            found[node.name] = {argument.arg for argument in node.args.args} | marks
    return found


def test_every_row_names_what_is_there() -> None:
    read = rows(FILE.read_text(encoding="utf-8"))
    assert len(read) > 60
    assert {f"{row.promise}: {said}" for row in read for said in wrong(row)} == set()


def test_every_promise_of_the_plan_has_a_row() -> None:
    said = " ".join(row.number for row in rows(FILE.read_text(encoding="utf-8")))
    wanted = [f"{letter}{n}" for letter, most in (("Z", 9), ("A", 11), ("R", 11), ("I", 9), ("M", 5), ("S", 9), ("L", 2), ("B", 5)) for n in range(1, most + 1)]  # fmt: skip
    assert [one for one in wanted if not re.search(rf"\b{one}\b", said)] == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Promise("R1", "x", "`tests/house/test_promises.py::test_nothing`", "0", "both"), "has no test_nothing"),
        (Promise("R1", "x", "`tests/house/test_nothing.py`", "0", "both"), "is not there"),
        (Promise("R1", "x", "by reading", "0", "both"), "names no test"),
        (Promise("R1", "x", "`tests/house/test_promises.py::test_every_row_names_what_is_there`", "0", "both"), "does not run on both"),
        (Promise("R1", "x", "`tests/jobs/test_kills.py::test_two_hundred_kills_lose_and_double_nothing`", "200", "both"), "is deep"),
        (Promise("R1", "x", "`tests/jobs/test_kills.py::test_two_hundred_kills_lose_and_double_nothing`", "", "all"), "no figure"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_hold_is_found(row: Promise, said: str) -> None:
    assert any(said in one for one in wrong(row))
