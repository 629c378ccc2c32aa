"""Second steps in a browser, by keyboard alone: a passkey on a virtual device, codes of an app, and the council's own sign-in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import oidc_provider_mock
import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.accounts.provider import NAMED, configure
from tests.accounts.test_council import OF_THE_MOCK, put_user
from tests.accounts.test_second_step import in_the

from .conftest import PICTURES, Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

EMAIL, PASSWORD = "housing_officer@test.example", "correct horse battery staple"


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The service on a port of its own, at a host that passkeys may be of."""

    def serve() -> object:
        desk.instance.app.config.update(WTF_CSRF_ENABLED=True)
        server = make_server("localhost", 0, desk.instance.app, threaded=True)
        changed = desk.instance.settings.model_copy(update={"base_url": f"http://localhost:{server.server_port}"})
        desk.instance.app.config["SETTINGS"] = changed
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    server = desk.do(serve)
    yield f"http://localhost:{server.server_port}"
    desk.do(server.shutdown)


class Keyboard:
    """Somebody who has no mouse."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.address, self.trouble = address, list[str]()
        self.page.on(
            "console", lambda m: self.trouble.append(m.text) if m.type == "error" and "422" not in m.text else None
        )
        self.page.on("pageerror", lambda e: self.trouble.append(str(e)))

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def reach(self, words: str) -> None:
        """Tab to what is called so, as somebody would who sees where the focus is."""
        said = "() => { const e = document.activeElement; return ((e.labels?.[0] ?? e).innerText ?? '').replace(/\\s+/g, ' ').trim() }"
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(said) == words:
                return
        raise AssertionError(f"no Tab leads to {words!r}")

    def press(self, words: str) -> None:
        self.reach(words)
        self.page.keyboard.press("Enter")

    def type(self, label: str, words: str) -> None:
        self.reach(label)
        self.page.keyboard.type(words)

    def sees(self, heading: str) -> None:
        self.page.get_by_role("heading", name=heading, exact=True, level=1).wait_for()

    def looks(self, name: str) -> None:
        """Nothing that axe finds, at both widths, each with a picture."""
        for width in (1280, 390):
            self.page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(self.page)
            assert found.violations_count == 0, found.generate_report()
            assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} at {width}"
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(PICTURES) / f"signin-{name}-{width}.png"), full_page=True)
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def sign_in(self) -> None:
        self.go("/sign-in")
        self.type("E-mail address", EMAIL)
        self.type("Password", PASSWORD)
        self.page.keyboard.press("Enter")


@pytest.fixture
def keyboard(browser: Browser, address: str) -> Iterator[Keyboard]:
    made = Keyboard(browser, address)
    yield made
    assert made.trouble == []
    made.context.close()


def test_a_passkey_is_made_used_to_sign_in_and_to_confirm_and_taken_away(keyboard: Keyboard) -> None:
    devtools = keyboard.context.new_cdp_session(keyboard.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    device = devtools.send(
        "WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}}
    )
    keyboard.sign_in()
    keyboard.sees("My work")
    keyboard.press("More")
    keyboard.press("Account")
    keyboard.sees("Your account")
    keyboard.press("Make a passkey")
    keyboard.sees("Make a passkey")
    keyboard.looks("make-passkey")
    keyboard.type("Your own word for it", "work laptop")
    keyboard.page.keyboard.press("Enter")
    keyboard.sees("Write these codes down")
    keyboard.looks("recovery-codes")
    keyboard.press("I have written them down: go on")
    keyboard.sees("Your account")
    assert "work laptop" in keyboard.page.content()
    keyboard.looks("account")
    keyboard.press("Sign out Housing Officer")
    keyboard.sees("Sign in")
    keyboard.looks("sign-in")
    keyboard.press("Use a passkey")
    keyboard.sees("My work")
    keyboard.go("/confirm?next=/account")
    keyboard.sees("Confirm that it is you")
    keyboard.looks("confirm")
    keyboard.press("Use a passkey")
    keyboard.sees("Your account")
    keyboard.press("Take it away work laptop")
    keyboard.page.get_by_text("The passkey is taken away").wait_for()
    keyboard.press("Sign out Housing Officer")
    keyboard.sees("Sign in")
    keyboard.press("Use a passkey")
    keyboard.page.get_by_text("This passkey is not known here").wait_for()
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device["authenticatorId"], "isUserVerified": False})
    keyboard.press("Use a passkey")
    keyboard.page.get_by_text("No passkey was used.").wait_for()


def test_codes_of_an_app_are_set_up_and_asked_for(keyboard: Keyboard) -> None:
    keyboard.sign_in()
    keyboard.sees("My work")
    keyboard.go("/account/authenticator")
    keyboard.sees("Set up codes from an app")
    keyboard.looks("set-up")
    secret = in_the(keyboard.page.content())
    keyboard.type("Code", pyotp.TOTP(secret).now())
    keyboard.page.keyboard.press("Enter")
    keyboard.sees("Write these codes down")
    code = keyboard.page.locator("code").first.inner_text()
    keyboard.press("Sign out Housing Officer")
    keyboard.sees("Sign in")  # gone on to before that, the page would be two at once
    keyboard.sign_in()
    keyboard.sees("Type a code")
    keyboard.looks("code")
    keyboard.type("Code", "000 000")
    keyboard.page.keyboard.press("Enter")
    keyboard.page.get_by_role("link", name="This code is not right, or was used before.").wait_for()
    keyboard.type("Code", "")
    keyboard.page.keyboard.press("Control+a")
    keyboard.page.keyboard.type(code)
    keyboard.page.keyboard.press("Enter")
    keyboard.sees("My work")
    keyboard.go("/account/password")
    keyboard.looks("password")


@OF_THE_MOCK
def test_the_council_s_own_sign_in_by_keyboard(keyboard: Keyboard, desk: Desk) -> None:
    with oidc_provider_mock.run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        put_user(issuer, "person-9", NAMED)
        desk.do(lambda: configure(desk.instance, issuer, oidc_client_secret="a secret"))
        keyboard.go("/sign-in")
        keyboard.looks("sign-in-council")
        keyboard.press("Sign in with your test account")
        keyboard.page.wait_for_url(f"{issuer}/**")
        keyboard.page.locator("input[name=sub]").focus()
        keyboard.page.keyboard.type("person-9")
        keyboard.page.keyboard.press("Enter")
        keyboard.sees("My work")
        assert "Ola Outside" in keyboard.page.content()
        keyboard.trouble.clear()  # the page of the provider asks for a style sheet and an icon that are not there


def test_without_scripts_there_are_the_password_and_the_codes(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    assert not page.get_by_role("button", name="Use a passkey").is_visible()
    assert page.get_by_role("button", name="Sign in", exact=True).is_visible()
    context.close()
