"""script/test, script/check and script/lint understand their words. Lint and pytest stand in as programs that write down what they were asked."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.settings import ROOT

sys.path.insert(0, str(ROOT / "script"))

import quick_tests

NOTES = """#!/bin/sh
echo "$(basename "$0") $*" >>asked.txt
case "$*" in *${NONE:-nothing}*) exit 5 ;; *${FAILS:-nothing}*) exit 1 ;; esac
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The scripts as they are, over four rooms of tests and programs that only take notes."""
    for name in ("script/test", "script/check", "script/lint", ".ci/run"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("places/test_a.py", "suitability/test_b.py", "suitability/law/test_c.py", "browser/test_d.py"):
        (tmp_path / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / name).touch()
    (tmp_path / "tests/properties").mkdir()
    for name in (
        "script/bootstrap",
        *(f".venv/bin/{tool}" for tool in ("ruff", "mypy", "lint-imports", "pytest", "python")),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(NOTES)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def run(tree: Path, *words: str, **environment: str) -> tuple[int, list[str], str]:
    """What a command ends with, what it asked of the programs, and what it says."""
    done = subprocess.run(words, cwd=tree, env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, text=True)
    asked = tree / "asked.txt"
    lines = asked.read_text().splitlines() if asked.exists() else []
    return done.returncode, lines, done.stdout + done.stderr


def of_pytest(lines: list[str]) -> list[str]:
    return [line.removeprefix("pytest -m ") for line in lines if line.startswith("pytest")]


@pytest.mark.parametrize(
    ("words", "passed"),
    [
        ([], ""),
        (["places"], "tests/places"),
        (["places/", "suitability/law"], "tests/places tests/suitability/law"),
        (["suitability"], "tests/suitability"),
        (["-k", "places", "-x"], "-k places -x"),
        (["places", "-k", "alike"], "tests/places -k alike"),
        (["--deep"], "--deep"),
        (["--deep", "places"], "--deep tests/places"),
        (["places", "--deep"], "--deep tests/places"),
        (["tests/places/test_a.py", "-x"], "tests/places/test_a.py -x"),
    ],
)
def test_rooms_become_folders_and_other_words_are_pytests(tree: Path, words: list[str], passed: str) -> None:
    status, lines, said = run(tree, "script/test", *words)
    both = [f"browser {passed}".rstrip(), f"not browser --numprocesses 2 {passed}".rstrip()]
    assert (status, sorted(of_pytest(lines))) == (0, both), said  # the two run beside each other
    assert [line for line in lines if line.startswith(("mypy", "lint-imports"))] == [
        "mypy --no-error-summary",
        "lint-imports --no-logo",
    ]


@pytest.mark.parametrize("room", ["placements", "properties", "suitability/judgement", "place"])
def test_a_room_that_is_not_there_is_told_with_those_that_are(tree: Path, room: str) -> None:
    status, lines, said = run(tree, "script/test", "places", room)
    assert (status, lines) == (2, [])
    assert f"there is no room “{room}”" in said
    assert said.split("There are: ")[1].split() == ["browser", "places", "suitability", "suitability/law"]


@pytest.mark.parametrize(
    ("words", "proof"),
    [
        ([], False), (["--deep"], True), (["--deep", "places"], False), (["--deep", "places", "suitability"], True),
        (["suitability/law", "--deep"], True), (["-x", "--deep"], True), (["suitability"], False),
    ],
)  # fmt: skip
def test_the_deep_proof_belongs_to_the_whole_and_to_the_heart(tree: Path, words: list[str], proof: bool) -> None:
    _, lines, _ = run(tree, "script/test", *words)
    assert ("python script/bench_properties.py" in lines) is proof


@pytest.mark.parametrize(
    ("environment", "status"),
    [
        ({}, 0), ({"FAILS": "not browser"}, 1), ({"FAILS": "-m browser"}, 1), ({"NONE": "-m browser"}, 0),
        ({"NONE": "not browser"}, 0), ({"NONE": "-m"}, 5), ({"NONE": "-m browser", "FAILS": "not browser"}, 1),
    ],
)  # fmt: skip
def test_a_failure_is_told_and_a_room_without_browser_tests_is_none(
    tree: Path, environment: dict[str, str], status: int
) -> None:
    ended, lines, _ = run(tree, "script/test", "places", **environment)
    assert (ended, len(of_pytest(lines))) == (status, 2)


@pytest.mark.parametrize("command", ["script/test", "script/check"])
def test_nothing_is_tested_where_lint_finds_something(tree: Path, command: str) -> None:
    status, lines, said = run(tree, command, FAILS="--no-logo")
    assert (status, of_pytest(lines)) == (1, []), said


def test_continuous_integration_runs_everything(tree: Path) -> None:
    status, lines, _ = run(tree, ".ci/run")
    assert (status, sorted(of_pytest(lines))) == (0, ["browser", "not browser --numprocesses 2"])


def test_check_takes_fewer_households_and_passes_words_on(tree: Path) -> None:
    status, lines, _ = run(tree, "script/check", "-x", "tests/places")
    assert (status, lines[-1].startswith("pytest -p quick_tests"), lines[-1].endswith("-x tests/places")) == (
        0,
        True,
        True,
    )


@pytest.mark.parametrize("command", ["script/test", "script/check", "script/lint"])
def test_help_is_a_sentence_and_runs_nothing(tree: Path, command: str) -> None:
    status, lines, said = run(tree, command, "--help")
    assert (status, lines) == (0, [])
    assert said.startswith(f"Usage: {command}")


def test_lint_takes_no_words(tree: Path) -> None:
    status, lines, said = run(tree, "script/lint", "places")
    assert (status, lines) == (2, [])
    assert "takes no words, and “places” is one" in said


def test_check_chooses_by_what_a_test_asks_for_and_says_what_is_left(tmp_path: Path) -> None:
    def item(file: str, *fixtures: str, mark: str = "") -> Any:
        config = SimpleNamespace(rootpath=tmp_path)
        return SimpleNamespace(path=tmp_path / "tests" / file, config=config, fixturenames=fixtures, keywords={mark})

    quick = [item("places/test_a.py"), item("suitability/law/test_a.py", "checklist")]
    left = [
        item("places/test_a.py", "officer", "app"), item("places/test_b.py", "gazetteer_file"), item("disk/test_a.py", mark="full_disk"),
    ]  # fmt: skip
    items, told = [*left[:2], *quick, *left[2:]], []
    config: Any = SimpleNamespace(
        stash={}, workeroutput={}, hook=SimpleNamespace(pytest_deselected=lambda items: told.extend(items))
    )
    quick_tests.pytest_collection_modifyitems(config, items)
    assert (items, told) == (quick, left)
    other = SimpleNamespace(stash={})
    quick_tests.pytest_testnodedown(SimpleNamespace(config=other, workeroutput=config.workeroutput))
    lines: list[str] = []
    quick_tests.pytest_terminal_summary(SimpleNamespace(write_line=lines.append), other)  # type: ignore[arg-type]
    assert lines[0].endswith("3 tests (disk 1, places 2).")


@pytest.mark.parametrize(
    ("path", "unread"),
    [
        ("tests/browser", True),
        ("tests/house/test_bench.py", True),
        ("tests/house/test_values.py", None),
        ("docs", None),
    ],
)
def test_check_does_not_read_what_it_leaves_out_by_name(path: str, unread: bool | None) -> None:
    config: Any = SimpleNamespace(rootpath=ROOT)
    assert quick_tests.pytest_ignore_collect(ROOT / path, config) is unread


def test_what_check_leaves_out_by_name_is_there() -> None:
    assert [name for name in quick_tests.LONG if not (ROOT / "tests" / name).is_file()] == []


def test_whatever_needs_a_browser_says_so() -> None:
    """Its driver leaves a loop running in the thread, in which nothing is sealed any more: it is kept from the others."""
    unmarked = [
        file.name
        for file in sorted((ROOT / "tests" / "browser").glob("test_*.py"))
        if "pytest.mark.browser" not in file.read_text(encoding="utf-8")
    ]
    assert unmarked == []
