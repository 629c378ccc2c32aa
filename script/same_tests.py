"""Which tests both trees have, as a plugin of pytest: says what there is to run, or runs only those of a list.

A test is told by its name and its parameters: the rooms it stands in have moved.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.hookimpl(trylast=True)  # once it is known which are of the kind asked for
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if told := os.environ.get("SAME_TESTS_FOUND"):
        Path(told).write_text("\n".join(item.name for item in items), encoding="utf-8")
    if chosen := os.environ.get("SAME_TESTS"):
        names = set(Path(chosen).read_text(encoding="utf-8").split("\n"))
        config.hook.pytest_deselected(items=[item for item in items if item.name not in names])
        items[:] = [item for item in items if item.name in names]
