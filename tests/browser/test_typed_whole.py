"""Each household of the examples typed through the pages, by what stands on them, comes to what its case file comes to: script/test --deep.

H1 and H2 are also counted, by script/bench --officer; the typist is the same.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.settings import ROOT

sys.path.insert(0, str(ROOT / "script"))

from baseline_trees import Tree
from bench_officer import OUTCOMES, STEPS, household
from officer_typist_ours import TypistOfOurs
from served_trees import free_port, served

pytestmark = [pytest.mark.browser, pytest.mark.deep, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_is_typed_is_what_the_case_file_says(
    browser: Browser, tmp_path: Path, gazetteer_file: Path, name: str
) -> None:
    """Everything the scenario knows stands in the case that the service writes out, and the same is found of both."""
    tree = Tree("ours", ROOT, tmp_path / "data")
    tree.data.mkdir()
    (tree.data / "gazetteer.sqlite").symlink_to(gazetteer_file)
    port = free_port()
    with served(tree, port):
        tree.run("python", str(tree.program("people")))
        reached = household(browser, tree, TypistOfOurs, f"http://127.0.0.1:{port}", name)
    assert list(reached) == list(STEPS)
    assert reached[STEPS[0]].pages == 2, "the first screen, and the verdict"
