"""Every condition of every criterion, with it and without: what is asked, and which effect it has, by the specification."""

from __future__ import annotations

from functools import cache
from typing import Any

from app.suitability.assess import assess
from app.suitability.checklist.checklist import Checklist
from app.suitability.reading.case_file import CaseFile, build
from tests.trees import copied

from .criterion_cases import value_of
from .households import CHECKLIST, COUNCIL, answered, full, instead, plain, settled, young

HOTEL = {
    "pl.self_contained": False,
    "pl.shares": ["toilet"],
    "pl.owner": "private",
    "pl.manager": "private",
    "pl.cooking_provided": True,
}
FAR = {"pl.authority": "E09000001"}
ALONE = {"hh.members": ["A"]}
MAYBE = {"A.sex": "female", "A.pregnant": None}
CLOSED = {
    "hh.services": [
        {"kind": "pharmacy", "name": "P", "used_by": ["M"], "open_days": ["tue"]},
        {"kind": "drug_alcohol", "name": "R"},
    ]
}
UNKNOWN_DAYS = {
    "hh.services": [{"kind": "pharmacy", "name": "P", "used_by": ["M"]}, {"kind": "drug_alcohol", "name": "R"}]
}
MISSED = {
    "hh.contacts": [
        {
            "child": "C",
            "what": "clinic",
            "on": "2026-11-01",
            "outcome": "not_brought",
            "reason": "A cold.",
            "reason_grade": "E1",
            "critical": False,
        }
    ]
}
THREE = {"hh.contacts": [{**MISSED["hh.contacts"][0], "on": f"2026-11-0{n}"} for n in (1, 2, 3)]}
LEADERLESS = {"hh.lead_professional": None}


def addresses(number: int) -> dict[str, Any]:
    return {
        "hh.addresses": [{"kind": "former", "address": f"{n} Row", "moved_out": "2026-06-01"} for n in range(number)]
    }


def bedrooms(*areas: str) -> dict[str, Any]:
    return {"pl.rooms": [{"use": "bedroom", "area_m2": a} for a in areas]}


def certificate(kind: str, expires: str) -> dict[str, Any]:
    return {"pl.certificates": [{"kind": kind, "expires": expires}]}


PLAN = ("CS19", "C", "plan_or_order")
NOW, PAST = ("SM01", "A", "now"), ("SM01", "A", "past")
NOT_PRESCRIBED = ("SM03", "A", "not_prescribed")
BABY = {"C.born": "2026-06-01"}

