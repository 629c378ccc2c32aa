"""What is to be done, by whom, in words: the steps of the way forward."""

from __future__ import annotations

from typing import NamedTuple

from app.suitability.casefile.codes import Outcome, RowState
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Agency
from app.suitability.judgement.result import Result, Row

from .next_questions import asked_of, confirm_words, escalate_words


class Step(NamedTuple):
    criterion: str
    subject: str
    step: str
    owner: str


def steps_of(checklist: Checklist, before: Result, after: Result, kept: list[tuple[str, str]]) -> tuple[Step, ...]:
    """Each thing to do; what one source said and has only grown old is confirmed in one step. Source: amendment 20."""
    rows = {(r.criterion, r.subject): r for r in before.rows}
    by_source: dict[tuple[str, ...], list[Row]] = {}
    for where in kept:
        row = rows.get(where)
        if row is not None and row.lapsed is not None and any(row.lapsed.identity(checklist.spelt)):
            by_source.setdefault(row.lapsed.identity(checklist.spelt), []).append(row)
    found = []
    for where in kept:
        row = rows.get(where)
        mine = (
            by_source.get(row.lapsed.identity(checklist.spelt), [])
            if row is not None and row.lapsed is not None
            else []
        )
        if len(mine) < 2:
            found.append(_step(checklist, before, after, where))
        elif row is mine[0]:
            found.append(Step(*where, confirm_words(checklist, mine), asked_of(checklist, mine[0]).agency.name))
    return tuple(found)


def _step(checklist: Checklist, before: Result, after: Result, where: tuple[str, str]) -> Step:
    name, subject = where
    if name in checklist.patterns:
        text = checklist.patterns[name]
        return Step(name, subject, text.step, text.owner)
    row = next((r for r in before.rows if (r.criterion, r.subject) == where), None)
    if row is None:  # it applies only once something else is answered
        row = next(r for r in after.rows if (r.criterion, r.subject) == where)
    criterion = checklist.criteria[name]
    if row.is_open and criterion.ask_of:
        agency, words = asked_of(checklist, row)
        ask = _asking(checklist, agency, words, agency.code in before.silent)
        if row.state is RowState.OPEN or row.effect.outcome < Outcome.CANNOT_DECIDE:
            return Step(name, subject, ask, agency.name)
        return Step(name, subject, f"{row.remedy} {ask}", owner_of(checklist, row.owner))
    return Step(name, subject, row.remedy or criterion.ask or criterion.question, owner_of(checklist, row.owner))


def _asking(checklist: Checklist, agency: Agency, question: str, is_silent: bool) -> str:
    if agency.code in ("officer", "supervisor"):
        return question
    if is_silent:
        return escalate_words(checklist, agency)
    name = "step_ask_family" if agency.code == "family" else "step_ask"
    return checklist.words[name].format(agency=agency.name, question=question)


def owner_of(checklist: Checklist, owner: str) -> str:
    return checklist.agencies[owner].name if owner in checklist.agencies else owner
