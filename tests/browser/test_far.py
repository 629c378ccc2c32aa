"""What is far on the result: said in the first screenful, and the page no longer than it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import Person
from .test_journeys import axe_finds_nothing, demo_assessment

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["DEMO-H1", "DEMO-H2", "DEMO-H3", "DEMO-H5"])
def test_far_is_in_the_first_screenful_and_the_result_is_no_longer_for_it(
    person: Callable[..., Person], name: str
) -> None:
    officer = person(name, "lead")
    here = demo_assessment(officer, name)
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
