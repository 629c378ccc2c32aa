"""Legal holds: while one stands nothing of a case is destroyed, whatever any timer says.

Some are set by what the case itself holds (:func:`set_found`), so that nobody has to think of it; the rest by hand, with a reason. A
safeguarding lead lifts one, with a reason; what set it by itself does not set it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case, CaseEvent
from app.clocks import in_words
from app.database import writing
from app.deadlines.by_hand import STARTED
from app.deadlines.models import ClockStep
from app.extensions import db
from app.problem import Problem

from .models import HoldLifted, LegalHold

DEATH, INCIDENT, COMPLAINT, CLAIM, POLICE, INQUIRY, OTHER = (
    "death", "incident", "complaint", "claim", "police", "inquiry", "other",
)  # fmt: skip
KINDS = {
    DEATH: "Somebody died",
    INCIDENT: "A serious incident",
    COMPLAINT: "A complaint",
    CLAIM: "A claim, a review or an appeal",
    POLICE: "The police asked for it",
    INQUIRY: "An inquiry asked that nothing is destroyed",
    OTHER: "Another reason",
}
BY_ITSELF = "The service, by itself"
# What the product knows of by itself: kinds of events, and of dates that somebody wrote down as begun.
_EVENTS = {"bereavement": DEATH, "complaint": COMPLAINT}
_DATES = {
    "review_decision": CLAIM, "review_decision_steps": CLAIM, "review_decision_referral": CLAIM, "review_decision_referral_long": CLAIM,
    "county_court_appeal": CLAIM, "judicial_review": CLAIM, "ombudsman": COMPLAINT, "data_complaint": COMPLAINT,
}  # fmt: skip


class HoldProblem(Problem):
    """A hold cannot be set or lifted, in a sentence."""


class Standing(NamedTuple):
    """A hold, and how it was lifted; None: it stands."""

    hold: LegalHold
    lifted: HoldLifted | None


def _all(*which: Any) -> Select[LegalHold, HoldLifted]:
    return (
        select(LegalHold, HoldLifted)
        .join(HoldLifted, HoldLifted.hold_id == LegalHold.id, isouter=True)
        .where(*which)
        .order_by(LegalHold.at, LegalHold.id)
    )


def of_case(session: Session, case_id: str) -> list[Standing]:
    """Every hold that there was or is on a case, those on every case among them; the oldest first."""
    asked = _all(or_(LegalHold.case_id == case_id, LegalHold.case_id.is_(None)))
    return [Standing(row[0], row[1]) for row in session.execute(asked)]


def on_every_case(session: Session) -> list[Standing]:
    return [Standing(row[0], row[1]) for row in session.execute(_all(LegalHold.case_id.is_(None)))]


def standing(session: Session, case_id: str) -> list[LegalHold]:
    """The holds that stand on a case now, those on every case among them."""
    return [each.hold for each in of_case(session, case_id) if each.lifted is None]


def held() -> Select[str | None]:
    """The query of the cases on which a hold of their own stands."""
    lifted = select(HoldLifted.hold_id)
    return select(LegalHold.case_id).where(LegalHold.case_id.is_not(None), LegalHold.id.not_in(lifted))


# ---- by itself


class Known(NamedTuple):
    """Something of a case that holds it: of what kind, what it is, and in words without anything of a family."""

    kind: str
    about: str
    reason: str


def known(events: Sequence[CaseEvent], dates: Sequence[ClockStep], is_danger: bool) -> Iterator[Known]:
    """What of a case holds it by itself. Pure."""
    for event in events:
        if event.kind in _EVENTS:
            yield Known(
                _EVENTS[event.kind],
                event.id,
                f"{KINDS[_EVENTS[event.kind]]}, as an event of {in_words(event.on)} says.",
            )
    for step in dates:
        if step.what == STARTED and step.kind in _DATES:
            yield Known(_DATES[step.kind], step.id, f"{KINDS[_DATES[step.kind]]}: a date began on {in_words(step.on)}.")
    if is_danger:
        yield Known(INCIDENT, "danger", "Danger now was written down in the case.")


def set_found(session: Session, case: Case) -> list[LegalHold]:
    """Set what the case itself asks for, once each, in the caller's transaction, which has taken the case; gives what is new."""
    events = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)).all()
    dates = session.scalars(select(ClockStep).where(ClockStep.case_id == case.id)).all()
    made = []
    for each in known(events, dates, bool(case.danger)):
        key = _key(case.id, each)
        if session.get(LegalHold, key) is None:
            hold = LegalHold(
                id=key, case_id=case.id, kind=each.kind, about=each.about, reason=each.reason, by_name=BY_ITSELF
            )
            session.add(hold)
            session.flush()
            audit.record(session, "hold.set", "hold", hold.id, case.id, {"kind": each.kind})
            made.append(hold)
    return made


def _key(case_id: str, each: Known) -> str:
    """The same whoever finds it, so that it is set once, and not again when it was lifted."""
    return hashlib.sha256(f"hold/{case_id}/{each.kind}/{each.about}".encode()).hexdigest()[:32]


# ---- by hand


def put(user: Any, case_id: str, seen_version: int, kind: str, reason: str) -> str:
    """Hold a case; gives the hold.

    Raises:
        StaleCase: the case changed since the person saw it. HoldProblem: there is no such kind.
    """
    with writing() as session:
        cases.lock_case(session, case_id, seen_version)
        return _put(session, user, case_id, kind, reason)


def put_in(session: Session, user: Any, case_id: str, kind: str, reason: str) -> str:
    """The same in the caller's transaction, which has taken the case."""
    return _put(session, user, case_id, kind, reason)


def put_on_every_case(user: Any, kind: str, reason: str) -> str:
    """Hold every case there is and will be: an inquiry asked that nothing is destroyed."""
    with writing() as session:
        return _put(session, user, None, kind, reason)


def _put(session: Session, user: Any, case_id: str | None, kind: str, reason: str) -> str:
    if kind not in KINDS:
        raise HoldProblem("Choose why it is held.", "kind")
    hold = LegalHold(case_id=case_id, kind=kind, reason=reason, by_id=user.id, by_name=user.name)
    session.add(hold)
    session.flush()
    audit.record(session, "hold.set", "hold", hold.id, case_id or "", {"kind": kind}, user)
    return hold.id


def find(hold_id: str, case_id: str | None) -> Standing | None:
    """One hold of a case, or of those on every case; None where it is neither."""
    row = db.session.execute(
        _all(
            LegalHold.id == hold_id, LegalHold.case_id.is_(case_id) if case_id is None else LegalHold.case_id == case_id
        )
    ).first()
    return Standing(row[0], row[1]) if row is not None else None


def lift(user: Any, hold_id: str, case_id: str | None, seen_version: int | None, reason: str) -> None:
    """Lift one, with a reason.

    Raises:
        StaleCase: the case changed since the person saw it. HoldProblem: it was lifted already.
    """
    with writing() as session:
        if case_id is not None:
            cases.lock_case(session, case_id, seen_version)
        if session.get(HoldLifted, hold_id) is not None:
            raise HoldProblem("This hold was lifted already.")
        session.add(HoldLifted(hold_id=hold_id, reason=reason, by_id=user.id, by_name=user.name))
        session.flush()
        audit.record(session, "hold.lifted", "hold", hold_id, case_id or "", None, user)
