"""From what is stored to the heart and back: the case file of an assessment, and its result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.cases.household import household_of
from app.checklists import read_folder
from app.extensions import db
from app.properties.service import placement_of
from app.suitability.assess import assess
from app.suitability.case_file import CaseFile, subject_keys
from app.suitability.checklist import Checklist
from app.suitability.evidence import Acceptance, Answer, Grade, Mitigation, Source
from app.suitability.result import Result

from .models import Assessment, SavedAcceptance, SavedAnswer, SavedMitigation
from .service import AssessmentProblem, saved_answers, source_of


class Judged:
    """An assessment with its case file and result."""

    def __init__(
        self,
        assessment: Assessment,
        checklist: Checklist,
        file: CaseFile,
        result: Result,
        answers: Sequence[SavedAnswer],
    ) -> None:
        self.assessment, self.checklist, self.file, self.result, self.answers = (
            assessment,
            checklist,
            file,
            result,
            answers,
        )


class NotReady(AssessmentProblem):
    """There is not enough to judge: nobody is entered yet."""


def case_file(assessment: Assessment, on: date, council: str, answers: Sequence[SavedAnswer] | None = None) -> CaseFile:
    """Everything the heart needs, as one document.

    Raises:
        NotReady: the household has no members yet.
    """
    if not assessment.case.members:
        raise NotReady("Enter the members of the household first.")
    saved = saved_answers(assessment.case_id, assessment.unit_id) if answers is None else answers
    checklist = read_folder()
    household = household_of(assessment.case)
    where = (SavedMitigation.case_id == assessment.case_id, SavedMitigation.unit_id == assessment.unit_id)
    mitigations = db.session.scalars(select(SavedMitigation).where(*where).order_by(SavedMitigation.recorded_at)).all()
    acceptances = db.session.scalars(
        select(SavedAcceptance)
        .where(SavedAcceptance.case_id == assessment.case_id, SavedAcceptance.unit_id == assessment.unit_id)
        .order_by(SavedAcceptance.recorded_at)
    ).all()
    asked = {(c.id, key) for c in checklist.criteria.values() for key in subject_keys(c, household)}
    return CaseFile(
        on=on,
        council=council,
        household=household,
        placement=placement_of(
            assessment.unit, assessment.starts, assessment.nights, assessment.nightly_cost_pence, assessment.authority
        ),
        answers=tuple(plain_answer(a) for a in saved if (a.criterion, a.subject) in asked),
        mitigations=tuple(_plain_mitigation(m) for m in mitigations if (m.criterion, m.subject) in asked),
        acceptances=tuple(
            Acceptance(
                criterion=a.criterion,
                subject=a.subject,
                by=a.by_name,
                role=a.by_role,
                reason=a.reason,
                on=a.on,
                review_on=a.review_on,
                lead_professional_view=a.lead_professional_view,
            )
            for a in acceptances
            if (a.criterion, a.subject) in asked
        ),
    )


def plain_answer(a: SavedAnswer) -> Answer:
    value = tuple(a.value) if isinstance(a.value, list) else a.value
    return Answer(
        criterion=a.criterion,
        subject=a.subject,
        value=value,
        grade=Grade(a.grade),
        source=source_of(a),
        on=a.on,
        note=a.note,
        why=a.why,
        so_what=a.so_what,
        id=a.id,
        supersedes=tuple(a.supersedes),
        reason=a.reason,
    )


def _plain_mitigation(m: SavedMitigation) -> Mitigation:
    return Mitigation(
        criterion=m.criterion,
        subject=m.subject,
        what=m.what,
        owner=Source(name=m.owner_name, role=m.owner_role, agency=m.owner_agency),
        owner_accepted=m.owner_accepted,
        due=m.due,
        in_place=m.in_place,
        seen_grade=Grade(m.seen_grade) if m.seen_grade else None,
        seen_by=m.seen_by,
        seen_on=m.seen_on,
    )


def judge(assessment: Assessment, on: date, council: str) -> Judged:
    """Assess afresh; the same heart that serves the command and the record."""
    answers = saved_answers(assessment.case_id, assessment.unit_id)
    file = case_file(assessment, on, council, answers)
    checklist = read_folder()
    return Judged(assessment, checklist, file, assess(checklist, file, council), answers)
