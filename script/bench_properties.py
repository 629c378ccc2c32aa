"""Every property of the judgement on a great many generated households, on all cores, going on where it was interrupted.

The properties are those of the tests, called directly: every one is tried on the same household before the next is made,
and one that has nothing to try on a household (there is no pattern to answer, say) is not counted for it.

    script/bench_properties.py [LEAST]          at least so many households each, 20,000 when not given
    script/bench_properties.py LEAST NUMBER     apart from what is kept, from the household of that number on
"""

from __future__ import annotations

import ast
import gc
import hashlib
import importlib
import inspect
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# The tests are not installed; they are beside the product.
sys.path.insert(0, str(ROOT))

from bench_figures import say as say_and_keep

Say = Callable[..., None]
LEAST = 20_000
CHUNK = 250
TESTS = ROOT / "tests" / "suitability"
KEPT = ROOT / "build" / "properties.json"
Work = tuple[int, tuple[str, ...]]
Done = tuple[dict[str, int], list[tuple[str, int, str]]]


def modules() -> list[Path]:
    """The test modules that hold properties."""
    return [file for file in sorted(TESTS.rglob("test_*.py")) if "\n@given(" in file.read_text(encoding="utf-8")]


@cache
def found() -> dict[str, Callable[[int], None]]:
    """The properties by module and name, in the order they are written. Each takes one number, ``seed``."""
    properties = {}
    for file in modules():
        for name, test in vars(importlib.import_module(_module(file))).items():
            if name.startswith("test_") and hasattr(test, "hypothesis"):
                tried_on = test.hypothesis.inner_test
                assert list(inspect.signature(tried_on).parameters) == ["seed"], f"{file.name}: {name} takes no seed"
                properties[f"{_module(file).removeprefix('tests.suitability.')}.{name}"] = tried_on
    return properties


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def rests_on() -> list[Path]:
    """Every file a proof rests on: the heart, the checklists, the examples, the properties and what they are made with."""
    tests: dict[Path, None] = {}
    waiting = modules()
    while waiting:
        file = waiting.pop()
        if file in tests or not file.exists():
            continue
        tests[file] = None
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                named = node.module or "" if node.level else (node.module or "").removeprefix("tests.suitability.")
                waiting += [TESTS / f"{name}.py" for name in (named, *(n.name for n in node.names))]
    given = [
        *(ROOT / "app/suitability").rglob("*.py"),
        ROOT / "app/checklists.py",
        *(ROOT / "docs/examples").glob("*.json"),
    ]
    return sorted([*tests, *given, *(f for f in (ROOT / "checklists").rglob("*") if f.is_file())])


def digest() -> str:
    """What tells one state of all that from another."""
    whole = hashlib.sha256()
    for file in rests_on():
        whole.update(f"{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


class Progress:
    """How many each property held for so far, what failed, and the number of the household to go on from."""

    def __init__(self, names: Iterable[str], first: int = 0, file: Path | None = None, of: str = "") -> None:
        """``file`` keeps it, for the state ``of`` all it rests on; without one it is forgotten."""
        self.held = dict.fromkeys(names, 0)
        self.failed: list[tuple[str, int, str]] = []
        self.reached, self.file, self.of = first, file, of
        self.said = ""
        if file is None or not file.exists():
            return
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["of"] != of:
            self.said = "the judgement, its checklists or its properties have changed since: starting again"
            return
        self.held |= kept["held"]
        self.failed = [tuple(one) for one in kept["failed"]]
        self.reached = kept["reached"]
        self.said = f"going on from household {self.reached:,}: {self}"

    def __str__(self) -> str:
        return f"{min(self.held.values()):,} to {max(self.held.values()):,} held, {len(self.failed)} failed"

    def add(self, done: Done, reached: int) -> None:
        """Count what one run of households showed, and keep it."""
        for name, number in done[0].items():
            self.held[name] += number
        self.failed += done[1]
        self.reached = reached
        if self.file is not None:
            self.file.parent.mkdir(exist_ok=True)
            made = self.file.with_suffix(".part")
            kept = {"of": self.of, "reached": reached, "held": self.held, "failed": self.failed}
            made.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
            made.replace(self.file)


def ready() -> None:
    """What a worker does first: the checklist, made once, need not be looked through for rubbish again and again."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who hands out the work ends it
    threading.Thread(target=_end_with_the_proof, daemon=True).start()
    found()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def _end_with_the_proof() -> None:
    """A proof that is killed leaves no worker behind that waits for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def tried(work: Work) -> Done:
    """Try the named properties on the households of one run of numbers: how many each could be tried on, and what failed."""
    from hypothesis.errors import UnsatisfiedAssumption

    first, names = work
    properties = found()
    held, failed = dict.fromkeys(names, 0), []
    for seed in range(first, first + CHUNK):
        for name in names:
            try:
                properties[name](seed)
            except UnsatisfiedAssumption:
                continue
            except Exception as problem:  # whatever it is, the property does not hold for this household
                failed.append((name, seed, repr(problem)[:200]))
            else:
                held[name] += 1
    return held, failed


def proved(
    least: int, progress: Progress, each: Callable[[list[Work]], Iterable[Done]], tell: Callable[[str], None]
) -> None:
    """Try every property on at least so many households; ``each`` tries runs of households, in order.

    Every run is kept as soon as it is done; interrupted, it comes back with what was shown by then.
    """
    try:
        while min(progress.held.values()) < least and len(progress.failed) < 20:
            still = tuple(name for name, number in progress.held.items() if number < least)
            wave = [(progress.reached + at * CHUNK, still) for at in range(4 * (os.cpu_count() or 1))]
            for (first, _), done in zip(wave, each(wave), strict=True):
                progress.add(done, first + CHUNK)
                for name, seed, problem in done[1]:
                    tell(f"{name} fails for {seed}: {problem}")
            tell(f"{progress}, {progress.reached:,} households")
    except KeyboardInterrupt:
        tell(f"interrupted: {progress}, {progress.reached:,} households")


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def properties(say: Say, least: int = LEAST, first: int | None = None) -> bool:
    """Say how it went, a line a property; False when one failed or it was interrupted before the end."""
    started = time.perf_counter()

    def tell(words: str) -> None:
        print(words, file=sys.stderr, flush=True)

    progress = Progress(found(), 0, KEPT, digest()) if first is None else Progress(found(), first)
    if progress.said:
        tell(progress.said)
    if min(progress.held.values()) < least:
        before = {one: signal.signal(one, _interrupted) for one in (signal.SIGINT, signal.SIGTERM)}
        with multiprocessing.get_context("spawn").Pool(initializer=ready) as pool:
            proved(least, progress, lambda wave: pool.imap(tried, wave), tell)
        for one, handler in before.items():
            signal.signal(one, handler)
    for name, number in progress.held.items():
        say(name.split(".test_")[1].replace("_", " "), f"held for {number:,}", "")
    for name, seed, problem in progress.failed:
        say(name, f"FAILED for {seed}", problem)
    held = min(progress.held.values())
    said = f"{least:,} each" if held >= least else f"stopped before {least:,} each"
    say(
        f"{len(progress.held)} properties, {said}",
        f"{len(progress.failed)} failed",
        f"{time.perf_counter() - started:,.0f} s",
        name="properties_held", figure=held, unit="households each",
    )  # fmt: skip
    return held >= least and not progress.failed


def main() -> None:
    numbers: list[Any] = [*map(int, sys.argv[1:])]
    sys.exit(0 if properties(say_and_keep, *numbers) else 1)


if __name__ == "__main__":
    main()
