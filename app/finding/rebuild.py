"""Makes what cases are found by anew, a few at a time, while people work: only what is otherwise is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.database import now, writing

from .folding import rules
from .kept import write
from .models import FoundMark
from .service import MARK

AT_ONCE = 100  # cases in one transaction: whoever saves meanwhile waits for a fraction of a second


class Rebuilt(NamedTuple):
    """How many cases there are, and how many were written down otherwise, or not at all."""

    cases: int
    changed: int


def rebuild(tell: Callable[[int], object] = lambda done: None) -> Rebuilt:
    """Go through all cases, the oldest first. Stopped in the middle, nothing is lost: it begins anew and finds less to do.

    Args:
        tell: is told after each step how many cases are done.
    """
    done = changed = 0
    behind: tuple[object, str] | None = None
    while True:
        wanted = select(Case.created_at, Case.id).order_by(Case.created_at, Case.id).limit(AT_ONCE)
        if behind is not None:
            wanted = wanted.where(tuple_(Case.created_at, Case.id) > behind)
        with writing() as session:
            some = [(row[0], row[1]) for row in session.execute(wanted)]
            if some:
                ids = sorted(row[1] for row in some)
                # Whoever writes in one of them is waited for, and waits: on PostgreSQL by its row, on SQLite by the transaction.
                session.execute(select(Case.id).where(Case.id.in_(ids)).order_by(Case.id).with_for_update())
                changed += write(session.connection(), ids)
            else:
                _mark(session)
        if not some:
            return Rebuilt(done, changed)
        done, behind = done + len(some), some[-1]
        tell(done)


def _mark(session: Session) -> None:
    """That all cases are written down by the rules that are in force."""
    there = session.get(FoundMark, MARK)
    if there is None:
        session.add(FoundMark(id=MARK, rules=rules()))
    elif there.rules != rules():
        there.rules, there.made_at = rules(), now()
