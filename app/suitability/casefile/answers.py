"""Answers and what they are worth: grades, shelf life, which answers stand, and what the standing ones amount to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .codes import Grade
from .values import Key, Line, Note, Plain, When

UNKNOWN = "unknown"


class Source(Plain):
    """Who said or showed it."""

    name: Line = ""
    role: Line = ""
    agency: Line = ""
    code: Key | None = None  # the agency’s code, where it was chosen from the list and not only written

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
    conversation: Key | None = None  # the one in which it was given
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
