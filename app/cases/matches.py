"""A possible match as a safeguarding lead sees it, and what they find. Nobody else is told, and least of all whom it is about."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.audit import service as audit
from app.database import now, writing
from app.extensions import db

from . import exclusions, matching
from . import service as cases
from .alike import labels_of
from .models import Case, CaseMember
from .ties import PossibleMatch

KEPT_OUT, LET_IN = "kept_out", "let_in"


class Match(NamedTuple):
    """One that waits: who it is about, and on what grounds, in words."""

    row: PossibleMatch
    person: User
    grounds: list[str]


def find(user: Any, case: Case, match_id: str) -> Match | None:
    """One that waits, for a lead whom it is not about: to them it is not there."""
    return next((one for one in waiting(user, case) if one.row.id == match_id), None)


def waiting(user: Any, case: Case) -> list[Match]:
    """Those of a case that wait, without any that is about whoever asks; two queries."""
    rows = db.session.execute(
        select(PossibleMatch, User)
        .join(User, User.id == PossibleMatch.user_id)
        .where(PossibleMatch.case_id == case.id, PossibleMatch.settled_at.is_(None), PossibleMatch.user_id != user.id)
        .order_by(PossibleMatch.found_at, PossibleMatch.id)
    )
    return [Match(row, person, _in_words(case, row)) for row, person in rows]


def _in_words(case: Case, row: PossibleMatch) -> list[str]:
    says = {rule.code: rule.says for rule in matching.rules()}
    gone = {m.key: m.name for m in db.session.scalars(select(CaseMember).where(CaseMember.case_id == case.id))}
    called = {**gone, **labels_of(case)}
    at = {a.id: a.address for a in case.addresses}
    return list(
        dict.fromkeys(
            f"{says.get(rule, rule)}: {called.get(by) or at.get(by) or 'taken out since'}" for rule, by in row.grounds
        )
    )


def settle(user: Any, case_id: str, match_id: str, keeps: bool, reason: str, then: exclusions.Then) -> None:
    """Keep the case from them by name, or let them in; with a reason.

    To let somebody in makes no other version of the case and is in no timeline of it: whoever it is about may be its officer, and is told
    nothing by it. To keep it from them is told as each such keeping is, to those who see the case, and they do not any more.

    Raises:
        CaseProblem: it was settled meanwhile, or is about whoever settles it.
    """
    with writing() as session:
        if keeps:
            cases.lock_case(session, case_id, None)
        else:
            cases.lock(session, case_id)
        found = session.scalar(
            select(PossibleMatch).where(
                PossibleMatch.id == match_id, PossibleMatch.case_id == case_id, PossibleMatch.settled_at.is_(None)
            )
        )
        if found is None or found.user_id == user.id:
            raise cases.CaseProblem("This was settled meanwhile.")
        found.verdict, found.reason = KEPT_OUT if keeps else LET_IN, reason
        found.settled_by, found.settled_by_name, found.settled_at = user.id, user.name, now()
        session.flush()
        audit.record(session, "match.settled", "possible_match", found.id)
        person = session.get_one(User, found.user_id)
        if keeps and person.id not in cases.are_kept_out(session, case_id):
            exclusions.put(session, user, case_id, person, reason, then)
