"""Every invariant and cross-check of the judgement on a great many generated households, on all cores.

The properties are those of the tests, called directly: every one is tried on the same household before the next is made,
and one that has nothing to try on a household (there is no pattern to answer, say) is not counted for it.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

# The tests are not installed; they are beside the product.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

Say = Callable[[str, str, str], None]
CHUNK = 250
Done = tuple[dict[str, int], list[tuple[str, int, str]]]


def found() -> dict[str, Callable[[int], None]]:
    """The properties by name, in the order they are written."""
    from tests.suitability import test_cross_checks, test_invariants

    return {
        name: test.hypothesis.inner_test
        for module in (test_invariants, test_cross_checks)
        for name, test in vars(module).items()
        if name.startswith("test_") and hasattr(test, "hypothesis")
    }


def ready() -> None:
    """What a worker does first: the checklist, made once, need not be looked through for rubbish again and again."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who hands out the work ends it
    found()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def tried(work: tuple[int, tuple[str, ...]]) -> Done:
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
    least: int, first: int, tell: Callable[[str], None]
) -> tuple[dict[str, int], list[tuple[str, int, str]], int]:
    """Try every property on at least so many households: how many each held for, every failure, and the number to go on from.

    Interrupted (SIGINT), it comes back with what was shown by then.
    """
    reached = first
    held: dict[str, int] = dict.fromkeys(found(), 0)
    failed: list[tuple[str, int, str]] = []
    at = count(first, CHUNK)

    def wave() -> Iterator[tuple[int, tuple[str, ...]]]:
        still = tuple(name for name, number in held.items() if number < least)
        for _ in range(4 * (os.cpu_count() or 1)):
            yield next(at), still

    with multiprocessing.get_context("spawn").Pool(initializer=ready) as pool:
        try:
            while min(held.values()) < least and len(failed) < 20:
                work = list(wave())
                done = list(pool.imap_unordered(tried, work))
                reached = work[-1][0] + CHUNK
                for more, problems in done:
                    failed += problems
                    for name, seed, problem in problems:
                        tell(f"{name} fails for {seed}: {problem}")
                    for name, number in more.items():
                        held[name] += number
                tell(
                    f"{min(held.values()):,} to {max(held.values()):,} held, {len(failed)} failed, {reached:,} households"
                )
        except KeyboardInterrupt:
            pool.terminate()
    return held, failed, reached


def properties(say: Say, least: int, first: int = 0) -> bool:
    """Say how it went, a line a property; False when one failed."""
    started = time.perf_counter()
    held, failed, reached = proved(least, first, lambda words: print(words, file=sys.stderr, flush=True))
    for name, number in held.items():
        say(name.removeprefix("test_").replace("_", " "), f"held for {number:,}", "")
    for name, seed, problem in failed:
        say(name, f"FAILED for {seed}", problem)
    whole = min(held.values()) >= least
    said = f"{least:,} each" if whole else f"stopped before {least:,} each; go on from {reached}"
    say(
        f"{len(held)} invariants and cross-checks, {said}",
        f"{len(failed)} failed",
        f"{time.perf_counter() - started:,.0f} s",
    )
    return whole and not failed


def main() -> None:
    def say(*parts: Any) -> None:
        print("  ".join(parts), flush=True)

    least, first = [*map(int, sys.argv[1:]), *(100_000, 0)[len(sys.argv) - 1 :]]
    sys.exit(0 if properties(say, least, first) else 1)


if __name__ == "__main__":
    main()
