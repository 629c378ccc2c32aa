"""Rows worked out from facts, never asked: each with what is met, what is not, and what cannot be told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from app.suitability.casefile.codes import Outcome
from app.suitability.casefile.household import Member, Room
from app.suitability.law.bedrooms import LicenceAreas, bedrooms_needed, bedrooms_short, licence_sleeping_met
from tests.suitability.generated import one_more
from tests.suitability.households import CHECKLIST, instead, plain, result_of, row_of, settled
from tests.trees import copied

ON = date(2026, 11, 23)
COMPUTED = {name: c.computed for name, c in CHECKLIST.criteria.items() if c.computed is not None}


@cache
def _plain() -> Any:
    return settled(plain())


def base() -> dict[str, Any]:
    tree: dict[str, Any] = copied(_plain())
    return tree


def changed(**changes: Any) -> dict[str, Any]:
    """The plain settled household with facts changed: ``placement__nights=84``."""
    tree = base()
    for path, value in changes.items():
        *parents, last = path.split("__")
        here = tree
        for name in parents:
            here = here[name]
        here[last] = value
    return tree


def state(tree: dict[str, Any], criterion: str, subject: str) -> tuple[str, str]:
    row = row_of(tree, criterion, subject)
    return ("not asked", "") if row is None else (row.state, row.effect if row.state != "open" else row.open_effect)


def test_what_is_worked_out_is_never_asked() -> None:
    assert COMPUTED == {
        "IS01": "lead_professional", "IS06": "disagreements", "LS05": "expected_stay", "LS07": "legal_bed_and_breakfast",
        "LS09": "forty_two_nights", "LS10": "exempt_hostel", "LS12": "room_standard", "LS13": "space_standard",
        "LS14": "licence_rooms", "LS17": "gas_record", "LS18": "electrical_report", "LS27": "host_notice",
        "LS31": "affordable", "SA05": "missed_contacts", "IS02": "who_answered",
    }  # fmt: skip
    assert all(not CHECKLIST.criteria[name].options for name in COMPUTED)


# ---- the stay, bed and breakfast, hostels


@pytest.mark.parametrize(("nights", "expected"), [(None, ("open", "hold")), (1, ("clear", "none"))])
def test_the_expected_stay_is_known_or_everything_waits(nights: int | None, expected: tuple[str, str]) -> None:
    found = state(changed(placement__nights=nights), "LS05", "household")
    assert found[0] == expected[0]


SHARED = {"self_contained": False, "shares": ["toilet"], "owner": "private", "manager": "private", "hmo": False}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "clear"),
        ({"shares": []}, "clear"),
        ({**SHARED}, "worrying"),
        ({**SHARED, "shares": None}, "open"),
        ({**SHARED, "self_contained": True}, "open"),  # these facts disagree
        ({**SHARED, "owner": None}, "open"),
        ({**SHARED, "private_dwelling": True}, "clear"),
        ({**SHARED, "kind": "hotel", "shares": ["corridor"]}, "clear"),
    ],
)
def test_bed_and_breakfast_in_law_by_its_facts(change: dict[str, Any], expected: str) -> None:
    tree = base()
    tree["placement"] |= change
    assert state(tree, "LS07", "unit")[0] == expected


@pytest.mark.parametrize(
    ("spells", "nights", "expected"),
    [
        ([], 14, ("clear", "none")),
        ([], 42, ("clear", "none")),
        ([], 43, ("worrying", "high")),  # the stay itself would pass the limit
        ([{"first": "2026-10-27", "last": "2026-11-22"}], 14, ("worrying", "high")),  # night 28 of 42
        ([{"first": "2026-10-28", "last": "2026-11-22"}], 14, ("clear", "none")),  # night 27
        ([{"first": "2026-10-12", "last": "2026-11-22"}], 1, ("worrying", "stop")),  # all 42 used
        ([{"first": "2026-10-13", "last": "2026-11-22"}], 1, ("worrying", "high")),  # the last lawful night
        ([{"first": "2026-01-01", "last": "2026-01-21"}, {"first": "2026-05-01", "last": "2026-05-21"}], 1, ("worrying", "stop")),
        ([{"first": "2026-01-01", "last": "2026-01-21"}, {"first": "2026-01-10", "last": "2026-01-21"}], 1, ("clear", "none")),
    ],
)  # fmt: skip
def test_the_forty_two_nights_over_all_spells(
    spells: list[dict[str, str]], nights: int, expected: tuple[str, str]
) -> None:
    tree = changed(household__bed_and_breakfast=spells, placement__nights=nights)
    tree["placement"] |= SHARED
    assert state(tree, "LS09", "household") == expected


def test_nights_not_known_or_bed_and_breakfast_not_known_is_open_and_elsewhere_it_does_not_apply() -> None:
    tree = changed(placement__nights=None)
    tree["placement"] |= SHARED
    assert state(tree, "LS09", "household")[0] == "open"
    tree["placement"] |= {"shares": None, "nights": 7}
    assert state(tree, "LS09", "household")[0] == "open"
    assert state(base(), "LS09", "household") == ("not asked", "")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"owner": "council", "nights": 42}, ("clear", "none")),
        ({"owner": "council", "nights": 43}, ("worrying", "high")),
        ({"owner": "private", "manager": "voluntary", "nights": 43}, ("worrying", "high")),
        ({"owner": "private", "manager": "private", "nights": 43}, ("not asked", "")),
        ({"owner": "council", "shares": ["corridor"], "nights": 43}, ("not asked", "")),
        ({"owner": "council", "shares": None, "nights": 43}, ("open", "chase")),
        ({"owner": None, "manager": None, "nights": 43}, ("open", "chase")),
        ({"owner": "council", "nights": None}, ("open", "chase")),
        ({"owner": "council", "self_contained": True, "shares": [], "nights": 43}, ("not asked", "")),
        ({"owner": "council", "self_contained": True, "shares": None, "nights": 43}, ("not asked", "")),
        # Something is shared, whatever the advertisement says.
        ({"owner": "council", "self_contained": True, "nights": 43}, ("worrying", "high")),
        # They are there already: what was planned has gone by.
        ({"owner": "council", "starts": "2026-10-11", "nights": 30}, ("worrying", "high")),
        ({"owner": "council", "starts": "2026-10-12", "nights": 30}, ("open", "chase")),
        ({"owner": "council", "starts": "2026-10-12", "nights": 42}, ("open", "chase")),
        ({"owner": "council", "starts": "2026-10-24", "nights": 31}, ("clear", "none")),
    ],
)
def test_a_shared_hostel_outside_the_limit_is_no_better_for_a_child(
    change: dict[str, Any], expected: tuple[str, str]
) -> None:
    tree = base()
    tree["placement"] |= {**SHARED, "shares": ["toilet"], **change}
    found = state(tree, "LS10", "unit")
    assert (found[0], found[1] if found[0] == "worrying" else expected[1]) == expected


# ---- rooms


def person(key: str, born: str | None, sex: str | None, **more: Any) -> Member:
    kind = more.pop("kind", "child")
    return Member(
        key=key, name=key, kind=kind, born=None if born is None else date.fromisoformat(born), sex=sex, **more
    )


MUM = person("M", "1990-01-01", "female", kind="adult", couple_with="F")
DAD = person("F", "1990-01-01", "male", kind="adult")
BOY9, GIRL8 = person("b9", "2017-06-01", "male"), person("g8", "2018-06-01", "female")
BOY10, BOY12 = person("b10", "2016-11-23", "male"), person("b12", "2014-06-01", "male")
GIRL15, BOY20, SON21 = (
    person("g15", "2011-06-01", "female"),
    person("b20", "2006-01-01", "male"),
    person("s21", "2005-11-23", "male", kind="adult"),
)


@pytest.mark.parametrize(
    ("people", "rooms"),
    [
        ([MUM], 1),
        ([MUM, DAD], 1),
        ([MUM, DAD, BOY9, GIRL8], 2),  # two under 10 of any sex share
        ([MUM, DAD, BOY10, GIRL8], 3),  # ten today: no longer under 10, and no boy under 10 to share with
        ([MUM, DAD, BOY10, BOY9], 2),  # an odd one of 10 to 20 is paired with a child under 10 of the same sex
        ([MUM, DAD, BOY10, BOY12], 2),
        ([MUM, DAD, BOY12, GIRL15], 3),
        ([MUM, DAD, BOY12, BOY20], 2),  # 20 is still paired
        ([MUM, DAD, BOY12, SON21], 3),  # 21 today has a room of their own
        ([MUM, DAD, person("u", None, None, kind="unborn")], 1),
        ([MUM, DAD, person("x", None, "male")], None),
        ([MUM, DAD, BOY12, person("y", "2014-01-01", None)], None),
    ],
)
def test_bedrooms_by_the_bedroom_standard(people: list[Member], rooms: int | None) -> None:
    assert bedrooms_needed(people, ON) == rooms


def test_bedrooms_short_counts_bedrooms_and_bed_sitting_rooms_only() -> None:
    rooms = [Room(use="bedroom"), Room(use="living"), Room(use="kitchen")]
    assert bedrooms_short(rooms, [MUM, DAD, BOY12, GIRL15], ON) == 2
    assert bedrooms_short([*rooms, Room(use="bed_sitting"), Room(use="bedroom")], [MUM, DAD, BOY12, GIRL15], ON) == 0
    assert bedrooms_short(None, [MUM], ON) is None


LEAST = LicenceAreas(Decimal("4.64"), Decimal("6.51"), Decimal("10.22"))


@pytest.mark.parametrize(
    ("areas", "people", "met"),
    [
        (["6.51"], [MUM], True),
        (["6.50"], [MUM], False),
        (["10.22"], [MUM, DAD], True),
        (["10.21"], [MUM, DAD], False),
        (["10.22", "4.64"], [MUM, DAD, BOY9], True),
        (["10.22", "4.63"], [MUM, DAD, BOY9], False),
        (["10.22", "4.64"], [MUM, DAD, BOY10], False),  # ten is not under ten
        (["10.22", None], [MUM, DAD, BOY9], None),
        (["14.86"], [MUM, DAD, BOY9], None),  # three in one room: the minimums say nothing of it
        (["14.85"], [MUM, DAD, BOY9], False),
        (None, [MUM], None),
        (["10.22"], [MUM, person("x", None, None)], True),
        (["6.51", "4.64"], [MUM, person("x", None, None)], False),  # age not known counts as over ten
        (["6.51"], [MUM, person("u", None, None, kind="unborn")], True),
    ],
)
def test_sleeping_rooms_under_a_licence(areas: list[str | None] | None, people: list[Member], met: bool | None) -> None:
    rooms = None if areas is None else [Room(use="bedroom", area_m2=None if a is None else Decimal(a)) for a in areas]
    assert licence_sleeping_met(rooms, people, ON, LEAST) is met


def test_a_licence_is_asked_for_only_in_a_shared_house() -> None:
    assert state(base(), "LS14", "unit") == ("not asked", "")
    assert state(changed(placement__hmo=True), "LS14", "unit")[0] == "clear"
    small = changed(placement__hmo=True, placement__rooms=[{"use": "bedroom", "area_m2": "4.00"}])
    assert state(small, "LS14", "unit")[0] == "worrying"


def test_room_and_space_standards_reach_the_page() -> None:
    one = changed(placement__rooms=[{"use": "bedroom", "area_m2": "8.00"}])
    assert state(one, "LS13", "household") == ("worrying", "senior")
    unmeasured = changed(placement__rooms=[{"use": "bedroom"}, {"use": "bedroom"}])
    assert state(unmeasured, "LS13", "household")[0] == "open"
    assert state(base(), "LS12", "household")[0] == "clear"


# ---- papers


@pytest.mark.parametrize(
    ("certificates", "expected"),
    [
        ([], "open"),
        ([{"kind": "gas"}], "open"),
        ([{"kind": "gas", "expires": "2026-12-20"}], "clear"),  # the last night is 20 December
        ([{"kind": "gas", "expires": "2026-12-19"}], "worrying"),  # valid today, not to the end of the stay
        ([{"kind": "gas", "expires": "2026-11-22"}], "worrying"),
        ([{"kind": "gas", "expires": "2026-11-22"}, {"kind": "gas", "expires": "2027-11-01"}], "clear"),
    ],
)  # fmt: skip
def test_a_gas_record_lasts_to_the_end_of_the_stay(certificates: list[dict[str, Any]], expected: str) -> None:
    tree = changed(placement__gas=True, placement__nights=28, placement__certificates=certificates)
    assert state(tree, "LS17", "unit")[0] == expected


def test_without_gas_no_record_is_asked_for_and_without_nights_it_cannot_be_told() -> None:
    assert state(base(), "LS17", "unit") == ("not asked", "")
    tree = changed(
        placement__gas=True, placement__nights=None, placement__certificates=[{"kind": "gas", "expires": "2030-01-01"}]
    )
    assert state(tree, "LS17", "unit")[0] == "open"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [(False, ("clear", "none")), (True, ("worrying", "stop_until")), (None, ("open", "hold"))],
)
def test_an_open_danger_code_is_cured_first(codes: bool | None, expected: tuple[str, str]) -> None:
    paper = {"kind": "electrical", "expires": "2029-01-01"} | ({} if codes is None else {"open_danger_codes": codes})
    assert state(changed(placement__certificates=[paper]), "LS18", "unit")[0] == expected[0]
    if codes:
        assert state(changed(placement__certificates=[paper]), "LS18", "unit") == expected


@pytest.mark.parametrize(
    ("starts", "sent", "expected"),
    [
        ("2026-11-23", None, "open"),  # due by 6 December, day 14 with the first night as day 1
        ("2026-11-10", None, "open"),  # due today
        ("2026-11-09", None, "worrying"),  # due yesterday
        ("2026-11-10", "2026-11-23", "clear"),
        ("2026-11-09", "2026-11-23", "worrying"),  # a day late is late
    ],
)
def test_notice_to_the_host_authority_is_a_duty_and_never_unsuitability(
    starts: str, sent: str | None, expected: str
) -> None:
    away = settled(changed(placement__authority="E09000001"))
    before = result_of(away).outcome
    away["placement"] |= {"starts": starts, "notice_sent": sent}
    row = row_of(away, "LS27", "household")
    assert row is not None
    assert row.state == expected
    assert row.outcome == Outcome.SUITABLE
    assert result_of(away).outcome == before
    assert state(base(), "LS27", "household") == ("not asked", "")


# ---- money and people

WEEK = {
    "income": 40000,
    "housing_charge": 5000,
    "essentials": 30000,
    "maintenance": 0,
    "travel": 3000,
    "food_without_kitchen": 0,
    "childcare": 2000,
}


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        ({}, "clear", "£400.00 in, £400.00 out, £0.00 left"),
        ({"income": 39999}, "worrying", "£0.01 short"),
        ({"childcare": None}, "open", "childcare"),
    ],
)
def test_affordable_to_the_penny(change: dict[str, Any], expected: str, words: str) -> None:
    row = row_of(
        changed(household__budget={k: v for k, v in (WEEK | change).items() if v is not None}), "LS31", "household"
    )
    assert row is not None
    assert row.state == expected
    assert words in " ".join(row.why)


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        (None, "open"),
        ({"name": "Lea"}, "worrying"),  # named and not accepted
        ({"name": "Lea", "accepted": "2026-11-24"}, "worrying"),  # accepts tomorrow
        ({"name": "Lea", "accepted": "2026-11-23"}, "clear"),
    ],
)
def test_a_name_without_an_acceptance_leads_nobody(lead: dict[str, str] | None, expected: str) -> None:
    two = changed(household__lead_professional=lead, household__agencies=["gp", "school"])
    assert state(two, "IS01", "household")[0] == expected


def test_two_live_answers_that_differ_stand_side_by_side() -> None:
    tree = base()
    cot = CHECKLIST.criteria["CS10"]
    said = next(a for a in tree["answers"] if a["criterion"] == "CS10")
    worry = next(code for code, option in cot.options.items() if option.means == "worrying")
    assert state(tree, "IS06", "household")[0] == "clear"
    both = instead(tree, "CS10", said["subject"], said, one_more(cot, said["subject"], worry, "E2"))
    row = row_of(both, "IS06", "household")
    assert row is not None
    assert row.state == "worrying"
    assert cot.name in " ".join(row.why)
    # The same voice taking its own answer back, later and with a reason, is a change and no disagreement.
    again = {**said, "value": worry, "on": "2026-11-23", "reason": "Looked again."}
    assert (
        state(instead(tree, "CS10", said["subject"], {**said, "on": "2026-11-20"}, again), "IS06", "household")[0]
        == "clear"
    )


# ---- the way there: met, not met, or cannot tell
