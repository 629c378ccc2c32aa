"""A plan for a high concern in a real browser: written by the officer, agreed to by a senior officer by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from .conftest import Person
from .test_journeys import axe_finds_nothing, demo_assessment, on_a_telephone

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_senior_officer_agrees_to_a_plan_by_keyboard(person: Callable[..., Person]) -> None:
    officer = person("planner", "officer")
    assessment = demo_assessment(officer, "DEMO-H5")
    officer.go(assessment + "/mitigations/CS12/unit")
    officer.fill("what", "A room away from other households on Thursday")
    officer.fill("owner_name", "Pla Cement")
    officer.fill("owner_role", "placement officer")
    officer.day("owner_accepted", date.today().isoformat())
    officer.day("due", (date.today() + timedelta(days=2)).isoformat())
    officer.press("Save")
    on_a_telephone(officer, "plan-waiting")
    axe_finds_nothing(officer)
    officer.unfold()
    assert "waits for a senior officer" in officer.page.inner_text("main")

    senior = person("agreeing", "senior")
    senior.go(assessment + "/result")
    senior.unfold()
    senior.page.click("text=Read and agree to this plan")
    axe_finds_nothing(senior)
    on_a_telephone(senior, "plan")
    page = senior.page
    page.locator("main h1").click()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name || ''") == "note":
            break
    page.keyboard.type("The flat is empty and the family have seen it.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "You have agreed to the plan." in page.inner_text("main")
    senior.unfold()
    assert "senior officer, agreed to it on" in page.inner_text("main")
    axe_finds_nothing(senior)
