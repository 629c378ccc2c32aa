"""What can happen to a case and its household: one function a verb, one transaction each."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.orm import QueryableAttribute, Session

from app import disk
from app.accounts import cover
from app.accounts.policy import CaseFacts, may_see_case
from app.audit import service as audit
from app.clocks import in_words, today
from app.database import now, writing
from app.extensions import db
from app.places import service as places
from app.problem import Problem, StaleCase
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.history import Event
from app.suitability.casefile.household import Spell

from . import parts
from .alike import labels_of
from .household import EVENT, NIGHTS, next_place
from .models import Case, CaseAddress, CaseExclusion, CaseMember, CaseService
from .ties import PossibleMatch

LARGEST_HOUSEHOLD = 40


class CaseProblem(Problem):
    """Something cannot be done, in a sentence."""


_HOLDS = (PossibleMatch.settled_at.is_(None), PossibleMatch.holds.is_(True))
_READ, _TAKEN = "the case that was found", "the cases that were taken"


class Visitor(NamedTuple):
    """Who asks for cases, where it is not yet known who that is."""

    id: BindParameter[str]
    role: str


def anybody(role: str) -> Visitor:
    """Whoever asks in a role: of a query that is made once, with ``user_id`` given where it is asked."""
    return Visitor(bindparam("user_id"), role)


def visible_to(user: Any) -> Select[Case]:
    """The one query of which cases a person may see; mirrors policy.may_see_case: no role outweighs that a case is kept from somebody."""
    query = select(Case).where(Case.id.not_in(kept_from(user.id)))
    if user.role in ("safeguarding_lead", "auditor"):
        return query
    if user.role == "senior_officer":
        return query.where(or_(Case.restricted.is_(False), Case.assigned_to == user.id))
    if user.role == "housing_officer":
        theirs = Case.assigned_to.in_(cover.whose_work(user.id))
        return query.where(theirs, or_(Case.restricted.is_(False), Case.assigned_to == user.id))
    return query.where(Case.id == "")


def kept_from(user_id: Any) -> CompoundSelect[str]:
    """The cases that are kept from somebody: by name, or while a lead looks at whether they may be of the household."""
    by_name = select(CaseExclusion.case_id).where(CaseExclusion.user_id == user_id, CaseExclusion.lifted_at.is_(None))
    waits = select(PossibleMatch.case_id).where(PossibleMatch.user_id == user_id, *_HOLDS)
    return by_name.union_all(waits)


def kept_from_somebody() -> CompoundSelect[str]:
    """The cases that are kept from anybody."""
    by_name = select(CaseExclusion.case_id).where(CaseExclusion.lifted_at.is_(None))
    return by_name.union_all(select(PossibleMatch.case_id).where(*_HOLDS))


def seen_by(user: Any, case_id: ColumnElement[str] | QueryableAttribute[str]) -> ColumnElement[bool]:
    """Of a column that names cases: is it one that a person may see? The same as being among ``visible_to``.

    Where a role sees all cases but some, it asks for those: a query that asked for all of the others would go through every case there is.
    """
    if user.role in ("safeguarding_lead", "auditor"):
        return case_id.not_in(kept_from(user.id))
    if user.role == "senior_officer":
        of_others = select(Case.id).where(Case.restricted.is_(True), Case.assigned_to != user.id)
        return and_(case_id.not_in(kept_from(user.id)), case_id.not_in(of_others))
    return case_id.in_(visible_to(user).with_only_columns(Case.id))


def are_kept_out(session: Session, case_id: str) -> frozenset[str]:
    """Whom a case is kept from, by account. No picker offers them, and no letter about the case goes to them."""
    by_name = select(CaseExclusion.user_id).where(CaseExclusion.case_id == case_id, CaseExclusion.lifted_at.is_(None))
    waits = select(PossibleMatch.user_id).where(PossibleMatch.case_id == case_id, *_HOLDS)
    return frozenset(session.scalars(by_name.union_all(waits)))


def find(user: Any, case_id: str) -> Case | None:
    """A case a person may see; None when it does not exist or they may not: the same answer."""
    case = db.session.scalar(_one_of(user.role), {"case_id": case_id, "user_id": user.id})
    if case is None:
        return None
    # From whom it is kept the query has asked already; who covers an officer is asked of somebody else's case alone.
    covering = _covering(case) if user.role == "housing_officer" and user.id != case.assigned_to else frozenset()
    if not may_see_case(user.id, user.role, _facts(case, frozenset(), covering)):
        return None
    db.session.info[_READ] = case.id
    return case


def is_as_read(session: Session, case: Case) -> bool:
    """Was a case found in this very transaction, in which nothing is written?"""
    return session.info.get(_READ) == case.id and case.id not in taken(session)


@lru_cache(maxsize=16)
def _one_of(role: str) -> Select[Case]:
    """The query of one case that somebody in a role may see, made once."""
    return visible_to(anybody(role)).where(Case.id == bindparam("case_id")).options(*parts.later())


def facts_of(case: Case) -> CaseFacts:
    """What decides who may see it, one query for whom it is kept from and one for who covers its officer."""
    return _facts(case, are_kept_out(db.session, case.id), _covering(case))


def _covering(case: Case) -> frozenset[str]:
    return cover.who_cover(db.session, case.assigned_to)


def _facts(case: Case, kept_from: Set[str], covered_by: Set[str]) -> CaseFacts:
    return CaseFacts(
        assigned_to=case.assigned_to, created_by=case.created_by, restricted=case.restricted, kept_from=kept_from,
        covered_by=covered_by,
    )  # fmt: skip


def is_work_of(user: Any, case: Case) -> bool:
    """Is it this person's case, or that of somebody whom they cover today?"""
    return user.id == case.assigned_to or user.id in _covering(case)


