"""The patterns about a child’s care: P01 to P03, P09, P19, P21, P22."""

from __future__ import annotations

from typing import Any

import pytest

from tests.suitability.households import CHECKLIST, TODAY, answered, instead, result_of, settled
from tests.suitability.pattern_cases import aged, ago, contacts, fired, member, plain_case

CAUSE = {"cause": "letter_to_dead_address", "cause_grade": "E4"}


def baby_case() -> dict[str, Any]:
    tree = plain_case()
    member(tree, "C")["born"] = "2026-06-01"
    return settled(tree)


def pregnant(tree: dict[str, Any]) -> dict[str, Any]:
    member(tree, "A").update(sex="female", pregnant=True, due="2027-01-05")
    return settled(tree)


@pytest.mark.parametrize(
    ("born", "entries", "level"),
    [
        ("2017-03-01", [{}, {}, {}], ["full"]),
        ("2017-03-01", [{}, {}], []),  # two by a child of nine
        ("2017-03-01", [{}, {}, {"on": ago(364)}], ["full"]),
        ("2017-03-01", [{}, {}, {"on": ago(365)}], []),  # outside the twelve months
        ("2017-03-01", [{}, {}, {"on": ago(366)}], []),
        ("2017-03-01", [{}, {"reason_grade": "E3"}, {"reason_grade": "E3"}], []),  # one reason on the carer's word
        ("2017-03-01", [{}, {}, {"reason_grade": "E4"}], ["full"]),  # two of them
        ("2017-03-01", [{"reason": "", "reason_grade": "E0"}] * 3, ["full"]),  # nobody asked: worse, not better
        ("2022-01-01", [{}, {}], ["full"]),  # two within six months under five
        ("2022-01-01", [{}, {"on": ago(182)}], ["full"]),
        ("2022-01-01", [{}, {"on": ago(183)}], []),
        ("2021-11-24", [{}, {}], ["full"]),  # five tomorrow
        ("2021-11-23", [{}, {}], []),  # five today
        ("2026-03-01", [{}], ["single"]),  # one miss by a baby asks, and no more
        ("2026-03-01", [{"reason_grade": "E3"}], []),
        ("2026-03-01", [{}, {"reason_grade": "E4"}], ["full"]),
        ("2025-11-24", [{}], ["single"]),  # one tomorrow
        ("2025-11-23", [{}], []),  # one today
        ("2017-03-01", [{"critical": True}], ["single"]),
        ("2017-03-01", [{"critical": False}], []),
        ("2017-03-01", [{"critical": None}], ["single"]),  # nobody said: the service is asked, and no more follows
        ("2017-03-01", [{"critical": None}, {}], ["single"]),
        ("2017-03-01", [{"critical": None, "reason_grade": "E4"}], []),
        ("2017-03-01", [{"reason_grade": "E1s"}] * 3, ["full"]),  # a survivor’s word is on safety, not on letters
        ("2017-03-01", [{"critical": True}, {}], ["full"]),
        ("2017-03-01", [{"outcome": "cancelled_by_service"}] * 3, []),
        ("2017-03-01", [{"outcome": "kept"}] * 3, []),
    ],
)
def test_p01_reasons_on_the_carers_word(born: str, entries: list[dict[str, Any]], level: list[str]) -> None:
    tree = contacts(aged(plain_case(), born), *entries)
    assert [p.level for p in fired(tree, "P01")] == level
    if level == ["full"]:
        assert [r.effect for r in result_of(tree).rows if r.criterion == "SA05"] == ["high"]
        assert result_of(tree).safeguarding_route == "front_door"
    if level == ["single"]:
        assert result_of(tree).safeguarding_route == "lead_professional"


def test_p01_on_a_plan_for_neglect_one_miss_is_enough_to_ask() -> None:
    tree = contacts(plain_case(), {})
    assert fired(tree, "P01") == []
    tree = instead(tree, "CS19", "C", answered("CS19", "C", "plan_neglect"))
    assert [p.level for p in fired(tree, "P01")] == ["single"]


