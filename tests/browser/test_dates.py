"""The page of dates in a real browser: what is past its day first, one put off with a reason, and nothing for axe to find."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.clocks import today

from .conftest import Person, Running
from .test_journeys import axe_finds_nothing, example

pytestmark = pytest.mark.browser


def fill_day(person: Person, name: str, days: int) -> None:
    on = today() + timedelta(days=days)
    for part, value in (("day", on.day), ("month", on.month), ("year", on.year)):
        person.page.fill(f"[name={name}-{part}]", str(value))


def test_the_dates_of_a_case_on_a_screen_and_on_a_phone(
    running: Running, person: Callable[..., Person], tmp_path: Path
) -> None:
    tree = example("h1")
    tree["household"]["reference"] = "DATES-H1"
    file = tmp_path / "family.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    made = json.loads(running.command("case", "import", str(file), "--officer", "officer@demo.example").stdout)
    senior = person("dates", "senior")
    here = f"/cases/{made['case']}/dates"
    senior.go(f"{here}/begin")
    axe_finds_nothing(senior)
    senior.page.click("main button[type=submit]")
    assert "There is a problem" in senior.page.inner_text("main")
    axe_finds_nothing(senior)
    senior.page.select_option("[name=kind]", "review_decision")
    fill_day(senior, "on", -50)
    senior.page.fill("[name=said]", "Her solicitor asked in writing.")
    senior.page.click("main button[type=submit]")
    senior.page.wait_for_url(f"**{here}")
    senior.page.set_viewport_size({"width": 1280, "height": 900})
    senior.picture("dates")
    axe_finds_nothing(senior)
    order = senior.page.locator("h2.govuk-heading-m").all_inner_texts()
    assert order[0].startswith("Past their day")
    card = senior.page.locator(".govuk-summary-card", has_text="Decision on a review").first
    card.get_by_role("link", name="More time was given").click()
    senior.page.set_viewport_size({"width": 390, "height": 844})
    senior.picture("dates-more-time-phone")
    axe_finds_nothing(senior)
    fill_day(senior, "until", 9)
    fill_day(senior, "on", -1)
    senior.page.fill("[name=said]", "Her solicitor’s letter, in the file.")
    senior.picture("dates-more-time")
    senior.page.click("main button[type=submit]")
    senior.page.wait_for_url(f"**{here}")
    assert "Her solicitor’s letter, in the file." in senior.page.inner_html("main")
    card = senior.page.locator(".govuk-summary-card", has_text="Decision on a review").first
    card.get_by_role("link", name="Put it off").click()
    fill_day(senior, "until", 2)
    senior.page.fill("[name=why]", "The doctor’s letter comes tomorrow.")
    axe_finds_nothing(senior)
    senior.picture("dates-put-off")
    senior.page.click("main button[type=submit]")
    senior.page.wait_for_url(f"**{here}")
    assert "The doctor’s letter comes tomorrow." in senior.page.inner_text("main")
    senior.page.set_viewport_size({"width": 390, "height": 844})
    wide = senior.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, "nothing is cut off on a phone"
    senior.picture("dates-phone")
    assert senior.trouble == []