def listed(user: Any, limit: int = 50, before: str = "") -> Sequence[Case]:
    """Cases newest change first, a page at a time."""
    query = visible_to(user).options(*parts.none_of_them())
    if before:
        # Of a case they may not see it is not told when it changed: the list begins anew, as behind one that there is not.
        anchor = db.session.scalar(visible_to(user).where(Case.id == before).options(*parts.none_of_them()))
        if anchor is not None:
            query = query.where(
                or_(
                    Case.changed_at < anchor.changed_at, and_(Case.changed_at == anchor.changed_at, Case.id > anchor.id)
                )
            )
    return db.session.scalars(query.order_by(Case.changed_at.desc(), Case.id).limit(limit)).unique().all()


_TABLE = inspect(Case).local_table
# A statement that changes the row waits for whoever has it, on either engine, and gives it back as it is then: no query before it.
_TAKE = (
    select(Case)
    .from_statement(
        update(_TABLE)  # type: ignore[arg-type]
        .where(_TABLE.c.id == bindparam("case_id"))
        .values(version=_TABLE.c.version + 1, changed_at=bindparam("moment"))
        .returning(_TABLE)
    )
    .options(*parts.later())
    .execution_options(populate_existing=True)
)


def lock_case(session: Session, case_id: str, seen_version: int | None) -> Case:
    """Lock a case before anything in it is written, and compare the version the person saw.

    Its version is counted up by the same statement. On PostgreSQL a row lock; on SQLite the write transaction has the lock already (database.writing). Either way a
    colleague's write waits, so what is read after this is what is there. Source: reliability.md C1.

    Args:
        seen_version: the version the person saw; None where the write adds and never contradicts.
    Raises:
        StaleCase: the case has moved on.
    """
    case: Case = session.scalars(_TAKE, {"case_id": case_id, "moment": now()}).unique().one()
    parts.forget(session)
    if seen_version is not None and case.version - 1 != seen_version:
        raise StaleCase(case.version - 1)
    session.info.setdefault(_TAKEN, set()).add(case.id)
    return case


def count_up(session: Session, case: Case) -> None:
    """Make another version of a case that is written in, and was not taken."""
    session.info.setdefault(_TAKEN, set()).add(case.id)
    case.version += 1
    case.changed_at = now()


def taken(session: Session) -> set[str]:
    """The cases whose versions were counted up in this transaction."""
    found: set[str] = session.info.get(_TAKEN, set())
    return found


def lock(session: Session, case_id: str) -> None:
    """Take a case for a write that contradicts nothing anybody saw, such as a recipient's answer; its version stays."""
    session.execute(select(Case.id).where(Case.id == case_id).with_for_update())


def change(
    user: Any,
    case_id: str,
    seen_version: int,
    values: dict[str, Any],
    first: Callable[[Session, Case], None] | None = None,
) -> None:
    """Change facts of the household itself. ``first`` is done in the same transaction, and may refuse."""
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        if first is not None:
            first(session, case)
        for name, value in values.items():
            setattr(case, name, value)
        audit.record(session, "case.changed", "case", case.id, case.id, {"fields": sorted(values)})


def save_member(
    user: Any,
    case_id: str,
    seen_version: int,
    member_id: str | None,
    values: dict[str, Any],
    watched: Callable[[Session, Case], Callable[[], None] | None] | None = None,
) -> str:
    """Add or change a member; the key is made from the kind and never changes.

    Args:
        watched: looks at the household before, and gives what is done in the same transaction after.
    """
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        then = watched(session, case) if watched is not None else None
        if member_id is None:
            if len(case.members) >= LARGEST_HOUSEHOLD:
                raise CaseProblem(
                    f"A household can have {LARGEST_HOUSEHOLD} members here. If there are more, open a second case and say so in both."
                )
            member = CaseMember(
                key=next_key(case, values["kind"]), place=len(case.members) + 1, name="", kind=values["kind"]
            )
            case.members.append(member)
        else:
            member = _own(case.members, member_id)
            if member.kind == "unborn" and values.get("kind", "unborn") != "unborn":
                raise CaseProblem(
                    "Where the child is born, write down the birth: choose “The baby is born” on the case.", "kind"
                )
        for name, value in values.items():
            setattr(member, name, value)
        audit.record(session, "case.changed", "member", member.key, case.id)
        if then is not None:
            then()
        return member.key


