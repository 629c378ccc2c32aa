"""What a line of a chronology is: a day, what happened or was told, about whom, who said so, how, and how far it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app import clocks
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Grade

# What a line may be of, in the order in which they are offered, and in which those of one day and hour stand.
KINDS: dict[str, str] = {
    "now": "As it is written down now",
    "person": "Births and birthdays",
    "home": "Where they lived",
    "happened": "Events",
    "health": "Health contacts",
    "asked": "Conversations, questions and silence",
    "told": "What was told, seen or read",
    "placing": "Places looked at, proposed and assessed",
    "plan": "Plans, conditions and acceptances",
    "decision": "Decisions, and what followed",
    "letter": "Letters, notices and who leads",
    "share": "Copies, links and what readers said",
    "changed": "What was changed or taken out later",
}
# Where a line comes from.
FAMILY, PROFESSIONAL, PROVIDER, OFFICER, DOCUMENT, OFFICE, NOBODY = (
    "family", "professional", "provider", "officer", "document", "office", "nobody",
)  # fmt: skip
SOURCES: dict[str, str] = {
    FAMILY: "Said by the family",
    PROFESSIONAL: "Told by an agency or a professional",
    PROVIDER: "Told by whoever lets the place",
    OFFICER: "Seen by an officer or the provider",
    DOCUMENT: "A record or document in hand",
    OFFICE: "Done by this council",
    NOBODY: "Who said it is not written down",
}
HAPPENED, TOLD, ASKED, DUE = "happened", "told", "asked", "due"
# Of what the day of a line is the day.
DAY_IS = {HAPPENED: "Happened", TOLD: "Told", ASKED: "Asked", DUE: "Due"}
_OF_GRADE = {
    Grade.E0: NOBODY, Grade.E1: FAMILY, Grade.E1S: FAMILY, Grade.E2: OFFICER, Grade.E3: PROFESSIONAL, Grade.E4: DOCUMENT,
}  # fmt: skip


class Opens(NamedTuple):
    """Where a line can be opened: which page, and what it is of. The view knows addresses, and who may have them."""

    page: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing of a line: ``label`` is what it is, ``said`` what was said, ``more`` what stands beside it.

    ``now`` is what became of it: what replaced it, and when. ``differs``: another source says otherwise.
    """

    label: str
    said: str = ""
    more: tuple[str, ...] = ()
    now: str = ""
    differs: bool = False
    opens: Opens | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line. ``day`` is what ``day_is`` says: when it happened, when it was told, or when it is due; None: not written down.

    ``told`` is the day on which what happened was told, where that is another thing; ``about`` are keys of people, none: the
    household or a place. ``people`` are those it is found under. ``written`` is who wrote it down, and when.
    """

    id: str
    kind: str
    what: str
    day: date | None
    day_is: str = HAPPENED
    at: str = ""
    told: date | None = None
    about: tuple[str, ...] = ()
    people: frozenset[str] = frozenset()
    items: tuple[Item, ...] = ()
    who: str = ""
    how: str = ""
    counts: str = ""
    sources: frozenset[str] = frozenset()
    written: str = ""
    opens: Opens | None = None

    @property
    def is_silence(self) -> bool:
        """Nobody answered: it is no answer, and never clearance."""
        return self.id.endswith(":silence")

    @property
    def differs(self) -> bool:
        return any(item.differs for item in self.items)


@dataclass(frozen=True, kw_only=True)
class Account:
    """What one source says where another says otherwise."""

    said: str
    who: str
    day: date | None
    counts: str
    opens: Opens | None = None


@dataclass(frozen=True, kw_only=True)
class Differing:
    """Accounts of one thing about one person, or of one place, side by side. Who is right is not said here."""

    what: str
    about: tuple[str, ...]
    where: str  # of what place, where it is of one
    accounts: tuple[Account, ...]


@dataclass(frozen=True, kw_only=True)
class Words:
    """How people, agencies and colleagues are called, and which day it is."""

    people: Mapping[str, str]
    agencies: Mapping[str, str]
    colleagues: Mapping[str, str]
    today: date

    def of(self, key: str | None) -> str:
        """What somebody is called; of one who was taken out of the household, that they were."""
        return self.people.get(key or "", "somebody who was taken out of the household") if key else ""

    def all_of(self, keys: Iterable[str]) -> str:
        return ", ".join(dict.fromkeys(self.of(key) for key in keys))

    def agency(self, code: str | None) -> str:
        return self.agencies.get(code or "", wording.label(code)) if code else ""

    def colleague(self, user_id: str | None) -> str:
        return self.colleagues.get(user_id or "", "")


def joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def counted(grade: str) -> str:
    """How far something counts, in words."""
    return "nobody has asked how it is known" if grade == Grade.E0 else wording.GRADE[grade]


def from_grade(grade: str) -> str:
    """Where something comes from, by how it is known."""
    return _OF_GRADE[Grade(grade)]


def items(*said: tuple[str, str]) -> tuple[Item, ...]:
    """A thing each, those left out of which nothing was written down."""
    return tuple(Item(label=label, said=text) for label, text in said if text)


def written(by: str, on: str) -> str:
    """Who wrote something down, and when."""
    return joined(f"Written down by {by}" if by else "Written down", on)


def on(day: date | None) -> str:
    """A day inside a sentence."""
    return clocks.in_words(day) or "a day that is not written down"
