"""A page on paper: nothing that must be known is left in a section that is closed on the screen."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.direction import isolated_html

from .conftest import Person
from .test_journeys import demo_assessment

pytestmark = pytest.mark.browser


def squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def test_what_is_closed_on_the_result_page_is_printed_whole(person: Callable[..., Person], tmp_path: Path) -> None:
    officer = person("paper", "officer")
    officer.go(demo_assessment(officer) + "/result")
    closed = officer.page.locator("details:not([open])")
    assert closed.count() >= 5
    lines = officer.page.evaluate(
        """[...document.querySelectorAll('details:not([open]) li, details:not([open]) p')].map(e => {
            const seen = e.cloneNode(true)
            seen.querySelectorAll('.govuk-visually-hidden').forEach(only => only.remove())  // read aloud, never seen
            return seen.textContent
        })"""
    )
    lines = [squeezed(line) for line in lines if squeezed(line)]
    assert len(lines) > 50
    officer.page.pdf(path=tmp_path / "page.pdf", format="A4")
    done = subprocess.run(["pdftotext", str(tmp_path / "page.pdf"), "-"], capture_output=True, text=True, check=True)
    printed = squeezed(done.stdout)
    missing = [line for line in lines if line[:60] not in printed]
    assert missing == []


def test_a_browser_prints_each_number_on_the_side_where_it_was_written(browser: Browser, tmp_path: Path) -> None:
    html = isolated_html("<!DOCTYPE html><html lang='en'><body><h1>محمد, 11 weeks; علي, 4 years</h1></body></html>")
    page = browser.new_page()
    page.set_content(html)
    page.pdf(path=tmp_path / "names.pdf")
    done = subprocess.run(
        ["pdftotext", "-bbox", str(tmp_path / "names.pdf"), "-"], capture_output=True, text=True, check=True
    )
    words = [(float(x), word) for x, word in re.findall(r'xMin="([\d.]+)"[^>]*>([^<]+)</word>', done.stdout)]
    order = [w.strip(",;") for _, w in sorted(words)]
    arabic = [at for at, w in enumerate(order) if re.search("[\u0600-\u06ff\ufb50-\ufeff]", w)]
    assert arabic[0] < order.index("11") < arabic[1] < order.index("4")


def test_what_a_parent_is_asked_first_is_printed_on_one_side(person: Callable[..., Person], tmp_path: Path) -> None:
    officer = person("paper-sheet", "officer")
    assessment = demo_assessment(officer, "DEMO-H1")
    officer.go(assessment + "/result")
    sheet = officer.page.locator("a[href*='/sheets/']").filter(has_text="Ask Marta").first.get_attribute("href")
    officer.go(str(sheet).removesuffix("?alone=1"))
    asked = officer.page.evaluate(
        """[...document.querySelectorAll('.cbc-sheet h2.govuk-heading-m, .cbc-sheet form > :is(.cbc-ask, .cbc-line)')].reduce((found, e) => {
            if (e.tagName === 'H2') found.under = e.textContent
            else if (found.under === 'Ask first') found.asked.push(e.querySelector('.cbc-ask__words').textContent)
            return found
        }, {under: '', asked: []}).asked"""
    )
    assert 15 <= len(asked) <= 25
    officer.page.pdf(path=tmp_path / "page.pdf", format="A4")
    done = subprocess.run(["pdftotext", str(tmp_path / "page.pdf"), "-"], capture_output=True, text=True, check=True)
    first = squeezed(done.stdout.split("\f")[0])
    assert [words for words in asked if squeezed(words) not in first] == []
    assert "Sign out" not in done.stdout, "the sheet and nothing round it"
