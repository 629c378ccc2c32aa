"""Whether others may be told that a child is in temporary accommodation: asked for each body apart, and again at each move.

It rests on consent alone. A refusal counts against nobody, and never stops what a child's safety needs to be shared, which is another
matter with grounds of its own. Source: Housing Act 1996 s.213AA; law study 2026, 1.13.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app import clocks
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.checklists import read_folder
from app.database import writing
from app.extensions import db
from app.problem import Problem
from app.suitability.casefile.household import Household, Member

from . import context
from .models import NoticeAsked

BODIES = {"gp": "GP practice", "health_visiting": "Health visiting", "school": "School or college"}
ANSWERS = {"agreed": "They agree", "refused": "They do not want it", "no_answer": "They have not answered yet"}
AGREED, REFUSED = "agreed", "refused"
_GROWN, _ALONE, _SCHOOL_FROM, _VISITED_UNDER = 18, 16, 4, 5


class AskingProblem(Problem):
    """It cannot be written down who was asked, or what they said, in a sentence."""


def is_law(on: date) -> bool:
    """Is section 213AA in force? Until a council's lawyers say so it is run as good practice."""
    return bool(read_folder().numbers_on(on, {})["child_notice_law"])


def whom(household: Household, on: date) -> list[Member]:
    """Who is asked: the adults; where nobody is 18 or over, whoever is 16 or 17 themself."""
    born = [m for m in household.members if m.kind != "unborn"]
    grown = [m for m in born if (m.age_on(on) or 0) >= _GROWN or (m.kind == "adult" and m.born is None)]
    return grown or [m for m in born if _ALONE <= (m.age_on(on) or 0) < _GROWN]


def bodies_for(household: Household, on: date) -> list[str]:
    """Which bodies there may be to tell: a practice for any child, health visiting under five, a school from four.

    An age that nobody knows counts as either.
    """
    ages = [m.age_on(on) for m in household.members if m.kind == "child"]
    alone = [m.age_on(on) for m in whom(household, on) if _ALONE <= (m.age_on(on) or 0) < _GROWN]
    found = ["gp"] if ages or alone else []
    if any(age is None or age < _VISITED_UNDER for age in ages):
        found.append("health_visiting")
    if any(age is None or age >= _SCHOOL_FROM for age in ages) or alone:
        found.append("school")
    return found


def newest(case_id: str, assessment_id: str) -> Mapping[str, NoticeAsked]:
    """What was last said of each body at a placement."""
    rows = db.session.scalars(
        select(NoticeAsked)
        .where(NoticeAsked.case_id == case_id, NoticeAsked.assessment_id == assessment_id)
        .order_by(NoticeAsked.noted_at)
    )
    return {row.body: row for row in rows}


def asked_before(case_id: str, assessment_id: str) -> set[str]:
    """Bodies that were asked about at an earlier placement: it is offered again."""
    query = select(NoticeAsked.body).where(NoticeAsked.case_id == case_id, NoticeAsked.assessment_id != assessment_id)
    return set(db.session.scalars(query))


def of_case(case_id: str) -> Sequence[NoticeAsked]:
    return db.session.scalars(
        select(NoticeAsked).where(NoticeAsked.case_id == case_id).order_by(NoticeAsked.noted_at)
    ).all()


def refuse_not_agreed(case_id: str, assessment_id: str, body: str) -> None:
    """Raises:
    AskingProblem: nobody was asked about this body at this placement, or it was not agreed to.
    """
    said = newest(case_id, assessment_id).get(body)
    if said is None:
        raise AskingProblem(
            "Ask first: this notice is sent only where the parent, or the young person, has agreed to it for this placement."
        )
    if said.answer == REFUSED:
        raise AskingProblem(
            "They do not want this notice. What a child’s safety needs is shared on grounds of its own, by way of a request or a referral."
        )
    if said.answer != AGREED:
        raise AskingProblem("They have not answered yet. Silence is no agreement.")


def ask(user: Any, case_id: str, seen_version: int, body: str, values: Mapping[str, Any], household: Household) -> None:
    """Write down who was asked about one body, and what they said.

    Args:
        values: ``asked_of``, ``on``, ``answer``, ``details_on``, ``note``.
    Raises:
        StaleCase: the case changed since the person saw it.
        AskingProblem: there is no placement, or it was not one of those who are asked.
    """
    with writing() as session:
        case: Case = cases.lock_case(session, case_id, seen_version)
        assessment = context.placement(case.id)
        if assessment is None:
            raise AskingProblem("There is no placement yet that anybody could be told of.")
        asked = next((m for m in whom(household, clocks.today()) if m.key == values["asked_of"]), None)
        if asked is None:
            raise AskingProblem("Choose who was asked.", "asked_of")
        made = NoticeAsked(
            case_id=case_id,
            assessment_id=assessment.id,
            body=body,
            asked_of=asked.key,
            asked_of_name=asked.name,
            on=values["on"],
            answer=values["answer"],
            details_on=values["details_on"],
            note=values["note"],
            noted_by=user.id,
            noted_by_name=user.name,
        )
        session.add(made)
        session.flush()
        audit.record(session, "notice.asked", "notice", made.id, case_id, {"body": body, "answer": made.answer})
