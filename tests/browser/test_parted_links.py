"""A parting that others hold links to, in a real browser: who can open what, the page of a link that goes on, and what is asked again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.clocks import today
from app.extensions import db
from app.sharing import service
from tests.lives.test_asked import ask

from .conftest import Desk
from .test_asks_back import Keyboard, app, keyboard  # noqa: F401 - its fixtures

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def held(desk: Desk) -> tuple[str, str, str]:
    """A decided case of which two readers have a link: its path, one link and its code. Made before the server."""

    def made() -> tuple[str, str, str]:
        instance = desk.instance
        case_id, record_id = instance.decided("h1")
        ask(instance, case_id)
        with instance.app.app_context():
            found = []
            for name in ("Hester Visitor", "Sorrel School"):
                share, code = service.share(
                    instance.user("housing_officer"), record_id, None, name, "Health visitor", "h@nhs.example", "She leads."
                )  # fmt: skip
                found.append((f"/shared/{service._box().decrypt(share.link_sealed or b'').decode()}", code))
            db.engine.dispose()
        return f"/cases/{case_id}", *found[0]

    told: tuple[str, str, str] = desk.do(made)
    return told


def test_a_link_goes_on_without_its_document(held: tuple[str, str, str], keyboard: Keyboard) -> None:  # noqa: F811
    case, link, code = held
    page = keyboard.page
    keyboard.sign_in("housing_officer")
    keyboard.go(f"{case}/part")
    expect(page.get_by_text("Others can open documents of this case:")).to_be_visible()
    keyboard.sound("part-with-links")
    for key in ("M", "B1", "B2"):
        page.check(f"[name=who][value={key}]")
    for part in ("day", "month", "year"):
        page.fill(f"[name=on-{part}]", str(getattr(today(), part)))
    page.check("[name=limited][value=yes]")
    page.fill("[name=why]", "She says that she fled him.")
    page.fill("[name=source]", "The mother")
    page.locator("[name=grade]").first.check()
    for box in page.locator("[name^=goes_]").evaluate_all("all => [...new Set(all.map(one => one.name))]"):
        page.locator(f"[name={box}]").first.check()
    page.locator("[name^=link_][value=stays]").first.check()
    page.click("main form button[type=submit]:not(.cbc-small)")
    expect(page.get_by_role("link", name="Say why they still lead for those who stay.")).to_be_visible()
    keyboard.sound("part-link-without-why")
    page.locator("[name^=why_]").first.fill("She is the health visitor of the child who stays.")
    page.click("main form button[type=submit]:not(.cbc-small)")
    expect(page.get_by_text("Their case is made.")).to_be_visible()
    expect(page.get_by_text("not answered there. Ask again:")).to_be_visible()
    keyboard.sound("part-ask-again")
    page.context.clear_cookies()
    keyboard.go(link)
    page.fill("[name=code]", code)
    page.click("main button[type=submit]")
    expect(page.get_by_role("heading", name="The document is not shown any more")).to_be_visible()
    keyboard.sound("share-parted")
