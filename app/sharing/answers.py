"""A recipient who does not agree, or is not the one who leads: who hears of it, and what was done. Silence settles nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from app.assessments.models import Assessment
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.database import now, writing
from app.decisions.models import Decision
from app.extensions import db
from app.notifications import telling
from app.records.models import Record

from .models import Share, ShareStep, ShareWord

DISPUTED, NOT_ME, DISAGREES = "disputed", "not_me", "disagrees"
# What ends it. An escalation does not: it stays in sight until the two agree or the placement changes.
SETTLES = ("agreed", "changed")


class AnswerProblem(cases.CaseProblem):
    """Nothing can be written down about an answer now, in a sentence."""


class Open(NamedTuple):
    """What a recipient answered, or one point of what they read that they do not agree with: nobody has settled it.

    ``response`` is ``disputed`` or ``not_me``; ``word_id`` is empty where it is the answer itself.
    """

    case_id: str
    record_id: str
    share_id: str
    word_id: str
    response: str
    response_name: str
    recipient_role: str
    responded_at: datetime
    response_reason: str
    steps: Sequence[ShareStep]


def _open(share: Share, word: ShareWord | None = None) -> Open:
    return Open(
        case_id=share.case_id,
        record_id=share.record_id,
        share_id=share.id,
        word_id=word.id if word else "",
        response=DISPUTED if word else share.response,
        response_name=word.said_by if word else share.response_name,
        recipient_role=share.recipient_role,
        responded_at=word.said_at if word else share.responded_at or share.made_at,
        response_reason=word.said if word else share.response_reason,
        steps=share.steps,
    )


_SETTLED = exists().where(ShareStep.share_id == Share.id, ShareStep.verdict.in_(SETTLES))
_OPEN = Share.response.in_((DISPUTED, NOT_ME)) & ~_SETTLED
_POINT = (ShareWord.share_id == Share.id) & (ShareWord.kind == DISAGREES) & ShareWord.taken_at.is_(None)
# A share whose answer is open, and each point of a share that is: one row each.
_ROWS = (
    select(Share, ShareWord, Case.reference)
    .join(Case, Case.id == Share.case_id)
    .outerjoin(ShareWord, _POINT)
    .where(_OPEN | ShareWord.id.is_not(None))
)


def is_open(share_id: Any) -> ColumnElement[bool]:
    """Of a column that names shares: does anything that its recipient said wait to be settled?"""
    answer = exists().where(Share.id == share_id, _OPEN)
    point = exists().where(ShareWord.share_id == share_id, ShareWord.kind == DISAGREES, ShareWord.taken_at.is_(None))
    return answer | point


def all_unsettled() -> list[Open]:
    """Of every case, the answers and points nobody has settled, oldest first; one query."""
    return [one for one, _ in _listed(db.session.execute(_ROWS).unique().all())]


def _listed(rows: Sequence[Any]) -> list[tuple[Open, str]]:
    """Each open answer once, and each open point, oldest first, with the reference of its case."""
    found: dict[tuple[str, str], tuple[Open, str]] = {}
    for share, word, reference in rows:
        if share.response in (DISPUTED, NOT_ME) and not is_settled(share):
            found[share.id, ""] = _open(share), reference
        if word is not None:
            found[share.id, word.id] = _open(share, word), reference
    return sorted(found.values(), key=lambda one: one[0].responded_at)


def unsettled(case_ids: Sequence[str]) -> dict[str, list[Open]]:
    """Of these cases, the answers and points nobody has settled, oldest first."""
    found: dict[str, list[Open]] = {}
    rows = db.session.execute(_ROWS.where(Share.case_id.in_(case_ids))).unique().all()
    for one, _ in _listed(rows):
        found.setdefault(one.case_id, []).append(one)
    return found


@lru_cache(maxsize=16)
def _seen(role: str) -> Select[*tuple[Any, ...]]:
    """The query of those of the cases that somebody in a role may see, made once."""
    return _ROWS.where(cases.seen_by(cases.anybody(role), Share.case_id))


def unsettled_for(user: Any) -> list[tuple[Open, str]]:
    """Every answer and point nobody has settled, of the cases a person may see, with the case's reference, oldest first."""
    return _listed(db.session.execute(_seen(user.role), {"user_id": user.id}).unique().all())


def is_settled(share: Share) -> bool:
    return any(step.verdict in SETTLES for step in share.steps)


def _first_of(share: Share) -> Any:
    """The record that a decision names: of a later issue the first."""
    of = select(func.coalesce(Record.reissue_of, Record.id)).where(Record.id == share.record_id)
    return of.scalar_subquery()


def is_own(user: Any, share: Share) -> bool:
    """Did this person write or decide what the recipient answered? Then somebody else hears them."""
    return user.id in had_a_part(share)


def had_a_part(share: Share) -> set[str]:
    """Who began, handed in or decided what the recipient answered."""
    row = db.session.execute(
        select(Decision.reviewer, Assessment.submitted_by, Assessment.created_by)
        .join(Assessment, Assessment.id == Decision.assessment_id)
        .where(Decision.record_id == _first_of(share))
    ).one()
    return {id for id in row if id}


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


def hear_of(session: Session, share: Share, word: ShareWord | None = None) -> None:
    """In the transaction in which it is said: one person, who had no part in the decision, is told that it waits."""
    telling.note(session, "disagreement", share.case_id, share.id, word.id if word else "")


def send_notice(share_id: str) -> None:
    """A letter that an earlier version put on its way: it goes to the one who hears it now, once."""
    with writing() as session:
        share = session.get(Share, share_id)
        if share is not None and share.response in (DISPUTED, NOT_ME) and not is_settled(share):
            hear_of(session, share)
