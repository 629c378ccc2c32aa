"""Criteria, settings and agencies as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.suitability.casefile.answers import UNKNOWN
from app.suitability.casefile.codes import Basis, Effect, Grade, OpenEffect

from .condition import Condition

MEANINGS = ("clear", "clear_with_condition", "partly", "worrying")


# A worry of a row may be a sign of poverty, or of harm to a child; or of places the council has not, which is no sign of either.
SIGNS = ("means", "harm", "shortage")


SUBJECTS = ("child", "adult", "person", "unit", "household")


ANSWERS = ("choice", "multiple", "minutes", "counts", "date", "computed")


DOMAINS = ("child_safety", "substance_misuse", "support_access", "information_sharing", "lawful_suitability")


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: str
    means: str
    effect: Effect | None
    basis: Basis | None
    says: str
    condition: str
    due: str
    verify: bool
    lower: tuple[tuple[Condition, Effect, str], ...]  # where it weighs less: condition, effect, and why in words
    clear_at: Grade | None  # where this option is reassuring at another grade than the criterion's
    fact_weight: int  # a fact that others rest on, never blanked, though it worries nobody; more where it tells more
    also: tuple[str, ...] = ()  # what else it tells, by names that conditions may look for: opioids, now
    leaves: tuple[str, ...] = ()  # of those names, what it leaves untold: then it is not known, not “no”
    beside: bool = False  # reassuring, and may stand beside other options of a list
    retired: bool = False  # no longer offered; what is stored keeps its meaning
    leaves_open: bool = False  # a worry that answers nothing: the question stays open beside it
    ended_by_seeing: bool = False  # no plan and no acceptance ends it: only the thing in place and seen
    emergency: str = ""  # the emergency route is closed while it is so; then this says where else tonight
    leaves_open_if: Condition | None = None  # the question stays open beside it where this is known
    instead_of: tuple[str, ...] = ()  # the retired options of which it says more exactly which was meant


@dataclass(frozen=True, slots=True)
class Stronger:
    when: Condition
    worrying: Effect | None
    open: OpenEffect | None
    basis: Basis | None
    because: str


@dataclass(frozen=True, slots=True)
class Band:
    """Minutes above a council setting are worrying, where the condition holds."""

    when: Condition | None
    over: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class WorryIf:
    when: Condition
    effect: Effect
    says: str
    emergency: str = ""  # as of an option


@dataclass(frozen=True, slots=True)
class OpenIf:
    """What keeps a row open whatever is said of it: a fact it rests on that nobody knows."""

    when: Condition
    says: str


@dataclass(frozen=True, slots=True)
class CountBand:
    """A number from a council setting on is worrying, where the condition holds."""

    when: Condition | None
    least: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Count:
    """One number of a count answer. A worrying one without bands is worrying above none, with the criterion's own effect."""

    label: str
    means: str
    bands: tuple[CountBand, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do by a day counted from the start of the stay, day 1 being the first. It never touches the outcome."""

    what: str
    owner: str
    days: str
    since: str  # placement, or answer: the later of the two
    with_record: bool  # what is sent is the record itself, so no answer shows that it was


@dataclass(frozen=True, slots=True)
class OfferedMitigation:
    what: str
    owner: str
    is_work: bool = False  # something done (a visit, a letter, a decision), not a thing put in place in the unit


@dataclass(frozen=True, slots=True)
class AskedWhen:
    """Another agency, or other words, where a condition is known to hold."""

    when: Condition
    ask_of: str
    ask: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question, with everything it says about itself. Source: criteria.md."""

    id: str
    domain: str
    name: str
    question: str
    help: str
    why: str
    so_what: str
    subject: str
    scope: str
    applies_when: Condition | None
    answer: str
    options: Mapping[str, Option]
    bands: tuple[Band, ...]
    counts: Mapping[str, Count]
    computed: str | None
    clear_at: Grade
    clear_at_when: tuple[tuple[Condition, Grade], ...]
    min_sources: int
    survivor_only: bool  # only the survivor, or the child, takes back their own fear
    theirs_only: bool  # only who objects takes the objection back
    answers_from: tuple[str, ...]  # the agencies that may answer a worry; empty where any whose word counts may
    seen_at: Grade  # the grade at which something put right was seen
    survivors_word: bool  # and their word reassures, as a professional’s does
    shelf_life: str | None
    worrying: Effect | None
    open: OpenEffect | None
    under_one: OpenEffect | None
    stronger: tuple[Stronger, ...]
    worry_if: tuple[WorryIf, ...]
    basis: Basis
    source: str
    source_date: str
    verifiers: tuple[str, ...]
    ask_of: str
    ask: str
    mitigations: tuple[OfferedMitigation, ...]
    in_words: bool
    day: str  # of a date: gone_by or to_come
    only_from: tuple[str, ...]  # the agencies whose reassurance counts; empty where anybody's of the grade does
    not_from: tuple[
        str, ...
    ]  # agencies whose reassurance does not count here, such as a provider’s on its own building
    open_if: tuple[OpenIf, ...]
    sign: str  # of a place: pull (near is good), push (near is not), or empty
    sign_of: str  # one of SIGNS, or empty: what a worry here may tell of a family
    next_unit: str  # what another unit must have where this one falls short, as a few words
    no_place: str  # why no other place cures it, and what does, as a sentence; empty where another place may
    agency_when: (
        Condition | None
    )  # only where this is known does the agency hear of the family; else the person is asked
    ask_person: str  # what the person is asked then, where it is not the question itself
    asked_when: tuple[AskedWhen, ...]
    law_when: Condition | None  # law only where this is known; elsewhere the same rule is policy
    paperwork: bool  # the council’s own paper: it says nothing of a child’s day
    ended_by_seeing: bool  # never accepted instead: ended by the work done and seen
    asked_first: bool  # before every other question, and of the person alone
    travel_to: tuple[str, ...]
    duty: Duty | None
    weight: int | None
    first_night: bool
    release: str
    line: int
    parents_words: str  # as a parent is asked it, in plain words; empty where a parent is not the first to ask
    parents_order: int  # at which place of their sheet, from 1; 0 where there are no words
    # When it is settled: 0 with the answers; 1 once it is known whether anything is high; 2 once everything else is, and
    # 3 for when it is all looked at next.
    phase: int = field(init=False)
    can_hold: bool = field(init=False)  # could it, while open, hold a placement?
    leaves_open: bool = field(init=False)  # may an answer worry and leave the question open?
    conditional: bool = field(init=False)  # may an answer be clear with something to do?
    reassuring: frozenset[object] = field(init=False)  # options that worry nobody
    is_plain: bool = field(init=False)  # is one answer of the grade, fresh, enough whoever gives it?
    options_graded: bool = field(init=False)  # has an option a grade of its own?
    is_simple: bool = field(init=False)  # once enough is said, is it clear with nothing more to look at?
    is_quick: bool = field(
        init=False
    )  # is one reassuring option of the grade, fresh and named, all there is to look at?
    weight_setting: str = field(init=False)  # the setting that weighs it, where it has no weight of its own
    shelf_setting: str = field(init=False)  # the setting that says how many days an answer lasts, where one does
    open_varies: bool = field(init=False)  # may it weigh more, while open, than it says at first?
    tags: Mapping[str, frozenset[str]] = field(
        init=False
    )  # by option, it and what else it tells; empty where none does
    untold: Mapping[str, frozenset[str]] = field(init=False)  # by option, what it leaves untold, where it does

    def __post_init__(self) -> None:
        """What every assessment asks of every criterion, worked out once."""
        last = self.applies_when is not None and self.applies_when.last
        depends = self.computed == "who_answered" or any("any_high" in s.when.facts for s in self.stronger)
        phase = 3 if self.day == "to_come" else 2 if last else 1 if depends else 0
        object.__setattr__(self, "phase", phase)
        opens = (self.open, self.under_one, *(s.open for s in self.stronger))
        object.__setattr__(self, "can_hold", "hold" in opens)
        conditional = any(o.means == "clear_with_condition" for o in self.options.values())
        object.__setattr__(self, "conditional", conditional)
        object.__setattr__(self, "leaves_open", any(o.leaves_open or o.leaves_open_if for o in self.options.values()))
        reassuring = frozenset(code for code, o in self.options.items() if o.means in ("clear", "clear_with_condition"))
        object.__setattr__(self, "reassuring", reassuring)
        plain = self.min_sources == 1 and self.answer not in ("counts", "date")
        plain = plain and not (self.in_words or self.only_from or self.not_from or self.survivor_only)
        object.__setattr__(self, "is_plain", plain)
        object.__setattr__(self, "shelf_setting", f"shelf_life_{self.shelf_life}_days" if self.shelf_life else "")
        object.__setattr__(self, "weight_setting", f"weight_{self.worrying or 'low'}")
        object.__setattr__(self, "is_simple", not (self.travel_to or self.open_if or conditional))
        object.__setattr__(self, "options_graded", any(o.clear_at is not None for o in self.options.values()))
        quick = plain and self.is_simple and self.answer == "choice" and not (self.worry_if or self.clear_at_when)
        object.__setattr__(self, "is_quick", quick and not self.options_graded)
        varies = self.open != "hold" and (self.under_one is not None or any(s.open is not None for s in self.stronger))
        object.__setattr__(self, "open_varies", varies)
        tags = {code: frozenset((code, *o.also, *o.instead_of)) for code, o in self.options.items()}
        object.__setattr__(self, "tags", tags if any(o.also or o.instead_of for o in self.options.values()) else {})
        untold = {code: frozenset(o.leaves) for code, o in self.options.items() if o.leaves}
        object.__setattr__(self, "untold", untold)

    def said(self, value: str) -> str:
        """One value of an answer in words."""
        if value == UNKNOWN:
            return "of the others it is not known" if self.answer == "multiple" else "not known"
        return self.options[value].label if value in self.options else value

    @property
    def is_asked_alone(self) -> bool:
        """Is it asked with nobody within hearing whom they may fear?"""
        return self.survivors_word or self.survivor_only or self.asked_first

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition it says anywhere."""
        found = [self.applies_when, self.agency_when, self.law_when, *(b.when for b in self.bands)]
        found += [s.when for s in self.stronger] + [w.when for w in self.worry_if] + [c for c, _ in self.clear_at_when]
        found += [o.when for o in self.open_if] + [a.when for a in self.asked_when]
        found += [c for o in self.options.values() for c, _, _ in o.lower]
        found += [o.leaves_open_if for o in self.options.values() if o.leaves_open_if is not None]
        found += [b.when for n in self.counts.values() for b in n.bands]
        return tuple(c for c in found if c is not None)

    @property
    def offered(self) -> dict[str, Option]:
        """The options somebody may choose today."""
        return {code: o for code, o in self.options.items() if not o.retired}

    @property
    def looks_at(self) -> frozenset[str]:
        """The criteria whose answers decide whether this one applies."""
        return self.applies_when.criteria if self.applies_when else frozenset()

    @property
    def looks_at_rows(self) -> frozenset[str]:
        """The criteria on which whether it applies, or its effect, depends."""
        conditions = [self.applies_when, *(s.when for s in self.stronger), *(w.when for w in self.worry_if)]
        conditions += [b.when for b in self.bands] + [c for c, _ in self.clear_at_when]
        conditions += [o.when for o in self.open_if]
        return frozenset[str]().union(*(c.criteria for c in conditions if c is not None))

    @property
    def weighed_after(self) -> frozenset[str]:
        """The criteria that decide whether this one applies, and what its answers amount to.

        What was said of itself (LS06) is an answer, and waits for nothing.
        """
        conditions = [w.when for w in self.worry_if] + [b.when for b in self.bands] + [c for c, _ in self.clear_at_when]
        conditions += [o.when for o in self.open_if] + [b.when for n in self.counts.values() for b in n.bands]
        answers = frozenset[str]().union(*(c.criteria - c.states for c in conditions if c is not None)) - {self.id}
        return self.looks_at | answers | frozenset[str]().union(*(c.states for c in conditions if c is not None))

    @property
    def settled_after(self) -> frozenset[str]:
        """The criteria whose state decides which effect this one has."""
        conditions = [*(s.when for s in self.stronger), *(c for o in self.options.values() for c, _, _ in o.lower)]
        return frozenset[str]().union(*(c.states for c in conditions))

    @property
    def worst_effect(self) -> Effect:
        """The strongest effect any answer could have."""
        found = [
            self.worrying,
            *(o.effect for o in self.options.values()),
            *(s.worrying for s in self.stronger),
            *(b.effect for b in self.bands),
            *(b.effect for c in self.counts.values() for b in c.bands),
            *(w.effect for w in self.worry_if),
        ]
        return max((e for e in found if e is not None), default=Effect.LOW)


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    value: int
    says: str
    owner: str
    source: str
    checked: str
    href: str = ""  # where the source can be read
    dated: tuple[tuple[date, int], ...] = ()  # from each day on, another value; in order

    def on(self, day: date) -> int:
        """Its value on a day."""
        return next((value for start, value in reversed(self.dated) if start <= day), self.value)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text that a council may change: a telephone number, the name of a route, what to do at once."""

    name: str
    text: str
    owner: str
    source: str
    checked: str


@dataclass(frozen=True, slots=True)
class Agency:
    """Who to ask. Telephone numbers and answer times are data with an owner and a date."""

    code: str
    name: str
    ground: str
    tonight: str
    planned: str
    at_silence: str
    route: str
    known_as: tuple[str, ...]  # words by which its people are known in a source; with a star, beginnings of words
    question: str
    must_ask_when: Condition | None
    must_ask: bool
    owner: str
    source: str
    checked: str
    line: int
    known_else: tuple[str, ...] = ()  # words by which its people are known where nobody else is known by theirs
    telephone: str = ""  # as it is read out; empty where the council has written none down
    do_not_say: str = ""  # what is kept from those who only let the place; empty where the ground says enough
