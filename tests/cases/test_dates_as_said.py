"""A whole date in one box, typed as it is said."""

from __future__ import annotations

from datetime import date

import pytest

from forms.dates import NotADate, as_spoken

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("14 March 1999", date(1999, 3, 14)),
        ("14th of March 1999", date(1999, 3, 14)),
        ("14 mar 99", date(1999, 3, 14)),
        ("30 8 22", date(2022, 8, 30)),
        ("30.8.22", date(2022, 8, 30)),
        ("30/08/2022", date(2022, 8, 30)),
        ("2022-08-30", date(2022, 8, 30)),
        ("30082022", date(2022, 8, 30)),
        ("300822", date(2022, 8, 30)),
        ("Friday 27 November 2026", TODAY),
        ("Sat, 28 November 2026", date(2026, 11, 28)),
        ("today", TODAY),
        ("Tonight", TODAY),
        ("today, 27 November 2026", TODAY),
        (" tomorrow ", date(2026, 11, 28)),
        ("yesterday", date(2026, 11, 26)),
    ],
)
def test_a_date_as_it_is_said(typed: str, day: date) -> None:
    assert as_spoken(typed, TODAY) == day


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "27", "27 November", "November 2026", "31 2 2026", "31022026", "1 13 2026", "2026", "x" * 8000, "27 November 1666", "٢٧ ١١ ٢٠٢٦", "today, soon"],
)  # fmt: skip
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(NotADate):
        as_spoken(typed, TODAY)
