"""Which tests script/check runs, as a plugin of pytest: those that need no database, server or browser, and end soon; it says what it leaves out.

A test needs one where a fixture that it asks for does, or one of those that this asks for. A file that takes long whatever it is
asked is named here with the reason. Properties are the same tests on fewer households: that is set in script/check.
"""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

# Whatever stands on a database asks for one of these: an installation, the postcodes that are packed for it, a server of PostgreSQL.
NEED = {"instance", "either", "app", "gazetteer_file", "sqlite_template", "postgresql", "restored", "live_server"}
MARKS = {"browser", "full_disk", "deep"}
LONG = {
    "house/test_assess_command.py": "starts the command line again and again",
    "house/test_bench.py": "makes worktrees",
    "house/test_deep_proof.py": "starts processes",
    "house/test_habits.py": "runs script/test itself",
    "house/test_purity.py": "starts a Python for each module",
    "disk/test_spool.py": "starts processes",
    "places/test_chain.py": "starts servers",
    "places/test_nearest.py": "measures twenty thousand places one by one",
    "places/test_postcode_load.py": "unpacks files beyond reason",
    "suitability/advice/test_lapses.py": "judges every household again on each day on which anything grows old",
    "suitability/checklist/test_cross_checks.py": "clears every hold of every household in turn",
    "suitability/checklist/test_grades_and_days.py": "judges a household for each grade and age of each answer",
    "suitability/checklist/test_condition_by_line.py": "judges every table again without each condition in turn",
}
LEFT = "left to script/test"  # a count a room, which a process of pytest-xdist hands to the one that prints
STASH = pytest.StashKey[Counter[str]]()


def room_of(item: pytest.Item) -> str:
    return "/".join(item.path.relative_to(item.config.rootpath / "tests").parts[:-1])


def needs_more(item: pytest.Item) -> bool:
    """Does it need a database, a server or a browser?"""
    return bool(NEED & set(getattr(item, "fixturenames", ())) or MARKS & set(item.keywords))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What is left out whatever its tests ask for is not even read."""
    try:
        inside = collection_path.relative_to(config.rootpath / "tests").as_posix()
    except ValueError:
        return None
    return True if inside in LONG or inside == "browser" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left = [item for item in items if needs_more(item)]
    out = set(map(id, left))
    items[:] = [item for item in items if id(item) not in out]
    config.hook.pytest_deselected(items=left)
    keep(config, Counter(room_of(item) for item in left))


def pytest_configure() -> None:
    gc.disable()  # thousands of tests are collected, and none goes: looking through them again and again takes a tenth of the time


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def keep(config: pytest.Config, left: Counter[str]) -> None:
    config.stash[STASH] = left
    if hasattr(config, "workeroutput"):
        config.workeroutput[LEFT] = dict(left)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every process chooses the same."""
    keep(node.config, Counter(node.workeroutput.get(LEFT, {})))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left = config.stash.get(STASH, Counter())
    rooms = ", ".join(f"{room} {count}" for room, count in sorted(left.items()))
    terminalreporter.write_line(
        f"Left to script/test, for they need a database, a server or a browser: {left.total()} tests ({rooms})."
    )
    terminalreporter.write_line(
        f"Left to script/test too, and not counted: the browser's, {len(LONG)} files named in script/quick_tests.py, and all but the first households of each property."
    )
