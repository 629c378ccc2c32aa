"""Criteria by whose word counts, what nobody has told, and which people and days they are about."""

from __future__ import annotations

from typing import Any

import pytest

from .criterion_cases import base, found
from .households import answered, instead, plain, result_of, row_of, settled


@pytest.mark.parametrize(
    ("name", "subject", "value", "grade", "agency", "role", "state"),
    [
        ("CS14", "unit", "compatible", "E3", "West Midlands Police", "MASH officer", "clear"),
        ("CS14", "unit", "compatible", "E3", "Probation Service", "", "clear"),
        ("CS14", "unit", "compatible", "E4", "Rowe Estates", "receptionist", "open"),
        ("CS14", "unit", "compatible", "E3", "household", "mother", "open"),
        ("CS14", "unit", "not_compatible", "E1", "next door", "neighbour", "worrying"),  # a worry counts from anybody
        ("CS16", "household", "cannot_reach", "E4", "police", "", "clear"),
        ("CS16", "household", "cannot_reach", "E3", "police", "", "open"),
        ("CS16", "household", "cannot_reach", "E1s", "household", "survivor", "clear"),
        ("CS16", "household", "cannot_reach", "E4", "Invented School", "teacher", "open"),
        ("CS17", "household", "safe", "E3", "IDVA service", "", "clear"),
        ("CS17", "household", "safe", "E1s", "household", "survivor", "clear"),
        ("CS17", "household", "safe", "E4", "Rowe Lettings", "letting manager", "open"),
        ("CS19", "C3", "not_open", "E4", "children’s social care", "", "clear"),
        ("CS19", "C3", "not_open", "E4", "household", "mother", "open"),
        ("SM15", "F", "compatible", "E3", "council", "MAPPA co-ordinator", "clear"),
        ("SM15", "F", "compatible", "E3", "Invented School", "teacher", "open"),
    ],
)  # fmt: skip
def test_reassurance_counts_only_from_those_who_can_know(
    name: str, subject: str, value: str, grade: str, agency: str, role: str, state: str
) -> None:
    said = {**answered(name, subject, value, grade), "source": {"name": "Somebody", "role": role, "agency": agency}}
    assert found(instead(base(), name, subject, said), name, subject).state == state


def test_a_safer_sleep_factor_told_by_a_parent_does_not_settle_the_others() -> None:
    told = found(instead(base(), "CS03", "C1", answered("CS03", "C1", ["smoker"], "E1")), "CS03", "C1")
    assert (told.state, told.is_open, told.open_effect) == ("worrying", True, "hold")
    visited = found(instead(base(), "CS03", "C1", answered("CS03", "C1", ["smoker"], "E3")), "CS03", "C1")
    assert (visited.state, visited.is_open) == ("worrying", False)


@pytest.mark.parametrize("change_", [{"open_days": None}, {"kind": "gp"}])
def test_days_nobody_knows_are_not_days_on_which_the_pharmacy_is_open(change_: dict[str, Any]) -> None:
    tree = base()
    assert found(tree, "SM06", "M").state == "clear"
    next(s for s in tree["household"]["services"] if s["kind"] == "pharmacy").update(change_)
    for name in ("SM06", "SM07"):
        row = found(tree, name, "M")
        assert (row.state, row.open_effect) == ("open", "hold")
        assert "not known" in " ".join(row.why)


def test_dangerous_medicine_is_kept_from_children_and_every_carer_is_told() -> None:
    tree = settled(plain())
    assert row_of(tree, "SM04", "A") is None
    for there, asked in ((True, True), (None, True), (False, False)):
        tree["household"]["members"][0]["dangerous_medicine"] = there
        assert (row_of(tree, "SM04", "A") is not None) is asked
        assert (row_of(tree, "SM05", "A") is not None) is asked
    # One carer is in treatment: the other is asked too.
    assert found(base(), "SM05", "F").state == "clear"
    assert found(instead(base(), "SM05", "F"), "SM05", "F").open_effect == "hold"


