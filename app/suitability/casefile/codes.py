"""The closed sets of the judgement, each written once and in its order, from least to most. Their words are in ``wording``."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from operator import attrgetter


class Code(StrEnum):
    """A code of a closed set. It is the text that is stored, and is compared by its place in the set, never by its letters."""

    rank: int

    def __init__(self, text: str) -> None:
        self.rank = len(type(self).__members__)

    def __lt__(self, other: str) -> bool:
        return self.rank < (other.rank if type(other) is type(self) else type(self)(other).rank)

    def __le__(self, other: str) -> bool:
        return self.rank <= (other.rank if type(other) is type(self) else type(self)(other).rank)

    def __gt__(self, other: str) -> bool:
        return self.rank > (other.rank if type(other) is type(self) else type(self)(other).rank)

    def __ge__(self, other: str) -> bool:
        return self.rank >= (other.rank if type(other) is type(self) else type(self)(other).rank)


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

    # Plain attributes, as of a grade: they are looked at for every row of every assessment. ``outcome`` is the worst that a worry of
    # this effect alone leads to; ``weaker``, what it weighs where it is only partly so: a stop stays one.
    outcome: Outcome
    weaker: Effect
    is_strong: bool  # high or more: somebody with the standing for it has to decide


class OpenEffect(Code):
    """How much not knowing weighs. Source: rulings.md 7."""

    NOTE = "note"
    CHASE = "chase"
    HOLD = "hold"

    # ``outcome`` is the worst that not knowing this alone leads to; ``at_least``, the weakest worry that weighs as much: wrong never
    # weighs less than not knowing. Source: amendment 14.
    outcome: Outcome
    at_least: Effect
    is_strong: bool  # never: not knowing is no worry


for _effect, _outcome, _weaker in (
    (Effect.NONE, Outcome.SUITABLE, Effect.NONE),
    (Effect.LOW, Outcome.SUITABLE, Effect.LOW),
    (Effect.MEDIUM, Outcome.SUITABLE_WITH_CONDITIONS, Effect.LOW),
    (Effect.HIGH, Outcome.CANNOT_DECIDE, Effect.MEDIUM),
    (Effect.SENIOR, Outcome.CANNOT_DECIDE, Effect.HIGH),
    (Effect.STOP_UNTIL, Outcome.NOT_SUITABLE, Effect.STOP_UNTIL),
    (Effect.STOP, Outcome.NOT_SUITABLE, Effect.STOP),
):
    _effect.outcome, _effect.weaker = _outcome, _weaker
    _effect.is_strong = _effect.rank >= Effect.HIGH.rank
for _open, _outcome, _at_least in (
    (OpenEffect.NOTE, Outcome.SUITABLE, Effect.LOW),
    (OpenEffect.CHASE, Outcome.SUITABLE_WITH_CONDITIONS, Effect.MEDIUM),
    (OpenEffect.HOLD, Outcome.CANNOT_DECIDE, Effect.HIGH),
):
    _open.outcome, _open.at_least, _open.is_strong = _outcome, _at_least, False
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

    is_worry: bool  # worrying, or partly so, and nothing done about it
    is_known_worry: bool  # the same, whatever was done about it


for _state in RowState:
    _state.is_worry = _state in (RowState.PARTLY, RowState.WORRYING)
    _state.is_known_worry = _state.is_worry or _state in (RowState.MITIGATED, RowState.ACCEPTED)


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


_RANK = attrgetter("rank")


def worst_of(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of some outcomes; suitable where there is none."""
    return max(outcomes, key=_RANK, default=Outcome.SUITABLE)
