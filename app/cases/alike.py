"""Whether two entries may be one person, and what the people of a stored case are called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from app.suitability.casefile.called import Person, day_of, labels
from app.suitability.casefile.household import Household
from app.suitability.casefile.spelling import folded

from .household import household_of
from .models import Case, CaseMember


def labels_of(case: Case) -> dict[str, str]:
    """The same of a stored case; nobody where nobody is entered yet."""
    return labels(household_of(case)) if case.members else {}


def to_be_read(household: Household) -> Household:
    """The household with labels for names: to be described, never to be judged, as whose a plan is goes by the name itself."""
    called = labels(household)
    members = tuple(m.model_copy(update={"name": called[m.key]}) for m in household.members)
    return household.model_copy(update={"members": members})


def may_be_one(one: Person, other: Person) -> bool:
    """May two entries be one person? What is not known is never a difference.

    Two unborn children are asked about unless they have different mothers: a mother who carries one was often entered by two
    agencies. Anybody else by one name, in any spelling, with the same birthday or one that is not known.
    """
    if one.kind == other.kind == "unborn":
        return one.mother is None or other.mother is None or one.mother == other.mother
    if "unborn" in (one.kind, other.kind) or folded(one.name) != folded(other.name):
        return False
    return one.born is None or other.born is None or one.born == other.born


class Entry(NamedTuple):
    """Somebody as typed, not saved yet; ``key`` is empty for one who is new."""

    key: str
    name: str
    kind: str
    born: date | None
    due: date | None
    mother: str | None


def not_told_apart(said: Entry, stored: CaseMember | None, others: Sequence[CaseMember]) -> list[CaseMember]:
    """Entries that may be the same person, and of which nobody has said yet that they are another."""
    known = set(stored.told_apart) if stored else set()
    return [m for m in others if may_be_one(said, m) and m.key not in known and said.key not in m.told_apart]


def question(person: Person, there: Sequence[Person]) -> str:
    """What an officer is asked before an entry is saved that may be there already."""
    named = ", and ".join(f"{p.name}, {day_of(p)}" for p in there)
    said = "another adult of that name" if person.kind == "adult" else "another child, a twin for instance"
    are = "is" if len(there) == 1 else "are"
    return f"{named}, {are} already in this household. Is this {said}, or the same one entered twice?"
