"""Cover for leave, and who is in whose team: set by a senior officer or a safeguarding lead, and never for a day that is over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import cover
from app.accounts.models import Cover, TeamPlace, User
from app.audit import service as audit
from app.cases.handing import HOLD_CASES
from app.clocks import in_words, today
from app.database import now, writing
from app.problem import Problem

LONGEST = timedelta(days=366)


class CoverProblem(Problem):
    """No cover can be set, or nobody put into a team, in a sentence."""


def set_cover(user: Any, holder_id: str, cover_id: str, first: date, last: date) -> None:
    """Somebody does an officer's work from one day to another, both counted; it ends by itself.

    Raises:
        CoverProblem: it is the same person, one of them has left or holds no cases, the days are wrong, or another cover is in the way.
    """
    if cover_id == holder_id:
        raise CoverProblem("Nobody covers for themselves. Choose somebody else.", "cover")
    if first < today():
        raise CoverProblem("Begin today or later: cover is not given for days that are over.", "first")
    if last < first:
        raise CoverProblem("The last day is before the first.", "last")
    if last - first >= LONGEST:
        raise CoverProblem("Cover lasts a year at most. Hand the cases over instead.", "last")
    with writing() as session:
        people = _taken(session, holder_id, cover_id)
        holder, other = (_who_holds(people.get(id), name) for id, name in ((holder_id, ""), (cover_id, "cover")))
        for there in cover.touching(session, (holder_id, cover_id), first, last):
            _refuse(there, people, holder_id, cover_id)
        made = Cover(holder_id=holder.id, cover_id=other.id, first=first, last=last, set_by=user.id)
        session.add(made)
        session.flush()
        days = {"first": first.isoformat(), "last": last.isoformat()}
        audit.record(session, "cover.set", "cover", made.id, detail={"holder": holder.id, "cover": other.id, **days})


def _taken(session: Session, *ids: str) -> dict[str, User]:
    """The accounts, locked in one order: two people who set cover at once see each other's."""
    query = select(User).where(User.id.in_(ids)).order_by(User.id).with_for_update()
    return {found.id: found for found in session.scalars(query)}


def _who_holds(found: User | None, field: str) -> User:
    if found is None or not found.active or found.role not in HOLD_CASES:
        raise CoverProblem("Choose an active housing officer or senior officer.", field)
    return found


def _refuse(there: Cover, people: dict[str, User], holder_id: str, cover_id: str) -> None:
    """A cover that shares a day with this one: two for one person, a cover who is away, or one who is away and covers.

    Raises:
        CoverProblem: it is in the way. To cover for two people at once is not.
    """
    when = f"from {in_words(there.first)} to {in_words(there.last)}"
    if there.holder_id == holder_id:
        raise CoverProblem(f"{people[holder_id].name} has cover already {when}. End that first.", "first")
    if there.holder_id == cover_id:
        raise CoverProblem(f"{people[cover_id].name} is away then, {when}. Choose somebody else.", "cover")
    if there.cover_id == holder_id:
        raise CoverProblem(f"{people[holder_id].name} covers for somebody {when}. End that first.", "first")


def end_cover(user: Any, cover_id: str) -> None:
    """End a cover before its last day.

    Raises:
        CoverProblem: it has ended.
    """
    with writing() as session:
        found = session.scalar(select(Cover).where(Cover.id == cover_id).with_for_update())
        if found is None or found.ended_at is not None or found.last < today():
            raise CoverProblem("This cover has ended already.")
        found.ended_at, found.ended_by = now(), user.id
        audit.record(session, "cover.ended", "cover", found.id, detail={"holder": found.holder_id})


def put_in_team(user: Any, officer_id: str) -> None:
    """An officer is in this senior officer's team from now on, and in no other.

    Raises:
        CoverProblem: they have left, or hold no cases; or it is oneself.
    """
    with writing() as session:
        officer = _who_holds(_taken(session, officer_id).get(officer_id), "")
        if officer.id == user.id:
            raise CoverProblem("You are not in a team of your own.")
        there = session.get(TeamPlace, officer.id)
        if there is None:
            session.add(TeamPlace(officer_id=officer.id, senior_id=user.id, set_by=user.id))
        else:
            there.senior_id, there.set_by, there.set_at = user.id, user.id, now()
        audit.record(session, "team.joined", "user", officer.id, detail={"senior": user.id})


def take_out_of_team(user: Any, officer_id: str) -> None:
    """An officer is in this senior officer's team no longer; they are in nobody's.

    Raises:
        CoverProblem: they are not in it.
    """
    with writing() as session:
        _taken(session, officer_id)
        there = session.get(TeamPlace, officer_id)
        if there is None or there.senior_id != user.id:
            raise CoverProblem("They are not in your team any more.")
        session.delete(there)
        audit.record(session, "team.left", "user", officer_id, detail={"senior": user.id})
