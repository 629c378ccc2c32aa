"""Sealing a family’s home, who may see it, and how anybody else does: two people, one of them a safeguarding lead, for a short while.

Break-glass opens a case and not this: no role sees it, nobody sees it who is not named, and to be named is nothing without sight of the case.
Source: reliability.md 4.2, T4, Z6.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, get_args

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from app import disk
from app.accounts.models import User
from app.accounts.policy import may
from app.audit import service as audit
from app.checklists import FOLDER, or_stop
from app.database import now, writing
from app.extensions import db
from app.notifications import telling
from app.suitability.casefile.household import LeftBecause
from app.suitability.checklist.located_yaml import read as read_yaml

from . import sealed_home
from . import service as cases
from .homes import HomeAsked, HomeNamed, HomeSeal, SealedAddress
from .models import Case
from .sealed_home import Home

FILE = "sealing.yaml"
# What is more than this is no sealed home any more, whatever the file says.
_AT_MOST = {"most_named": 8, "shown_minutes": 240, "told_days": 90}
_LEAD = "safeguarding_lead"
SHOW, LIFT = "show", "lift"
# Links and steps that tell where they live are of rooms above: each gives what it does in the same transaction.
Then = Callable[[Session, str, Collection[Home]], None]
Steps = Callable[[Session, str, Collection[Home]], list[str]]


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What of this is a setting: see checklists/sealing.yaml."""

    most_named: int
    shown_minutes: int
    told_days: int
    proposed_where_they_left_because: tuple[str, ...]


class Named(NamedTuple):
    """One who may see it: the row, who it is, and who named them."""

    row: HomeNamed
    name: str
    role: str
    named_by: str


class State(NamedTuple):
    """A sealed home as its page shows it. Where it is, is not in it."""

    seal: HomeSeal
    named: Sequence[Named]
    asked: Sequence[HomeAsked]
    is_named: bool
    released: HomeAsked | None


@lru_cache(maxsize=1)
def numbers() -> Numbers:
    """The numbers there are.

    Raises:
        ChecklistError: with file, line and what was meant.
    """
    return parsed((FOLDER / FILE).read_text(encoding="utf-8"))


def parsed(text: str) -> Numbers:
    """The numbers of a text of YAML.

    Raises:
        ChecklistError: with line and what was meant.
    """
    what, because = "the file of sealed homes", "proposed_where_they_left_because"
    told = read_yaml(text, FILE)
    told.only(("source", "checked", *_AT_MOST, because), what)
    for name in ("source", "checked"):
        told.need(name, str, what)
    for name, most in _AT_MOST.items():
        if not 1 <= (told.need(name, int, what) or 0) <= most:
            told.refuse(f"“{name}” is a number from 1 to {most}.", name)
    left = tuple(told.need(because, list, what) or ())
    if wrong := [code for code in left if code not in get_args(LeftBecause)]:
        told.refuse(f"nobody leaves because of {wrong[0]!r}: it is one of {', '.join(get_args(LeftBecause))}.", because)
    return Numbers(**{name: told[name] for name in _AT_MOST}, proposed_where_they_left_because=left)


def read_or_stop() -> None:
    """A mistake stops the start: see ``or_stop``."""
    or_stop(numbers)


def is_proposed(case: Case) -> bool:
    """Should somebody be asked whether to seal it? Where nobody has asked about abuse, the question itself comes first."""
    left = set(case.left_because or ()) & set(numbers().proposed_where_they_left_because)
    lives = any(a.kind == "current" and not a.sealed for a in case.addresses)
    return (
        bool(case.domestic_abuse or case.orders or left) and lives and sealed_home.in_force(db.session, case.id) is None
    )


def to_name(case: Case) -> Sequence[User]:
    """Who can be named: those who work with cases and see this one, by their names."""
    people = db.session.scalars(select(User).where(User.active.is_(True)).order_by(User.name, User.email)).all()
    return [person for person in people if _can_be_named(case.id, person)]


