"""Everything that waits for somebody, put together: a fixed number of queries, each through what they may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from app.accounts import cover
from app.accounts.cover import Covered
from app.accounts.models import User
from app.accounts.policy import may
from app.audit.models import AuditEvent
from app.audit.service import DENIED
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import today
from app.extensions import db

from . import family
from .family import Family
from .ordering import Row, Section, ordered
from .sources import KINDS, OF_AN_ADMINISTRATOR, SOURCES, Asker, Source

RECENT = 8
_LATELY = 400  # of a person’s last entries: a morning of somebody who opens every page there is


@dataclass(frozen=True, kw_only=True)
class About:
    """Of a case as a list names it: its reference, its family in a line, and its officer."""

    reference: str
    restricted: bool
    family: Family
    holder: str
    holder_name: str


@dataclass(frozen=True, kw_only=True)
class Work:
    """What waits, by section and in order; ``under_ones`` are the cases with a child under one, ``covers`` whom they cover today."""

    asker: Asker
    rows: Mapping[Section, Sequence[Row]]
    under_ones: frozenset[str]
    covers: Sequence[Covered]


@lru_cache(maxsize=16)
def _held(role: str) -> Select[*tuple[Any, ...]]:
    seen = cases.visible_to(cases.anybody(role)).with_only_columns(Case.id)
    return seen.where(Case.assigned_to.in_(bindparam("theirs", expanding=True)))


def asker_of(user: Any) -> tuple[Asker, list[Covered]]:
    """Who asks, with whose work is theirs today; two queries."""
    covers = cover.by(user.id, today())
    theirs = frozenset({user.id, *(each.holder.id for each in covers)})
    held = frozenset(db.session.scalars(_held(user.role), {"user_id": user.id, "theirs": [*theirs]}))
    return Asker(user=user, on=today(), theirs=theirs, held=held), covers


def of(user: Any) -> Work:
    """All that waits for a person. An auditor has nothing to do with it."""
    asker, covers = asker_of(user)
    rows = [row for source in _sources_of(user.role) for row in source(asker)]
    rows = [*_without_closed(rows)]
    people = family.of_cases(sorted({row.case_id for row in rows} - {""}))
    under = frozenset(family.with_under_ones(people, asker.on) | _nobody_entered(rows, people))
    by_section: dict[Section, Sequence[Row]] = {
        name: ordered((row for row in rows if row.section == name), asker.on, under)
        for name in ("due", "others", "drafts")
    }
    unknown = {row.kind for row in rows} - set(KINDS)
    if unknown:
        raise LookupError(f"what waits has no name for {sorted(unknown)}")
    return Work(asker=asker, rows=by_section, under_ones=under, covers=covers)


# What somebody outside said or what failed, and what no reason lets rest, waits of a closed case too.
_OF_A_CLOSED_CASE = frozenset(
    {
        "closed",
        "disagreement",
        "ratify",
        "to_be_ratified",
        "move",
        "said",
        "left",
        "mail",
        "same_number",
        "possible_match",
        "home_asked",
        "home_released",
        "handed",
        "correction",
        "glass",
        "looked",
        "disposal",
        "access",
        "date",  # only those that began after it was closed are among them: see app/deadlines/due
    }
)


_CLOSED = select(Case.id).where(Case.id.in_(bindparam("case_ids", expanding=True)), Case.closed_on.is_not(None))


def _without_closed(rows: Sequence[Row]) -> Iterator[Row]:
    """Without what rests because its case is closed; one query."""
    named = {row.case_id for row in rows if row.case_id and row.kind not in _OF_A_CLOSED_CASE}
    closed = set(db.session.scalars(_CLOSED, {"case_ids": [*named]})) if named else set()
    return (row for row in rows if row.case_id not in closed or row.kind in _OF_A_CLOSED_CASE)


def _sources_of(role: str) -> tuple[Source, ...]:
    """An auditor has nothing to do with a case, and an administrator sees none."""
    return {"auditor": (), "administrator": OF_AN_ADMINISTRATOR}.get(role, SOURCES)


def _nobody_entered(rows: Sequence[Row], people: Mapping[str, Sequence[Any]]) -> set[str]:
    """Cases in which nobody is entered yet: who lives there is not known, so nobody is taken for older than one."""
    return {row.case_id for row in rows if row.case_id and row.case_id not in people and row.kind != "opened"}


@lru_cache(maxsize=16)
def _about(role: str) -> Select[*tuple[Any, ...]]:
    return (
        cases.visible_to(cases.anybody(role))
        .with_only_columns(Case.id, Case.reference, Case.council_number, Case.restricted, Case.assigned_to, User.name)
        .join(User, User.id == Case.assigned_to)
        .where(Case.id.in_(bindparam("case_ids", expanding=True)))
    )


def about(user: Any, case_ids: Sequence[str]) -> dict[str, About]:
    """Of these cases, those that a person may see, as a list names them; two queries."""
    rows = db.session.execute(_about(user.role), {"user_id": user.id, "case_ids": [*case_ids]}).all()
    people = family.of_cases([row.id for row in rows])
    return {
        row.id: About(
            reference=_called(row.reference, row.council_number), restricted=row.restricted, family=family.in_words(people.get(row.id, ()), today()),
            holder=row.assigned_to, holder_name=row.name,
        )
        for row in rows
    }  # fmt: skip


def _called(reference: str, number: str) -> str:
    """Our reference, and the council’s own number where it has another."""
    return f"{reference}, {number}" if number and number != reference else reference


_NAMES = select(User.id, User.name).where(User.id.in_(bindparam("ids", expanding=True)))


def names_of(ids: Sequence[str]) -> dict[str, str]:
    rows = db.session.execute(_NAMES, {"ids": [*ids]})
    return {row.id: row.name for row in rows}


_LOOKED_AT = (
    select(AuditEvent.case_id)
    .where(AuditEvent.actor_id == bindparam("user_id"), AuditEvent.action != DENIED)
    .order_by(AuditEvent.seq.desc())
    .limit(_LATELY)
)


def looked_at(user: Any) -> list[str]:
    """The cases that somebody looked at or worked in last, the newest first; whether they still may is asked where they are named."""
    if not may(user.role, "case.list"):
        return []
    newest = db.session.scalars(_LOOKED_AT, {"user_id": user.id})
    return [case_id for case_id in dict.fromkeys(newest) if case_id][:RECENT]
