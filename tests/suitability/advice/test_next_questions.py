"""What to ask next, and what would make it suitable."""

from __future__ import annotations

import ast

from app.settings import ROOT
from tests.suitability.conftest import answer, example, judge, small


def test_holds_come_before_chases_and_the_survivors_own_word_before_all() -> None:
    asked = judge(small())["next_questions"]
    effects = [q["effect"] for q in asked]
    assert effects == sorted(effects, key=["hold", "chase", "note"].index)
    assert (asked[0]["criterion"], asked[0]["ask_of"]) == ("CS17", "Child, parents and kin, apart where possible")


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
        "reference", "outcome", "safeguarding_route", "children", "findings", "scores", "patterns", "next_questions",
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


# What orders the questions may read a row's part of a range; nothing that decides may.
_MAY_READ_NUMBERS = {"_scores", "next_questions"}


def test_nothing_that_decides_reads_a_range_or_a_part_of_one() -> None:
    """No path from a number to an outcome: whatever reads ``share``, ``credit`` or a ``Score`` only shows or orders."""
    readers = set()
    heart = ROOT / "app" / "suitability"
    for file in heart.glob("**/*.py"):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Attribute) and node.attr in ("share", "credit", "scores", "weight"):
                        readers.add((str(file.relative_to(heart)), function.name, node.attr))
    decides = {r for r in readers if r[0] in DECIDES and r[1] not in _MAY_READ_NUMBERS}
    # The weight of a criterion becomes a row's share; P04 lists the heaviest rows first.
    assert decides == {("judgement/effect.py", "row_of", "weight"), ("patterns/evidence.py", "evidence_gap", "weight")}


DECIDES = {
    f"{name}.py"
    for name in (
        "advice/way_forward", "assess", "casefile/answers", "checklist/condition", "facts/about_history", "facts/certificates", "facts/computed_rows", "facts/enquiries", "facts/facts", "facts/missed_contacts", "facts/registry", "judgement/concern", "judgement/effect", "judgement/finding", "judgement/reassurance", "judgement/standing", "law/bedrooms", "law/standards", "patterns/care", "patterns/conversation", "patterns/evidence", "patterns/history", "patterns/pattern", "patterns/registry",
    )
}  # fmt: skip
