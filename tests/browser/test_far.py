"""What is far on the result: said in the first screenful, and the page no longer than it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.checklists import read_folder
from app.demo_conversations import in_conversations

from .conftest import Person, Running
from .test_journeys import axe_finds_nothing, example

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_far_is_in_the_first_screenful_and_the_result_is_no_longer_for_it(
    running: Running, person: Callable[..., Person], tmp_path: Path, name: str
) -> None:
    """The demonstration's households, in cases of their own: what is decided of those elsewhere makes their pages longer."""
    tree = example(name)
    tree["household"]["reference"] = f"FAR-{name.upper()}"
    in_conversations(tree, read_folder())
    file = tmp_path / "family.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    made = json.loads(running.command("case", "import", str(file), "--officer", "officer@demo.example").stdout)
    officer = person(name, "lead")
    here = f"/cases/{made['case']}/assessments/{made['assessment']}"
    officer.go(f"{here}/result")
    high = "document.documentElement.scrollHeight"
    officer.page.set_viewport_size({"width": 1280, "height": 900})
    wide = officer.page.evaluate(high)
    officer.picture(f"far-{name}")
    officer.page.set_viewport_size({"width": 390, "height": 844})
    narrow = officer.page.evaluate(high)
    officer.picture(f"far-{name}-phone")
    # Three screens of 900 px.
    assert (wide <= 2700, narrow <= 5500) == (True, True), (wide, narrow)
    officer.page.set_viewport_size({"width": 1280, "height": 900})
    far = officer.page.locator(".cbc-verdict p", has_text="Far:")
    box = far.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 900, "what is far is said in the first screenful"
    axe_finds_nothing(officer)
