"""A lead signs with three conditions; one is seen met, the record says what happened since; every page is sound and pictured."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.extensions import db

from .conftest import Desk
from .test_asks_back import Keyboard, app, keyboard  # noqa: F401 - its fixtures

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WHY = "I have read all of it and agree, because the visits and the plan are in place."


@pytest.fixture
def waiting(desk: Desk) -> str:
    """The path of an assessment that waits for a lead. Made before the server, which is a process of its own."""

    def made() -> str:
        case_id, assessment_id = desk.instance.submitted("h2")
        with desk.instance.app.app_context():
            db.engine.dispose()
        return f"/cases/{case_id}/assessments/{assessment_id}"

    found: str = desk.do(made)
    return found


def test_a_lead_signs_with_conditions_and_one_is_seen_met(
    waiting: str,
    keyboard: Keyboard,  # noqa: F811
) -> None:
    page = keyboard.page
    keyboard.sign_in("housing_officer")
    keyboard.go(f"{waiting}/take-back")
    keyboard.sound("take-back")
    page.context.clear_cookies()
    keyboard.sign_in("safeguarding_lead")
    keyboard.go(f"{waiting}/review")
    keyboard.sound("review-to-sign")
    page.get_by_label("Agree, and add conditions").check()
    page.get_by_label("In your own words, why?").fill(WHY)
    page.get_by_text("Add conditions", exact=True).click()
    for number, what in ((1, "The cot is brought"), (2, "The window is closed"), (3, "The key is handed over")):
        end = "" if number == 1 else f"_{number}"
        if number > 1:
            page.get_by_role("button", name="Another condition").click()
            page.locator(f"[name=condition_what{end}]").wait_for()
        page.fill(f"[name=condition_what{end}]", what)
        page.fill(f"[name=condition_owner{end}]", "Olu Officer")
        page.fill(f"[name=condition_seen{end}]", "Olu goes there and sees it")
        for part, typed in (("day", "1"), ("month", "12"), ("year", "2027")):
            page.fill(f"[name=condition_due{end}-{part}]", typed)
    expect(page.get_by_label("In your own words, why?")).to_have_value(WHY)
    keyboard.sound("review-three-conditions")
    page.get_by_role("button", name="Sign as").click()
    page.wait_for_url(re.compile("/records/"))
    keyboard.sound("record-with-conditions")
    page.get_by_role("link").filter(has_text="Write down how it stands: The cot is brought").click()
    keyboard.sound("condition")
    page.get_by_label("It is met, and somebody saw it").check()
    page.fill("[name=seen_by]", "Olu Officer")
    for part, typed in (("day", "29"), ("month", "11"), ("year", "2025")):
        page.fill(f"[name=seen_on-{part}]", typed)
    page.fill("[name=reason]", "The cot stands beside the bed, made up, and I took a photograph.")
    page.get_by_role("button", name="Write it down").click()
    page.wait_for_url(re.compile("/records/[0-9a-f]+$"))
    expect(page.get_by_text("Condition met: The cot is brought.")).to_be_visible()
    page.get_by_role("button", name="Issue it anew").click()
    expect(page.get_by_text("The newest issue of this record.")).to_be_visible()
    keyboard.sound("record-issued-anew")
    record = page.url.rsplit("/", 1)[0]
    keyboard.go(f"{record.removeprefix(keyboard.server.url('/').rstrip('/'))}/{page.url.rsplit('/', 1)[1]}/correct")
    keyboard.sound("correction")
