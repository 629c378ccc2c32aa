"""What a parent is asked in their own words: plain, kind, in an order, and nothing that is dangerous to answer beside somebody."""

from __future__ import annotations

import re

import pytest

from app.suitability.checklist.checklist import load
from app.suitability.checklist.located_yaml import ChecklistError
from app.suitability.checklist.read_criterion import MOST_OF_A_PARENT
from tests.house.reading_grade import grade
from tests.suitability.households import CHECKLIST

from .test_checklist import COUNCIL, PATTERNS, texts

ASKED = sorted((c for c in CHECKLIST.criteria.values() if c.parents_order), key=lambda c: c.parents_order)
# Use and treatment, a pregnancy, a worker of children's services, orders and licences, who stays over, a mind that is unwell, the
# services that help against any of it, and whether each was heard alone: who sits beside them may be whom it is kept from.
NEVER = {
    *(f"SM{n:02}" for n in range(1, 17)), "SA03", "SA08", "SA10", "CS03", "CS14", "CS15", "CS16", "CS17", "CS18", "CS19", "CS20",
    "CS21", "CS25", "CS26", "IS09", "LS03",
}  # fmt: skip


def test_twenty_five_questions_are_a_parent_s_each_at_a_place_of_its_own() -> None:
    assert [c.parents_order for c in ASKED] == list(range(1, MOST_OF_A_PARENT + 1))


@pytest.mark.parametrize("criterion", ASKED, ids=lambda c: c.id)
def test_a_parent_is_asked_nothing_that_is_dangerous_to_answer_beside_somebody(criterion) -> None:  # type: ignore[no-untyped-def]
    assert criterion.id not in NEVER
    assert not criterion.is_asked_alone
    assert criterion.computed is None
    assert criterion.release not in ("survivor", "treatment", "treatment_detail", "police") or criterion.id == "SM17"


@pytest.mark.parametrize("criterion", ASKED, ids=lambda c: c.id)
def test_the_words_are_a_parent_s_own(criterion) -> None:  # type: ignore[no-untyped-def]
    said = criterion.parents_words
    assert "?" in said
    assert re.search(r"\byou\b|\byour\b", said, re.IGNORECASE), "it speaks to them"
    assert grade(said) <= 6, f"{grade(said):.1f}: a child of ten or eleven reads it"
    assert len(said) <= 160
    assert not re.search(r"placement|household|unit|criterion|safeguarding|agency|assessment|professional", said), said


CS01 = '    parents_words: "Will your baby have a cot'


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    parents_order: 3\n", "", "has its place on their sheet"),
        (CS01, "    help_: x\n" + CS01, "help_"),
        ("    parents_order: 3\n", "    parents_order: 0\n", "from 1 to 25"),
        ("    parents_order: 3\n", "    parents_order: 26\n", "from 1 to 25"),
        ("    parents_order: 3\n", "    parents_order: 2\n", "has place 2 on a parent’s sheet, which"),
        (CS01, CS01.replace("Will", "CS02: will"), "not asked in codes"),
        (CS01, CS01.replace("Will", "At E3, will"), "not asked in codes"),
        (CS01, "    asked_first: true\n" + CS01, "asked of somebody alone"),
        ("    parents_order: 3\n", "    parents_order: three\n", "parents_order"),
    ],
)
def test_a_mistake_in_a_parent_s_words_is_refused(old: str, new: str, words: str) -> None:
    changed = texts()
    assert old in changed["child_safety.yaml"]
    changed["child_safety.yaml"] = changed["child_safety.yaml"].replace(old, new, 1)
    with pytest.raises(ChecklistError) as told:
        load(changed, COUNCIL, PATTERNS)
    assert re.match(r"[a-z_]+\.yaml, line \d+: ", str(told.value)), str(told.value)
    assert words in str(told.value)


def test_an_order_without_words_is_refused() -> None:
    changed = texts()
    changed["child_safety.yaml"] = changed["child_safety.yaml"].replace(
        "  - id: CS02\n", "  - id: CS02\n    parents_order: 7\n", 1
    )
    with pytest.raises(ChecklistError, match="has its place on their sheet"):
        load(changed, COUNCIL, PATTERNS)
