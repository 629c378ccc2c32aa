"""From what is stored to the heart and back: the case file of an assessment, and its result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app.cases import protected
from app.cases.household import household_of
from app.checklists import read_folder
from app.extensions import db
from app.places import service as places
from app.properties import locating
from app.properties.models import Unit
from app.properties.service import placement_of
from app.suitability.casefile.answers import Acceptance, Mitigation, Source
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.history import Journey, PatternAnswer
from app.suitability.casefile.household import Household, Placement
from app.suitability.checklist.checklist import Checklist
from app.suitability.reading.case_file import CaseFile, pattern_subjects, subjects_of

from . import before_birth, kept, written
from .answers import of_place, of_whole_case, plain_answer, saved_answers, standing, told_of_other_places
from .following import Following, following
from .kept import Outside, Stored
from .models import Assessment, SavedAnswer, SavedMitigation
from .service import AssessmentProblem
from .stay import STAY
from .written import Written


class Judged:
    """An assessment with its case file and result."""

    def __init__(
        self,
        assessment: Assessment,
        checklist: Checklist,
        file: CaseFile,
        answers: Sequence[SavedAnswer],
        following: Following,
    ) -> None:
        self.assessment, self.checklist, self.file, self.answers = assessment, checklist, file, answers
        self.following, self.result = following, following.result
        self.recorded = answers  # and, where it was read, what was corrected
        self.elsewhere: Sequence[
            SavedAnswer
        ] = ()  # where it was read: told of people when another place was asked about
        self.plans: Sequence[SavedMitigation] = ()


class NotReady(AssessmentProblem):
    """There is not enough to judge: nobody is entered yet."""


def case_file(
    assessment: Assessment,
    on: date,
    council: str,
    answers: Sequence[SavedAnswer] | None = None,
    beside: Written | None = None,
    outside: Outside | None = None,
    whole: bool = False,
) -> CaseFile:
    """Everything the heart needs, as one document.

    Args:
        answers, beside, outside: what is recorded, and what is not of the case, where it was read already.
        whole: also what was said of a child before it was born and is no answer about it any more: to be carried, not judged.
    Raises:
        NotReady: the household has no members yet.
    """
    if not assessment.case.members:
        raise NotReady("Enter the members of the household first.")
    saved = saved_answers(assessment.case_id, assessment.unit_id) if answers is None else answers
    checklist = read_folder()
    household = household_of(assessment.case)
    beside = beside or written.of(assessment)
    outside = outside or outside_of(assessment, on, council, checklist)
    units = assessment.unit.keys
    subjects = subjects_of(household, on, units)
    asked = {(c.id, key) for c in checklist.criteria.values() for key in subjects[c.subject]}
    keys = {m.key for m in household.members}
    asked |= {(name, key) for name in checklist.patterns for key in pattern_subjects(household, units)}
    file = CaseFile(
        on=on,
        council=council,
        household=household,
        placement=_with_those_here(
            household,
            assessment.unit,
            **STAY.read(assessment),
            authority=outside.authority,
            other_files_worried=outside.worried,
            protected_place=protected.conflict(beside.protected, outside.place, checklist.numbers.protected_metres),
        ),
        answers=tuple(plain_answer(a) for a in saved if (a.criterion, a.subject) in asked),
        mitigations=tuple(
            _plain_mitigation(m, _promised_before(m, beside.planned))
            for m in beside.plans
            if (m.criterion, m.subject) in asked
        ),
        pattern_answers=tuple(
            PatternAnswer(pattern=p.pattern, subject=p.subject, by=p.by_name, reason=p.reason, on=p.on)
            for p in beside.patterns
            if (p.pattern, p.subject) in asked
        ),
        journeys=tuple(Journey.model_validate(j) for j in assessment.journeys if j["person"] in keys),
        impression_relied_on=assessment.impression_relied_on,
        danger=tuple(assessment.case.danger),
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
            for a in beside.acceptances
            if (a.criterion, a.subject) in asked
        ),
    )
    return file if whole else before_birth.left_out(file, before_birth.days_of(beside.births), checklist)


def outside_of(assessment: Assessment, on: date, council: str, checklist: Checklist) -> Outside:
    """What of a case file is not of its case, as it is now."""
    place = locating.locate_unit(assessment.unit)
    return Outside(
        place,
        places.as_called_on(assessment.authority, council, on) or places.authority_for(place, council, on) or None,
        worried_elsewhere(assessment, on, checklist),
    )


def _with_those_here(household: Household, unit: Unit, **stay: Any) -> Placement:
    """The placement; who was taken out of the household since sleeps nowhere in it."""
    placement = placement_of(unit, **stay)
    here = {m.key for m in household.members}
    if all(here.issuperset(other.sleeps or ()) for other in placement.further_units or ()):
        return placement
    further = tuple(
        other.model_copy(update={"sleeps": other.sleeps and tuple(key for key in other.sleeps if key in here)})
        for other in placement.further_units or ()
    )
    return placement.model_copy(update={"further_units": further})


def _promised_before(m: SavedMitigation, planned: Sequence[SavedMitigation]) -> int:
    """How many earlier placements of this case had the same thing promised for the same row (P16)."""
    same = (m.criterion, m.subject, " ".join(m.what.casefold().split()))
    return len(
        {
            p.unit_id
            for p in planned
            if p.unit_id != m.unit_id
            and p.recorded_at < m.recorded_at
            and (p.criterion, p.subject, " ".join(p.what.casefold().split())) == same
        }
    )


_OF_THE_POSTCODE = (
    select(SavedAnswer.case_id, SavedAnswer.criterion, SavedAnswer.value, Unit.address)
    .join(Unit, Unit.id == SavedAnswer.unit_id)
    .where(
        Unit.postcode == bindparam("postcode"),
        SavedAnswer.case_id != bindparam("case_id"),
        SavedAnswer.criterion.in_(("CS12", "CS15")),
        SavedAnswer.recorded_at >= bindparam("since"),
        SavedAnswer.id.not_in(select(SavedAnswer.corrects).where(SavedAnswer.corrects.is_not(None))),
    )
)


def worried_elsewhere(assessment: Assessment, on: date, checklist: Checklist) -> int | None:
    """How many other cases worried about the same building within the window (P26); None without a postcode.

    A building is the same postcode and the same address after the room or flat. Nothing else of those cases is read.
    """
    unit = assessment.unit
    if not unit.postcode:
        return None
    since = datetime.combine(on - timedelta(days=checklist.numbers.p26_window_days), datetime.min.time(), UTC)
    asked = {"postcode": unit.postcode, "case_id": assessment.case_id, "since": since}
    rows = db.session.execute(_OF_THE_POSTCODE, asked).all()
    found = set()
    for case_id, criterion, value, address in rows:
        option = checklist.criteria[criterion].options.get(value) if isinstance(value, str) else None
        if option is not None and option.means == "worrying" and _building(address) == _building(unit.address):
            found.add(case_id)
    return len(found)


def _building(address: str) -> str:
    """An address without its room or flat."""
    parts = [" ".join(part.casefold().split()) for part in address.split(",")]
    return ",".join(parts[1:] if len(parts) > 1 else parts)


def _plain_mitigation(m: SavedMitigation, promised_before: int) -> Mitigation:
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
        promised_before=promised_before,
        agreed_by=m.agreed_by_name,
        agreed_role=m.agreed_by_role or None,
        agreed_on=m.agreed_on,
        agreed_note=m.agreed_note,
    )


def judge(assessment: Assessment, on: date, council: str, elsewhere: bool = False) -> Judged:
    """Assess what is stored; the same heart that serves the command and the record.

    Args:
        elsewhere: also what was told of people when another place of the case was asked about.
    """
    checklist = read_folder()
    outside = outside_of(assessment, on, council, checklist)
    stored = kept.stored(
        assessment, on, council, outside, checklist, lambda: _read(assessment, on, council, checklist, outside)
    )
    found = Judged(assessment, checklist, stored.file, stored.answers, stored.following)
    found.recorded, found.plans = stored.recorded, stored.plans
    found.elsewhere = stored.elsewhere if elsewhere else ()
    return found


def _read(assessment: Assessment, on: date, council: str, checklist: Checklist, outside: Outside) -> Stored:
    """What is stored of a placement, as it stands in the database now."""
    told, unit_id = of_whole_case(assessment.case_id), assessment.unit_id
    everything = tuple(of_place(told, unit_id))
    answers, beside = tuple(standing(everything)), written.of(assessment)
    file = case_file(assessment, on, council, answers, beside, outside)
    return Stored(
        file=file,
        recorded=everything,
        answers=answers,
        elsewhere=tuple(told_of_other_places(told, unit_id)),
        plans=tuple(beside.plans),
        following=following(checklist, file, council),
    )
