"""The life of a case in a real browser: a birth, ways, a warning, a child’s views, leaving, closing; on a screen and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.clocks import today

from .conftest import Person, Running
from .test_dates import fill_day
from .test_journeys import axe_finds_nothing, example

pytestmark = pytest.mark.browser


def test_a_case_lives(running: Running, person: Callable[..., Person], tmp_path: Path) -> None:
    tree = example("h1")
    tree["household"]["reference"] = "LIVES-H1"
    first = tree["household"]["members"][0]
    tree["household"]["members"].append(
        {"key": "U9", "name": "Unborn child", "kind": "unborn", "due": tree["on"], "mother": first["key"]}
    )
    tree["placement"]["starts"] = tree["on"]
    file = tmp_path / "family.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    told = running.command("case", "import", str(file), "--officer", "officer@demo.example")
    made = json.loads(told.stdout)
    officer = person("lives", "officer")
    case = f"/cases/{made['case']}"

    def both(name: str) -> None:
        for suffix, width in (("", 1280), ("-phone", 390)):
            officer.page.set_viewport_size({"width": width, "height": 900})
            wide = officer.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is cut off"
            officer.picture(f"lives-{name}{suffix}")
        axe_finds_nothing(officer)
        officer.page.set_viewport_size({"width": 1280, "height": 900})

    def sent(back: str) -> None:
        officer.page.click("main button[type=submit]:not(.cbc-small)")
        officer.page.wait_for_url(f"**{back}")

    officer.go(f"{case}/reach")
    officer.page.check("[name=how][value=refused]")
    officer.page.check("[name=code][value=post]")
    officer.page.fill("[name=said]", "He opens the letters.")
    officer.page.fill("[name=source]", "Her, alone")
    officer.page.check("[name=grade][value=E1]")
    fill_day(officer, "on", 0)
    sent(f"{case}/reach")
    both("reach")
    officer.go(f"{case}/warnings")
    officer.page.fill("[name=said]", "On the stairs he said that he would wait for the officer.")
    officer.page.fill("[name=source]", "Olu, housing officer")
    officer.page.check("[name=grade][value=E2]")
    fill_day(officer, "on", -1)
    fill_day(officer, "due", 3)
    sent(f"{case}/warnings")
    both("warnings")
    officer.page.get_by_role("link", name="Look at it again").first.click()
    both("review")
    officer.go(f"{case}/views")
    officer.page.locator("[name=who]").first.check()
    officer.page.check("[name=code][value=sought]")
    for name, said in (
        ("said", "I want my own bed."),
        ("source", "Ms Hale, teacher"),
        ("place", "at school"),
        ("how", "while drawing"),
    ):
        officer.page.fill(f"[name={name}]", said)
    fill_day(officer, "on", 0)
    sent(f"{case}/views")
    both("views")
    officer.go(case)
    officer.page.get_by_text("Household").first.wait_for()
    born = officer.page.locator("a", has_text="The baby is born").first.get_attribute("href") or ""
    officer.go(born)
    officer.page.click("main button[type=submit]")
    assert "There is a problem" in officer.page.inner_text("main")
    both("born-refused")
    fill_day(officer, "born", 0)
    officer.page.fill("[name=name]", "Mia")
    officer.page.check("[name=still_pregnant][value=no]")
    officer.page.check("[name=grade][value=E4]")
    sent(case)
    both("case")
    officer.go(f"{case}/assessments/{made['assessment']}/result")
    assert "since this place was proposed" in officer.page.inner_text("main")
    both("result")
    officer.go(f"{case}/assessments/{made['assessment']}/left")
    both("left")
    officer.go(f"{case}/close")
    both("close")
    for box in officer.page.locator("main textarea").all():
        box.fill("Not owed where they live now, says the manager.")
    sent(case)
    assert "This case is closed since" in officer.page.inner_text("main")
    both("closed")
    officer.go("/")
    assert "Its other lines are gone from here." in officer.page.inner_text("main")
    officer.picture("lives-my-work")
    officer.go(f"{case}/reopen")
    both("reopen")
    assert officer.trouble == []
    assert today()
