"""What to ask next, as conversations: everything open that one agency, the family or the officer can answer, in one call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.suitability.casefile.codes import Effect, OpenEffect, Outcome, RowState
from app.suitability.casefile.values import in_sentence
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Agency
from app.suitability.judgement.result import Result, Row
from app.suitability.reading.case_file import CaseFile

from .due import due_words
from .next_questions import (
    NextQuestion,
    Where,
    about_the_unit,
    asked_of,
    escalate_words,
    gravest,
    next_questions,
    urgency_of,
    worry_alone,
)
from .sheets import FAMILY

NEXT = 3  # as many conversations as an officer can have in mind
_EXAMPLES = 3
_NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_STOPS = (Effect.STOP, Effect.STOP_UNTIL)
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_NUMBER = re.compile(r" \((?:CS|SM|SA|IS|LS)\d\d\)")


class Call(NamedTuple):
    """One conversation still to be had: with whom, about what, by when, and what its answers could do."""

    speaker: (
        str  # the code of the agency, as in the council's list; the family, the officer and a second person are in it
    )
    name: str
    rows: tuple[Where, ...]  # what is asked, in the order in which a lead asks it
    answers: int
    stops: tuple[str, ...]  # the names of what stops this place and rests on a word these answers could take back
    holds: int  # how many of its answers must be there before the place can be found suitable
    could_change_outcome: bool  # could all its answers together make the outcome another one?
    tonight: str
    planned: str
    due: str  # the one of the two that counts: as the officer said, else by the first night
    wherever: int  # how many of its answers count wherever the family goes; the others are about this place
    examples: tuple[str, ...]
    alone: bool  # something is asked of a survivor with nobody within hearing
    escalate: str  # what to do instead where the agency was asked and is silent; else empty


class _Asked(NamedTuple):
    question: NextQuestion
    row: Row
    agency: Agency
    place: tuple[int, bool, bool]


def calls(checklist: Checklist, case: CaseFile, result: Result) -> tuple[Call, ...]:
    """Every open question that no other settles, by whom it is asked.

    A conversation stands where the most urgent of its questions does: danger; the survivor alone; what could stop any
    place; the other holds; chases; notes. Where this unit may not be used anyway, what is about it alone comes after. Among
    equals first whoever could lift a stop, then whoever could lift the most holds, then as the questions stand.
    """
    rows = {(r.criterion, r.subject): r for r in result.rows}
    found: dict[str, list[_Asked]] = {}
    for question in next_questions(checklist, result):
        asked = _asked(checklist, result, rows, question)
        found.setdefault(asked.agency.code, []).append(asked)
    made = [(min(a.place for a in mine), _call(checklist, case, result, rows, mine)) for mine in found.values()]
    return tuple(call for _, call in sorted(made, key=lambda m: (m[0], -len(m[1].stops), -m[1].holds)))


def _asked(checklist: Checklist, result: Result, rows: dict[Where, Row], question: NextQuestion) -> _Asked:
    row, criterion = rows[question.criterion, question.subject], checklist.criteria[question.criterion]
    grave = gravest(checklist, (criterion, *(checklist.criteria[name] for name, _ in row.settles)))
    lost = any(r.effect == Effect.STOP and r.state != RowState.OPEN for r in result.rows)
    urgency = urgency_of(criterion, row, grave, result.safeguarding_route == "999")
    place = (urgency, criterion.phase == 2, lost and about_the_unit(criterion))
    return _Asked(question, row, asked_of(checklist, row).agency, place)


def _call(checklist: Checklist, case: CaseFile, result: Result, rows: dict[Where, Row], mine: Sequence[_Asked]) -> Call:
    agency = mine[0].agency
    wheres = tuple(
        dict.fromkeys(
            where
            for a in mine
            for where in (
                (a.question.criterion, a.question.subject),
                *((b.criterion, b.subject) for b in a.question.with_it),
            )
        )
    )
    asked = [rows[where] for where in wheres]
    return Call(
        speaker=agency.code,
        name=agency.name,
        rows=wheres,
        answers=len(wheres),
        stops=tuple(dict.fromkeys(checklist.criteria[r.criterion].name for r in asked if _stops(r))),
        holds=sum(row.open_effect == OpenEffect.HOLD for row in asked),
        could_change_outcome=_could_change(checklist, result, asked),
        tonight=agency.tonight,
        planned=agency.planned,
        due=due_words(agency, case.placement, case.on),
        wherever=sum(checklist.criteria[row.criterion].scope == "household" for row in asked),
        examples=_examples(a.question for a in mine if not a.question.escalate),
        alone=agency.code == FAMILY and any(checklist.criteria[row.criterion].is_asked_alone for row in asked),
        escalate=escalate_words(checklist, agency) if agency.code in result.silent else "",
    )


def could(call: Call) -> str:
    """What its answers could do, in a sentence or two."""
    said = []
    if call.stops:
        said.append(f"Could lift what stops this place: {'; '.join(map(in_sentence, call.stops))}.")
    if call.holds >= len(_NUMBERS):
        # A count that nobody could ask tonight helps nobody: the sheet has them in order.
        said.append("What must be known first stands first on the sheet.")
    elif call.holds:
        said.append(f"{number(call.holds)} must be known first.")
    if call.could_change_outcome:
        said.append("Could change the outcome.")
    return " ".join(said)


def number(count: int) -> str:
    """A small number at the beginning of a sentence."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _stops(row: Row) -> bool:
    """A worry that stops the place, on a word that is not enough to reassure nor to be the last."""
    return row.effect in _STOPS and row.state in (RowState.WORRYING, RowState.PARTLY)


def _could_change(checklist: Checklist, result: Result, asked: Sequence[Row]) -> bool:
    """Could the worst of its answers, or all the best together, make the outcome another one?"""
    touched = {(row.criterion, row.subject) for row in asked} | {where for row in asked for where in row.settles}
    others = [r.outcome for r in result.rows if (r.criterion, r.subject) not in touched]
    others += [p.outcome for p in result.patterns]
    left = max(others, default=Outcome.SUITABLE)
    worst = max(left, gravest(checklist, (checklist.criteria[name] for name, _ in touched)).outcome)
    best = max(left, *(worry_alone(row) for row in asked))
    return worst > result.outcome or best < result.outcome


def _examples(questions: Iterable[NextQuestion]) -> tuple[str, ...]:
    """The first few of its questions, each by its first sentence and once for all it is asked about."""
    said = dict.fromkeys(_NUMBER.sub("", _SENTENCE.split(q.ask, maxsplit=1)[0]) for q in questions)
    return tuple(said)[:_EXAMPLES]
