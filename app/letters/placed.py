"""What decisions, nights, letters and answers say of the placements of one case, or of every case: a query a table, however many there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import defer, joinedload, lazyload

from app.assessments.models import WITHDRAWN, Assessment
from app.decisions.models import Decision, EmergencyDecision
from app.extensions import db
from app.properties.models import Unit

from . import context
from .models import Letter, LetterStep, NoticeAsked


class Known(NamedTuple):
    """By case: its placements and its letters, newest first, and who was asked, oldest first. By placement and by letter: the rest."""

    assessments: Mapping[str, Sequence[Assessment]]
    taken: Mapping[
        str, Sequence[tuple[str | None, datetime]]
    ]  # emergency decisions: what a lead said of it, and when it was taken
    outcomes: Mapping[str, str]
    letters: Mapping[str, Sequence[Letter]]
    steps: Mapping[str, Sequence[LetterStep]]
    asked: Mapping[str, Sequence[NoticeAsked]]

    def placement(self, case_id: str) -> Assessment | None:
        """The placement that letters are about."""
        return context.chosen(self.assessments.get(case_id, ()), self.may_be_offered)

    def may_be_offered(self, assessment: Assessment) -> str:
        verdicts = [verdict for verdict, _ in self.taken.get(assessment.id, ())]
        return context.offered(verdicts, self.outcomes.get(assessment.id))

    def letters_of(self, assessment: Assessment) -> list[Letter]:
        return [made for made in self.letters.get(assessment.case_id, ()) if made.assessment_id == assessment.id]

    def made_available(self, assessment: Assessment) -> date | None:
        """The day on which the place was made available."""
        of_offers = [
            s for made in self.letters_of(assessment) if made.kind == "offer" for s in self.steps.get(made.id, ())
        ]
        offered = min((s.on for s in of_offers if s.how in context.WENT), default=None)
        first = min((taken_at for _, taken_at in self.taken.get(assessment.id, ())), default=None)
        return context.available(offered, assessment.starts, first)

    def said(self, assessment: Assessment) -> dict[str, NoticeAsked]:
        """What was last said of each body at a placement."""
        listed = self.asked.get(assessment.case_id, ())
        return {row.body: row for row in listed if row.assessment_id == assessment.id}

    def asked_before(self, assessment: Assessment) -> set[str]:
        """Bodies that were asked about at another placement: it is offered again."""
        listed = self.asked.get(assessment.case_id, ())
        return {row.body for row in listed if row.assessment_id != assessment.id}


NOTHING = Known(assessments={}, taken={}, outcomes={}, letters={}, steps={}, asked={})
_ONE, _SOME, _ALL = "one", "some", "all"


class _Queries(NamedTuple):
    """One a table."""

    assessments: Select[*tuple[Any, ...]]
    taken: Select[*tuple[Any, ...]]
    outcomes: Select[*tuple[Any, ...]]
    letters: Select[*tuple[Any, ...]]
    steps: Select[*tuple[Any, ...]]
    asked: Select[*tuple[Any, ...]]


@lru_cache(maxsize=3)
def _queries(of: str) -> _Queries:
    """The queries of one case, of some or of all, made once."""

    def within(model: Any, query: Any) -> Any:
        if of == _SOME:
            return query.where(model.case_id.in_(bindparam("case_ids", expanding=True)))
        return query.where(model.case_id == bindparam("case_id")) if of == _ONE else query

    # Where a place is is asked; what stands in its rooms is not.
    bare = joinedload(Assessment.unit).options(
        *(lazyload(part) for part in (Unit.rooms, Unit.certificates, Unit.beside))
    )
    listed = select(Assessment) if of == _ONE else select(Assessment).where(Assessment.state != WITHDRAWN)
    nights = select(EmergencyDecision.assessment_id, EmergencyDecision.verdict, EmergencyDecision.taken_at)
    newest = select(Letter).order_by(Letter.made_at.desc(), Letter.number.desc()).options(defer(Letter.body))
    return _Queries(
        assessments=within(Assessment, listed).options(bare).order_by(Assessment.created_at.desc()),
        taken=within(EmergencyDecision, nights),
        outcomes=within(Decision, select(Decision.assessment_id, Decision.outcome)),
        letters=within(Letter, newest),
        steps=within(LetterStep, select(LetterStep)).order_by(LetterStep.noted_at),
        asked=within(NoticeAsked, select(NoticeAsked)).order_by(NoticeAsked.noted_at),
    )


def read(case_id: str = "", case_ids: Collection[str] | None = None) -> Known:
    """Of one case, of some, or of all: six queries. Of one alone what was withdrawn is among it, of which nothing is due."""
    queries = _queries(_SOME if case_ids is not None else _ONE if case_id else _ALL)
    values = {"case_id": case_id} if case_ids is None else {"case_ids": [*case_ids]}
    assessments: dict[str, list[Assessment]] = {}
    for found in db.session.scalars(queries.assessments, values).unique():
        assessments.setdefault(found.case_id, []).append(found)
    taken: dict[str, list[tuple[str | None, datetime]]] = {}
    for row in db.session.execute(queries.taken, values):
        taken.setdefault(row.assessment_id, []).append((row.verdict, row.taken_at))
    outcomes = {row[0]: row[1] for row in db.session.execute(queries.outcomes, values)}
    letters: dict[str, list[Letter]] = {}
    for letter in db.session.scalars(queries.letters, values):
        letters.setdefault(letter.case_id, []).append(letter)
    steps: dict[str, list[LetterStep]] = {}
    for step in db.session.scalars(queries.steps, values):
        steps.setdefault(step.letter_id, []).append(step)
    asked: dict[str, list[NoticeAsked]] = {}
    for row in db.session.scalars(queries.asked, values):
        asked.setdefault(row.case_id, []).append(row)
    return Known(assessments=assessments, taken=taken, outcomes=outcomes, letters=letters, steps=steps, asked=asked)
