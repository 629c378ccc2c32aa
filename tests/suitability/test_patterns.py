"""Every pattern: it fires, it does not, its counter-rule, and its boundary on both sides. It never concludes about a person."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from app.suitability import case_file, report
from app.suitability.pattern_text import PATTERNS
from app.suitability.result import Pattern

from .conftest import example
from .households import CHECKLIST, COUNCIL, TODAY, answered, full, instead, plain, result_of, settled

T0 = date(2026, 11, 23)


@cache
def _settled(name: str) -> Any:
    return settled({"full": full, "plain": plain}[name]())


def full_case() -> dict[str, Any]:
    tree: dict[str, Any] = deepcopy(_settled("full"))
    return tree


def plain_case() -> dict[str, Any]:
    tree: dict[str, Any] = deepcopy(_settled("plain"))
    return tree


def fired(tree: dict[str, Any], name: str) -> list[Pattern]:
    return [p for p in result_of(tree).patterns if p.id == name]


def ago(days: int) -> str:
    return (T0 - timedelta(days=days)).isoformat()


def contacts(tree: dict[str, Any], *entries: dict[str, Any], child: str = "C") -> dict[str, Any]:
    tree["household"]["contacts"] = [
        {"child": child, "what": f"clinic {at}", "outcome": "not_brought", "reason": "A cold.", "reason_grade": "E1", "on": ago(30), **e}
        for at, e in enumerate(entries)
    ]  # fmt: skip
    return tree


def aged(tree: dict[str, Any], born: str) -> dict[str, Any]:
    tree["household"]["members"][1]["born"] = born
    return settled(tree)


def event(tree: dict[str, Any], kind: str, days: int, **more: Any) -> dict[str, Any]:
    tree["household"].setdefault("events", []).append({"kind": kind, "on": ago(days), **more})
    return tree


def member(tree: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(m for m in tree["household"]["members"] if m["key"] == key)
    return found


def test_a_settled_household_fires_nothing() -> None:
    assert result_of(plain_case()).patterns == ()


def test_every_pattern_has_its_words_and_a_test_here() -> None:
    assert set(CHECKLIST.patterns) == set(PATTERNS)
    assert len(PATTERNS) == 27
    mine = [name for name in globals() if name.startswith("test_p")]
    assert {f"P{name[6:8]}" for name in mine} == set(PATTERNS)


# ---- P01 to P03: what a child was not brought to


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
    assert fired(instead(tree, "SA04", "C", answered("SA04", "C", counted)), "P01") == []


@pytest.mark.parametrize(
    ("entries", "fires"),
    [
        ([{"outcome": "cancelled_by_family", "need": "asthma"}] * 3, True),
        ([{"outcome": "rebooked_by_family", "need": "asthma"}] * 3, True),
        ([{"outcome": "cancelled_by_family", "need": "asthma"}] * 2, False),
        ([{"outcome": "cancelled_by_family", "need": n} for n in ("asthma", "eyes", "teeth")], False),
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


CAUSE = {"cause": "letter_to_dead_address", "cause_grade": "E4"}


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


# ---- P04 to P06 and P24: what the evidence is worth


CRITICAL = ("CS06", "CS10", "CS15", "CS21", "LS02", "LS15", "LS16", "LS20", "LS01", "LS03")


def told(tree: dict[str, Any], rows: tuple[str, ...]) -> dict[str, Any]:
    """These rows are only said by the household; every other critical row is not asked."""
    held = {
        r.criterion
        for r in result_of(tree).rows
        if "hold" in (r.if_open, CHECKLIST.criteria[r.criterion].under_one)
        or any(s.open == "hold" for s in CHECKLIST.criteria[r.criterion].stronger)
    }
    kept = [a for a in tree["answers"] if a["criterion"] not in held and a["criterion"] not in rows]
    for name in rows:
        subject = CHECKLIST.criteria[name].subject
        kept.append(answered(name, subject, tree_value(tree, name), "E1"))
    return {**tree, "answers": kept}


def tree_value(tree: dict[str, Any], name: str) -> Any:
    return next(a["value"] for a in tree["answers"] if a["criterion"] == name)


@pytest.mark.parametrize(("count", "fires"), [(5, True), (4, False), (8, True)])
def test_p04_needs_five_reassuring_answers(count: int, fires: bool) -> None:
    found = fired(told(plain_case(), CRITICAL[:count]), "P04")
    assert bool(found) is fires
    if fires:
        assert found[0].effect == "hold"
        assert len(found[0].facts) == 5  # the five one call would settle


@pytest.mark.parametrize(("verified", "fires"), [(1, True), (2, True), (3, False)])
def test_p04_needs_eighty_in_a_hundred(verified: int, fires: bool) -> None:
    tree = told(plain_case(), CRITICAL)
    for name in CRITICAL[:verified]:
        criterion = CHECKLIST.criteria[name]
        voices = [
            answered(name, criterion.subject, tree_value(tree, name), agency=n) for n in range(criterion.min_sources)
        ]
        tree = instead(tree, name, criterion.subject, *voices)
    assert bool(fired(tree, "P04")) is fires


def test_p04_never_asks_for_more_than_the_rows_it_names() -> None:
    tree = plain_case()
    chased = ("CS14", "CS19", "CS21", "SA01", "IS03")
    for name in chased:
        for row in [r for r in result_of(tree).rows if r.criterion == name]:
            tree = instead(tree, name, row.subject, answered(name, row.subject, tree_value(tree, name), "E1"))
    for name in ("CS06", "CS10", "LS02", "LS15"):  # nothing else is asked
        tree = {**tree, "answers": [a for a in tree["answers"] if a["criterion"] != name]}
    found = fired(told(tree, ()), "P04")
    assert found == []


def test_p05_an_impression_only_beside_an_evidence_gap() -> None:
    gap = told(plain_case(), CRITICAL[:6])
    assert fired(gap, "P05") == []
    assert [p.state for p in fired({**gap, "impression_relied_on": True}, "P05")] == ["prompt"]
    assert fired({**plain_case(), "impression_relied_on": True}, "P05") == []


def test_p06_two_accounts_differ_and_neither_is_overwritten() -> None:
    tree = plain_case()
    tree["answers"].append(answered("CS21", "household", "undeclared", "E1", agency=9))
    found = fired(tree, "P06")
    assert [(p.effect, p.state, p.through) for p in found] == [("high", "worrying", ("IS06", "household"))]
    assert "Voice" not in " ".join(found[0].facts)  # no name of a source
    tree["answers"][-1]["value"] = "complete"
    assert fired(tree, "P06") == []
    tree["answers"][-1] |= {"value": "unknown"}
    assert fired(tree, "P06") == []


def test_p06_of_what_one_source_takes_back_itself() -> None:
    tree = instead(
        plain_case(),
        "CS27",
        "household",
        answered("CS27", "household", {"addresses": 1, "crossings": 0}, on=ago(3), agency=5),
    )
    tree["answers"].append(
        answered("CS27", "household", {"addresses": 2, "crossings": 0}, agency=5, reason="Counted again.")
    )
    assert fired(tree, "P06") == []


def test_p24_the_survivors_word_is_enough_and_exempt_from_p04() -> None:
    tree = full_case()
    tree = instead(tree, "CS17", "household", answered("CS17", "household", "safe", "E1s"))
    assert [p.rows for p in fired(tree, "P24")] == [(("CS17", "household"),)]
    assert [r.state for r in result_of(tree).rows if r.criterion == "CS17"] == ["clear"]
    assert fired(tree, "P04") == []
    tree["answers"].append(answered("CS17", "household", "safe", "E3", agency=3))
    assert fired(tree, "P24") == []


# ---- P07 to P11: substance use, sleep, custody, buildings


def past_user(tree: dict[str, Any]) -> dict[str, Any]:
    member(tree, "A")["substance_sign"] = True
    tree = instead(tree, "SM01", "A", answered("SM01", "A", "past", on=ago(6)))
    return settled(tree)


@pytest.mark.parametrize("kind", ["birth", "move", "release", "bereavement", "benefit_stopped", "antisocial_behaviour"])
def test_p07_history_may_be_present(kind: str) -> None:
    assert fired(past_user(plain_case()), "P07") == []
    found = fired(event(past_user(plain_case()), kind, 5), "P07")
    assert [(p.subject, p.effect) for p in found] == [("A", "chase")]


@pytest.mark.parametrize(("days", "fires"), [(84, True), (85, False)])
def test_p07_within_twelve_weeks(days: int, fires: bool) -> None:
    tree = instead(past_user(plain_case()), "SM01", "A", answered("SM01", "A", "past", "E1", on=ago(90)))
    assert bool(fired(event(tree, "bereavement", days), "P07")) is fires


def test_p07_is_answered_by_the_service_since_the_trigger_and_by_confirmed_treatment() -> None:
    tree = event(past_user(plain_case()), "bereavement", 5)
    assert fired(tree, "P07")
    asked = instead(tree, "SM01", "A", answered("SM01", "A", "past", "E3", on=ago(5)))
    assert fired(asked, "P07") == []
    before = instead(tree, "SM01", "A", answered("SM01", "A", "past", "E3", on=ago(6)))
    assert fired(before, "P07")
    treated = instead(tree, "SM03", "A", answered("SM03", "A", "supervised", "E3"))
    assert fired(treated, "P07") == []
    only_said = instead(tree, "SM03", "A", answered("SM03", "A", "supervised", "E1"))
    assert fired(only_said, "P07")
    not_treated = instead(tree, "SM03", "A", answered("SM03", "A", "not_prescribed", "E3"))
    assert fired(not_treated, "P07")


def test_p08_treatment_only_said() -> None:
    tree = past_user(plain_case())
    said = instead(tree, "SM03", "A", answered("SM03", "A", "supervised", "E1"))
    assert [(p.subject, p.effect, p.state) for p in fired(said, "P08")] == [("A", "chase", "open")]
    assert fired(instead(tree, "SM03", "A", answered("SM03", "A", "supervised", "E3")), "P08") == []
    said["household"]["enquiries"] = [
        {"agency": "drug_service", "question": "Engaged?", "asked": ago(3), "answered": "full"}
    ]
    assert fired(said, "P08") == []
    said["household"]["enquiries"] = [
        {"agency": "drug_service", "question": "Engaged?", "asked": ago(3), "due": ago(1)}
    ]
    assert "silent" in fired(said, "P08")[0].facts[0]


def test_p08_and_treatment_itself_never_count_against_anybody() -> None:
    tree = past_user(plain_case())
    for option in ("not_prescribed", "supervised", "take_home", "depot"):
        rows = result_of(settled(instead(tree, "SM03", "A", answered("SM03", "A", option)))).rows
        assert [r.state for r in rows if r.criterion == "SM03"] == ["clear"]


def baby_case() -> dict[str, Any]:
    tree = plain_case()
    member(tree, "C")["born"] = "2026-06-01"
    return settled(tree)


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


def test_p10_licence_or_release_until_confirmed_on_paper() -> None:
    tree = plain_case()
    member(tree, "A")["justice_sign"] = True
    tree = settled(tree)
    assert fired(tree, "P10") == []  # both answered at E4
    for name, subject in (("CS20", "household"), ("SM14", "A")):
        said = instead(tree, name, subject, answered(name, subject, tree_value(tree, name), "E1"))
        assert [(p.subject, p.effect) for p in fired(said, "P10")] == [("A", "hold")]
    alone = deepcopy(instead(tree, "SM14", "A"))
    alone["household"]["members"] = [member(tree, "A")]
    alone["answers"] = [a for a in alone["answers"] if a["subject"] != "C"]
    alone["household"]["contacts"] = []
    assert fired(alone, "P10") == []  # no child in the household
    member(tree, "A")["justice_sign"] = False
    assert fired(tree, "P10") == []


@pytest.mark.parametrize(
    ("left", "building", "effect"),
    [
        ("antisocial_behaviour", "past", ["hold"]),
        ("violence", "current", ["hold"]),
        ("antisocial_behaviour", "unknown", ["hold"]),
        ("antisocial_behaviour", None, []),
        ("end_of_tenancy", "past", []),
    ],
)
def test_p11_from_one_fire_to_another(left: str, building: str | None, effect: list[str]) -> None:
    tree = plain_case()
    tree["household"]["left_because"] = [left]
    tree = settled(tree)
    if building:
        tree = instead(tree, "CS15", "unit", answered("CS15", "unit", building, "E2"))
    assert [p.effect for p in fired(tree, "P11")] == effect


def test_p11_the_two_source_check_ends_the_hold_and_keeps_the_prompt() -> None:
    tree = plain_case()
    tree["household"]["left_because"] = ["violence"]
    tree = settled(tree)
    one = instead(tree, "CS15", "unit", answered("CS15", "unit", "past", "E3"))
    two = instead(tree, "CS15", "unit", *(answered("CS15", "unit", "past", "E3", agency=n) for n in (1, 2)))
    assert [p.effect for p in fired(one, "P11")] == ["hold"]
    assert [p.effect for p in fired(two, "P11")] == ["none"]


def test_p11_known_users_nearby_not_cleared() -> None:
    tree = plain_case()
    tree["household"]["left_because"] = ["antisocial_behaviour"]
    tree = past_user(settled(tree))
    assert fired(tree, "P11") == []
    assert [p.effect for p in fired(instead(tree, "SM11", "A"), "P11")] == ["hold"]


# ---- P12 to P19: moves, agencies, promises, people


@pytest.mark.parametrize(
    ("count", "child", "fires"),
    [
        ({"addresses": 3, "crossings": 0}, "2022-01-01", True),
        ({"addresses": 2, "crossings": 0}, "2022-01-01", False),
        ({"addresses": 1, "crossings": 2}, "2022-01-01", True),
        ({"addresses": 1, "crossings": 1}, "2022-01-01", False),
        ({"addresses": 3, "crossings": 0}, "2017-03-01", False),
    ],
)
def test_p12_many_moves(count: dict[str, int], child: str, fires: bool) -> None:
    tree = instead(aged(plain_case(), child), "CS27", "household", answered("CS27", "household", count))
    assert [p.effect for p in fired(tree, "P12")] == (["none"] if fires else [])  # history is read: a prompt
    tree = instead(tree, "IS07", "household", answered("IS07", "household", "partly"))
    assert [p.effect for p in fired(tree, "P12")] == (["hold"] if fires else [])


def test_p12_counts_the_addresses_listed() -> None:
    tree = aged(plain_case(), "2022-01-01")
    tree["household"]["addresses"] = [
        {"kind": "former", "address": f"{n} Row", "moved_out": ago(n * 30)} for n in (1, 2, 3)
    ]
    assert fired(tree, "P12")
    tree["household"]["addresses"][2]["moved_out"] = ago(365)
    assert fired(tree, "P12") == []


def test_p13_nobody_leads() -> None:
    tree = plain_case()
    lead = tree["household"].pop("lead_professional")
    for number, fires in ((2, False), (3, True)):
        tree["household"]["agencies"] = ["gp", "police", "school"][:number]
        assert [p.effect for p in fired(tree, "P13")] == (["hold"] if fires else [])
    tree["household"]["lead_professional"] = {**lead, "accepted": None}
    assert fired(tree, "P13")
    tree["household"]["lead_professional"] = lead
    assert fired(tree, "P13") == []


def test_p14_silence_is_never_clearance() -> None:
    tree = plain_case()
    asked = [{"agency": a, "question": "?", "asked": ago(9), "due": ago(1)} for a in ("police", "provider")]
    tree["household"]["enquiries"] = asked
    found = fired(tree, "P14")
    assert [(p.effect, p.through) for p in found] == [("high", ("IS02", "household"))]
    assert [r.effect for r in result_of(tree).rows if r.criterion == "IS02"] == ["high"]
    tree["household"]["enquiries"] = asked[:1]
    assert fired(tree, "P14") == []
    tree["household"]["enquiries"] = [{**e, "due": TODAY} for e in asked]  # due today is not past
    assert fired(tree, "P14") == []
    tree["household"]["enquiries"] = [asked[0], {**asked[1], "answered": "full"}]
    assert fired(tree, "P14") == []
    tree["household"]["enquiries"] = [asked[0], {**asked[1], "agency": "probation"}]  # need not be asked here
    assert fired(tree, "P14") == []


def accepted(criterion: str, subject: str, **more: Any) -> dict[str, Any]:
    return {
        "criterion": criterion, "subject": subject, "by": "Sena", "role": "senior_officer", "reason": "It is right for this family.",
        "on": TODAY, "review_on": "2026-12-01", **more,
    }  # fmt: skip


def test_p15_it_adds_up() -> None:
    tree = plain_case()
    medium = [("LS25", "household", "cannot"), ("LS26", "unit", "not_within_reach"), ("LS11", "unit", "out_by_day")]
    for name, subject, value in medium:
        tree = instead(tree, name, subject, answered(name, subject, value))
    tree["acceptances"] = [accepted(n, s) for n, s, _ in medium]
    assert [p.effect for p in fired(tree, "P15")] == ["senior"]
    assert fired({**tree, "acceptances": tree["acceptances"][:2]}, "P15") == []
    closed = {**tree, "acceptances": [*tree["acceptances"], accepted("P15", "household")]}
    assert [(p.state, p.hits) for p in fired(closed, "P15")] == [("accepted", 1)]
    by_officer = {**tree, "acceptances": [*tree["acceptances"], accepted("P15", "household", role="housing_officer")]}
    assert [(p.state, p.hits) for p in fired(by_officer, "P15")] == [("worrying", 2)]


def test_p15_two_high_accepted_in_one_domain_or_high_in_three() -> None:
    tree = instead(plain_case(), "CS15", "unit", answered("CS15", "unit", "past"))
    tree = instead(tree, "CS21", "household", answered("CS21", "household", "undeclared"))
    tree["acceptances"] = [accepted("CS15", "unit"), accepted("CS21", "household")]
    assert fired(tree, "P15")
    assert fired({**tree, "acceptances": tree["acceptances"][:1]}, "P15") == []
    three = instead(plain_case(), "CS15", "unit", answered("CS15", "unit", "past"))
    three = instead(three, "SA08", "household", answered("SA08", "household", "unworkable"))
    assert fired(three, "P15") == []
    assert fired(instead(three, "LS24", "household", answered("LS24", "household", "departs")), "P15")


def plan(**more: Any) -> dict[str, Any]:
    return {
        "criterion": "CS15", "subject": "unit", "what": "Staffed block", "owner": {"name": "Pat"}, "owner_accepted": TODAY,
        "due": "2026-11-30", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "fires"),
    [
        ({}, False),
        ({"owner_accepted": None}, True),
        ({"due": ago(1)}, True),
        ({"due": TODAY}, False),
        ({"promised_before": 2}, True),
        ({"promised_before": 1}, False),
        ({"promised_before": 2, "in_place": TODAY, "seen_grade": "E2", "seen_by": "Olu", "seen_on": TODAY}, False),
    ],
)
def test_p16_promised_and_not_in_place_reverts_the_row(change: dict[str, Any], fires: bool) -> None:
    tree = instead(plain_case(), "CS15", "unit", answered("CS15", "unit", "past"))
    tree["mitigations"] = [plan(**change)]
    assert bool(fired(tree, "P16")) is fires
    row = next(r for r in result_of(tree).rows if r.criterion == "CS15")
    assert row.state == ("worrying" if fires else "mitigated")


def test_p17_agreed_and_not_seen() -> None:
    tree = plain_case()
    for number in (1, 2):
        event(tree, "said_done", number, grade="E1", what=f"action {number}")
    assert fired(tree, "P17") == []
    event(tree, "said_done", 3, grade="E2", what="seen by the officer")
    assert fired(tree, "P17") == []
    event(tree, "said_done", 4, grade="E1", what="action 4")
    assert len(fired(tree, "P17")[0].facts) == 3


def test_p18_an_adult_not_declared_never_says_who_saw() -> None:
    tree = instead(plain_case(), "CS21", "household", answered("CS21", "household", "undeclared", "E2"))
    assert fired(tree, "P18") == []
    tree["answers"].append(answered("CS21", "household", "undeclared", "E3", agency=44))
    found = fired(tree, "P18")
    assert [(p.effect, p.through) for p in found] == [("high", ("CS21", "household"))]
    assert "Voice" not in str(found)
    assert "agency" not in " ".join(found[0].facts)


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


# ---- P20 to P27


@pytest.mark.parametrize(("good", "bad", "fires"), [(10, 3, True), (10, 2, False), (3, 10, True), (5, 5, True)])
def test_p20_a_change_after_good_news(good: int, bad: int, fires: bool) -> None:
    tree = event(event(plain_case(), "improving_report", good), "worrying_change", bad)
    assert bool(fired(tree, "P20")) is fires
    assert fired(event(plain_case(), "worrying_change", bad), "P20") == []


def test_p20_from_two_answers_to_one_question() -> None:
    tree = instead(
        plain_case(),
        "CS10",
        "unit",
        answered("CS10", "unit", "working", on=ago(7)),
        answered("CS10", "unit", "not_working", agency=2),
    )
    assert fired(tree, "P20")
    tree = instead(
        plain_case(),
        "CS10",
        "unit",
        answered("CS10", "unit", "working", on=ago(8)),
        answered("CS10", "unit", "not_working", agency=2),
    )
    assert fired(tree, "P20") == []


def pregnant(tree: dict[str, Any]) -> dict[str, Any]:
    member(tree, "A").update(sex="female", pregnant=True, due="2027-01-05")
    return settled(tree)


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


@pytest.mark.parametrize("kind", ["complaint", "late"])
def test_p23_rights_are_not_risk(kind: str) -> None:
    before = result_of(plain_case())
    after = result_of(event(plain_case(), kind, 2))
    assert [p.id for p in after.patterns] == ["P23"]
    assert (after.outcome, after.safeguarding_route, after.scores, after.rows) == (
        before.outcome, before.safeguarding_route, before.scores, before.rows,
    )  # fmt: skip


def test_p23_refusing_the_notice_has_no_effect_at_all() -> None:
    before, tree = (
        result_of(plain_case()),
        instead(plain_case(), "IS04", "household", answered("IS04", "household", "refused")),
    )
    after = result_of(tree)
    assert [p.id for p in after.patterns] == ["P23"]
    assert (after.outcome, after.safeguarding_route, after.scores) == (
        before.outcome,
        before.safeguarding_route,
        before.scores,
    )


def test_p25_tonight_became_the_plan() -> None:
    tree = event(plain_case(), "emergency_placement", 3, nights=5)
    assert fired(tree, "P25") == []
    assert [p.effect for p in fired(event(tree, "emergency_placement", 28, nights=30), "P25")] == ["senior"]
    assert (
        fired(
            event(event(plain_case(), "emergency_placement", 3, nights=5), "emergency_placement", 29, nights=30), "P25"
        )
        == []
    )
    over = event(plain_case(), "emergency_placement", 6, nights=5)
    assert fired(over, "P25")
    over["acceptances"] = [accepted("P25", "household")]
    assert [(p.state, p.hits) for p in fired(over, "P25")] == [("accepted", 1)]


@pytest.mark.parametrize(("others", "fires"), [(2, True), (1, False), (None, False)])
def test_p26_building_alert(others: int | None, fires: bool) -> None:
    tree = instead(plain_case(), "CS15", "unit", answered("CS15", "unit", "past"))
    tree["placement"]["other_files_worried"] = others
    assert bool(fired(tree, "P26")) is fires
    calm = plain_case()
    calm["placement"]["other_files_worried"] = others
    assert fired(calm, "P26") == []


@pytest.mark.parametrize(
    "word", ["child_alone", "overdose", "violence_now", "baby_cannot_be_woken", "medicine_swallowed"]
)
def test_p27_danger_now(word: str) -> None:
    tree = {**plain_case(), "danger": [word]}
    result = result_of(tree)
    assert ([p.id for p in result.patterns], result.safeguarding_route) == (["P27"], "999")
    assert result.outcome == result_of(plain_case()).outcome


# ---- answering, and never concluding


def test_a_reason_closes_a_prompt_and_never_lifts_an_effect() -> None:
    prompt = {**event(plain_case(), "complaint", 2)}
    prompt["pattern_answers"] = [
        {
            "pattern": "P23",
            "subject": "household",
            "by": "Olu",
            "reason": "Considered, and it has no effect.",
            "on": TODAY,
        }
    ]
    assert [(p.id, p.state) for p in result_of(prompt).patterns] == [("P23", "answered")]  # answered, and still shown
    held = plain_case()
    held["household"] |= {"agencies": ["gp", "police", "school"], "lead_professional": None}
    before = result_of(held)
    held["pattern_answers"] = [
        {"pattern": "P13", "subject": "household", "by": "Olu", "reason": "We will find somebody soon.", "on": TODAY}
    ]
    after = result_of(held)
    assert (after.outcome, [(p.id, p.state, p.hits) for p in after.patterns]) == (
        before.outcome, [(p.id, p.state, p.hits) for p in before.patterns],
    )  # fmt: skip


def test_h1_fires_what_the_specification_says_and_not_p03() -> None:
    names = {p["pattern"] for p in _reported("h1")}
    assert names >= {"P01", "P04", "P05", "P07", "P09", "P10", "P11", "P13", "P19"}
    assert "P03" not in names


def test_h2_fires_nothing_at_all() -> None:
    assert _reported("h2") == []


def test_h5_fires_p03_and_p22_and_not_p01() -> None:
    names = {p["pattern"] for p in _reported("h5")}
    assert names >= {"P03", "P22"}
    assert "P01" not in names


def _reported(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = report.assessed(CHECKLIST, case_file.build(example(name), CHECKLIST), COUNCIL)[
        "patterns"
    ]
    return found


def test_no_pattern_labels_anybody() -> None:
    words = " ".join(
        f"{t.name} {t.prompt} {t.rationale} {t.step} {t.when}" for t in CHECKLIST.patterns.values()
    ).casefold()
    for label in (
        "non-engaging",
        "disguised",
        "dna",
        "toxic trio",
        "failed to",
        "non-complian",
        "hard to reach",
        "risky parent",
    ):
        assert label not in words.split() if label == "dna" else label not in words
