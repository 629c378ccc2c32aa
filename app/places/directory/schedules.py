"""When a service is open, from the schedules of an Open Referral feed, on the day somebody asks.

A schedule is kept as it was told and read on each day of use, because it may end or begin between two loads. A day of the week counts
as open only where that is certain for every week: it is weekly, within its dates, at a door, without a condition. All else is *not
known*, and the words are kept. Recurrences are python-dateutil's. Source: Open Referral UK 3.0, schema/schedule.json; HSDS 3.2,
docs/hsds/schedules.md; RFC 5545 3.3.10.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, Literal, NamedTuple, get_args

from dateutil import rrule

from app import clocks
from app.suitability.casefile.spelling import folded

from .importers.found import DAYS
from .vocabulary import vocabularies

Level = Literal["place", "service", "building", "alert"]
LEVELS: tuple[Level, ...] = get_args(Level)
FIELDS = (
    "valid_from", "valid_to", "dtstart", "until", "count", "timezone", "freq", "interval", "byday", "bymonthday", "byweekno", "byyearday",
    "wkst", "opens_at", "closes_at", "attending_type", "description", "notes",
)  # fmt: skip
LONGEST = 300  # characters of one field, and of the words of one service
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_FREQ = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY}
# Words that make a time one for some people or for some weeks only.
_CONDITION = re.compile(
    r"\b(appointments?|by arrangement|bookings?|book|booked|term times?|school holidays?|referrals?|invitation|vary|varies|variable|subject to|"
    r"ring first|call first|please (ring|call|check|contact)|except|excluding|alternate|fortnightly)\b"
)
# What only leaves bank holidays out, which no day of the week speaks of in any case.
_ON_BANK_HOLIDAYS = re.compile(r"\b(except|excluding|not available|closed)( on| for)?( all)? (bank|public) holidays?\b")
_FIRST, _LAST = ("valid_from", "dtstart"), ("valid_to", "until")
_FAR = 1200  # days ahead in which the next time of a recurrence is looked for


class Told(NamedTuple):
    """What is known of one day of use. ``spans`` are open every week for certain, by day; null where nobody can know."""

    spans: Sequence[Mapping[str, str]] | None
    words: str


class _Read(NamedTuple):
    """One schedule on one day: how it stands, the days it surely opens each week, what it says."""

    state: Literal["weekly", "some weeks", "ended", "to come", "no door", "not known"]
    words: str
    spans: tuple[Mapping[str, str], ...] = ()
    begins: date = date.min
    bounded: bool = False

    @property
    def days(self) -> set[str]:
        return {span["day"] for span in self.spans}


class _Unclear(ValueError):
    """A field that cannot be read for certain."""


def kept(said: Any, of: Level) -> dict[str, str]:
    """A schedule of a feed as it is kept: what it says, as text, cut to what anybody reads. ``of`` says whose schedule it is."""
    if not isinstance(said, Mapping):
        return {"of": of, "freq": "?"}
    found = {name: _text(said.get(name)) for name in FIELDS}
    return {"of": of, **{name: value for name, value in found.items() if value}}


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return "" if value is None else "?"
    if isinstance(value, float):
        if not math.isfinite(value):
            return "?"
        value = int(value) if value.is_integer() else value
    elif isinstance(value, int) and abs(value) >= 10**12:
        return "?"
    # Neither engine stores a nought byte or half of a pair of surrogates.
    plain = str(value).encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    return " ".join(plain.split())[:LONGEST]


def attendance(text: str) -> Literal["door", "no door", "not known"]:
    """Does one go somewhere? Of somebody who says both, yes; where nothing is said, the place of the service is meant."""
    said = f" {folded(text)} "
    meant = {means for word, means in vocabularies()["open_referral.attending"].words.items() if f" {word} " in said}
    return "door" if not said.strip() or "door" in meant else "no door" if meant else "not known"


def told(schedules: Sequence[Mapping[str, str]], on: date) -> Told:
    """On which days of the week a service is open, as far as it is certain on a day, and in its own words.

    The schedules of a service at this place come before those of the service everywhere. Opening times of the building take days away
    and add none: that a building is open does not say that the service is there. A service with an alert has something else just now.
    """
    levels = {of: [_read(said, on) for said in schedules if said.get("of") == of] for of in LEVELS}
    mine = levels["place"] or levels["service"]
    words = _joined([*levels["alert"], *mine, *levels["building"]])
    if levels["alert"]:
        return Told(None, words)
    spans = _together(mine)
    building = _together(levels["building"])
    if spans is None or building is None:
        return Told(spans, words)
    open_doors = {span["day"] for span in building}
    return Told(tuple(span for span in spans if span["day"] in open_doors) or None, words)


def _together(found: Sequence[_Read]) -> tuple[Mapping[str, str], ...] | None:
    """The days of all that run; null where one cannot be read, or where it is not clear which of two holds.

    Schedules for certain dates are extra hours. One without an end that begins later may replace an earlier one whose end nobody
    wrote down: then only what both say is certain.
    """
    if any(read.state == "not known" for read in found):
        return None
    running: tuple[Mapping[str, str], ...] = ()
    weekly = sorted((read for read in found if read.state == "weekly"), key=lambda read: read.begins)
    for begins in sorted({read.begins for read in weekly}):
        later = [read for read in weekly if read.begins == begins]
        new = tuple(span for read in later for span in read.spans)
        days = {span["day"] for span in new}
        if all(read.bounded for read in later) or not running:
            running += new
        elif {span["day"] for span in running} <= days:
            running = new
        else:
            return None
    order = sorted(
        {(DAYS.index(span["day"]), span["opens"], span["closes"]) for span in running},
    )
    return tuple({"day": DAYS[day], "opens": opens, "closes": closes} for day, opens, closes in order) or None


def _joined(found: Iterable[_Read]) -> str:
    said = " ".join(dict.fromkeys(f"{read.words.rstrip('.')}." for read in found if read.words))
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rstrip()}…"


def _read(said: Mapping[str, str], on: date) -> _Read:
    own = ". ".join(
        dict.fromkeys(said[name].rstrip(".") for name in ("description", "notes", "attending_type") if name in said)
    )
    if said.get("of") == "alert":
        return _Read("not known", own)
    try:
        over = _over(said, on)
        if over is not None:
            return _Read(over[0], f"{over[1]}: {own}" if own else over[1])
        how = attendance(said.get("attending_type", ""))
        if how == "no door":
            return _Read("no door", own)
        if how == "not known" or _CONDITION.search(_ON_BANK_HOLIDAYS.sub(" ", folded(own))):
            return _Read("not known", own)
        days, often = _recurrence(said, on)
        if often:
            return _Read("some weeks", ". ".join(filter(None, (often, own))))
        ends = min((_day(said[name]) for name in _LAST if name in said), default=None)
        return _Read(
            state="weekly",
            words=". ".join(filter(None, (own, f"Until {clocks.in_words(ends)}" if ends is not None else ""))),
            spans=_spans(said, days, on),
            begins=_day(said["valid_from"]) if "valid_from" in said else date.min,
            bounded=ends is not None or "count" in said,
        )
    except _Unclear as problem:
        return _Read("not known", f"{own}. {problem}" if own else str(problem))


def _over(said: Mapping[str, str], on: date) -> tuple[Literal["ended", "to come"], str] | None:
    """Is it over, or still to come? One date that shows it is enough, whatever the others say.

    Raises:
        _Unclear: no date shows it, and one cannot be read.
    """
    unclear: _Unclear | None = None
    for name in (*_LAST, *_FIRST):
        try:
            day = _day(said[name]) if name in said else None
        except _Unclear as problem:
            unclear = problem
            continue
        if day is not None and name in _LAST and day < on:
            return "ended", f"Hours that ended on {clocks.in_words(day)}"
        if day is not None and name in _FIRST and day > on:
            return "to come", f"Hours that begin on {clocks.in_words(day)}"
    if unclear is not None:
        raise unclear
    if "count" not in said:
        return None
    if "dtstart" not in said:
        raise _Unclear(f"It takes place {said['count'][:10]} times, and from when on is not said")
    count, last = _whole(said["count"], "count"), None
    for last in _recurring(said, _day(said["dtstart"]), count=count):
        if last.date() >= on:
            return None
    if last is None:
        raise _Unclear("It takes place on no day")
    return "ended", f"Hours that ended on {clocks.in_words(last.date())}"


def _day(text: str) -> date:
    """A day, or the day in England of a moment.

    Raises:
        _Unclear: it is neither.
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
        said = datetime.fromisoformat(text)
        return said.date() if said.tzinfo is None else clocks.local(said).date()
    except (ValueError, OverflowError):
        raise _Unclear(f"The date “{text[:30]}” cannot be read") from None


