"""Bedrooms: how many the bedroom standard gives a household, and the sleeping rooms a licensed shared house may use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.suitability.casefile.household import Member, Room


class LicenceAreas(NamedTuple):
    """The least areas to sleep in, in square metres, for one child under 10, one person and two persons."""

    child: Decimal
    one: Decimal
    two: Decimal


def bedrooms_needed(members: Sequence[Member], on: date) -> int | None:
    """Bedrooms by the bedroom standard; None when an age or a sex that decides is not known.

    One for each couple; one for each other person of 21 and over; one for each pair of 10 to 20 of one sex; one for each
    pair under 10; somebody of 10 to 20 left over is paired with a child under 10 of the same sex, or has their own.
    Unborn children do not count. The standard is a yardstick, not the law of suitability.
    Source: English Housing Survey and Housing Act guidance, as in law.md 1.5.
    """
    counted = [m for m in members if m.kind != "unborn"]
    couples = {frozenset((m.key, m.couple_with)) for m in counted if m.couple_with is not None}
    single = [m for m in counted if not any(m.key in pair for pair in couples)]
    rooms = len(couples)
    young: list[Member] = []
    middle: dict[str, int] = {"female": 0, "male": 0}
    for member in single:
        age = member.age_on(on)
        if age is None and member.kind == "child":
            return None
        if age is None or age >= 21:
            rooms += 1
        elif age >= 10:
            if member.sex not in middle:
                return None
            middle[member.sex] += 1
        else:
            young.append(member)
    left_over = {sex: number % 2 for sex, number in middle.items()}
    rooms += sum(number // 2 for number in middle.values())
    if any(left_over.values()) and any(m.sex not in middle for m in young):
        return None
    children = {sex: sum(1 for m in young if m.sex == sex) for sex in middle}
    under_ten = len(young)
    for sex, number in left_over.items():
        rooms += number
        if number and children[sex] > 0:
            under_ten -= 1
    return rooms + -(-under_ten // 2)


def bedrooms_short(rooms: Sequence[Room] | None, members: Sequence[Member], on: date) -> int | None:
    """How many bedrooms fewer the unit has than the bedroom standard gives; None when it cannot be told."""
    needed = bedrooms_needed(members, on)
    if rooms is None or needed is None:
        return None
    return max(0, needed - sum(1 for room in rooms if room.use in ("bedroom", "bed_sitting")))


def licence_sleeping_met(
    rooms: Sequence[Room] | None, members: Sequence[Member], on: date, least: LicenceAreas
) -> bool | None:
    """Can everybody sleep in rooms at or above the licence minimums? None when it cannot be told.

    A room under the least area is not for sleeping; from it one child under 10, then one person, then two. The minimums
    say nothing of three in a room: a household that fits only so cannot be told from them. An unborn child does
    not count; a child whose date of birth is not known counts as over 10.
    """
    if rooms is None:
        return None
    available = [r for r in rooms if r.use in ("bedroom", "bed_sitting")]
    unmeasured = any(r.area_m2 is None for r in available)
    people = [m for m in members if m.kind != "unborn"]
    small = sum(1 for m in people if (age := m.age_on(on)) is not None and age < 10)
    big = len(people) - small
    areas = sorted(r.area_m2 for r in available if r.area_m2 is not None)
    twos = sum(1 for a in areas if a >= least.two)
    ones = sum(1 for a in areas if least.one <= a < least.two)
    child_only = sum(1 for a in areas if least.child <= a < least.one)
    if big <= 2 * twos + ones and big + small <= 2 * twos + ones + min(child_only, small):
        return True
    roomier = any(a >= least.two + least.child for a in areas)
    return None if unmeasured or roomier else False
