"""The demonstration: invented households as an officer would have written them down, and found to be as their case files say."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from app.checklists import read_folder
from app.demo import HOUSEHOLDS, in_conversations
from app.installation import ROOT
from app.suitability.assess import assess
from app.suitability.reading import case_file

COUNCIL = "E08000025"


def _tree(name: str) -> Any:
    return json.loads((ROOT / "docs" / "examples" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_what_is_found_stays_the_same(name: str) -> None:
    checklist, told = read_folder(), _tree(name)
    talks = copy.deepcopy(told)
    in_conversations(talks, checklist)
    before, after = (assess(checklist, case_file.build(tree, checklist), COUNCIL) for tree in (told, talks))

    assert after.outcome == before.outcome
    assert [row[:6] for row in after.rows] == [row[:6] for row in before.rows]
    alone = [a["criterion"] for a in talks["answers"] if "conversation" not in a]
    # A provider's own word counts as seen by them at most: what a case file says counts as more keeps its source.
    assert set(alone) <= {"CS12", "CS15"}, alone


def test_one_conversation_a_speaker_and_day_with_the_question_that_was_put() -> None:
    checklist, tree = read_folder(), _tree("h2")
    in_conversations(tree, checklist)
    talks = tree["household"]["conversations"]

    by_whom = [(t["speaker"], t.get("who"), t["source"]["name"], t["on"], t["grade"]) for t in talks]
    assert len(set(by_whom)) == len(by_whom) < 20
    police = next(t for t in talks if t.get("who") == "police")
    assert (police["question"], police["came"]) == ("Address compatible? Fleeing risk reaches here?", "answered")
    assert "police" not in [asked["agency"] for asked in tree["household"]["enquiries"]]
