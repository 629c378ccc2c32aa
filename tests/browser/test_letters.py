"""A request and a notice to ask for, in a browser: sound to axe, as wide as a telephone, read before anything leaves, and mailed closed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.clocks import today

from .conftest import PICTURES, Person, Running
from .test_journeys import axe_finds_nothing, demo_assessment, on_a_telephone

pytestmark = pytest.mark.browser


def looked_at(officer: Person, name: str) -> None:
    axe_finds_nothing(officer)
    officer.picture(name)
    on_a_telephone(officer, name)


def test_a_request_is_made_read_and_mailed(running: Running, person: Callable[..., Person]) -> None:
    officer = person("letters", "officer")
    case = demo_assessment(officer, "DEMO-H2").split("/assessments")[0]
    officer.go(f"{case}/letters")
    looked_at(officer, "letters")
    officer.page.click("text=Write down what they said")
    looked_at(officer, "letter-ask")
    officer.page.locator('[name="asked_of"]').first.check()
    officer.choose("answer", "agreed")
    officer.day("on", today().isoformat())
    officer.day("details_on", today().isoformat())
    officer.press("Save")
    assert "and agrees" in officer.page.inner_text("main")
    officer.go(f"{case}/letters/new/request")
    looked_at(officer, "letter-which")
    officer.page.click("text=Drug and alcohol service")
    looked_at(officer, "letter-make")
    officer.fill("to_organisation", "Invented Recovery Service")
    officer.press("Make the letter and read it")
    assert "Say whom" in officer.page.inner_text("main")
    officer.page.locator('[name="about"]').first.check()
    officer.day("by_when", (today() + timedelta(days=3)).isoformat())
    officer.press("Make the letter and read it")
    looked_at(officer, "letter")
    said = officer.page.inner_text(".cbc-outcome")
    assert "Zofia Wójcik, born" in said
    assert "Invented Lane" not in said
    for _ in range(40):
        officer.page.reload()
        if "Print it" in officer.page.inner_text("main"):
            break
        officer.page.wait_for_timeout(500)
    with officer.page.expect_download() as downloaded:
        officer.page.click("text=Print it")
    assert re.fullmatch(r"L-\d{4}-\d{5}\.pdf", downloaded.value.suggested_filename)
    pdf = PICTURES / "letter.pdf"
    downloaded.value.save_as(pdf)
    subprocess.run(["pdftoppm", "-png", "-r", "80", str(pdf), str(PICTURES / "letter-paper")], check=True)
    officer.fill("email", "somebody@recovery.example")
    officer.press("Send it")
    looked_at(officer, "letter-phrase")
    phrase = officer.page.inner_text("#phrase")
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", phrase)
    officer.press("Back to the letter")
    for _ in range(40):
        officer.page.reload()
        if "Sent by mail" in officer.page.inner_text("main"):
            break
        officer.page.wait_for_timeout(500)
    assert "somebody@recovery.example" in officer.page.inner_text("main")
    looked_at(officer, "letter-sent")
    sent = running.mails()[-1].read_bytes()
    assert phrase.encode() not in sent
    assert b"Zofia" not in sent
    officer.go(f"{case}/lead")
    looked_at(officer, "letter-lead")
