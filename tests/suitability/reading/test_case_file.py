"""A case file that cannot be used says where and why, and what was meant."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from app.checklists import read_folder
from app.suitability.reading import case_file
from app.suitability.reading.case_file import CaseFileError
from tests.suitability.conftest import answer, example, small


def problems(tree: Any) -> list[tuple[str, str]]:
    with pytest.raises(CaseFileError) as told:
        case_file.parse(tree if isinstance(tree, str) else json.dumps(tree), read_folder())
    return told.value.problems


BAD: list[tuple[str, Any, str, str]] = [
    ("a misspelt key", small(household__lead_profesional={}), "household.lead_profesional", "Did you mean “lead_professional”?"),
    ("a misspelt criterion", small(answers=[answer("CS155", "x")]), "answers[0].criterion", "Did you mean “CS15”?"),
    ("a misspelt option", small(answers=[answer("CS15", "none_know")]), "answers[0].value", "Did you mean “none_known”?"),
    ("a person who is not there", small(answers=[answer("SM01", "none", subject="Z")]), "answers[0].subject", "is not asked about “Z”"),
    ("an answer from tomorrow", small(answers=[answer("CS15", "none_known", on="2026-11-24")]), "answers[0].on", "after the day"),
    ("born in the future", small(household__members=[{"key": "C", "name": "C", "kind": "child", "born": "2027-01-01"}]), "household.members[0].born", "future"),
    ("due in three years", small(household__members=[{"key": "U", "name": "U", "kind": "unborn", "due": "2029-11-23"}]), "household.members[0].due", "farther away than a pregnancy lasts"),
    ("a room of nothing", small(placement__rooms=[{"use": "bedroom", "area_m2": "0"}]), "placement.rooms[0].area_m2", "more than 0.5"),
    ("a room of 4,000 square metres", small(placement__rooms=[{"use": "bedroom", "area_m2": "4000"}]), "placement.rooms[0].area_m2", "less than"),
    ("200 members", small(household__members=[{"key": f"C{n}", "name": "C", "kind": "child"} for n in range(200)]), "household.members", "40"),
    ("a note of 2 MB", small(household__left_note="x" * 2_000_000), "household.left_note", "8,000"),
    ("nothing", {}, "household", "missing"),
    ("the same key twice", '{"on": "2026-11-23", "on": "2026-11-24"}', "(file)", "said twice"),
    ("not JSON", "{", "(file)", "line 1"),
    ("nested without end", "[" * 100_000, "(file)", "nested too deeply"),
    ("not a number", '{"on": NaN}', "(file)", "NaN"),
    ("another format", small(format="case-by-case/2"), "format", "case-by-case/1"),
    ("a computed question answered", small(answers=[answer("LS13", "x", subject="household")]), "answers[0].value", "worked out from facts"),
    ("a clear answer beside a worrying one", small(household__members=[{"key": "B", "name": "B", "kind": "child", "born": "2026-10-01"}], answers=[answer("CS03", ["none", "smoker"], subject="B")]), "answers[0].value", "cannot stand beside"),
    ("a setting that is not one", small(settings={"share_day": 4}), "settings.share_day", "Did you mean “share_days”?"),
    ("an agency that is not one", small(household__enquiries=[{"agency": "polcie", "question": "Known?", "asked": "2026-11-20"}]), "household.enquiries[0].agency", "Did you mean “police”?"),
    ("asked tomorrow", small(household__enquiries=[{"agency": "police", "question": "Known?", "asked": "2026-11-24"}]), "household.enquiries[0].asked", "after the day"),
    ("the way of somebody else", small(journeys=[{"person": "Z", "kind": "school", "low": 1, "high": 2, "method": "journey_check"}]), "journeys[0].person", "Nobody here is “Z”"),
    ("a way to nothing known", small(journeys=[{"person": "C", "kind": "scool", "low": 1, "high": 2, "method": "journey_check"}]), "journeys[0].kind", "Did you mean “school”?"),
    ("a way that ends before it begins", small(journeys=[{"person": "C", "kind": "school", "low": 3, "high": 2, "method": "journey_check"}]), "journeys[0].high", "shorter"),
    ("a way found otherwise", small(journeys=[{"person": "C", "kind": "school", "low": 1, "high": 2, "method": "guess"}]), "journeys[0].method", "not one of"),
    ("a pattern that is not one", small(pattern_answers=[{"pattern": "P28", "subject": "household", "by": "Olu", "reason": "Considered, as seen.", "on": "2026-11-23"}]), "pattern_answers[0].pattern", "There is no pattern “P28”"),
    ("a pattern about nobody", small(pattern_answers=[{"pattern": "P01", "subject": "Z", "by": "Olu", "reason": "Considered, as seen.", "on": "2026-11-23"}]), "pattern_answers[0].subject", "Nobody here is “Z”"),
    ("a contact of nobody", small(household__contacts=[{"child": "Z", "what": "check", "outcome": "kept"}]), "household", "who is not a member"),
    ("an outcome of its own", small(household__contacts=[{"child": "C", "what": "check", "outcome": "dna"}]), "household.contacts[0].outcome", "not one of"),
    ("an event of nobody", small(household__events=[{"kind": "move", "on": "2026-11-01", "who": "Z"}]), "household", "who is not a member"),
    ("a mother who is not there", small(household__members=[{"key": "C", "name": "C", "kind": "child", "mother": "Z"}]), "household", "who is not a member"),
    ("a mapping where a word belongs", small(answers=[answer("CS15", {"x": 1})]), "answers[0].value", "takes one option"),
    ("a pattern as a question", small(answers=[answer("P01", "x", subject="household")]), "answers[0].criterion", "There is no criterion “P01”"),
    ("true for a number of minutes", small(answers=[answer("SA06", True, subject="C")]), "answers[0].value", "An answer is an option"),
    ("true for a number of nights", small(placement__nights=True), "placement.nights", "whole number"),
    ("a list where one option belongs", small(answers=[answer("CS15", ["past"])]), "answers[0].value", "takes one option"),
    ("nothing known, in a list", small(household__members=[{"key": "B", "name": "B", "kind": "child", "born": "2026-10-01"}], answers=[answer("CS03", ["unknown"], subject="B")]), "answers[0].value", "by itself"),
    ("none of these, and of the rest not known", small(household__members=[{"key": "B", "name": "B", "kind": "child", "born": "2026-10-01"}], answers=[answer("CS03", ["none", "unknown"], subject="B")]), "answers[0].value", "cannot stand beside"),
    ("a baby typed as an adult", small(household__members=[{"key": "B", "name": "B", "kind": "adult", "born": "2026-06-01"}]), "household.members[0].born", "under 16: enter them as a child"),
    ("answered before it was asked", small(household__enquiries=[{"agency": "police", "question": "Known?", "asked": "2026-11-20", "answered": "full", "answered_on": "2026-11-01"}]), "household.enquiries[0].answered_on", "before it was asked"),
    ("a misspelt agency of the household", small(household__agencies=["helth_visiting"]), "household.agencies[0]", "Did you mean “health_visiting”?"),
    ("a list where names belong", small(household=[]), "household", "names with values"),
    ("names where a list belongs", small(answers={}), "answers", "a list"),
    ("a date as it is spoken", small(on="27/11/2026"), "on", "YYYY-MM-DD"),
    ("a date before anybody was born", small(on="1850-01-01"), "on", "1900-01-01"),
    ("a key with a space", small(household__members=[{"key": "a b", "name": "B", "kind": "child"}]), "household.members[0].key", "40 letters"),
    ("a council by its name", small(council="Birmingham"), "council", "E, W, S or N"),
    ("maybe", small(placement__gas="maybe"), "placement.gas", "leave it out where it is not known"),
    ("an empty file", " \n", "(file)", "empty"),
    ("danger in a word of its own", small(danger=["fire"]), "danger[0]", "not one of"),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "path", "words"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_a_mistake_is_named_with_its_place(tree: Any, path: str, words: str) -> None:
    found = problems(tree)
    assert [p for p, sentence in found if p == path and words in sentence], found


def test_control_and_bidirectional_characters_never_get_in() -> None:
    tree = small(household__reference="A\u202eB\x00C\u2066D")
    assert case_file.build(tree, read_folder()).household.reference == "ABCD"


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_an_example_survives_reading_and_writing(name: str) -> None:
    first = case_file.build(example(name), read_folder())
    again = case_file.build(json.loads(json.dumps(first.as_json())), read_folder())
    assert again == first


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_the_published_schema_accepts_the_examples_and_refuses_a_misspelt_key(name: str) -> None:
    schema = case_file.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    tree = example(name)
    assert list(validator.iter_errors(tree)) == []
    tree["household"]["memebrs"] = []
    assert list(validator.iter_errors(tree)) != []


def test_no_sentence_is_in_the_words_of_a_library() -> None:
    for _, tree, _, _ in BAD:
        for path, sentence in problems(tree):
            said = f"{path}: {sentence}"
            assert not [w for w in ("Input", "constrained", "valid ", "datetime", "tuple", "Decimal") if w in said], (
                said
            )


def test_a_file_that_an_editor_began_with_a_mark_is_read() -> None:
    checklist = read_folder()
    text = json.dumps(example("h2"))
    assert case_file.parse("\ufeff" + text, checklist) == case_file.parse(text, checklist)
