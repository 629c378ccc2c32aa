"""A sheet of an agency opens on the result where its call stands, and the verdict is drawn afresh; one of the family is a page of its own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.clocks import today

from .test_asks_back import Keyboard, app, keyboard, paths  # noqa: F401 - its fixtures

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_two_calls_are_written_down_on_the_result(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    keyboard.sign_in("housing_officer")
    page, here = keyboard.page, f"{paths[1]}/result"
    loads: list[str] = []
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    keyboard.go(here)
    page.on("load", lambda _: loads.append(page.url))
    page.locator(".cbc-call a[href$='/sheets/provider'], .cbc-call a[href$='/sheets/officer']").first.click()
    form = page.locator(".cbc-in-place")
    expect(form.locator("h3").first).to_be_focused()
    keyboard.sound("sheet-in-place")
    row = form.locator(".cbc-ans:has(input[type=radio])").first
    row.locator("input[type=radio]").first.check()
    if form.locator("[name=person]").input_value() == "":
        form.locator("[name=person]").fill("Pat Rowe")
        page.keyboard.press("Tab")
    expect(form.locator("[data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))

    # A question is added where it stands; the next conversation opens in the same place.
    added = str(form.locator("select[name=more] option").nth(1).get_attribute("value"))
    form.locator("select[name=more]").select_option(added)
    form.get_by_role("button", name="Add it").click()
    expect(form.locator(f"#line-{added}")).to_be_visible()
    form.locator("select[name=then]").select_option("police")
    form.get_by_role("button", name="Save, and go on").click()
    expect(form.get_by_role("heading", name=re.compile("Ring Police"))).to_be_visible()
    form.locator("[name=person]").fill("Ann Desk")
    form.locator(".cbc-ans input[type=radio]").first.check()
    keyboard.sound("sheet-in-place-next")

    # Closed at once: what was chosen a moment ago is saved all the same, and the page behind it is drawn afresh.
    form.get_by_role("button", name="Close").click()
    expect(form).to_have_count(0)
    expect(page.locator("h2#verdict")).to_be_focused()
    expect(page.locator(".cbc-verdict .cbc-saved")).to_have_text(re.compile("Saved"))
    assert (loads, wrong, page.url.endswith("/result")) == ([], [], True)
    keyboard.go(f"{paths[1]}/sheets/police")
    assert page.get_by_text("Ann Desk").count() >= 1


def test_closed_without_an_answer_from_the_service_it_says_so_once(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    keyboard.sign_in("housing_officer")
    page = keyboard.page
    keyboard.go(f"{paths[1]}/result")
    page.locator(".cbc-call a[href$='/sheets/provider'], .cbc-call a[href$='/sheets/officer']").first.click()
    form = page.locator(".cbc-in-place")
    page.route("**/lines", lambda route: route.abort("connectionreset"))
    form.locator(".cbc-ans input[type=radio]").first.check()
    form.get_by_role("button", name="Close").click()
    expect(form.locator("> .cbc-not-saved")).to_contain_text("Not all of it is saved")
    form.get_by_role("button", name="Close").click()
    expect(form).to_have_count(0)


def test_a_sheet_of_the_family_is_a_page_of_its_own(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    """They may see the screen, and the result behind it says what others told."""
    keyboard.sign_in("housing_officer")
    page = keyboard.page
    keyboard.go(f"{paths[1]}/result")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    family = page.locator("main a[href*='/sheets/']", has_text=re.compile("^Ask .* Example"))
    assert family.count()
    for link in family.all():
        assert link.get_attribute("data-in-place") is None
    with page.expect_navigation():
        family.first.click()
    assert "/sheets/" in page.url
    assert "Not suitable" not in page.inner_text("main")


def test_gone_on_to_the_family_the_result_is_left(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    keyboard.sign_in("housing_officer")
    page = keyboard.page
    keyboard.go(f"{paths[1]}/result")
    page.locator(".cbc-call a[href$='/sheets/provider']").first.click()
    form = page.locator(".cbc-in-place")
    form.locator("[name=person]").fill("Pat Rowe")
    form.locator(".cbc-ans input[type=radio]").first.check()
    theirs = form.locator("select[name=then] option", has_text="Talk with").first
    form.locator("select[name=then]").select_option(str(theirs.get_attribute("value")))
    with page.expect_navigation():
        form.get_by_role("button", name="Save, and go on").click()
    assert "/sheets/" in page.url
    assert page.locator("h1").inner_text().startswith("Talk with")


def test_a_question_is_answered_on_the_result_and_leads_back_to_it(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    keyboard.sign_in("housing_officer")
    page, loads = keyboard.page, list[str]()
    keyboard.go(f"{paths[1]}/result")
    page.on("load", lambda _: loads.append(page.url))
    page.locator(".cbc-call summary", has_text="Each question").first.click()
    page.locator(".cbc-call a[href*='/questions/']").first.click()
    form = page.locator(".cbc-in-place")
    expect(form.get_by_role("button", name="Save and go on")).to_be_visible()
    keyboard.sound("question-in-place")

    # What is missing is said beside the field, and nothing is lost.
    form.locator("[name=note]").fill("Said on the telephone.")
    form.get_by_role("button", name="Save and go on").click()
    expect(form.locator(".govuk-error-summary")).to_be_focused()
    expect(form.locator("[name=note]")).to_have_value("Said on the telephone.")

    form.locator("[name=value]").first.check()
    form.locator("[name=grade][value=E2]").check()
    for name, words in (("source_name", "Oda Officer"), ("source_role", "housing officer")):
        form.locator(f"[name={name}]").fill(words)
    for part, number in (("day", today().day), ("month", today().month), ("year", today().year)):
        form.locator(f"[name=on-{part}]").fill(str(number))
    page.wait_for_timeout(1_100)  # pressed again within a second it counts as once
    form.get_by_role("button", name="Save and go on").click()
    expect(form).to_have_count(0)
    expect(page.locator(".cbc-saved, .govuk-notification-banner").first).to_contain_text("Saved: ")
    assert (loads, page.url.endswith("/result")) == ([], True)
