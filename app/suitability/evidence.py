"""Answers and what they are worth: grades, shelf life, which answers stand, and what the standing ones amount to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, model_validator

from . import spelling
from .plain import Key, Line, Note, Plain, When

UNKNOWN = "unknown"


class Grade(StrEnum):
    """How an answer is known. Source: safeguarding.md 2.0; ranks from rulings.md 1."""

    E0 = "E0"
    E1 = "E1"
    E1S = "E1s"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"

    # Plain attributes: they are looked at for every answer of every assessment. ``calm`` is its rank as reassurance: a survivor
    # knows where they are safe; of anything else they speak as the household. Where the row is theirs (CS16, CS17) their
    # word is enough whatever this says. Source: design.md; safeguarding.md 2.0.
    rank: int
    calm: int

    @property
    def words(self) -> str:
        return _WORDS[self]


for _rank, _grades in enumerate(((Grade.E0,), (Grade.E1,), (Grade.E2,), (Grade.E3, Grade.E1S), (Grade.E4,))):
    for _grade in _grades:
        _grade.rank = _grade.calm = _rank
Grade.E1S.calm = Grade.E1.rank
_WORDS = {
    Grade.E0: "not asked",
    Grade.E1: "said by an adult of the household",
    Grade.E1S: "said by a survivor about their own or their child’s safety",
    Grade.E2: "seen by the officer or provider",
    Grade.E3: "a named professional told us",
    Grade.E4: "agency record or document in hand",
}


class Source(Plain):
    """Who said or showed it."""

    name: Line = ""
    role: Line = ""
    agency: Line = ""

    def identity(self, spelt: Callable[[str], str]) -> tuple[str, str, str]:
        """What one source is told from another by: name, role and agency, as far as their spelling counts."""
        return (spelt(self.name), spelt(self.role), spelt(self.agency))


Value = (
    Annotated[str, Field(max_length=200)]
    | Annotated[int, Field(strict=True, ge=0, le=100_000)]
    | Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=40)]
    | Annotated[
        dict[Annotated[str, Field(max_length=60)], Annotated[int, Field(strict=True, ge=0, le=10_000)]],
        Field(max_length=20),
    ]
)


class Answer(Plain):
    """One source's answer about one subject. ``on`` is the day it was said or seen."""

    criterion: Key
    subject: Key
    value: Value
    grade: Grade
    source: Source = Source()
    on: When | None = None
    note: Note = ""
    why: Note = ""
    so_what: Note = ""
    id: Key | None = None
    supersedes: tuple[Key, ...] = ()
    reason: Note = ""

    @property
    def is_unknown(self) -> bool:
        return self.value == UNKNOWN or self.grade is Grade.E0

    @property
    def leaves_unknown(self) -> bool:
        """Of a list: some are ticked, and of the others nobody knows."""
        return isinstance(self.value, tuple) and UNKNOWN in self.value


class Mitigation(Plain):
    """What will be done about a worry. It counts only when owned and dated, and for some effects only when seen."""

    criterion: Key
    subject: Key
    what: Note = Field(min_length=1)
    owner: Source = Source()
    owner_accepted: When | None = None
    due: When | None = None
    in_place: When | None = None
    seen_grade: Grade | None = None
    seen_by: Line = ""
    seen_on: When | None = None
    promised_before: Annotated[int, Field(strict=True, ge=0, le=1000)] = 0
    agreed_by: Line = ""  # who agreed in writing to the plan
    agreed_role: Literal["housing_officer", "senior_officer", "safeguarding_lead"] | None = None
    agreed_on: When | None = None
    agreed_note: Note = ""

    def is_owned(self, on: date, lasts_days: int | None = None) -> bool:
        """Has a named owner accepted it, with a date that has not passed undone? Source: rulings.md 3, P16."""
        accepted = self.owner_accepted is not None and self.owner_accepted <= on and bool(self.owner.name)
        return accepted and self.due is not None and (self.due >= on or self.is_seen(on, lasts_days))

    def is_seen(self, on: date, lasts_days: int | None = None) -> bool:
        """Is it in place and seen at E2 or better, dated, by somebody named, and not longer ago than such a sight lasts?"""
        return (
            self.in_place is not None
            and self.in_place <= on
            and self.seen_on is not None
            and self.in_place <= self.seen_on <= on
            and (lasts_days is None or self.seen_on + timedelta(days=lasts_days) >= on)
            and self.seen_grade is not None
            and self.seen_grade is not Grade.E1S
            and self.seen_grade.rank >= Grade.E2.rank
            and bool(self.seen_by)
        )


class Acceptance(Plain):
    """A written acceptance of a worry by a person with the standing to give it."""

    criterion: Key
    subject: Key
    by: Line = Field(min_length=1)
    role: Literal["housing_officer", "senior_officer", "safeguarding_lead"]
    reason: Note = Field(min_length=10)
    on: When
    review_on: When | None = None
    lead_professional_view: Note = ""

    @model_validator(mode="after")
    def _review_later(self) -> Acceptance:
        if self.review_on is not None and self.review_on < self.on:
            raise ValueError("the review date is before the acceptance")
        return self


def is_stale(answer: Answer, shelf_life_days: int | None, on: date) -> bool:
    """Has reassurance outlived its shelf life? An undated answer has no age, so it cannot be relied on."""
    if shelf_life_days is None:
        return False
    return answer.on is None or not 0 <= (on - answer.on).days <= shelf_life_days


