"""Each strengthening condition of a criterion: with it and without, and where nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.suitability.criterion_cases import base, found, value_of
from tests.suitability.households import answered, instead


# Each strengthening condition: the change that takes it away (or brings it), and the effect then. In the full household
# unless it says plain.
def change(tree: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    here: Any = tree
    *parents, last = path.split(".")
    for name in parents:
        here = next(m for m in here if m["key"] == name) if isinstance(here, list) else here[name]
    here[last] = value
    return tree


def without_baby(tree: dict[str, Any]) -> dict[str, Any]:
    """The baby is four, and nobody is expecting."""
    change(tree, "household.members.C1.born", "2022-01-01")
    mother = next(m for m in tree["household"]["members"] if m["key"] == "M")
    mother |= {"pregnant": False, "due": None}
    return tree


def older(tree: dict[str, Any]) -> dict[str, Any]:
    """No child is under 5, so that none will crawl."""
    change(without_baby(tree), "household.members.C1.born", "2019-01-01")
    return change(tree, "household.members.C2.born", "2018-01-01")


def drop(tree: dict[str, Any]) -> dict[str, Any]:
    """Answers about people or rows that are no longer there."""
    keys = {m["key"] for m in tree["household"]["members"]} | {"unit", "household"}
    keys |= {f"{m['key']}-unborn" for m in tree["household"]["members"] if m.get("pregnant")}
    return {**tree, "answers": [a for a in tree["answers"] if a["subject"] in keys]}


STRENGTHS: list[tuple[str, str, str, Any, str]] = [
    ("CS03", "C1", "smoker", lambda t: instead(t, "CS01", "C1", answered("CS01", "C1", "none")), "stop_until"),
    ("CS03", "C1", "smoker", lambda t: instead(t, "CS02", "C1"), "stop_until"),
    ("CS04", "C1", "", lambda t: change(t, "household.members.C1.born", "2025-03-01"), "chase"),
    ("CS05", "unit", "cannot", without_baby, "medium"),
    ("CS05", "unit", "", without_baby, "chase"),
    ("CS06", "unit", "found", lambda t: change(t, "household.members.C1.needs", []), "high"),
    ("CS06", "unit", "serious", lambda t: change(t, "household.members.C1.needs", []), "stop_until"),
    ("CS12", "unit", "shared", lambda t: instead(t, "CS14", "unit", answered("CS14", "unit", "not_compatible")), "stop"),
    ("CS14", "unit", "", lambda t: change(change(t, "placement.shared_building", False), "placement.shares", []), "chase"),
    ("CS14", "unit", "", lambda t: change(t, "placement.shared_building", False), "hold"),  # yet something is shared
    ("CS18", "C4", "", lambda t: change(t, "household.members.C4.exploitation_sign", False), "chase"),
    ("CS18", "C4", "", lambda t: change(t, "household.members.C4.exploitation_sign", None), "hold"),
    ("CS19", "C3", "", lambda t: t, "hold"),  # outside the district
    ("CS19", "C3", "", lambda t: change(t, "placement.authority", None), "hold"),
    ("CS19", "C3", "", lambda t: change(t, "placement.authority", "E08000025"), "chase"),
    ("CS22", "C2", "", lambda t: t, "chase"),
    ("CS23", "C1", "nobody_can_say", lambda t: instead(t, "CS26", "household", answered("CS26", "household", "none_seen")), "medium"),
    ("CS23", "C1", "nobody_can_say", lambda t: instead(instead(t, "CS26", "household", answered("CS26", "household", "none_seen")), "CS19", "C1", answered("CS19", "C1", "plan_or_order")), "high"),
    ("CS25", "M", "", lambda t: change(t, "household.members.M.due", "2027-05-01"), "chase"),
    ("SM01", "F", "", without_baby, "hold"),
    ("SM01", "F", "alcohol_past", lambda t: t, "high"),  # a baby: not knowing would hold
    ("SM01", "F", "alcohol_past", without_baby, "high"),  # there is a sign
    ("SM01", "F", "alcohol_past", lambda t: change(without_baby(t), "household.members.F.substance_sign", False), "medium"),
    ("SM01", "M", "opioids_past", lambda t: t, "low"),  # in treatment
    ("SM02", "M", "no_sober_carer", without_baby, "high"),
    ("SM17", "unit", "present", lambda t: instead(t, "CS03", "C1", answered("CS03", "C1", ["smoker"])), "high"),
    ("SA01", "C2", "not_reachable", lambda t: t, "medium"),
    ("SA01", "M", "not_reachable", lambda t: t, "high"),  # there is a baby: not knowing would hold
    ("SA01", "M", "not_reachable", without_baby, "medium"),
    ("SA01", "C2", "not_reachable", lambda t: change(t, "household.members.C2.needs", ["long_term_illness"]), "high"),
    ("SA02", "C1", "", lambda t: change(t, "placement.authority", "E08000025"), "chase"),
    ("SA02", "C2", "", lambda t: t, "chase"),
    ("SA03", "household", "", lambda t: change(t, "household.members.M.due", "2027-01-20"), "chase"),
    ("SA14", "household", "", without_baby, "chase"),
    ("SA14", "household", "", lambda t: instead(without_baby(t), "CS19", "C2", answered("CS19", "C2", "plan_or_order")), "hold"),
    ("IS07", "household", "not_read", lambda t: instead(t, "CS21", "household", answered("CS21", "household", "undeclared")), "high"),
    ("LS11", "unit", "short_notice", lambda t: instead(t, "CS27", "household", answered("CS27", "household", {"addresses": 3, "crossings": 0})), "high"),
    ("LS11", "unit", "out_by_day", lambda t: instead(t, "CS19", "C2", answered("CS19", "C2", "plan_or_order")), "high"),
    ("LS28", "M", "", lambda t: change(t, "household.members.M.needs", None), "chase"),
    ("LS29", "M", "", lambda t: change(t, "household.members.M.needs", None), "chase"),
    ("CS07", "unit", "no_floor", lambda t: change(t, "placement.nights", 43), "high"),
    ("CS07", "unit", "no_floor", lambda t: change(t, "placement.nights", 42), "medium"),
    ("CS19", "C3", "plan_or_order", lambda t: change(t, "placement.authority", "E08000025"), "high"),
    ("CS19", "C3", "plan_or_order", lambda t: change(t, "placement.authority", None), "stop_until"),  # not known
    ("CS19", "C3", "in_need", lambda t: t, "high"),
    ("CS25", "M", "", lambda t: change(t, "household.members.M.due", None), "hold"),  # a birth of which nobody knows the day
    ("SM06", "M", "61", lambda t: instead(t, "SM03", "M", answered("SM03", "M", "supervised")), "stop_until"),
    ("SM06", "M", "61", lambda t: t, "high"),
    ("SM09", "unit", "not_safe", lambda t: instead(older(t), "SM01", "M", answered("SM01", "M", "now")), "stop_until"),
    ("SM09", "unit", "not_safe", lambda t: older(t), "high"),
    ("SM09", "unit", "", lambda t: instead(older(t), "SM01", "M", answered("SM01", "M", "now")), "hold"),
    ("SA06", "C3", "76", lambda t: change(t, "household.members.C3.needs", ["ehc_plan"]), "stop_until"),
    ("SA06", "C3", "75", lambda t: change(t, "household.members.C3.needs", ["ehc_plan"]), "high"),
    ("SA14", "household", "not_told", lambda t: instead(t, "CS19", "C2", answered("CS19", "C2", "plan_neglect_agreed")), "stop_until"),
    ("SA14", "household", "not_told", lambda t: t, "high"),
    ("IS03", "household", "objects", lambda t: instead(t, "CS19", "C2", answered("CS19", "C2", "in_need_agreed")), "stop_until"),
    ("IS03", "household", "objects", lambda t: instead(t, "SM01", "M", answered("SM01", "M", "now")), "stop_until"),
    ("IS03", "household", "", lambda t: without_baby(instead(t, "SM01", "M", answered("SM01", "M", "now"))), "hold"),
    ("IS03", "household", "", without_baby, "chase"),
    ("LS11", "unit", "out_by_day", lambda t: instead(t, "CS19", "C2", answered("CS19", "C2", "plan_neglect_agreed")), "high"),
    ("SM06", "M", "31", lambda t: instead(t, "SM03", "M", answered("SM03", "M", "supervised")), "high"),
    ("SM01", "M", "past", lambda t: instead(t, "SM03", "M"), "high"),
    ("SM01", "M", "past", lambda t: t, "low"),
    ("SM11", "M", "street", lambda t: t, "high"),
    ("SM11", "M", "street", lambda t: instead(t, "SM01", "M", answered("SM01", "M", "now")), "stop"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "subject", "written", "changed", "effect"), STRENGTHS)
def test_each_strengthening_condition_with_and_without(
    name: str, subject: str, written: str, changed: Any, effect: str
) -> None:
    tree = drop(changed(base()))
    if written:
        tree = instead(tree, name, subject, answered(name, subject, value_of(written, name)))
        assert found(tree, name, subject).effect == effect
    else:
        assert found(instead(tree, name, subject), name, subject).open_effect == effect
