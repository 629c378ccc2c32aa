"""What day it is where the council is."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

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