class Rules(NamedTuple):
    """What of a criterion decides which of its answers stand; positions are those of the answers.

    ``tells`` says whether an answer is one that is never blanked: a worry, or a fact that others rest on. ``less`` of two
    positions, whether the first says less than the second; ``may_answer``, whether a source may take a worry away here.
    """

    on: date
    survivor_only: bool  # CS16 to CS18: only the survivor, or the child, takes back their own fear
    theirs_only: bool  # IS03 and IS10: only who objects takes it back
    tells: Callable[[int], bool]
    less: Callable[[int, int], bool]
    may_answer: Callable[[int], bool]
    spelt: Callable[[str], str] = spelling.kept


class Standing(NamedTuple):
    """The answers that still count, and in words why a later one does not take the place of what it was to replace."""

    answers: tuple[Answer, ...]
    refused: tuple[str, ...]


def standing(answers: Sequence[Answer], rules: Rules) -> Standing:
    """The answers that still count for one criterion and subject; order of the input changes nothing.

    A source's later answer replaces its own earlier one; another source's only by naming it, with a reason, at an equal or
    higher grade. What takes anything away from a worry, all of it or a part, needs more: a reason, an equal or higher grade,
    a day no earlier, and a source whose word counts as reassurance here. It takes the worry away only while it stands
    itself: when it is withdrawn, the worry is back. Where the fear is a survivor's own, or the objection a professional's,
    only they take it back. A source of which nothing is known is never the same as another.

    Source: design.md, The model of judgement; rulings.md 1 and 2.
    """
    refused: list[str] = []
    edges: dict[int, set[int]] = {}  # by position, what is to take its place
    for old_at, old in enumerate(answers):
        for new_at, new in enumerate(answers):
            if new_at == old_at or not _replaces(new, old, rules.spelt):
                continue
            why = _why_not(new_at, new, old_at, old, rules)
            if not why:
                edges.setdefault(old_at, set()).add(new_at)
            elif rules.tells(old_at):
                refused.append(f"What {new.source.name or 'somebody'} said later does not take its place: {why}.")
    edges = _without_rings(edges)
    stands: dict[int, bool] = {}

    def does_stand(at: int) -> bool:
        if at not in stands:
            stands[at] = not any(takes_away(new, at) for new in edges.get(at, ()))
        return stands[at]

    def takes_away(new: int, old: int) -> bool:
        """A reassurance is gone once it was replaced; a worry only while what replaced it, or what replaced that, stands."""
        if not rules.tells(old) or does_stand(new):
            return True
        return any(newer in edges.get(old, ()) and takes_away(newer, new) for newer in edges.get(new, ()))

    left = tuple(answer for at, answer in enumerate(answers) if does_stand(at))
    return Standing(left, tuple(sorted(set(refused))))


def _why_not(new_at: int, new: Answer, old_at: int, old: Answer, rules: Rules) -> str:
    """Why an answer does not take the place of another that it was to replace; empty where it does."""
    same_source = is_same(new.source, old.source, rules.spelt)
    tells = rules.tells(old_at)
    if tells and new.is_unknown:
        return "a worry is answered, never blanked"
    if new.is_unknown and (same_source or old.id in new.supersedes):
        return ""  # whoever withdraws a reassurance, it is withdrawn
    own_fear = rules.survivor_only and old.grade is Grade.E1S and tells
    if own_fear and not (same_source and new.grade is Grade.E1S):
        return "only the person whose fear it is takes it back"
    if tells and new.grade is Grade.E1S and not same_source:
        return "a survivor’s word stands beside what others say, and takes nothing of theirs away"
    ranks = new.grade.rank >= old.grade.rank if rules.survivor_only else new.grade.calm >= old.grade.calm
    if tells and rules.less(new_at, old_at):
        if rules.theirs_only and not same_source:
            return "only who said it takes it back"
        if not new.reason:
            return "it gives no reason"
        if not ranks:
            return "it is known less surely"
        if new.on is None or new.on < (old.on or rules.on):
            return "it is of an earlier day, or of none"
        if not rules.may_answer(new_at):
            return "it is not from one of those whose word counts here"
    if not ranks and not tells and not new.reason:
        return "it is known less surely, and gives no reason"
    if not same_source and not (new.reason and ranks):
        return "it gives no reason, or is known less surely"
    return ""


def _without_rings(edges: dict[int, set[int]]) -> dict[int, set[int]]:
    """Answers that replace each other in a ring replace nothing within it."""

    def reaches(start: int, end: int) -> bool:
        seen, waiting = {start}, [start]
        while waiting:
            for further in edges.get(waiting.pop(), ()):
                if further == end:
                    return True
                if further not in seen:
                    seen.add(further)
                    waiting.append(further)
        return False

    return {old: {new for new in news if not reaches(new, old)} for old, news in edges.items()}


def is_same(one: Source, other: Source, spelt: Callable[[str], str] = spelling.kept) -> bool:
    """Is it the same source? Two of which nothing is written are two."""
    return one.identity(spelt) == other.identity(spelt) and any(one.identity(spelt))


def _replaces(new: Answer, old: Answer, spelt: Callable[[str], str]) -> bool:
    if old.id is not None and old.id in new.supersedes:
        return True
    return is_same(new.source, old.source, spelt) and new.on is not None and old.on is not None and new.on > old.on
