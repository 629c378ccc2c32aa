"""Days and hours as rules count them: pure. Moments and days are given; nobody asks the machine what time it is.

A day is a day in England, whatever the length of its night; hours are hours, on the nights when the clock changes too. Source: law
study of 23 November 2026, section 3.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta

from app.suitability.advice.during_stay import birthday

from . import local, next_working_day


def working_days_after(day: date, number: int) -> date:
    """The last of so many working days after a day; that day itself where the number is 0."""
    for _ in range(number):
        day = next_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    """Neither a weekend nor a bank holiday in England."""
    return next_working_day(day - timedelta(days=1)) == day


def counts_on(moment: datetime, cut_off: time) -> date:
    """The working day to which belongs what comes at a moment: before the cut-off that same day, at it or later the next.

    Args:
        moment: aware; cut_off: by the clock on the wall in England.
    """
    here = local(moment)
    on_time = is_working_day(here.date()) and here.time() < cut_off
    return here.date() if on_time else next_working_day(here.date())


def hours_after(moment: datetime, hours: int) -> datetime:
    """So many hours on, as they pass: an hour that comes twice is two, one that never comes is none. Aware, in UTC."""
    return moment.astimezone(UTC) + timedelta(hours=hours)


def months_after(day: date, months: int) -> date:
    """The corresponding day so many calendar months on, or the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_age(born: date, on: date, ages: Collection[int]) -> tuple[int, date] | None:
    """The next birthday after a day that is one of these ages, and when; None where there is none any more.

    One born on 29 February turns a year older on 1 March of a common year.
    """
    to_come: Iterable[tuple[int, date]] = ((age, birthday(born, age)) for age in sorted(ages))
    return next(((age, day) for age, day in to_come if day > on), None)
