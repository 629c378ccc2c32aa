"""What day it is where the council is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from holidays import country_holidays

LONDON = ZoneInfo("Europe/London")


def today() -> date:
    """The date in England now."""
    return datetime.now(LONDON).date()


def local(moment: datetime) -> datetime:
    """A moment in England's own time."""
    return moment.astimezone(LONDON)


def in_words(day: date | None) -> str:
    return "" if day is None else f"{day.day} {day:%B %Y}"


def iso_in_words(text: str) -> str:
    """A day written YYYY-MM-DD, in words."""
    return in_words(date.fromisoformat(text))


def moment_in_words(moment: datetime | None) -> str:
    if moment is None:
        return ""
    here = local(moment)
    return f"{here.day} {here:%B %Y}, {here:%H:%M}"


def next_working_day(day: date) -> date:
    """The first day after ``day`` that is neither a weekend nor a bank holiday in England.

    Source: the published bank holidays of England and Wales, from the ``holidays`` package, offline.
    """
    closed = country_holidays("GB", subdiv="ENG")
    after = day + timedelta(days=1)
    while after.weekday() >= 5 or after in closed:
        after += timedelta(days=1)
    return after
