"""A service looked up as its name is typed, by keyboard alone; and typed over, it is no longer the entry that was chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from app.extensions import db
from tests.cases.test_services import SHUT_ON_SUNDAY, directory_of

from .test_asks_back import Desk, Keyboard, app, keyboard, paths  # noqa: F401 - its fixtures

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_service_is_picked_while_its_name_is_typed(
    paths: tuple[str, str],  # noqa: F811
    desk: Desk,
    tmp_path: Path,
    keyboard: Keyboard,  # noqa: F811
    app: Flask,  # noqa: F811
) -> None:
    def made() -> None:
        directory_of(desk.instance, tmp_path, SHUT_ON_SUNDAY)
        with desk.instance.app.app_context():
            db.engine.dispose()

    desk.do(made)
    keyboard.sign_in("housing_officer")
    page = keyboard.page
    keyboard.go(f"{paths[0]}/services/new")
    page.select_option("[name=kind]", "pharmacy")
    page.locator("[name=name]").focus()
    page.keyboard.type("sampl")
    expect(page.locator("#offered option")).to_have_count(1)
    expect(page.locator("#looked")).to_have_text("1 found in the directory.")
    offered = str(page.locator("#offered option").get_attribute("value"))
    page.locator("[name=name]").fill(offered)  # what a browser does when it is chosen from its list
    expect(page.locator("[name=name]")).to_have_value("Sample Chemist")
    expect(page.locator("[name=postcode]")).to_have_value("B14 7ET")
    expect(page.locator("[name=directory_ref]")).to_have_value("services:P1")
    assert page.locator("[name=open_days][value=sat]").is_checked()
    assert not page.locator("[name=open_days][value=sun]").is_checked()
    page.locator("[name=name]").focus()
    page.keyboard.press("End")
    page.keyboard.type(" of another street")
    expect(page.locator("[name=directory_ref]")).to_have_value("")
    keyboard.sound("service-picked")
