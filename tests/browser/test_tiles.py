"""A council with map tiles of its own: the map on the screen, in Chromium, under the strict content policy."""

from __future__ import annotations

import base64

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route
from pytest_flask.live_server import LiveServer

from app.cases.models import Case
from app.database import writing
from app.extensions import db

from .conftest import PICTURES, Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
GREY = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGM4ceIEAATAAl8/YJ6rAAAAAElFTkSuQmCC")
TILES = "https://tiles.example/{z}/{x}/{y}.png"


@pytest.fixture
def app(desk: Desk) -> Flask:
    """A council with tiles of its own, served by pytest-flask's live server: nothing here waits for the worker."""
    desk.instance.app.config["SETTINGS"] = desk.instance.settings.model_copy(update={"tile_url": TILES})
    return desk.instance.app


@pytest.fixture
def result(desk: Desk) -> str:
    """Of a family that fled from nobody: the path of its result."""

    def made() -> str:
        case_id, assessment_id = desk.instance.import_case("h2")
        with desk.instance.app.app_context():
            with writing() as session:
                case = session.get_one(Case, case_id)
                case.domestic_abuse, case.left_because = False, ["overcrowding"]
                for service in case.services:
                    service.postcode = "B13 9AA"
            db.engine.dispose()  # the server is a process of its own: no connection is shared with it
        return f"/cases/{case_id}/assessments/{assessment_id}/result"

    return str(desk.do(made))


@pytest.mark.parametrize("with_javascript", [True, False])
def test_the_map_with_tiles_or_the_drawn_one(
    result: str, live_server: LiveServer, browser: Browser, with_javascript: bool
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=with_javascript)
    page, asked, trouble = context.new_page(), list[str](), list[str]()
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: trouble.append(str(e)))

    def tile(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=GREY, content_type="image/png")

    context.route("https://tiles.example/**", tile)
    page.goto(live_server.url("/sign-in"))
    page.fill("[name=email]", "housing_officer@test.example")
    page.fill("[name=password]", "correct horse battery staple")
    page.click("main button[type=submit]")
    page.goto(live_server.url(result))
    page.click("summary:has-text('Distances and map')")
    if with_javascript:
        page.wait_for_selector(".cbc-tiles .leaflet-interactive")
        page.wait_for_timeout(300)
        assert page.locator(".cbc-tiles .leaflet-interactive").count() >= 2
        assert asked
        assert page.locator(".cbc-map").is_hidden()
        page.locator(".cbc-tiles").screenshot(path=PICTURES / "map-with-tiles.png")
    else:
        assert asked == []
        assert page.locator(".cbc-map").is_visible()
        assert page.locator(".cbc-tiles").is_hidden()
    assert trouble == []
    context.close()
