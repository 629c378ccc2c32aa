"""Cases that may be of the same family as one that is about to be opened: each with the reason, never merged, never refused.

Told are only cases that whoever opens may see. One name alone is no reason, nor is a birth date, an address or a surname: twins share
all three. Source: two names in any order and spelling, with a birth date that is the same, has day and month changed round, or is not
known to one of the two (seen/formats: Ali Hassan and Hassan Ali are one, day and month are changed round in a twelfth).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.clocks import in_words
from app.extensions import db
from app.suitability.casefile.spelling import folded

from . import entries
from .asked import Term
from .entries import Entry
from .folding import in_latin, keys_of
from .service import matches, rows

MOST_PEOPLE = 12  # of a household that is typed: each is looked for by one query
MOST_TOLD = 5


class Somebody(NamedTuple):
    """A person as typed, not saved yet."""

    name: str
    born: date | None


class Possible(NamedTuple):
    """A case that may be of the same family, and why, a sentence a person."""

    case_id: str
    reference: str
    because: tuple[str, ...]


def possible(user: Any, people: Iterable[Somebody]) -> list[Possible]:
    """The cases a person may see in which somebody may be one of these, those with most in common first."""
    found: dict[tuple[str, str], list[str]] = {}
    for person in list(people)[:MOST_PEOPLE]:
        terms = _terms(person.name)
        if len(terms) < 2:  # a first name alone tells nobody from others
            continue
        for row in rows(db.session, user, terms, by_sound=True):
            because = next((b for each in row.entries if (b := _because(person, Entry(*each), terms))), "")
            if because:
                found.setdefault((row.case_id, row.reference), []).append(because)
    told = [Possible(case_id, reference, tuple(why)) for (case_id, reference), why in found.items()]
    return sorted(told, key=lambda each: (-len(each.because), each.reference))[:MOST_TOLD]


def _terms(name: str) -> tuple[Term, ...]:
    found = []
    for piece in name.split():
        latin = in_latin(piece)
        found += [Term(w, (w, *latin), tuple(sorted(keys_of(w, latin)))) for w in folded(piece).split()]
    return tuple(dict.fromkeys(found))


def _because(person: Somebody, entry: Entry, terms: Sequence[Term]) -> str:
    """Why an entry of a case may be this person, in a sentence; nothing where it may not."""
    if entry.kind not in (entries.NAME, entries.FORMER):
        return ""
    how = [matches(entry, entry.words(), entry.sounds(), term) for term in terms]
    if None in how:
        return ""
    born = date.fromisoformat(entry.day) if entry.day else None
    same, is_known = person.born == born, None not in (person.born, born)
    if is_known and not (same or _changed_round(person.born, born)):
        return ""
    if not is_known and any(how):  # neither the spelling nor the day is certain
        return ""
    name = "the same name" if not any(how) else "a name that sounds the same"
    name = name if entry.kind == entries.NAME else f"{name} before"
    day = (
        f"born {in_words(born)}, the same day"
        if is_known and same
        else f"born {in_words(born)}, day and month changed round"
        if is_known
        else "a birth date is not known"
    )
    return f"{person.name}: {entry.said} has {name}, {day}."


def _changed_round(one: date | None, other: date | None) -> bool:
    if one is None or other is None or one.day > 12 or one.month == one.day:
        return False
    return date(one.year, one.day, one.month) == other
