"""Closing a case, and opening it again. Nothing that is owed rests in silence: of each thing that is open somebody says why it may rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.service import CaseProblem, lock_case
from app.clocks import in_words, today
from app.database import writing

from . import steps
from .words import CLOSED, REOPENED


class Owed(NamedTuple):
    """Something of a case that is open. ``may_rest`` is false where no reason is good enough: it is done first."""

    key: str
    what: str
    said: str
    may_rest: bool = True


Open = Callable[[Case], Sequence[Owed]]
Then = Callable[[Session, Case, Sequence[tuple[Owed, str]]], None]


def close(
    user: Any, case_id: str, seen_version: int, why: str, rests: Mapping[str, str], what_is_open: Open, then: Then
) -> None:
    """Close a case: every open thing has its reason, by key.

    Args:
        what_is_open: asked once the case is taken, so that nothing that came meanwhile rests unsaid.
        then: done in the same transaction, with each thing and its reason.
    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: it is closed, something may not rest, or a reason is missing.
    """
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        if case.closed_on is not None:
            raise CaseProblem(f"This case is closed since {in_words(case.closed_on)}.")
        owed = what_is_open(case)
        for one in owed:
            if not one.may_rest:
                raise CaseProblem(f"{one.what}: this cannot rest. Do it first, then close the case.")
            if not rests.get(one.key):
                raise CaseProblem(f"Say why this may rest: {one.what}.", f"rest_{one.key}")
        case.closed_on = today()
        told = [{"what": f"{one.what}.", "why": rests[one.key], "key": one.key} for one in owed]
        steps.write(session, user, case_id, CLOSED, on=today(), said=why, facts={"rests": told})
        then(session, case, [(one, rests[one.key]) for one in owed])


def reopen(user: Any, case_id: str, seen_version: int, why: str) -> None:
    """Open it again, with a reason: what rested is due again from now on.

    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: it is open.
    """
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        if case.closed_on is None:
            raise CaseProblem("This case is open already.")
        case.closed_on = None
        steps.write(session, user, case_id, REOPENED, on=today(), said=why)
