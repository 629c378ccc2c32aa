"""The first screen in a browser: typed and saved it ends on the result, at a desk and on a telephone, by keyboard alone, and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from pytest_flask.live_server import LiveServer

from app.clocks import today

from .conftest import Desk
from .test_asks_back import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def app(desk: Desk) -> Flask:
    return desk.instance.app


@pytest.fixture
def keyboard(live_server: LiveServer, browser: Browser) -> Iterator[Keyboard]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Keyboard(live_server, context.new_page())
    context.close()


def born_weeks_ago(weeks: int) -> str:
    day = today() - timedelta(weeks=weeks)
    return f"{day.day} {day:%B} {day.year}"


PEOPLE = [
    ("Marta Example", "14 March 1999", "mother"),
    ("Finn Example", "2 6 95", "father"),
    ("Bobbie Example", born_weeks_ago(11), "child"),
    ("Billy Example", "30.8.22", "child"),
]


def typed(page: Page) -> None:
    """H1's first facts, by whatever hand the page allows."""
    for at, (name, born, tie) in enumerate(PEOPLE, 1):
        page.fill(f'[name="p{at}.name"]', name)
        page.fill(f'[name="p{at}.born"]', born)
        page.select_option(f'[name="p{at}.tie"]', tie)
    page.check('[name="left_because"][value="antisocial_behaviour"]')
    page.fill("[name=left_note]", "Months of dealers at the door. The antisocial behaviour file is in hand.")
    page.fill("[name=address]", "Room 7, The Invented Hotel, 3 Made-up Street, B11 1AA")
    page.select_option("[name=kind]", "bed_and_breakfast")
    page.fill("[name=floor]", "2")
    for shared in ("toilet", "washing", "cooking", "corridor"):
        page.check(f'[name="shares"][value="{shared}"]')
    page.check('[name="urgency"][value="tonight"]')
    page.fill("[name=nights]", "28")
    for topic, who, about, words in (
        ("substances", "p1", ("p1", "p2"), "Both: long past."),
        ("justice", "p1", ("p2",), "Finn: out three weeks ago."),
        ("social_care", "a-social_care", (), "Closed 8 months ago."),
    ):
        page.check(f'[name="{topic}.said"][value="yes"]')
        page.select_option(f'[name="{topic}.who"]', who)
        for person in about:
            page.check(f'[name="{topic}.about"][value="{person}"]')
        page.fill(f'[name="{topic}.words"]', words)
    page.fill('[name="social_care.name"]', "Sam Worker")


def saved(page: Page) -> str:
    with page.expect_navigation():
        page.locator("main button").filter(has_text="Save and see the result").last.click()
    assert page.url.endswith("/result"), page.inner_text("main")
    return page.inner_text("main")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_first_facts_of_h1_end_on_the_result(keyboard: Keyboard, width: int) -> None:
    page, trouble = keyboard.page, []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    keyboard.sign_in("housing_officer")
    keyboard.go("/")
    with page.expect_navigation():
        page.get_by_role("button", name="Open a case").click()
    keyboard.sound("first-screen-blank")
    page.set_viewport_size({"width": width, "height": 900})
    assert not page.locator('[name="substances.who"]').is_visible(), "asked once somebody said something"
    typed(page)
    assert page.inner_text("#age-3") == "11 weeks"
    assert page.locator('[name="substances.who"] option[value="p2"]').inner_text() == "Finn Example"
    keyboard.sound("first-screen")
    page.set_viewport_size({"width": width, "height": 900})
    said = saved(page)
    assert "Not suitable" in said
    assert all(name in said for name in ("Bobbie Example", "Billy Example"))
    assert trouble == []


