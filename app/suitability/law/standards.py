"""The computed standards: room and space standard, the legal B&B test, the 42 nights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from app.suitability.casefile.household import Member, Placement, Room, Spell
from app.suitability.casefile.known import all_known, any_known

SLEEPING_USES = ("bedroom", "living", "bed_sitting")
_SQUARE_FOOT_M2 = Decimal("0.09290304")
_TABLE_II = ((110, Decimal(2)), (90, Decimal("1.5")), (70, Decimal(1)), (50, Decimal("0.5")))
_TABLE_I = {0: Decimal(0), 1: Decimal(2), 2: Decimal(3), 3: Decimal(5), 4: Decimal("7.5")}


class UnmeasuredRoom(ValueError):
    """A room available for sleeping has no measured area."""


def sleeping_rooms(rooms: Iterable[Room]) -> tuple[Room, ...]:
    """Rooms of a kind normally used as a bedroom or a living room. Source: Housing Act 1985 s.326(2)."""
    return tuple(room for room in rooms if room.use in SLEEPING_USES)


def persons(members: Iterable[Member], on: date) -> Decimal:
    """How many persons the space standard counts: under 1 none, 1 to 9 a half, 10 and over one.

    A child whose date of birth is not known counts as one: the cautious reading. Source: Housing Act 1985 s.326(2).
    """
    total = Decimal(0)
    for member in members:
        if member.kind == "unborn":
            continue
        age = member.age_on(on)
        total += Decimal(1) if age is None or age >= 10 else Decimal("0.5") if age >= 1 else Decimal(0)
    return total


def permitted_by_rooms(count: int) -> Decimal:
    """Table I: persons by number of rooms; five or more, two a room. Source: Housing Act 1985 s.326(3)(a)."""
    return _TABLE_I.get(count, Decimal(2 * count))


def permitted_by_area(area_m2: Decimal) -> Decimal:
    """Table II: persons by floor area of one room, in halves. Source: Housing Act 1985 s.326(3)(b)."""
    square_feet = area_m2 / _SQUARE_FOOT_M2
    # 110 sq ft is 10.219 m2; councils and the guidance write 10.22: a hundredth is measuring noise, so round to it.
    for least, number in _TABLE_II:
        if area_m2 >= (Decimal(least) * _SQUARE_FOOT_M2).quantize(Decimal("0.01")) or square_feet >= least:
            return number
    return Decimal(0)


def permitted_persons(rooms: Sequence[Room]) -> Decimal:
    """How many persons may sleep in a dwelling under the space standard.

    The lower of the two statutory tables: by number of rooms, and by floor area of each. Rooms under 50 square feet
    are ignored by both.

    Args:
        rooms: rooms of the dwelling, areas in square metres.
    Returns:
        persons, in halves.
    Raises:
        UnmeasuredRoom: a room has no measured area; the caller records the criterion as open.
    Source: Housing Act 1985 s.326, Tables I and II.
    """
    available = sleeping_rooms(rooms)
    areas: list[Decimal] = []
    for room in available:
        if room.area_m2 is None:
            raise UnmeasuredRoom(room.name or room.use)
        areas.append(permitted_by_area(room.area_m2))
    counted = [number for number in areas if number > 0]
    return min(permitted_by_rooms(len(counted)), sum(counted, Decimal(0)))


def breaches_space_standard(rooms: Sequence[Room] | None, members: Sequence[Member], on: date) -> bool | None:
    """Is the dwelling overcrowded by area or number of rooms? None when it cannot be told.

    Table I alone can prove a breach while areas are unmeasured; it can never prove there is none.
    """
    if rooms is None:
        return None
    need = persons(members, on)
    try:
        return need > permitted_persons(rooms)
    except UnmeasuredRoom:
        known = sum((permitted_by_area(r.area_m2) for r in sleeping_rooms(rooms) if r.area_m2 is not None), Decimal(0))
        unmeasured = sum(1 for r in sleeping_rooms(rooms) if r.area_m2 is None)
        most = min(permitted_by_rooms(len(sleeping_rooms(rooms))), known + 2 * unmeasured)
        return True if need > most else None


def breaches_room_standard(rooms: Sequence[Room] | None, members: Sequence[Member], on: date) -> bool | None:
    """Must two people of opposite sex, 10 or over and not a couple, sleep in one room? None when it cannot be told.

    Parent and child are not exempt. The test is whether an arrangement exists, whatever the family would choose.
    Source: Housing Act 1985 s.325.
    """
    if rooms is None:
        return None
    certain = [
        m
        for m in members
        if m.kind != "unborn" and ((m.age_on(on) or 0) >= 10 or (m.kind == "adult" and m.born is None))
    ]
    doubtful = [m for m in members if m.kind == "child" and m.born is None]
    if any(m.sex not in ("female", "male") for m in (*certain, *doubtful)) and len(certain) + len(doubtful) > 1:
        return None
    number = len(sleeping_rooms(rooms))
    if number == 0:
        return True
    if not _can_part(certain, number):
        return True
    return None if doubtful and not _can_part([*certain, *doubtful], number) else False


def _can_part(people: Sequence[Member], rooms: int) -> bool:
    clashes = any(a.sex != b.sex and not _couple(a, b) for a, b in combinations(people, 2))
    if not clashes:
        return True
    # One room for each sex always works; with a single room nobody can be kept apart.
    return rooms >= 2


def _couple(a: Member, b: Member) -> bool:
    return a.couple_with == b.key or b.couple_with == a.key


def is_legal_bed_and_breakfast(placement: Placement) -> bool | None:
    """The 2003 Order's test as amended, on facts alone; None when a fact that decides is not known.

    Not separate and self-contained, and either no cooking facilities are provided or a toilet, washing or cooking
    facility is shared; unless owned or managed by a council, a registered provider or a voluntary organisation, or in a
    private dwelling. The name of the building decides nothing.
    Source: Homelessness (Suitability of Accommodation) (England) Order 2003 art 2, as amended 2022 and 2023.
    """
    shares = None if placement.shares is None else bool(set(placement.shares) & {"toilet", "washing", "cooking"})
    no_cooking = None if placement.cooking_provided is None else not placement.cooking_provided
    public_owner = _among_exempt(placement.owner)
    public_manager = _among_exempt(placement.manager)
    exempt = any_known([any_known([public_owner, public_manager]), placement.private_dwelling])
    lacking = any_known([no_cooking, shares])
    # A room without its own cooking is not self-contained whatever the label says; one that shares with another household
    # and is called self-contained cannot be both, so nobody knows which. Otherwise the label is a fact.
    self_contained = False if no_cooking else None if placement.self_contained and shares else placement.self_contained
    return all_known([_not(self_contained), lacking, _not(exempt)])


def _among_exempt(owner: str | None) -> bool | None:
    return None if owner is None else owner != "private"


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def nights_in_bed_and_breakfast(spells: Iterable[Spell], before: date) -> int:
    """Distinct nights already spent in legal bed and breakfast before a date; gaps do not reset, overlaps count once."""
    nights: set[date] = set()
    for spell in spells:
        night = spell.first
        while night <= spell.last and night < before:
            nights.add(night)
            night += timedelta(days=1)
    return len(nights)


def last_lawful_night(spells: Iterable[Spell], starts: date, limit: int) -> date | None:
    """The last night a stay from ``starts`` may lawfully last; None when the limit is used up already.

    Day 1 is the first night: placed 9 October with no earlier nights, lawful to 19 November, breach from the 20th.
    Source: 2003 Order art 4; R (Pickford) v Sandwell [2024] EWHC 756 (Admin).
    """
    left = limit - nights_in_bed_and_breakfast(spells, starts)
    return starts + timedelta(days=left - 1) if left > 0 else None
