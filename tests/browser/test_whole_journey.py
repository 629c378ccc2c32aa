"""One family from the first submission to the decision that stands instead: every hand, one service, one browser each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.clocks import today

from .conftest import Person, Running
from .test_journeys import axe_finds_nothing, example, on_a_telephone

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ASKED = "Ask the health visitor when she last saw Dagmara awake, and on what she rests her view."
QUESTION = "The unit’s own door"
POINT = "The cot was not made up on Tuesday: I saw it folded behind the door."
CONDITIONS = ("The cot is brought and made up", "The window of the bedroom is closed off", "The key safe is fitted")


@pytest.fixture
def family(running: Running, tmp_path: Path) -> str:
    """The path of the assessment of a family that an officer has asked about."""
    tree = example("h2")
    tree["household"]["reference"] = "JOURNEY-H2"
    tree.pop("impression_relied_on", None)
    file = tmp_path / "family.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    made = json.loads(running.command("case", "import", str(file), "--officer", "officer@demo.example").stdout)
    return f"/cases/{made['case']}/assessments/{made['assessment']}"


def look(person: Person, name: str) -> None:
    axe_finds_nothing(person)
    on_a_telephone(person, f"journey-{name}")


def hand_in(officer: Person, assessment: str) -> None:
    """A sentence a child, in the officer's words, typed only where none is there."""
    officer.go(assessment + "/submit")
    reasons = officer.page.locator('textarea[name^="reason_"]')
    for at in range(reasons.count()):
        label = officer.page.locator(f'label[for="{reasons.nth(at).get_attribute("id")}"]').inner_text()
        reasons.nth(at).fill(f"{label} Because of what was seen and said, and for nights most of all.")
    officer.press("Submit for review")
    assert "A safeguarding lead reviews it next" in officer.page.inner_text("main")


def mailed(running: Running, person: Person, before: int, subject: str) -> str:
    """The newest mail with these words in its subject, once a worker has sent it."""
    for _ in range(120):
        for file in running.mails()[before:][::-1]:
            text = file.read_text(encoding="utf-8")
            if subject in re.sub(r"\r?\n ", " ", text):
                return text
        person.page.wait_for_timeout(250)
    raise AssertionError(f"no mail “{subject}”")


def answer(officer: Person, assessment: str) -> None:
    """One question answered afresh, with its source, as somebody told it today."""
    officer.go(f"{assessment}/questions/CS13/unit")
    officer.choose("value", officer.page.locator('[name="value"]').first.get_attribute("value"))
    officer.choose("grade", "E2")
    officer.fill("source_name", "Pat Provider")
    officer.day("on", today().isoformat())
    officer.press("Save and go on")
    if officer.page.locator('[name="again"]').count():
        officer.choose("again", "new")
        officer.press("Save and go on")
    assert "Saved: " in officer.page.inner_text("main")


def share(running: Running, lead: Person, record: str) -> tuple[str, str]:
    """To the health visitor; gives the link that was mailed, and the code that was shown once."""
    lead.go(record)
    lead.press("Share with the lead professional")
    lead.choose("relation", "professional")
    lead.fill("name", "Hester Visitor")
    lead.fill("role", "Health visitor, NHS community trust")
    lead.fill("email", "hester@nhs.example")
    lead.fill("why", "She visits the family and holds the plan.")
    before = len(running.mails())
    lead.press("Share the record")
    code = lead.page.inner_text("#code").replace(" ", "")
    mail = mailed(running, lead, before, "A document is waiting for you")
    link = re.search(r"http://[^\s]+/shared/[\w-]+", mail)
    assert link
    return link[0], code


def condition(lead: Person, number: int, what: str) -> None:
    end = "" if number == 1 else f"_{number}"
    if number > 1:
        lead.page.get_by_role("button", name="Another condition").click()
        lead.page.locator(f"[name=condition_what{end}]").wait_for()
    lead.fill(f"condition_what{end}", what)
    lead.fill(f"condition_owner{end}", "Olu Officer")
    lead.fill(f"condition_seen{end}", "Olu goes there and sees it")
    lead.day(f"condition_due{end}", f"{today().year + 1}-01-15")


