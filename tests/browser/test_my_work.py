"""The first page of a lead, an officer and a senior officer: what is due, a returned case, handing over, cover for leave."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from app.clocks import today

from .conftest import Person, Running
from .test_journeys import axe_finds_nothing, example, on_a_telephone
from .test_whole_journey import hand_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ASKED = "Ask the provider who else lives on that floor, and say it in their words."


class Family(NamedTuple):
    """The path of its assessment, and its reference."""

    assessment: str
    reference: str


@pytest.fixture
def family(running: Running, tmp_path: Path) -> Family:
    """A family that an officer has asked about."""
    tree, reference = example("h2"), f"WORK-{secrets.token_hex(3)}"
    tree["household"]["reference"] = reference
    file = tmp_path / "family.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    made = json.loads(running.command("case", "import", str(file), "--officer", "officer@demo.example").stdout)
    return Family(f"/cases/{made['case']}/assessments/{made['assessment']}", reference)


def look(person: Person, name: str) -> None:
    axe_finds_nothing(person)
    on_a_telephone(person, f"work-{name}")


def by_keyboard_to(person: Person, reference: str, words: str) -> None:
    """Tab through the page until the link of this case is reached, and press Enter."""
    for _ in range(200):
        person.page.keyboard.press("Tab")
        said = person.page.evaluate("document.activeElement.innerText") or ""
        if words in said and reference in said:
            with person.page.expect_navigation():
                person.page.keyboard.press("Enter")
            return
    raise AssertionError(f"no link “{words}” of {reference} is reached by the keyboard")


def row_of(person: Person, reference: str) -> str:
    return person.page.locator(".cbc-jobs > li", has_text=reference).first.inner_text()


def test_a_lead_and_an_officer_begin_with_what_is_due(person: Callable[..., Person], family: Family) -> None:
    officer, lead = person("officer", "officer"), person("lead", "lead")
    assert "My work" in officer.page.inner_text("h1")
    hand_in(officer, family.assessment)
    officer.go("/")
    assert "Waits for a safeguarding lead’s decision" in row_of(officer, family.reference)
    lead.go("/")
    assert "An assessment waits for your decision" in row_of(lead, family.reference)
    look(lead, "lead")
    by_keyboard_to(lead, family.reference, "Read and decide")
    assert lead.page.url.endswith("/review")
    lead.choose("verdict", "return")
    lead.fill("note", ASKED)
    lead.press("Sign as")
    lead.go("/")
    assert "Returned by you" in row_of(lead, family.reference)

    officer.go("/")
    first = row_of(officer, family.reference)
    assert "Returned to you by a safeguarding lead" in first
    assert f"“{ASKED}”" in first
    look(officer, "officer")
    by_keyboard_to(officer, family.reference, "Answer and send again")
    assert officer.page.url.endswith(family.assessment)
    officer.go("/cases")
    assert family.reference in officer.page.inner_text("main")
    axe_finds_nothing(officer)


def test_it_is_whole_without_scripts(person: Callable[..., Person], family: Family) -> None:
    plain = person("plain", "officer", java_script_enabled=False)
    assert "Being assessed" in row_of(plain, family.reference)
    plain.page.locator("main a", has_text="Go on").first.click()
    assert "/cases/" in plain.page.url


def test_a_senior_officer_hands_a_case_over_and_sets_cover(person: Callable[..., Person], family: Family) -> None:
    senior = person("senior", "senior")
    look(senior, "senior")
    senior.page.click("nav >> text=Team")
    look(senior, "team")
    senior.page.locator("tr", has_text="Olu Officer").get_by_role("link", name="Set cover").first.click()
    senior.press("Set cover")
    assert "There is a problem" in senior.page.inner_text("main")
    look(senior, "cover-mistakes")
    senior.page.select_option("[name=cover]", index=1)
    senior.day("first", (today() + timedelta(300)).isoformat())
    senior.day("last", (today() + timedelta(299)).isoformat())
    senior.press("Set cover")
    assert "The last day is before the first." in senior.page.inner_text("main")
    senior.day("last", (today() + timedelta(307)).isoformat())
    senior.press("Set cover")
    assert "it ends by itself" in senior.page.inner_text("main")
    look(senior, "team-with-cover")
    senior.page.locator("tr", has_text="Olu Officer").get_by_role("link", name="case").first.click()
    look(senior, "cases-of-an-officer")
    senior.page.locator("li", has_text=family.reference).first.get_by_role("link", name="Hand over").click()
    senior.page.select_option("[name=assigned_to]", label="Sena Senior, senior officer")
    senior.press("Save")
    assert "Write why this case is handed over." in senior.page.inner_text("main")
    senior.fill("reason", "Olu is on a course this week; the cot has to be seen tonight.")
    look(senior, "hand-over")
    senior.press("Save")
    assert "The case is handed over." in senior.page.inner_text("main")
    senior.go(family.assessment.split("/assessments")[0] + "/timeline")
    assert "Olu is on a course this week" in senior.page.inner_text("main")
    senior.page.go_back()
    senior.go("/team")
    senior.page.locator("tr", has_text="Olu Officer").get_by_role("button", name="End this cover").first.click()
    senior.page.wait_for_load_state()