def test_p01_counts_what_the_service_counted_and_nobody_listed() -> None:
    tree = plain_case()
    tree["household"]["contacts"] = None
    counted = {
        "due": 5,
        "kept": 2,
        "not_brought": 3,
        "cancelled_by_family": 0,
        "cancelled_by_service": 0,
        "no_access": 0,
    }
    tree = instead(tree, "SA04", "C", answered("SA04", "C", counted))
    assert [p.level for p in fired(tree, "P01")] == ["full"]
    counted["not_brought"] = 2
    # Nobody listed them, so nobody has said whether they were critical: the service is asked.
    assert [p.level for p in fired(instead(tree, "SA04", "C", answered("SA04", "C", counted)), "P01")] == ["single"]


@pytest.mark.parametrize(
    ("numbers", "fires"),
    [({"no_access": 2}, True), ({"no_access": 1}, False), ({"cancelled_by_family": 3}, True), ({"cancelled_by_family": 2}, False)],
)  # fmt: skip
def test_p02_counts_what_the_service_counted_and_nobody_listed(numbers: dict[str, int], fires: bool) -> None:
    tree = plain_case()
    tree["household"]["contacts"] = None
    counted = {**dict.fromkeys(CHECKLIST.criteria["SA04"].counts, 0), **numbers}
    tree = instead(tree, "SA04", "C", answered("SA04", "C", counted))
    assert bool(fired(tree, "P02")) is fires
    assert [r.effect for r in result_of(tree).rows if r.criterion == "SA05"] == (["high"] if fires else [])


@pytest.mark.parametrize(
    ("signs", "referred", "fires"),
    [("none_seen", "", True), ("no_action", "", True), ("started", "made", False), ("front_door", "not_made", False)],
)
def test_p22_says_nothing_where_signs_were_seen_whatever_was_done_since(signs: str, referred: str, fires: bool) -> None:
    tree = instead(plain_case(), "CS06", "unit", answered("CS06", "unit", "found"))
    tree = instead(tree, "CS26", "household", answered("CS26", "household", signs))
    if referred:
        tree = instead(tree, "LS35", "household", answered("LS35", "household", referred))
    assert bool(fired(tree, "P22")) is fires
    assert result_of(tree).safeguarding_route == ("front_door" if referred == "not_made" else "lead_professional")


@pytest.mark.parametrize(
    ("entries", "fires"),
    [
        ([{"outcome": "cancelled_by_family", "need": "asthma"}] * 3, True),
        ([{"outcome": "rebooked_by_family", "need": "asthma"}] * 3, True),
        ([{"outcome": "cancelled_by_family", "need": "asthma"}] * 2, False),
        ([{"outcome": "cancelled_by_family", "need": n} for n in ("asthma", "eyes", "teeth")], False),
        (
            [{"outcome": "cancelled_by_family", "need": n} for n in ("asthma", "Asthma", "")],
            True,
        ),  # for what, nobody said
        ([{"outcome": "cancelled_by_family", "what": w} for w in ("clinic", "review", "check")], True),
        ([{"outcome": "cancelled_by_family", "need": "asthma", "on": ago(d)} for d in (1, 2, 182)], True),
        ([{"outcome": "cancelled_by_family", "need": "asthma", "on": ago(d)} for d in (1, 2, 183)], False),
        ([{"outcome": "no_access"}] * 2, True),
        ([{"outcome": "no_access"}], False),
    ],
)
def test_p02_moved_about_or_no_access(entries: list[dict[str, Any]], fires: bool) -> None:
    tree = contacts(plain_case(), *entries)
    found = fired(tree, "P02")
    assert bool(found) is fires
    if fires:
        assert len(found[0].facts) == len(entries)  # the list, not a number


