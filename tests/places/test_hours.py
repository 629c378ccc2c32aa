"""Hours in words: only what is certain counts as open; all else is not known, and its words are kept."""

from __future__ import annotations

import pytest

from app.places.directory.importers.hours import DAYS, by_day, spans, weekly

DAY = [("09:00", "17:00")]


@pytest.mark.parametrize(
    ("said", "is_"),
    [
        ("09:00-17:00", DAY),
        ("9:00 - 17:00", DAY),
        ("09.00 to 17.00", DAY),
        ("9am-5pm", DAY),
        ("9 a.m. to 5 p.m.", DAY),
        ("09:00–13:00, 14:00–18:00", [("09:00", "13:00"), ("14:00", "18:00")]),
        ("09:00-13:00,14:00-18:00", [("09:00", "13:00"), ("14:00", "18:00")]),
        ("09:00-13:00 and 14:00-18:00", [("09:00", "13:00"), ("14:00", "18:00")]),
        ("08:00-00:00", [("08:00", "24:00")]),
        ("24 hours", [("00:00", "24:00")]),
        ("Closed", []),
        ("CLOSED", []),
        ("00:00-00:00", []),
        ("", None),
        # formats-and-pdf.md F15
        ("09:00-17:00 (by appointment)", None),
        ("09:00-13:00, 14:00-", None),
        ("09:00-13:00, ", None),
        ("09:00-", None),
        ("-17:00", None),
        ("9-5", None),
        ("by appointment", None),
        ("09:00-17:00 term time", None),
        ("term time only 09:00-12:00", None),
        ("alternate weeks 09:00-12:00", None),
        ("first Monday 09:00-12:00", None),
        ("from 09:00", None),
        ("22:00-02:00", None),
        ("25:00-26:00", None),
        ("09:00-17:60", None),
        ("13am-5pm", None),
        ("09:00-12:00 drop in", None),
        ("09:00-17:00 closed for lunch", None),
        ("see website", None),
    ],
)  # fmt: skip
def test_only_what_is_certain_is_open(said: str, is_: list[tuple[str, str]] | None) -> None:
    assert spans(said) == (None if is_ is None else tuple(is_))


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("mon-fri 09:00-18:00; sat 09:00-13:00", "mon tue wed thu fri sat"),
        ("Monday to Friday 09:00-18:00", "mon tue wed thu fri"),
        ("mon, wed & fri 09:00-12:00", "mon wed fri"),
        ("sat-mon 10:00-12:00", "sat sun mon"),
        ("mon-fri: 09:00-18:00; sun closed", "mon tue wed thu fri"),
        ("first Monday 09:00-12:00", None),
        ("1st mon 09:00-12:00", None),
        ("alternate mondays 09:00-12:00", None),
        ("mon (term time) 09:00-12:00", None),
        ("mon 09:00-12:00 term time", None),
        ("mon-fri 09:00-18:00; by appointment", None),
        ("mon-fri 09:00-13:00, 14:00-; sat 09:00-13:00", None),
        ("month of May 09:00-12:00", None),
        ("mon, mon 09:00-12:00", None),
        ("daily 09:00-17:00", None),
    ],
)  # fmt: skip
def test_a_week_in_words(said: str, days: str | None) -> None:
    found = weekly(said)
    assert found.said == ("" if days else said)
    assert (None if found.week is None else " ".join(dict.fromkeys(s["day"] for s in found.week))) == days


def test_one_day_that_is_not_certain_makes_the_week_not_known_and_its_words_are_kept() -> None:
    week = dict.fromkeys(DAYS, "09:00-17:00") | {"sat": "09:00-13:00, 14:00-", "sun": "Closed"}
    found = by_day(week)
    assert found.week is None
    assert "Sat 09:00-13:00, 14:00-" in found.said
    assert "Sun Closed" in found.said
    assert by_day(week | {"sat": "09:00-13:00"}).week is not None
    assert by_day({"mon": "09:00-17:00"}).week is None
