"""A placement and the register: which unit it is, what is answered to a restriction, and the nights for which a family takes it up.

Two families in one unit on one night are refused by the database: a night of a unit is a row with a key of its own, on either engine.
What it cannot know, that a family stayed past the last night that was booked, is asked here, with the unit locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.assessments.models import Assessment
from app.assessments.service import AssessmentProblem
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import in_words, today
from app.database import now, writing
from app.extensions import db
from app.properties import keeping, known
from app.properties.register import (
    RegisterAnswer,
    RegisterEvidence,
    RegisterLink,
    RegisterNight,
    RegisterStay,
    RegisterUnit,
)
from app.suitability.casefile.household import Household

MOST_NIGHTS = 366
_AHEAD = 28  # days: a family that comes in a month is a plan, and plans are no stays
_NEXT = "Nothing was saved. Choose another unit; or, where the other family has left, whoever looks after their case writes that down first."


class Taken(AssessmentProblem):
    """Another family has the unit on one of the nights, in a sentence with what to do next."""


class Standing(NamedTuple):
    """What the register holds of a placement: its unit, what is known of it, and what was answered and taken up."""

    unit: RegisterUnit
    held: known.Known
    against: Sequence[known.Against]
    answers: Sequence[RegisterAnswer]
    stays: Sequence[RegisterStay]

    def unanswered(self) -> list[known.Against]:
        """Restrictions against this household to which nobody has said anything."""
        said = {row.evidence_id for row in self.answers}
        return [each for each in self.against if each.line.row.id not in said]

    @property
    def stay(self) -> RegisterStay | None:
        """The stay of this family in this unit of which nobody wrote down that it ended."""
        return next((s for s in self.stays if s.left_on is None), None)


# ---- reading


def link_of(proposed_id: str) -> RegisterLink | None:
    """The newest word on which unit of the register the unit of an assessment is."""
    newest = select(RegisterLink).where(RegisterLink.proposed_id == proposed_id)
    return db.session.scalar(newest.order_by(RegisterLink.noted_at.desc(), RegisterLink.id).limit(1))


def standing(assessment: Assessment, household: Household, day: date) -> Standing | None:
    """What the register holds of the unit of an assessment; None where it is linked to none. Five queries."""
    link = link_of(assessment.unit_id)
    unit = keeping.unit(link.register_id) if link is not None and link.register_id else None
    if unit is None:
        return None
    found = known.on(keeping.evidence_of([unit]), day)
    answers = db.session.scalars(
        select(RegisterAnswer).where(RegisterAnswer.proposed_id == assessment.unit_id).order_by(RegisterAnswer.noted_at)
    ).all()
    stays = db.session.scalars(
        select(RegisterStay)
        .where(RegisterStay.unit_id == unit.id, RegisterStay.case_id == assessment.case_id)
        .order_by(RegisterStay.first)
    ).all()
    return Standing(unit, found, known.against(found, household, day), answers, stays)


class Occupied(NamedTuple):
    """A family in a unit: from which night to which; ``case`` only where whoever asks may see it."""

    stay: RegisterStay
    case_id: str
    reference: str
    officer: str


def stays_in(user: Any, unit_id: str) -> list[Occupied]:
    """Who is, was or will be in a unit, the newest first; of a case that one may not see, that somebody is, and no more."""
    stays = db.session.scalars(
        select(RegisterStay).where(RegisterStay.unit_id == unit_id).order_by(RegisterStay.first.desc())
    ).all()
    return _named(user, stays)


def _named(user: Any, stays: Sequence[RegisterStay]) -> list[Occupied]:
    query = (
        cases.visible_to(user)
        .with_only_columns(Case.id, Case.reference, User.name)
        .join(User, User.id == Case.assigned_to)
        .where(Case.id.in_({s.case_id for s in stays}))
    )
    seen = {row.id: row for row in db.session.execute(query)}
    return [
        Occupied(s, s.case_id, seen[s.case_id].reference, seen[s.case_id].name)
        if s.case_id in seen
        else Occupied(s, "", "", "")
        for s in stays
    ]


def whose(occupied: Occupied) -> str:
    """Whose stay it is, as far as one may see."""
    if not occupied.reference:
        return "another family, whose case you may not see"
    return f"the family of case {occupied.reference}, which {occupied.officer} looks after"


# ---- writing


def _lock(session: Session, assessment_id: str, seen_version: int) -> tuple[Case, Assessment]:
    """Take the case of an assessment; what the register says of it may be written down whatever state it is in."""
    assessment = session.get_one(Assessment, assessment_id)
    return cases.lock_case(session, assessment.case_id, seen_version), assessment


def link(user: Any, assessment_id: str, seen_version: int, register_id: str | None) -> None:
    """Say which unit of the register the proposed unit is, or take that back."""
    with writing() as session:
        case, assessment = _lock(session, assessment_id, seen_version)
        note_link(session, user, case.id, assessment, register_id)


def note_link(session: Session, user: Any, case_id: str, assessment: Assessment, register_id: str | None) -> None:
    """In the caller's transaction."""
    unit = session.get(RegisterUnit, register_id) if register_id else None
    if register_id and unit is None:
        raise AssessmentProblem("This unit is not in the register.")
    made = RegisterLink(
        case_id=case_id, proposed_id=assessment.unit_id, register_id=register_id, said=unit.address if unit else "",
        noted_by=user.id, noted_by_name=user.name,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, "register.linked" if unit else "register.unlinked", "assessment", assessment.id, case_id)


