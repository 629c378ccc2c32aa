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
    "operator", "string", "types",
    "itertools", "json", "math", "re", "typing", "unicodedata", "pydantic", "yaml",
}  # fmt: skip

# What a web worker loads when it is used, and not before.
HEAVY = (
    "numpy", "shapely", "scipy", "osmium", "pyproj", "weasyprint", "pyhanko", "asn1crypto", "cryptography", "dbos", "geopy",
    "requests", "aiohttp", "alembic", "flask_migrate", "mako", "rich", "holidays", "app.cli", "app.install", "app.demo",
)  # fmt: skip


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


@pytest.mark.parametrize("file", HEART, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_nobody_moves_whom_the_facts_are_about(file: Path) -> None:
    """No cursor: whoever wants the facts of somebody else asks for them (``Facts.about``), and the others keep theirs."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    written = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    assert [f"{file.name}:{n.lineno}" for n in written if n.attr == "subject"] == []


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
    """Arrays, shapes, rendering, sealing, the job engine, geocoders and commands are loaded by what uses them: else every
    worker of every council pays for them."""
    code = f"import sys, wsgi; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], env={**os.environ, "CBC_DATA": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_the_pages_of_a_case_load_no_more_than_the_grid(tmp_path: Path, gazetteer_file: Path) -> None:
    """An officer signs in and reads a result: postcodes are measured, and nothing is loaded that other councils need."""
    root, environment = Path(__file__).parents[2], {**os.environ, "CBC_DATA": str(tmp_path)}
    (tmp_path / "gazetteer.sqlite").symlink_to(gazetteer_file)
    setup = [sys.executable, "-m", "flask", "--app", "wsgi", "setup", "--demo"]
    subprocess.run(setup, cwd=root, env=environment, capture_output=True, check=True)
    code = f"""
import re, sys, wsgi
at = wsgi.app.test_client()
token = re.search('name="csrf_token"[^>]*value="([^"]+)"', at.get("/sign-in").text)[1]
password = open({str(tmp_path / "demo-password.txt")!r}).read()
at.post("/sign-in", data={{"csrf_token": token, "email": "officer@demo.example", "password": password}})
case = re.search('href="(/cases/[0-9a-f]{{32}})">DEMO-H1', at.get("/cases").text)[1]
assessment = re.search('href="(/cases/[0-9a-f]+/assessments/[0-9a-f]+)"', at.get(case).text)[1]
for page in ("", "/result", "/placement"):
    assert at.get(assessment + page).status_code == 200
print([m for m in {HEAVY} if m in sys.modules and m != "pyproj"])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_further_process_that_judges_loads_nothing_of_the_web_or_the_database() -> None:
    """A council that judges its records again on every core pays for the web once, not once a core."""
    heavy = ("flask", "jinja2", "sqlalchemy", "pydantic_settings", "app.house", "app.settings", "app.extensions")
    code = f"import sys, app.decisions.rejudge; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
