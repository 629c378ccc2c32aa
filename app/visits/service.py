"""A visit from its beginning to its end: begun with a key of its own, sent once and whole, given up, or gone after seven days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assessments.models import SavedAnswer
from app.assessments.service import lock_draft
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.database import now, writing
from app.extensions import db
from app.problem import Problem

from . import sealed
from .models import Photograph, Visit
from .photographs import Picture

KEPT = timedelta(days=7)
SENT, GIVEN_UP, GONE = "sent", "given_up", "gone"
# That this browser holds a visit, whoever’s: signing out leaves its storage alone then. It says nothing else.
HOLDS, HOLDS_DAYS = "case-by-case-visit", 8
MOST_PHOTOGRAPHS = 12  # of one visit


class VisitProblem(Problem):
    """Something cannot be done with this visit, in a sentence."""


def begin(user: Any, case_id: str, assessment_id: str) -> Visit:
    """Begin a visit of a placement that is being assessed.

    Raises:
        AssessmentProblem: the assessment is closed.
    """
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, None, or_submitted=True, case_id=case_id)
        made = Visit(case_id=case.id, assessment_id=assessment.id, officer_id=user.id, key=sealed.new_key())
        session.add(made)
        session.flush()
        audit.record(session, "visit.begun", "visit", made.id, case.id, actor=user)
    return made


def find(case_id: str, visit_id: str) -> Visit | None:
    """A visit of this case; whose it is, and whether it is over, is asked of what is found."""
    return db.session.scalar(select(Visit).where(Visit.id == visit_id, Visit.case_id == case_id))


def state(visit: Visit) -> str:
    """Why it is over, or nothing where it is open. What is over by its age is gone, whether the job has been or not."""
    if visit.ended_why:
        return visit.ended_why
    return GONE if now() > ends(visit) else ""


def ends(visit: Visit) -> datetime:
    """When what a phone holds of it can be read no more."""
    return visit.begun_at + KEPT


def locked(session: Session, case_id: str, visit_id: str) -> tuple[Case, Visit]:
    """Lock the case of a visit, and read the visit as it is then: two that send the same wait for each other here."""
    case = cases.lock_case(session, case_id, None)
    there = select(Visit).where(Visit.id == visit_id, Visit.case_id == case_id)
    return case, session.scalars(there.execution_options(populate_existing=True)).one()


def end(session: Session, user: Any, visit: Visit, why: str, sha256: str = "") -> None:
    """A visit is over: its key is taken out."""
    visit.ended_at, visit.ended_why, visit.key = now(), why, None
    if why == SENT:
        visit.sent_at, visit.sha256 = visit.ended_at, sha256
    audit.record(session, f"visit.{why}", "visit", visit.id, visit.case_id, actor=user)


def give_up(user: Any, case_id: str, visit_id: str) -> None:
    """There is nothing to send: what the phone holds is erased there, and its key here. Done twice, it is done once."""
    with writing() as session:
        cases.lock_case(session, case_id, None)
        visit = session.scalars(select(Visit).where(Visit.id == visit_id, Visit.case_id == case_id)).one()
        if not visit.ended_why:
            end(session, user, visit, GIVEN_UP)


def open_of(user_id: str) -> Sequence[Visit]:
    """What an officer has begun and not sent, of the last seven days; oldest first."""
    mine = select(Visit).where(Visit.officer_id == user_id, Visit.ended_why == "", Visit.begun_at > now() - KEPT)
    return db.session.scalars(mine.order_by(Visit.begun_at)).all()


def let_go() -> None:
    """Destroy the keys of visits that were not sent within seven days; done once a day."""
    old = select(Visit.id, Visit.case_id).where(Visit.ended_why == "", Visit.begun_at <= now() - KEPT)
    for visit_id, case_id in db.session.execute(old).all():
        with writing() as session:
            cases.lock_case(session, case_id, None)
            visit = session.get_one(Visit, visit_id)
            if not visit.ended_why:
                end(session, None, visit, GONE)


# ---- photographs


def keep(session: Session, user: Any, answer: SavedAnswer, picture: Picture, visit_id: str | None = None) -> None:
    """Keep a photograph with an answer, in the caller's transaction, of a case that is locked. The same of the same answer is kept once.

    Raises:
        VisitProblem: the answer says of no day, so that the photograph would have none.
    """
    if answer.on is None:
        raise VisitProblem("This answer has no day, and a photograph is of a day. Write down when it was seen.")
    same = select(Photograph.id).where(Photograph.answer_id == answer.id, Photograph.sha256 == picture.sha256)
    if session.scalar(same) is not None:
        return
    made = Photograph(
        case_id=answer.case_id, answer_id=answer.id, visit_id=visit_id, on=answer.on, taken_by=user.id, taken_by_name=user.name,
        **picture._asdict(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    said = {"criterion": answer.criterion, "sha256": picture.sha256}
    audit.record(session, "photograph.kept", "photograph", made.id, answer.case_id, said, actor=user)


def may_be_shown_by(user: Any, answers: Sequence[SavedAnswer], case: Case) -> list[SavedAnswer]:
    """The answers that a photograph of this person's can stand beside: what they wrote down as seen by themselves, with its day."""
    seen = {c.key for c in case.conversations if c.speaker == "seen"}
    return [
        a
        for a in answers
        if a.recorded_by == user.id
        and a.on is not None
        and a.value != "unknown"
        and (a.conversation in seen or (a.conversation is None and a.grade == "E2" and a.source_name == user.name))
    ]


def add_photograph(user: Any, case_id: str, assessment_id: str, answer_id: str, picture: Picture) -> None:
    """Keep a photograph with an answer of their own that was saved before.

    Raises:
        VisitProblem: it is no answer of theirs about what they saw; AssessmentProblem: the assessment is closed.
    """
    with writing() as session:
        case, assessment = lock_draft(session, assessment_id, None, or_submitted=True, case_id=case_id)
        of_place = select(SavedAnswer).where(SavedAnswer.id == answer_id, SavedAnswer.case_id == case.id)
        answer = session.scalar(of_place)
        if (
            answer is None
            or answer.unit_id not in (None, assessment.unit_id)
            or not may_be_shown_by(user, [answer], case)
        ):
            raise VisitProblem("Choose what the photograph shows.", "answer")
        keep(session, user, answer, picture)


def photographs_of(case_id: str, answer_ids: Sequence[str] | None = None) -> Sequence[Photograph]:
    """Those of a case, oldest first, without their bytes; or of these answers only."""
    query = select(Photograph).where(Photograph.case_id == case_id)
    if answer_ids is not None:
        query = query.where(Photograph.answer_id.in_(answer_ids))
    return db.session.scalars(query.order_by(Photograph.kept_at, Photograph.id)).all()


def photograph(case_id: str, photograph_id: str) -> Photograph | None:
    return db.session.scalar(select(Photograph).where(Photograph.id == photograph_id, Photograph.case_id == case_id))
