"""How many examples a property is tried on, and what the properties share."""

from __future__ import annotations

import os
import pickle
import zlib
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any

import hypothesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from app.suitability.assess import assess
from app.suitability.casefile.codes import Outcome
from app.suitability.judgement.result import Result

from .generated import CHECKLIST, COUNCIL, built, case

# Two thousand each, and two hundred of those that search; script/test --deep tries each on twenty thousand.
EXAMPLES = int(os.environ.get("CBC_EXAMPLES", "2000"))
SEARCHED = int(os.environ.get("CBC_SEARCHES", "200"))
_FIRST = 20261130


def tried(on: int) -> Callable[[Any], Any]:
    """A property on so many households that count.

    The same ones each time, so that a change is judged by what it changes; and the same for every property, so that a process judges each
    of them once. Those behind --deep go where nobody has been.
    """
    how = settings(max_examples=on, deadline=None, suppress_health_check=list(HealthCheck), database=None)

    def on_the_same(test: Any) -> Any:
        return hypothesis.seed(_FIRST)(how(test))

    return on_the_same


MANY = tried(EXAMPLES)
SEARCHES = tried(SEARCHED)  # for what looks for a way, and judges a household many times over
SEEDS = st.integers(0, 2**48)


def result_of(tree: dict[str, Any]) -> Result:
    return assess(CHECKLIST, built(tree), COUNCIL)


@lru_cache(maxsize=4096)  # of all that the properties of a run are tried on, a tenth of its size: some 12 KB each
def _judged(seed: int) -> bytes:
    tree = case(seed)
    return zlib.compress(pickle.dumps((tree, result_of(tree))), 1)


def judged(seed: int) -> tuple[dict[str, Any], Result]:
    """The case of a number, to do with as one likes, and its result."""
    tree, result = pickle.loads(zlib.decompress(_judged(seed)))
    return tree, result


def needs(something: Any) -> None:
    """There has to be something to try: else this case counts for nothing."""
    if not something:
        raise UnsatisfiedAssumption


def dice(seed: int) -> Random:
    """Chance for what is tried on a case, apart from the chance the case was made with."""
    return Random(f"tried on {seed}")


def place(result: Result) -> int:
    return Outcome(result.outcome).rank


def felt(result: Result) -> list[tuple[Any, ...]]:
    """Everything of a result but its words."""
    rows = [(r.criterion, r.subject, r.state, r.effect, r.open_effect, r.outcome) for r in result.rows]
    patterns = [(p.id, p.subject, p.effect, p.state, p.outcome, p.level) for p in result.patterns]
    return [(result.outcome, result.safeguarding_route), *rows, *patterns]