def _whole(text: str, what: str, least: int = 1, most: int = 1000) -> int:
    if not re.fullmatch(r"\d{1,4}", text) or not least <= int(text) <= most:
        raise _Unclear(f"Its {what} “{text[:10]}” cannot be read")
    return int(text)


def _recurrence(said: Mapping[str, str], on: date) -> tuple[tuple[str, ...], str]:
    """Days of the week on which it takes place every week; or none, and how often in words.

    Raises:
        _Unclear: the rule is not one that can be read for certain.
    """
    freq = said.get("freq", "").upper()
    if freq not in _FREQ:
        raise _Unclear(f"How often, “{freq[:20]}”, is not known" if freq else "How often is not said")
    if "byweekno" in said or "byyearday" in said:
        raise _Unclear("It takes place in some weeks of the year only")
    interval = _whole(said.get("interval", "1"), "interval")
    listed = _bydays(said.get("byday", ""))
    start = _day(said["dtstart"]) if "dtstart" in said else None
    if freq != "MONTHLY" and ("bymonthday" in said or any(nth for nth, _ in listed)):
        raise _Unclear("Days of the month are named, and it is not monthly")
    if not listed and freq == "WEEKLY":
        if start is None:
            raise _Unclear("On which day of the week is not said")
        listed = [(0, start.weekday())]
    if freq == "DAILY" and not listed:
        listed = [(0, day) for day in range(7)]
    if freq != "MONTHLY" and interval == 1:
        return tuple(DAYS[day] for _, day in listed), ""
    if interval > 1 and start is None:
        raise _Unclear(f"It takes place only every {interval} weeks or months, and from when on is not said")
    if freq == "MONTHLY" and not listed and "bymonthday" not in said and start is None:
        raise _Unclear("On which day of the month is not said")
    upcoming = _recurring(said, start or on, until=on + timedelta(days=_FAR))
    following = upcoming.after(datetime.combine(on, time()), inc=True)
    day = f", next on {clocks.in_words(following.date())}" if following is not None else ""
    return (), f"Not every week: {_often(freq, interval, listed, said.get('bymonthday', ''))}{day}"


