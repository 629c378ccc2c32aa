"""The service as a council starts it, and a real browser in front of it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from app.settings import ROOT
from tests.conftest import Instance, copy_of, running_from

PICTURES = ROOT / "build" / "pictures"
_SAID = 6_000  # characters of a page that are told of where a test fails: a long result's first screens


class Running:
    """A service started by script/server with the demonstration's accounts."""

    def __init__(self, address: str, data: Path, process: subprocess.Popen[str]) -> None:
        self.address, self.data, self.process = address, data, process

    @property
    def password(self) -> str:
        return (self.data / "demo-password.txt").read_text(encoding="ascii")

    def mails(self) -> list[Path]:
        return sorted((self.data / "mail").glob("*.eml"), key=lambda f: f.stat().st_mtime)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(ROOT / ".venv/bin/flask"), "--app", "wsgi", *words], cwd=ROOT, env={**os.environ, "CBC_DATA": str(self.data)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, gazetteer_file: Path) -> Iterator[Running]:
    data, port = tmp_path_factory.mktemp("served"), free_port()
    (data / "gazetteer.sqlite").symlink_to(gazetteer_file)
    out = data / "said.txt"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CBC_")}
    with open(out, "w", encoding="utf-8") as stream:
        command = [str(ROOT / "script/server"), "--demo", "--port", str(port), "--data", str(data)]
        process = subprocess.Popen(
            command, stdout=stream, stderr=stream, env=environment, text=True, start_new_session=True
        )
    end = time.monotonic() + 90
    while "is ready" not in out.read_text(encoding="utf-8"):
        assert process.poll() is None, out.read_text(encoding="utf-8")
        assert time.monotonic() < end, out.read_text(encoding="utf-8")
        time.sleep(0.1)
    yield Running(f"http://127.0.0.1:{port}", data, process)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.fixture(scope="session")
def browser(sqlite_template: Path) -> Iterator[Browser]:
    """Debian's own Chromium. The template is made first: beside the browser's event loop no context of the service can close."""
    found = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), None)
    assert found, "Chromium is not installed: script/bootstrap --test installs it"
    # Rendering PDFs points fontconfig at the shipped fonts alone; a browser needs the system's.
    environment = {k: v for k, v in os.environ.items() if k != "FONTCONFIG_FILE"}
    options = ["--no-sandbox", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=options, env=environment)
        yield started
        started.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a test fails, what the pages said just then: elsewhere nobody can look."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.failed and isinstance(browser, Browser):
        for page in (page for context in browser.contexts for page in context.pages):
            try:
                said = page.inner_text("body", timeout=2000)
            except Error as error:
                said = f"(nothing can be read of it: {error.message.splitlines()[0]})"
            report.sections.append((f"What the page said at {page.url}", said[:_SAID]))
    return report


class Desk:
    """An installation in this process, and a thread that works in it.

    The browser's own driver keeps an event loop in the test's thread, in which no context of the service can be closed.
    """

    def __init__(self, instance: Instance, hand: ThreadPoolExecutor) -> None:
        self.instance, self._hand = instance, hand

    def do(self, work: Callable[[], Any]) -> Any:
        return self._hand.submit(work).result()


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    with ThreadPoolExecutor(1) as hand:
        running = running_from(copy_of(sqlite_template, tmp_path / "instance"), "", "sqlite")
        yield Desk(hand.submit(running.__enter__).result(), hand)
        hand.submit(running.__exit__, None, None, None).result()


class Person:
    """Somebody at a browser: pages are looked at, checked and pictured as they go."""

    def __init__(self, running: Running, context: BrowserContext, name: str) -> None:
        self.running, self.context, self.name = running, context, name
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.trouble: list[str] = []
        self.page.on(
            "console", lambda m: self.trouble.append(m.text) if m.type == "error" and "422" not in m.text else None
        )
        self.page.on("pageerror", lambda e: self.trouble.append(str(e)))

    def go(self, path: str) -> None:
        self.page.goto(self.running.address + path)

    def sign_in(self, role: str) -> None:
        self.go("/sign-in")
        self.page.fill("[name=email]", f"{role}@demo.example")
        self.page.fill("[name=password]", self.running.password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(re.compile(r"/(people)?$"))

    def press(self, text: str) -> None:
        """Press the one button of the page with this text, and wait for what follows."""
        with self.page.expect_navigation():
            self.page.locator("main button, main a.govuk-button").filter(has_text=text).first.click()

    def choose(self, name: str, value: str | None) -> None:
        if value is not None:
            self.page.check(f'[name="{name}"][value="{value}"]')

    def tick(self, name: str, values: list[str]) -> None:
        for value in values:
            self.page.check(f'[name="{name}"][value="{value}"]')

    def fill(self, name: str, text: object) -> None:
        if text not in (None, ""):
            self.page.fill(f'[name="{name}"]', str(text))

    def day(self, name: str, iso: str | None) -> None:
        if iso:
            year, month, number = iso.split("-")
            for part, written in (("day", number), ("month", month), ("year", year)):
                self.page.fill(f'[name="{name}-{part}"]', str(int(written)))

    def unfold(self) -> None:
        """Open every section that is closed, one click each, as somebody does who reads all of it."""
        for at in range(self.page.locator("main details").count()):
            one = self.page.locator("main details").nth(at)
            if one.get_attribute("open") is None:
                one.locator("> summary").click()

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@pytest.fixture
def person(running: Running, browser: Browser) -> Iterator[Callable[..., Person]]:
    made: list[Person] = []

    def make(name: str, role: str | None = None, **how: object) -> Person:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, **how)  # type: ignore[arg-type]
        new = Person(running, context, name)
        made.append(new)
        if role:
            new.sign_in(role)
        return new

    yield make
    trouble = [t for p in made for t in p.trouble]
    for p in made:
        p.context.close()
    assert trouble == []
