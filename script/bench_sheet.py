"""The sheet and the result page: what the server spends on an answer, on a sheet and on a result, beside the baseline of each, in turn."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import bench
import bench_start
from baseline_trees import BASELINE, ROOT, NotCompared, Program, Tree, made
from bench_figures import say

PAIRS = 5  # of fresh processes, each on a copy of what was prepared
TURNS = 3  # each measures in a pair
LOADS, REQUESTS = 7, 160  # pairs of loads, and requests in each, of a service as it runs
PER_SECOND = 60  # sheets at the least, on two quiet cores
Pairs = list[tuple[float, float]]
BESIDE_THE_BASELINE = ("server_per_answer_vs_baseline", "result_page_vs_baseline", "result_page_of_six_vs_baseline")


def middle(pairs: Pairs) -> tuple[float, float, float]:
    """The median of ours, of the other's, and of the ratios of ours to the other's."""
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs), statistics.median(o / t for o, t in pairs)


def copied(tree: Tree, to: Path) -> Tree:
    """The tree on a copy of its data folder, so that what one measurement writes is not there in the next."""
    folder = Path(tempfile.mkdtemp(dir=to))
    shutil.copytree(
        tree.data, folder, ignore=shutil.ignore_patterns("gazetteer.sqlite", "log", ".lock"), dirs_exist_ok=True
    )
    (folder / "gazetteer.sqlite").symlink_to(tree.data / "gazetteer.sqlite")
    return tree._replace(data=folder)


def in_turn(ours: Tree, theirs: Tree, program: str, asked: Callable[[Program, Program], str], to: Path) -> Pairs:
    """Pairs of figures of one program of each tree, told the same."""
    pairs: Pairs = []
    for _ in range(PAIRS):
        with (
            Program(copied(ours, to), program, core=True) as a,
            Program(copied(theirs, to), program, core=True) as b,
        ):
            words = asked(a, b)
            a.ask(words), b.ask(words)  # warm
            pairs += [(a.ask(words), b.ask(words)) for _ in range(TURNS)]
    return pairs


def answers_of_both(a: Program, b: Program) -> str:
    """The rows that both ask, each with an answer that both offer."""
    common = {row: [v for v in a.first[row] if v in b.first[row]] for row in a.first if row in b.first}
    return json.dumps([[row, values[0]] for row, values in sorted(common.items()) if values])


def per_answer(ours: Tree, theirs: Tree, to: Path) -> None:
    """An answer saved line by line, its share of the sheet's page and the audit included, and one on a page of its own."""
    told = ""

    def asked(a: Program, b: Program) -> str:
        nonlocal told
        told = answers_of_both(a, b)
        return told

    mine, base, ratio = middle(in_turn(ours, theirs, "answers", asked, to))
    say(
        f"an answer of {len(json.loads(told))}, saved line by line",
        f"{mine:.1f} ms of processor",
        f"{ratio:.3f} x {BASELINE}, a page an answer ({base:.1f} ms); aim 0.10",
        name="server_per_answer_vs_baseline", figure=mine, unit="ms", baseline=base, ratio=ratio, against=BASELINE,
    )  # fmt: skip


def result_of_six(ours: Tree, theirs: Tree, to: Path) -> None:
    mine, base, ratio = middle(in_turn(ours, theirs, "result_page", lambda a, b: "DEMO-H5", to))
    say(
        "result page of six people (H5)",
        f"{mine:.1f} ms of processor",
        f"{ratio:.3f} x {BASELINE} ({base:.1f} ms); aim 0.25",
        name="result_page_of_six_vs_baseline", figure=mine, unit="ms", baseline=base, ratio=ratio, against=BASELINE,
    )  # fmt: skip