# Criterion, of whom, household (plain, full, young), facts, what is told of other rows, what is said of this one (as it is
# settled where None, nothing at all where ""), and what follows: not asked, clear, an effect, or what it does while open.
Line = tuple[str, str, str, dict[str, Any], tuple[tuple[str, str, Any], ...], str | None, str]
LINES: list[Line] = [
    ("CS01", "A-unborn", "plain", {"A.sex": "female", "A.pregnant": True, "A.due": "2027-03-01", "pl.nights": 120}, (), "", "hold"),
    ("CS01", "A-unborn", "plain", {"A.sex": "female", "A.pregnant": True, "A.due": "2027-03-01", "pl.nights": 28}, (), "", "not asked"),
    ("CS02", "A-unborn", "plain", {"A.sex": "female", "A.pregnant": True, "A.due": "2027-03-01", "pl.nights": 120}, (), "", "hold"),
    ("CS04", "M-unborn", "full", {}, (), "", "not asked"),
    ("CS05", "unit", "plain", {"C.born": "2022-01-01"}, (), "", "chase"),
    ("CS05", "unit", "plain", {"C.needs": ["chest_illness"]}, (), "", "chase"),
    ("CS05", "unit", "plain", {}, (), "", "not asked"),
    ("CS07", "unit", "plain", bedrooms("6.00"), (), None, "high"),
    ("CS07", "unit", "plain", bedrooms("25.00") | {"pl.nights": 43}, (), None, "high"),
    ("CS07", "unit", "plain", bedrooms("25.00"), (), None, "medium"),
    ("CS07", "unit", "plain", {"pl.nights": 43}, (), None, "clear"),
    ("CS07", "unit", "plain", {"pl.nights": 43}, (), "no_floor", "high"),
    ("CS07", "unit", "plain", {"pl.nights": 43}, (), "shares_with_adult", "high"),
    ("CS08", "unit", "plain", {"pl.floor": 2, "C.born": "2022-01-01"}, (), "", "hold"),
    ("CS08", "unit", "plain", {"C.born": "2022-01-01"}, (), "", "not asked"),
    ("CS08", "unit", "plain", {"pl.floor": 2}, (), "", "not asked"),
    ("CS08", "unit", "plain", {"pl.floor": 2, "C.needs": ["impulsive"]}, (), "", "hold"),
    ("CS13", "unit", "plain", {}, (), "", "not asked"),
    ("CS13", "unit", "plain", {"pl.shared_building": True}, (), "", "chase"),
    ("CS13", "unit", "plain", BABY, (), "", "chase"),
    ("CS13", "unit", "plain", {}, (NOW,), "", "chase"),
    ("CS13", "unit", "plain", {}, (PLAN,), "", "chase"),
    ("CS15", "unit", "plain", {}, (), "", "chase"),
    ("CS15", "unit", "plain", {}, (PAST,), "", "hold"),
    ("CS15", "unit", "plain", {"C.born": "2022-01-01"}, (), "", "hold"),
    ("CS15", "unit", "plain", {"C.born": "2014-01-01"}, (), "", "hold"),
    ("CS16", "household", "plain", {"pl.protected_place": "inside"}, (), "", "stop and hold"),
    ("CS16", "household", "plain", {"pl.protected_place": "clear"}, (), "", "hold"),
    ("CS16", "household", "plain", {}, (), "", "not asked"),
    ("CS19", "C", "plain", {}, (), "", "chase"),
    ("CS19", "C", "plain", BABY, (), "", "hold"),
    ("CS20", "household", "plain", {}, (), "", "not asked"),
    ("CS20", "household", "plain", {"A.justice_sign": True}, (), "", "hold"),
    ("CS20", "household", "plain", {"hh.orders": True}, (), "", "hold"),
    ("CS20", "household", "plain", {"hh.separated_parents": True}, (), "", "hold"),
    ("CS20", "household", "plain", {"hh.domestic_abuse": True}, (), "", "hold"),
    ("CS20", "household", "plain", {}, (("SM14", "A", "involved"),), "", "hold"),
    ("CS22", "M-unborn", "full", {}, (), "", "not asked"),
    ("CS23", "M-unborn", "full", {}, (), "", "not asked"),
    ("CS25", "A", "plain", MAYBE, (), "", "hold"),  # nobody asked, so no midwife is
    ("CS25", "A", "plain", {"A.sex": "female", "A.pregnant": True, "A.due": "2027-06-01"}, (), "", "chase"),
    ("CS25", "A", "plain", MAYBE, (), "not_pregnant", "clear"),
    ("CS25", "M", "full", {}, (), "not_pregnant", "hold"),
    ("CS25", "A", "plain", MAYBE, (), "booked", "hold"),  # and nobody wrote it down with the household
    ("CS25", "M", "full", {}, (), "booked", "clear"),
    ("CS27", "household", "plain", addresses(1), (), None, "clear"),
    ("CS27", "household", "plain", addresses(2), (), None, "medium"),
    ("CS27", "household", "plain", addresses(3), (), None, "high"),
    ("CS27", "household", "plain", {}, (), "addresses:2", "medium"),
    ("CS27", "household", "plain", {}, (), "addresses:3", "high"),
    ("CS27", "household", "plain", {}, (), "crossings:1", "clear"),
    ("CS27", "household", "plain", {"C.born": "2022-01-01"}, (), "crossings:1", "high"),
    ("SM01", "A", "plain", {}, (), "none@E1", "clear"),
    ("SM01", "A", "plain", {"A.substance_sign": True}, (), "none@E1", "hold"),
    ("SM01", "A", "plain", {"C.born": "2025-06-01"}, (), "none@E1", "hold"),
    ("SM01", "M", "full", {}, (), None, "low"),
    ("SM01", "A", "plain", {}, (), "", "hold"),  # by what rests on it
    ("SM01", "A", "plain", {}, (), "cannabis_past", "medium"),
    ("SM01", "A", "plain", BABY, (), "cannabis_past", "high"),
    ("SM01", "A", "plain", {"A.substance_sign": True}, (), "cannabis_past", "high"),
    ("SM01", "A", "plain", {}, (), "alcohol_low@E1", "clear"),
    ("SM01", "A", "plain", {}, (), "cannabis_long_past@E1", "clear"),
    ("SM01", "A", "plain", {}, (), "opioids_long_past@E1", "hold"),
    ("SM01", "A", "plain", {}, (), "opioids_long_past", "clear"),
    ("LS23", "household", "plain", {"pl.authority": None}, (), "", "hold"),  # not found, so no other council is asked
    ("SM02", "A", "plain", BABY, (("SM01", "A", "alcohol_low"),), "", "hold"),  # who is sober with the baby tonight
    ("SM02", "A", "plain", {}, (("SM01", "A", "alcohol_low"),), "", "not asked"),
    ("SM02", "A", "plain", BABY, (("SM01", "A", "cannabis_long_past"),), "", "not asked"),
    ("SM02", "A", "plain", BABY, (("SM01", "A", "alcohol_low"),), "long_past", "hold"),  # no use, beside a glass of wine
    ("CS03", "C", "plain", BABY, (("SM01", "A", "alcohol_low"), ("SM02", "A", "plan")), "none", "hold"),
    ("CS03", "C", "plain", BABY, (("SM01", "A", "cannabis_long_past"),), "none", "clear"),
    ("SM02", "A", "plain", {}, (NOW, NOT_PRESCRIBED), "", "hold"),
    ("SM02", "A", "plain", {}, (PAST, NOT_PRESCRIBED), "long_past", "clear"),
    ("SM02", "A", "plain", {}, (NOW, NOT_PRESCRIBED), "long_past", "hold"),
    ("SM02", "A", "plain", {}, (PAST, ("SM03", "A", "depot")), "long_past", "hold"),
    ("SM04", "A", "plain", {"A.dangerous_medicine": True}, (), "", "hold"),
    ("SM04", "A", "plain", {"A.dangerous_medicine": True} | ALONE, (), "", "not asked"),
    ("SM05", "A", "plain", {"A.dangerous_medicine": True}, (), "", "chase"),
    ("SM06", "M", "full", CLOSED, (), None, "high"),
    ("SM06", "M", "full", UNKNOWN_DAYS, (), None, "hold"),
    ("SM06", "M", "full", {}, (("SM03", "M", "supervised"),), "31", "high"),
    ("SM06", "M", "full", {}, (), "31", "clear"),
    ("SM06", "M", "full", {}, (), "46", "high"),
    ("SM06", "M", "full", {}, (), "45", "clear"),
    ("SM06", "M", "full", {}, (("SM03", "M", "supervised"),), "30", "clear"),
    ("SM06", "M", "full", {}, (("SM03", "M", "supervised"),), "60", "high"),
    ("SM06", "M", "full", {}, (("SM03", "M", "supervised"),), "61", "stop_until"),
    ("SM07", "M", "full", CLOSED, (), None, "stop_until"),
    ("SM07", "M", "full", UNKNOWN_DAYS, (), None, "hold"),
    ("SM07", "M", "full", UNKNOWN_DAYS, (("SM03", "M", "depot"),), None, "clear"),
    ("SM08", "A", "plain", {}, (PAST, NOT_PRESCRIBED), "", "chase"),
    ("SM08", "A", "plain", {}, (("CS15", "unit", "past"),), "", "chase"),
    ("SM08", "A", "plain", {}, (), "", "not asked"),
    ("SM09", "unit", "plain", {"pl.shared_building": True}, (), "", "chase"),
    ("SM09", "unit", "plain", {}, (PAST,), "", "chase"),
    ("SM09", "unit", "plain", {}, (PAST,), "nobody_injects", "clear"),
    ("SM09", "unit", "plain", {"pl.shared_building": True}, (PAST,), "nobody_injects", "chase"),
    ("SM09", "unit", "plain", {}, (NOW,), "", "hold"),
    ("SM09", "unit", "plain", {"pl.shared_building": True} | ALONE, (NOW,), "", "chase"),
    ("SM13", "C2", "full", {}, (), "", "not asked"),
    ("SM13", "C", "plain", BABY, (), "", "not asked"),
    ("SM14", "A", "plain", {}, (), "no_involvement@E1", "clear"),
    ("SM14", "A", "plain", {"A.justice_sign": True}, (), "no_involvement@E1", "hold"),
    ("SM15", "A", "plain", {}, (), "", "not asked"),
    ("SM15", "A", "plain", {}, (("SM14", "A", "involved"),), "", "hold"),
    ("SM15", "A", "plain", {"A.justice_sign": True}, (), "", "hold"),
    ("SM17", "unit", "plain", {}, (), "", "not asked"),
    ("SM17", "unit", "plain", BABY, (), "", "note"),
    ("SM17", "unit", "plain", {"C.needs": ["chest_illness"]}, (), "", "note"),
    ("SA03", "household", "plain", {}, (), "", "not asked"),
    ("SA03", "household", "plain", MAYBE, (), "", "chase"),
    ("SA03", "household", "plain", {"C.born": "2026-10-27"}, (), "", "chase"),
    ("SA03", "household", "plain", {"C.born": "2026-10-26"}, (), "", "not asked"),
    ("SA04", "M-unborn", "full", {}, (), "", "not asked"),
    ("SA05", "C", "plain", {}, (), None, "not asked"),
    ("SA05", "C", "plain", MISSED, (), None, "chase"),
    ("SA05", "C", "plain", MISSED | {"C.born": "2026-06-01"}, (), None, "hold"),
    ("SA06", "C1", "full", {}, (), "", "not asked"),
    ("SA06", "C4", "full", {}, (), "75", "medium"),
    ("SA06", "C4", "full", {}, (), "76", "high"),
    ("SA06", "C4", "full", {}, (), "50", "clear"),
    ("SA06", "C4", "full", {}, (), "51", "medium"),
    ("SA06", "C3", "full", {}, (), "30", "clear"),
    ("SA06", "C3", "full", {}, (), "45", "medium"),
    ("SA06", "C2", "full", {}, (), "20", "clear"),
    ("SA06", "C2", "full", {}, (), "21", "medium"),
    ("SA06", "C2", "full", {}, (), "30", "medium"),
    ("SA06", "C2", "full", {}, (), "31", "high"),
    ("SA07", "C1", "full", {}, (), "", "not asked"),
    ("SA07", "C", "plain", {"C.born": "2009-11-23"}, (), "", "not asked"),
    ("SA07", "C", "plain", {"C.born": "2009-11-24"}, (), "", "chase"),
    ("SA09", "household", "young", {}, (), "none", "high"),
    ("SA09", "household", "plain", {}, (), "none", "medium"),
    ("SA09", "household", "plain", {}, (), "named@E1", "clear"),
    ("SA09", "household", "full", {}, (), "named@E1", "note"),
    ("SA13", "unit", "full", {"pl.staffing": "none"}, (), None, "high"),
    ("SA13", "unit", "full", {"pl.staffing": "none", "pl.shares": []}, (), None, "clear"),
    ("SA13", "unit", "plain", {}, (), "", "not asked"),
    ("SA13", "unit", "plain", {"pl.shared_building": True}, (), "", "chase"),
    ("SA13", "unit", "plain", {"pl.staffing": "night"}, (), "", "chase"),
    ("SA13", "unit", "plain", BABY, (), "", "chase"),
    ("SA13", "unit", "plain", {}, (NOW,), "", "chase"),
    ("SA13", "unit", "plain", {}, (PLAN,), "", "chase"),
    ("IS01", "household", "plain", LEADERLESS | {"hh.agencies": ["gp", "police"]}, (), None, "chase"),
    ("IS01", "household", "plain", LEADERLESS | {"hh.agencies": ["gp", "police"]}, (NOW,), None, "hold"),
    ("IS01", "household", "plain", LEADERLESS | {"hh.agencies": ["gp", "police"]} | ALONE, (NOW,), None, "chase"),
    ("IS01", "household", "plain", LEADERLESS | {"hh.agencies": ["gp", "police", "school"]}, (("CS15", "unit", "past"),), None, "hold"),
    ("IS01", "household", "plain", LEADERLESS | {"hh.agencies": ["gp", "police"]}, (("CS15", "unit", "past"),), None, "chase"),
    ("IS01", "household", "plain", LEADERLESS | {"hh.agencies": ["gp", "police", "school"]}, (), None, "chase"),
    ("IS03", "household", "plain", LEADERLESS, (), "", "not asked"),
    ("IS03", "household", "plain", LEADERLESS, (PLAN,), "", "hold"),
    ("IS04", "household", "plain", ALONE, (), "", "not asked"),
    ("IS08", "household", "full", {}, (), "no_service", "hold"),
    ("IS08", "household", "plain", {}, (), "no_service", "clear"),
    ("IS11", "household", "plain", {}, (), None, "not asked"),
    ("IS11", "household", "plain", {}, (("CS15", "unit", "past"),), "", "hold"),
    ("LS03", "household", "plain", ALONE, (), "", "not asked"),
    ("LS06", "household", "plain", {}, (), "", "not asked"),
    ("LS06", "household", "young", HOTEL, (), "", "stop and hold"),
    ("LS06", "household", "young", {}, (), "joint", "clear"),
    ("LS06", "household", "young", HOTEL, (), "joint", "stop"),
    ("LS06", "household", "plain", {"A.born": None} | HOTEL, (), "joint", "stop"),
    ("LS06", "household", "plain", {"A.born": None} | HOTEL, (), "older@E2", "clear"),
    ("LS07", "unit", "plain", HOTEL, (), None, "low"),
    ("LS07", "unit", "plain", HOTEL | {"A.sex": "female", "A.pregnant": True}, (), None, "high"),
    ("LS07", "unit", "plain", HOTEL | {"C.born": "2026-05-26"}, (), None, "high"),
    ("LS07", "unit", "plain", HOTEL | {"C.born": "2026-05-25"}, (), None, "low"),
    ("LS08", "household", "plain", HOTEL, (), "", "hold"),
    ("LS08", "household", "plain", HOTEL | ALONE, (), "", "not asked"),
    ("LS08", "household", "plain", HOTEL | MAYBE | ALONE, (), "", "hold"),
    ("LS08", "household", "plain", {}, (), "", "not asked"),
    ("LS09", "household", "plain", HOTEL, (), None, "clear"),
    ("LS09", "household", "plain", HOTEL | ALONE, (), None, "not asked"),
    ("LS09", "household", "plain", HOTEL | MAYBE | ALONE, (), None, "clear"),
    ("LS14", "unit", "plain", {}, (), None, "not asked"),
    ("LS17", "unit", "plain", {}, (), None, "not asked"),
    ("LS19", "unit", "plain", {}, (), "", "not asked"),
    ("LS19", "unit", "plain", {"pl.shared_building": True}, (), "", "chase"),
    ("LS19", "unit", "plain", {"C.needs": ["chest_illness"]}, (), "", "chase"),
    ("LS19", "unit", "full", certificate("fire_risk", "2026-11-28"), (), None, "high"),
    ("LS21", "unit", "full", certificate("hmo_licence", "2026-11-28"), (), None, "stop_until"),
    ("LS27", "household", "plain", {}, (), None, "not asked"),
    ("LS35", "household", "plain", {}, (), "", "not asked"),
    ("LS35", "household", "plain", {}, (("CS26", "household", "offered"),), "", "hold"),
    ("LS35", "household", "plain", {}, (("SM15", "A", "not_compatible"),), "", "hold"),
    ("LS35", "household", "plain", {}, (("CS20", "household", "conflict"),), "", "hold"),
    ("LS35", "household", "plain", {"C.born": "2014-01-01"}, (("CS18", "C", "linked"),), "", "hold"),
    ("LS35", "household", "plain", THREE, (), "", "hold"),
    ("LS35", "household", "plain", {"danger": ["child_alone"]}, (), "", "hold"),
    ("LS35", "household", "plain", BABY, (NOW, ("SM02", "A", "no_sober_carer")), "", "hold"),
    ("LS35", "household", "plain", {}, (NOW, ("SM02", "A", "no_sober_carer")), "", "not asked"),
    ("LS35", "household", "plain", BABY, (PAST, ("SM02", "A", "no_sober_carer")), "", "not asked"),
    # Asked only because nobody has said whether signs of neglect were seen: then no part of a concern makes one.
    ("LS35", "household", "plain", {}, (NOW, ("SM02", "A", "no_sober_carer"), ("CS26", "household", None)), "", "chase"),
    ("LS35", "household", "plain", BABY, (PAST, ("SM02", "A", "no_sober_carer"), ("CS26", "household", None)), "", "chase"),
    ("LS35", "household", "plain", BABY, (NOW, ("SM02", "A", "plan"), ("CS26", "household", None)), "", "chase"),
    ("LS35", "household", "plain", BABY, (NOW, ("SM02", "A", "plan")), "", "not asked"),
]  # fmt: skip

