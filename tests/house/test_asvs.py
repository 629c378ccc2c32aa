"""docs/running/asvs.csv: each requirement once, by its number and level; what is said to be met has a test that is there, all else a reason."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "running" / "asvs.csv"
KNOWN = Path(__file__).parent / "asvs_5_0_0.txt"
COLUMNS = ["id", "level", "what", "applies", "where", "test", "reason"]
# What a reason says first. Only the first says that something is missing; the others say why no test can show it.
BEGINS = ("not met: ", "does not apply: ", "by document: ", "by operation: ", "by construction: ")
SPOKEN_LIKE_THE_STANDARD = re.compile(
    r"\bVerify that\b|\bthe application\b|\bsensitive functionality\b|\bensur|\bleverag|\butili[sz]|\bto mitigate\b|\bmust not be\b|\bauthoriz|\bsanitiz",
    re.IGNORECASE,
)
AMERICAN = re.compile(
    r"\b\w*(?:ization|izing|ized|izes|ize|yze[ds]?|avior|color|favor|center|defense|license[ds])\b", re.IGNORECASE
)
THEY_ARE_ENGLISH = {"size", "sizes", "sized", "prize", "seize", "resize", "licensed", "licenses"}

Row = dict[str, str]


def rows() -> list[Row]:
    with open(TABLE, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def known() -> dict[str, str]:
    """Each identifier with its level, as the standard has them."""
    lines = [line for line in KNOWN.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return dict(entry.split("/") for line in lines for entry in line.split())


@cache
def collected_in(file: Path) -> frozenset[str]:
    """The tests a file defines, as pytest collects them; read, not run."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def wrong_with(table: Iterable[Row]) -> list[str]:
    """Everything that is wrong with a table, in sentences that begin with the identifier."""
    found, seen = [], set[str]()
    for row in table:
        name = row["id"]
        if list(row) != COLUMNS or None in row.values():
            found.append(f"{name}: its columns are not {', '.join(COLUMNS)}")
            continue
        if name in seen:
            found.append(f"{name}: it stands there twice")
        seen.add(name)
        if known().get(name) != row["level"]:
            found.append(f"{name}: the standard has no such number at this level")
        found += [f"{name}: {said}" for said in (*_of_proof(row), *_of_words(row), *_of_places(row))]
    return found + [f"{name}: it is missing" for name in known() if name not in seen]


def _of_proof(row: Row) -> list[str]:
    if bool(row["test"]) is bool(row["reason"]):
        return ["it has a test or a reason, and not both"]
    if row["applies"] not in ("yes", "no", "partly"):
        return ["it applies, it does not, or it does in part"]
    if row["reason"]:
        begins = next((b for b in BEGINS if row["reason"].startswith(b)), "")
        if not begins or len(row["reason"]) < len(begins) + 20:
            return [f"a reason begins with one of {BEGINS}, and says why"]
        if (begins == "does not apply: ") is not (row["applies"] == "no"):
            return ["what does not apply says so twice"]
        if begins == "by document: " and ".md" not in row["reason"]:
            return ["it does not say in which document"]
        return []
    said = [] if row["applies"] != "no" else ["what does not apply has no test"]
    for named in row["test"].split(" "):
        file, _, test = named.partition("::")
        if not re.fullmatch(r"tests/\w+/test_\w+\.py", file) or not (ROOT / file).is_file():
            said.append(f"there is no file {file}")
        elif test not in collected_in(ROOT / file):
            said.append(f"there is no {named}")
    return said


def _of_words(row: Row) -> list[str]:
    said = []
    for words in (row["what"], row["reason"]):
        if SPOKEN_LIKE_THE_STANDARD.search(words):
            said.append(f"this is not said in our own words: {words[:60]}")
        said += [f"British English: {w}" for w in AMERICAN.findall(words) if w.lower() not in THEY_ARE_ENGLISH]
    if not 10 <= len(row["what"]) <= 130 or row["what"].endswith("."):
        said.append("what it asks is said in a few words, without a full stop")
    return said


def _of_places(row: Row) -> list[str]:
    """Every place that is named is there; what is still being built may name the tests it will have."""
    named = row["where"].split(" ") if row["where"] else []
    named += (
        [] if "being built" in row["reason"] else re.findall(r"\b(?:app|docs|tests|script)/[\w./-]*\w", row["reason"])
    )
    gone = [f"there is no {place}" for place in named if not (ROOT / place).exists()]
    if not row["where"] and row["applies"] != "no" and not row["reason"].startswith("not met: "):
        gone.append("it does not say where")
    return gone


def test_nothing_is_wrong_with_it() -> None:
    assert wrong_with(rows()) == []


def test_the_list_is_that_of_the_standard() -> None:
    """As many as the standard itself has at levels 1 and 2: 70 and 183. And seventeen of level 3, by decision."""
    levels = list(known().values())
    assert {level: levels.count(level) for level in "123"} == {"1": 70, "2": 183, "3": 17}
    assert list(known()) == sorted(known(), key=lambda name: [int(part) for part in name.split(".")])
    assert [row["id"] for row in rows()] == list(known())


def test_what_is_not_met_is_said() -> None:
    """So many of a level are not met at this commit: fewer is good news, and the document says how many there are."""
    missing = {
        level: [r["id"] for r in rows() if r["level"] == level and r["reason"].startswith("not met: ")]
        for level in "123"
    }
    text = (ROOT / "docs" / "running" / "security.md").read_text(encoding="utf-8")
    (said,) = re.findall(r"^Not met: (\d+) of level 1, (\d+) of level 2, (\d+) of level 3\.", text, re.MULTILINE)
    assert tuple(map(int, said)) == tuple(len(missing[level]) for level in "123"), missing


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("id", "1.2.99", "no such number"), ("id", "1.1.2", "twice"), ("level", "3", "no such number"), ("test", "", "a test or a reason"),
        ("reason", "by construction: it is the way it is here", "not both"), ("test", "tests/web/test_security.py::test_nothing", "there is no"),
        ("test", "tests/web/test_gone.py::test_x", "no file"), ("what", "Verify that input is decoded once, and only once", "our own words"),
        ("what", "Input is normalized once", "British"), ("applies", "no", "has no test"), ("applies", "perhaps", "in part"), ("where", "app/gone.py", "there is no"),
        ("where", "", "does not say where"),
    ],
)  # fmt: skip
def test_a_mistake_is_found(column: str, value: str, says: str) -> None:
    table = rows()
    assert table[0]["test"]
    table[0] = {**table[0], column: value}
    assert any(says in said for said in wrong_with(table)), wrong_with(table)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "it is fine",
        "not met: soon",
        "does not apply: nobody has ever asked for it",
        "by document: it is written somewhere",
    ],
)
def test_a_reason_that_is_none_is_found(said: str) -> None:
    table = rows()
    table[0] = {**table[0], "test": "", "reason": said}
    assert wrong_with(table) != []


def test_a_row_that_is_missing_is_found() -> None:
    assert wrong_with(rows()[1:]) == [f"{rows()[0]['id']}: it is missing"]
