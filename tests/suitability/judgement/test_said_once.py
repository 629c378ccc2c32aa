"""What a row says: each thing once, and of more than three things that are not known no chain."""

from __future__ import annotations

import pytest

from app.suitability.checklist.condition import Gap
from app.suitability.facts.registry import FACTS
from app.suitability.facts.topics import TOPICS, briefly, denied, either
from tests.suitability.criterion_cases import base, found
from tests.suitability.households import CHECKLIST, answered, instead


def staffed(told: str) -> tuple[str, ...]:
    tree = instead(base(), "SA13", "unit", answered("SA13", "unit", told, "E2"))
    tree["placement"] = {**tree["placement"], "staffing": "none", "shares": ["toilet"], "self_contained": False}
    return found(tree, "SA13", "unit").why


def test_what_was_answered_is_not_said_again_by_what_follows_from_it() -> None:
    assert staffed("none_at_night") == ("There are no staff at night and facilities are shared.",)


def test_what_was_answered_otherwise_stands_beside_it() -> None:
    assert staffed("partly") == (
        "Staffing or training is only partly there.",
        "There are no staff at night and facilities are shared.",
    )


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        (["chest_illness", "mobility"], "this person has a chest illness or a mobility need"),
        (["chest_illness", "mobility", "learning", "sensory"], "this person has a need that matters here"),
    ],
)
def test_more_than_three_needs_are_a_sentence(needs: list[str], said: str) -> None:
    fact = "this_person_needs"
    assert briefly(fact, needs, FACTS[fact].say(needs)) == said


def test_more_than_three_things_not_known_are_a_list() -> None:
    gaps = [Gap("", "", f"whether {letter}") for letter in "ABCD"]
    assert either(gap.words for gap in gaps[:3]) == "whether A, or whether B, or whether C"
    assert either(gap.words for gap in gaps) == "whether A; whether B; whether C; or whether D"


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("a child of the household is under 2", "no child of the household is under 2"),
        ("somebody is pregnant", "nobody is pregnant"),
        ("the stay is a long one", "it is not so that the stay is a long one"),
        ("a child has asthma or is under 2", "it is not so that a child has asthma or is under 2"),
    ],
)
def test_what_is_denied_is_said_of_nobody(clause: str, said: str) -> None:
    assert denied(clause) == said


def test_every_fact_of_a_long_condition_has_a_topic() -> None:
    """Where a page says “because of …” it names each thing the condition looks at: a question by its name, a fact by its topic."""
    asked = [c.applies_when for c in CHECKLIST.criteria.values() if c.applies_when is not None]
    used = {name for when in asked if when.sentence.count(" or ") >= 3 for name in when.facts}
    assert used - {"answer", "anyones_answer", "confirmed", "not_clear", "worrying"} <= set(TOPICS)
