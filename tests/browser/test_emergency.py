"""Friday evening, nothing else tonight: a senior officer decides in writing, a safeguarding lead looks at it next day."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import Person
from .test_journeys import axe_finds_nothing, demo_assessment, on_a_telephone

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_emergency_route_from_the_stop_to_the_next_working_day(person: Callable[..., Person]) -> None:
    officer = person("friday", "officer")
    assessment = demo_assessment(officer, "DEMO-H1")
    officer.go(assessment + "/result")
    assert "Ask a senior officer" in officer.page.inner_text("main")

    senior = person("on-call", "senior")
    senior.go(assessment + "/result")
    senior.page.click('main a.govuk-button:has-text("Emergency for tonight")')
    axe_finds_nothing(senior)
    on_a_telephone(senior, "emergency")
    senior.fill("tried", "Four hotels and two hostels in the city were telephoned; each was full tonight.")
    senior.press("Take the emergency decision")
    assert "There is a problem" in senior.page.inner_text("main")
    assert "each was full tonight" in senior.page.input_value("[name=tried]")
    axe_finds_nothing(senior)
    senior.fill("why", "It is minus two and the family has a car and nothing else to sleep in.")
    senior.fill("safe_tonight", "The baby sleeps in the cot we brought, in their room; staff look in at ten and two.")
    senior.fill("seen_by", "Olu Officer, at 19:10, with the cot made up")
    senior.fill("told", "Pat Example, Emergency Duty Team, by telephone at 19:20")
    senior.fill("nights", 1)
    senior.press("Take the emergency decision")
    words = senior.page.inner_text("main")
    assert "Not suitable as proposed" in words
    assert "Emergency decision: waits for a safeguarding lead" in words
    axe_finds_nothing(senior)

    lead = person("monday", "lead")
    lead.go("/")
    assert "An emergency placement waits for your yes or no" in lead.page.inner_text(".cbc-jobs--now > li >> nth=0")
    axe_finds_nothing(lead)
    lead.go(assessment + "/result")
    lead.page.click("text=Ratify or escalate")
    axe_finds_nothing(lead)
    on_a_telephone(lead, "emergency-ratify")
    lead.choose("verdict", "escalated")
    lead.fill("note", "Another place was found this morning; the head of service was told at nine.")
    lead.press("Decide")
    assert "Not ratified, escalated by" in lead.page.inner_text("main")

    # The same lead reads the assessment itself, with the emergency, the patterns and the plans on one page.
    officer.go(assessment + "/submit")
    for number, box in enumerate(officer.page.locator("textarea[name^=reason_]").all()):
        box.fill(f"What this place means for child number {number + 1}, in the words of the officer.")
    officer.press("Submit for review")
    lead.go(assessment + "/review")
    words = lead.page.inner_text("main")
    for said in ("Decided in an emergency already", "Not ratified, escalated by", "What comes together"):
        assert said in words
    axe_finds_nothing(lead)
    on_a_telephone(lead, "review")
