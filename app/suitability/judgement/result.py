"""What a judgement is made of: rows, ranges, children, and the outcome. Plain values."""

from __future__ import annotations

from math import lcm
from typing import Literal, NamedTuple

from app.suitability.casefile.answers import Answer, Source
from app.suitability.casefile.codes import Basis, Effect, OpenEffect, Outcome, RowState

ROUTES = ("none", "lead_professional", "front_door", "refer_now", "999")


# Shares are whole numbers of this unit, so that a weight divided by any number of subjects stays exact.
WHOLE = lcm(*range(1, 81))


class Condition(NamedTuple):
    """Something still to be done, with an owner and a date where one is known."""

    what: str
    owner: str
    due: str


class Row(NamedTuple):
    """One criterion about one subject: what it amounts to, its effect, and how the outcome feels it.

    ``outcome`` is the worst that this row alone leads to. ``share`` is its weight divided by the
    number of its subjects, in units of 1/WHOLE; ``credit`` is in halves: 2 clear, 1 partly, 0 otherwise.
    """

    criterion: str
    subject: str
    state: RowState
    effect: Effect | OpenEffect
    open_effect: OpenEffect | Literal[""]  # empty where it is not open
    if_open: OpenEffect  # the effect it has, or would have, while open
    basis: Basis
    why: tuple[str, ...]
    remedy: str
    owner: str
    outcome: Outcome
    conditions: tuple[Condition, ...]
    answers: tuple[Answer, ...]
    weight: int
    share: int
    is_open: bool
    credit: int
    applicability_unknown: str = ""  # asked only because this is not known: what decides whether it applies
    asked: tuple[str, str] | tuple[()] = ()  # while open: the agency that is asked, and the words
    lapsed: Source | None = None  # open only because what this source said has grown old
    closes: str = ""  # it closes the emergency route for this unit and these people; where else tonight
    by_seeing: bool = False  # no plan and no acceptance ends it: only the thing in place, or the work done, and seen
    under: (
        tuple[str, str] | tuple[()]
    ) = ()  # the row whose answer settles whether this one applies: it holds through it
    settles: tuple[tuple[str, str], ...] = ()  # the rows that are counted under this one
    after: tuple[tuple[str, str], ...] = ()  # the rows that settle a part of whether this one applies: asked before it


class Score(NamedTuple):
    """A range, 0 to 100: the low end counts what is clear, the high end all that is not known to be worrying."""

    domain: str
    low: int
    high: int
    open_rows: int
    rows: int


class Child(NamedTuple):
    key: str
    name: str
    outcome: Outcome
    because: tuple[int, ...]  # positions in rows
    patterns: tuple[int, ...] = ()  # positions in patterns


class Pattern(NamedTuple):
    """A pattern that fired: the facts it saw, what it prompts, and the effect it carries into the ladder, if any.

    ``carried_by`` names the row that carries its effect, where one does: then the row has the outcome and not the pattern.
    """

    id: str
    subject: str
    effect: Effect | OpenEffect
    state: str  # prompt, answered, open, worrying, mitigated, accepted, carried
    outcome: Outcome
    facts: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    carried_by: tuple[str, str] | None
    remedy: str
    conditions: tuple[Condition, ...]
    level: str = ""


class Result(NamedTuple):
    outcome: Outcome
    safeguarding_route: str
    children: tuple[Child, ...]
    rows: tuple[Row, ...]
    scores: tuple[Score, ...]
    checklist_version: str
    patterns: tuple[Pattern, ...] = ()
    must_ask: tuple[str, ...] = ()  # agencies that must be asked about this household and place
    silent: tuple[str, ...] = ()  # agencies with a question past its time and no answer to it