@pytest.mark.parametrize(
    ("floor", "storeys", "born", "needs", "asked"),
    [(0, 1, "2022-01-01", [], False), (0, 2, "2022-01-01", [], True), (0, None, "2022-01-01", [], True), (3, 1, "2017-03-01", [], False), (3, 1, "2017-03-01", ["sensory"], True)],
)  # fmt: skip
def test_windows_are_looked_at_wherever_a_room_is_above_the_ground(
    floor: int, storeys: int | None, born: str, needs: list[str], asked: bool
) -> None:
    tree = settled(plain())
    tree["household"]["members"][1] |= {"born": born, "needs": needs}
    tree["placement"] |= {"floor": floor, "storeys": storeys}
    assert (row_of(tree, "CS08", "unit") is not None) is asked


def test_a_baby_to_be_born_during_the_stay_needs_a_cot_and_room_for_it() -> None:
    tree = plain()
    tree["household"]["members"][0] |= {"sex": "female", "pregnant": True, "due": "2027-03-01"}
    for nights, asked in ((7, False), (98, False), (99, True), (None, True)):
        tree["placement"]["nights"] = nights
        assert (row_of(tree, "CS02", "A-unborn") is not None) is asked


def test_the_one_who_abused_in_the_household_is_a_matter_for_social_care() -> None:
    tree = settled(plain())
    assert row_of(tree, "CS20", "household") is None
    tree["household"]["domestic_abuse"] = True
    assert found(tree, "CS20", "household").open_effect == "hold"
    licence = instead(settled(plain()), "SM14", "A", answered("SM14", "A", "involved"))
    assert found(licence, "CS20", "household").open_effect == "hold"
    assert {"probation", "mappa"} <= set(result_of(licence).must_ask)


def test_a_concern_nobody_referred_goes_to_the_front_door() -> None:
    tree = instead(settled(plain()), "CS26", "household", answered("CS26", "household", "not_started"))
    assert found(tree, "LS35", "household").open_effect == "hold"
    assert result_of(tree).safeguarding_route == "front_door"
    referred = instead(tree, "LS35", "household", answered("LS35", "household", "made"))
    assert result_of(referred).safeguarding_route == "lead_professional"


def test_a_pregnancy_counts_as_a_young_child_on_the_way_to_help() -> None:
    tree = settled(plain())
    tree["household"]["members"][0] |= {"sex": "female", "pregnant": True, "due": "2027-06-01"}
    tree["household"]["earlier_child_removed"] = True
    assert result_of(tree).safeguarding_route == "front_door"  # P21, 27 weeks before the birth
    tree = settled(plain())
    tree["household"]["members"][0] |= {"sex": "female", "pregnant": True}  # nobody knows when
    tree = instead(tree, "SM01", "A", answered("SM01", "A", "now"))
    tree = instead(tree, "SM02", "A", answered("SM02", "A", "no_sober_carer"))
    assert result_of(tree).safeguarding_route == "refer_now"


def test_bed_and_breakfast_with_a_birth_near_or_just_past_is_a_high_concern() -> None:
    tree = settled(plain())
    tree["placement"] |= {"self_contained": False, "shares": ["toilet"], "owner": "private", "manager": "private"}
    tree["household"]["members"][0]["sex"] = "female"
    for pregnant, born, effect in (
        (False, "2017-03-01", "low"),
        (True, "2017-03-01", "high"),
        (None, "2017-03-01", "high"),
        (False, "2026-05-26", "high"),
        (False, "2026-05-25", "low"),
    ):
        tree["household"]["members"][0]["pregnant"] = pregnant
        tree["household"]["members"][1]["born"] = born
        assert found(tree, "LS07", "unit").effect == effect


@pytest.mark.parametrize(
    ("ages", "asked"),
    [(["2009-06-01"], True), (["2009-06-01", "2005-01-01"], True), (["1990-01-01"], False), (["1990-01-01", None], True), ([None], True)],
)  # fmt: skip
def test_an_applicant_of_seventeen_is_asked_about_beside_an_older_partner(ages: list[str | None], asked: bool) -> None:
    tree = settled(plain())
    first = tree["household"]["members"][0]
    tree["household"]["members"] = [
        *({**first, "key": f"A{at}", "born": born} for at, born in enumerate(ages)),
        tree["household"]["members"][1],
    ]
    tree["answers"] = [a for a in tree["answers"] if a["subject"] != "A"]
    assert (row_of(tree, "LS06", "household") is not None) is asked
