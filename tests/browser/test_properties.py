"""A unit of the register from its first restriction to the family who takes it up, as officers see it; every page sound and pictured."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.clocks import today

from .conftest import Person, Running
from .test_journeys import axe_finds_nothing, example, on_a_telephone

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
DAYS_AGO = (today() - timedelta(days=12)).isoformat()


def look(person: Person, name: str) -> None:
    axe_finds_nothing(person)
    on_a_telephone(person, f"properties-{name}")


def family(running: Running, folder: Path, name: str = "h2") -> tuple[str, str]:
    """A family that is being assessed: the path of its case, and of its assessment."""
    tree = example(name)
    tree["household"]["reference"] = f"PROP-{secrets.token_hex(3)}"
    file = folder / f"{secrets.token_hex(3)}.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    made = json.loads(running.command("case", "import", str(file), "--officer", "officer@demo.example").stdout)
    return f"/cases/{made['case']}", f"/cases/{made['case']}/assessments/{made['assessment']}"


def written(person: Person, words: str) -> None:
    """Follow a link of the page, and fill in who saw it and when."""
    person.page.click(f"main a:has-text('{words}')")
    person.choose("word", "officer")
    person.fill("said_by", "O. Officer, housing")
    person.day("on", DAYS_AGO)


def take_up(person: Person, case: str, unit: str) -> None:
    """Propose the unit for a family, answer what is against them, and take it up for a week."""
    person.go(f"{case}/placements/register/{unit}")
    person.choose("kind", "nightly_paid")
    person.choose("urgency", "planned")
    person.tick("checked", ["yes"])
    person.press("Save")
    person.page.click("main a:has-text('Answer')")
    person.fill("said", "Fitted this morning by the provider; I saw all four hold.")
    person.press("Save")
    person.page.click("main a:has-text('The family takes it up')")
    person.day("first", today().isoformat())
    person.day("last", (today() + timedelta(days=6)).isoformat())
    person.fill("told_by", "Keys signed for at the front desk")
    person.press("Save")


def test_a_unit_of_the_register(running: Running, person: Callable[..., Person], tmp_path: Path) -> None:
    officer = person("officer", "officer")
    officer.page.click("header a:has-text('Properties')")
    officer.page.click("main a:has-text('Add a building')")
    officer.fill("address", f"{secrets.randbelow(800)} Invented Parade")
    officer.fill("postcode", "B14 7ET")
    officer.press("Save")
    officer.page.click("main a:has-text('Add a unit')")
    officer.fill("door", "Flat 3")
    officer.press("Save")
    unit = officer.page.url.rsplit("/", 1)[1]
    written(officer, "Restriction")
    officer.choose("reach", "under")
    officer.press("Save")
    assert "Give the age." in officer.page.inner_text("main")
    look(officer, "form-refused")
    officer.fill("under_age", "5")
    officer.page.fill("main [name=words]", "Until the window restrictors are fitted.")
    officer.press("Save")
    written(officer, "Facts of the unit")
    officer.fill("floor", "2")
    officer.choose("lift", "no")
    look(officer, "facts")
    officer.press("Save")
    officer.page.click("main a:has-text('Facts of the unit')")
    officer.choose("word", "provider")
    officer.fill("said_by", "Pat Rowe, Rowe Lettings")
    officer.day("on", (today() - timedelta(days=90)).isoformat())
    officer.choose("lift", "yes")
    officer.press("Save")
    written(officer, "Inspection")
    officer.day("until", (today() - timedelta(days=2)).isoformat())
    officer.press("Save")
    assert "Until the window restrictors are fitted." in officer.page.inner_text("main")
    look(officer, "unit")
    officer.go("/properties?state=restriction")
    look(officer, "list")
    officer.page.click("main table a >> nth=0")
    officer.page.click("nav[aria-label=Back] a")
    look(officer, "building")

    one, _ = family(running, tmp_path)
    officer.go(f"{one}/placements/new")
    officer.page.click("main a:has-text('Look in the')")
    officer.fill("postcode", "B14 7ET")
    officer.press("Look")
    look(officer, "look")
    officer.go(f"{one}/placements/register/{unit}")
    assert officer.page.input_value("[name=floor]") == "2"
    assert officer.page.locator("[name=lift]:checked").count() == 0, "two say different things: nothing is filled in"
    look(officer, "propose")
    officer.go(one)
    take_up(officer, one, unit)
    assert "Taken up from the night of" in officer.page.inner_text("main")
    look(officer, "held")
    officer.page.click("nav[aria-label=Back] a")
    look(officer, "assessment")

    two, _ = family(running, tmp_path)
    take_up(officer, two, unit)
    said = officer.page.inner_text("main")
    assert "The unit is taken on the night of" in said
    assert "Choose another unit" in said
    assert officer.page.input_value("[name=told_by]") == "Keys signed for at the front desk"
    look(officer, "taken")


def test_a_building_that_several_cases_worry_about(
    running: Running, person: Callable[..., Person], tmp_path: Path
) -> None:
    for _ in range(3):
        family(running, tmp_path, "h1")
    lead = person("lead", "lead")
    assert "worry about one building" in lead.page.inner_text("main")
    lead.go("/properties/alerts")
    look(lead, "alerts")
    lead.press("Put it in the register")
    lead.page.click("main a:has-text('Do several cases worry')")
    look(lead, "alert")
    lead.fill("said", "Commissioning and the police told; every family there is looked at again.")
    lead.press("Save")
    assert "No alert stands" in lead.page.inner_text("main")
