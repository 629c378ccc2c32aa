"""What publishers call things: each table with its source, each word looked up as written, each that matches nothing counted."""

from __future__ import annotations

from datetime import date

import pytest

from app.places.directory.importers.found import KINDS
from app.places.directory.vocabulary import meaning, vocabularies
from app.places.files import Problems

STATUSES = {"open", "closing", "closed", "unconfirmed"}


def test_every_table_says_whose_it_is_and_when_it_was_looked_at() -> None:
    tables = vocabularies()
    assert {
        "cqc.service_types",
        "cqc.specialisms",
        "nhsbsa.contracts",
        "ods.settings",
        "ods.status",
        "gias.phases",
    } <= set(tables)
    for name, table in tables.items():
        assert all((table.title, table.publisher, table.version)), name
        assert "https://" in table.source, name
        assert date.fromisoformat(table.checked) <= date(2026, 11, 30), name
        if name in ("open_referral.freq", "open_referral.attending"):  # how a schedule recurs, and where one attends
            continue
        meant = set(table.words.values()) - {""}
        allowed = STATUSES if name.endswith(".status") else {"successor"} if name == "gias.links" else set(KINDS)
        assert meant <= allowed, name


@pytest.mark.parametrize(
    ("table", "word", "means"),
    [
        ("cqc.service_types", "Community services - Substance abuse", "drug_alcohol"),
        ("cqc.service_types", "community services – substance abuse ", "drug_alcohol"),
        ("cqc.service_types", "Homecare agencies", ""),
        ("cqc.service_types", "Doctors/Gps", ""),
        ("cqc.specialisms", "Substance misuse problems", ""),
        ("nhsbsa.contracts", "DAC", ""),
        ("nhsbsa.contracts", "community", "pharmacy"),
        ("ods.settings", "RO76", "gp"),
        ("ods.settings", "", ""),
        ("gias.phases", "All-through", "school"),
        ("open_referral.terms", "Children’s Centre", "family_hub"),
        ("open_referral.terms", "Basket weaving", None),
    ],
)  # fmt: skip
def test_a_word_means_what_its_publisher_means(table: str, word: str, means: str | None) -> None:
    problems = Problems()
    assert meaning(table, word, problems) == means
    assert dict(problems.unmatched) == ({} if means is not None else {(table, word): 1})


def test_a_file_of_nothing_but_unknown_words_is_counted_and_does_not_grow_without_end() -> None:
    problems = Problems()
    for number in range(2000):
        meaning("open_referral.terms", f"Basket {number} " + "x" * 100, problems)
    assert sum(problems.unmatched.values()) == 2000
    assert len(problems.unmatched) == Problems.MOST_WORDS + 1
    assert max(len(word) for _, word in problems.unmatched) <= Problems.LONGEST_WORD
