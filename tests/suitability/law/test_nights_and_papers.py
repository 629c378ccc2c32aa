"""Rows worked out from a stay under way, from papers and their dates, and from who is involved."""

from __future__ import annotations

import pytest

from tests.suitability.facts.test_computed_rows import SHARED, base, changed, state
from tests.suitability.households import answered, instead


@pytest.mark.parametrize(
    ("starts", "on", "nights", "expected"),
    [
        # Pickford v Sandwell: placed on 9 October 2023, lawful to 19 November, a breach from the 20th.
        ("2023-10-09", "2023-11-19", 42, ("worrying", "high")),
        ("2023-10-09", "2023-11-20", 43, ("worrying", "stop")),
        ("2023-10-09", "2023-11-20", 7, ("worrying", "stop")),  # the stay that was planned is over, and they are there
        ("2023-10-09", "2023-11-05", 30, ("worrying", "high")),  # night 28
        ("2023-10-09", "2023-11-04", 30, ("clear", "none")),  # night 27
        ("2023-10-09", "2023-10-09", 42, ("clear", "none")),
        ("2023-10-09", "2023-10-08", 42, ("clear", "none")),  # begins tomorrow
    ],
)
def test_the_nights_of_a_stay_under_way_count(starts: str, on: str, nights: int, expected: tuple[str, str]) -> None:
    tree = changed(placement__starts=starts, placement__nights=nights)
    tree |= {"on": on, "answers": []}
    tree["household"]["lead_professional"] = None
    tree["placement"] |= {**SHARED, "notice_sent": None}
    tree["household"]["enquiries"] = []
    assert state(tree, "LS09", "household") == expected


def test_the_forty_two_nights_are_a_rule_for_families() -> None:
    tree = changed(household__bed_and_breakfast=[{"first": "2026-10-01", "last": "2026-11-22"}], household__contacts=[])
    tree["placement"] |= SHARED
    tree["household"]["members"] = tree["household"]["members"][:1]
    tree["answers"] = [a for a in tree["answers"] if a["subject"] != "C"]
    assert state(tree, "LS09", "household") == ("not asked", "")


@pytest.mark.parametrize(
    ("kind", "issued", "expires", "expected"),
    [
        ("gas", None, "2028-01-01", "clear"),
        ("gas", "2025-12-24", "2028-01-01", "clear"),  # twelve months: to 23 December 2026, past the stay
        ("gas", "2024-01-01", "2028-01-01", "worrying"),  # whatever is written on it
        ("gas", "2026-12-01", "2028-01-01", "open"),  # dated in the future
        ("electrical", "2022-01-10", "2032-01-10", "clear"),
        ("electrical", "2010-01-10", "2029-01-10", "worrying"),
    ],
)
def test_a_certificate_lasts_no_longer_than_the_law_lets_it(
    kind: str, issued: str | None, expires: str, expected: str
) -> None:
    tree = base()
    tree["placement"]["gas"] = True
    held = {"kind": kind, "issued": issued, "expires": expires, "open_danger_codes": False}
    tree["placement"]["certificates"] = [c for c in tree["placement"]["certificates"] if c["kind"] != kind] + [held]
    assert state(tree, {"gas": "LS17", "electrical": "LS18"}[kind], "unit")[0] == expected


def test_nobody_has_to_lead_where_one_service_is_involved_and_nothing_is_high() -> None:
    alone = changed(household__lead_professional=None, household__agencies=["gp"])
    assert state(alone, "IS01", "household") == ("not asked", "")
    unknown = changed(household__lead_professional=None, household__agencies=None)
    assert state(unknown, "IS01", "household") == ("open", "chase")
    high = instead(alone, "CS15", "unit", answered("CS15", "unit", "past"))
    assert state(high, "IS01", "household") == ("open", "chase")
