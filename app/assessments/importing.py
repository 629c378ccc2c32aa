"""A whole case from a case file: households brought in by command, and the demonstration."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.cases.household import CONVERSATION, next_place
from app.cases.models import Case
from app.cases.opening import import_household
from app.checklists import read_folder
from app.database import new_id
from app.properties.service import unit_from
from app.suitability.casefile.answers import Answer
from app.suitability.casefile.conversations import Conversation
from app.suitability.reading.case_file import CaseFile

from .models import Assessment, SavedAcceptance, SavedAnswer, SavedMitigation, SavedPatternAnswer
from .stay import STAY


def _before(case: Case, held: dict[Conversation, str], a: Answer) -> str:
    """The key of the one conversation to which answers belong that tell none: of one name, role, agency, grade and day.

    What is told of it is all that is known: with whom exactly, and how, was not written down.
    """
    told = Conversation(key="before", speaker="before", source=a.source, grade=a.grade, on=a.on)
    if told not in held:
        key = held[told] = new_id()
        row = CONVERSATION.row(told.model_copy(update={"key": key}), place=next_place(case.conversations))
        case.conversations.append(row)
    return held[told]


def import_case(session: Session, user: Any, file: CaseFile, demo: bool = False) -> Assessment:
    """Make a case with one proposed placement from a case file, in the caller's transaction."""
    checklist = read_folder()
    case = import_household(session, user, file.household, demo)
    unit = unit_from(file.placement)
    session.add(unit)
    session.flush()
    p = file.placement
    assessment = Assessment(
        case_id=case.id,
        unit_id=unit.id,
        created_by=user.id,
        **STAY.columns(vars(p)),
        authority=p.authority,
        authority_how="Read from the case file" if p.authority else "",
        impression_relied_on=file.impression_relied_on,
        journeys=[j.as_json() for j in file.journeys],
    )
    case.danger = list(file.danger)
    session.add(assessment)
    new_ids: dict[str, str] = {}
    before: dict[Conversation, str] = {}
    for at, a in enumerate(file.answers):
        saved = SavedAnswer(
            case_id=case.id,
            unit_id=unit.id if checklist.criteria[a.criterion].scope == "placement" else None,
            criterion=a.criterion,
            subject=a.subject,
            value=list(a.value) if isinstance(a.value, tuple) else a.value,
            grade=a.grade.value,
            source_name=a.source.name,
            source_role=a.source.role,
            source_agency=a.source.agency,
            source_code=a.source.code,
            conversation=a.conversation or _before(case, before, a),
            on=a.on,
            note=a.note,
            why=a.why,
            so_what=a.so_what,
            supersedes=[new_ids.get(k, k) for k in a.supersedes],
            reason=a.reason,
            recorded_by=user.id,
        )
        session.add(saved)
        session.flush()
        new_ids[a.id or f"#{at}"] = saved.id
    for m in file.mitigations:
        session.add(
            SavedMitigation(
                case_id=case.id,
                unit_id=unit.id,
                criterion=m.criterion,
                subject=m.subject,
                what=m.what,
                owner_name=m.owner.name,
                owner_role=m.owner.role,
                owner_agency=m.owner.agency,
                owner_accepted=m.owner_accepted,
                due=m.due,
                in_place=m.in_place,
                seen_grade=m.seen_grade.value if m.seen_grade else None,
                seen_by=m.seen_by,
                seen_on=m.seen_on,
                agreed_by_name=m.agreed_by,
                agreed_by_role=m.agreed_role or "",
                agreed_on=m.agreed_on,
                agreed_note=m.agreed_note,
                recorded_by=user.id,
            )
        )
    for x in file.acceptances:
        session.add(
            SavedAcceptance(
                case_id=case.id,
                unit_id=unit.id,
                criterion=x.criterion,
                subject=x.subject,
                by_name=x.by,
                by_role=x.role,
                by_user=user.id,
                reason=x.reason,
                on=x.on,
                review_on=x.review_on,
                lead_professional_view=x.lead_professional_view,
            )
        )
    for p_answer in file.pattern_answers:
        session.add(
            SavedPatternAnswer(
                case_id=case.id,
                unit_id=unit.id,
                pattern=p_answer.pattern,
                subject=p_answer.subject,
                by_name=p_answer.by,
                by_user=user.id,
                reason=p_answer.reason,
                on=p_answer.on,
            )
        )
    session.flush()
    return assessment
