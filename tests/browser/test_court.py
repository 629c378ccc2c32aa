"""A case given out whole, in a browser: sound to axe, as wide as a telephone, by keyboard alone and without a script; and the page that is in it."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import PICTURES, Person, Running
from .test_journeys import axe_finds_nothing, demo_assessment, on_a_telephone

pytestmark = pytest.mark.browser


def _page(lead: Person) -> str:
    case = re.sub("/assessments/.*", "", demo_assessment(lead, "DEMO-H2"))
    lead.go(case)
    lead.page.click("main a:has-text('Give the whole case out')")
    lead.page.wait_for_selector("h1:has-text('Give the whole case out')")
    return case


def test_it_is_given_out_by_keyboard_and_checked_elsewhere(
    person: Callable[..., Person], running: Running, tmp_path: Path
) -> None:
    lead = person("court", "lead")
    _page(lead)
    axe_finds_nothing(lead)
    on_a_telephone(lead, "court")
    lead.page.focus("#purpose, input[name=purpose]")
    lead.page.keyboard.press("Space")
    lead.page.keyboard.press("Tab")
    lead.page.keyboard.type("HM Coroner, reference 7")
    with closing(sqlite3.connect(running.data / "case-by-case.sqlite", timeout=10)) as base, base:
        base.execute("UPDATE user_session SET confirmed_at = datetime(confirmed_at, '-6 minutes') || '.000000'")
    lead.page.keyboard.press("Enter")
    lead.page.wait_for_selector("h1:has-text('Confirm that it is you')")
    axe_finds_nothing(lead)
    on_a_telephone(lead, "court-confirm")
    lead.page.focus("#password")
    lead.page.keyboard.type(running.password)
    lead.page.keyboard.press("Enter")
    lead.page.wait_for_selector("main form[action$='/court']")
    axe_finds_nothing(lead)
    on_a_telephone(lead, "court-confirmed")
    assert "Nothing is done yet" in lead.page.inner_text("main")
    lead.page.focus("main form[action$='/court'] button")
    with lead.page.expect_download(timeout=90_000) as found:
        lead.page.keyboard.press("Enter")
    assert [t for t in lead.trouble if "401" not in t] == []
    lead.trouble.clear()  # that it was not confirmed is what the browser says, and as it should be
    packed = tmp_path / "export.zip"
    found.value.save_as(packed)
    folder = tmp_path / "export"
    with zipfile.ZipFile(packed) as files:
        files.extractall(folder)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py")], capture_output=True, cwd=tmp_path, env={}, check=False
    )
    assert done.returncode == 0, done.stdout.decode()
    lead.page.goto((folder / "index.html").as_uri())
    axe_finds_nothing(lead)
    on_a_telephone(lead, "court-index")
    lead.page.pdf(path=PICTURES / "court-index.pdf", format="A4")


def test_it_needs_no_script(person: Callable[..., Person]) -> None:
    lead = person("court-plain", "lead", java_script_enabled=False)
    _page(lead)
    lead.page.check("input[value=court]")
    lead.page.fill("#words", "Family Court, 7")
    with lead.page.expect_download(timeout=90_000) as found:
        lead.page.click("main form button[type=submit]")
    assert found.value.suggested_filename.endswith(".zip")
