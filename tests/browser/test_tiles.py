"""A council with map tiles of its own: the map on the screen, in Chromium, under the strict content policy."""

from __future__ import annotations

import base64
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Route

from app.settings import ROOT

from .conftest import PICTURES, Person, Running, free_port
from .test_journeys import demo_assessment

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
GREY = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGM4ceIEAATAAl8/YJ6rAAAAAElFTkSuQmCC")


@pytest.fixture
def tiled(running: Running) -> Iterator[str]:
    """A second web server over the same data, with tiles configured, of a family that fled from nobody."""
    with closing(sqlite3.connect(running.data / "case-by-case.sqlite", timeout=20)) as data:
        data.execute(
            "UPDATE housing_case SET domestic_abuse = 0, left_because = '[\"overcrowding\"]' WHERE reference = 'DEMO-H2'"
        )
        wanted = "SELECT id FROM housing_case WHERE reference = 'DEMO-H2'"
        data.execute(f"UPDATE case_service SET postcode = 'B13 9AA' WHERE case_id IN ({wanted})")
        data.execute(
            f"UPDATE unit SET postcode = 'B14 7ET' WHERE id IN (SELECT unit_id FROM assessment WHERE case_id IN ({wanted}))"
        )
        data.commit()
    port = free_port()
    environment = {
        **os.environ, "CBC_DATA": str(running.data), "CBC_TILE_URL": "https://tiles.example/{z}/{x}/{y}.png",
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "run", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
            break
        except OSError:
            assert time.monotonic() < end, "the second server did not start"
            time.sleep(0.2)
    yield address
    process.terminate()
    process.wait(20)


@pytest.mark.parametrize("with_javascript", [True, False])
def test_the_map_with_tiles_or_the_drawn_one(
    running: Running, tiled: str, person: Callable[..., Person], with_javascript: bool
) -> None:
    officer = person("maps", java_script_enabled=with_javascript)
    officer.running = Running(tiled, running.data, running.process)
    officer.sign_in("officer")
    asked: list[str] = []

    def tile(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=GREY, content_type="image/png")

    officer.context.route("https://tiles.example/**", tile)
    officer.go(demo_assessment(officer, "DEMO-H2") + "/result")
    page = officer.page
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
