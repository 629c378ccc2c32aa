"""The counting layer of script/bench --officer, on what can be counted by hand."""

from __future__ import annotations

import sys

import pytest

from app.settings import ROOT

sys.path.insert(0, str(ROOT / "script"))

import bench_officer
from officer_hands import Count, keys_of, words_in


@pytest.mark.parametrize(("text", "keys"), [("cot", 3), ("Cot", 4), ("B11 1AA", 10), ("“no”", 6), ("7/8", 3), ("", 0)])
def test_a_shift_is_a_key(text: str, keys: int) -> None:
    assert keys_of(text) == keys


@pytest.mark.parametrize(
    ("text", "words"),
    [("Who is it about?", 4), ("Don’t know – yet", 3), ("£12.50 a night", 3), ("6-8 week check", 3), ("–", 0)],
)
def test_words_are_counted_as_they_are_read(text: str, words: int) -> None:
    assert words_in(text) == words


def test_the_model_adds_what_was_published() -> None:
    count = Count(clicks=1, keystrokes=10, pointings=1, hand_moves=2, thoughts=1, words=4, dictated=5)
    assert count.seconds() == pytest.approx(11 * 0.28 + 1.1 + 2 * 0.4 + 1.35 + 1)
    assert count.spare() == pytest.approx(count.seconds() - 5 * 0.28)


def test_what_was_not_typed_is_found_whatever_the_keys_and_the_order() -> None:
    def told(key: str, *notes: str) -> dict[str, object]:
        return {
            "household": {"members": [{"key": key, "name": "Billy"}], "reference": key},
            "placement": {"floor": 2},
            "answers": [{"subject": key, "note": note} for note in notes],
        }

    typed = bench_officer.by_name(told("C1", "b", "a"))
    assert not bench_officer.missing(bench_officer.by_name(told("B1", "a", "b")), typed, "X")
    assert "'note': 'c'" in bench_officer.missing(bench_officer.by_name(told("B1", "c")), typed, "X")