def _can_be_named(case_id: str, person: User) -> bool:
    return bool(person.active and may(person.role, "home.show") and _sees(person, case_id))


def _sees(person: Any, case_id: str) -> bool:
    return db.session.scalar(cases.visible_to(person).with_only_columns(Case.id).where(Case.id == case_id)) is not None


def state(user: Any, case_id: str) -> State | None:
    """How it stands with a case’s home; None where it is not sealed. Three queries."""
    seal = sealed_home.in_force(db.session, case_id)
    if seal is None:
        return None
    namer = aliased(User)
    rows = db.session.execute(
        select(HomeNamed, User.name, User.role, namer.name)
        .join(User, User.id == HomeNamed.user_id)
        .join(namer, namer.id == HomeNamed.named_by)
        .where(HomeNamed.seal_id == seal.id, HomeNamed.ended_at.is_(None))
        .order_by(User.name, HomeNamed.id)
    )
    named = [Named(*row) for row in rows]
    asked = db.session.scalars(
        select(HomeAsked).where(HomeAsked.seal_id == seal.id).order_by(HomeAsked.asked_at.desc(), HomeAsked.id)
    ).all()
    released = next((a for a in asked if _is_open_to(a, user.id)), None)
    return State(seal, named, asked, any(n.row.user_id == user.id for n in named), released)


def _is_open_to(asked: HomeAsked, user_id: str) -> bool:
    in_time = asked.until is not None and asked.until > now()
    return asked.what == SHOW and asked.asked_by == user_id and in_time and asked.shown_at is None


def whom_to_ask(case_id: str) -> list[str]:
    """The names of those who may see it: whom anybody else asks."""
    found = (
        select(User.name).join(HomeNamed, HomeNamed.user_id == User.id).join(HomeSeal, HomeSeal.id == HomeNamed.seal_id)
    )
    in_force = found.where(HomeSeal.case_id == case_id, HomeSeal.lifted_at.is_(None), HomeNamed.ended_at.is_(None))
    return list(db.session.scalars(in_force.order_by(User.name)))


@disk.goes_through
def seal(
    user: Any, case_id: str, seen_version: int, reason: str, named: Sequence[str], steps: Steps, then: Then
) -> None:
    """Seal where they live now, and whatever is written down as that from now on.

    Args:
        named: the accounts that may see it, by identifier.
        steps: gives the steps in the life of the case that say where that is; then: ends links to what says it.
    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: it is sealed already, nobody is named, or somebody who cannot be.
    """
    with writing() as session:
        case = cases.lock_case(session, case_id, seen_version)
        if sealed_home.in_force(session, case_id) is not None:
            raise cases.CaseProblem("Their home is sealed already.")
        wanted = list(dict.fromkeys(named))
        if not wanted:
            raise cases.CaseProblem("Choose at least one person who may see it.", "named")
        if len(wanted) > numbers().most_named:
            raise cases.CaseProblem(
                f"Choose {numbers().most_named} people or fewer: those who visit or write.", "named"
            )
        made = HomeSeal(case_id=case_id, reason=reason, sealed_by=user.id, sealed_by_name=user.name)
        now_there = [Home(a.address, a.postcode) for a in case.addresses if a.kind == "current"]
        made.steps = steps(session, case_id, now_there)
        session.add(made)
        session.flush()
        for user_id in wanted:
            _name(session, user, made, user_id)
        for address in case.addresses:
            address.sealed = address.sealed or address.kind == "current"
        session.flush()
        audit.record(
            session, "home.sealed", "home_seal", made.id, case_id, {"named": len(wanted), "addresses": len(now_there)}
        )
        then(session, case_id, now_there)


def _name(session: Session, user: Any, seal: HomeSeal, user_id: str) -> HomeNamed:
    person = session.get(User, user_id)
    if person is None or not _can_be_named(seal.case_id, person):
        raise cases.CaseProblem("Choose somebody who works with this case.", "named")
    made = HomeNamed(case_id=seal.case_id, seal_id=seal.id, user_id=person.id, named_by=user.id)
    session.add(made)
    session.flush()
    return made


