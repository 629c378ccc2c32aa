"""A visit on a phone: no connection, the page loaded again without one, the connection lost while it is sent and again in the retry."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.visits.pictures import archive, with_place

from .conftest import PICTURES, Running
from .test_journeys import example

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
COT, NOTE = "CS01-B1", "It stood by the radiator, ZQQZ."


class Phone:
    """A telephone: one browser, whoever holds it."""

    def __init__(self, running: Running, context: BrowserContext) -> None:
        self.running, self.context = running, context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda e: self.faults.append(str(e)))
        self.page.on("console", lambda m: self.faults.append(m.text) if "Content Security" in m.text else None)

    def sign_in(self, who: str, at: str = "/sign-in") -> None:
        if at:
            self.page.goto(self.running.address + at)
        self.page.fill("[name=email]", f"{who}@demo.example")
        self.page.fill("[name=password]", self.running.password)
        with self.page.expect_navigation():
            self.page.click("main button[type=submit]")
        assert not self.page.url.endswith("/sign-in"), self.page.inner_text("main")

    def begin(self, assessment: str) -> str:
        self.page.goto(f"{self.running.address}{assessment}/sheets/officer")
        self.page.get_by_role("link", name="Take it on the visit, on a phone").click()
        self.look("visit-begin")
        self.page.get_by_role("button", name="Begin the visit on this phone").click()
        self.opened()
        # Asked again from here: a page that may not evaluate words cannot be told to wait for some.
        for _ in range(150):
            if self.page.evaluate(
                "async () => (await caches.keys()).length === 1 && (await (await caches.open('visit-shell')).keys()).length > 3"
            ):
                break
            self.page.wait_for_timeout(100)
        else:
            pytest.fail("the page of the visit was not kept on the phone")
        return self.page.url.rpartition("/")[2]

    def opened(self) -> None:
        expect(self.page.locator(".cbc-visit__bar")).to_contain_text("on this phone")

    def choose(self, row: str, value: str) -> None:
        self.shown(f"[data-row={row}]")
        self.page.check(f'[name="{row}"][value="{value}"]')

    def shown(self, what: str) -> None:
        inside = self.page.locator(f"details:has({what})")
        if inside.count() and inside.first.get_attribute("open") is None:
            inside.first.locator("> summary").click()

    def photograph(self, row: str, content: bytes, name: str = "IMG_20261130_Leila.jpg") -> None:
        self.shown(f"[data-row={row}]")
        file: Any = {"name": name, "mimeType": "image/jpeg", "buffer": content}
        self.page.locator(f"[data-row={row}] input[type=file]").set_input_files(file)

    def look(self, name: str) -> None:
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is wider than a telephone by {wide} px"
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}-390.png", full_page=True)

    def stored(self) -> str:
        """Everything in the storage of this browser, as it lies there: every text, every byte as a character."""
        return str(
            self.page.evaluate(
                """async () => {
          const raw = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
            ? [...new Uint8Array(value.buffer ?? value)].map((b) => String.fromCharCode(b)).join('')
            : value && typeof value === 'object' ? Object.entries(value).map(([k, v]) => k + '=' + raw(v)).join('|') : String(value)
          const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie]
          for (const { name } of await indexedDB.databases()) {
            const base = await new Promise((resolve) => { const r = indexedDB.open(name); r.onsuccess = () => resolve(r.result) })
            for (const table of base.objectStoreNames) {
              const rows = await new Promise((resolve) => { const r = base.transaction(table).objectStore(table).getAll(); r.onsuccess = () => resolve(r.result) })
              for (const row of rows) found.push(table + ':' + raw(row))
            }
            base.close()
          }
          for (const name of await caches.keys()) {
            const cache = await caches.open(name)
            for (const each of await cache.keys()) {
              found.push(each.url)
              if (!each.url.includes('/static/')) found.push(await (await cache.match(each, { ignoreVary: true })).text())
            }
          }
          return found.join('\\n')
        }"""
            )
        )


@pytest.fixture
def phone(running: Running, browser: Browser) -> Iterator[Phone]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    made = Phone(running, context)
    yield made
    context.close()
    assert made.faults == []


@pytest.fixture
def assessment(running: Running, tmp_path: Path) -> str:
    tree = example("h1")
    tree["household"]["reference"] = f"VISIT-{secrets.token_hex(3)}"
    file = tmp_path / "family.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    made = json.loads(running.command("case", "import", str(file), "--officer", "officer@demo.example").stdout)
    return f"/cases/{made['case']}/assessments/{made['assessment']}"


def rows(running: Running, query: str, *values: str) -> list[Any]:
    with closing(sqlite3.connect(running.data / "case-by-case.sqlite", timeout=10)) as base, base:
        return base.execute(query, values).fetchall()


def test_a_visit_without_a_connection_is_sent_once_and_whole(running: Running, phone: Phone, assessment: str) -> None:
    page = phone.page
    phone.sign_in("officer")
    visit = phone.begin(assessment)
    phone.look("visit-begun")

    # No connection: it is answered and photographed, and the page is loaded again.
    phone.context.set_offline(True)
    phone.choose(COT, "ready")
    page.locator(f"[data-row={COT}] [data-words]").click()
    page.locator(f"[data-row={COT}] textarea").first.fill(NOTE)
    phone.photograph(COT, with_place())
    expect(page.locator(f"[data-row={COT}] canvas")).to_have_count(1)
    phone.photograph(COT, archive(), "cot.jpg")
    expect(page.locator(f"[data-row={COT}] .cbc-not-saved")).to_contain_text(
        "This is not a photograph that can be read"
    )
    expect(page.locator(".cbc-visit__bar")).to_contain_text("1 answered, 1 photograph: kept on this phone, not sent.")
    phone.look("visit-answered")
    page.reload()
    phone.opened()
    expect(page.locator(".cbc-visit__bar")).to_contain_text("1 answered, 1 photograph")
    assert page.locator(f'[name="{COT}"][value=ready]').is_checked()
    assert page.locator(f"[data-row={COT}] textarea").first.input_value() == NOTE
    expect(page.locator(f"[data-row={COT}] canvas")).to_have_count(1)
    phone.look("visit-offline")
    page.get_by_role("button", name="Send the visit").click()
    expect(page.locator(".cbc-visit__bar")).to_contain_text("Not sent yet: no connection.")
    assert rows(running, "SELECT count(*) FROM conversation WHERE key = ?", visit) == [(0,)]

    # What lies on the phone can be read by nobody who only has the phone.
    lies = phone.stored()
    assert visit in lies
    for word in (
        NOTE,
        "ZQQZ",
        COT,
        "ready",
        "Bobbie",
        "Example",
        "radiator",
        "JFIF",
        "Exif",
        "Invented Phones",
        "Olu",
        "flat, waterproof",
    ):
        assert word not in lies, word

    # Connected again; it is cut off after the service had it, and once more in the retry.
    cut: list[int] = []

    def lose(route: Route) -> None:
        cut.append(route.fetch().status)
        route.abort("connectionreset")

    page.route("**/send", lose)
    phone.context.set_offline(False)
    expect(page.locator(".cbc-visit__bar")).to_contain_text("Not known yet whether it arrived", timeout=20_000)
    assert page.locator("form.cbc-sheet").evaluate("form => form.inert")
    phone.look("visit-not-known")
    page.reload()  # and the officer loads the page again, meanwhile
    expect(page.locator("[data-told]")).to_contain_text(re.compile("This visit was sent|Sent "), timeout=20_000)
    assert cut == [200]
    page.unroute("**/send")
    assert rows(running, "SELECT count(*) FROM conversation WHERE key = ?", visit) == [(1,)]
    (answer,) = rows(running, "SELECT value, grade, note FROM answer WHERE conversation = ?", visit)
    assert answer == ('"ready"', "E2", NOTE)
    ((content,),) = rows(running, "SELECT content FROM photograph WHERE visit_id = ?", visit)
    assert content.startswith(b"\xff\xd8")
    assert b"Exif" not in content

    # Nothing is left on the phone: no store, no page that was kept, no worker.
    left = page.evaluate(
        "async () => [(await indexedDB.databases()).length, (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length]"
    )
    assert left == [0, 0, 0]
    page.goto(f"{running.address}{assessment}/photographs")
    expect(page.locator(".cbc-photographs img")).to_have_count(1)
    assert page.locator(".cbc-photographs img").evaluate(
        "img => img.complete || new Promise(r => img.onload = () => r(true))"
    )
    phone.look("visit-photographs")


def test_cut_off_in_the_middle_and_again_in_the_retry_without_loading_again(
    running: Running, phone: Phone, assessment: str
) -> None:
    page = phone.page
    phone.sign_in("officer")
    visit = phone.begin(assessment)
    phone.choose(COT, "none")
    phone.photograph(COT, with_place())
    expect(page.locator(f"[data-row={COT}] canvas")).to_have_count(1)
    cut: list[int] = []

    def lose_twice(route: Route) -> None:
        if len(cut) < 2:
            cut.append(route.fetch().status)
            return route.abort("connectionreset")
        return route.continue_()

    page.route("**/send", lose_twice)
    page.get_by_role("button", name="Send the visit").click()
    expect(page.locator("[data-told]")).to_contain_text(
        "with 1 photograph. Nothing is left on this phone.", timeout=40_000
    )
    assert cut == [200, 200]
    phone.look("visit-sent")
    for table, column in (("conversation", "key"), ("answer", "conversation"), ("photograph", "visit_id")):
        assert rows(running, f"SELECT count(*) FROM {table} WHERE {column} = ?", visit) == [(1,)], table


def test_signing_out_warns_leaves_it_and_nobody_else_can_open_it(
    running: Running, phone: Phone, assessment: str
) -> None:
    page = phone.page
    phone.sign_in("officer")
    phone.begin(assessment)
    begun = page.url
    phone.choose(COT, "ready")
    expect(page.locator(".cbc-visit__bar")).to_contain_text("1 answered")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_have_text("A visit is not sent")
    phone.look("visit-signing-out")
    page.get_by_role("button", name="Sign out all the same").click()
    expect(page.locator("h1")).to_contain_text("Sign in")

    # Another officer of the council, who may see the case, on the same phone: with a connection and without one.
    phone.sign_in("senior", "")
    page.goto(begun)
    expect(page.locator("[data-told]")).to_contain_text("Somebody else began this visit.")
    assert page.locator(".cbc-ans").count() == 0
    phone.look("visit-not-yours")
    phone.context.set_offline(True)
    page.reload()
    expect(page.locator("[data-told]")).to_contain_text("There is no connection, and what is on this phone is closed.")
    assert page.locator(".cbc-ans").count() == 0
    phone.look("visit-closed")
    assert "ready" not in phone.stored()
    phone.context.set_offline(False)
    expect(page.locator("[data-told]")).to_contain_text("Somebody else began this visit.")  # it looks again by itself
    page.goto(running.address + "/")
    page.get_by_role("button", name=re.compile("Sign out")).click()
    expect(page.locator("h1")).to_contain_text("Sign in")

    # The same officer, signed in afresh: everything is there.
    phone.sign_in("officer", "/sign-in?next=/visit/")
    phone.opened()
    assert page.locator(f'[name="{COT}"][value=ready]').is_checked()


def test_after_seven_days_it_is_gone_and_told(running: Running, phone: Phone, assessment: str) -> None:
    page = phone.page
    phone.sign_in("officer")
    visit = phone.begin(assessment)
    phone.choose(COT, "ready")
    expect(page.locator(".cbc-visit__bar")).to_contain_text("1 answered")
    rows(
        running,
        "UPDATE visit SET begun_at = datetime(begun_at, '-7 days', '-1 minute') || '.000000' WHERE id = ?",
        visit,
    )
    page.reload()
    expect(page.locator("[data-told]")).to_contain_text(
        "not sent within seven days. What was on this phone can be read by nobody any more."
    )
    phone.look("visit-gone")
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 0


def test_what_has_to_be_mended_stands_beside_it_and_the_worker_answers_for_that_page_alone(
    running: Running, phone: Phone, assessment: str
) -> None:
    page = phone.page
    phone.sign_in("officer")
    phone.begin(assessment)
    scopes = page.evaluate(
        "async () => (await navigator.serviceWorker.getRegistrations()).map((r) => new URL(r.scope).pathname)"
    )
    assert scopes == ["/visit/"]
    kept = page.evaluate(
        "async () => (await (await caches.open('visit-shell')).keys()).map((r) => new URL(r.url).pathname)"
    )
    assert all(path == "/visit/" or path.startswith("/static/") for path in kept), kept
    phone.photograph(COT, with_place())
    expect(page.locator(f"[data-row={COT}] canvas")).to_have_count(1)
    page.get_by_role("button", name="Send the visit").click()
    expect(page.locator(f"[data-row={COT}] .cbc-not-saved")).to_contain_text("Choose what the photograph shows, too")
    phone.look("visit-to-mend")
    phone.choose(COT, "ready")
    page.get_by_role("button", name="Send the visit").click()
    expect(page.locator("[data-told]")).to_contain_text("Nothing is left on this phone.", timeout=20_000)
    page.goto(running.address + "/")
    assert page.evaluate("navigator.serviceWorker.controller") is None