# Rows worked out from facts: what is wrong and what is not known, each with the effect that rulings.md 7 gives it.
SPENT = {"hh.bed_and_breakfast": [{"first": "2026-10-01", "last": "2026-11-11"}]}  # 42 nights
NEARLY = {
    "hh.bed_and_breakfast": [{"first": "2026-10-01", "last": "2026-10-27"}],
    "pl.nights": 2,
}  # tonight is the 28th
HOSTEL = {**HOTEL, "pl.owner": "council", "pl.manager": "council"}
TEENS = {"C.born": "2014-01-01", "C.sex": "female"}
LINES += [
    ("LS05", "household", "plain", {"pl.nights": None}, (), None, "hold"),
    ("LS07", "unit", "plain", {"pl.self_contained": None, "pl.shares": None, "pl.owner": None, "pl.manager": None}, (), None, "hold"),
    ("LS09", "household", "plain", HOTEL | SPENT, (), None, "stop"),
    ("LS09", "household", "plain", HOTEL | NEARLY, (), None, "high"),
    ("LS09", "household", "plain", HOTEL | {"pl.nights": 43}, (), None, "high"),
    ("LS09", "household", "plain", HOTEL | {"pl.nights": None}, (), None, "hold"),
    ("LS10", "unit", "plain", HOSTEL | {"pl.nights": 43}, (), None, "high"),
    ("LS10", "unit", "plain", HOSTEL | {"pl.nights": None}, (), None, "chase"),
    ("LS12", "household", "plain", TEENS | bedrooms("20.00"), (), None, "senior"),
    ("LS12", "household", "plain", TEENS | {"pl.rooms": None}, (), None, "hold"),
    ("LS13", "household", "plain", bedrooms("6.00"), (), None, "senior"),
    ("LS13", "household", "plain", {"pl.rooms": [{"use": "bedroom", "area_m2": None}]}, (), None, "hold"),
    ("LS14", "unit", "plain", {"pl.hmo": True} | bedrooms("6.50"), (), None, "stop_until"),
    ("LS14", "unit", "plain", {"pl.hmo": True, "pl.rooms": None}, (), None, "hold"),
    ("LS17", "unit", "plain", {"pl.gas": True, "pl.certificates": []}, (), None, "hold"),
    ("LS17", "unit", "plain", {"pl.gas": True} | certificate("gas", "2026-12-01"), (), None, "stop_until"),
    ("LS18", "unit", "plain", {"pl.certificates": []}, (), None, "hold"),
    ("LS18", "unit", "plain", certificate("electrical", "2026-12-01"), (), None, "high"),
    ("LS18", "unit", "plain", certificate("electrical", "2029-01-01"), (), None, "hold"),  # danger codes not told
    ("LS18", "unit", "plain", {"pl.certificates": [{"kind": "electrical", "expires": "2029-01-01", "open_danger_codes": True}]}, (), None, "stop_until"),
    ("LS27", "household", "plain", FAR, (), None, "note"),
    ("LS27", "household", "plain", FAR | {"pl.notice_sent": "2026-11-24"}, (), None, "note"),  # a day to come
    ("LS27", "household", "plain", FAR | {"pl.starts": "2026-11-01", "pl.nights": 60}, (), None, "low"),
    ("LS31", "household", "plain", {"hh.budget": None}, (), None, "chase"),
    ("LS31", "household", "plain", {"hh.budget": {"income": 100, "housing_charge": 100, "essentials": 20000, "maintenance": 0, "travel": 0, "food_without_kitchen": 0, "childcare": 0}}, (), None, "high"),
    ("SA05", "C", "plain", THREE, (), None, "high"),
    ("IS01", "household", "plain", {"hh.lead_professional": {"name": "Lea"}}, (), None, "high"),
    ("IS01", "household", "plain", {"hh.lead_professional": {"name": "Lea", "accepted": "2026-11-24"}}, (), None, "high"),
    ("IS01", "household", "plain", LEADERLESS | {"hh.agencies": []}, (), None, "not asked"),
    ("IS01", "household", "plain", LEADERLESS | {"hh.agencies": None}, (), None, "chase"),
]  # fmt: skip
# Of one adult and a child of nine in a flat, about whom everything is known, nothing of this is asked.
_OF = {"child": "C", "adult": "A", "person": "A", "unit": "unit", "household": "household"}
LINES += [
    (name, _OF[CHECKLIST.criteria[name].subject], "plain", {}, (), "", "not asked")
    for name in (
        "CS01", "CS02", "CS03", "CS04", "CS09", "CS11", "CS12", "CS17", "CS18", "CS24", "CS25", "SM02", "SM03", "SM04", "SM05",
        "SM06", "SM07", "SM09", "SM10", "SM11", "SM12", "SA02", "SA10", "SA12", "SA14", "IS09", "LS21", "LS22", "LS23", "LS28",
        "LS29", "LS30",
    )
]  # fmt: skip


