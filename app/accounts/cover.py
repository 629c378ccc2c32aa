"""Cover for leave: whose work is somebody's on a day, their own and that of whom they cover; it ends by itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Date, Select, String, bindparam, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from app.clocks import today
from app.extensions import db

from .models import Cover, User


class Covered(NamedTuple):
    """One cover: its row, who is away and who covers."""

    row: Cover
    holder: User
    cover: User


def in_force(on: Any = None) -> ColumnElement[bool]:
    """Covers of a day; without one of the day on which the query is asked, however long ago it was made."""
    day = bindparam("cover_day", callable_=today, type_=Date, unique=True) if on is None else on
    return Cover.ended_at.is_(None) & (Cover.first <= day) & (Cover.last >= day)


def whose_work(user_id: Any) -> CompoundSelect[str]:
    """The accounts whose cases are this person's work today: their own, and those that they cover."""
    own = user_id if isinstance(user_id, ColumnElement) else literal(user_id, String)
    return union_all(select(own), select(Cover.holder_id).where(Cover.cover_id == user_id, in_force()))


def who_cover(session: Session, holder_id: str) -> frozenset[str]:
    """Who covers somebody today."""
    return frozenset(session.scalars(select(Cover.cover_id).where(Cover.holder_id == holder_id, in_force())))


def covers_of(holder_ids: Collection[str], on: date) -> dict[str, str]:
    """Of these people, who is away on a day, and who covers them; one query."""
    rows = db.session.execute(
        select(Cover.holder_id, Cover.cover_id).where(Cover.holder_id.in_(holder_ids), in_force(on))
    )
    return {row.holder_id: row.cover_id for row in rows}


def of(holder_ids: Collection[str], on: date) -> list[Covered]:
    """The covers of these people that have not ended on a day, the first to begin first."""
    return _listed(Cover.holder_id.in_(holder_ids) & (Cover.last >= on))


def by(user_id: str, on: date) -> list[Covered]:
    """Whom somebody covers on a day."""
    return _read(_of_one(), {"user_id": user_id, "on": on})


def touching(session: Session, people: Collection[str], first: date, last: date) -> list[Cover]:
    """Covers in which any of these people is away or covers, and which share a day with this time."""
    with_them = Cover.holder_id.in_(people) | Cover.cover_id.in_(people)
    query = select(Cover).where(with_them, Cover.ended_at.is_(None), Cover.first <= last, Cover.last >= first)
    return list(session.scalars(query))


def _listed(wanted: ColumnElement[bool]) -> list[Covered]:
    return _read(_wanted(wanted), {})


@cache
def _of_one() -> Select[*tuple[Any, ...]]:
    """The query of whom one person covers on a day, made once."""
    return _wanted((Cover.cover_id == bindparam("user_id")) & in_force(bindparam("on", type_=Date)))


def _wanted(wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    holder, other = aliased(User), aliased(User)
    return (
        select(Cover, holder, other)
        .join(holder, holder.id == Cover.holder_id)
        .join(other, other.id == Cover.cover_id)
        .where(wanted, Cover.ended_at.is_(None))
        .order_by(Cover.first, holder.name)
    )


def _read(query: Select[*tuple[Any, ...]], values: dict[str, Any]) -> list[Covered]:
    return [Covered(*row) for row in db.session.execute(query, values)]
