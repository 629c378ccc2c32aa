"""The sheet of a conversation: what this speaker can answer, about everybody at once, and what an answer of theirs counts as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.suitability.casefile.codes import Effect, Grade, OpenEffect
from app.suitability.casefile.conversations import Conversation
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Criterion
from app.suitability.checklist.read_criterion import MOST_OF_A_PARENT
from app.suitability.judgement.result import Result, Row

from .next_questions import asked_of, next_questions

# Those of the council's list who are no agency outside: the family, whoever lets the place, and the council itself.
FAMILY, PROVIDER, OFFICER = "family", "provider", "officer"
# What a speaker counts as at most. Source: design.md, evidence grades.
_AT_MOST = {
    "family": Grade.E1,
    "provider": Grade.E2,
    "agency": Grade.E3,
    "seen": Grade.E2,
    "document": Grade.E4,
    "before": Grade.E0,
}


def at_most(speaker: str, alone: bool | None, named: bool) -> Grade:
    """What answers of a conversation count as, unless it is lowered: who nobody can name has only been heard.

    Args:
        alone: a survivor was asked with nobody within hearing whom they may fear.
        named: it is written down who they are.
    """
    if speaker == "family" and alone:
        return Grade.E1S
    return _AT_MOST[speaker] if named or speaker in ("seen", "document") else Grade.E1


def grade_in(conversation: Conversation, criterion: Criterion) -> Grade:
    """What an answer to this question counts as in it.

    A survivor's own word is one about where they are safe; of anything else they speak as the household.
    """
    grade = conversation.grade
    return Grade.E1 if grade is Grade.E1S and not criterion.is_asked_alone else grade


class Line(NamedTuple):
    """One question of a sheet, about everybody it is asked about here; ``words`` are said aloud to this speaker."""

    criterion: str
    words: str
    subjects: tuple[str, ...]
    before_keys: bool  # nobody moves in while it is open
    is_open: bool  # of somebody at least
    counts_once: tuple[str, ...]  # the agencies whose reassurance counts here, where this speaker's does not
    first: bool = False  # a parent is the first to ask, in words of their own
    changes: bool = False  # an answer about somebody could change the outcome, everything else as it is


def lines(checklist: Checklist, result: Result, speaker: str, alone: bool = False) -> tuple[Line, ...]:
    """What a speaker can answer, what could change most first; what is answered already stands last.

    Of the family it begins with what a parent is the first to be asked, in the order that a lead signed.

    Args:
        speaker: the code of the agency, as in the council's list; the family, the provider and the officer are in it.
        alone: one of the family is asked with nobody within hearing whom they may fear; what is asked so comes first.
    """
    asked = next_questions(checklist, result)
    order = {(q.criterion, q.subject): at for at, q in enumerate(asked)}
    changing = {(q.criterion, q.subject) for q in asked if q.could_change_outcome}
    found: dict[str, list[Row]] = {}
    for row in result.rows:
        criterion = checklist.criteria[row.criterion]
        if criterion.computed is None and _can_answer(checklist, criterion, row, speaker, alone):
            found.setdefault(row.criterion, []).append(row)

    def place(rows: Sequence[Row]) -> tuple[object, ...]:
        first = min(order.get((r.criterion, r.subject), len(order)) for r in rows)
        criterion = checklist.criteria[rows[0].criterion]
        of_a_parent = criterion.parents_order if _is_first(criterion, speaker) else MOST_OF_A_PARENT + 1
        with_others = not (alone and criterion.is_asked_alone)
        return (not any(r.is_open for r in rows), with_others, of_a_parent, not _before_keys(checklist, rows), first)

    return tuple(
        Line(
            criterion=name,
            words=_words(checklist, checklist.criteria[name], rows, speaker),
            subjects=tuple(r.subject for r in rows),
            before_keys=_before_keys(checklist, rows),
            is_open=any(r.is_open for r in rows),
            counts_once=counts_once(checklist.criteria[name], speaker),
            first=_is_first(checklist.criteria[name], speaker),
            changes=any((r.criterion, r.subject) in changing for r in rows),
        )
        for name, rows in sorted(found.items(), key=lambda item: place(item[1]))
    )


def _can_answer(checklist: Checklist, criterion: Criterion, row: Row, speaker: str, alone: bool) -> bool:
    if row.under:
        return False  # another answer settles whether it is asked at all
    if speaker == FAMILY and criterion.is_asked_alone and not alone:
        return False  # who is feared may sit there, or be whoever is asked: it has a sheet of its own
    if _is_first(criterion, speaker):
        return True
    asked = asked_of(checklist, row).agency.code if row.is_open else criterion.ask_of
    if speaker in (asked, *criterion.only_from, *criterion.answers_from):
        return True
    if speaker in (OFFICER, PROVIDER):
        return speaker in criterion.verifiers
    return any(speaker in checklist.agencies_in(named, "") for named in criterion.verifiers)


def counts_once(criterion: Criterion, speaker: str) -> tuple[str, ...]:
    """Whose reassurance is wanted where this speaker's alone does not count; empty where it does."""
    if speaker in criterion.not_from:
        return criterion.only_from or (criterion.ask_of,)
    if _is_first(criterion, speaker) and criterion.ask_of != FAMILY and not criterion.only_from:
        own = min((criterion.clear_at, *(grade for _, grade in criterion.clear_at_when)), key=lambda g: g.rank)
        return (criterion.ask_of,) if own.rank > Grade.E1.rank else ()
    return criterion.only_from if criterion.only_from and speaker not in criterion.only_from else ()


def _is_first(criterion: Criterion, speaker: str) -> bool:
    return speaker == FAMILY and bool(criterion.parents_order)


def words_for(criterion: Criterion, speaker: str) -> str:
    """The question as it stands before this speaker, whatever is known: a parent’s in words of their own."""
    return criterion.parents_words if _is_first(criterion, speaker) else criterion.question


def _before_keys(checklist: Checklist, rows: Sequence[Row]) -> bool:
    """Is one of them open, and holds the first night, or could it stop the place?"""
    return any(
        r.is_open
        and r.open_effect == OpenEffect.HOLD
        and (
            checklist.criteria[r.criterion].first_night
            or checklist.criteria[r.criterion].worst_effect >= Effect.STOP_UNTIL
        )
        for r in rows
    )


def _words(checklist: Checklist, criterion: Criterion, rows: Sequence[Row], speaker: str) -> str:
    """As this speaker is asked it: in the words for them where they are who is asked, else the question itself."""
    if _is_first(criterion, speaker):
        return words_for(criterion, speaker)
    asked = {asked_of(checklist, r) for r in rows if r.is_open and not r.applicability_unknown}
    mine = next((a.words for a in asked if a.agency.code == speaker), "")
    return mine or (criterion.ask if criterion.ask_of == speaker and criterion.ask else criterion.question)