def test_a_family_from_the_first_submission_to_the_decision_that_stands_instead(
    running: Running, person: Callable[..., Person], family: str
) -> None:
    case = family.split("/assessments")[0]
    officer, lead = person("officer", "officer"), person("lead", "lead")

    # Submitted, and returned with what to ask.
    hand_in(officer, family)
    lead.go("/work/review")  # all of them, however many wait: My work shows the twenty that are first
    with lead.page.expect_navigation():
        lead.page.click(f'a[href^="{case}/"]:has-text("Read and decide")')
    lead.choose("verdict", "return")
    lead.fill("note", ASKED)
    lead.press("Sign as")

    # The officer reads it, asks, and hands it in again.
    officer.go(case)
    assert ASKED in officer.page.inner_text("main")
    look(officer, "returned")
    answer(officer, family)
    hand_in(officer, family)

    # The lead sees what changed, and signs with three conditions.
    lead.go(f"{family}/review")
    text = lead.page.inner_text("main")
    assert ASKED in text
    changed = re.search(r"Since then:\s*(.+)", text)
    assert changed
    assert QUESTION in changed[1]
    look(lead, "review-again")
    lead.choose("verdict", "approve_with_conditions")
    lead.fill("note", "I have read all of it and agree, because the visits and the plan are in place.")
    lead.page.get_by_text("Add conditions", exact=True).click()
    for number, what in enumerate(CONDITIONS, 1):
        condition(lead, number, what)
    lead.press("Sign as")
    record = lead.page.url.removeprefix(running.address)
    text = lead.page.inner_text("main")
    assert [c for c in CONDITIONS if c not in text] == []
    look(lead, "record")

    # Shared; she reads it, will lead, and does not agree with one thing.
    link, code = share(running, lead, record)
    reader = person("reader")
    reader.page.goto(link)
    reader.fill("code", code)
    reader.press("Open")
    text = reader.page.inner_text("main")
    assert [c for c in CONDITIONS if c not in text] == []
    reader.choose("response", "will_lead")
    reader.fill("name", "Hester Visitor")
    reader.press("Send my answer")
    assert "The council sees your answer now" in reader.page.inner_text("main")
    reader.go(link.removeprefix(running.address) + "/record")
    look(reader, "reader")
    before = len(running.mails())
    reader.choose("kind", "disagrees")
    reader.fill("said", POINT)
    reader.press("Send this")
    assert POINT in reader.page.inner_text("main")

    # The task reaches its one owner, who had no part in the decision; whoever decided cannot settle it.
    mail = mailed(running, reader, before, "Somebody does not agree, and you are asked to hear them")
    assert "To: senior@demo.example" in mail
    assert [word for word in ("Hester", "cot", "JOURNEY", "Invented") if word in mail] == []
    senior = person("senior", "senior")
    work = senior.page.inner_text("main")
    assert "A professional does not agree" in work
    assert "JOURNEY-H2" in work
    look(senior, "disagreement")
    senior.page.click("text=Read and answer them")
    assert POINT in senior.page.inner_text("main")
    look(senior, "disagreement-heard")
    senior.choose("verdict", "changed")
    senior.fill(
        "note", "Sena Senior rang Hester Visitor today at 10:15; the place is assessed again with what she saw."
    )
    senior.press("Write it down")
    senior.go("/")
    assert "A professional does not agree" not in senior.page.inner_text("main")

    # Assessed again because of it, handed in and decided: the old one is superseded and says so everywhere.
    officer.go(record)
    assert "Will lead for this family" in officer.page.inner_text("main")
    officer.page.click("text=Assess the placement again")
    look(officer, "again")
    officer.choose("because", "dispute")
    officer.fill("reason", "Hester Visitor saw the cot folded behind the door.")
    officer.press("Begin it")
    fresh = officer.page.url.removeprefix(running.address).removesuffix("/result")
    assert fresh != family
    hand_in(officer, fresh)
    lead.go(f"{fresh}/review")
    assert "Somebody does not agree: Hester Visitor saw the cot folded behind the door." in lead.page.inner_text("main")
    look(lead, "review-of-the-fresh")
    before = len(running.mails())
    lead.choose("verdict", "approve")
    lead.fill("note", "Read with the officer; the cot was seen made up, and I agree.")
    lead.press("Sign as")
    assert "This decision stands instead of record" in lead.page.inner_text("main")
    lead.go(record)
    assert "Superseded on" in lead.page.inner_text("main")
    assert lead.page.locator("text=Assess the placement again").count() == 0
    look(lead, "superseded")
    lead.go(case)
    assert "Superseded on" in lead.page.inner_text("main")
    look(lead, "case")
    mailed(running, reader, before, "A document you were sent has been replaced")
    reader.page.reload()
    assert "A newer record replaces this one." in reader.page.inner_text("main")
    look(reader, "reader-of-the-old")
