"""Each clock of the law counts as its statute does; the examples are those of the law study of 23 November 2026, section 3."""

from __future__ import annotations

from datetime import date

import pytest

from app.clocks import law


def test_a_notice_to_the_council_of_the_area_counts_the_day_of_the_offer() -> None:
    assert law.host_notice_by(date(2026, 11, 1), 14) == date(2026, 11, 14)
    assert law.host_notice_by(None, 14) is None


@pytest.mark.parametrize("latest", range(3))
def test_a_notice_about_a_child_counts_from_the_latest_of_three(latest: int) -> None:
    days = [date(2026, 11, 1), date(2026, 10, 20), date(2026, 11, 2)]
    days[latest] = date(2026, 11, 3)
    assert law.child_notice_by(*days, 14) == date(2026, 11, 16)


@pytest.mark.parametrize("missing", range(3))
def test_nothing_is_late_before_it_may_be_sent(missing: int) -> None:
    days: list[date | None] = [date(2026, 11, 3)] * 3
    days[missing] = None
    assert law.child_notice_by(*days, 14) is None


def test_a_review_is_asked_for_within_21_days() -> None:
    assert law.review_asked_by(date(2026, 11, 1)) == date(2026, 11, 21)


def test_days_are_counted_over_the_end_of_a_year_and_of_summer_time() -> None:
    assert law.last_day(date(2026, 12, 25), 14) == date(2027, 1, 7)
    assert law.last_day(date(2026, 10, 20), 14) == date(2026, 11, 2)
    assert law.last_day(date(2023, 10, 9), 42) == date(2023, 11, 19)
