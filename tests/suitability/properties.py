"""How many examples a property is tried on, and what the properties share."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any

from hypothesis import HealthCheck, currently_in_test_context, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from app.suitability.assess import assess
from app.suitability.result import OUTCOMES, Result, Row

from .generated import CHECKLIST, COUNCIL, built, case

# Two thousand each, and two hundred of those that search; script/test --deep tries each on twenty thousand.
EXAMPLES = int(os.environ.get("CBC_EXAMPLES", "2000"))
SEARCHED = int(os.environ.get("CBC_SEARCHES", "200"))
# The same ones each time, so that a change is judged by what it changes; those behind --deep go where nobody has been.
# And the same ones for every property, so that a household is judged once for all of them.
FIRST = 20261123


def _tried_on(examples: int) -> Callable[[Any], Any]:
    checks = list(HealthCheck)
    how = settings(max_examples=examples, deadline=None, suppress_health_check=checks, database=None, derandomize=True)
    return lambda test: seed(FIRST)(how(test))


MANY = _tried_on(EXAMPLES)
SEARCHES = _tried_on(SEARCHED)  # for what looks for a way, and judges a household many times over
SEEDS = st.integers(0, 2**48)


def result_of(tree: dict[str, Any]) -> Result:
    return assess(CHECKLIST, built(tree), COUNCIL)


@lru_cache(maxsize=1)  # the deep proof tries every property on the same case before it makes the next
def _last(seed: int) -> tuple[str, Result]:
    tree = case(seed)
    return json.dumps(tree), result_of(tree)


_KEPT: dict[int, tuple[str, Result]] = {}  # nobody can write to a result; of the case, everybody gets one of their own
_ROWS: dict[Row, Row] = {}


def _same(row: Row) -> Row:
    """Of rows that are equal, one: most households have most of theirs in common, and all of them are kept."""
    try:
        return _ROWS.setdefault(row, row)
    except TypeError:  # an answer of several values has no hash
        return row


def _judged(seed: int) -> tuple[str, Result]:
    """Judged once for all properties of a test run: the same households come to each of them."""
    found = _KEPT.get(seed) or _last(seed)
    if len(_KEPT) < EXAMPLES and currently_in_test_context():
        found = _KEPT[seed] = found[0], found[1]._replace(rows=tuple(map(_same, found[1].rows)))
    return found


def judged(seed: int) -> tuple[dict[str, Any], Result]:
    """The case of a number, to do with as one likes, and its result."""
    written, result = _judged(seed)
    return json.loads(written), result


def needs(something: Any) -> None:
    """There has to be something to try: else this case counts for nothing."""
    if not something:
        raise UnsatisfiedAssumption


def dice(seed: int) -> Random:
    """Chance for what is tried on a case, apart from the chance the case was made with."""
    return Random(f"tried on {seed}")


def place(result: Result) -> int:
    return OUTCOMES.index(result.outcome)


def felt(result: Result) -> list[tuple[Any, ...]]:
    """Everything of a result but its words."""
    rows = [(r.criterion, r.subject, r.state, r.effect, r.open_effect, r.hits) for r in result.rows]
    patterns = [(p.id, p.subject, p.effect, p.state, p.hits, p.level) for p in result.patterns]
    return [(result.outcome, result.safeguarding_route), *rows, *patterns]
