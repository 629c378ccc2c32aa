"""Breaking the glass: one case, opened by its exact reference in an emergency, to be read for an hour, told at once, reviewed after.

A grant opens the pages of that case and nothing else. No list, count, search or mail knows it, so none widens; the gate alone asks for
it, and only where somebody may not see the case anyway. Each request asks anew: what ended opens nothing, also of a page that is open.
Whatever is not opened is one answer, one work: for a case that there is not, for one that is kept from whoever asks, and for any
other once they asked too often. Source: reliability.md 4.2, Z3 to Z5.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.policy import may
from app.audit import service as audit
from app.cases import parts
from app.cases import service as cases
from app.cases.models import Case, CaseExclusion, folded_number
from app.clocks import begins, local
from app.clocks.days import working_days_after
from app.database import UtcDateTime, now, writing
from app.extensions import db
from app.notifications import telling
from app.problem import Problem

from . import noticing, table
from .models import ENDED, REVIEW, BreakGlass, BreakGlassStep, ReadingFinding, TonightNote

BREAK, OPENED, LATE, NOT_OPENED = "glass.break", "glass_opened", "glass_late", "not_opened"
LONGEST_TYPED, MOST_NOTES = 60, 20


class GlassProblem(Problem):
    """It cannot be ended, noted or answered, in a sentence."""


def register() -> None:
    """Make known, to what tells people, whether there is still something to tell."""
    telling.still_so[LATE] = lambda told: (
        db.session.scalar(_unreviewed().where(BreakGlass.id == told.object_id)) is not None
    )


# ---- asking for a case


def ask(user: Any, reference: str, category: str, reason: str) -> str | None:
    """Open a case in an emergency, by its exact reference. That it is them was confirmed before.

    What is asked of the database is the same whatever comes of it, up to the row that is stored.

    Returns:
        the case, which they may open now; None where it was not opened, and nobody learns why.
    """
    moment = now()
    with writing() as session:
        case_id = _named(session, reference)
        cases.lock(session, case_id)  # whoever keeps it from somebody at this moment is before this or after it
        kept = session.scalar(select(CaseExclusion.id).where(_keeps(user.id, case_id)).limit(1))
        seen = session.scalar(cases.visible_to(user).with_only_columns(Case.id).where(Case.id == case_id))
        told = _who_are_told(session, case_id, user.id)
        refused = _refused_today(session, user.id, moment)
        there = session.scalar(_in_force(), {"user_id": user.id, "case_id": case_id, "at": moment})
        opens = (
            bool(case_id)
            and kept is None
            and refused < table.read().most_refused_a_day
            and any(person.role == "safeguarding_lead" for person in told)
            and may(user.role, BREAK)
        )
        if not opens:
            _refuse(session, user, case_id, reference, category, reason)
            return None
        if seen is None and there is None:
            _open(session, user, case_id, category, reason, told, moment)
        return case_id


def _named(session: Session, reference: str) -> str:
    """The one case whose reference was typed whole, as it is heard, or to the letter where two sound alike; empty where it is none."""
    folded = folded_number(reference)
    found = session.execute(select(Case.id, Case.reference).where(Case.reference_folded == folded)).all()
    to_the_letter = [row for row in found if row.reference == " ".join(reference.split())]
    named = found if len(found) == 1 else to_the_letter
    return named[0].id if folded and len(named) == 1 else ""


def _keeps(user_id: Any, case_id: Any) -> ColumnElement[bool]:
    return and_(CaseExclusion.user_id == user_id, CaseExclusion.case_id == case_id, CaseExclusion.lifted_at.is_(None))


def _who_are_told(session: Session, case_id: str, but: str) -> Sequence[User]:
    """Every safeguarding lead and auditor whose account is open, and from whom the case is not kept."""
    kept = exists().where(_keeps(User.id, case_id))
    of = (User.active.is_(True), User.role.in_(("safeguarding_lead", "auditor")), User.id != but, ~kept)
    return session.scalars(select(User).where(*of).order_by(User.email)).all()


def _refused_today(session: Session, user_id: str, moment: datetime) -> int:
    since = begins(local(moment).date())
    of = (ReadingFinding.user_id == user_id, ReadingFinding.rule == NOT_OPENED, ReadingFinding.happened_at >= since)
    return session.scalar(select(func.count()).select_from(ReadingFinding).where(*of)) or 0


def _open(
    session: Session, user: Any, case_id: str, category: str, reason: str, told: Sequence[User], moment: datetime
) -> None:
    """The grant, its entry, and who is told of it: all stored, or none."""
    numbers = table.read()
    made = BreakGlass(
        case_id=case_id, opened_by=user.id, user_name=user.name, user_role=user.role, category=category, reason=reason, opened_at=moment,
        ends_at=moment + timedelta(minutes=numbers.minutes),
        review_by=working_days_after(local(moment).date(), numbers.review_working_days),
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, "glass.opened", "break_glass", made.id, case_id, {"category": category})
    for person in told:
        telling.note(session, OPENED, case_id, made.id, person.id, by=user.id, owner=person.id)


def _refuse(session: Session, user: Any, case_id: str, reference: str, category: str, reason: str) -> None:
    """Kept for the leads, of the case where there is one; the entry says of neither which it was."""
    facts = {"reference": reference[:LONGEST_TYPED], "category": category, "reason": reason}
    made = noticing.add(session, NOT_OPENED, user.id, case_id, now(), facts)
    audit.record(session, "glass.refused", "reading_finding", made.id)


# ---- what is open


def _is_ended() -> ColumnElement[bool]:
    return exists().where(BreakGlassStep.glass_id == BreakGlass.id, BreakGlassStep.kind == ENDED)


def _still_opens() -> ColumnElement[bool]:
    at = bindparam("at", type_=UtcDateTime)
    mine = and_(BreakGlass.opened_by == bindparam("user_id"), BreakGlass.case_id == bindparam("case_id"))
    return and_(mine, BreakGlass.ends_at > at, ~_is_ended())


@lru_cache(maxsize=1)
def _in_force() -> Select[BreakGlass]:
    return select(BreakGlass).where(_still_opens()).order_by(BreakGlass.ends_at.desc()).limit(1)


@lru_cache(maxsize=1)
def _opened() -> Select[Case, BreakGlass]:
    """The case and the grant, in one query that asks once more whether it is kept from whoever opened it."""
    kept = exists().where(_keeps(bindparam("user_id"), Case.id))
    return (
        select(Case, BreakGlass)
        .join(BreakGlass, BreakGlass.case_id == Case.id)
        .where(_still_opens(), ~kept)
        .order_by(BreakGlass.ends_at.desc())
        .limit(1)
        .options(*parts.later())
    )


def opened(user: Any, case_id: str) -> tuple[Case, BreakGlass] | None:
    """A case that a person opened and that is still open, with its grant; see ``policy.may_read_case``, which says the same."""
    if not may(user.role, BREAK):
        return None
    row = db.session.execute(_opened(), {"user_id": user.id, "case_id": case_id, "at": now()}).first()
    return None if row is None else (row[0], row[1])


def who_opened(case_id: str) -> frozenset[str]:
    """The accounts for which a case is open now."""
    of = (BreakGlass.case_id == case_id, BreakGlass.ends_at > now(), ~_is_ended())
    return frozenset(db.session.scalars(select(BreakGlass.opened_by).where(*of)))


def of_user(user_id: str, most: int = 20) -> Sequence[tuple[BreakGlass, bool]]:
    """What somebody opened, the newest first, and whether it is open now; nothing in it says which case it was."""
    query = select(BreakGlass, _is_ended()).where(BreakGlass.opened_by == user_id)
    rows = db.session.execute(query.order_by(BreakGlass.opened_at.desc(), BreakGlass.id).limit(most))
    moment = now()
    return [(row[0], row[0].ends_at > moment and not row[1]) for row in rows]


# ---- what is done while it is


def end(user: Any, glass_id: str) -> bool:
    """Close a case again before its time. Returns whether it was open, and theirs."""
    with writing() as session:
        found = session.get(BreakGlass, glass_id)
        if found is None or found.opened_by != user.id:
            return False
        cases.lock(session, found.case_id)
        if session.scalar(_in_force(), _of(found)) is None:
            return False
        _step(session, user, found, ENDED)
        audit.record(session, "glass.ended", "break_glass", found.id, found.case_id)
    return True


def note(user: Any, case_id: str, said: str) -> None:
    """Write down what was done for the family tonight: the one thing that is written in a case while it is open so.

    Raises:
        GlassProblem: it is open no more, or too much was written down.
    """
    with writing() as session:
        cases.lock_case(session, case_id, None)
        found = session.scalar(_in_force(), {"user_id": user.id, "case_id": case_id, "at": now()})
        if found is None:
            raise GlassProblem("The case is not open to you any more. Ring the duty safeguarding lead and tell them.")
        of = select(func.count()).select_from(TonightNote).where(TonightNote.glass_id == found.id)
        if (session.scalar(of) or 0) >= MOST_NOTES:
            raise GlassProblem(f"There can be {MOST_NOTES} of these in an hour.")
        made = TonightNote(case_id=case_id, glass_id=found.id, said=said, written_by=user.id, written_by_name=user.name)
        session.add(made)
        session.flush()
        audit.record(session, "glass.noted", "tonight_note", made.id, case_id)


def notes(case_id: str) -> Sequence[TonightNote]:
    """What was written down of a case in such hours, the newest first."""
    of_case = select(TonightNote).where(TonightNote.case_id == case_id)
    return db.session.scalars(of_case.order_by(TonightNote.written_at.desc(), TonightNote.id)).all()


def _of(found: BreakGlass) -> dict[str, Any]:
    return {"user_id": found.opened_by, "case_id": found.case_id, "at": now()}


def _step(session: Session, user: Any, found: BreakGlass, kind: str, answer: str = "", said: str = "") -> None:
    who = {"by_id": user.id, "by_name": user.name, "by_role": user.role}
    step = BreakGlassStep(case_id=found.case_id, glass_id=found.id, kind=kind, answer=answer, said=said, **who)
    session.add(step)
    session.flush()


# ---- the review


def _unreviewed() -> Select[str]:
    reviewed = exists().where(BreakGlassStep.glass_id == BreakGlass.id, BreakGlassStep.kind == REVIEW)
    return select(BreakGlass.id).where(~reviewed)


def review(user: Any, glass_id: str, answer: str, said: str) -> None:
    """Answer for an opening, by a safeguarding lead who is not the one who opened it.

    Raises:
        GlassProblem: it was answered meanwhile, it is their own, the case is kept from them, or there is no such answer.
    """
    with writing() as session:
        found = session.get(BreakGlass, glass_id)
        if found is None or session.scalar(cases.visible_to(user).where(Case.id == found.case_id)) is None:
            raise GlassProblem("There is nothing to answer here.")
        if user.role != "safeguarding_lead" or found.opened_by == user.id:
            raise GlassProblem("A safeguarding lead answers for it, and never the one who opened the case.")
        if answer not in table.read().answers:
            raise GlassProblem("Choose one of the answers.", "answer")
        cases.lock(session, found.case_id)
        if session.scalar(_unreviewed().where(BreakGlass.id == glass_id)) is None:
            raise GlassProblem("Somebody answered for it meanwhile.")
        _step(session, user, found, REVIEW, answer, said)
        audit.record(session, "glass.reviewed", "break_glass", found.id, found.case_id, {"answer": answer})


def steps_of(glass_ids: Sequence[str]) -> dict[str, dict[str, BreakGlassStep]]:
    """What came of these, by kind; one query."""
    found: dict[str, dict[str, BreakGlassStep]] = {}
    for step in db.session.scalars(select(BreakGlassStep).where(BreakGlassStep.glass_id.in_(glass_ids))):
        found.setdefault(step.glass_id, {})[step.kind] = step
    return found


def late(on: Any) -> list[tuple[str, str, str, str]]:
    """Openings past the day of their review, as a digest is told of them: kind, case, object, and which."""
    query = select(BreakGlass.case_id, BreakGlass.id).where(BreakGlass.id.in_(_unreviewed()), BreakGlass.review_by < on)
    return [(LATE, row.case_id, row.id, "") for row in db.session.execute(query)]
