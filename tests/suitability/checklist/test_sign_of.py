"""Which rows are signs of means, of harm, or of a shortage of places: as a lead signed it, and as it was before 2026.4."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from app.checklists import COUNCIL, FILES, PATTERNS, RULES, read_texts
from app.suitability.checklist.checklist import Checklist, load
from app.suitability.checklist.sentences import SENTENCES
from tests.suitability.households import CHECKLIST

SIGN_OF = {
    "means": "CS05 CS06 CS07 SM06 SA06 SA08 SA11 LS12 LS13 LS14 LS20 LS31",
    "harm": "CS03 CS04 CS14 CS15 CS16 CS17 CS18 CS19 CS20 CS21 CS22 CS23 CS26 SM01 SM02 SM04 SM05 SM07 SM09 SM10 SM11 SM12"
    " SM13 SM14 SM15 SM16 SA05 IS06 IS10 LS06 LS35",
    "shortage": "CS02 LS08 LS09",
}


def _by_sign(checklist: Checklist) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for criterion in checklist.criteria.values():
        if criterion.sign_of:
            found.setdefault(criterion.sign_of, []).append(criterion.id)
    return {sign: " ".join(names) for sign, names in found.items()}


def of_version(version: str, texts: Mapping[str, str]) -> Checklist:
    """A checklist as it would be frozen under a version."""
    texts = {name: re.sub(r'^version: ".*"$', f'version: "{version}"', texts[name], flags=re.M) for name in FILES}
    return load({name: texts[name] for name in RULES if name != PATTERNS}, texts[COUNCIL], texts[PATTERNS])


def before_policy() -> dict[str, str]:
    """The files as a version before 2026.4 has them: without what its code said."""
    said = rf"^    sign_of: .*\n|^  (?:{'|'.join(SENTENCES)}): .*\n|, remedy: \"[^\"]*\""
    return {name: re.sub(said, "", text, flags=re.M) for name, text in read_texts().items()}


def test_every_sign_is_as_it_was_signed_off() -> None:
    assert _by_sign(CHECKLIST) == SIGN_OF


@pytest.mark.parametrize("version", ["2026.1", "2026.2", "2026.3"])
def test_an_earlier_version_has_the_signs_its_code_had(version: str) -> None:
    assert _by_sign(of_version(version, before_policy())) == SIGN_OF


def test_a_version_that_says_no_sign_has_none() -> None:
    unsaid = {name: re.sub(r"^    sign_of: .*\n", "", text, flags=re.M) for name, text in read_texts().items()}
    assert _by_sign(of_version("2026.5", unsaid)) == {}