def sheet_and_bare(ours: Tree, to: Path) -> None:
    """A parent's sheet about two children, and a bare template that gives the same page."""
    name, pairs, first = "sheet_vs_bare_template", [], {}
    for _ in range(PAIRS):
        with Program(copied(ours, to), "sheet_page", core=True) as program:
            first = program.first
            if not first["same"]:
                why = f"script/baseline/ours/templates/bare_sheet.html gives another page: {first['differs']}"
                say(name, "not compared", why, name=name, reason=why)
                return
            pairs += [(program.ask("sheet"), program.ask("bare")) for _ in range(TURNS)]
    mine, base, ratio = middle(pairs)
    say(
        f"a sheet, {first['questions']} questions, {first['rows']} rows, {first['kilobytes']} KB",
        f"{mine:.1f} ms of processor",
        f"{ratio:.2f} x a bare template giving the same page ({base:.1f} ms); aim 2.0",
        name=name, figure=mine, unit="ms", baseline=base, ratio=ratio,
    )  # fmt: skip


def sheets_a_second(ours: Tree) -> None:
    """The same sheet at a concurrency of eight, in turn with the bare route."""
    port = bench_start.free_port()
    with bench_start.served(ours, port):
        browser = bench.signed_in(port, password(ours))
        sheet = placement(browser, "DEMO-H1") + "/sheets/M"
        pairs = [
            (bench.load(port, browser.cookie, sheet, REQUESTS)[2], bench.load(port, browser.cookie, "/healthz")[2])
            for _ in range(LOADS)
        ]
    mine, base, ratio = middle(pairs)
    say(
        f"the sheet, {bench.CONCURRENCY} at once",
        f"{mine:.0f} a second",
        f"aim {PER_SECOND}; {ratio:.3f} x the bare route /healthz ({base:.0f} a second)",
        name="sheet_per_second", figure=mine, unit="a second", baseline=base, ratio=ratio,
    )  # fmt: skip


def results_a_second(ours: Tree, theirs: Tree) -> None:
    """The result page of H1 of both trees, each served as it is, in turn."""
    ports = bench_start.free_port(), bench_start.free_port()
    with bench_start.served(ours, ports[0]), bench_start.served(theirs, ports[1]):
        asked = []
        for tree, port in zip((ours, theirs), ports, strict=True):
            browser = bench.signed_in(port, password(tree))
            asked.append((port, browser.cookie, placement(browser, "DEMO-H1") + "/result", REQUESTS))
        pairs = [(bench.load(*asked[0])[2], bench.load(*asked[1])[2]) for _ in range(LOADS)]
    mine, base, ratio = middle(pairs)
    say(
        f"result page of H1, {bench.CONCURRENCY} at once",
        f"{mine:.0f} a second",
        f"{ratio:.2f} x {BASELINE} ({base:.0f} a second); aim 2.5",
        name="result_page_vs_baseline", figure=mine, unit="a second", baseline=base, ratio=ratio, against=BASELINE,
    )  # fmt: skip


def password(tree: Tree) -> str:
    return (tree.data / "demo-password.txt").read_text(encoding="ascii")


def placement(browser: bench.Browser, reference: str) -> str:
    """The address of the first placement of a case of the demonstration."""
    case = re.search(rf'href="(/cases/[0-9a-f]{{32}})">{reference}', bench.list_of_cases(browser))
    assert case
    found = re.search(r'href="(/cases/[0-9a-f]+/assessments/[0-9a-f]+)"', browser.get(case[1])[1])
    assert found
    return found[1]


def compared() -> None:
    """Every figure; where the baseline cannot be made, those of this tree alone, and why."""
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as name:
        data = Path(name)
        ours = Tree("ours", ROOT, data / "ours")
        bench_start.start(ours)  # prepares its folder
        try:
            theirs = made()._replace(data=data / "theirs")
            bench_start.start(theirs)
            per_answer(ours, theirs, data)
            result_of_six(ours, theirs, data)
            results_a_second(ours, theirs)
        except NotCompared as problem:
            for figure in BESIDE_THE_BASELINE:
                say(figure, "not compared", str(problem), name=figure, against=BASELINE, reason=str(problem))
        sheet_and_bare(ours, data)
        sheets_a_second(ours)
