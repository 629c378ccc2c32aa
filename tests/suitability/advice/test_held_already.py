"""What a form holds is shown beside the question that would ask it again; nothing is answered by it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.checklists import read_folder
from app.settings import ROOT
from app.suitability.advice.held_already import _HOLDS, held_already
from app.suitability.casefile import wording
from app.suitability.reading.case_file import CaseFile, build
from tests.trees import copied

CHECKLIST = read_folder()


def case(**more: Any) -> CaseFile:
    tree = json.loads((ROOT / "docs/examples/h1.json").read_text(encoding="utf-8"))
    for part, values in more.items():
        if part == "member":
            next(m for m in tree["household"]["members"] if m["key"] == values["key"]).update(values)
        else:
            tree[part] |= values
    return build(tree, CHECKLIST)


def test_every_question_of_the_table_is_one_of_the_checklists() -> None:
    assert set(_HOLDS) <= set(CHECKLIST.criteria)


# The eight pairs of the trial of 28 November 2026, each with a fact that a form took and the question that asked it again.
PAIRS = [
    ("SM03", "M", {"member": {"key": "M", "treatment": {"medicine": "methadone", "dose_days": ["mon", "wed"]}}}, "methadone", None),
    ("CS12", "unit", {"placement": {"shares": ["cooking", "washing"]}}, "kitchen", "shared"),
    ("CS12", "unit", {"placement": {"shares": []}}, "nothing is shared", "not_shared"),
    ("SA13", "unit", {"placement": {"staffing": "day"}}, "by day", "none_at_night"),
    ("CS22", "B1", {"member": {"key": "B1", "seen_how": "asleep_only"}}, "only asleep", None),
    ("SA01", "B1", {}, "Invented Surgery", None),
    ("SA04", "B1", {"household": {"contacts": [{"child": "B1", "what": "6 to 8 week review", "on": "2026-11-20", "outcome": "no_access"}]}}, "6 to 8 week review", {"due": 1, "kept": 0, "not_brought": 0, "cancelled_by_family": 0, "cancelled_by_service": 0, "no_access": 1}),
    ("CS27", "household", {}, "address", {"addresses": 1}),
    ("SM14", "F", {"household": {"events": [{"kind": "release", "on": "2026-11-03", "who": "F", "what": "Out on licence."}]}}, "Out on licence", "involved"),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "subject", "fact", "words", "value"), PAIRS)
def test_what_a_form_holds_stands_beside_its_question(
    criterion: str, subject: str, fact: dict[str, Any], words: str, value: Any
) -> None:
    held = held_already(CHECKLIST, case(**copied(fact)), criterion, subject)
    assert held is not None
    assert words in held.words
    assert held.value == value
    if isinstance(held.value, str):
        assert held.value in CHECKLIST.criteria[criterion].offered, "it can be chosen"


def test_nobody_else_s_release_is_said_of_somebody() -> None:
    held = held_already(
        CHECKLIST,
        case(
            household={
                "events": [{"kind": "release", "on": "2026-11-03", "who": "F", "what": "Out on licence."}],
                "orders": None,
            }
        ),
        "SM14",
        "M",
    )
    assert held is None


def test_what_is_not_written_down_is_not_held() -> None:
    bare = case(
        member={"key": "B1", "seen_how": None},
        placement={"shares": None, "staffing": None},
        household={
            "services": [],
            "contacts": None,
            "addresses": [],
            "events": [],
            "orders": None,
            "lead_professional": None,
        },
    )
    assert [
        name
        for name in _HOLDS
        for subject in ("M", "B1", "unit", "household")
        if held_already(CHECKLIST, bare, name, subject)
    ] == []


def test_every_kind_of_staffing_and_of_sharing_has_its_words() -> None:
    for staffing in wording.STAFFING:
        assert held_already(CHECKLIST, case(placement={"staffing": staffing}), "SA13", "unit") is not None
    held = held_already(CHECKLIST, case(placement={"shares": ["living"]}), "CS12", "unit")
    assert held is None, "a living room is not what is asked: nothing is said for it"
