"""Dates as people write them in three boxes: 27 3 2026, 27 March 2026, 27/3/26.

Source: GOV.UK Design System, Date input: month names are accepted in full or shortened, for people who find numbers hard.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORTEST = 3  # letters that tell each month from every other
_WHOLE = re.compile(r"([^\s/.,-]+)[\s/.,-]+([^\s/.,-]+)[\s/.,-]+([^\s/.,-]+)")
_AHEAD = 10  # years: a year in two figures is of this century until so long from now, else of the last


class NotADate(ValueError):
    """What was typed is no date. ``part`` is the box that is wrong; the text follows the name of the question."""

    def __init__(self, part: str, says: str) -> None:
        super().__init__(says)
        self.part = part


def parts_of(typed: str) -> tuple[str, str, str]:
    """A whole date typed into one box, as its three parts; what is not one stays in the first."""
    found = _WHOLE.fullmatch(typed.strip())
    if found is None:
        return typed, "", ""
    first, second, third = found.groups()
    return (third, second, first) if re.fullmatch(r"[0-9]{4}", first) else (first, second, third)


_SPOKEN = {"today": 0, "tonight": 0, "now": 0, "tomorrow": 1, "yesterday": -1}
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[\s,]+", re.IGNORECASE)
_FIGURES = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{2})")


def as_spoken(typed: str, today: date) -> date:
    """A whole date typed into one box as it is said: “14 March 1999”, “30 8 22”, “Friday 27 November 2026”, “today”.

    Raises:
        NotADate: it holds none.
    """
    said = typed.strip().casefold()
    first, _, rest = said.partition(",")
    if first in _SPOKEN and not rest:
        return today + timedelta(days=_SPOKEN[first])
    if first in _SPOKEN:
        said = rest.strip()
    said = _WEEKDAY.sub("", said, count=1) if _WEEKDAY.match(said) else said
    figures = _FIGURES.fullmatch(said)
    day, month, year = figures.groups() if figures else parts_of(said.replace(" of ", " "))
    if not (month and year):
        raise NotADate("", " must be a whole date, like 27 March 2026.")
    return day_of(day, month, year, this_year=today.year)


def day_of(day: str, month: str, year: str, this_year: int) -> date:
    """The date that three boxes hold.

    Raises:
        NotADate: they hold none; it names the box and says what to write.
    """
    number = re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)?", day, re.IGNORECASE)
    if number is None:
        raise NotADate("day", " must have a day in figures, like 27.")
    of_year = month_of(month)
    if of_year is None:
        raise NotADate("month", " must have a month from 1 to 12 or its name, like 3 or March.")
    whole = year_of(year, this_year)
    if whole is None or not 1900 <= whole <= 2100:
        raise NotADate("year", ": the year must be from 1900 to 2100, like 2026.")
    try:
        return date(whole, of_year, int(number[1]))
    except ValueError:
        raise NotADate("day", " must be a real date, like 27 3 2026.") from None


def month_of(typed: str) -> int | None:
    """1 to 12, from figures or from a name in full or short; None for anything else."""
    if re.fullmatch(r"[0-9]{1,2}", typed):
        number = int(typed)
        return number if 1 <= number <= 12 else None
    name = typed.casefold().removesuffix(".")
    if len(name) < _SHORTEST:
        return None
    return next((at for at, month in enumerate(_MONTHS, 1) if month.startswith(name)), None)


def year_of(typed: str, this_year: int) -> int | None:
    """A year in four figures, or in two: of this century where that is not far ahead."""
    if re.fullmatch(r"[0-9]{4}", typed):
        return int(typed)
    short = re.fullmatch(r"[’']?([0-9]{2})", typed)
    if short is None:
        return None
    whole = this_year - this_year % 100 + int(short[1])
    return whole if whole <= this_year + _AHEAD else whole - 100
