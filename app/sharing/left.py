"""Links of somebody whose account is disabled: who hears of them, and who answers for them from now on."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, select

from app.accounts.models import User
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.database import UtcDateTime, now, writing
from app.extensions import db

from .models import Share
from .service import LINK_TRIES, ShareProblem, is_alive, taken


def _holder() -> ColumnElement[str]:
    """Who answers for a share: whoever took it over, or made it."""
    return case((Share.held_by != "", Share.held_by), else_=Share.made_by)


@lru_cache(maxsize=16)
def _left_behind(role: str) -> Select[*tuple[Any, ...]]:
    """The query of those of the cases that somebody in a role may see, made once."""
    query = (
        select(Share, Case.reference)
        .join(Case, Case.id == Share.case_id)
        .join(User, User.id == _holder())
        .where(User.active.is_(False), cases.seen_by(cases.anybody(role), Share.case_id))
        .where(Share.revoked_at.is_(None), Share.expires_at > bindparam("moment", type_=UtcDateTime))
        .where(Share.all_tries < LINK_TRIES)
        .order_by(Share.made_at)
    )
    return query if role == "safeguarding_lead" else query.where(Case.assigned_to == bindparam("user_id"))


def left_behind(user: Any) -> list[tuple[Share, str]]:
    """Live shares whose sharer's account is disabled, with the case's reference: those of a person's own cases, and of all for a lead.

    The reader's link goes on meanwhile: a child is not safer because a colleague left.
    """
    rows = db.session.execute(_left_behind(user.role), {"user_id": user.id, "moment": now()}).unique()
    return [(row[0], row[1]) for row in rows]


def take_over(user: Any, share_id: str) -> None:
    """Answer for a share from now on, in place of somebody whose account is disabled. The link stays as it is.

    Raises:
        ShareProblem: the link has ended, or somebody who can sign in answers for it.
    """
    with writing() as session:
        made = taken(session, share_id)
        if not is_alive(made):
            raise ShareProblem("This link has ended. Share the record again, if it is still needed.")
        if session.get_one(User, made.held_by or made.made_by).active:
            raise ShareProblem("Somebody answers for this link already.")
        made.held_by = user.id
        audit.record(session, "share.taken_over", "share", made.id, made.case_id)
