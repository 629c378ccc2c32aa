"""The units of a placement that has several: each as a placement of its own, what it is called, and who sleeps in it.

A placement of one unit has none of this: its facts are the placement’s own, and everybody sleeps there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .household import UNIT, FurtherUnit, Household, Member, Placement
from .problems import Problem
from .spelling import folded_name

_ITS_OWN = frozenset(FurtherUnit.model_fields) - {"key", "door", "sleeps"}


class Unit(NamedTuple):
    """One of several units.

    Args:
        place: its facts, with the stay, the district and the surroundings of the whole placement.
        sleeps: who sleeps in it; None where it is not known who sleeps where.
    """

    key: str
    called: str
    place: Placement
    sleeps: tuple[Member, ...] | None


def called(placement: Placement) -> dict[str, str]:
    """What each unit of a placement is called in a sentence, by key."""
    return by_door(placement.address, {unit.key: unit.door for unit in placement.further_units or ()})


def by_door(address: str, doors: Mapping[str, str]) -> dict[str, str]:
    """The same, of the address of the first and the doors of the others: “the unit” where there is one alone, else its door."""
    if not doors:
        return {UNIT: "the unit"}
    first, apart, _ = address.partition(",")
    its_own = apart and folded_name(first) not in {"", *(folded_name(door) for door in doors.values())}
    return {UNIT: first.strip() if its_own else "the first unit", **doors}


def units_of(placement: Placement, household: Household) -> dict[str, Unit]:
    """The units by key, the first one first; empty where there is one alone.

    Who is named for no other unit sleeps in the first, as soon as it is known of every other one who sleeps in it.
    """
    further = placement.further_units or ()
    if not further:
        return {}
    names, alone = called(placement), {"further_units": None}
    placed = {key for unit in further for key in unit.sleeps or ()}
    told = all(unit.sleeps is not None for unit in further)
    rest = tuple(m for m in household.members if m.key not in placed) if told else None
    found = {UNIT: Unit(UNIT, names[UNIT], placement.model_copy(update=alone), rest)}
    for unit in further:
        its_own = {name: getattr(unit, name) for name in _ITS_OWN}
        place = placement.model_copy(update={"address": address_of(placement, unit), **its_own, **alone})
        sleeps = None if unit.sleeps is None else tuple(m for m in household.members if m.key in unit.sleeps)
        found[unit.key] = Unit(unit.key, names[unit.key], place, sleeps)
    return found


def address_of(placement: Placement, unit: FurtherUnit) -> str:
    """The address of a further unit: its own door, in the building of the first."""
    building = placement.address.split(",", 1)
    return f"{unit.door}, {building[-1].strip()}"[:200]


def unit_problems(placement: Placement, household: Household) -> list[Problem]:
    """Further units have keys of their own, and only members of the household sleep in them: a path and a sentence."""
    found = []
    members = {m.key for m in household.members}
    people = members | {child.key for child in household.children()}
    for at, unit in enumerate(placement.further_units or ()):
        path = f"placement.further_units[{at}]"
        if unit.key in people:
            found.append(
                (f"{path}.key", f"“{unit.key}” is the key of somebody in the household. Give the unit another.")
            )
        found += [
            (f"{path}.sleeps", f"Nobody in the household is “{key}”, so they cannot sleep here.")
            for key in unit.sleeps or ()
            if key not in members
        ]
    return found
