"""What a row says: each thing once, and of more than three things that are not known no chain."""

from __future__ import annotations

import pytest

from app.suitability.advice.plain import plain, plainly
from app.suitability.checklist.condition import Gap
from app.suitability.facts.topics import TOPICS, denied, either
from tests.suitability.criterion_cases import base, found
from tests.suitability.households import CHECKLIST, answered, instead


def staffed(told: str) -> list[str]:
    tree = instead(base(), "SA13", "unit", answered("SA13", "unit", told, "E2"))
    tree["placement"] = {**tree["placement"], "staffing": "none", "shares": ["toilet"], "self_contained": False}
    why: list[str] = plainly(CHECKLIST, {"why": found(tree, "SA13", "unit").why}, "why")["why"]
    return why


def test_what_was_answered_is_not_said_again_by_what_follows_from_it() -> None:
    assert staffed("none_at_night") == ["There are no staff at night and facilities are shared."]


def test_what_was_answered_otherwise_stands_beside_it() -> None:
    assert staffed("partly") == [
        "Staffing or training is only partly there.",
        "There are no staff at night and facilities are shared.",
    ]


@pytest.mark.parametrize(
    ("was", "said"),
    [
        ("whether this person has a chest illness or a mobility need.", "whether this person has a chest illness or a mobility need."),
        ("whether this person has a chest illness or a mobility need or a sensory need or a plan.", "whether this person has a need that matters here."),
        ("whether the family uses drug alcohol or mental health or probation or domestic abuse.", "whether the family uses a service that matters here."),
    ],
)  # fmt: skip
def test_more_than_three_needs_are_a_sentence(was: str, said: str) -> None:
    assert plain(CHECKLIST, f"Asked while it is not known {was}") == f"Asked while it is not known {said}"


def test_more_than_three_unknowns_are_a_list_on_the_page() -> None:
    said = "Asked while it is not known whether a, or whether b, or what is so of SM01, or whether d."
    name = CHECKLIST.criteria["SM01"].name
    listed = f"whether a; whether b; what the answer to “{name}” is; or whether d."
    assert plain(CHECKLIST, said) == f"Asked while it is not known {listed}"


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
        ("an adult is due out and a child is under 2", "it is not so that an adult is due out and a child is under 2"),
    ],
)
def test_what_is_denied_is_said_of_nobody(clause: str, said: str) -> None:
    assert denied(clause) == said


def test_every_fact_of_a_long_condition_has_a_topic() -> None:
    """Where a page says “because of …” it names each thing the condition looks at: a question by its name, a fact by its topic."""
    asked = [c.applies_when for c in CHECKLIST.criteria.values() if c.applies_when is not None]
    used = {name for when in asked if when.sentence.count(" or ") >= 3 for name in when.facts}
    assert used - {"answer", "anyones_answer", "confirmed", "not_clear", "worrying"} <= set(TOPICS)


@pytest.mark.parametrize(
    "written",
    [
        "The child has bruises or burns or marks or fractures.",
        "Ask whether somebody has keys or a code or a fob or a spare.",
        "It is known that a child has asthma or a chest illness or a sensory need or a plan.",
    ],
)
def test_what_is_no_list_of_unknowns_is_left_as_it_is_written(written: str) -> None:
    assert plain(CHECKLIST, written) == written


def test_of_two_facts_none_is_left_out_because_the_other_begins_like_it() -> None:
    facts = ["Bobbie was not brought.", "Bobbie was not brought again."]
    assert plainly(CHECKLIST, {"facts": facts}, "facts")["facts"] == facts
