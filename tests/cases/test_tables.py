"""The two files of a sealed home and of matches with staff: a mistake in them says its line and what was meant."""

from __future__ import annotations

import pytest

from app.cases import matching, sealing
from app.checklists import FOLDER
from app.suitability.checklist.located_yaml import ChecklistError

SEALING = (FOLDER / sealing.FILE).read_text(encoding="utf-8")
MATCHING = (FOLDER / matching.FILE).read_text(encoding="utf-8")


def test_what_there_is_is_read() -> None:
    assert sealing.parsed(SEALING) == sealing.numbers()
    assert {rule.code for rule in matching.parsed(MATCHING)} >= {"full_name", "same_address", "relation"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("most_named: 4", "most_named: 40", "“most_named” is a number from 1 to 8"),
        ("most_named: 4", "most_named: four", "“most_named” of the file of sealed homes should be"),
        ("shown_minutes: 30", "shown_minutes: 0", "“shown_minutes” is a number from 1 to 240"),
        ("told_days: 7", "told_dais: 7", "Did you mean “told_days”"),
        ("exploitation]", "exploitaton]", "nobody leaves because of 'exploitaton'"),
    ],
)
def test_a_mistake_about_sealed_homes_is_said(old: str, new: str, says: str) -> None:
    with pytest.raises(ChecklistError, match=r"sealing.yaml, line \d+: ") as told:
        sealing.parsed(SEALING.replace(old, new, 1))
    assert says in str(told.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("needs: [surname, postcode]", "needs: [surname]", "would match by what is never enough alone"),
        ("needs: [name]", "needs: [nam]", "needs one or more of name, surname"),
        ("needs: [name]", "needs: []", "needs one or more of name, surname"),
        ("  full_name:", "  same_address:", "“same_address” is said twice"),
        ("never_alone:", "alone:", "has no “alone”"),
        ("never_alone: [surname, postcode]", "never_alone: [surnam, postcode]", "guards nothing"),
    ],
)
def test_a_mistake_about_matches_is_said(old: str, new: str, says: str) -> None:
    with pytest.raises(ChecklistError, match=r"matching.yaml, line \d+: ") as told:
        matching.parsed(MATCHING.replace(old, new, 1))
    assert says in str(told.value)
