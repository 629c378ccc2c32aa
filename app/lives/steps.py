"""The steps in the life of a case: read together, and one more written down."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.cases import sealed_home
from app.cases.sealed_home import Home
from app.cases.service import CaseProblem
from app.extensions import db

from .models import LifeStep
from .words import LEFT, PARTED

MOST = 400


def of_case(case_id: str, *kinds: str, session: Session | None = None) -> Sequence[LifeStep]:
    """Every step of a case, or of some kinds only, in the order in which they were written down; one query.

    Not: what went along with people who left, and tells where they are; see :func:`withheld`.
    """
    query = select(LifeStep).where(LifeStep.case_id == case_id)
    if kinds:
        query = query.where(LifeStep.kind.in_((*kinds, PARTED)))
    found = (session or db.session).scalars(query.order_by(LifeStep.recorded_at, LifeStep.id)).all()
    return [step for step in seen_here(found) if not kinds or step.kind in kinds]


def seen_here(listed: Iterable[LifeStep]) -> list[LifeStep]:
    """Of all steps of a case those that are told in it still, none of which says where a sealed home is."""
    steps = list(listed)
    gone = withheld(steps)
    told = [step for step in steps if step.id not in gone and step.about not in gone] if gone else steps
    return sealed_home.steps_without_home(told, told[0].case_id) if told else told


def withheld(listed: Iterable[LifeStep]) -> frozenset[str]:
    """What went along with people who left a household and tells where they are, by identifier.

    It stays in the tables. Nobody is told of it through the case that they left: whoever may, sees it in theirs.
    """
    return frozenset(id_ for step in listed if step.kind == PARTED for id_ in (step.facts or {}).get("withheld", ()))


def without_withheld(says: Mapping[int, dict[str, Any]], case_id: str) -> dict[int, dict[str, Any]]:
    """The same of what entries of the audit of a case say more, and without a home that is held sealed; two queries."""
    parted = db.session.scalars(select(LifeStep).where(LifeStep.case_id == case_id, LifeStep.kind == PARTED)).all()
    gone = withheld(parted)
    told = {seq: _told(said, gone) for seq, said in says.items()} if gone else says
    return sealed_home.without_home(told, case_id)


def _told(said: dict[str, Any], gone: frozenset[str]) -> dict[str, Any]:
    if not any(change["id"] in gone for change in said.get("changed", ())):
        return said
    return {**said, "changed": [change for change in said["changed"] if change["id"] not in gone]}


def that_say(session: Session, case_id: str, homes: Collection[Home]) -> list[str]:
    """The steps that say where one of these homes is, by identifier: where they went when they left a placement."""
    left = session.scalars(select(LifeStep).where(LifeStep.case_id == case_id, LifeStep.kind == LEFT))
    return [step.id for step in left if step.place and sealed_home.is_in(step.place, homes)]


def write(session: Session, user: Any, case_id: str, kind: str, **values: Any) -> LifeStep:
    """One more step, with its entry of the audit, in the caller’s transaction, which has taken the case.

    Raises:
        CaseProblem: there are more than ``MOST``.
    """
    if len(session.scalars(select(LifeStep.id).where(LifeStep.case_id == case_id)).all()) >= MOST:
        raise CaseProblem(f"A case can have {MOST} of these here.")
    made = LifeStep(case_id=case_id, kind=kind, by_id=user.id, by_name=user.name, by_role=user.role, **values)
    session.add(made)
    session.flush()
    audit.record(session, f"life.{kind}", "life_step", made.id, case_id)
    return made
