"""The heart stays pure: no clock, no input or output, nothing of ours."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEART = sorted((Path(__file__).parents[2] / "app" / "suitability").glob("**/*.py"))
ALLOWED = {
    "__future__", "annotationlib", "calendar", "collections", "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools", "graphlib",
    "itertools", "json", "math", "re", "typing", "unicodedata", "pydantic", "yaml",
}  # fmt: skip


@pytest.mark.parametrize("file", HEART, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_the_heart_imports_only_what_is_pure(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {name.name.split(".")[0] for name in node.names} <= ALLOWED
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            named = str(node.module)
            assert named.split(".")[0] in ALLOWED or named.startswith("app.suitability")
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("now", "today", "utcnow")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("open", "print", "input", "exec", "eval")


def test_a_module_is_one_noun() -> None:
    root = Path(__file__).parents[2]
    long = [
        f"{file.relative_to(root)}: {len(file.read_text(encoding='utf-8').splitlines())}"
        for wing in ("app", "forms", "script", "tests")
        for file in root.glob(f"{wing}/**/*.py")
        if len(file.read_text(encoding="utf-8").splitlines()) > 400
    ]
    assert long == []


def test_a_web_worker_carries_nothing_that_only_some_councils_need(tmp_path: Path) -> None:
    """Arrays, shapes and rendering are loaded by what uses them: else every worker of every council pays for them."""
    heavy = ("numpy", "shapely", "scipy", "osmium", "weasyprint")
    code = f"import sys, wsgi; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], env={**os.environ, "CBC_DATA": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_a_further_process_that_judges_loads_nothing_of_the_web_or_the_database() -> None:
    """A council that judges its records again on every core pays for the web once, not once a core."""
    heavy = ("flask", "jinja2", "sqlalchemy", "pydantic_settings", "app.house", "app.settings", "app.extensions")
    code = f"import sys, app.decisions.rejudge; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
