"""The closed sets of the judgement, each written once and in its order, from least to most. Their words are in ``wording``."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code of a closed set. It is the text that is stored, and is compared by its place in the set, never by its letters."""

    rank: int

    def __init__(self, text: str) -> None:
        self.rank = len(type(self).__members__)

    def __lt__(self, other: str) -> bool:
        return self.rank < self._like(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= self._like(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > self._like(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= self._like(other).rank

    def _like(self, other: str) -> Self:
        return other if isinstance(other, type(self)) else type(self)(other)


class Outcome(Code):
    """What is found of a placement, from best to worst. Source: criteria.md."""

    SUITABLE = "suitable"
    SUITABLE_WITH_CONDITIONS = "suitable_with_conditions"
    CANNOT_DECIDE = "cannot_decide"
    NOT_SUITABLE = "not_suitable"


class Effect(Code):
    """How much a worry weighs. Source: rulings.md 7; a row without one is clear."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    SENIOR = "senior"
    STOP_UNTIL = "stop_until"
    STOP = "stop"

    @property
    def outcome(self) -> Outcome:
        """The worst outcome that a worry of this effect alone leads to."""
        return _OUTCOMES[self]

    @property
    def weaker(self) -> Effect:
        """What a worry weighs that is only partly so. A stop stays one."""
        return _WEAKER.get(self, self)


class OpenEffect(Code):
    """How much not knowing weighs. Source: rulings.md 7."""

    NOTE = "note"
    CHASE = "chase"
    HOLD = "hold"

    @property
    def outcome(self) -> Outcome:
        """The worst outcome that not knowing this alone leads to."""
        return _WHILE_OPEN[self]

    @property
    def at_least(self) -> Effect:
        """The weakest worry that weighs as much: wrong never weighs less than not knowing. Source: amendment 14."""
        return _AT_LEAST[self]


_OUTCOMES = {
    Effect.NONE: Outcome.SUITABLE,
    Effect.LOW: Outcome.SUITABLE,
    Effect.MEDIUM: Outcome.SUITABLE_WITH_CONDITIONS,
    Effect.HIGH: Outcome.CANNOT_DECIDE,
    Effect.SENIOR: Outcome.CANNOT_DECIDE,
    Effect.STOP_UNTIL: Outcome.NOT_SUITABLE,
    Effect.STOP: Outcome.NOT_SUITABLE,
}
_WEAKER = {Effect.SENIOR: Effect.HIGH, Effect.HIGH: Effect.MEDIUM, Effect.MEDIUM: Effect.LOW}
_WHILE_OPEN = {
    OpenEffect.NOTE: Outcome.SUITABLE,
    OpenEffect.CHASE: Outcome.SUITABLE_WITH_CONDITIONS,
    OpenEffect.HOLD: Outcome.CANNOT_DECIDE,
}
_AT_LEAST = {OpenEffect.NOTE: Effect.LOW, OpenEffect.CHASE: Effect.MEDIUM, OpenEffect.HOLD: Effect.HIGH}
# From the strongest, as they are written in messages and lists.
WORRYING_EFFECTS = tuple(effect for effect in reversed(Effect) if effect is not Effect.NONE)
OPEN_EFFECTS = tuple(reversed(OpenEffect))


class RowState(Code):
    """What a row amounts to, from what is in order to what is wrong and unanswered."""

    CLEAR = "clear"
    CLEAR_WITH_CONDITION = "clear_with_condition"
    MITIGATED = "mitigated"
    ACCEPTED = "accepted"
    OPEN = "open"
    PARTLY = "partly"
    WORRYING = "worrying"


class Basis(Code):
    """What a finding rests on, from the weakest. What is policy is never called law."""

    POLICY = "policy"
    GUIDANCE = "guidance"
    LAW = "law"


BASES = tuple(reversed(Basis))


class Role(Code):
    """Who may sign in, in the order in which they are listed."""

    HOUSING_OFFICER = "housing_officer"
    SENIOR_OFFICER = "senior_officer"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Grade(StrEnum):
    """How an answer is known. Source: safeguarding.md 2.0; ranks from rulings.md 1."""

    E0 = "E0"
    E1 = "E1"
    E1S = "E1s"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"

    # Plain attributes: they are looked at for every answer of every assessment. ``reassurance_rank`` is its rank as reassurance:
    # a survivor knows where they are safe; of anything else they speak as the household. Where the row is theirs (CS16, CS17)
    # their word is enough whatever this says. Source: design.md; safeguarding.md 2.0.
    rank: int
    reassurance_rank: int


for _rank, _grades in enumerate(((Grade.E0,), (Grade.E1,), (Grade.E2,), (Grade.E3, Grade.E1S), (Grade.E4,))):
    for _grade in _grades:
        _grade.rank = _grade.reassurance_rank = _rank
Grade.E1S.reassurance_rank = Grade.E1.rank


def worst_of(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of some outcomes; suitable where there is none."""
    return max(outcomes, key=lambda outcome: outcome.rank, default=Outcome.SUITABLE)
