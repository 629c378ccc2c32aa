"""A case file that cannot be used says where and why, and what was meant."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from app.checklists import read_folder
from app.suitability import case_file
from app.suitability.case_file import CaseFileError

from .conftest import answer, example, small


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
    ("a room of nothing", small(placement__rooms=[{"use": "bedroom", "area_m2": "0"}]), "placement.rooms[0].area_m2", "greater than"),
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
    ("a mapping where a word belongs", small(answers=[answer("CS15", {"x": 1})]), "answers[0].value", "has no option"),
    ("a pattern as a question", small(answers=[answer("P01", "x", subject="household")]), "answers[0].criterion", "There is no criterion “P01”"),
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
