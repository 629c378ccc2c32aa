"""How long the tests take that were there before the rooms were moved: in this tree, and in the tree of then, in one run.

Both run what both have, with the same parameters, by each tree's own ``script/test``, its checks included: then the tests of a browser
came after the others, and what tests write lay on the disk. What a tree's tests ask of households is as many as it asks itself.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from pathlib import Path

from baseline_trees import BEFORE_MOVE, ROOT, Tree, made
from bench_figures import say

PLUGIN = Path(__file__).resolve().parent
KINDS = ("not browser", "browser")
_LAST = re.compile(r"(\d+) (passed|failed|skipped|error)")


def _pytest(tree: Tree, kind: str, *words: str, **said: str) -> subprocess.Popen[str]:
    environment = {**tree.environment(), **said}
    environment["PYTHONPATH"] = f"{tree.folder}:{PLUGIN}"
    return subprocess.Popen(
        [tree.folder / ".venv/bin/pytest", "-p", "same_tests", "-m", kind, "-q", *words],
        cwd=tree.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def names(tree: Tree, kind: str, folder: Path) -> set[str]:
    """Every test of a tree that is of a kind, by its name with its parameters."""
    told = folder / f"{tree.name}-{kind.split()[0]}"
    _pytest(tree, kind, "--collect-only", SAME_TESTS_FOUND=str(told)).communicate()
    return set(told.read_text(encoding="utf-8").split("\n"))


def seconds(tree: Tree, chosen: Path) -> tuple[float, dict[str, int]]:
    """How long its own ``script/test`` takes with them, its checks included, and how many passed, failed and were skipped."""
    environment = {k: v for k, v in tree.environment().items() if k != "TMPDIR"}
    environment |= {"PYTHONPATH": f"{tree.folder}:{PLUGIN}", "SAME_TESTS": str(chosen)}
    started = time.perf_counter()
    done = subprocess.run(
        [tree.folder / "script/test", "-p", "same_tests", "-q"],
        cwd=tree.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    took, counts = time.perf_counter() - started, dict[str, int]()
    for line in done.stdout.splitlines():
        if re.search(r" in [\d.]+s", line):
            for number, how in _LAST.findall(line):
                counts[how] = counts.get(how, 0) + int(number)
        if line.startswith("FAILED"):
            print(f"{tree.name}: {line}")
    return took, counts


def compared() -> None:
    """Prints both times; takes as long as they do, which is half an hour or more."""
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as given:
        folder = Path(given)
        ours, theirs = Tree("ours", ROOT, folder / "o"), made(commit=BEFORE_MOVE)._replace(data=folder / "t")
        for tree in (ours, theirs):
            subprocess.run(
                [tree.folder / "script/bootstrap", "--test"], cwd=tree.folder, check=True, stdout=subprocess.DEVNULL
            )
        chosen, listed = folder / "both", set[str]()
        for kind in KINDS:
            both = names(ours, kind, folder) & names(theirs, kind, folder)
            print(f"{len(both)} tests of both, {kind}", flush=True)
            listed |= both
        chosen.write_text("\n".join(sorted(listed)), encoding="utf-8")
        then, before = seconds(theirs, chosen)
        print(f"{BEFORE_MOVE}: {before} in {then / 60:.1f} minutes", flush=True)
        now, after = seconds(ours, chosen)
        print(f"now: {after} in {now / 60:.1f} minutes")
        say(
            "the tests that were there before the move", f"{now / 60:.1f} minutes", f"{now / then:.2f} x {BEFORE_MOVE} ({then / 60:.1f} minutes)",
            name="test_time_vs_before_move", figure=now / 60, unit="minutes", baseline=then / 60, against=BEFORE_MOVE,
        )  # fmt: skip
