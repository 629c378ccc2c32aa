"""Keeping a case from somebody by name: a family member, a former partner, a neighbour. It beats every role, and leads alone set and lift it.

Held against our own account, never against a directory of somebody else's: nobody is let through because a list did not know them.
Source: reliability.md C15, 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app import disk
from app.accounts.models import User
from app.audit import service as audit
from app.database import now, writing
from app.extensions import db

from . import service as cases
from .models import CaseExclusion

Then = Callable[[Session, str, str], None]


class KeptOut(NamedTuple):
    """One who was kept from a case, or is: whom, by whom, who lifted it. Not lifted: in force."""

    row: CaseExclusion
    person: User
    set_by: str
    lifted_by: str


def of_case(case_id: str) -> Sequence[KeptOut]:
    """Everybody the case is or was kept from, the newest first; one query."""
    setter, lifter = aliased(User), aliased(User)
    rows = db.session.execute(
        select(CaseExclusion, User, setter.name, lifter.name)
        .join(User, User.id == CaseExclusion.user_id)
        .join(setter, setter.id == CaseExclusion.set_by)
        .outerjoin(lifter, lifter.id == CaseExclusion.lifted_by)
        .where(CaseExclusion.case_id == case_id)
        .order_by(CaseExclusion.set_at.desc(), CaseExclusion.id)
    )
    return [KeptOut(row, person, by, lifted or "") for row, person, by, lifted in rows]


def to_choose(user: Any, case_id: str) -> Sequence[User]:
    """Accounts that a case can be kept from, in any role: not one's own, and not those it is kept from already."""
    there = {user.id, *cases.are_kept_out(db.session, case_id)}
    return db.session.scalars(select(User).where(User.id.not_in(there)).order_by(User.name, User.email)).all()


@disk.goes_through
def keep_out(user: Any, case_id: str, seen_version: int, user_id: str, reason: str, then: Then | None = None) -> None:
    """Keep a case from somebody, at once. ``then`` is done in the same transaction, with the address of their account.

    Raises:
        StaleCase: the case changed since the lead saw it.
        CaseProblem: it is oneself, there is no such account, or it is kept from them already.
    """
    with writing() as session:
        cases.lock_case(session, case_id, seen_version)
        if user_id == user.id:
            raise cases.CaseProblem(
                "Another safeguarding lead does this for you: you cannot do it to yourself.", "person"
            )
        person = session.get(User, user_id)
        if person is None or person.id in cases.are_kept_out(session, case_id):
            raise cases.CaseProblem("Choose somebody this case is not kept from yet.", "person")
        put(session, user, case_id, person, reason, then)


def put(session: Session, user: Any, case_id: str, person: User, reason: str, then: Then | None = None) -> None:
    """The row of it, in the caller’s transaction, which has taken the case and looked that there is none."""
    made = CaseExclusion(case_id=case_id, user_id=person.id, reason=reason, set_by=user.id)
    session.add(made)
    session.flush()
    audit.record(session, "case.kept_out", "case_exclusion", made.id, case_id, {"user": person.id})
    if then is not None:
        then(session, case_id, person.email)


def let_in(user: Any, case_id: str, seen_version: int, exclusion_id: str, reason: str) -> None:
    """Keep a case from somebody no longer: then their role and the allocation decide again.

    Raises:
        StaleCase: the case changed since the lead saw it.
        CaseProblem: it was lifted meanwhile.
    """
    with writing() as session:
        cases.lock_case(session, case_id, seen_version)
        found = session.scalar(_in_force(case_id, exclusion_id))
        if found is None:
            raise cases.CaseProblem("This was lifted already.")
        found.lifted_by, found.lifted_at, found.lifted_reason = user.id, now(), reason
        audit.record(session, "case.let_in", "case_exclusion", found.id, case_id, {"user": found.user_id})


def find(case_id: str, exclusion_id: str) -> tuple[CaseExclusion, str] | None:
    """One that is in force, and the person's name."""
    query = _in_force(case_id, exclusion_id).add_columns(User.name).join(User, User.id == CaseExclusion.user_id)
    row = db.session.execute(query).first()
    return None if row is None else (row[0], row[1])


def refuse_address(session: Session, case_id: str, address: str) -> None:
    """A record of a case does not go to somebody it is kept from.

    Raises:
        CaseProblem: the address is that of such an account.
    """
    of = select(User.id).where(
        User.id.in_(cases.are_kept_out(session, case_id)), User.email == address.strip().casefold()
    )
    if session.scalar(of) is not None:
        raise cases.CaseProblem("A safeguarding lead keeps this case from whoever has this address.", "email")


def _in_force(case_id: str, exclusion_id: str) -> Any:
    return select(CaseExclusion).where(
        CaseExclusion.id == exclusion_id, CaseExclusion.case_id == case_id, CaseExclusion.lifted_at.is_(None)
    )
