"""The search in a browser: by keyboard alone from any page, without JavaScript, sound to axe, back and forth, at two widths."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from pytest_flask.live_server import LiveServer

from .test_asks_back import Keyboard, app, keyboard, paths  # noqa: F401 - its fixtures

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_family_is_found_by_keyboard_from_its_own_page_and_gone_back_to(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    keyboard.sign_in("housing_officer")
    page = keyboard.page
    keyboard.go(paths[0])
    keyboard.sound("search-bar")
    keyboard.type("words", "Exampel B11")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/search?s=" in page.url
    assert "xampel" not in page.url
    keyboard.sound("search-nothing")
    keyboard.type("words", "example")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.input_value("[name=words]") == "example"
    keyboard.sound("search-found")
    found = page.url
    page.locator(".cbc-found a").first.click()
    page.wait_for_url("**/cases/*")
    page.go_back()
    assert page.url == found
    assert page.locator(".cbc-found").count()
    keyboard.type("words", "a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Type at least two letters or figures of a word." in page.inner_text("main")
    keyboard.sound("search-refused")


def test_without_javascript(paths: tuple[str, str], live_server: LiveServer, browser: Browser) -> None:  # noqa: F811
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    plain = Keyboard(live_server, context.new_page())
    page = plain.page
    plain.go("/sign-in")
    page.fill("[name=email]", "housing_officer@test.example")
    page.fill("[name=password]", "correct horse battery staple")
    page.click("main button[type=submit]")
    page.fill("#find-words", "example")
    page.click(".cbc-find button")
    assert "One case was found" in page.inner_text("main")
    context.close()