def _often(freq: str, interval: int, listed: Sequence[tuple[int, int]], monthdays: str) -> str:
    what = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month"}[freq]
    every = f"every {interval} {what}s" if interval > 1 else f"each {what}"
    days = [f"the {_NTH.get(nth, f'{nth}.')} {_NAMES[day]}" if nth else _NAMES[day] for nth, day in listed]
    return f"{every}{' on ' if days else ''}{', '.join(days)}{f', days {monthdays} of the month' if monthdays else ''}"


def _bydays(text: str) -> list[tuple[int, int]]:
    """Pairs of an ordinal (nought for every) and a day of the week, 0 for Monday.

    Raises:
        _Unclear: a part is no such day.
    """
    found = []
    for part in filter(None, (piece.strip().upper() for piece in text.split(","))):
        said = re.fullmatch(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", part)
        if said is None:
            raise _Unclear(f"The day “{part[:20]}” cannot be read")
        found.append((int(said[1] or 0), _CODES.index(said[2])))
    return found


def _recurring(
    said: Mapping[str, str], start: date, count: int | None = None, until: date | None = None
) -> rrule.rrule:
    """The days of a recurrence, at midnight: a rule with a time would lose the day that UNTIL names.

    Raises:
        _Unclear: it is not a rule.
    """
    freq = said.get("freq", "").upper()
    if freq not in _FREQ:
        raise _Unclear("How often is not known")
    days = [rrule.weekdays[day](nth) if nth else rrule.weekdays[day] for nth, day in _bydays(said.get("byday", ""))]
    monthdays = [part.strip() for part in said.get("bymonthday", "").split(",") if part.strip()]
    if any(not re.fullmatch(r"[+-]?([1-9]|[12]\d|3[01])", part) for part in monthdays):
        raise _Unclear(f"The days of the month “{said['bymonthday'][:20]}” cannot be read")
    week = said.get("wkst", "MO").upper()
    if week not in _CODES:
        raise _Unclear(f"The first day of the week, “{week[:10]}”, cannot be read")
    if not 1970 <= start.year <= 2200:
        raise _Unclear(f"It begins in the year {start.year}")
    return rrule.rrule(
        _FREQ[freq],
        dtstart=datetime.combine(start, time()),
        interval=_whole(said.get("interval", "1"), "interval"),
        wkst=_CODES.index(week),
        count=count,
        until=None if until is None else datetime.combine(until, time()),
        byweekday=days or None,
        bymonthday=[int(part) for part in monthdays] or None,
    )


def _spans(said: Mapping[str, str], days: Sequence[str], on: date) -> tuple[Mapping[str, str], ...]:
    """Local times of each day. A time with a zone is turned into England's of the coming such day, which may be the day after.

    Raises:
        _Unclear: a time is missing or cannot be read.
    """
    if "opens_at" not in said or "closes_at" not in said:
        raise _Unclear("From when to when is not said")
    zone = _zone(said.get("timezone", ""))
    found = []
    for day in days:
        coming = on + timedelta(days=(DAYS.index(day) - on.weekday()) % 7)
        opens, closes = _local(said["opens_at"], coming, zone), _local(said["closes_at"], coming, zone)
        if opens == closes:
            raise _Unclear(f"It opens and closes at {clocks.time_of_day(opens)}")
        span = {"opens": clocks.time_of_day(opens), "closes": clocks.time_of_day(closes)}
        found.append({"day": DAYS[opens.weekday()], **span})
    return tuple(found)


def _zone(text: str) -> timezone | None:
    """An offset from UTC in hours; none where times are local."""
    if text in ("", "Europe/London"):
        return None
    if not re.fullmatch(r"[+-]?\d{1,2}(\.\d+)?", text) or abs(float(text)) > 14:
        raise _Unclear(f"The time zone “{text[:20]}” cannot be read")
    return timezone(timedelta(hours=float(text)))


def _local(text: str, day: date, zone: timezone | None) -> datetime:
    said = re.fullmatch(r"(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", text.strip().upper())
    if said is None or int(said[1]) > 23 or int(said[2]) > 59:
        raise _Unclear(f"The time “{text[:20]}” cannot be read")
    clock = time(int(said[1]), int(said[2]))
    if said[3] == "Z":
        return clocks.local(datetime.combine(day, clock, UTC))
    if said[3]:
        hours, minutes = int(said[3][1:3]), int(said[3][-2:])
        if hours > 14 or minutes > 59:
            raise _Unclear(f"The time “{text[:20]}” cannot be read")
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if said[3][0] == "-" else 1)
        return clocks.local(datetime.combine(day, clock, timezone(offset)))
    if zone is not None:
        return clocks.local(datetime.combine(day, clock, zone))
    return datetime.combine(day, clock, clocks.LONDON)
