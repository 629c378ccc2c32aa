"""A recipient who does not agree, or is not the one who leads: who hears of it, and what was done. Silence settles nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, func, select

from app.accounts.models import User
from app.assessments.models import Assessment
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.database import now, writing
from app.decisions.models import Decision
from app.extensions import db
from app.notifications import mail, messages
from app.records.models import Record
from app.settings import current_settings

from .models import Share, ShareStep

DISPUTED, NOT_ME = "disputed", "not_me"
# What ends it. An escalation does not: it stays in sight until the two agree or the placement changes.
SETTLES = ("agreed", "changed")


class AnswerProblem(cases.CaseProblem):
    """Nothing can be written down about an answer now, in a sentence."""


def unsettled(case_ids: Sequence[str]) -> dict[str, list[Share]]:
    """Of these cases, the answers nobody has settled, oldest first."""
    settled = exists().where(ShareStep.share_id == Share.id, ShareStep.verdict.in_(SETTLES))
    found: dict[str, list[Share]] = {}
    for share in db.session.scalars(
        select(Share)
        .where(Share.case_id.in_(case_ids), Share.response.in_((DISPUTED, NOT_ME)), ~settled)
        .order_by(Share.responded_at)
    ):
        found.setdefault(share.case_id, []).append(share)
    return found


def unsettled_for(user: Any) -> list[tuple[Share, str]]:
    """Every answer nobody has settled, of the cases a person may see, with the case's reference, oldest first."""
    seen = cases.visible_to(user).with_only_columns(Case.id)
    settled = exists().where(ShareStep.share_id == Share.id, ShareStep.verdict.in_(SETTLES))
    rows = db.session.execute(
        select(Share, Case.reference)
        .join(Case, Case.id == Share.case_id)
        .where(Share.case_id.in_(seen), Share.response.in_((DISPUTED, NOT_ME)), ~settled)
        .order_by(Share.responded_at)
    ).unique()
    return [(row[0], row[1]) for row in rows]


def is_settled(share: Share) -> bool:
    return any(step.verdict in SETTLES for step in share.steps)


def _first_of(share: Share) -> Any:
    """The record that a decision names: of a later issue the first."""
    of = select(func.coalesce(Record.reissue_of, Record.id)).where(Record.id == share.record_id)
    return of.scalar_subquery()


def is_own(user: Any, share: Share) -> bool:
    """Did this person write or decide what the recipient answered? Then somebody else hears them."""
    row = db.session.execute(
        select(Decision.reviewer, Assessment.submitted_by, Assessment.created_by)
        .join(Assessment, Assessment.id == Decision.assessment_id)
        .where(Decision.record_id == _first_of(share))
    ).one()
    return user.id in tuple(row)


def settle(user: Any, share_id: str, seen_version: int, verdict: str, spoken: str, note: str) -> None:
    """Write down what was done about an answer.

    Raises:
        StaleCase: the case changed since the person saw it.
        AnswerProblem: there is nothing to settle, or it is the person's own decision.
    """
    with writing() as session:
        share = session.get_one(Share, share_id)
        cases.lock_case(session, share.case_id, seen_version)
        session.refresh(share)
        if share.response not in (DISPUTED, NOT_ME) or is_settled(share):
            raise AnswerProblem("Nothing is left to do about this answer.")
        if is_own(user, share):
            raise AnswerProblem("You wrote or made this decision. Somebody else hears the person who answered.")
        session.add(
            ShareStep(
                case_id=share.case_id,
                share_id=share.id,
                taken_by=user.id,
                taken_by_name=user.name,
                taken_at=now(),
                verdict=verdict,
                spoken=spoken,
                note=note,
            )
        )
        audit.record(session, "share.settled", "share", share.id, share.case_id, {"verdict": verdict})


def who_hears(share: Share) -> Sequence[User]:
    """The officer of the case, who shared it or took that over, and who decided: those whose accounts are open."""
    ids = select(Case.assigned_to).where(Case.id == share.case_id)
    decided = select(Decision.reviewer).where(Decision.record_id == _first_of(share))
    return db.session.scalars(
        select(User)
        .where(
            User.id.in_(ids) | User.id.in_(decided) | (User.id == share.made_by) | (User.id == share.held_by),
            User.active.is_(True),
            User.id.not_in(cases.are_kept_out(db.session, share.case_id)),
        )
        .order_by(User.email)
    ).all()


def send_notice(share_id: str) -> None:
    """Tell those who must hear of an answer. Running it again sends the same mails again, each with its own Message-ID."""
    settings = current_settings()
    share = db.session.get(Share, share_id)
    if share is None or is_settled(share):
        return
    for person in who_hears(share):
        name = f"{share.id}-{person.id}"
        mail.deliver(messages.answer_waits(settings, person.email, name), settings, name)
