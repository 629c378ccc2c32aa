"""Sealing a home, asking, agreeing and being shown it, and what one writes down of oneself: by the keyboard alone, sound to axe, on a screen and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Person, Running
from .test_journeys import axe_finds_nothing, example

pytestmark = pytest.mark.browser
HOME = "77 Markerhome Terrace"


def looked_at(who: Person, name: str) -> None:
    for suffix, width in (("", 1280), ("-phone", 390)):
        who.page.set_viewport_size({"width": width, "height": 900})
        assert who.page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is cut off"
        who.picture(f"sealed-{name}{suffix}")
    axe_finds_nothing(who)
    who.page.set_viewport_size({"width": 1280, "height": 900})


def to(who: Person, selector: str) -> None:
    """Go on by the Tab key until one of these has the focus."""
    for _ in range(160):
        who.page.keyboard.press("Tab")
        if who.page.evaluate("s => document.activeElement !== null && document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no key leads to {selector}")


def sent(who: Person, selector: str = "main form button[type=submit]") -> None:
    to(who, selector)
    with who.page.expect_navigation():
        who.page.keyboard.press("Enter")


def test_a_home_is_sealed_asked_for_and_shown(running: Running, person: Callable[..., Person], tmp_path: Path) -> None:
    tree = example("h1")
    tree["household"]["reference"] = "SEALED-H1"
    tree["household"]["domestic_abuse"] = True
    tree["household"]["addresses"] = [{"kind": "current", "address": HOME, "postcode": "B45 9AQ"}]
    file = tmp_path / "family.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    told = running.command("case", "import", str(file), "--officer", "officer@demo.example")
    case = f"/cases/{json.loads(told.stdout)['case']}"
    officer = person("sealed", "officer")
    officer.go(case)
    assert HOME in officer.page.content()
    to(officer, f'a[href="{case}/sealed-home/seal"]')
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_url("**/sealed-home/seal")
    looked_at(officer, "seal")
    to(officer, "[name=reason]")
    officer.page.keyboard.type("The father looks for them, says the mother.")
    sent(officer)
    looked_at(officer, "home")
    assert HOME not in officer.page.content()
    officer.go(case)
    assert HOME not in officer.page.content()
    officer.picture("sealed-case")
    officer.go(f"{case}/sealed-home")
    sent(officer, f'form[action="{case}/sealed-home/show"] button')
    assert HOME in officer.page.inner_text("main")
    looked_at(officer, "shown")

    lead = person("sealed-lead", "lead")
    lead.go(f"{case}/sealed-home")
    assert HOME not in lead.page.content()
    to(lead, f'a[href="{case}/sealed-home/ask"]')
    lead.page.keyboard.press("Enter")
    lead.page.wait_for_url("**/sealed-home/ask")
    looked_at(lead, "ask")
    to(lead, "[name=what]")
    lead.page.keyboard.press("Space")
    to(lead, "[name=reason]")
    lead.page.keyboard.type("The duty social worker visits tonight, and the officer is away.")
    sent(lead)
    officer.go("/")
    to(officer, 'a[href*="/sealed-home/asked/"]')
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_url("**/asked/*")
    looked_at(officer, "asked")
    to(officer, "[name=answer]")
    officer.page.keyboard.press("Space")
    to(officer, "[name=word]")
    officer.page.keyboard.type("Rung her, and the social worker.")
    sent(officer)
    lead.go(f"{case}/sealed-home")
    looked_at(lead, "released")
    sent(lead, f'form[action="{case}/sealed-home/show"] button')
    assert HOME in lead.page.inner_text("main")
    lead.go(f"{case}/sealed-home/name")
    looked_at(lead, "name")


def test_what_one_writes_down_of_oneself_and_what_a_lead_settles(
    running: Running, person: Callable[..., Person], tmp_path: Path
) -> None:
    officer = person("about-me", "officer")
    officer.go("/")
    to(officer, 'a[href="/about-me"]')
    officer.page.keyboard.press("Enter")
    officer.page.wait_for_url("**/about-me")
    to(officer, "[name=kind]")
    officer.page.keyboard.press("ArrowDown")
    officer.page.keyboard.press("ArrowDown")
    to(officer, "[name=name]")
    officer.page.keyboard.type("Zebedee Markername")
    sent(officer)
    looked_at(officer, "about-me")
    assert "Markername" not in officer.page.content()
    tree = example("h1")
    tree["household"]["reference"] = "MATCHED-H1"
    tree["household"]["members"][0]["name"] = "Zebedee Markername"
    file = tmp_path / "family.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    told = running.command("case", "import", str(file), "--officer", "senior@demo.example")
    case = f"/cases/{json.loads(told.stdout)['case']}"
    lead = person("match-lead", "lead")
    lead.go(f"{case}/kept-from")
    looked_at(lead, "kept-from")
    to(lead, 'a[href*="/possible-match/"]')
    lead.page.keyboard.press("Enter")
    lead.page.wait_for_url("**/possible-match/*")
    looked_at(lead, "match")
    to(lead, "[name=verdict]")
    lead.page.keyboard.press("Space")
    to(lead, "[name=reason]")
    lead.page.keyboard.type("Her former husband, she says.")
    sent(lead)
    assert "Her former husband" in lead.page.inner_text("main")
    officer.go(case)
    assert "Markername" not in officer.page.content()
    assert [t for t in officer.trouble if "404" not in t] == []
    officer.trouble.clear()  # that there is no such page is what the browser says, and as it should be
