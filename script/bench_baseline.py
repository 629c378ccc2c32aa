"""Measures this tree beside an earlier commit, each with its own environment, code and data folder, in turn on one machine.

What is measured of each is a program of script/baseline/: ours imports our names, the baseline's is kept as that commit
needs it. A figure more is a program for each and a function here.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from baseline_trees import BASELINE, BEFORE_MOVE, ROOT, NotCompared, Program, Tree, made
from bench_figures import say

MOVED_PAIRS = 30  # of measurements, turn about
PAIRS = 5  # of fresh processes, ours and the baseline's, one after the other
TURNS = 5  # each measures in a pair, where one measurement is short
RESCORED, RESCORED_FOR_SPEED = 12_000, 4_000
CASE_FILES, STARTS = 200, 7
POSTCODE_LOADS = 3  # of each, in turn
Pairs = list[tuple[float, float]]


def middle(pairs: Pairs) -> tuple[float, float, float]:
    """The median of ours, of the baseline's, and of the ratios of ours to the baseline's."""
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs), statistics.median(o / t for o, t in pairs)


def assess_six(ours: Tree, theirs: Tree) -> None:
    """One assess() of the household of six, each on its own case file, both on one core."""
    pairs: Pairs = []
    for _ in range(PAIRS):
        with Program(ours, "assess_six", core=True) as a, Program(theirs, "assess_six", core=True) as b:
            pairs += [(a.ask(), b.ask()) for _ in range(TURNS)]
            rows = (a.first["rows"], b.first["rows"])
    mine, base, ratio = middle(pairs)
    say(
        "assess() of a household of six",
        f"{mine:,.0f} us, {rows[0]} rows",
        f"{ratio:.2f} x {BASELINE} ({base:,.0f} us, {rows[1]} rows)",
        name="assess_six_vs_baseline", figure=mine, unit="us", baseline=base, ratio=ratio, against=BASELINE,
    )  # fmt: skip


def judgement_beside_before_the_move(ours: Tree, before: Tree) -> None:
    """The same household, judged by this tree and by the last commit before its rooms were moved; processor time."""
    with Program(ours, "assess_six", core=True) as a, Program(before, "assess_six", core=True) as b:
        pairs = [(a.ask(), b.ask()) for _ in range(MOVED_PAIRS)]
    mine, base, ratio = middle(pairs)
    say(
        "assess() of a household of six",
        f"{mine:,.0f} us",
        f"{ratio:.2f} x {BEFORE_MOVE}, before the rooms were moved ({base:,.0f} us; {MOVED_PAIRS} pairs)",
        name="judgement_vs_before_move", figure=mine, unit="us", baseline=base, ratio=ratio, against=BEFORE_MOVE,
    )  # fmt: skip


def rescoring_memory(ours: Tree, theirs: Tree) -> None:
    """The most that all processes together hold while two re-score."""

    def most(tree: Tree) -> tuple[float, float]:
        with Program(tree, "rescoring") as program:
            seconds = program.ask(f"{RESCORED} 2", watched=True)
            return program.most_memory / 1024, seconds

    found = [(most(ours), most(theirs)) for _ in range(PAIRS)]
    mine, base, ratio = middle([(a[0], b[0]) for a, b in found])
    fast, slow, times = middle([(a[1], b[1]) for a, b in found])
    say(
        f"memory while two re-score {RESCORED:,}",
        f"{mine:.0f} MB at most",
        f"{ratio:.2f} x {BASELINE} ({base:.0f} MB)",
        name="rescoring_memory_vs_baseline", figure=mine, unit="MB", baseline=base, ratio=ratio, against=BASELINE,
    )  # fmt: skip
    say(
        f"time in which two re-score {RESCORED:,}",
        f"{fast:.1f} s",
        f"{times:.2f} x {BASELINE} ({slow:.1f} s)",
        name="rescoring_time_vs_baseline", figure=fast, unit="s", baseline=slow, ratio=times, against=BASELINE,
    )  # fmt: skip


def rescoring_two_vs_one(ours: Tree) -> None:
    """How many times as fast two re-score as one, the start of the second counted."""
    pairs: Pairs = []
    with Program(ours, "rescoring") as program:
        for _ in range(PAIRS):
            one, two = (program.ask(f"{RESCORED_FOR_SPEED} {processes}") for processes in (1, 2))
            pairs.append((RESCORED_FOR_SPEED / two, RESCORED_FOR_SPEED / one))
    two, one, ratio = middle(pairs)
    say(
        f"{RESCORED_FOR_SPEED:,} re-scored by two processes",
        f"{two:,.0f} a second",
        f"{ratio:.2f} x the speed of one ({one:,.0f} a second)",
        name="rescoring_two_vs_one", figure=two, unit="records a second", baseline=one, ratio=ratio,
    )  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def cli_files(ours: Tree, theirs: Tree | None) -> None:
    """`flask assess` over many files, each tree its own; without a baseline, ours alone."""
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as name:

        def rate(tree: Tree) -> float:
            folder = Path(name) / tree.name
            if not folder.exists():
                folder.mkdir()
                tree.run("python", str(tree.program("case_files")), str(folder), str(CASE_FILES))
            files = sorted(map(str, folder.iterdir()))
            return CASE_FILES / seconds(lambda: tree.run("flask", "--app", "wsgi", "assess", *files))

        found = [(rate(ours), rate(theirs) if theirs else 0.0) for _ in range(PAIRS)]
    what, unit = f"flask assess over {CASE_FILES} case files", "files a second"
    if theirs is None:
        mine = statistics.median(a for a, _ in found)
        say(what, f"{mine:.1f} a second", "not compared", name="cli_files_per_second", figure=mine, unit=unit)
        return
    mine, base, ratio = middle(found)
    say(
        what,
        f"{mine:.1f} a second",
        f"{ratio:.2f} x {BASELINE} ({base:.1f} a second)",
        name="cli_files_per_second", figure=mine, unit=unit, baseline=base, ratio=ratio, against=BASELINE,
    )  # fmt: skip


def cli_start(ours: Tree, theirs: Tree | None) -> None:
    """`flask assess` of one file, beside a process that only imports Flask, and beside the baseline's."""

    def one_file(tree: Tree) -> float:
        return seconds(lambda: tree.run("flask", "--app", "wsgi", "assess", "docs/examples/h2.json"))

    def bare() -> float:
        return seconds(lambda: ours.run("python", "-c", "import flask"))

    found = [(one_file(ours), bare(), one_file(theirs) if theirs else 0.0) for _ in range(STARTS)]
    mine, base, ratio = middle([(a, b) for a, b, _ in found])
    earlier = f"; {BASELINE} took {statistics.median(c for _, _, c in found) * 1000:.0f} ms" if theirs else ""
    say(
        "flask assess of one case file",
        f"{mine * 1000:.0f} ms",
        f"{ratio:.1f} x python -c 'import flask' ({base * 1000:.0f} ms){earlier}",
        name="cli_start_vs_import_flask", figure=mine * 1000, unit="ms", baseline=base * 1000, ratio=ratio,
    )  # fmt: skip


