"""The sentences a lead signs: each has its placeholders and no other, and earlier versions say what their code said."""

from __future__ import annotations

import re

import pytest

from app.checklists import COUNCIL, PATTERNS, read_texts
from app.suitability.checklist import earlier
from app.suitability.checklist.located_yaml import ChecklistError
from app.suitability.checklist.read_patterns import WITH_REMEDY
from app.suitability.checklist.sentences import SENTENCES
from tests.suitability.checklist.test_sign_of import before_policy, of_version
from tests.suitability.households import CHECKLIST

TEXTS = read_texts()

MISTAKES = [
    (COUNCIL, "{offer}: in place; or", "{ofer}: in place; or", "Did you mean “{offer}”?"),
    (COUNCIL, "{offer}: in place; or", "{elsewhere}: in place; or", "nothing is put in for “{elsewhere}”"),
    (COUNCIL, "{offer}: in place; or", "It is in place; or", "must say “{offer}”"),
    (COUNCIL, "{offer}: in place; or", "{offer: in place; or", "in the words “remedy_medium”"),
    (COUNCIL, "{offer}: in place; or", "offer}: in place; or", "is not closed"),
    (COUNCIL, "{offer}: in place; or", "{offer!r}: in place; or", "nothing is put in"),
    (COUNCIL, 'remedy_low: {text: "Nothing', 'remedy_low: {text: "{offer} Nothing', "nothing is put in for “{offer}”"),
    (COUNCIL, "  remedy_low: {", "  remedy_lov: {", "missing: “remedy_low”"),
    (PATTERNS, ', remedy: "A lead professional who has accepted."', "", "pattern P13 must say “remedy”"),
    (PATTERNS, 'remedy: "A lead professional who has accepted."', 'remedy: " "', "the remedy of pattern P13 is empty"),
    (PATTERNS, "name: An impression was relied on,", "name: An impression, remedy: More,", "pattern P05 carries no effect"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "was", "now", "said"), MISTAKES)
def test_a_mistake_in_a_sentence_is_refused_with_file_and_line(file: str, was: str, now: str, said: str) -> None:
    text = TEXTS[file]
    assert was in text
    line = text[: text.index(was)].count("\n") + 1
    place = rf"{file}, line \d+: " if "missing" in said else rf"{file}, line {line}: "
    with pytest.raises(ChecklistError, match=f"{place}.*{re.escape(said)}"):
        of_version("2026.4", {**TEXTS, file: text.replace(was, now, 1)})


@pytest.mark.parametrize("version", ["2026.1", "2026.2", "2026.3"])
def test_an_earlier_version_says_what_its_code_said(version: str) -> None:
    found = of_version(version, before_policy())
    assert {name: found.words[name] for name in SENTENCES} == earlier.words(version != "2026.1")
    assert {p.id: p.remedy for p in found.patterns.values() if p.remedy} == earlier.PATTERN_REMEDIES


def test_before_the_amendments_no_plan_had_a_latest_day() -> None:
    assert "{days}" in earlier.words(amended=True)["remedy_high"]
    assert "{days}" not in earlier.words(amended=False)["remedy_high"]


def test_what_an_earlier_file_says_itself_stands_before_what_its_code_said() -> None:
    texts = {**before_policy(), COUNCIL: TEXTS[COUNCIL].replace("Nothing is needed: it is noted.", "It is noted.")}
    assert of_version("2026.3", texts).words["remedy_low"] == "It is noted."


def test_every_pattern_with_an_effect_of_its_own_says_what_ends_it() -> None:
    assert {p.id for p in CHECKLIST.patterns.values() if p.remedy} == WITH_REMEDY == earlier.PATTERN_REMEDIES.keys()
