"""The computed law: room and space standard, bed and breakfast, the 42 nights. Boundaries on both sides, and unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.suitability.casefile.household import Member, Placement, Room, Spell
from app.suitability.law.standards import (
    breaches_room_standard,
    breaches_space_standard,
    is_legal_bed_and_breakfast,
    last_lawful_night,
    nights_in_bed_and_breakfast,
    permitted_by_area,
    permitted_by_rooms,
    persons,
)

ON = date(2026, 11, 23)


def child(years: int, sex: str | None = "female", months: int = 0, key: str = "C") -> Member:
    month = ON.month - months
    return Member(key=key, name="Child", kind="child", born=date(ON.year - years, month, 1), sex=sex)  # type: ignore[arg-type]


def adult(key: str = "A", sex: str = "female", **more: Any) -> Member:
    return Member(key=key, name="Adult", kind="adult", born=date(1990, 1, 1), sex=sex, **more)  # type: ignore[arg-type]


def rooms(*areas: str | None) -> tuple[Room, ...]:
    return tuple(Room(use="bedroom", area_m2=None if a is None else Decimal(a)) for a in areas)


@pytest.mark.parametrize(
    ("area", "number"),
    [
        ("4.64", "0"),
        ("4.65", "0.5"),
        ("6.49", "0.5"),
        ("6.50", "1"),
        ("8.35", "1"),
        ("8.36", "1.5"),
        ("10.21", "1.5"),
        ("10.22", "2"),
    ],
)
def test_area_of_a_room(area: str, number: str) -> None:
    assert permitted_by_area(Decimal(area)) == Decimal(number)


@pytest.mark.parametrize(("count", "number"), [(0, 0), (1, 2), (2, 3), (3, 5), (4, Decimal("7.5")), (5, 10), (6, 12)])
def test_number_of_rooms(count: int, number: Any) -> None:
    assert permitted_by_rooms(count) == number


def test_who_counts_as_how_many() -> None:
    ten = Member(key="T", name="Ten", kind="child", born=date(2016, 11, 23))
    nearly_ten = Member(key="N", name="Nearly", kind="child", born=date(2016, 11, 24))
    one = Member(key="O", name="One", kind="child", born=date(2025, 11, 23))
    baby = Member(key="B", name="Baby", kind="child", born=date(2025, 11, 24))
    unborn = Member(key="U", name="Unborn", kind="unborn", due=date(2026, 12, 1))
    unknown = Member(key="X", name="Unknown", kind="child")
    assert [persons([m], ON) for m in (ten, nearly_ten, one, baby, unborn, unknown)] == [
        1, Decimal("0.5"), Decimal("0.5"), 0, 0, 1,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("areas", "breach"),
    [
        (("10.22",), False),
        (("10.21",), True),
        ((None,), None),
        (("8.36", None), None),
        (("10.22", "4.64"), False),
    ],
)
def test_space_standard_for_two(areas: tuple[str | None, ...], breach: bool | None) -> None:
    assert breaches_space_standard(rooms(*areas), [adult(), adult("B")], ON) is breach


def test_number_of_rooms_alone_can_prove_a_breach_but_never_its_absence() -> None:
    four = [adult("A"), adult("B"), adult("D"), adult("E")]
    assert breaches_space_standard(rooms(None), four, ON) is True
    assert breaches_space_standard(None, four, ON) is None


@pytest.mark.parametrize(
    ("people", "number", "breach"),
    [
        ([adult(), child(9, "male")], 1, False),
        ([adult(), child(10, "male")], 1, True),
        ([adult(), child(10, "female")], 1, False),
        ([adult(), child(10, "male")], 2, False),
        ([adult(), Member(key="P", name="P", kind="adult", born=date(1990, 1, 1), sex="male")], 1, True),
        (
            [adult(couple_with="P"), Member(key="P", name="P", kind="adult", born=date(1990, 1, 1), sex="male")],
            1,
            False,
        ),
        ([adult(), child(10, None)], 1, None),
    ],
)
def test_room_standard_does_not_exempt_parent_and_child(people: list[Member], number: int, breach: bool | None) -> None:
    assert breaches_room_standard(rooms(*["12"] * number), people, ON) is breach


FACTS = {
    "self_contained": False,
    "cooking_provided": True,
    "shares": ("toilet",),
    "owner": "private",
    "manager": "private",
    "private_dwelling": False,
}


@pytest.mark.parametrize(
    ("change", "legal"),
    [
        ({}, True),
        ({"kind": "house_or_flat"}, True),
        ({"self_contained": True}, None),  # it cannot be both: nobody knows which
        ({"self_contained": True, "shares": ()}, False),
        ({"shares": ()}, False),
        ({"shares": ("corridor", "living")}, False),
        ({"shares": (), "cooking_provided": False}, True),
        ({"self_contained": True, "cooking_provided": False}, True),
        ({"owner": "council"}, False),
        ({"manager": "registered_provider"}, False),
        ({"private_dwelling": True}, False),
        ({"shares": None}, None),
        ({"owner": None}, None),
        ({"owner": None, "private_dwelling": True}, False),
        ({"self_contained": None}, None),
    ],
)
def test_bed_and_breakfast_is_a_matter_of_facts_not_of_its_name(change: dict[str, Any], legal: bool | None) -> None:
    facts = {"address": "x", "kind": "hotel", **FACTS, **change}
    assert is_legal_bed_and_breakfast(Placement(**facts)) is legal


def test_the_nights_of_pickford() -> None:
    """Placed 9 October, lawful to 19 November, breach from the 20th. R (Pickford) v Sandwell [2024] EWHC 756 (Admin)."""
    assert last_lawful_night([], date(2023, 10, 9), 42) == date(2023, 11, 19)
    spell = Spell(first=date(2023, 10, 9), last=date(2023, 11, 19))
    assert nights_in_bed_and_breakfast([spell], date(2023, 11, 20)) == 42
    assert last_lawful_night([spell], date(2023, 11, 20), 42) is None


def test_gaps_do_not_reset_and_overlaps_count_once() -> None:
    spells = [
        Spell(first=date(2026, 1, 1), last=date(2026, 1, 10)),
        Spell(first=date(2026, 1, 8), last=date(2026, 1, 12)),
        Spell(first=date(2026, 6, 1), last=date(2026, 6, 3)),
    ]
    assert nights_in_bed_and_breakfast(spells, date(2026, 11, 1)) == 15
    assert nights_in_bed_and_breakfast(spells, date(2026, 6, 2)) == 13
