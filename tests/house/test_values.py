"""Values of more than five fields are made by name: nobody counts positions, and two of one type cannot change places."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST = 5


@cache
def _values() -> dict[str, set[str]]:
    """Each value of many fields: its name, and the modules that a file may have it from."""
    found: dict[str, set[str]] = {}
    for wing in ("app", "forms"):
        for file in (ROOT / wing).rglob("*.py"):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and _is_value(node):
                    fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
                    if len(fields) > MOST:
                        found.setdefault(node.name, set()).add(module)
    return found


def _is_value(node: ast.ClassDef) -> bool:
    made_by = [ast.unparse(decorator) for decorator in node.decorator_list]
    return "NamedTuple" in map(ast.unparse, node.bases) or any(said.startswith("dataclass") for said in made_by)


def _by_position(file: Path, text: str, values: dict[str, set[str]]) -> Iterator[str]:
    """Calls of such values with arguments by position, where the name in this file is that value's."""
    module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    tree = ast.parse(text)
    own = {name for name, homes in values.items() if module in homes}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            source = node.module or ""
            for alias in node.names:
                homes = values.get(alias.name, set())
                if any(home == source or home.endswith(f".{source}") for home in homes):
                    own.add(alias.name)
    for node in ast.walk(tree) if own else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in own and node.args:
            yield f"{file.relative_to(ROOT)}:{node.lineno} {node.func.id}"


def test_values_of_many_fields_are_made_by_name() -> None:
    values = _values()
    assert {"Row", "Finding", "Place", "Distance", "Pattern", "Result"} <= values.keys()
    files = [file for wing in ("app", "forms") for file in (ROOT / wing).rglob("*.py")]
    assert [found for file in files for found in _by_position(file, file.read_text(encoding="utf-8"), values)] == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("from .result import Row\nRow(1, 2)", 1), ("from .result import Row\nRow(criterion=1)", 0),
        ("from app.suitability.judgement.result import Row\nRow(1)", 1), ("from elsewhere import Row\nRow(1)", 0),
        ("class Row:\n    pass\nRow(1)", 0),
    ],
)  # fmt: skip
def test_an_argument_by_position_is_found(written: str, found: int) -> None:
    file = ROOT / "app" / "suitability" / "judgement" / "invented.py"
    assert len(list(_by_position(file, written, _values()))) == found