@pytest.mark.parametrize(
    ("cause", "system"),
    [
        (CAUSE, True),
        ({**CAUSE, "cause_grade": "E2"}, True),
        ({**CAUSE, "cause_grade": "E1"}, False),  # “they never wrote”, said by the parent
        ({**CAUSE, "cause_grade": "E0"}, False),
        ({"cause": "language_wrong", "cause_grade": "E3"}, True),
        ({"cause": "service_cancelled", "cause_grade": "E3"}, True),
        ({}, False),
    ],
)
def test_p03_system_cause_cancels_p01_and_p02(cause: dict[str, Any], system: bool) -> None:
    tree = contacts(plain_case(), cause, cause, cause)
    assert bool(fired(tree, "P03")) is system
    assert bool(fired(tree, "P01")) is not system
    rows = [r for r in result_of(tree).rows if r.criterion == "SA05"]
    assert [r.effect for r in rows] == ["low" if system else "high"]
    moved = contacts(plain_case(), *[{"outcome": "no_access", **cause}] * 2)
    assert bool(fired(moved, "P02")) is not system


@pytest.mark.parametrize(("days_after", "system"), [(0, True), (21, True), (22, False), (-1, False)])
def test_p03_moved_by_the_council_within_21_days(days_after: int, system: bool) -> None:
    tree = contacts(plain_case(), *[{"on": ago(40)}] * 3)
    tree["household"]["addresses"] = [
        {"kind": "former", "address": "A hotel", "moved_in": ago(40 + days_after), "placed_by_council": True}
    ]
    assert bool(fired(tree, "P03")) is system
    tree["household"]["addresses"][0]["placed_by_council"] = False
    assert fired(tree, "P03") == []


@pytest.mark.parametrize(
    ("less_safe", "place", "effect"),
    [
        (("CS03", ["smoker"]), ("CS01", "none"), ["stop_until"]),
        (("CS03", ["born_early"]), ("CS02", "unknown"), ["stop_until"]),
        (("CS03", ["low_weight"]), ("CS04", "sofa_or_shared"), ["high"]),
        (("CS03", ["alcohol"]), ("CS05", "cannot"), ["high"]),
        (("CS03", ["sofa_only"]), ("CS01", "none"), []),  # not one of the factors of this pattern
        (None, ("CS01", "none"), []),
        (("CS03", ["smoker"]), None, []),
    ],
)
def test_p09_out_of_routine_sleep(less_safe: Any, place: Any, effect: list[str]) -> None:
    tree = baby_case()
    for change in (less_safe, place):
        if change is not None:
            subject = CHECKLIST.criteria[change[0]].subject
            subject = "C" if subject == "child" else subject
            tree = instead(tree, change[0], subject, answered(change[0], subject, change[1]))
    assert [p.effect for p in fired(tree, "P09")] == effect
    if effect:
        assert result_of(tree).safeguarding_route == "front_door"


@pytest.mark.parametrize(
    ("treatment", "grade", "effect"),
    [
        (None, "", ["stop_until"]),
        ("unknown", "E4", ["stop_until"]),
        ("take_home", "E4", ["stop_until"]),
        ("supervised", "E1", ["stop_until"]),
        ("supervised", "E4", []),
        ("not_prescribed", "E4", []),
    ],
)
def test_p09_medicine_that_may_be_at_home(treatment: str | None, grade: str, effect: list[str]) -> None:
    """Of somebody who used before: not knowing what is prescribed, and how, is not knowing that there is none where a baby sleeps."""
    tree = instead(baby_case(), "CS01", "C", answered("CS01", "C", "none"))
    tree = instead(tree, "SM01", "A", answered("SM01", "A", "past", "E4"))
    tree = instead(tree, "SM03", "A", *([answered("SM03", "A", treatment, grade)] if treatment else []))
    assert [p.effect for p in fired(tree, "P09")] == effect


@pytest.mark.parametrize(("days", "fires"), [(28, True), (29, False)])
def test_p09_two_moves_in_four_weeks(days: int, fires: bool) -> None:
    tree = instead(baby_case(), "CS03", "C", answered("CS03", "C", ["smoker"]))
    tree["household"]["addresses"] = [
        {"kind": "former", "address": "A hotel", "moved_in": ago(days)}, {"kind": "current", "address": "B hotel", "moved_in": ago(3)},
    ]  # fmt: skip
    assert bool(fired(tree, "P09")) is fires


