"""What decisions, nights, letters and answers say of the placements of one case, or of every case: a query a table, however many there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
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


def read(case_id: str = "", case_ids: Collection[str] | None = None) -> Known:
    """Of one case, of some, or of all: six queries. Of one alone what was withdrawn is among it, of which nothing is due."""

    def of(model: Any, query: Any) -> Any:
        if case_ids is not None:
            return query.where(model.case_id.in_(case_ids))
        return query.where(model.case_id == case_id) if case_id else query

    assessments: dict[str, list[Assessment]] = {}
    # Where a place is is asked; what stands in its rooms is not.
    bare = joinedload(Assessment.unit).options(
        *(lazyload(part) for part in (Unit.rooms, Unit.certificates, Unit.beside))
    )
    listed = of(Assessment, select(Assessment) if case_id else select(Assessment).where(Assessment.state != WITHDRAWN))
    listed = listed.options(bare).order_by(Assessment.created_at.desc())
    for found in db.session.scalars(listed).unique():
        assessments.setdefault(found.case_id, []).append(found)
    taken: dict[str, list[tuple[str | None, datetime]]] = {}
    nights = select(EmergencyDecision.assessment_id, EmergencyDecision.verdict, EmergencyDecision.taken_at)
    for row in db.session.execute(of(EmergencyDecision, nights)):
        taken.setdefault(row.assessment_id, []).append((row.verdict, row.taken_at))
    outcomes = {
        row[0]: row[1] for row in db.session.execute(of(Decision, select(Decision.assessment_id, Decision.outcome)))
    }
    letters: dict[str, list[Letter]] = {}
    newest = (
        of(Letter, select(Letter)).order_by(Letter.made_at.desc(), Letter.number.desc()).options(defer(Letter.body))
    )
    for letter in db.session.scalars(newest):
        letters.setdefault(letter.case_id, []).append(letter)
    steps: dict[str, list[LetterStep]] = {}
    for step in db.session.scalars(of(LetterStep, select(LetterStep)).order_by(LetterStep.noted_at)):
        steps.setdefault(step.letter_id, []).append(step)
    asked: dict[str, list[NoticeAsked]] = {}
    for row in db.session.scalars(of(NoticeAsked, select(NoticeAsked)).order_by(NoticeAsked.noted_at)):
        asked.setdefault(row.case_id, []).append(row)
    return Known(assessments=assessments, taken=taken, outcomes=outcomes, letters=letters, steps=steps, asked=asked)
