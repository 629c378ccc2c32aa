"""Two households become one: people of another case, and what is known of them, come into this one, and the other closes saying why.

Nobody is taken for somebody else but by whoever says so here, person by person; what differs stands side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.cases import sealed_home
from app.cases.alike import may_be_one
from app.cases.models import Case, CaseMember
from app.cases.service import LARGEST_HOUSEHOLD, CaseProblem, lock_case, next_key
from app.clocks import in_words, today
from app.database import writing
from app.suitability.casefile import wording

from . import along, steps
from .along import Along
from .closing import Open, Then
from .models import LifeStep
from .parting import NOT_HERE, Carry, Links
from .words import CAME, CLOSED, PARTED, WAY

ANOTHER = "another"
RESTS = "The people belong to another household since this day, and it is asked there."
_ANY = ("orders", "separated_parents", "domestic_abuse", "earlier_child_removed")
_LISTS = ("left_because", "agencies")


class Joining(NamedTuple):
    """What was told of it.

    Attributes:
        on: since which day they are one household; why, source, grade: what happened, who says so, and how it is known.
        same: of each person of the other case who may be entered here already: the key here, or ANOTHER.
    """

    on: date
    why: str
    source: str
    grade: str
    same: Mapping[str, str]


def alike(here: Case, other: Case) -> dict[str, list[CaseMember]]:
    """Of each person of the other case, those here who may be the same person; by key, only where there are any."""
    found = {m.key: [mine for mine in here.members if may_be_one(m, mine)] for m in other.members}
    return {key: listed for key, listed in found.items() if listed}


def write(
    user: Any,
    case_id: str,
    seen_version: int,
    other_id: str,
    other_seen: int,
    told: Joining,
    carry: Carry,
    links: Links,
    what_is_open: Open,
    then: Then,
    watched: Callable[[Session, Case], Callable[[], None] | None],
) -> None:
    """Take the people of another case in, which the person may see too.

    Args:
        carry, links, what_is_open, then: as in ``parting`` and ``closing``; the links are those of the other case.
    Raises:
        StaleCase: one of the two changed since the person saw it.
        CaseProblem: it cannot be so, or something in the other case may not rest.
    """
    with writing() as session:
        # In one order, whoever joins which to which: two who do it at once wait for each other, and not for ever.
        seen = {case_id: seen_version, other_id: other_seen}
        taken = {key: lock_case(session, key, seen[key]) for key in sorted(seen)}
        here, other = taken[case_id], taken[other_id]
        after = watched(session, here)
        owed = what_is_open(other)
        _possible(here, other, told, [one.what for one in owed if not one.may_rest])
        keys = {m.key: told.same.get(m.key, ANOTHER) for m in other.members}
        known = {key for key, mine in keys.items() if mine != ANOTHER}
        keys = {m.key: keys[m.key] if m.key in known else next_key(here, m.kind) for m in other.members}
        going = Along(here=other, there=here, keys=keys)
        lines = [line for key in sorted(known) for line in _differ(going, key)]
        along.people(going, but=known)
        lines += along.history(going, with_the_household=True)
        _facts(here, other)
        carry(session, going)
        ways = {s.id for s in steps.of_case(other_id, WAY, session=session)}
        along.life(session, going, ways)
        along.safeguards(session, going)
        for address in other.addresses:
            here.addresses.append(along.again(address, **sealed_home.again(session, address, case_id=here.id)))
        along.services(going)
        session.flush()
        said = f"{NOT_HERE} {links(session, other)}".strip()
        left = steps.write(session, user, other_id, PARTED, on=told.on, said=said, facts={"people": list(keys)})
        along.leave(session, other, list(keys), told.on)
        other.closed_on = today()
        rests = [{"what": f"{one.what}.", "why": RESTS, "key": one.key} for one in owed]
        steps.write(session, user, other_id, CLOSED, on=today(), said=told.why, facts={"rests": rests})
        then(session, other, [(one, RESTS) for one in owed])
        steps.write(
            session, user, case_id, CAME, on=told.on, said=told.why, source=told.source, grade=told.grade, about=left.id,
            facts={"people": list(keys.values()), "lines": lines},
        )  # fmt: skip
        if after is not None:
            after()


def _possible(here: Case, other: Case, told: Joining, first: Sequence[str]) -> None:
    if here.id == other.id:
        raise CaseProblem("This is the same case.", "other")
    if other.closed_on is not None:
        raise CaseProblem(f"That case is closed since {in_words(other.closed_on)}. Open it again first.", "other")
    if not here.members or not other.members:
        raise CaseProblem("Nobody is entered in one of the two cases.", "other")
    if other.restricted and not here.restricted:
        raise CaseProblem(
            "That case is limited to its officer and the leads, and this one is not. Limit this case first, or take these people into that one.",
            "other",
        )
    for what in first:
        raise CaseProblem(f"In the other case: {what}. This cannot rest. Do it first.", "other")
    if told.on > today():
        raise CaseProblem("This day is in the future.", "on")
    possible = {key: {m.key for m in listed} for key, listed in alike(here, other).items()}
    for key, mine in possible.items():
        if told.same.get(key) not in {*mine, ANOTHER}:
            raise CaseProblem("Say of each person who may be entered here already whether it is the same one.", "")
    chosen = [mine for mine in told.same.values() if mine != ANOTHER]
    if len(chosen) != len(set(chosen)):
        raise CaseProblem("Two people of the other case cannot be the same person here.", "")
    if len(here.members) + len(other.members) - len(chosen) > LARGEST_HOUSEHOLD:
        raise CaseProblem(f"A household can have {LARGEST_HOUSEHOLD} members here.")


def _differ(going: Along, key: str) -> list[str]:
    """What is written down of one person differently in the two cases; nothing is chosen between them."""
    there = next(m for m in going.here.members if m.key == key)
    mine = next(m for m in going.there.members if m.key == going.keys[key])
    told = (
        ("name", mine.name, there.name), ("born", in_words(mine.born), in_words(there.born)), ("due", in_words(mine.due), in_words(there.due)),
        ("sex", wording.SEX.get(mine.sex or "", ""), wording.SEX.get(there.sex or "", "")),
        ("pregnant", _yes(mine.pregnant), _yes(there.pregnant)),
    )  # fmt: skip
    return [
        f"{mine.name}, {name}: here {was or 'not known'}; in the other case {other or 'not known'}. Find out which is right."
        for name, was, other in told
        if was != other
    ]


def _yes(known: bool | None) -> str:
    return "" if known is None else "yes" if known else "no"


def _facts(here: Case, other: Case) -> None:
    """Of both households together: what is so of one is so, what is not known of one is not known."""
    for name in _ANY:
        both = (getattr(here, name), getattr(other, name))
        setattr(here, name, True if True in both else None if None in both else False)
    for name in _LISTS:
        told, more = getattr(here, name), getattr(other, name)
        if more:
            setattr(here, name, list(dict.fromkeys([*(told or ()), *more])))
    here.danger = list(dict.fromkeys([*here.danger, *other.danger]))


def are_parted(listed: Sequence[LifeStep], other: Sequence[LifeStep]) -> bool:
    """Did one of the two households leave the other?"""
    parted = {s.id for s in (*listed, *other) if s.kind == PARTED}
    return any(s.kind == CAME and s.about in parted for s in (*listed, *other))
