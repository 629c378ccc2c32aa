"""The chronology of a case in a browser: sound to axe, as wide as a telephone, narrowed without a script, whole on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from .conftest import PICTURES, Person
from .test_journeys import axe_finds_nothing, demo_assessment, on_a_telephone

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("household", ["DEMO-H1", "DEMO-H2"])
def test_a_chronology_is_read_and_narrowed(person: Callable[..., Person], household: str) -> None:
    officer = person(f"chronology-{household}", "lead")
    case = re.sub("/assessments/.*", "", demo_assessment(officer, household))
    officer.go(case)
    officer.page.click("main a:has-text('Chronology')")
    officer.page.wait_for_selector("h1:has-text('Chronology of case')")
    axe_finds_nothing(officer)
    on_a_telephone(officer, f"chronology-{household}")
    wide = officer.page.evaluate("() => document.documentElement.scrollWidth")
    officer.page.set_viewport_size({"width": 390, "height": 844})
    assert officer.page.evaluate("() => document.documentElement.scrollWidth") <= 390
    officer.page.set_viewport_size({"width": 1280, "height": 900})
    assert wide <= 1280
    officer.page.emulate_media(media="print")
    officer.page.pdf(path=PICTURES / f"chronology-printed-{household}.pdf", format="A4")
    officer.page.emulate_media(media="screen")


def test_it_is_narrowed_without_a_script(person: Callable[..., Person]) -> None:
    officer = person("chronology-plain", "lead", java_script_enabled=False)
    case = re.sub("/assessments/.*", "", demo_assessment(officer, "DEMO-H2"))
    officer.go(f"{case}/chronology")
    whole = officer.page.locator(".cbc-chron__lines tbody tr").count()
    officer.page.locator("summary:has-text('Choose what is shown')").click()
    officer.page.select_option("[name=kind]", "told")
    officer.page.click("main button:has-text('Show')")
    part = officer.page.locator(".cbc-chron__lines tbody tr").count()
    assert 0 < part < whole
    officer.page.select_option("[name=kind]", "")
    officer.page.fill("[name=since-day]", "31")
    officer.page.fill("[name=since-month]", "2")
    officer.page.fill("[name=since-year]", "2026")
    officer.page.click("main button:has-text('Show')")
    assert "There is a problem" in officer.page.inner_text("main")
    officer.trouble.clear()  # the browser's own line about the 422
