"""A whole sheet in a real browser: saved line by line, over a connection that breaks, and by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Route, expect
from pytest_flask.live_server import LiveServer

from .test_asks_back import Keyboard, app, keyboard, paths  # noqa: F401 - its fixtures

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_sheet_is_saved_line_by_line_over_a_broken_connection(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    keyboard.sign_in("housing_officer")
    page, path = keyboard.page, f"{paths[1]}/sheets/provider"
    keyboard.go(path)
    row = page.locator(".cbc-ans:has(input[type=radio])").first
    name = row.get_attribute("data-row")
    keyboard.pick(f"{name}", str(row.locator("input[type=radio]").first.get_attribute("value")))
    expect(page.locator(".cbc-source .cbc-not-saved")).to_contain_text("Enter who you are speaking to.")
    keyboard.sound("sheet-line-refused")
    page.keyboard.press("Shift+Tab")
    page.locator("[name=person]").focus()
    page.keyboard.type("Pat Rowe")
    page.keyboard.press("Tab")
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    expect(page.locator(".cbc-not-saved")).to_have_count(0)

    # The connection is lost in mid-sheet, and again in the retry.
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.method)
        route.abort("connectionreset")

    page.route("**/lines", lose)
    second = page.locator(".cbc-ans:has(input[type=radio])").nth(1)
    keyboard.pick(
        str(second.get_attribute("data-row")), str(second.locator("input[type=radio]").first.get_attribute("value"))
    )
    expect(page.locator("[data-saved]")).to_contain_text("Not saved yet: no answer from the service.")
    page.wait_for_timeout(6_000)
    assert len(lost) >= 2
    page.unroute("**/lines")
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"), timeout=10_000)
    keyboard.sound("sheet-lines")

    # What was saved is there when it is opened again, and the end says it once more and doubles nothing.
    keyboard.pick("came", "answered")
    keyboard.press("Save, and see the result")
    assert "/result" in page.url
    keyboard.go(path)
    assert page.get_by_text("Pat Rowe").count() >= 2


def test_why_opens_where_it_worries(paths: tuple[str, str], keyboard: Keyboard) -> None:  # noqa: F811
    keyboard.sign_in("housing_officer")
    keyboard.go(f"{paths[1]}/sheets/provider")
    page = keyboard.page
    row = page.locator(".cbc-ans:has(.cbc-pick__worry input[type=radio])").first
    assert not row.locator(".cbc-why").is_visible()
    row.locator(".cbc-pick__worry input").first.check()
    assert row.locator(".cbc-why textarea").first.is_visible()
    keyboard.sound("sheet-why")


@pytest.mark.parametrize("width", [1280, 390])
def test_of_two_people_a_choice_is_seen_once_and_words_open_for_the_one_they_are_about(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
    width: int,
) -> None:
    keyboard.sign_in("housing_officer")
    page = keyboard.page
    page.set_viewport_size({"width": width, "height": 900})
    keyboard.go(f"{paths[1]}/sheets/health_visiting")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    line = page.locator(".cbc-ask:has(.cbc-each--2)").first
    shown = line.locator(".cbc-each__words span")
    assert shown.first.is_visible()
    assert (line.locator(".cbc-pick__said").first.bounding_box() or {})["width"] <= 1
    for at, row in enumerate(line.locator(".cbc-ans").all()):
        box = row.locator("input[type=radio]").first.bounding_box() or {}
        words = shown.first.bounding_box() or {}
        assert box["x"] > words["x"] + words["width"] - 1
        assert abs(box["y"] + box["height"] / 2 - words["y"] - words["height"] / 2) < 12, "in the row of its words"
        assert box["x"] + box["width"] < width, at
    second = line.locator(".cbc-ans").nth(1)
    second.locator("label:not(.cbc-pick__worry) input").first.check()
    second.locator("[data-words]").click()
    assert second.locator("textarea").first.is_visible()
    assert not line.locator(".cbc-ans").first.locator("textarea").first.is_visible()
    keyboard.sound(f"sheet-beside-{width}")


def test_words_of_a_number_open_while_it_is_typed(paths: tuple[str, str], keyboard: Keyboard) -> None:  # noqa: F811
    keyboard.sign_in("housing_officer")
    keyboard.go(f"{paths[1]}/sheets/health_visiting")
    row = keyboard.page.locator(".cbc-ans:has(.cbc-why--typed):visible").first
    note = row.locator("textarea").first
    assert not note.is_visible()
    row.locator("input[type=text]").first.press_sequentially("3")
    assert note.is_visible()


def test_a_whole_sheet_by_keyboard_alone(paths: tuple[str, str], keyboard: Keyboard) -> None:  # noqa: F811
    keyboard.sign_in("housing_officer")
    keyboard.go(f"{paths[1]}/sheets/police")
    page = keyboard.page
    keyboard.type("person", "Ann Desk")
    keyboard.type("role", "MASH sergeant")
    rows = page.evaluate(
        "[...document.querySelectorAll('.cbc-ans')].filter(r => !r.closest('details')).map(r => r.dataset.row)"
    )
    assert len(rows) >= 2
    for name in rows:
        boxes = page.locator(f'[name="{name}"]')
        if boxes.count() == 0:
            continue
        value = str(boxes.first.get_attribute("value"))
        if boxes.first.get_attribute("type") == "radio":
            keyboard.pick(name, value)
        else:
            keyboard.to(name)
            page.keyboard.press("Space")
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    keyboard.pick("came", "answered")
    keyboard.press("Save, and see the result")
    assert "/result" in page.url


def test_a_question_is_added_where_it_stands_and_nothing_typed_is_lost(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    keyboard.sign_in("housing_officer")
    page, loads = keyboard.page, list[str]()
    keyboard.go(f"{paths[1]}/sheets/police")
    page.on("load", lambda _: loads.append(page.url))
    page.locator("[name=person]").fill("PC Desk")
    more = page.locator("select[name=more]")
    added = str(more.locator("option").nth(1).get_attribute("value"))
    rows = page.locator(".cbc-ans").count()
    more.select_option(added)
    page.get_by_role("button", name="Add it").click()
    line = page.locator(f"#line-{added}")
    expect(line).to_be_visible()
    expect(more.locator(f'option[value="{added}"]')).to_have_count(0)
    expect(page.locator("[name=person]")).to_have_value("PC Desk")
    assert page.locator(".cbc-ans").count() > rows
    keyboard.sound("sheet-line-added")
    first = line.locator("input[type=radio], input[type=checkbox]").first
    first.check()
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    assert loads == []

    # With nothing chosen the page says so, and what was typed is still there.
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose the question that you want to add.")
    expect(page.locator("[name=person]")).to_have_value("PC Desk")


def test_a_whole_sheet_without_javascript(paths: tuple[str, str], live_server: LiveServer, browser: Browser) -> None:  # noqa: F811
    """From the result by a link, all at once by the button at its end; what has to be mended stands beside it, and nothing is lost."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    try:
        person = Keyboard(live_server, context.new_page())
        person.sign_in("housing_officer")
        page = person.page
        person.go(f"{paths[1]}/result")
        for summary in page.locator("summary", has_text="more call").all():
            summary.click()
        page.locator("main a[href$='/sheets/police']").first.click()
        assert page.url.endswith("/sheets/police"), "a page of its own"
        rows = [row for row in page.locator(".cbc-ans:has(input[type=radio])").all() if row.is_visible()]
        assert len(rows) >= 2
        chosen = []
        for row in rows:
            box = row.locator("input[type=radio]").first
            box.check()
            chosen.append((str(box.get_attribute("name")), str(box.get_attribute("value"))))
        page.get_by_role("button", name="Save, and see the result").click()
        assert "Enter who you are speaking to." in page.inner_text(".govuk-error-summary")
        for name, value in chosen:
            assert page.locator(f'[name="{name}"][value="{value}"]').is_checked()
        page.fill("[name=person]", "Ann Desk")
        page.locator("[name=came][value=answered]").check()
        page.get_by_role("button", name="Save, and see the result").click()
        assert page.url.endswith("/result"), page.inner_text("main")
        person.go(f"{paths[1]}/sheets/police")
        assert page.get_by_text("Ann Desk").count() >= len(rows) - 1
    finally:
        context.close()
