"""Pages that ask back, wait for a second person or can save nothing: sound to axe, as wide as a telephone, done by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from pytest_flask.live_server import LiveServer

from app import disk
from app.cases import opening
from app.cases.household import household_of
from app.cases.models import Case
from app.clocks import today
from app.extensions import db
from app.suitability.casefile.called import labels
from forms.members import ANOTHER

from .conftest import PICTURES, Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def app(desk: Desk) -> Flask:
    return desk.instance.app


class Keyboard:
    """Somebody who signs in and then never touches a mouse."""

    def __init__(self, server: LiveServer, page: Page) -> None:
        self.server, self.page = server, page
        page.set_default_timeout(15_000)

    def sign_in(self, role: str) -> None:
        self.go("/sign-in")
        self.page.fill("[name=email]", f"{role}@test.example")
        self.page.fill("[name=password]", "correct horse battery staple")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def go(self, path: str) -> None:
        self.page.goto(self.server.url(path))

    def to(self, name: str) -> None:
        for _ in range(120):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.name || ''") == name:
                return
        raise AssertionError(f"{name} cannot be reached by keyboard")

    def pick(self, name: str, value: str) -> None:
        self.to(name)
        self.page.keyboard.press("Space")
        for _ in range(12):
            if self.page.evaluate(f"document.querySelector('[name=\"{name}\"]:checked')?.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} cannot be chosen by keyboard")

    def type(self, name: str, text: str) -> None:
        self.to(name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def day(self, name: str) -> None:
        for part, number in (("day", today().day), ("month", today().month), ("year", today().year)):
            self.type(f"{name}-{part}", str(number))

    def press(self, text: str, *, stays: bool = False) -> None:
        """A button or link, reached by Tab; what it leads to is another page unless it stays on this one."""
        for _ in range(160):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.textContent.trim()").startswith(text):
                with nullcontext() if stays else self.page.expect_navigation():
                    self.page.keyboard.press("Enter")
                return
        raise AssertionError(f"“{text}” cannot be reached by keyboard")

    def sound(self, name: str) -> None:
        """Axe finds nothing, and a telephone shows it without scrolling sideways; both as pictures."""
        found = Axe().run(self.page)
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        PICTURES.mkdir(parents=True, exist_ok=True)
        for width, more in ((390, "-phone"), (1280, "")):
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{self.page.url} is {wide} px wider than {width}"
            self.page.screenshot(path=PICTURES / f"{name}{more}.png", full_page=True)


@pytest.fixture
def keyboard(live_server: LiveServer, browser: Browser) -> Iterator[Keyboard]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Keyboard(live_server, context.new_page())
    context.close()


@pytest.fixture
def paths(desk: Desk) -> tuple[str, str]:
    """Of a family: the path of its case and of its assessment. Made before the server, which is a process of its own."""

    def made() -> tuple[str, str]:
        # What came with a file is nobody's slip: it was read in a while ago.
        with time_machine.travel(datetime.now(UTC) - timedelta(minutes=5), tick=True):
            case_id, assessment_id = desk.instance.import_case("h5")
        with desk.instance.app.app_context():
            db.engine.dispose()
        return f"/cases/{case_id}", f"/cases/{case_id}/assessments/{assessment_id}"

    found: tuple[str, str] = desk.do(made)
    return found


def test_a_slip_is_corrected_by_keyboard(paths: tuple[str, str], keyboard: Keyboard) -> None:
    keyboard.sign_in("housing_officer")
    question = f"{paths[1]}/questions/CS15/unit"
    for value in ("current", "none_known"):  # the second time as after the way back: the page is opened afresh
        keyboard.go(question)
        keyboard.pick("value", value)
        keyboard.pick("grade", "E3")
        for name, text in (("source_name", "Ann Desk"), ("source_role", "officer"), ("source_agency", "police")):
            keyboard.type(name, text)
        keyboard.day("on")
        keyboard.press("Save and go on")
    assert "Say whether this is a correction or something new" in keyboard.page.inner_text(".govuk-error-summary")
    keyboard.sound("question-asks-back")
    assert keyboard.page.evaluate("document.activeElement.className").find("error-summary") >= 0
    keyboard.pick("again", "slip")
    keyboard.press("Save and go on")
    assert "Say why it was a slip" in keyboard.page.inner_text(".govuk-error-summary")
    keyboard.type("slip", "I ticked the wrong one.")
    keyboard.press("Save and go on")
    assert "Saved: " in keyboard.page.inner_text("main")
    keyboard.go(question)
    assert "None known" in keyboard.page.inner_text("main .govuk-inset-text")
    assert "open case" not in keyboard.page.inner_text("main .govuk-inset-text")
    keyboard.press("Correct what I entered")
    keyboard.sound("question-corrected")


def test_one_of_a_name_is_asked_about_by_keyboard(desk: Desk, paths: tuple[str, str], keyboard: Keyboard) -> None:
    def first_child() -> str:
        with desk.instance.app.app_context():
            case = db.session.get_one(Case, paths[0].split("/")[-1])
            return next(labels(household_of(case))[m.key] for m in case.members if m.kind == "child")

    keyboard.sign_in("housing_officer")
    keyboard.go(f"{paths[0]}/members/new?of=child")
    keyboard.type("name", desk.do(first_child))
    keyboard.pick("kind", "child")
    keyboard.press("Save")
    assert "the same one entered twice" in keyboard.page.inner_text(".govuk-error-summary")
    keyboard.sound("member-asks-whether-one")
    keyboard.pick("same", ANOTHER)
    keyboard.press("Save")
    keyboard.sound("case-of-two-of-one-name")


def test_an_account_that_waits_for_a_second_administrator(paths: tuple[str, str], keyboard: Keyboard) -> None:
    keyboard.sign_in("administrator")
    keyboard.go("/people")
    keyboard.type("name", "Ada Auditor")
    keyboard.type("email", "ada@test.example")
    keyboard.pick("role", "auditor")
    keyboard.press("Add the person")
    assert "Ada Auditor" in keyboard.page.inner_text("main")
    keyboard.sound("people-waiting")
    keyboard.go("/jobs")
    keyboard.sound("letters-and-pdfs")


def test_two_cases_with_one_number_are_settled_by_keyboard(
    desk: Desk, paths: tuple[str, str], keyboard: Keyboard
) -> None:
    def clash() -> str:
        with desk.instance.app.app_context():
            mine = opening.open_case(desk.instance.user("housing_officer"), "HSG 4417")
            theirs = opening.open_case(desk.instance.user("other_officer"), "hsg-4417")
            return f"/cases/{mine.id}/same-number/{theirs.id}"

    path = desk.do(clash)
    keyboard.sign_in("safeguarding_lead")
    keyboard.sound("list-with-clash")
    keyboard.go(path)
    keyboard.sound("two-cases-one-number")
    keyboard.pick("verdict", "two_families")
    keyboard.type("note", "Rang both officers: the second number is a slip.")
    keyboard.press("Write it down")
    assert "Written down" in keyboard.page.inner_text("main")


@pytest.fixture
def full(desk: Desk) -> None:
    """A disk that is full from the start, and stays so: the server is made after it, and knows it from this process."""

    def begin() -> None:
        with desk.instance.app.app_context():
            room = disk.of_this_instance()
            room.settings = desk.instance.settings.model_copy(update={"disk_read_only_mb": 10**12})
            room.begin()

    desk.do(begin)


def test_while_nothing_can_be_saved_pages_are_read_and_what_is_typed_is_kept(
    paths: tuple[str, str], full: None, keyboard: Keyboard
) -> None:
    keyboard.sign_in("housing_officer")
    keyboard.go(paths[0])
    assert "nothing can be saved" in keyboard.page.inner_text("body")
    keyboard.sound("read-only-case")
    keyboard.go(f"{paths[1]}/questions/CS13/unit")
    keyboard.type("source_name", "Typed while the disk was full")
    keyboard.press("Save and go on")
    assert "Nothing was saved" in keyboard.page.inner_text("main")
    assert "Typed while the disk was full" in keyboard.page.content()
    keyboard.sound("nothing-saved")


def test_a_call_is_written_down_by_keyboard(paths: tuple[str, str], keyboard: Keyboard) -> None:
    """One source and several answers, on the sheet that opens on the result, and back to the verdict."""
    keyboard.sign_in("housing_officer")
    keyboard.go(f"{paths[1]}/result")
    sheet = f"{paths[1]}/sheets/provider"
    keyboard.page.locator(f".cbc-calls a[href='{sheet}']").focus()
    keyboard.page.keyboard.press("Enter")
    expect(keyboard.page.locator(".cbc-in-place h3").first).to_be_focused()
    keyboard.sound("sheet")
    keyboard.type("person", "Pat Rowe")
    keyboard.type("role", "Manager")
    keyboard.pick("CS10-unit", "working")
    keyboard.pick("LS20-unit", "working")
    keyboard.pick("came", "answered")
    keyboard.press("Save, and see the result", stays=True)
    expect(keyboard.page.locator("h2#verdict")).to_be_focused()
    assert keyboard.page.url.endswith("/result")
    keyboard.go(sheet)
    assert keyboard.page.get_by_text("Pat Rowe, Manager").count() == 2


def test_a_sheet_that_says_what_is_wrong_is_sound(paths: tuple[str, str], keyboard: Keyboard) -> None:
    keyboard.sign_in("housing_officer")
    keyboard.go(f"{paths[1]}/sheets/health_visiting")
    keyboard.press("Save, and see the result")
    assert keyboard.page.get_by_text("Nothing is chosen above.").count() == 2
    keyboard.sound("sheet-refused")
