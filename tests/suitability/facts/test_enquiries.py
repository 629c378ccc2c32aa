"""Who was asked what: the log of questions, what agencies said themselves, and what of it is silence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.suitability.conftest import judge
from tests.suitability.households import CHECKLIST, TODAY, instead, plain, result_of, row_of, settled

QUESTION = CHECKLIST.agencies["police"].question


def asked(*enquiries: dict[str, Any], without: bool = True) -> dict[str, Any]:
    """The plain household, settled, with the police's own answers taken away and these questions put."""
    tree = settled(plain())
    if without:
        for name, subject in (("CS14", "unit"), ("SM16", "A"), ("CS16", "household")):
            tree = instead(tree, name, subject)
    tree["household"]["enquiries"] = [e for e in tree["household"]["enquiries"] if e["agency"] != "police"]
    tree["household"]["enquiries"] += [
        {"agency": "police", "question": QUESTION, "asked": "2026-11-18", **e} for e in enquiries
    ]
    return tree


def row(tree: dict[str, Any]) -> tuple[str, str, str]:
    found = row_of(tree, "IS02", "household")
    assert found is not None
    return found.state, found.effect, " ".join(found.why)


def test_every_agency_that_must_be_asked_has_answered() -> None:
    assert row(settled(plain()))[0] == "clear"
    assert all(p["state"] == "answered" for p in judge(settled(plain()))["must_ask"])


def test_an_answer_to_one_row_is_no_answer_to_the_exact_question() -> None:
    """The practice that says “registered” has not said whether anything is prescribed that makes somebody drowsy."""
    tree = asked(without=False)
    told = {p["agency"]: p for p in judge(tree)["must_ask"]}
    assert (told["police"]["state"], "CS14" in told["police"]["heard"]) == ("partly", True)
    assert row(tree)[:2] == ("open", "hold")
    assert "only in part: Police" in row(tree)[2]
    assert told["family"]["state"] == "answered"  # of the household there is no question beyond being heard


@pytest.mark.parametrize(
    ("enquiries", "state", "effect", "words"),
    [
        ([], "open", "hold", "Not asked: Police"),
        ([{"due": TODAY}], "open", "hold", "not answered yet: Police"),  # due today is not late
        ([{"due": "2026-11-22"}], "worrying", "high", "silent past the time: Police"),
        ([{}], "open", "hold", "not answered yet: Police"),  # no day to answer by: five days
        ([{"asked": "2026-11-17"}], "worrying", "high", "silent past the time: Police"),
        ([{"answered": "refused"}], "open", "hold", "Refused to answer: Police"),
        ([{"answered": "partly"}], "open", "hold", "only in part: Police"),
        ([{"answered": "full"}], "clear", "none", ""),
        # An answer to one question is no answer to another.
        ([{"due": "2026-11-20"}, {"question": "Any warrants?", "asked": "2026-11-19", "answered": "full"}], "worrying", "high", "silent"),
        # The same question, asked again and answered.
        ([{"due": "2026-11-20"}, {"asked": "2026-11-21", "answered": "full"}], "clear", "none", ""),
    ],
)  # fmt: skip
def test_the_log_of_questions(enquiries: list[dict[str, Any]], state: str, effect: str, words: str) -> None:
    found = row(asked(*enquiries))
    assert found[:2] == (state, effect)
    assert words in found[2]


def test_each_question_is_shown_and_none_hides_another() -> None:
    tree = asked({"due": "2026-11-20"}, {"question": "Any warrants?", "asked": "2026-11-19", "answered": "full"})
    told = [(p["question"], p["state"]) for p in judge(tree)["must_ask"] if p["agency"] == "police"]
    assert sorted(told) == sorted([(QUESTION, "silent"), ("Any warrants?", "answered")])


def test_silence_of_an_agency_that_need_not_be_asked_is_a_worry_too() -> None:
    tree = settled(plain())
    tree["household"]["enquiries"] = [
        {"agency": "nrpf", "question": "Moves?", "asked": "2026-11-01", "due": "2026-11-05"}
    ]
    assert row(tree)[:2] == ("worrying", "high")


def test_the_front_door_is_asked_whenever_something_is_high() -> None:
    tree = settled(plain())
    assert "social_care" not in result_of(tree).must_ask
    high = instead(
        tree, "LS15", "unit", {**next(a for a in tree["answers"] if a["criterion"] == "LS15"), "value": "not_inspected"}
    )
    assert "social_care" in result_of(high).must_ask


@pytest.mark.parametrize(
    ("facts", "agency"),
    [
        ({"needs": ["life_sustaining"]}, "hospital"),
        ({"exploitation_sign": True, "born": "2012-01-01"}, "exploitation_hub"),
    ],
)
def test_who_else_is_asked_follows_the_child(facts: dict[str, Any], agency: str) -> None:
    tree = settled(plain())
    assert agency not in result_of(tree).must_ask
    tree["household"]["members"][1] |= facts
    assert agency in result_of(tree).must_ask


def test_who_else_is_asked_follows_the_adult_and_where_they_lived() -> None:
    tree = settled(plain())
    assert not {"mental_health", "other_council", "gp"} & set(result_of(tree).must_ask)
    tree["household"]["members"][0]["needs"] = ["mental_health"]
    tree["household"]["addresses"] = [{"kind": "former", "address": "1 Before Row", "moved_out": "2025-11-01"}]
    tree["household"]["contacts"] = [{"child": "C", "what": "clinic", "outcome": "not_brought", "critical": False}]
    assert {"mental_health", "other_council", "gp"} <= set(result_of(tree).must_ask)
    tree["household"]["addresses"][0]["moved_out"] = "2024-11-01"
    assert "other_council" not in result_of(tree).must_ask