def test_mistakes_lead_to_the_box_and_all_that_was_typed_is_there(keyboard: Keyboard) -> None:
    page = keyboard.page
    keyboard.sign_in("housing_officer")
    keyboard.go("/cases/new")
    typed(page)
    page.fill('[name="p4.born"]', "30 2 22")
    page.check('[name="violence.said"][value="no"]')
    page.select_option('[name="violence.who"]', "p1")
    page.check('[name="substances.said"][value=""]')
    with page.expect_navigation():
        page.locator("main button").filter(has_text="Save and see the result").last.click()
    keyboard.sound("first-screen-mistakes")
    assert page.title().startswith("Error: ")
    page.click(".govuk-error-summary a >> nth=0")
    assert page.evaluate("document.activeElement.name") == "p4.born"
    assert page.locator('[name="substances.words"]').is_visible(), "what was typed is never hidden by a mistake"
    assert page.input_value('[name="p1.name"]') == "Marta Example"


def test_by_keyboard_alone_it_ends_on_the_result(keyboard: Keyboard) -> None:
    keyboard.sign_in("housing_officer")
    keyboard.go("/cases/new")
    press = keyboard.page.keyboard.press
    for at, (name, born, tie) in enumerate(PEOPLE, 1):
        keyboard.type(f"p{at}.name", name)
        keyboard.type(f"p{at}.born", born)
        keyboard.to(f"p{at}.tie")
        keyboard.page.keyboard.type({"child": "Their", "mother": "Mo", "father": "Fa"}[tie])
    keyboard.to("left_because")
    press("Space")
    keyboard.type("left_note", "Dealers at the door.")
    keyboard.type("address", "3 Made-up Street, B11 1AA")
    keyboard.to("kind")
    keyboard.page.keyboard.type("Bed")
    keyboard.type("floor", "2")
    keyboard.to("shares")
    press("Space")
    keyboard.to("urgency")
    press("Space")
    keyboard.to("justice.said")
    press("ArrowDown")  # from “Nobody asked” round to “Yes”
    keyboard.to("justice.about")
    press("Space")
    keyboard.to("justice.who")
    keyboard.page.keyboard.type("Ma")
    keyboard.type("justice.words", "On a tag.")
    with keyboard.page.expect_navigation():
        press("Enter")  # in a box: it saves, and adds no line
    assert keyboard.page.url.endswith("/result"), keyboard.page.inner_text("main")
    assert "Bobbie Example" in keyboard.page.inner_text("main")


def test_without_javascript_another_line_is_added_and_it_is_saved(live_server: LiveServer, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    plain = Keyboard(live_server, context.new_page())
    page = plain.page
    plain.go("/sign-in")
    page.fill("[name=email]", "housing_officer@test.example")
    page.fill("[name=password]", "correct horse battery staple")
    page.click("main button[type=submit]")
    plain.go("/cases/new")
    typed(page)
    page.click("button[name=more]")
    assert page.input_value('[name="p1.name"]') == "Marta Example"
    page.fill('[name="p6.name"]', "Cy Example")
    page.fill('[name="p6.born"]', "1 5 2020")
    page.select_option('[name="p6.tie"]', "child")
    page.locator("main button").filter(has_text="Save and see the result").last.click()
    page.wait_for_url("**/result*")
    assert "Cy Example" in page.inner_text("main")
    context.close()


def test_another_line_is_added_where_it_stands_and_nothing_typed_is_lost(keyboard: Keyboard) -> None:
    keyboard.sign_in("housing_officer")
    page, loads = keyboard.page, list[str]()
    keyboard.go("/cases/new")
    typed(page)
    page.on("load", lambda _: loads.append(page.url))

    page.get_by_role("button", name="Add another person").click()
    line = page.locator('[name="p6.name"]')
    expect(line).to_be_focused(timeout=15_000)
    assert loads == []
    assert page.input_value('[name="p4.name"]') == "Billy Example"
    assert page.locator('[name="substances.said"][value="yes"]').is_checked()
    line.fill("Cy Example")
    page.fill('[name="p6.born"]', "1 5 2020")
    page.select_option('[name="p6.tie"]', "child")
    expect(page.locator("#age-6")).to_contain_text("years")
    keyboard.sound("first-another-line")
    assert "Cy Example" in saved(page)
