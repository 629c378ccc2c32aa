"""What we know of our stock, in a browser: every chart with its table, on a screen, a telephone and paper, without colour and without scripts."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from app.settings import ROOT

from .conftest import PICTURES, Person, Running
from .test_journeys import axe_finds_nothing, on_a_telephone

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def counted(running: Running) -> Running:
    """Two hundred households, counted by the operator's command."""
    made = subprocess.run(
        [str(ROOT / ".venv/bin/python"), "-m", "tests.stock.many", str(running.data)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    said = running.command("stock", "summarise")
    assert "figures are counted as of" in said.stdout, said.stderr
    return running


def test_every_chart_is_drawn_beside_its_table(counted: Running, person: Callable[..., Person]) -> None:
    lead = person("lead", "lead")
    lead.page.click("nav >> text=Our stock")
    page = lead.page
    charts = page.locator("svg.cbc-chart")
    assert charts.count() >= 12
    for at in range(charts.count()):
        chart = charts.nth(at)
        assert chart.get_attribute("role") == "img"
        # What is read out is what the drawing says: its title, and each bar with its number.
        assert page.evaluate(
            "e => e.getAttribute('aria-labelledby').split(' ').every(i => document.getElementById(i).textContent)",
            chart.element_handle(),
        )
        assert page.evaluate(
            "e => e.closest('.cbc-figure__beside').querySelectorAll('table').length === 1", chart.element_handle()
        )
        # No name or number leaves the drawing.
        assert page.evaluate(
            "e => [...e.querySelectorAll('text')].every(t => t.getBBox().x + t.getBBox().width <= 361)",
            chart.element_handle(),
        ), chart.inner_text()
    axe_finds_nothing(lead)
    lead.picture("stock")
    for at in range(page.locator(".cbc-figure").count()):
        section = page.locator(".cbc-figure").nth(at)
        section.screenshot(path=PICTURES / f"stock-{section.locator('h2').get_attribute('id')}-1280.png")
    on_a_telephone(lead, "stock")
    page.set_viewport_size({"width": 390, "height": 844})
    for at in range(page.locator(".cbc-figure").count()):
        section = page.locator(".cbc-figure").nth(at)
        section.screenshot(path=PICTURES / f"stock-{section.locator('h2').get_attribute('id')}-390.png")


def test_a_number_leads_to_its_cases(counted: Running, person: Callable[..., Person]) -> None:
    senior = person("senior", "senior")
    senior.go("/stock#moves")
    senior.page.locator("[aria-labelledby=moves] td a").first.click()
    senior.page.wait_for_url("**/stock/moves/**")
    assert "only" not in senior.page.inner_text("h1")
    assert senior.page.locator("main tbody tr").count() == 25
    axe_finds_nothing(senior)
    on_a_telephone(senior, "stock-cases")
    senior.page.click("text=Go on to further cases")
    assert "/cases/" in (senior.page.locator("main tbody tr a").first.get_attribute("href") or "")


def test_it_is_read_without_colour_on_paper_and_without_scripts(
    counted: Running, person: Callable[..., Person]
) -> None:
    plain = person("plain", "lead", java_script_enabled=False, forced_colors="active")
    plain.go("/stock")
    assert plain.page.locator("svg.cbc-chart").count() >= 12
    plain.page.locator(".cbc-figure").first.screenshot(path=PICTURES / "stock-forced-colours.png")
    lead = person("lead", "lead")
    lead.go("/stock")
    lead.page.emulate_media(media="print")
    lead.page.pdf(path=PICTURES / "stock.pdf", format="A4")
    lead.page.emulate_media(media="screen")
    axe_finds_nothing(lead)
