"""What to ask next, and what would make it suitable."""

from __future__ import annotations

from .conftest import answer, example, judge, small


def test_questions_that_could_change_the_outcome_come_first() -> None:
    result = judge(small())
    flags = [q["could_change_outcome"] for q in result["next_questions"]]
    assert flags == sorted(flags, reverse=True)
    assert flags[0] is True


def test_each_question_says_whom_to_ask_in_what_words_by_when_and_what_silence_means() -> None:
    for question in judge(example("h1"))["next_questions"]:
        assert question["ask_of"]
        assert question["ask"].endswith(("?", "."))
        assert question["tonight"]
        assert question["ground"]
        assert question["at_silence"]


def test_a_stop_always_leads_to_the_next_safe_step() -> None:
    forward = judge(small(answers=[answer("CS15", "current")]))["what_would_make_it_suitable"]
    assert forward["reachable"] is False
    assert "The duty to accommodate goes on" in forward["because"]
    assert [step["owner"] for step in forward["steps"]][-1] == "senior officer"


def test_the_result_has_the_published_keys_and_no_number_for_a_family() -> None:
    result = judge(example("h1"))
    assert list(result) == [
        "outcome", "safeguarding_route", "children", "findings", "scores", "patterns", "next_questions",
        "what_would_make_it_suitable", "what_would_flip_it", "changes_during_stay", "first_night", "emergency_route", "duties",
        "must_ask", "checklist_version",
    ]  # fmt: skip
    assert set(result["scores"]) == {
        "child_safety",
        "substance_misuse",
        "support_access",
        "information_sharing",
        "lawful_suitability",
    }
    assert all(set(score) == {"low", "high", "open_rows", "rows"} for score in result["scores"].values())
