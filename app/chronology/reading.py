"""Reads everything that is kept of one case, in a number of queries that does not grow with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, and_, bindparam, select
from sqlalchemy.orm import selectinload

from app.access.models import TonightNote
from app.accounts.models import User
from app.assessments import answers
from app.assessments.models import Assessment, SavedAcceptance, SavedAnswer, SavedMitigation, SavedPatternAnswer
from app.audit import details
from app.audit import service as audit
from app.audit.models import AuditEvent
from app.cases import departed, parts
from app.cases.alike import labels_of
from app.cases.models import Case, CaseHandover
from app.checklists import read_folder
from app.clocks import today
from app.deadlines.models import ClockStep
from app.decisions.models import Decision, DecisionStep, EmergencyDecision, EmergencyMove
from app.editions.models import Edition
from app.extensions import db
from app.letters.models import LeadStep, Letter, LetterMail, LetterStep, NoticeAsked
from app.lives import steps
from app.lives.models import LifeStep
from app.placements.models import PlaceConsidered
from app.properties.models import Unit, UnitBeside
from app.properties.register import RegisterAnswer, RegisterLink, RegisterStay
from app.records.models import CourtExport, Record
from app.sharing.models import Share, ShareStep, ShareWord
from app.together import Rows, Together
from app.visits.models import Photograph

from .entry import Words

MOST_CHANGES = 20_000  # as many as the timeline's own table has
_CASE: BindParameter[str] = bindparam("case_id")
_REST = Together(
    assessments=Rows(Assessment, Assessment.case_id == _CASE, "created_at"),
    plans=Rows(SavedMitigation, SavedMitigation.case_id == _CASE, "recorded_at"),
    acceptances=Rows(SavedAcceptance, SavedAcceptance.case_id == _CASE, "recorded_at"),
    patterns=Rows(SavedPatternAnswer, SavedPatternAnswer.case_id == _CASE, "recorded_at"),
    considered=Rows(PlaceConsidered, PlaceConsidered.case_id == _CASE, "written_at"),
    decisions=Rows(Decision, Decision.case_id == _CASE, "reviewed_at"),
    steps=Rows(DecisionStep, DecisionStep.case_id == _CASE, "taken_at"),
    emergencies=Rows(EmergencyDecision, EmergencyDecision.case_id == _CASE, "taken_at"),
    moves=Rows(EmergencyMove, EmergencyMove.case_id == _CASE, "written_at"),
    letter_steps=Rows(LetterStep, LetterStep.case_id == _CASE, "noted_at"),
    notices=Rows(NoticeAsked, NoticeAsked.case_id == _CASE, "noted_at"),
    leads=Rows(LeadStep, LeadStep.case_id == _CASE, "noted_at"),
    words=Rows(ShareWord, ShareWord.case_id == _CASE, "said_at"),
    tonight=Rows(TonightNote, TonightNote.case_id == _CASE, "written_at"),
    handovers=Rows(CaseHandover, CaseHandover.case_id == _CASE, "handed_at"),
    dates=Rows(ClockStep, and_(ClockStep.case_id == _CASE, ClockStep.by.is_not(None)), "at"),
    register_links=Rows(RegisterLink, RegisterLink.case_id == _CASE, "noted_at"),
    register_answers=Rows(RegisterAnswer, RegisterAnswer.case_id == _CASE, "noted_at"),
    register_stays=Rows(RegisterStay, RegisterStay.case_id == _CASE, "noted_at"),
    lives=Rows(LifeStep, LifeStep.case_id == _CASE, "recorded_at"),
    exports=Rows(CourtExport, CourtExport.case_id == _CASE, "made_at"),
    share_steps=Rows(ShareStep, ShareStep.case_id == _CASE, "taken_at"),
)


def _without(table: type[Any], *left_out: str) -> Select[Any]:
    """The rows of a table without the columns that nothing here reads: bytes, and what opens a link."""
    columns = (c for c in table.__mapper__.column_attrs if c.key not in left_out)
    return select(*(getattr(table, c.key) for c in columns)).where(table.case_id == _CASE)


_LETTERS = _without(Letter, "body").order_by(Letter.made_at, Letter.id)
_MAILS = _without(LetterMail, "sealed").order_by(LetterMail.asked_at, LetterMail.id)
_COPIES = _without(Edition, "body").order_by(Edition.made_at, Edition.id)
_RECORDS = _without(Record, "body").order_by(Record.issued_at, Record.id)
_SHARES = _without(
    Share, "locator_hash", "link_sealed", "code_hash", "code_used_hash", "code_used_by", "visit_hash"
).order_by(Share.made_at, Share.id)
_PHOTOGRAPHS = _without(Photograph, "content", "small").order_by(Photograph.kept_at, Photograph.id)
_UNITS = (
    select(Unit)
    .where(Unit.id.in_(select(Assessment.unit_id).where(Assessment.case_id == _CASE)))
    .options(selectinload(Unit.beside).joinedload(UnitBeside.unit))
)


class Kept(NamedTuple):
    """Everything of a case; ``rest`` by the name of its list, ``says`` what each entry of the audit says more, by its number."""

    case: Case
    answers: Sequence[SavedAnswer]
    units: Mapping[str, Unit]
    rest: Mapping[str, Sequence[Any]]
    letters: Sequence[Any]
    mails: Sequence[Any]
    copies: Sequence[Any]
    records: Sequence[Any]
    shares: Sequence[Any]
    photographs: Sequence[Any]
    done: Sequence[AuditEvent]  # what was done, the oldest first
    says: Mapping[int, Mapping[str, Any]]
    words: Words


def read(case: Case) -> Kept:
    """Everything there is of a case. Not: what is sealed, notes of supervision, whom it is kept from, bytes."""
    asked = {"case_id": case.id}
    parts.read(case)
    done = audit.entries(audit.Asked(case.id, looks=False), MOST_CHANGES)[::-1]
    told = answers.of_whole_case(case.id)
    rest = _REST.plain(db.session, **asked)
    letters, mails, copies, records, shares, photographs = (
        db.session.execute(query, asked).all() for query in (_LETTERS, _MAILS, _COPIES, _RECORDS, _SHARES, _PHOTOGRAPHS)
    )
    units = {unit.id: unit for unit in db.session.scalars(_UNITS, asked).unique()}
    rest["lives"] = steps.seen_here(rest["lives"])
    says = steps.without_withheld(details.all_opened(done), case.id)
    return Kept(
        case=case,
        answers=told,
        units=units,
        rest=rest,
        letters=letters,
        mails=mails,
        copies=copies,
        records=records,
        shares=shares,
        photographs=photographs,
        done=done,
        says=says,
        words=Words(
            people={**taken_out(done, says), **departed.names(case.id), **labels_of(case)},
            agencies={code: agency.name for code, agency in read_folder().agencies.items()},
            colleagues=_colleagues(case, told, rest, shares, done),
            today=today(),
        ),
    )


def _colleagues(
    case: Case, told: Sequence[SavedAnswer], rest: Mapping[str, Any], shares: Any, done: Any
) -> dict[str, str]:
    """The names of whoever wrote anything in a case."""
    ids = {
        case.created_by,
        *(a.recorded_by for a in told),
        *(c.recorded_by for c in case.conversations),
        *(p.recorded_by for p in rest["plans"]),
        *(user for a in rest["assessments"] for user in (a.created_by, a.submitted_by)),
        *(d.reviewer for d in rest["decisions"]),
        *(s.made_by for s in shares),
        *(e.actor_id for e in done),
    }
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_({i for i in ids if i})))
    return {row.id: row.name for row in rows}


def taken_out(done: Sequence[AuditEvent], says: Mapping[int, Mapping[str, Any]]) -> dict[str, str]:
    """People who were entered and taken out again, by key: what is kept of them still names them."""
    return {
        e.object_id: f"{change['was']['name']} (taken out of the household)"
        for e in done
        if e.object_type == "member"
        for change in says[e.seq].get("changed", ())
        if change["in"] == "case_member" and not change["now"] and "name" in change["was"]
    }