def next_key(case: Case, kind: str) -> str:
    """A key nobody in this case ever had, so that no answer about one person becomes an answer about another."""
    case.people_entered += 1
    letter = {"adult": "A", "child": "C", "unborn": "U"}[kind]
    return f"{letter}{case.people_entered}"


def _own(entries: Sequence[Any], entry_id: str) -> Any:
    for entry in entries:
        if entry.id == entry_id:
            return entry
    raise CaseProblem("This was removed while you were looking at it.")


def remove_member(user: Any, case_id: str, seen_version: int, member_id: str, reason: str) -> None:
    """Take a member out who was entered by mistake; who it was, why, and by whom stays among what happened."""
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        member = _own(case.members, member_id)
        name = labels_of(case)[member.key]
        for other in case.members:
            other.couple_with = None if other.couple_with == member.key else other.couple_with
            other.mother = None if other.mother == member.key else other.mother
        for service in case.services:
            service.used_by = [k for k in service.used_by if k != member.key]
        what = f"{name} ({member.kind}): {reason} ({user.name})"
        happened = Event(kind="taken_out", on=today(), what=what, grade=Grade.E2)
        case.events.append(EVENT.row(happened, place=next_place(case.events)))
        case.members.remove(member)
        audit.record(session, "case.changed", "member", member.key, case.id, {"removed": True})


def add_spell(user: Any, case_id: str, seen_version: int, nights: Spell) -> None:
    """Add a run of nights already spent in bed and breakfast; both dates are nights spent there."""
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        if len(case.nights) >= 40:
            raise CaseProblem("A case can have 40 runs of nights here.")
        for run in case.nights:
            if run.first <= nights.last and nights.first <= run.last:
                raise CaseProblem(
                    f"Nights from {in_words(run.first)} to {in_words(run.last)} are written down already, and these overlap them: a night is spent in one place. "
                    "Correct the days, or remove the other run first.",
                    "first",
                )
        case.nights.append(NIGHTS.row(nights, place=next_place(case.nights)))
        audit.record(session, "case.changed", "case", case.id, case.id, {"fields": ["bed_and_breakfast"]})


def no_nights(user: Any, case_id: str, seen_version: int) -> None:
    """The family was asked and was in no bed and breakfast: an empty list, not an unasked one."""
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        case.nights_asked = True
        audit.record(session, "case.changed", "case", case.id, case.id, {"fields": ["bed_and_breakfast"]})


def remove_spell(user: Any, case_id: str, seen_version: int, number: int) -> None:
    """Take out a run of nights entered by mistake; ``number`` counts from 0."""
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        if not 0 <= number < len(case.nights):
            raise CaseProblem("This was removed while you were looking at it.")
        case.nights.remove(case.nights[number])
        case.nights_asked = False  # what was entered by mistake does not say that there were none
        audit.record(session, "case.changed", "case", case.id, case.id, {"fields": ["bed_and_breakfast"]})


def save_address(user: Any, case_id: str, seen_version: int, address_id: str | None, values: dict[str, Any]) -> None:
    """Add or change where the household lived.

    Raises:
        CaseProblem: nobody lives at that postcode.
    """
    if why := places.not_a_home(values.get("postcode", "")):
        raise CaseProblem(why, "postcode")
    _save_part(case_id, seen_version, "addresses", CaseAddress, address_id, values)


def save_service(user: Any, case_id: str, seen_version: int, service_id: str | None, values: dict[str, Any]) -> None:
    _save_part(case_id, seen_version, "services", CaseService, service_id, values)


def _save_part(
    case_id: str, seen_version: int, part: str, table: type[Any], part_id: str | None, values: dict[str, Any]
) -> None:
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        entries = getattr(case, part)
        if part_id is None:
            if len(entries) >= 60:
                raise CaseProblem("There are too many of these already.")
            entry = table(**values)
            entries.append(entry)
        else:
            entry = _own(entries, part_id)
            for name, value in values.items():
                setattr(entry, name, value)
        session.flush()
        audit.record(session, "case.changed", part, entry.id, case.id)


def remove_part(user: Any, case_id: str, seen_version: int, part: str, part_id: str) -> None:
    """Remove an address or a service entered by mistake."""
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        entries = getattr(case, part)
        entries.remove(_own(entries, part_id))
        audit.record(session, "case.changed", part, part_id, case.id, {"removed": True})


@disk.goes_through
def restrict(
    user: Any, case_id: str, seen_version: int, restricted: bool, then: Callable[[Session, str], None] | None = None
) -> None:
    """Limit a case to its officer and the safeguarding leads, or lift that. ``then`` is done in the same transaction."""
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        case.restricted = restricted
        audit.record(session, "case.restricted" if restricted else "case.unrestricted", "case", case.id, case.id)
        if then is not None:
            then(session, case.id)