def test_p09_not_for_a_child_of_one_and_lifted_when_cot_and_space_are_seen() -> None:
    tree = instead(baby_case(), "CS03", "C", answered("CS03", "C", ["smoker"]))
    tree = instead(tree, "CS01", "C", answered("CS01", "C", "none"))
    assert fired(tree, "P09")
    seen = {
        "criterion": "CS01",
        "subject": "C",
        "what": "Cot built",
        "in_place": TODAY,
        "seen_grade": "E2",
        "seen_by": "Olu",
        "seen_on": TODAY,
    }
    assert fired({**tree, "mitigations": [seen]}, "P09") == []
    member(tree, "C")["born"] = "2025-11-23"
    assert fired(tree, "P09") == []


@pytest.mark.parametrize(
    ("seen", "fires", "effect"),
    [("awake", False, ""), (None, False, ""), ("asleep_only", True, "chase"), ("same_adult_speaking", True, "chase")],
)
def test_p19_the_child_was_not_seen(seen: str | None, fires: bool, effect: str) -> None:
    tree = plain_case()
    member(tree, "C")["seen_how"] = seen
    assert [p.effect for p in fired(tree, "P19")] == ([effect] if fires else [])
    if fires:
        baby = baby_case()
        member(baby, "C")["seen_how"] = seen
        assert [p.effect for p in fired(baby, "P19")] == ["hold"]


@pytest.mark.parametrize(("days", "fires"), [(28, False), (29, True)])
def test_p19_beyond_the_limit_of_cs22(days: int, fires: bool) -> None:
    tree = instead(plain_case(), "CS22", "C", answered("CS22", "C", ago(days)))
    assert bool(fired(tree, "P19")) is fires
    baby = instead(baby_case(), "CS22", "C", answered("CS22", "C", ago(days - 21)))
    assert bool(fired(baby, "P19")) is fires


def test_p21_early_help_in_pregnancy() -> None:
    tree = pregnant(plain_case())
    assert fired(tree, "P21") == []
    for option in ("late_or_unbooked", "hidden"):
        late = instead(tree, "CS25", "A", answered("CS25", "A", option))
        assert [p.effect for p in fired(late, "P21")] == ["none"]
        assert result_of(late).safeguarding_route == "front_door"
    tree["household"]["earlier_child_removed"] = True
    assert fired(tree, "P21")
    not_pregnant = plain_case()
    not_pregnant["household"]["earlier_child_removed"] = True
    assert fired(not_pregnant, "P21") == []


def test_p22_means_not_care() -> None:
    tree = instead(plain_case(), "SA11", "household", answered("SA11", "household", "nothing_tonight"))
    assert [p.effect for p in fired(tree, "P22")] == ["none"]
    assert result_of(tree).safeguarding_route == "lead_professional"
    assert fired(plain_case(), "P22") == []
    for name, subject, value in (
        ("CS26", "household", "not_started"),
        ("SM16", "A", "signs"),
        ("CS21", "household", "undeclared"),
    ):
        assert fired(instead(tree, name, subject, answered(name, subject, value)), "P22") == []


def test_p22_caps_the_route_and_suggests_no_screening() -> None:
    tree = plain_case()
    tree["placement"] |= {
        "self_contained": False,
        "shares": ["cooking"],
        "cooking_provided": False,
        "owner": "private",
        "manager": "private",
        "hmo": False,
    }
    tree = settled(tree)
    tree = instead(tree, "SA11", "household", answered("SA11", "household", "nothing_tonight"))
    tree = instead(tree, "LS08", "household", answered("LS08", "household", "something_else"))
    result = result_of(tree)
    assert any(r.effect == "stop" for r in result.rows)
    assert result.safeguarding_route == "lead_professional"
