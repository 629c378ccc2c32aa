"""Documents: what a record, the lead professional's copy and a browser's print of the same take, beside the baseline of each, in turn.

Processor time on one core beside the baseline; time by the clock beside a browser, and of two processes beside one.
"""

from __future__ import annotations

import re
import tempfile
import threading
import time
from pathlib import Path

import bench_audit
import bench_start
from baseline_trees import BASELINE, ROOT, NotCompared, Program, Tree, made
from bench_baseline import Pairs, middle
from bench_figures import say

PAIRS = 3  # of fresh processes, ours and the baseline's, one after the other
TURNS = 3  # each measures in a pair
BESIDE_A_BROWSER, AT_ONCE, RENDERS = 7, 5, 3
BESIDE_THE_BASELINE = ("pdf_record_vs_baseline", "pdf_words_vs_baseline", "pdf_lead_edition_vs_baseline")


def against(ours: Tree, theirs: Tree) -> None:
    """The whole record, a thousand printed words of it, and the lead professional's copy, each beside the baseline's whole record."""
    whole: Pairs = []
    lead: Pairs = []
    for _ in range(PAIRS):
        with Program(ours, "documents", core=True) as a, Program(theirs, "documents", core=True) as b:
            for _ in range(TURNS):
                base = b.ask("record 1")
                whole.append((a.ask("record 1"), base))
                lead.append((a.ask("lead 1"), base))
            mine, other = a.first, b.first
    a_word, b_word = mine["words"] / 1000, other["words"] / 1000
    for name, what, pairs, aim in (
        ("pdf_record_vs_baseline", f"whole record of H1, {mine['pages']} pages, {mine['words']:,} words", whole, 0.35),
        ("pdf_words_vs_baseline", "a thousand printed words of it", [(o / a_word, t / b_word) for o, t in whole], 0.7),
        ("pdf_lead_edition_vs_baseline", f"lead professional's copy, {mine['lead_pages']} pages, {mine['lead_words']:,} words", lead, 0.12),
    ):  # fmt: skip
        took, base, ratio = middle(pairs)
        beside = f"{other['pages']} pages, {other['words']:,} words" if pairs is not lead else "its whole record"
        say(
            what,
            f"{took:.0f} ms of processor",
            f"{ratio:.3f} x {BASELINE} ({base:.0f} ms, {beside}); aim {aim}",
            name=name, figure=took, unit="ms", baseline=base, ratio=ratio, against=BASELINE,
        )  # fmt: skip


def beside_a_browser(ours: Tree) -> None:
    """The record by the clock, in turn with a warm browser that loads and prints the same HTML, tagged as ours is."""
    name, pairs = "pdf_vs_chromium", []
    try:
        from playwright.sync_api import Error, sync_playwright  # only the tests install it
    except ImportError:
        why = "Playwright is not installed here: script/bootstrap --test installs it."
        say(name, "not compared", why, name=name, reason=why)
        return
    with Program(ours, "documents") as program, sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path="/usr/bin/chromium")
        except Error as problem:
            why = f"Chromium does not start here: {str(problem).splitlines()[0]}"
            say(name, "not compared", why, name=name, reason=why)
            return
        page = browser.new_page()
        address = Path(program.first["html"]).as_uri()

        def printed() -> tuple[float, bytes]:
            began = time.perf_counter()
            file = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
            return (time.perf_counter() - began) * 1000, file

        page.goto(address)
        program.ask("wall 1"), printed()  # warm
        for _ in range(BESIDE_A_BROWSER):
            took, file = printed()
            pairs.append((program.ask("wall 1"), took))
        browser.close()
    pages = len(re.findall(rb"/Type\s*/Page\b", file))
    mine, base, ratio = middle(pairs)
    say(
        "whole record of H1, by the clock",
        f"{mine:.0f} ms",
        f"{ratio:.2f} x a warm Chromium printing a page that it has loaded ({base:.0f} ms, {pages} pages); aim 3.0",
        name=name, figure=mine, unit="ms", baseline=base, ratio=ratio,
    )  # fmt: skip


def two_beside_one(ours: Tree) -> None:
    """How many records two processes draw in the time in which one draws one."""
    pairs: Pairs = []
    with Program(ours, "documents") as a, Program(ours, "documents") as b:
        asked = f"wall {RENDERS}"
        a.ask(asked), b.ask(asked)  # warm
        for _ in range(AT_ONCE):
            alone = a.ask(asked)
            other = threading.Thread(target=b.ask, args=(asked,))
            began = time.perf_counter()
            other.start()
            a.ask(asked)
            other.join()
            took = (time.perf_counter() - began) * 1000
            pairs.append((2 * RENDERS * 1000 / took, 1000 / alone))
    two, one, ratio = middle(pairs)
    say(
        "records drawn by two processes",
        f"{two:.2f} a second",
        f"{ratio:.2f} x the speed of one ({one:.2f} a second); aim 1.6",
        name="pdf_two_vs_one", figure=two, unit="records a second", baseline=one, ratio=ratio,
    )  # fmt: skip


def of_trees(ours: Tree, theirs: Tree | None, why: str = "") -> None:
    """Every figure of documents, in instances with the demonstration in them.

    Args:
        why: there is no baseline, in a sentence.
    """
    if theirs is not None:
        against(ours, theirs)
    else:
        for name in BESIDE_THE_BASELINE:
            say(name, "not compared", why, name=name, against=BASELINE, reason=why)
    beside_a_browser(ours)
    two_beside_one(ours)
    bench_audit.audited(say)


def compared() -> None:
    """Both trees prepared, and every figure."""
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as name:
        data, why = Path(name), ""
        ours, theirs = Tree("ours", ROOT, data / "ours"), None
        bench_start.start(ours)  # prepares its folder
        try:
            theirs = made()._replace(data=data / "theirs")
            bench_start.start(theirs)
        except NotCompared as problem:
            why = str(problem)
        of_trees(ours, theirs, why)