def name(user: Any, case_id: str, seen_version: int, user_id: str) -> None:
    """One more may see it; a safeguarding lead says so, and not of themselves.

    Raises:
        StaleCase: the case changed since the lead saw it.
        CaseProblem: it is oneself, they are named already, there are enough, or they cannot be.
    """
    with writing() as session:
        cases.lock_case(session, case_id, seen_version)
        found = _in_force(session, case_id)
        there = _named(session, found)
        if user_id == user.id:
            raise cases.CaseProblem(
                "Another safeguarding lead names you: you cannot do it yourself. Ask to see it instead.", "named"
            )
        if user_id in there:
            raise cases.CaseProblem("They are named already.", "named")
        if len(there) >= numbers().most_named:
            raise cases.CaseProblem(f"{numbers().most_named} people are named. Take somebody out first.", "named")
        made = _name(session, user, found, user_id)
        audit.record(session, "home.named", "home_named", made.id, case_id, {"user": user_id})


def unname(user: Any, case_id: str, seen_version: int, named_id: str) -> None:
    """Somebody may see it no longer. One stays named: an address that nobody can read protects nobody.

    Raises:
        StaleCase: the case changed since the lead saw it.
        CaseProblem: they are the last, or were taken out meanwhile.
    """
    with writing() as session:
        cases.lock_case(session, case_id, seen_version)
        there = _named(session, _in_force(session, case_id))
        row = next((row for row in there.values() if row.id == named_id), None)
        if row is None:
            raise cases.CaseProblem("They were taken out meanwhile.")
        if len(there) == 1:
            raise cases.CaseProblem("Name somebody else first: nobody would be left who may see it.")
        row.ended_by, row.ended_at = user.id, now()
        audit.record(session, "home.unnamed", "home_named", row.id, case_id, {"user": row.user_id})


def _in_force(session: Session, case_id: str) -> HomeSeal:
    found = sealed_home.in_force(session, case_id)
    if found is None:
        raise cases.CaseProblem("Their home is not sealed any more.")
    return found


def _named(session: Session, seal: HomeSeal) -> dict[str, HomeNamed]:
    rows = session.scalars(select(HomeNamed).where(HomeNamed.seal_id == seal.id, HomeNamed.ended_at.is_(None)))
    return {row.user_id: row for row in rows}


def ask(user: Any, case_id: str, seen_version: int, what: str, reason: str) -> str:
    """Ask to see it, or that the seal be lifted; gives the identifier of what was asked.

    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: they may see it anyway, or have asked already.
    """
    with writing() as session:
        cases.lock_case(session, case_id, seen_version)
        found = _in_force(session, case_id)
        if what == SHOW and user.id in _named(session, found):
            raise cases.CaseProblem("You are named: choose “Show the address”.")
        same = select(HomeAsked.id).where(
            HomeAsked.seal_id == found.id, HomeAsked.what == what, HomeAsked.verdict.is_(None)
        )
        if session.scalar(same.where(HomeAsked.asked_by == user.id) if what == SHOW else same) is not None:
            raise cases.CaseProblem("This is asked already, and waits for a second person.")
        made = HomeAsked(
            case_id=case_id, seal_id=found.id, what=what, reason=reason, asked_by=user.id, asked_by_name=user.name
        )
        session.add(made)
        session.flush()
        audit.record(session, "home.asked", "home_asked", made.id, case_id, {"what": what})
        telling.note(session, "home_asked", case_id, made.id, by=user.id)
        return made.id


def find_asked(case_id: str, asked_id: str) -> HomeAsked | None:
    return db.session.scalar(select(HomeAsked).where(HomeAsked.id == asked_id, HomeAsked.case_id == case_id))


def may_settle(user: Any, asked: HomeAsked, named: Collection[str]) -> bool:
    """May this person be the second? Never who asked; a lead, or, where a lead asks, one of those who are named."""
    if user.id == asked.asked_by or asked.verdict is not None:
        return False
    asker = db.session.get_one(User, asked.asked_by)
    return user.role == _LEAD or (asker.role == _LEAD and user.id in named)


