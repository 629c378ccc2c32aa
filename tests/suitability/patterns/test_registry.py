"""Every pattern has its words and its tests; none labels anybody; a reason lifts nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from app.suitability.advice import report
from app.suitability.checklist.read_patterns import PATTERNS
from app.suitability.reading import case_file
from tests.suitability.conftest import example
from tests.suitability.households import CHECKLIST, COUNCIL, TODAY, result_of
from tests.suitability.pattern_cases import event, plain_case


def _reported(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = report.assessed(CHECKLIST, case_file.build(example(name), CHECKLIST), COUNCIL)[
        "patterns"
    ]
    return found


def test_a_settled_household_fires_nothing() -> None:
    assert result_of(plain_case()).patterns == ()


def test_every_pattern_has_its_words_and_its_tests() -> None:
    assert set(CHECKLIST.patterns) == set(PATTERNS)
    assert len(PATTERNS) == 27
    tests = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert {f"P{found}" for found in re.findall(r"def test_p(\d\d)_", tests)} == set(PATTERNS)


def test_a_reason_closes_a_prompt_and_never_lifts_an_effect() -> None:
    prompt = {**event(plain_case(), "complaint", 2)}
    prompt["pattern_answers"] = [
        {
            "pattern": "P23",
            "subject": "household",
            "by": "Olu",
            "reason": "Considered, and it has no effect.",
            "on": TODAY,
        }
    ]
    assert [(p.id, p.state) for p in result_of(prompt).patterns] == [("P23", "answered")]  # answered, and still shown
    held = plain_case()
    held["household"] |= {"agencies": ["gp", "police", "school"], "lead_professional": None}
    before = result_of(held)
    held["pattern_answers"] = [
        {"pattern": "P13", "subject": "household", "by": "Olu", "reason": "We will find somebody soon.", "on": TODAY}
    ]
    after = result_of(held)
    assert (after.outcome, [(p.id, p.state, p.outcome) for p in after.patterns]) == (
        before.outcome, [(p.id, p.state, p.outcome) for p in before.patterns],
    )  # fmt: skip


def test_h1_fires_what_the_specification_says_and_not_p03() -> None:
    names = {p["pattern"] for p in _reported("h1")}
    assert names >= {"P01", "P04", "P05", "P07", "P09", "P10", "P11", "P13", "P19"}
    assert "P03" not in names


def test_h2_fires_nothing_at_all() -> None:
    assert _reported("h2") == []


def test_h5_fires_p03_and_p22_and_not_p01() -> None:
    names = {p["pattern"] for p in _reported("h5")}
    assert names >= {"P03", "P22"}
    assert "P01" not in names


def test_no_pattern_labels_anybody() -> None:
    words = " ".join(
        f"{t.name} {t.prompt} {t.rationale} {t.step} {t.when}" for t in CHECKLIST.patterns.values()
    ).casefold()
    for label in (
        "non-engaging",
        "disguised",
        "dna",
        "toxic trio",
        "failed to",
        "non-complian",
        "hard to reach",
        "risky parent",
    ):
        assert label not in words.split() if label == "dna" else label not in words
