"""Answers and what they are worth: grades, shelf life, which answers stand, and what the standing ones amount to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Literal

from pydantic import Field, model_validator

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

    @property
    def identity(self) -> tuple[str, str, str]:
        return (self.name.casefold(), self.role.casefold(), self.agency.casefold())


Value = (
    Annotated[str, Field(max_length=200)]
    | Annotated[int, Field(ge=0, le=100_000)]
    | Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=40)]
    | Annotated[
        dict[Annotated[str, Field(max_length=60)], Annotated[int, Field(ge=0, le=10_000)]], Field(max_length=20)
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
    promised_before: Annotated[int, Field(ge=0, le=1000)] = 0

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
    return answer.on is None or answer.on > on or answer.on + timedelta(days=shelf_life_days) < on


def standing(
    answers: Iterable[Answer],
    worries: Mapping[int, bool],
    survivor_only: bool,
    less: Callable[[int, int], bool],
    may_reassure: Callable[[int], bool],
) -> tuple[Answer, ...]:
    """The answers that still count for one criterion and subject; order of the input changes nothing.

    A source's later answer replaces its own earlier one; another source's only by naming it, with a reason, at an equal
    or higher grade. What takes anything away from a worry, all of it or a part, needs more: a reason, an equal or higher
    grade, a day no earlier, and a source whose word counts as reassurance here. Where the fear is a survivor's own, only
    they replace it. A source of which nothing is known is never the same as another.

    Args:
        answers: all answers to one criterion about one subject.
        worries: by position in ``answers``, whether that answer is worrying.
        survivor_only: criteria CS16 to CS18.
        less: of two positions, whether the first answer worries less than the second.
        may_reassure: by position, whether the source's word counts as reassurance here.
    Source: design.md, The model of judgement; rulings.md 1 and 2.
    """
    listed = tuple(answers)
    replaced: dict[int, set[int]] = {}
    for old_at, old in enumerate(listed):
        for new_at, new in enumerate(listed):
            if new_at == old_at or not _replaces(new, old):
                continue
            same_source = is_same(new.source, old.source)
            own_fear = survivor_only and old.grade is Grade.E1S and worries[old_at]
            if own_fear and not (same_source and new.grade is Grade.E1S):
                continue
            if worries[old_at] and new.is_unknown:
                continue  # a worry is answered, never blanked
            ranks = new.grade.rank >= old.grade.rank if survivor_only else _rank_of(new) >= _rank_of(old)
            reasoned = bool(new.reason) and ranks
            if worries[old_at] and less(new_at, old_at):
                later = new.on is not None and (old.on is None or new.on >= old.on)
                if not (reasoned and later and may_reassure(new_at)):
                    continue
            if not same_source and not reasoned:
                continue
            replaced.setdefault(old_at, set()).add(new_at)
    try:
        TopologicalSorter(replaced).prepare()
    except CycleError:
        return listed  # answers that replace each other in a ring replace nothing
    return tuple(answer for at, answer in enumerate(listed) if at not in replaced)


def _rank_of(answer: Answer) -> int:
    return answer.grade.calm


def is_same(one: Source, other: Source) -> bool:
    """Is it the same source? Two of which nothing is written are two."""
    return one.identity == other.identity and any(one.identity)


def _replaces(new: Answer, old: Answer) -> bool:
    if old.id is not None and old.id in new.supersedes:
        return True
    return is_same(new.source, old.source) and new.on is not None and old.on is not None and new.on > old.on
