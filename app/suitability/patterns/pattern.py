"""What a pattern is: its words as data, what it looks at, and what it comes back with when it fires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.suitability.casefile.answers import Answer, is_stale
from app.suitability.casefile.codes import Effect, Grade, OpenEffect
from app.suitability.casefile.household import Member
from app.suitability.casefile.settings import CouncilSettings
from app.suitability.checklist.criterion import Criterion
from app.suitability.checklist.read_patterns import PatternText
from app.suitability.facts.facts import Facts
from app.suitability.facts.missed_contacts import Contacts, contacts_of
from app.suitability.judgement.finding import Finding
from app.suitability.judgement.reassurance import counts_from, shelf_days, voice_of
from app.suitability.judgement.result import Pattern, Row
from app.suitability.reading.case_file import CaseFile


class Match(NamedTuple):
    """A pattern that fired about somebody: the facts it saw, and the effect it carries, if any.

    ``carried_by`` names the row that carries the effect; ``level`` tells a full pattern from one that only asks.
    """

    subject: str
    facts: tuple[str, ...]
    effect: Effect | OpenEffect = Effect.NONE
    carried_by: tuple[str, str] | None = None
    rows: tuple[tuple[str, str], ...] = ()
    level: str = ""
    newest: date | None = (
        None  # the day of the newest thing it saw; what was accepted before it was accepted without it
    )


@dataclass(slots=True)
class PatternContext:
    """What pattern functions may look at: facts, rows as they stand, and what other patterns found before them."""

    facts: Facts
    case: CaseFile
    criteria: Mapping[str, Criterion]
    rows: Mapping[tuple[str, str], Row]
    findings: Mapping[tuple[str, str], Finding]
    texts: Mapping[str, PatternText]
    matches: dict[str, tuple[Pattern, ...]] = field(default_factory=dict)
    _people: dict[str, tuple[Member, ...]] = field(default_factory=dict)

    @property
    def settings(self) -> CouncilSettings:
        return self.facts.settings

    @property
    def on(self) -> date:
        return self.facts.on

    def say(self, words: str, **put_in: object) -> str:
        """A sentence of the council’s about what was seen, by its name."""
        return self.facts.words[f"saw_{words}"].format(**put_in)

    def say_of_row(self, words: str, criterion: str, **put_in: object) -> str:
        """The same of a question, which the sentence names."""
        return self.say(words, criterion=criterion, name=self.criteria[criterion].name, **put_in)

    def state(self, criterion: str, subject: str) -> str:
        """What a row amounts to; empty when it does not apply."""
        row = self.rows.get((criterion, subject))
        return row.state if row is not None else ""

    def not_clear(self, criterion: str, subject: str) -> bool:
        """Does the row apply and is it neither clear nor put right?"""
        return self.state(criterion, subject) in ("open", "worrying", "partly", "accepted")

    def live(self, criterion: str, subject: str) -> tuple[Answer, ...]:
        """Standing answers that say something."""
        return self.facts.known.get((criterion, subject), ())

    def said(self, criterion: str, subject: str, *options: str) -> bool:
        """Does any standing answer choose one of the options, or tell what is so named?"""
        return not self.facts.told(criterion, subject).isdisjoint(options)

    def voices(self, criterion: Criterion, subject: str) -> set[tuple[str, ...]]:
        """The different agencies that say something now, at E3 or better, of those whose word counts on the question."""
        days = shelf_days(criterion, self.facts.about(subject))
        return {
            voice_of(criterion, a, self.facts)
            for a in self.live(criterion.id, subject)
            if a.grade.reassurance_rank >= Grade.E3.rank
            and counts_from(criterion, a, self.facts.speaks_for)
            and not is_stale(a, days, self.on)
        }

    def children(self) -> tuple[Member, ...]:
        """In a fixed order, as are adults and members, so that the order they arrive in changes nothing."""
        return self._in_order("children", self.facts.children)

    def _in_order(self, whose: str, members: tuple[Member, ...]) -> tuple[Member, ...]:
        found = self._people.get(whose)
        if found is None:
            found = self._people[whose] = tuple(sorted(members, key=lambda m: m.key))
        return found

    def members(self) -> tuple[Member, ...]:
        return self._in_order("members", self.facts.household.members)

    def adults(self) -> tuple[Member, ...]:
        """Everybody asked about as an adult, one of 16 or 17 who heads the household too."""
        asked = self.facts.rows.get("SM01", ())
        return tuple(m for m in self.members() if m.kind == "adult" or m.key in asked)

    def is_baby(self, child: Member) -> bool:
        """Under 1, or due soon enough to count as under 1; not known counts as so."""
        return child.under(1, self.facts.age_day, self.facts.unborn_weeks) is not False

    def any_under(self, years: int) -> bool:
        return any(c.under(years, self.facts.age_day, self.facts.unborn_weeks) is not False for c in self.children())

    def contacts(self, child: Member) -> Contacts:
        return contacts_of(self.facts, child)

    def since(self, days: int) -> date:
        """The first day of a rolling window of so many days."""
        return date.fromordinal(self.on.toordinal() - days)

    def events(self, kinds: Iterable[str], days: int) -> list[tuple[date, str]]:
        """Events of some kinds within a window, as (day, what)."""
        first = self.since(days)
        return sorted(
            (e.on, e.kind.replace("_", " "))
            for e in self.case.household.events
            if e.kind in kinds and first <= e.on <= self.on
        )


PatternRule = Callable[[PatternContext], Iterable[Match]]
