"""A household parts and joins again by keyboard alone; each page on a screen and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.clocks import today

from .conftest import Person, Running
from .test_journeys import axe_finds_nothing, example

pytestmark = pytest.mark.browser


def test_by_keyboard_alone(running: Running, person: Callable[..., Person], tmp_path: Path) -> None:
    tree = example("h1")
    tree["household"]["reference"] = "PARTS-H1"
    file = tmp_path / "family.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    made = json.loads(running.command("case", "import", str(file), "--officer", "officer@demo.example").stdout)
    officer = person("parting", "officer")
    keys = officer.page.keyboard

    def look(name: str) -> None:
        for suffix, width in (("", 1280), ("-phone", 390)):
            officer.page.set_viewport_size({"width": width, "height": 900})
            assert officer.page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is cut off"
            officer.picture(f"{name}{suffix}")
        axe_finds_nothing(officer)
        officer.page.set_viewport_size({"width": 1280, "height": 900})

    def to(selector: str) -> None:
        """Tab on until it has the focus: nothing is clicked."""
        for _ in range(120):
            if officer.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            keys.press("Tab")
        raise AssertionError(f"{selector} is not reached by keyboard")

    def day() -> None:
        for part in ("day", "month", "year"):
            to(f"[name=on-{part}]")
            keys.type(str(getattr(today(), part)))

    def told() -> None:
        to("[name=why]")
        keys.type("She says that she fled him.")
        to("[name=source]")
        keys.type("The mother")
        to("[name=grade]")
        keys.press("Space")

    def enter() -> None:
        with officer.page.expect_navigation():
            keys.press("Enter")

    officer.go(f"/cases/{made['case']}/part")
    look("part")
    officer.page.reload()
    for key in ("M", "B1", "B2"):
        to(f"[name=who][value={key}]")
        keys.press("Space")
    day()
    to("[name=limited][value=yes]")
    keys.press("Space")
    told()
    for box in officer.page.locator("[name^=goes_]").evaluate_all("all => [...new Set(all.map(one => one.name))]"):
        to(f"[name={box}]")
        keys.press("Space")
    to("main form button[type=submit]:not(.cbc-small)")
    enter()
    officer.page.get_by_text("Their case is made.").wait_for()
    look("part-made")
    reference = officer.page.locator("h1").inner_text().split()[1]
    officer.go(f"/cases/{made['case']}")
    look("part-left")
    officer.go(f"/cases/{made['case']}/join")
    to("[name=other]")
    keys.type(reference)
    enter()
    assert "limited to its officer" not in officer.page.content()
    look("join")
