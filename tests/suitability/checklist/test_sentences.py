"""The sentences a lead signs: each has its placeholders and no other, and earlier versions say what their code said."""

from __future__ import annotations

import re

import pytest

from app.checklists import COUNCIL, PATTERNS, read_texts
from app.suitability.checklist import earlier
from app.suitability.checklist.located_yaml import ChecklistError
from app.suitability.checklist.read_patterns import WITH_REMEDY
from app.suitability.checklist.sentences import SENTENCES, SENTENCES_2026_4
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
        of_version("2026.5", {**TEXTS, file: text.replace(was, now, 1)})


@pytest.mark.parametrize("version", ["2026.1", "2026.2", "2026.3"])
def test_an_earlier_version_says_what_its_code_said(version: str) -> None:
    found = of_version(version, before_policy())
    assert {name: found.words[name] for name in SENTENCES} == earlier.words(version != "2026.1", says_policy=False)
    assert {p.id: p.remedy for p in found.patterns.values() if p.remedy} == earlier.PATTERN_REMEDIES


def test_before_the_amendments_no_plan_had_a_latest_day() -> None:
    assert "{days}" in earlier.words(amended=True, says_policy=False)["remedy_high"]
    assert "{days}" not in earlier.words(amended=False, says_policy=False)["remedy_high"]


def _of_2026_4() -> dict[str, str]:
    """The files as version 2026.4 has them: what it says itself as it said it then, and nothing that came later."""
    said = earlier.words(amended=True, says_policy=False)
    later = "|".join(earlier.words(amended=True, says_policy=True))
    council = re.sub(rf"^  (?:{later}): .*\n", "", TEXTS[COUNCIL], flags=re.M)
    for name in said:
        council = re.sub(rf'(^  {name}: {{text: )"[^"]*"', lambda m, n=name: f'{m[1]}"{said[n]}"', council, flags=re.M)
    return {**TEXTS, COUNCIL: council}


def test_version_2026_4_says_its_own_sentences_and_of_the_others_what_its_code_said() -> None:
    found = of_version("2026.4", _of_2026_4())
    assert {name: found.words[name] for name in SENTENCES} == earlier.words(amended=True, says_policy=False)
    assert "{grade}" in found.words["remedy_open"]
    assert "({criterion})" in found.words["row_named"]


def test_a_file_of_2026_4_is_told_at_once_what_it_lacks_and_what_is_no_longer_put_in() -> None:
    later = sorted(earlier.words(amended=True, says_policy=True))
    with pytest.raises(ChecklistError, match="are missing: ") as refused:
        of_version("2026.5", _of_2026_4())
    missing, by_code = str(refused.value).split("still put in a grade by its code")
    assert re.findall("“(.+?)”", missing) == later
    assert re.findall("“(.+?)”", by_code) == sorted(SENTENCES_2026_4)


def test_no_sentence_of_today_puts_in_a_code() -> None:
    """Who reads them knows no grade and no question by its code."""
    assert not {"grade", "criterion", "criteria"} & frozenset[str]().union(*SENTENCES.values())


def test_what_an_earlier_file_says_itself_stands_before_what_its_code_said() -> None:
    texts, signed = before_policy(), re.search(r"^  remedy_low: .*\n", TEXTS[COUNCIL], flags=re.M)
    assert signed is not None
    own = signed[0].replace("Nothing is needed: it is noted.", "It is noted.")
    texts[COUNCIL] = texts[COUNCIL].replace("words:\n", f"words:\n{own}", 1)
    assert of_version("2026.3", texts).words["remedy_low"] == "It is noted."


def test_every_pattern_with_an_effect_of_its_own_says_what_ends_it() -> None:
    assert {p.id for p in CHECKLIST.patterns.values() if p.remedy} == WITH_REMEDY == earlier.PATTERN_REMEDIES.keys()
