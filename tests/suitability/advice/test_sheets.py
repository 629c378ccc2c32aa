"""The sheet of a conversation: nobody is asked what they cannot answer, nothing that they are to be asked is missing, and what it counts as."""

from __future__ import annotations

import pytest

from app.suitability.advice.next_questions import asked_of
from app.suitability.advice.sheets import at_most, grade_in, lines
from app.suitability.assess import assess
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.conversations import Conversation
from app.suitability.reading import case_file
from tests.suitability.conftest import COUNCIL, example
from tests.suitability.households import CHECKLIST

SPEAKERS = sorted(CHECKLIST.agencies)


def judged(name: str):  # type: ignore[no-untyped-def]
    return assess(CHECKLIST, case_file.build(example(name), CHECKLIST), COUNCIL)


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_every_open_question_is_on_the_sheet_of_whoever_is_asked(name: str) -> None:
    result = judged(name)
    for row in result.rows:
        criterion = CHECKLIST.criteria[row.criterion]
        if row.is_open and not row.under and criterion.computed is None:
            code = asked_of(CHECKLIST, row).agency.code
            if code == "family" and criterion.is_asked_alone:
                continue
            found = {line.criterion: line.subjects for line in lines(CHECKLIST, result, code)}
            assert row.subject in found[row.criterion], (row.criterion, code)


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_what_somebody_fears_stands_on_no_sheet_of_the_family(name: str) -> None:
    """Who is feared may sit beside whoever is asked, and may be asked on such a sheet himself."""
    found = {line.criterion for line in lines(CHECKLIST, judged(name), "family")}
    assert found.isdisjoint({"CS16", "CS17", "CS18"})
    assert all(CHECKLIST.criteria[n].is_asked_alone for n in ("CS16", "CS17"))


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_one_line_a_question_about_everybody_and_what_is_open_first(speaker: str) -> None:
    found = lines(CHECKLIST, judged("h1"), speaker)
    assert len({line.criterion for line in found}) == len(found)
    opens = [line.is_open for line in found]
    assert opens == sorted(opens, reverse=True)
    assert all(CHECKLIST.criteria[line.criterion].computed is None for line in found)


def test_the_provider_of_h1_is_asked_for_the_cot_first_and_cannot_clear_its_own_building() -> None:
    found = {line.criterion: line for line in lines(CHECKLIST, judged("h1"), "provider")}
    assert {"CS01", "CS02", "CS08", "CS10", "CS15"} <= set(found)
    assert found["CS02"].before_keys
    assert found["CS15"].counts_once == (), "its own log of what happened counts, beside another agency's"
    assert "CS06" not in found, "nobody takes its word on its own mould"
    assert "SM03" not in found, "no landlord hears of treatment"


def test_no_agency_is_asked_about_what_another_only_may_answer() -> None:
    for line in lines(CHECKLIST, judged("h1"), "health_visiting"):
        only = CHECKLIST.criteria[line.criterion].only_from
        assert bool(line.counts_once) == bool(only and "health_visiting" not in only)


def held(speaker: str, **more: object) -> Conversation:
    whom = {"family": "A1", "agency": "gp"}.get(speaker)
    return Conversation.model_validate({"key": "K", "speaker": speaker, "who": whom, **more})


@pytest.mark.parametrize(
    ("speaker", "alone", "named", "expected"),
    [
        ("family", None, True, Grade.E1), ("family", True, True, Grade.E1S), ("family", False, True, Grade.E1),
        ("provider", None, True, Grade.E2), ("provider", None, False, Grade.E1), ("agency", None, True, Grade.E3),
        ("agency", None, False, Grade.E1), ("seen", None, False, Grade.E2), ("document", None, False, Grade.E4),
    ],
)  # fmt: skip
def test_what_a_speaker_counts_as(speaker: str, alone: bool | None, named: bool, expected: Grade) -> None:
    assert at_most(speaker, alone, named) is expected


@pytest.mark.parametrize("name", sorted(CHECKLIST.criteria))
def test_no_question_counts_for_more_than_it_may(name: str) -> None:
    """A survivor's own word is enough only about where they are safe; nothing counts for more than its conversation."""
    criterion = CHECKLIST.criteria[name]
    alone = grade_in(held("family", alone=True, grade="E1s"), criterion)
    assert (alone is Grade.E1S) == (criterion.survivors_word or criterion.survivor_only or criterion.asked_first)
    for speaker, grade in (
        ("provider", "E2"),
        ("provider", "E1"),
        ("agency", "E3"),
        ("family", "E1"),
        ("document", "E4"),
    ):
        assert grade_in(held(speaker, grade=grade), criterion) is Grade(grade)


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_a_sheet_of_the_family_begins_with_what_a_parent_is_first_to_be_asked_in_their_order(name: str) -> None:
    found = [line for line in lines(CHECKLIST, judged(name), "family") if line.is_open]
    first = [line.first for line in found]
    assert any(first)
    assert first == sorted(first, reverse=True)
    asked = [CHECKLIST.criteria[line.criterion] for line in found if line.first]
    assert [c.parents_order for c in asked] == sorted(c.parents_order for c in asked)
    assert [line.words for line in found if line.first] == [c.parents_words for c in asked]
    applies = {row.criterion for row in judged(name).rows if row.is_open and not row.under}
    assert {c.id for c in asked} == {c.id for c in CHECKLIST.criteria.values() if c.parents_order and c.id in applies}


@pytest.mark.parametrize("speaker", [s for s in SPEAKERS if s != "family"])
def test_nobody_else_is_asked_in_a_parent_s_words(speaker: str) -> None:
    words = {c.parents_words for c in CHECKLIST.criteria.values() if c.parents_words}
    for line in lines(CHECKLIST, judged("h1"), speaker):
        assert not line.first
        assert line.words not in words


def test_a_parent_s_clear_word_says_whose_it_waits_for() -> None:
    found = {line.criterion: line for line in lines(CHECKLIST, judged("h1"), "family")}
    assert found["CS01"].counts_once == ("provider",), "a cot is to be seen"
    assert found["SA01"].counts_once == ("gp",)
    assert found["SA11"].counts_once == (), "what they have for tonight they know themselves"