def postcodes_loaded(ours: Tree, theirs: Tree) -> None:
    """Every postcode of the data packages made into a gazetteer: the most memory of it, and the time, in turn."""
    found = []
    for _ in range(POSTCODE_LOADS):
        with Program(ours, "postcodes") as a:
            mine = a.first
        with Program(theirs, "postcodes") as b:
            found.append((mine, b.first))
    for what, part, unit in (("memory", "memory", "MB"), ("time", "seconds", "s")):
        mine_, base, ratio = middle([(a[part], b[part]) for a, b in found])
        say(
            f"{what} of a load of {found[0][0]['rows']:,} postcodes",
            f"{mine_:,.0f} {unit}",
            f"{ratio:.2f} x {BASELINE} ({base:,.0f} {unit})",
            name=f"postcode_load_{what}_vs_baseline", figure=mine_, unit=unit, baseline=base, ratio=ratio, against=BASELINE,
        )  # fmt: skip


BESIDE_THE_BASELINE = {
    postcodes_loaded: ("postcode_load_memory_vs_baseline", "postcode_load_time_vs_baseline"),
    assess_six: ("assess_six_vs_baseline",),
    rescoring_memory: ("rescoring_memory_vs_baseline", "rescoring_time_vs_baseline"),
}


def compared() -> None:
    """Every figure that has a baseline of its own; where the baseline cannot be made, says so and goes on."""
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as data:
        ours = Tree("ours", ROOT, Path(data))
        theirs = None
        try:
            theirs = made()
        except NotCompared as problem:
            why = str(problem)
        for measure, names in BESIDE_THE_BASELINE.items():
            if theirs is not None:
                measure(ours, theirs)
            else:
                for name in names:
                    say(name, "not compared", why, name=name, against=BASELINE, reason=why)
        import bench_documents  # both import bench, which imports this
        import bench_start

        started = ours._replace(data=Path(data) / "start-ours")
        if theirs is not None:
            also_started = theirs._replace(data=Path(data) / "start-theirs")
            bench_start.compared(started, also_started)
            bench_documents.of_trees(started, also_started)
        else:
            bench_start.start(started)
            bench_documents.of_trees(started, None, why)
            for name in ("second_start_vs_baseline", "web_worker_memory_vs_baseline"):
                say(name, "not compared", why, name=name, against=BASELINE, reason=why)
        try:
            judgement_beside_before_the_move(ours, made(commit=BEFORE_MOVE))
        except NotCompared as problem:
            name = "judgement_vs_before_move"
            say(name, "not compared", str(problem), name=name, against=BEFORE_MOVE, reason=str(problem))
        rescoring_two_vs_one(ours)
        cli_files(ours, theirs)
        cli_start(ours, theirs)
