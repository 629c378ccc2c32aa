"""The patterns about history, people and buildings: P07, P10 to P13, P15, P23, P25 to P27."""

from __future__ import annotations

from typing import Any

import pytest

from app.suitability.casefile.codes import Outcome
from tests.suitability.households import TODAY, answered, instead, result_of, settled
from tests.suitability.pattern_cases import aged, ago, event, fired, member, past_user, plain_case, tree_value
from tests.trees import copied


def accepted(criterion: str, subject: str, **more: Any) -> dict[str, Any]:
    return {
        "criterion": criterion, "subject": subject, "by": "Sena", "role": "senior_officer", "reason": "It is right for this family.",
        "on": TODAY, "review_on": "2026-12-01", **more,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["birth", "move", "release", "bereavement", "benefit_stopped", "antisocial_behaviour"])
def test_p07_history_may_be_present(kind: str) -> None:
    assert fired(past_user(plain_case()), "P07") == []
    found = fired(event(past_user(plain_case()), kind, 5), "P07")
    assert [(p.subject, p.effect) for p in found] == [("A", "hold")]  # there is a sign of use


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


def test_p10_licence_or_release_until_confirmed_on_paper() -> None:
    tree = plain_case()
    member(tree, "A")["justice_sign"] = True
    tree = settled(tree)
    assert fired(tree, "P10") == []  # both answered at E4
    for name, subject in (("CS20", "household"), ("SM14", "A")):
        said = instead(tree, name, subject, answered(name, subject, tree_value(tree, name), "E1"))
        assert [(p.subject, p.effect) for p in fired(said, "P10")] == [("A", "hold")]
    alone = copied(instead(tree, "SM14", "A"))
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
    tree["household"]["addresses"][2]["moved_out"] = ago(366)
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


def test_p15_it_adds_up() -> None:
    tree = plain_case()
    medium = [("LS25", "household", "cannot"), ("LS26", "unit", "not_within_reach"), ("LS11", "unit", "out_by_day")]
    for name, subject, value in medium:
        tree = instead(tree, name, subject, answered(name, subject, value))
    tree["acceptances"] = [accepted(n, s) for n, s, _ in medium]
    assert [p.effect for p in fired(tree, "P15")] == ["senior"]
    assert fired({**tree, "acceptances": tree["acceptances"][:2]}, "P15") == []
    closed = {**tree, "acceptances": [*tree["acceptances"], accepted("P15", "household")]}
    assert [(p.state, p.outcome) for p in fired(closed, "P15")] == [("accepted", Outcome.SUITABLE_WITH_CONDITIONS)]
    by_officer = {**tree, "acceptances": [*tree["acceptances"], accepted("P15", "household", role="housing_officer")]}
    assert [(p.state, p.outcome) for p in fired(by_officer, "P15")] == [("worrying", Outcome.CANNOT_DECIDE)]


def test_p15_two_high_accepted_in_one_domain_or_high_in_three() -> None:
    tree = instead(plain_case(), "CS15", "unit", answered("CS15", "unit", "past"))
    tree = instead(tree, "CS26", "household", answered("CS26", "household", "not_started"))
    tree["acceptances"] = [accepted("CS15", "unit"), accepted("CS26", "household")]
    assert fired(tree, "P15")
    assert fired({**tree, "acceptances": tree["acceptances"][:1]}, "P15") == []
    three = instead(plain_case(), "CS15", "unit", answered("CS15", "unit", "past"))
    three = instead(three, "SA08", "household", answered("SA08", "household", "unworkable"))
    assert fired(three, "P15") == []
    assert fired(instead(three, "LS15", "unit", answered("LS15", "unit", "not_inspected")), "P15")
    # The council’s own paper is no day in a child’s life.
    assert fired(instead(three, "LS24", "household", answered("LS24", "household", "departs")), "P15") == []


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
    assert [(p.state, p.outcome) for p in fired(over, "P25")] == [("accepted", Outcome.SUITABLE_WITH_CONDITIONS)]


def test_p07_a_flight_of_which_nobody_wrote_the_day_is_settled_by_an_answer_still_fresh() -> None:
    tree = past_user(plain_case())
    tree["household"]["left_because"] = ["antisocial_behaviour"]
    for days, fires in ((0, False), (7, False), (8, True)):
        asked = instead(tree, "SM01", "A", answered("SM01", "A", "past", "E3", on=ago(days)))
        assert bool(fired(asked, "P07")) is fires
    said = " ".join(fired(instead(tree, "SM01", "A", answered("SM01", "A", "past", "E3", on=ago(8))), "P07")[0].facts)
    assert "on a day nobody has written down" in said
    assert ago(7) not in said, "no day is made up"
    dated = event(copied(tree), "antisocial_behaviour", 100)  # longer ago than the weeks it looks back
    assert fired(dated, "P07") == []


def test_p12_an_unborn_child_counts_though_nobody_ticked_pregnant() -> None:
    tree = plain_case()
    tree["household"]["members"].append({"key": "U", "name": "Unborn", "kind": "unborn", "due": "2027-06-01"})
    tree = instead(tree, "CS27", "household", answered("CS27", "household", {"addresses": 4, "crossings": 3}))
    assert fired(tree, "P12")


def test_p13_where_nobody_said_which_agencies_are_involved_the_services_count() -> None:
    tree = plain_case()
    tree["household"] |= {
        "lead_professional": None,
        "agencies": None,
        "services": [{"kind": k, "name": k} for k in ("gp", "school", "hospital")],
    }
    assert fired(tree, "P13")
    tree["household"]["agencies"] = ["gp"]
    assert fired(tree, "P13"), "what is used counts beside what is written down"
    told = fired(tree, "P13")[0].facts[0]
    assert told.startswith("3 agencies and services are involved, counting those the family uses.")
    tree["household"]["services"] = [{"kind": k, "name": k} for k in ("gp", "work", "other")]
    assert fired(tree, "P13") == []
    # The drug service is one agency, by whichever name.
    tree["household"] |= {"agencies": ["gp", "drug_service"], "services": [{"kind": "drug_alcohol", "name": "R"}]}
    assert fired(tree, "P13") == []


def test_p25_goes_on_until_something_shows_that_they_left() -> None:
    tree = event(plain_case(), "emergency_placement", 40, nights=3)
    assert [p.effect for p in fired(tree, "P25")] == ["senior"]
    moved = event(copied(tree), "move", 38)
    assert fired(moved, "P25") == []
    tree["household"]["addresses"] = [{"kind": "current", "address": "2 After Row", "moved_in": ago(37)}]
    assert fired(tree, "P25") == []


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
    # The pattern itself changes nothing; that there is a concern asks whether it was referred.
    assert [r.criterion for r in result.rows if r.outcome >= Outcome.CANNOT_DECIDE] == ["IS11", "LS35"]
