"""What somebody typed into the search, as words that are looked for: dates in any spelling, names, numbers, parts of postcodes."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from app.suitability.casefile.spelling import folded
from forms import dates
from forms.finding import LONGEST

from .folding import in_latin, key_of_day, keys_of

MOST_WORDS = 12
# 14/3/1992, 14.03.92, 1992-03-14, 14 3 1992, 14 March 1992, 14th of March 1992; of figures with spaces only with a whole year.
_MONTH = r"[A-Za-z]{3,9}\.?"
_DATES = re.compile(
    r"(?<![\w/.-])(?:"
    r"\d{4}-\d{1,2}-\d{1,2}"
    r"|\d{1,2}\s*([/.-])\s*\d{1,2}\s*\1\s*(?:\d{4}|\d{2})"
    r"|\d{1,2}\s\d{1,2}\s(?:19|20)\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[\s/.-]+(?:of\s+)?{_MONTH}[\s/.,-]+(?:\d{{4}}|\d{{2}})"
    r")(?![\w/-])",
    re.IGNORECASE,
)
_DAY_OF_YEAR = re.compile(rf"(?<!\w)(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})(?!\w)", re.IGNORECASE)
_EIGHT = re.compile(r"(\d{2})(\d{2})((?:19|20)\d{2})")
_YEAR = re.compile(r"(?:19|20)\d{2}")


class Term(NamedTuple):
    """One thing that is looked for: words of a case begin with one of ``starts``, or a name of it has one of ``keys``."""

    said: str
    starts: tuple[str, ...]
    keys: tuple[str, ...] = ()


class CannotSearch(ValueError):
    """Why nothing was looked for, in a sentence."""


def terms(typed: str, today: date) -> tuple[Term, ...]:
    """What is looked for; all of it has to be there.

    Raises:
        CannotSearch: it is too long, holds no letter or figure, or one alone.
    """
    if len(typed) > LONGEST:
        raise CannotSearch(f"Type {LONGEST} characters or fewer. It is {len(typed)}.")
    found: list[Term] = []
    rest = typed
    for whole in list(_DATES.finditer(typed)):
        day = _day(whole[0], today)
        if day is not None:
            found.append(Term(whole[0], (key_of_day(day),)))
            rest = rest.replace(whole[0], " ", 1)
    for part in list(_DAY_OF_YEAR.finditer(rest)):
        month = dates.month_of(part[2])
        if month is not None and 1 <= int(part[1]) <= 31:
            found.append(Term(part[0], (f"m{month:02d}{int(part[1]):02d}",)))
            rest = rest.replace(part[0], " ", 1)
    for piece in rest.split():
        latin = in_latin(piece)
        found.extend(_of_word(word, latin) for word in folded(piece).split())
    found = list(dict.fromkeys(found))
    if not found:
        raise CannotSearch("Type a name, birth date, reference, address, part of a postcode or professional.")
    if len(found) > MOST_WORDS:
        raise CannotSearch(f"Type {MOST_WORDS} words or fewer.")
    if all(len(term.said) < 2 and term.said.isascii() for term in found):
        raise CannotSearch("Type at least two letters or figures of a word.")
    return tuple(found)


def _day(said: str, today: date) -> date | None:
    try:
        return dates.as_spoken(said, today)
    except dates.NotADate:
        return None


def _of_word(word: str, latin: tuple[str, ...]) -> Term:
    starts = [word, *latin]
    if figures := _EIGHT.fullmatch(word):
        day, month, year = figures.groups()
        starts.append(f"b{year}{month}{day}")
    elif _YEAR.fullmatch(word):
        starts.append(f"b{word}")
    return Term(word, tuple(dict.fromkeys(starts)), tuple(sorted(keys_of(word, latin))))
