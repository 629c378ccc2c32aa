"""A senior officer's team: who holds how many cases, who is away, and which cases nobody holds who could work on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.accounts import cover
from app.accounts.cover import Covered
from app.accounts.models import TeamPlace, User
from app.cases import service as cases
from app.cases.handing import HOLD_CASES
from app.cases.models import Case
from app.clocks import today
from app.extensions import db


@dataclass(frozen=True, kw_only=True)
class Officer:
    """One who holds cases: how many of them whoever asks may see, whose team they are in, and their covers that have not ended."""

    user: User
    held: int
    in_team: bool
    covers: Sequence[Covered]

    @property
    def away(self) -> Covered | None:
        return next((each for each in self.covers if each.row.first <= today()), None)


def officers(user: Any) -> list[Officer]:
    """Everybody who can hold cases, whoever is in this person's team first; four queries."""
    people = db.session.scalars(select(User).where(User.active.is_(True), User.role.in_(HOLD_CASES))).all()
    mine = set(db.session.scalars(select(TeamPlace.officer_id).where(TeamPlace.senior_id == user.id)))
    held = _held(user)
    covers: dict[str, list[Covered]] = {}
    for each in cover.of([person.id for person in people], today()):
        covers.setdefault(each.holder.id, []).append(each)
    found = [Officer(user=p, held=held.get(p.id, 0), in_team=p.id in mine, covers=covers.get(p.id, ())) for p in people]
    return sorted(found, key=lambda o: (not o.in_team, o.user.name.casefold(), o.user.email))


def _held(user: Any) -> dict[str, int]:
    seen = cases.visible_to(user).with_only_columns(Case.assigned_to, func.count()).group_by(Case.assigned_to)
    return {row[0]: row[1] for row in db.session.execute(seen)}


def without_officer(user: Any) -> list[tuple[str, str]]:
    """The cases that a person may see and that nobody holds who could work on them: who held them last, by case; one query."""
    can_work = User.active.is_(True) & User.role.in_((*HOLD_CASES, "safeguarding_lead"))
    query = (
        cases.visible_to(user)
        .with_only_columns(Case.id, User.name)
        .join(User, User.id == Case.assigned_to)
        .where(~can_work)
        .order_by(Case.created_at, Case.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def held_by(user: Any, officer_id: str) -> list[str]:
    """The cases of an officer that a person may see, the oldest first; one query."""
    query = cases.visible_to(user).with_only_columns(Case.id).where(Case.assigned_to == officer_id)
    return list(db.session.scalars(query.order_by(Case.created_at, Case.id)))


def find(officer_id: str) -> User | None:
    """An officer who holds cases, or held some."""
    found = db.session.get(User, officer_id)
    return found if found is not None and found.role in HOLD_CASES else None


def in_short(user: Any) -> str:
    """The team in a line: how many officers and cases, and what needs somebody."""
    everybody = officers(user)
    mine = [o for o in everybody if o.in_team]
    listed = mine or everybody
    nobody = len(without_officer(user))
    away = sum(o.away is not None for o in listed)
    cases_held = sum(o.held for o in listed)
    parts = [_many(len(listed), "officer"), _many(cases_held, "case")]
    if nobody:
        parts.append(f"{nobody} without an officer")
    if away:
        parts.append(f"{away} away")
    return f"{'My team' if mine else 'Officers and their cases'}: {', '.join(parts)}"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
