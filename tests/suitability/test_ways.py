"""Ways that were measured: met, not met or cannot tell; and what a word beside one is worth."""

from __future__ import annotations

from typing import Any

import pytest

from tests.suitability.facts.test_computed_rows import base, state

from .generated import one_more
from .households import CHECKLIST, row_of


def way(
    tree: dict[str, Any], low: int, high: int, method: str, person_key: str = "C", kind: str = "school"
) -> dict[str, Any]:
    kept = [a for a in tree["answers"] if a["criterion"] != "SA06"]
    return {
        **tree,
        "answers": kept,
        "journeys": [{"person": person_key, "kind": kind, "low": low, "high": high, "method": method}],
    }


@pytest.mark.parametrize(
    ("low", "high", "method", "expected", "word"),
    [
        (10, 20, "public_transport", "clear", ""),
        (10, 20, "journey_check", "clear", ""),
        (10, 20, "straight_line", "open", "Cannot tell"),  # near in a line proves nothing
        (200, 240, "straight_line", "open", "Cannot tell"),  # nor far, where a bus may go
        (10, 120, "public_transport", "open", "Cannot tell"),
        (100, 120, "public_transport", "worrying", "Not met"),
    ],
)
def test_a_way_is_met_not_met_or_cannot_be_told(low: int, high: int, method: str, expected: str, word: str) -> None:
    row = row_of(way(base(), low, high, method), "SA06", "C")
    assert row is not None
    assert row.state == expected
    assert word in " ".join(row.why)


def test_one_way_met_and_another_not_is_not_met_and_an_answer_takes_its_place() -> None:
    tree = way(base(), 10, 20, "journey_check")
    tree["journeys"].append({"person": "C", "kind": "nursery", "low": 100, "high": 120, "method": "journey_check"})
    assert state(tree, "SA06", "C")[0] == "worrying"
    kept = tree["answers"]
    # A word, however good, does not shorten a way that was measured; one that says why it differs takes its place.
    for grade, reason, expected in (
        ("E1", "", "worrying"),
        ("E4", "", "worrying"),
        ("E1", "A bus.", "worrying"),
        ("E4", "A bus.", "clear"),
    ):
        tree["answers"] = [*kept, one_more(CHECKLIST.criteria["SA06"], "C", 5, grade) | {"reason": reason}]
        assert state(tree, "SA06", "C")[0] == expected, (grade, reason)
    # A way of somebody else, or to something else, says nothing here.
    assert state(way(base(), 10, 20, "journey_check", kind="gp"), "SA06", "C")[0] == "open"
    assert state(way(base(), 10, 20, "journey_check", person_key="A"), "SA06", "C")[0] == "open"
