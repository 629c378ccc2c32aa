"""Short forms open and are saved where their links stand, on the result and on the case; without JavaScript each is a page of its own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .test_asks_back import Keyboard, app, keyboard, paths  # noqa: F401 - its fixtures

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_what_is_added_on_the_result_is_saved_there_and_the_verdict_is_drawn_afresh(
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
    page.get_by_text("The family and the place").click()
    page.get_by_role("link", name="Add a service they use now").click()
    form = page.locator(".cbc-in-place")
    expect(form.get_by_role("heading", name="Service the family uses now")).to_be_focused()
    keyboard.sound("short-form-open")

    # What is wrong is said beside the field, and what was typed stays.
    form.locator("[name=name]").fill("Invented Nursery")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".govuk-error-summary")).to_be_focused()
    expect(form.locator("[name=name]")).to_have_value("Invented Nursery")
    keyboard.sound("short-form-wrong")

    # The connection is lost: nothing typed is.
    page.route("**/services/**", lambda route: route.abort("connectionreset"))
    form.locator("[name=kind]").select_option("nursery")
    form.locator("[name=postcode]").fill("B1 1BB")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".cbc-not-saved")).to_contain_text("Not saved: no answer from the service.")
    page.unroute("**/services/**")
    page.wait_for_timeout(1_100)  # pressed again within a second it counts as once
    form.get_by_role("button", name="Save").click()
    expect(page.locator(".cbc-facts")).to_contain_text("Nursery: Invented Nursery")
    expect(page.locator(".cbc-saved")).to_have_text(re.compile("saved"))
    expect(page.get_by_role("link", name="Add a service they use now")).to_be_focused()
    keyboard.sound("short-form-saved")

    # A list stays open for the next entry; what it came to stands on the page once it is closed.
    page.get_by_role("link", name="Add events").click()
    form.locator("[name=kind]").first.wait_for()
    form.get_by_role("button", name="Add").click()
    expect(form.locator(".govuk-error-summary")).to_be_visible()
    form.get_by_role("button", name="Close").click()
    expect(form).to_have_count(0)
    assert (loads, wrong, page.url.endswith("/result")) == ([], [], True)


def test_a_form_in_which_something_is_typed_is_not_lost_to_another(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    keyboard.sign_in("housing_officer")
    page = keyboard.page
    keyboard.go(paths[0])
    for part in ("Addresses", "About the household"):
        page.locator("summary", has_text=part).click()
    page.get_by_role("link", name="Add an address").click()
    form = page.locator(".cbc-in-place")
    form.locator("[name=address]").fill("1 Invented Row")
    page.get_by_role("link", name="Change lead professional").click()
    expect(form.locator(".cbc-not-saved")).to_have_text("Save or close this first.")
    expect(form.locator("[name=address]")).to_have_value("1 Invented Row")
    form.locator("[name=postcode]").fill("B1 1BB")
    form.locator("[name=kind]").first.check()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 Invented Row").first).to_be_visible()
    page.get_by_role("link", name="Change lead professional").click()
    expect(form.get_by_role("heading", name="Lead professional")).to_be_focused()
    keyboard.sound("short-form-on-the-case")


def test_signed_out_meanwhile_they_sign_in_there_and_save_what_was_typed(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    keyboard.sign_in("housing_officer")
    page = keyboard.page
    keyboard.go(paths[0])
    page.locator("summary", has_text="About the household").click()
    page.get_by_role("link", name="Change lead professional").click()
    form = page.locator(".cbc-in-place")
    form.locator("[name=what][value=proposed]").check()
    form.locator("[name=name]").fill("Lena Lead")
    page.context.clear_cookies()
    form.get_by_role("button", name="Save").click()
    expect(form).to_contain_text("Your session had ended.")
    form.locator("[name=email]").fill("housing_officer@test.example")
    form.locator("[name=password]").fill("correct horse battery staple")
    form.get_by_role("button", name="Sign in").click()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Lena Lead").first).to_be_visible()
    keyboard.sound("short-form-signed-out")


def test_what_the_first_screen_wrote_down_is_read_back_and_opens_to_be_changed(
    paths: tuple[str, str],  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    keyboard.sign_in("housing_officer")
    page = keyboard.page
    keyboard.go(f"{paths[1]}/result")
    page.locator("main a[data-in-place][href$='/placement']").first.click()
    form = page.locator(".cbc-in-place")
    line = form.locator("summary", has_text="The Invented Lodge")
    expect(line).to_contain_text(
        "Room 12, The Invented Lodge; B23 6AA; hotel; shared: kitchen, corridor or stairs; floor 0"
    )
    assert not form.locator("[name=nights]").is_visible()
    keyboard.sound("short-form-read-back")
    line.click()
    expect(form.locator("[name=nights]")).to_have_value("60")
    form.locator("[name=nights]").fill("61")
    keyboard.sound("short-form-read-back-open")
    form.get_by_role("button", name="Save").click()
    expect(page.locator(".cbc-glance")).to_contain_text("61 nights", timeout=15_000)