def answer(user: Any, assessment_id: str, seen_version: int, evidence_id: str, against: str, said: str) -> None:
    """What the officer says to a restriction against this household. It lifts nothing, and changes no outcome."""
    with writing() as session:
        case, assessment = _lock(session, assessment_id, seen_version)
        made = RegisterAnswer(
            case_id=case.id, proposed_id=assessment.unit_id, evidence_id=session.get_one(RegisterEvidence, evidence_id).id,
            against=against, said=said, noted_by=user.id, noted_by_name=user.name,
        )  # fmt: skip
        session.add(made)
        session.flush()
        audit.record(session, "register.answered", "register_answer", made.id, case.id)


def take_up(user: Any, assessment_id: str, seen_version: int, values: dict[str, Any]) -> None:
    """The family takes up the unit that their placement is linked to.

    Args:
        values: ``first`` and ``last``, the nights, both slept there; ``told_by``: by whom that is known.
    Raises:
        Taken: another family has it on one of these nights.
        AssessmentProblem: it is linked to no unit, or the nights cannot be right.
    """
    first, last = values["first"], values["last"]
    _refuse_nights(first, last)
    linked: list[str] = []
    try:
        with writing() as session:
            case, assessment = _lock(session, assessment_id, seen_version)
            unit = _linked(session, assessment)
            linked.append(unit.id)
            _refuse_overstayed(session, user, unit, first, case.id)
            made = RegisterStay(
                case_id=case.id, unit_id=unit.id, proposed_id=assessment.unit_id, said=unit.address, **values,
                noted_by=user.id, noted_by_name=user.name,
            )  # fmt: skip
            session.add(made)
            session.flush()
            _take(session, made, first, last)
            audit.record(session, "register.taken_up", "register_stay", made.id, case.id)
    except IntegrityError:
        raise Taken(_taken(user, linked[0], first, last), "first") from None


def left(user: Any, assessment_id: str, seen_version: int, stay_id: str, left_on: date, said: str) -> None:
    """The family left: nights that were booked behind are free at once; nights beyond the booking that they slept there are written down."""
    try:
        with writing() as session:
            case, _ = _lock(session, assessment_id, seen_version)
            stay = _still_there(session, case.id, stay_id)
            if not stay.first <= left_on <= today():
                raise AssessmentProblem("They can only have left between their first night and today.", "left_on")
            session.execute(
                delete(RegisterNight).where(RegisterNight.stay_id == stay.id, RegisterNight.night >= left_on)
            )
            _take(session, stay, stay.last + timedelta(days=1), left_on - timedelta(days=1))
            stay.left_on, stay.ended_said, stay.ended_by_name, stay.ended_at = left_on, said, user.name, now()
            audit.record(session, "register.left", "register_stay", stay.id, case.id)
    except IntegrityError:
        raise Taken(
            "Another family has the unit on a night before that day. Find out which of the two is right.", "left_on"
        ) from None


