"""Conversations in a case file: what an answer leaves out and they say; what they put to an agency; what cannot be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.checklists import read_folder
from app.suitability.advice.report import assessed
from app.suitability.casefile.codes import Grade
from app.suitability.reading import case_file
from app.suitability.reading.case_file import CaseFile, CaseFileError
from tests.suitability.conftest import COUNCIL, answer, small

POLICE = {
    "key": "K1", "speaker": "agency", "who": "police", "source": {"name": "Sgt Invented", "role": "Sergeant", "agency": "Neighbourhood team"},
    "how": "telephone", "on": "2026-11-23", "at": "17:01", "grade": "E3", "came": "answered", "question": "Address compatible?", "due": "2026-11-23",
    "answered_on": "2026-11-23",
}  # fmt: skip


def read(**more: Any) -> CaseFile:
    return case_file.parse(json.dumps(small(**more)), read_folder())


def problems(**more: Any) -> list[tuple[str, str]]:
    with pytest.raises(CaseFileError) as told:
        read(**more)
    return told.value.problems


def within(criterion: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"criterion": criterion, "subject": "unit", "value": value, "conversation": "K1", **more}


def test_an_answer_has_source_grade_and_day_of_its_conversation() -> None:
    (found,) = read(household__conversations=[POLICE], answers=[within("CS15", "none_known")]).answers
    assert (found.source.name, found.source.code, found.grade, str(found.on)) == (
        "Sgt Invented",
        "police",
        Grade.E3,
        "2026-11-23",
    )


def test_it_may_count_as_less_and_never_as_more() -> None:
    (found,) = read(household__conversations=[POLICE], answers=[within("CS15", "none_known", grade="E1")]).answers
    assert found.grade is Grade.E1
    assert problems(household__conversations=[POLICE], answers=[within("CS15", "none_known", grade="E4")]) == [
        ("answers[0].grade", "An answer counts as no more than its conversation: E3, and this one says E4.")
    ]


def test_an_agency_of_the_list_is_that_one_whatever_it_is_called() -> None:
    """“Neighbourhood team” is known to nobody; chosen from the list as the police its word counts where the police's does."""
    whole = {"household__conversations": [POLICE], "answers": [within("CS15", "none_known")]}
    written = {
        "answers": [
            answer(
                "CS15",
                "none_known",
                grade="E3",
                source={"name": "Sgt Invented", "role": "Sergeant", "agency": "Neighbourhood team"},
            )
        ]
    }
    chosen, typed = (assessed(read_folder(), read(**each), COUNCIL) for each in (whole, written))
    why = [[f["why"][0] for f in found["findings"] if f["criterion"] == "CS15"] for found in (typed, chosen)]
    assert why == [
        ["Reassuring, but not from one of those whose word counts here."],
        ["1 of 2 different agencies have answered."],
    ]


@pytest.mark.parametrize("came", ["asked", "silent", "partly", "refused", "answered"])
def test_a_question_put_in_a_conversation_is_one_put_by_itself(came: str) -> None:
    """The rules read the same from both, whatever came of it."""
    answered = {"partly": "partly", "refused": "refused", "answered": "full"}.get(came)
    day = {"answered_on": "2026-11-21"} if answered else {}
    held = {**POLICE, "on": "2026-11-16", "due": "2026-11-18", "came": came}
    held = {k: v for k, v in held.items() if k != "answered_on"} | day
    listed = {"agency": "police", "question": "Address compatible?", "asked": "2026-11-16", "due": "2026-11-18", **day}
    listed |= {"answered": answered} if answered else {}
    one = assessed(read_folder(), read(household__conversations=[held]), COUNCIL)
    other = assessed(read_folder(), read(household__enquiries=[listed]), COUNCIL)
    assert one == other


BAD = [
    ("an agency that is not one", {"who": "polcie"}, "household.conversations[0].who", "Did you mean “police”?"),
    ("held tomorrow", {"on": "2026-11-24", "answered_on": "2026-11-24"}, "household.conversations[0].on", "after the day of the assessment"),
    ("answered before it was asked", {"answered_on": "2026-11-22"}, "household.conversations[0]", "answered before it was asked"),
    ("with nobody", {"who": None}, "household.conversations[0]", "with whom"),
    ("with somebody of another family", {"speaker": "family", "who": "Z"}, "household", "who is not a member"),
    ("at an hour that is none", {"at": "25:00"}, "household.conversations[0].at", ""),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "path", "said"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_what_cannot_be_is_named(changed: dict[str, Any], path: str, said: str) -> None:
    found = problems(household__conversations=[{**POLICE, **changed}])
    assert [p for p, _ in found] == [path]
    assert said in found[0][1]


def test_a_conversation_that_is_not_there_is_named() -> None:
    lost = answer("CS15", "none_known", conversation="K9")
    assert ("answers[0].conversation", "There is no conversation “K9”.") in problems(answers=[lost])
    twice = problems(household__conversations=[POLICE, POLICE])
    assert "Two conversations have the key “K1”" in twice[0][1]