@cache
def _settled(name: str) -> Any:
    return settled({"plain": plain, "full": full, "young": young}[name]())


def tree_of(line: Line) -> dict[str, Any]:
    """The household a line is about."""
    name, subject, household, facts, told, said, _ = line
    tree: dict[str, Any] = copied(_settled(household))
    for path, value in facts.items():
        where, _, key = path.partition(".")
        if not key:
            tree[where] = value
        elif path == "hh.members":
            tree["household"]["members"] = [m for m in tree["household"]["members"] if m["key"] in value]
        elif where in ("hh", "pl"):
            tree["household" if where == "hh" else "placement"][key] = value
        else:
            next(m for m in tree["household"]["members"] if m["key"] == where)[key] = value
    for other, of, value in told:
        if value is None:  # nobody has been asked
            tree = instead(tree, other, of)
            continue
        listed = CHECKLIST.criteria[other].answer == "multiple"
        tree = instead(tree, other, of, answered(other, of, [value] if listed else value))
    if said == "":
        tree = instead(tree, name, subject)
    elif said is not None:
        value, _, grade = said.partition("@")
        tree = instead(tree, name, subject, answered(name, subject, value_of(value, name), grade or "E4"))
    keys = {m["key"] for m in tree["household"]["members"]} | {"unit", "household"}
    keys |= {f"{m['key']}-unborn" for m in tree["household"]["members"] if m.get("pregnant")}
    return {
        **tree,
        **{
            kind: [entry for entry in tree.get(kind, []) if entry["subject"] in keys]
            for kind in ("answers", "mitigations", "acceptances")
        },
    }


def file_of(line: Line) -> CaseFile:
    return build(tree_of(line), CHECKLIST)


def follows(checklist: Checklist, file: CaseFile, name: str, subject: str) -> str:
    """What a row amounts to, in the words of the lines."""
    row = next((r for r in assess(checklist, file, COUNCIL).rows if (r.criterion, r.subject) == (name, subject)), None)
    if row is None:
        return "not asked"
    if row.state == "open":
        return row.open_effect
    if row.state in ("clear", "clear_with_condition"):
        return "clear"
    return f"{row.effect} and {row.open_effect}" if row.is_open else row.effect
