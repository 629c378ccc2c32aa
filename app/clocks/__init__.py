"""What day and time it is where the council is. Every stored moment becomes words here, and nowhere else."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.suitability.casefile.values import day_in_words

LONDON = ZoneInfo("Europe/London")


def today() -> date:
    """The date in England now."""
    return datetime.now(LONDON).date()


def local(moment: datetime) -> datetime:
    """A moment in England's own time."""
    return moment.astimezone(LONDON)


def begins(day: date) -> datetime:
    """The moment at which a day begins in England."""
    return datetime.combine(day, time(), LONDON)


def written(moment: datetime) -> str:
    """A moment as a record keeps it: ISO 8601 in England's own time, so that who reads the data reads the day of the page."""
    return local(moment).isoformat()


def in_a_name(moment: datetime) -> str:
    """A moment as the name of a file has it, ``20270301T120000Z``: by UTC, so that names are in the order of their moments."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def of_a_name(text: str) -> datetime:
    """The moment of :func:`in_a_name`.

    Raises:
        ValueError: it is none.
    """
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def in_words(day: date | None) -> str:
    return "" if day is None else day_in_words(day)


def month_in_words(day: date) -> str:
    return f"{day:%B %Y}"


def iso_in_words(text: str) -> str:
    """A day written YYYY-MM-DD, in words."""
    return in_words(date.fromisoformat(text))


def moment_in_words(moment: datetime | None) -> str:
    if moment is None:
        return ""
    here = local(moment)
    return f"{in_words(here.date())}, {here:%H:%M}"


def day_of_moment(moment: datetime | None) -> str:
    """The day on which a moment was, in words."""
    return "" if moment is None else in_words(local(moment).date())


def time_of_day(moment: datetime) -> str:
    """The time alone, for what is of today."""
    return f"{local(moment):%H:%M}"


def text_in_words(text: str) -> str:
    """A day or a moment as a record keeps it, in words; empty where there is none."""
    if not text:
        return ""
    return iso_in_words(text) if len(text) <= 10 else moment_in_words(datetime.fromisoformat(text))


def _bank_holidays() -> Container[date]:
    from holidays import country_holidays

    return country_holidays("GB", subdiv="ENG")


def bank_holidays(first: date, days: int) -> list[date]:
    """The bank holidays in England among so many days from a first one on; the same calendar as of a working day."""
    closed = _bank_holidays()
    return [day for day in (first + timedelta(days=n) for n in range(days)) if day in closed]


def next_working_day(day: date) -> date:
    """The first day after ``day`` that is neither a weekend nor a bank holiday in England.

    Source: the published bank holidays of England and Wales, from the ``holidays`` package, offline.
    """
    closed = _bank_holidays()
    after = day + timedelta(days=1)
    while after.weekday() >= 5 or after in closed:
        after += timedelta(days=1)
    return after


def day_ahead_in_words(day: date, on: date) -> str:
    """A day to come as people say it: tomorrow, by its weekday within a week, else by its date."""
    ahead = (day - on).days
    if ahead == 1:
        return "Tomorrow"
    return f"{day:%A}" if 1 < ahead < 7 else in_words(day)


def weekday_and_day(day: date) -> str:
    return f"{day:%A} {in_words(day)}"
