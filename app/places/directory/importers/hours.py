"""Opening hours in words: what is certain counts as open, all else is not known, and the words are kept.

Half a span, “by appointment”, “term time”, “alternate weeks”, “first Monday”: none of them says that a door is open on a day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_SAID = 300
_SHUT = re.compile(r"(closed|shut|not open|00[:.]?00\s*[-–]\s*00[:.]?00)(\s*,\s*00[:.]?00\s*[-–]\s*00[:.]?00)*|[-–]")
_ALL_DAY = re.compile(r"(open )?24 ?(hours|hrs|h|/ ?7)|24 hours a day")
_TIME = r"(\d{1,2})(?:[:.](\d\d))?\s*([ap]\.?m\.?)?"
_SPAN = re.compile(rf"(?:from )?{_TIME}\s*(?:-|–|—|to|until)\s*{_TIME}(?:\s*(?:,|;|&|/|\band\b)\s*|$|\s+(?=\d))")
_NAME = r"(?:mon(?:day)?s?|tue(?:s|sday|sdays)?|wed(?:s|nesday|nesdays)?|thu(?:r|rs|rsday|rsdays)?|fri(?:day)?s?|sat(?:urday)?s?|sun(?:day)?s?)"
_WEEK = re.compile(rf"({_NAME}(?:\s*(?:-|–|to|,|&|\band\b)\s*{_NAME})*)\s*:?\s+(.+)", re.S)


class Hours(NamedTuple):
    """``week`` is spans a day, each ``{"day", "opens", "closes"}``, or None where they are not known; ``said`` are the words then."""

    week: tuple[Mapping[str, str], ...] | None
    said: str = ""


@lru_cache(maxsize=4096)
def spans(text: str) -> tuple[tuple[str, str], ...] | None:
    """Spans such as "09:00-13:00, 14:00-18:00" as pairs; none where it says that it is shut; None where anything else stands there."""
    said = " ".join(text.split()).casefold()
    if not said:
        return None
    if _SHUT.fullmatch(said):
        return ()
    if _ALL_DAY.fullmatch(said):
        return (("00:00", "24:00"),)
    found, at = [], 0
    while at < len(said):
        span = _SPAN.match(said, at)
        if span is None or (read := _pair(span)) is None:
            return None
        found.append(read)
        at = span.end()
    return tuple(found) if not _END.search(said) else None


_END = re.compile(r"(,|;|&|/|\band)\s*$")  # a span was to follow


def _pair(span: re.Match[str]) -> tuple[str, str] | None:
    first, last = _clock(*span.groups()[:3]), _clock(*span.groups()[3:])
    if first is None or last is None:
        return None
    if last == "00:00":
        last = "24:00"
    return (first, last) if first < last else None  # over midnight it is not said which day


def _clock(hour: str, minute: str | None, half: str | None) -> str | None:
    """A time of day; None where it is none, or where morning and afternoon are not told apart."""
    h, m = int(hour), int(minute or 0)
    if half:
        if not 1 <= h <= 12:
            return None
        h = h % 12 + (12 if half[0] == "p" else 0)
    elif minute is None:
        return None  # "9-5"
    return f"{h:02d}:{m:02d}" if m < 60 and (h < 24 or (h, m) == (24, 0)) else None


def by_day(said: Mapping[str, str]) -> Hours:
    """Of one text a day: known only where each of the seven is; else the words of those that say something."""
    found: list[Mapping[str, str]] = []
    unread = len(said) < len(DAYS)
    for day, text in said.items():
        read = spans(text)
        unread |= read is None
        found += [{"day": day, "opens": a, "closes": b} for a, b in read or ()]
    if not unread:
        return Hours(tuple(found))
    return Hours(
        None,
        "; ".join(f"{day.title()} {' '.join(text.split())}" for day, text in said.items() if text.strip())[
            :LONGEST_SAID
        ],
    )


def weekly(text: str) -> Hours:
    """Of "mon-fri 09:00-18:00; sat 09:00-13:00": days that are not named are shut. Nothing, where nothing is written."""
    found: list[Mapping[str, str]] = []
    words = " ".join(text.split())
    for part in filter(None, (p.strip() for p in words.casefold().split(";"))):
        said = _WEEK.fullmatch(part)
        read = spans(said[2]) if said else None
        days = _days(said[1]) if said else None
        if read is None or days is None:
            return Hours(None, words[:LONGEST_SAID])
        found += [{"day": day, "opens": a, "closes": b} for day in days for a, b in read]
    return Hours(tuple(found)) if found else Hours(None, words[:LONGEST_SAID])


def _days(text: str) -> list[str] | None:
    """Days such as "mon-fri", "mon, wed" or "sat and sun"; None where one is named twice."""
    found: list[str] = []
    for part in re.split(r"\s*(?:,|&|\band\b)\s*", text):
        ends = [DAYS.index(name[:3]) for name in re.split(r"\s*(?:-|–|\bto\b)\s*", part)]
        if len(ends) > 2:
            return None
        first, last = ends[0], ends[-1]
        found += [DAYS[at % 7] for at in range(first, last + 1 if last >= first else last + 8)]
    return found if len(set(found)) == len(found) else None
