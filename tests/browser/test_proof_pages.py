"""The timeline, the auditor's page, whom a case is kept from and the check of a document: sound to axe, as wide as a telephone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from .conftest import Person
from .test_journeys import axe_finds_nothing, demo_assessment, on_a_telephone

pytestmark = pytest.mark.browser


def test_a_case_is_kept_from_somebody_and_read_of_on_its_timeline(person: Callable[..., Person]) -> None:
    senior, lead = person("kept", "senior"), person("keeps", "lead")
    case = re.sub("/assessments/.*", "", demo_assessment(lead, "DEMO-H2"))
    lead.go(f"{case}/kept-from")
    axe_finds_nothing(lead)
    lead.press("Keep this case from them")
    assert "Choose from whom this case is kept." in lead.page.inner_text("main")
    axe_finds_nothing(lead)
    value = lead.page.locator("[name=person] option").filter(has_text="senior@demo.example").get_attribute("value")
    assert value
    lead.page.select_option("[name=person]", value)
    lead.fill("reason", "Her former partner’s sister, says the mother.")
    lead.press("Keep this case from them")
    senior.go(case)
    assert "Page not found" in senior.page.inner_text("main")
    senior.trouble.clear()  # the browser's own line about the 404
    senior.go("/cases")
    assert "DEMO-H2" not in senior.page.inner_text("main")
    lead.go(f"{case}/kept-from")
    assert "1 time" in lead.page.inner_text("main")
    axe_finds_nothing(lead)
    on_a_telephone(lead, "kept-from")
    lead.go(f"{case}/timeline")
    assert "Look-up denied" in lead.page.inner_text("main")
    axe_finds_nothing(lead)
    on_a_telephone(lead, "timeline")
    lead.go(f"{case}/kept-from")
    lead.page.click("main a:has-text('Lift')")
    axe_finds_nothing(lead)
    on_a_telephone(lead, "let-in")
    lead.fill("reason", "Another of that name.")
    lead.press("Lift it")
    senior.go(case)
    assert "DEMO-H2" in senior.page.inner_text("main")


def test_the_auditor_reads_across_cases_and_checks_a_document(person: Callable[..., Person]) -> None:
    auditor = person("audits", "auditor")
    auditor.go("/audit")
    axe_finds_nothing(auditor)
    on_a_telephone(auditor, "across")
    auditor.page.click("header summary")
    auditor.page.click("text=Check a PDF")
    axe_finds_nothing(auditor)
    auditor.press("Check it")
    assert "Choose a PDF." in auditor.page.inner_text("main")
    axe_finds_nothing(auditor)
    nothing = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF"}
    auditor.page.set_input_files("[name=document]", files=[nothing])
    auditor.press("Check it")
    assert "Not ours as it stands" in auditor.page.inner_text("main")
    axe_finds_nothing(auditor)
    on_a_telephone(auditor, "check")
