"""How long a second start takes, and what a web worker holds after the pages of a case: this tree beside the baseline, in turn."""

from __future__ import annotations

import os
import re
import statistics
from pathlib import Path

import bench
from baseline_trees import Tree
from bench_figures import say
from served_trees import free_port, served

PAIRS = 5
PAGES = ("/result", "", "/questions/CS15/unit", "/placement")


def workers(pid: int) -> list[float]:
    """Megabytes resident of each web worker below a process: of its session, since a supervisor gives each child a group of its own."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            above = (Path("/proc") / parent / "cmdline").read_bytes().decode(errors="replace")
            held = (folder / "smaps_rollup").read_text()
        except OSError:
            continue
        if "gunicorn" in line and "gunicorn" in above and os.getsid(int(folder.name)) == os.getsid(pid):
            found.append(int(re.search(r"^Rss:\s+(\d+)", held, re.M)[1]) / 1024)  # type: ignore[index]
    return found


def after_pages(tree: Tree) -> float:
    """What the largest web worker holds, in megabytes resident, once the pages of a case were asked for, eight at once."""
    port = free_port()
    with served(tree, port, "--demo") as (process, _):
        browser = bench.signed_in(port, (tree.data / "demo-password.txt").read_text(encoding="ascii"))
        case = re.search(r'href="(/cases/[0-9a-f]{32})">DEMO-H1', bench.list_of_cases(browser))
        assert case
        assessment = re.search(r'href="(/cases/[0-9a-f]+/assessments/[0-9a-f]+)"', browser.get(case[1])[1])
        assert assessment
        for path in PAGES:
            bench.load(port, browser.cookie, assessment[1] + path)
        return max(workers(process.pid))


def start(tree: Tree) -> float:
    with served(tree, free_port(), "--demo") as (_, seconds):
        return seconds


def compared(ours: Tree, theirs: Tree) -> None:
    """Both figures; the first start of each, which prepares its folder, is not counted."""
    start(ours), start(theirs)
    for what, name, measure, unit, pairs in (
        ("second start of script/server", "second_start_vs_baseline", start, "s", PAIRS),
        ("a web worker after the pages of a case", "web_worker_memory_vs_baseline", after_pages, "MB resident", 1),
    ):
        found = [(measure(ours), measure(theirs)) for _ in range(pairs)]
        mine, base = (statistics.median(one) for one in zip(*found, strict=True))
        ratio = statistics.median(a / b for a, b in found)
        say(
            what, f"{mine:.1f} {unit}", f"{ratio:.2f} x {theirs.name} ({base:.1f} {unit})",
            name=name, figure=mine, unit=unit, baseline=base, ratio=ratio, against=theirs.name,
        )  # fmt: skip