def _still_there(session: Session, case_id: str, stay_id: str) -> RegisterStay:
    """A stay of this case of which nobody wrote down that it ended, as it stands now."""
    stay = session.get_one(RegisterStay, stay_id, populate_existing=True)
    if stay.case_id != case_id or stay.left_on is not None:
        raise AssessmentProblem("That they left was written down while you were looking at it.")
    return stay


def stay_longer(user: Any, assessment_id: str, seen_version: int, stay_id: str, last: date) -> None:
    """The booking of a stay is made longer."""
    unit_ids: list[str] = []
    begins: list[date] = []
    try:
        with writing() as session:
            case, _ = _lock(session, assessment_id, seen_version)
            stay = _still_there(session, case.id, stay_id)
            if last <= stay.last:
                raise AssessmentProblem(f"It is booked until the night of {in_words(stay.last)} already.", "last")
            _refuse_nights(stay.first, last, ahead=False)
            unit_ids.append(stay.unit_id)
            begins.append(stay.last + timedelta(days=1))
            _take(session, stay, begins[0], last)
            stay.last = last
            audit.record(session, "register.longer", "register_stay", stay.id, case.id)
    except IntegrityError:
        raise Taken(_taken(user, unit_ids[0], begins[0], last), "last") from None


def _refuse_nights(first: date, last: date, ahead: bool = True) -> None:
    if last < first:
        raise AssessmentProblem("The last night is before the first.", "last")
    if (last - first).days >= MOST_NIGHTS:
        raise AssessmentProblem(f"A stay has {MOST_NIGHTS} nights here at most. It can be made longer later.", "last")
    if ahead and first > today() + timedelta(days=_AHEAD):
        raise AssessmentProblem(f"The first night is more than {_AHEAD} days ahead.", "first")


def _linked(session: Session, assessment: Assessment) -> RegisterUnit:
    """The unit that a placement is linked to, locked: whoever takes it up at the same moment waits."""
    newest = link_of(assessment.unit_id)
    if newest is None or newest.register_id is None:
        raise AssessmentProblem("Say first which unit of the register it is.")
    session.execute(select(RegisterUnit.id).where(RegisterUnit.id == newest.register_id).with_for_update())
    return session.get_one(RegisterUnit, newest.register_id)


def _refuse_overstayed(session: Session, user: Any, unit: RegisterUnit, first: date, case_id: str) -> None:
    """A family of whom nobody wrote down that they left is taken to be there, past their last night too."""
    query = select(RegisterStay).where(
        RegisterStay.unit_id == unit.id, RegisterStay.left_on.is_(None), RegisterStay.last < first
    )
    over = [s for s in session.scalars(query) if s.last < today()]
    if over:
        found = _named(user, over)[0]
        was = f"It was booked until the night of {in_words(found.stay.last)} by {whose(found)}, and nobody wrote down that they left."
        raise Taken(f"{was} {_NEXT}", "first")


def _take(session: Session, stay: RegisterStay, first: date, last: date) -> None:
    """A row a night, in their order: two that take the same nights meet at the first of them."""
    nights = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if nights:
        session.execute(
            insert(RegisterNight), [{"unit_id": stay.unit_id, "night": night, "stay_id": stay.id} for night in nights]
        )


def _taken(user: Any, unit_id: str, first: date, last: date) -> str:
    """Whose the unit is on the first of these nights that is taken, as far as this person may see, and what to do next."""
    query = (
        select(RegisterStay, func.min(RegisterNight.night))
        .join(RegisterNight, RegisterNight.stay_id == RegisterStay.id)
        .where(RegisterNight.unit_id == unit_id, RegisterNight.night.between(first, last))
        .group_by(RegisterStay.id)
        .order_by(func.min(RegisterNight.night))
    )
    row = db.session.execute(query).first()
    if row is None:
        return f"The unit was taken by another family, and is free again. {_NEXT}"
    return f"The unit is taken on the night of {in_words(row[1])} by {whose(_named(user, [row[0]])[0])}. {_NEXT}"
