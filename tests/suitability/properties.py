"""How many examples a property is tried on, and what the properties share."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from app.suitability.assess import assess
from app.suitability.result import OUTCOMES, Result

from .generated import CHECKLIST, COUNCIL, built

# The rule is two thousand each; script/bench --deep asks for a hundred thousand.
EXAMPLES = int(os.environ.get("CBC_EXAMPLES", "2000"))
MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
SEEDS = st.integers(0, 2**48)


def result_of(tree: dict[str, Any]) -> Result:
    return assess(CHECKLIST, built(tree), COUNCIL)


def place(result: Result) -> int:
    return OUTCOMES.index(result.outcome)


def felt(result: Result) -> list[tuple[Any, ...]]:
    """Everything of a result but its words."""
    rows = [(r.criterion, r.subject, r.state, r.effect, r.open_effect, r.hits) for r in result.rows]
    patterns = [(p.id, p.subject, p.effect, p.state, p.hits, p.level) for p in result.patterns]
    return [(result.outcome, result.safeguarding_route), *rows, *patterns]
