"""A sentence for whoever reads a page: the same fact, without the codes."""

from __future__ import annotations

import pytest

from app.suitability.advice.plain import plain, plain_source, plainly
from app.suitability.checklist.checklist import Checklist

GIVEN = "“he said E3 and P09 (CS02)”"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("An answer at E3 or better.", "Known once a named professional says so."),
        ("An answer at E2 or better.", "Known once the officer or the provider has seen it."),
        (
            "An answer at E3 or better from 2 agencies.",
            "Known once a named professional says so from 2 agencies.",
        ),
        (
            "Reassuring, but only said by an adult of the household (E1); it counts from E2.",
            "Reassuring, but only said by an adult of the household; it counts once the officer or the provider has seen it.",
        ),
        ("Find out first “Prescribed treatment” (SM03).", "Find out first “Prescribed treatment”."),
        ("answered in CS01 A cot on the first night", "answered in A cot on the first night"),
        ("CS01 and P01 together.", "“A cot on the first night” and “Reasons rest on the carer’s word” together."),
        ("Chase the answer: GP", "Get the answer: GP"),
        ("Ask each agency, note when, and chase.", "Ask each agency, note when, and ask again."),
        ("The hold stays; ask for a same-day inspection.", "That stays open; ask for a same-day inspection."),
        ("The father, Chase Example, holds the keys.", "The father, Chase Example, holds the keys."),
        ("Seen in flat E3, not brought.", "Seen in flat E3, not brought."),
        (f"Reason: {GIVEN}.", f"Reason: {GIVEN}."),
        ("Not met: 40 to 50 minutes (2026-11-23).", "Not met: 40 to 50 minutes (23 November 2026)."),
        ("safeguarding study 2026 P04; NSPCC (2026-11-23)", "safeguarding study 2026; NSPCC (23 November 2026)"),
        ("Ring 2026-13-45.", "Ring 2026-13-45."),
    ],
)
def test_a_sentence_is_read_without_codes(checklist: Checklist, said: str, read: str) -> None:
    assert plain(checklist, said) == read


def test_only_the_named_fields_are_put_in_plain_words_and_nothing_is_changed_in_place(checklist: Checklist) -> None:
    given = {"why": ["It counts (E1)."], "remedy": "Chase the answer: GP", "conditions": [{"what": "Chase the answer: GP", "owner": "E3"}], "basis": "E3"}  # fmt: skip
    made = plainly(checklist, given, "why", "remedy", "conditions")
    assert made["why"] == ["It counts."]
    assert made["remedy"] == "Get the answer: GP"
    assert made["conditions"] == [{"what": "Get the answer: GP", "owner": "E3"}]
    assert made["basis"] == "E3"
    assert given["remedy"] == "Chase the answer: GP"


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("policy, SA06", "policy"),
        ("safeguarding study 2026 CS06, CS15", "safeguarding study 2026"),
        ("safeguarding study 2026 2.0 and P25", "safeguarding study 2026 2.0"),
        ("policy, law study 2026 F3 with SA08", "policy, law study 2026"),
        ("Homelessness Code of Guidance 17.12 (2024-02-28)", "Homelessness Code of Guidance 17.12 (28 February 2024)"),
    ],
)
def test_a_source_is_read_without_the_numbers_of_a_study(source: str, read: str) -> None:
    assert plain_source(source) == read
