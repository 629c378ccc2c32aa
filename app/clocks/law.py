"""Until when the law gives time: pure, each counted as its statute counts. Source: the law study of 23 November 2026, section 3."""

from __future__ import annotations

from datetime import date, timedelta


def last_day(first: date, days: int) -> date:
    """The last of so many days *beginning with* a day: that day is the first of them."""
    return first + timedelta(days=days - 1)


def host_notice_by(available: date | None, days: int) -> date | None:
    """By when the council of the area is told: counted from the day on which the place was made available, which the offer does.

    Source: Housing Act 1996 s.208(4); Abdikadir v Ealing [2022] EWCA Civ 979.
    """
    return None if available is None else last_day(available, days)


def child_notice_by(agreed: date | None, details: date | None, placed: date | None, days: int) -> date | None:
    """By when a body is told of a child: counted from the latest of the agreement, its details, and the placement.

    None while one of the three is not there yet: nothing is late before it may be sent. Source: Housing Act 1996 s.213AA.
    """
    if agreed is None or details is None or placed is None:
        return None
    return last_day(max(agreed, details, placed), days)


def review_asked_by(told: date) -> date:
    """By when a review can be asked for: 21 days, the day of the decision being the first. Source: Housing Act 1996 s.202(3)."""
    return last_day(told, 21)
