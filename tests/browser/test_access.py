"""A case opened in an emergency, by keyboard alone: asked for, read, written in, closed, and answered for by a lead."""

from __future__ import annotations

import pytest
from flask import Flask

from app.cases import service as cases
from app.extensions import db
from tests.cases.test_exclusions import reference_of

from .conftest import Desk
from .test_asks_back import Keyboard, app, keyboard  # noqa: F401 - its fixtures

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def restricted(desk: Desk) -> tuple[str, str]:
    """A case that officers may not see: its identifier and its reference. Made before the server, which is a process of its own."""

    def made() -> tuple[str, str]:
        case_id, _ = desk.instance.import_case("h2")
        reference = reference_of(desk.instance, case_id)
        with desk.instance.app.app_context():
            cases.restrict(desk.instance.user("safeguarding_lead"), case_id, desk.instance.version(case_id), True)
            db.engine.dispose()
        return case_id, reference

    found: tuple[str, str] = desk.do(made)
    return found


def test_an_emergency_by_keyboard(
    restricted: tuple[str, str],
    app: Flask,  # noqa: F811
    keyboard: Keyboard,  # noqa: F811
) -> None:
    case_id, reference = restricted
    page = keyboard.page
    keyboard.sign_in("senior_officer")
    keyboard.press("Open a case that is not yours")
    keyboard.sound("not-yours")
    keyboard.type("reference", "ZZZZ-ZZZZ")
    keyboard.pick("category", "danger")
    keyboard.type("reason", "The police ring: a child of theirs was found alone in the street.")
    keyboard.press("Open this case now")
    assert "ring the duty safeguarding lead" in page.inner_text(".govuk-error-summary")
    keyboard.sound("not-yours-refused")
    keyboard.type("reference", reference)
    keyboard.press("Open this case now")
    assert page.url.endswith(f"/cases/{case_id}")
    assert "You opened it in an emergency" in page.inner_text("body")
    keyboard.sound("opened-in-an-emergency")
    keyboard.go(f"/cases/{case_id}/household")
    assert "open to you to be read" in page.inner_text("h1")
    keyboard.sound("opened-only-to-read")
    keyboard.press("Write down what you did tonight")
    keyboard.type("said", "Rang the emergency duty team: they fetch the child.")
    keyboard.sound("what-you-did-tonight")
    keyboard.press("Write it down")
    assert "they fetch the child" in page.inner_text("main")
    keyboard.press("Close this case now")
    keyboard.sound("not-yours-closed")
    keyboard.go(f"/cases/{case_id}")
    assert "Page not found" in page.inner_text("h1")

    keyboard.sign_in("safeguarding_lead")
    keyboard.sound("work-with-an-opening")
    keyboard.press("More", stays=True)
    keyboard.press("Who looked")
    keyboard.sound("who-looked")
    keyboard.press("Read and answer")
    keyboard.sound("opening-to-answer")
    keyboard.pick("answer", "justified")
    keyboard.type("said", "Rung: the police confirm it.")
    keyboard.press("Keep this answer")
    keyboard.press("Read and answer")
    keyboard.sound("noticed-to-answer")
    keyboard.go(f"/cases/{case_id}/who-looked")
    keyboard.sound("who-looked-at-this-case")
    keyboard.go("/my-looks")
    keyboard.sound("what-you-looked-at")
    keyboard.go(f"/cases/{case_id}")
    keyboard.sound("case-asks-why")
