"""On a telephone a page is a few screens long, and nothing of it is cut off at the side: the list, every question, what the data is."""

from __future__ import annotations

import pytest

from .test_asks_back import Keyboard, app, keyboard, paths  # noqa: F401 - its fixtures

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Before, in pixels at 390: the list of questions 17,202, about the data 45,264, and the last column of the list of cases cut off.
LONGEST = {"/cases": 2_000, "assessment": 3_500, "/about-the-data": 9_000}


def test_the_long_pages_are_a_few_screens(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    keyboard.sign_in("housing_officer")
    page = keyboard.page
    page.set_viewport_size({"width": 390, "height": 844})
    found = {}
    for name in LONGEST:
        keyboard.go(paths[1] if name == "assessment" else name)
        high, over = page.evaluate(
            "[document.documentElement.scrollHeight, document.documentElement.scrollWidth - document.documentElement.clientWidth]"
        )
        assert over <= 0, name
        # What scrolls by itself can be reached by keyboard, and says what it is.
        cut = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible'"
            " && !(e.tabIndex >= 0 && e.getAttribute('aria-label')) && e.clientWidth > 1).map(e => e.className)"
        )
        assert cut == [], name
        found[name] = high
    assert {name: high for name, high in found.items() if high > LONGEST[name]} == {}, found
