"""A household parts in two: those who leave have a case of their own, and the one that they left says nothing of where they are.

Nothing is deleted here. Who left stays written down with the day; what was said of them stays to be read, and goes along.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import opening, sealed_home
from app.cases.homes import HELD
from app.cases.models import Case, CaseAddress
from app.cases.service import CaseProblem, lock_case
from app.clocks import in_words, today
from app.database import new_id, writing
from app.suitability.casefile.spelling import folded

from . import along, steps
from .along import Along
from .models import LifeStep
from .words import CAME, LEFT, PARTED, WAY

WITH_THEM, BOTH, STAYS = "with", "both", "stays"
Carry = Callable[[Session, Along], object]
Waits = Callable[[Case], Sequence[str]]
Links = Callable[[Session, Case], str]
NOT_HERE = "What is known of them since then is not said in this case."


class Parting(NamedTuple):
    """What was told of it.

    Attributes:
        who: the keys of those who leave; on: since which day; limited: is their case limited to its officer and the leads?
        why, source, grade: what happened, who says so and how it is known; written in their case only.
        to, postcode: where they are; empty where it is not known, or not written down.
        goes: of each way to reach them, and of each present address, by its identifier, whether it goes with them, stays, or both.
    """

    who: Sequence[str]
    on: date
    limited: bool
    why: str
    source: str
    grade: str
    to: str
    postcode: str
    goes: Mapping[str, str]


def to_be_asked(session: Session, case: Case) -> tuple[list[LifeStep], list[CaseAddress]]:
    """Of what an officer says whether it goes with them: each way that was ever written down, and each present address."""
    ways = list(steps.of_case(case.id, WAY, session=session))
    return ways, [a for a in case.addresses if a.kind == "current"]


def write(user: Any, case_id: str, seen_version: int, told: Parting, waits: Waits, carry: Carry, links: Links) -> str:
    """Make the case of those who leave; gives its identifier.

    Args:
        waits: what has to be done first, in sentences.
        carry: writes down there what was answered of them, what is asked of them, and what they were called.
        links: ends the links to this case that others have, or says why one goes on; gives what became of them, in sentences.
    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: it cannot be so, or something waits.
    """
    with writing() as session:
        old = lock_case(session, case_id, seen_version)
        _possible(old, told)
        for said in waits(old):
            raise CaseProblem(said)
        ways, homes = to_be_asked(session, old)
        if any(key not in told.goes for key in (*(s.id for s in ways), *(a.id for a in homes))):
            raise CaseProblem("A way or an address was written down meanwhile. Say of each whether it goes with them.")
        new = _opened(session, user, old, told)
        going = Along(here=old, there=new, keys={key: key for key in told.who})
        along.people(going)
        new.people_entered = old.people_entered
        along.history(going, with_the_household=True)
        carry(session, going)
        along.life(session, going, {s.id for s in ways if told.goes[s.id] != STAYS})
        along.safeguards(session, going)
        withheld = [s.id for s in ways if told.goes[s.id] == WITH_THEM]
        withheld += _addresses(session, going, told)
        for service in along.services(going):
            old.services.remove(service)
            withheld.append(service.id)
        along.leave(session, old, told.who, told.on)
        facts = {"people": list(told.who), "withheld": withheld}
        said = f"{NOT_HERE} {links(session, old)}".strip()
        left = steps.write(session, user, case_id, PARTED, on=told.on, said=said, facts=facts)
        steps.write(
            session, user, new.id, CAME, on=told.on, said=told.why, source=told.source, grade=told.grade, about=left.id,
            facts={"people": list(told.who)},
        )  # fmt: skip
        return str(new.id)


def _possible(case: Case, told: Parting) -> None:
    leaving, staying = along.of_those(case.members, told.who), [m for m in case.members if m.key not in told.who]
    if told.on > today():
        raise CaseProblem("This day is in the future.", "on")
    if not leaving or len(leaving) != len(set(told.who)):
        raise CaseProblem("Choose who leaves. The household may have changed since this page was opened.", "who")
    if not staying:
        raise CaseProblem(
            "Everybody would leave. Where the whole household goes, write down that they left the placement.", "who"
        )
    for which, people in (("of those who leave", leaving), ("who stays", staying)):
        if not any(m.kind == "adult" for m in people):
            raise CaseProblem(
                f"Nobody {which} is an adult. Children without an adult are no household of their own: "
                "call the children’s services front door today, and write down what they say.",
                "who",
            )
    for m in (m for m in case.members if m.kind == "unborn" and m.mother):
        if (m.key in told.who) != (m.mother in told.who):
            raise CaseProblem("An unborn child goes where its mother goes.", "who")
    for m in leaving:
        if m.born is not None and told.on < m.born:
            raise CaseProblem(f"{m.name} was born on {in_words(m.born)}: the day cannot be before that.", "on")


def _opened(session: Session, user: Any, old: Case, told: Parting) -> Case:
    """Their case, with what was known of the household and concerns its safety; the council’s number stays with the old one.

    Who leads was to lead another household: they are asked anew. So are the money, the notices, and what the parents are to each other.
    """
    new = opening.make(session, user, new_id())
    same = (
        "left_because", "left_note", "agencies", "orders", "domestic_abuse", "earlier_child_removed", "danger", "tenure", "contacts_asked", "nights_asked", "lead_name", "lead_role", "lead_agency", "lead_email", "demo",
    )  # fmt: skip
    for name in same:
        setattr(new, name, getattr(old, name))
    new.restricted = told.limited or old.restricted
    return new


def _addresses(session: Session, going: Along, told: Parting) -> list[str]:
    """Where they lived, and where they are now. An address that is theirs alone is in the old case no more, nor where it was said."""
    gone: list[str] = []
    for address in list(going.here.addresses):
        goes = told.goes.get(address.id, BOTH) if address.kind == "current" else BOTH
        is_home_left = address.kind == "current" and goes != WITH_THEM
        ended = {"kind": "former", "moved_out": told.on} if is_home_left else {}
        carried = sealed_home.again(session, address, case_id=going.there.id, **ended)
        going.there.addresses.append(along.again(address, **carried))
        if goes == WITH_THEM:
            gone.append(address.id)
            here = folded(sealed_home.opened(session, address).address)
            said_where = {here, *((folded(HELD),) if address.sealed else ())}
            left = steps.of_case(going.here.id, LEFT, session=session)
            gone += [
                s.id for s in left if folded(s.place.partition(" (")[0] if address.sealed else s.place) in said_where
            ]
            going.here.addresses.remove(address)
    if told.to:
        going.there.addresses.append(
            CaseAddress(kind="current", address=told.to, postcode=told.postcode, moved_in=told.on)
        )
    return gone


def cases_of(session: Session, step_ids: Collection[str], visible: Any) -> dict[str, tuple[str, str]]:
    """Of partings, the case in which those who left are now: (identifier, reference), of those that a person may see.

    Args:
        visible: the query of the cases that they may see.
    """
    query = (
        visible.with_only_columns(LifeStep.about, Case.id, Case.reference)
        .join(LifeStep, LifeStep.case_id == Case.id)
        .where(LifeStep.kind == CAME, LifeStep.about.in_(step_ids))
    )
    return {row.about: (row.id, row.reference) for row in session.execute(query)}


def came_from(session: Session, step: LifeStep, visible: Any) -> tuple[str, str] | None:
    """The case that they left, (identifier, reference), if a person may see it."""
    of = select(LifeStep.case_id).where(LifeStep.id == step.about).scalar_subquery()
    row = session.execute(visible.with_only_columns(Case.id, Case.reference).where(Case.id == of)).first()
    return None if row is None else (row.id, row.reference)