def settle(user: Any, case_id: str, seen_version: int, asked_id: str, agrees: bool, word: str) -> None:
    """The second person agrees or refuses, with a reason.

    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: they may not be the second, it was settled meanwhile, or whoever asked does not see the case any more.
    """
    with writing() as session:
        case = cases.lock_case(session, case_id, seen_version)
        found = _in_force(session, case_id)
        asked = session.get(HomeAsked, asked_id)
        if asked is None or asked.seal_id != found.id or asked.verdict is not None:
            raise cases.CaseProblem("This was settled meanwhile.")
        if not may_settle(user, asked, _named(session, found)):
            raise cases.CaseProblem(
                "Somebody else settles this: a safeguarding lead who did not ask, or, where a lead asks, somebody who is named."
            )
        asker = session.get_one(User, asked.asked_by)
        if agrees and not (asker.active and _sees(asker, case_id)):
            raise cases.CaseProblem("Whoever asked does not see this case any more. Refuse it.")
        asked.verdict, asked.word = "agreed" if agrees else "refused", word
        asked.settled_by, asked.settled_by_name, asked.settled_at = user.id, user.name, now()
        if agrees and asked.what == SHOW:
            asked.until = asked.settled_at + timedelta(minutes=numbers().shown_minutes)
        if agrees and asked.what == LIFT:
            _lift(session, case, found)
        if agrees and asked.what == SHOW:
            telling.note(session, "home_released", case_id, asked.id, by=user.id)
        done = {(SHOW, True): "home.released", (LIFT, True): "home.lifted"}.get((asked.what, agrees), "home.refused")
        audit.record(session, done, "home_asked", asked.id, case_id, {"what": asked.what, "user": asked.asked_by})


def _lift(session: Session, case: Case, seal: HomeSeal) -> None:
    """What was sealed stands in its row again; what was closed is destroyed. What does not open stays as it is: nobody guesses it."""
    seal.lifted_at = now()
    session.flush()
    for row, home in sealed_home.of_case(session, case):
        if home.address:
            row.sealed, row.address, row.postcode = False, home.address, home.postcode
            session.execute(update(SealedAddress).where(SealedAddress.address_id == row.id).values(closed=""))
    session.flush()


@disk.goes_through
def show(user: Any, case_id: str) -> list[tuple[str, Home]] | None:
    """Where they live, for somebody who is named or to whom it was released just now; each time is an entry. None: not for them.

    Gives of each address whether they live there now, and the address.
    """
    with writing() as session:
        cases.lock(session, case_id)
        seal = sealed_home.in_force(session, case_id)
        case = session.get(Case, case_id)
        if seal is None or case is None or not _sees(user, case_id):
            return None
        by = "named" if user.id in _named(session, seal) else _taken(session, seal, user.id, now())
        if not by:
            return None
        audit.record(session, "home.viewed", "home_seal", seal.id, case_id, {"by": by})
        return [(row.kind, home) for row, home in sealed_home.of_case(session, case)]


def _taken(session: Session, seal: HomeSeal, user_id: str, moment: datetime) -> str:
    """Use what was released, once: of two pages that ask at the same moment one gets it."""
    open_to_them = (
        HomeAsked.seal_id == seal.id, HomeAsked.what == SHOW, HomeAsked.asked_by == user_id, HomeAsked.verdict == "agreed",
        HomeAsked.shown_at.is_(None), HomeAsked.until > moment,
    )  # fmt: skip
    first = session.scalar(select(HomeAsked.id).where(*open_to_them).order_by(HomeAsked.until).limit(1))
    if first is None:
        return ""
    used = session.execute(
        update(HomeAsked).where(HomeAsked.id == first, HomeAsked.shown_at.is_(None)).values(shown_at=moment)
    )
    return "released" if used.rowcount == 1 else ""  # type: ignore[attr-defined]
