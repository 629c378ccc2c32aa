"""A second room beside the first, entered and asked about in a browser: sound to axe, as wide as a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import Person, Running
from .test_journeys import axe_finds_nothing, demo_assessment, on_a_telephone

pytestmark = pytest.mark.browser


def test_a_second_room_is_entered_and_asked_about(running: Running, person: Callable[..., Person]) -> None:
    officer = person("units", "officer")
    here = demo_assessment(officer, "DEMO-H5")
    officer.go(f"{here}/units")
    axe_finds_nothing(officer)
    officer.press("Add another unit")
    axe_finds_nothing(officer)
    on_a_telephone(officer, "unit-new")
    officer.fill("door", "Room 14")
    officer.choose("kind", "hotel")
    officer.choose("sleeps_known", "yes")
    officer.page.locator('[name="sleeps"]').last.check()
    officer.choose("shares_known", "none")
    officer.press("Save")
    assert "Room 14" in officer.page.inner_text("main")
    axe_finds_nothing(officer)
    officer.fill("name", "14")
    officer.choose("use", "bed_sitting")
    officer.press("Add")
    officer.go(f"{here}/units")
    axe_finds_nothing(officer)
    on_a_telephone(officer, "units")
    officer.go(f"{here}/sheets/provider")
    axe_finds_nothing(officer)
    on_a_telephone(officer, "units-sheet")
    officer.go(f"{here}/result")
    assert "Beside it, for the same family: Room 14." in officer.page.inner_text("main")
    officer.unfold()
    axe_finds_nothing(officer)
    on_a_telephone(officer, "units-result")
    officer.go(f"{here}/units")
    officer.press("Take away")
    assert "Room 14" not in officer.page.inner_text("main")
