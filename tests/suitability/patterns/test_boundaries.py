"""Patterns at their edges: what nobody asked, what was promised and not seen, a day on either side, another domain."""

from __future__ import annotations

from typing import Any

import pytest

from tests.suitability.households import CHECKLIST, TODAY, answered, instead, result_of, settled
from tests.suitability.pattern_cases import aged, ago, contacts, event, fired, member, not_asked, past_user, plain_case
from tests.trees import copied

SENIOR = {"by": "Sena", "role": "senior_officer", "reason": "It is right for this family.", "on": TODAY, "review_on": "2026-12-01"}  # fmt: skip


def accepted(criterion: str, subject: str, **more: Any) -> dict[str, Any]:
    return {"criterion": criterion, "subject": subject, **SENIOR, **more}


def baby() -> dict[str, Any]:
    tree = plain_case()
    member(tree, "C")["born"] = "2026-06-01"
    return settled(tree)


def told(tree: dict[str, Any], *said: tuple[str, str, Any]) -> dict[str, Any]:
    for name, subject, value in said:
        tree = instead(tree, name, subject, answered(name, subject, value))
    return tree


# ---- P09


@pytest.mark.parametrize(
    ("use", "grade", "fires"),
    [("now", "E1", True), ("past", "E1", True), ("past", "E4", False), ("none", "E1", True), ("none", "E4", False), (None, "", True)],
)  # fmt: skip
def test_p09_whether_a_carer_uses(use: str | None, grade: str, fires: bool) -> None:
    """Only an answer at the grade of the question closes it: a parent’s “past” is not known to be no longer."""
    tree = told(baby(), ("CS02", "C", "unknown"))
    member(tree, "A")["substance_sign"] = True
    tree = settled(tree)
    tree = instead(tree, "SM03", "A", answered("SM03", "A", "not_prescribed"))
    tree = instead(tree, "SM01", "A", *([answered("SM01", "A", use, grade)] if use else []))
    assert bool(fired(tree, "P09")) is fires


def test_p09_a_promise_that_nobody_has_seen_kept_takes_no_fact_away() -> None:
    tree = told(baby(), ("CS03", "C", ["smoker"]), ("CS04", "C", "sofa_or_shared"))
    assert [p.effect for p in fired(tree, "P09")] == ["high"]
    promised = {"criterion": "CS04", "subject": "C", "what": "A cot", "owner": {"name": "Pat"}, "owner_accepted": TODAY, "due": "2026-11-30"}  # fmt: skip
    assert [p.effect for p in fired({**tree, "mitigations": [promised]}, "P09")] == ["high"]
    assert [p.effect for p in fired({**tree, "acceptances": [accepted("CS04", "C")]}, "P09")] == ["high"]


def test_p09_moves_count_whichever_list_they_are_on() -> None:
    tree = told(baby(), ("CS03", "C", ["smoker"]))
    assert fired(event(copied(tree), "move", 20), "P09") == []
    assert fired(event(event(copied(tree), "move", 20), "move", 3), "P09")
    tree["household"]["addresses"] = [{"kind": "current", "address": "B hotel", "moved_in": ago(3)}]
    assert fired(event(copied(tree), "move", 3), "P09") == [], "the same move on both lists is one"
    assert fired(event(tree, "move", 20), "P09")


@pytest.mark.parametrize("factor", ["smoker", "alcohol", "drugs", "born_early", "low_weight"])
def test_p09_each_factor(factor: str) -> None:
    assert fired(told(baby(), ("CS03", "C", [factor]), ("CS01", "C", "none")), "P09")


# ---- P11


FLED = ["violence"]


def fled() -> dict[str, Any]:
    tree = plain_case()
    tree["household"]["left_because"] = FLED
    return settled(tree)


@pytest.mark.parametrize(
    ("agencies", "on", "grade", "effect"),
    [
        (("police", "council ASB team"), TODAY, "E3", []),  # clear: two who can know, fresh
        (("police", "council ASB team"), ago(28), "E3", []),
        (("police", "council ASB team"), ago(29), "E3", ["hold"]),  # too old to say anything of the building now
        (("Invented Primary School", "Invented Surgery"), TODAY, "E3", ["hold"]),  # two who cannot
        (("police", "West Midlands Police"), TODAY, "E3", ["hold"]),  # two desks of one
        (("police", "council ASB team"), TODAY, "E2", ["hold"]),
    ],
)
def test_p11_whose_word_makes_the_check(agencies: tuple[str, str], on: str, grade: str, effect: list[str]) -> None:
    said = [
        answered("CS15", "unit", "none_known", grade, on) | {"source": {"name": f"V {n}", "agency": a}}
        for n, a in enumerate(agencies)
    ]
    assert [p.effect for p in fired(instead(fled(), "CS15", "unit", *said), "P11")] == effect


# ---- P15


def test_p15_accepted_in_different_domains_is_not_one_domain() -> None:
    medium = [("CS23", "C", "nobody_can_say"), ("SA07", "C", "not_told"), ("LS25", "household", "cannot")]
    tree = told(plain_case(), *medium)
    assert [r.effect for r in result_of(tree).rows if r.state == "worrying"] == ["medium"] * 3
    tree["acceptances"] = [accepted(name, subject) for name, subject, _ in medium]
    assert fired(tree, "P15") == []
    high = [("CS15", "unit", "past"), ("LS24", "household", "departs")]
    two = told(plain_case(), *high)
    two["acceptances"] = [accepted(name, subject) for name, subject, _ in high]
    assert fired(two, "P15") == []


def test_p15_is_accepted_again_when_more_comes_together() -> None:
    high = [("CS15", "unit", "past"), ("SA08", "household", "unworkable"), ("LS15", "unit", "not_inspected")]
    tree = told(plain_case(), *high)
    tree["acceptances"] = [accepted("P15", "household", on=ago(1))]
    assert [p.state for p in fired(tree, "P15")] == ["worrying"], (
        "the worries are of today, the acceptance of yesterday"
    )
    tree["acceptances"] = [accepted("P15", "household")]
    assert [p.state for p in fired(tree, "P15")] == ["accepted"]


# ---- P22


# What is worked out, a list of factors and a day have tests of their own.
APART = ("CS03", "CS22", "IS06", "SA05")
HARM = [c.id for c in CHECKLIST.criteria.values() if c.sign_of == "harm" and c.id not in APART]


@pytest.mark.parametrize("criterion", HARM)
def test_p22_says_nothing_beside_a_sign_of_harm(criterion: str) -> None:
    """Each row that could show harm, told of somebody whom it could be about."""
    tree = told(plain_case(), ("SA11", "household", "nothing_tonight"))
    assert fired(tree, "P22")
    entry = CHECKLIST.criteria[criterion]
    value = next(
        code for code, o in entry.options.items() if o.means == "worrying" and (o.effect or entry.worrying) != "low"
    )
    subject = {"child": "C", "adult": "A", "person": "A", "household": "household", "unit": "unit"}[entry.subject]
    if criterion in ("CS18", "LS06"):
        member(tree, "C" if criterion == "CS18" else "A")["born"] = (
            "2012-01-01" if criterion == "CS18" else "2009-06-01"
        )
    if criterion in ("CS04", "SM13"):
        member(tree, "C")["born"] = "2026-06-01"
    harmed = instead(
        tree, criterion, subject, answered(criterion, subject, [value] if entry.answer == "multiple" else value)
    )
    assert any(r.criterion == criterion and r.state == "worrying" for r in result_of(harmed).rows)
    assert fired(harmed, "P22") == []


@pytest.mark.parametrize(
    ("factors", "fires"),
    [(["born_early"], True), (["sofa_only"], True), (["drugs"], False), (["alcohol", "smoker"], False)],
)
def test_p22_a_small_baby_is_no_harm_and_use_is_a_sign(factors: list[str], fires: bool) -> None:
    tree = told(baby(), ("SA11", "household", "nothing_tonight"), ("CS03", "C", factors))
    assert bool(fired(tree, "P22")) is fires


@pytest.mark.parametrize(("criterion", "subject"), [("SM01", "A"), ("CS26", "household")])
def test_p22_says_nothing_while_nobody_has_asked(criterion: str, subject: str) -> None:
    tree = told(plain_case(), ("SA11", "household", "nothing_tonight"))
    assert fired(tree, "P22")
    assert fired(instead(tree, criterion, subject), "P22") == []


@pytest.mark.parametrize(
    ("stop", "route"), [(("CS02", "C", "no"), "lead_professional"), (("CS12", "unit", "none"), "")]
)
def test_p22_never_covers_a_stop_that_is_not_of_means(stop: tuple[str, str, str], route: str) -> None:
    tree = told(baby(), ("SA11", "household", "nothing_tonight"))
    if not route:
        tree = told(tree, ("LS16", "unit", "prohibition"))
        assert fired(tree, "P22")
        assert any(r.effect == "stop" for r in result_of(tree).rows)
        assert result_of(tree).safeguarding_route == "front_door"
        return
    worry = next(c for c, o in CHECKLIST.criteria["CS02"].options.items() if o.means == "worrying")
    tree = told(tree, ("CS02", "C", worry))
    assert result_of(tree).safeguarding_route == route


# ---- the others, a day on either side


@pytest.mark.parametrize(("days", "fires"), [(5, False), (6, True)])
def test_p25_exactly_at_its_nights(days: int, fires: bool) -> None:
    assert bool(fired(event(plain_case(), "emergency_placement", days, nights=5), "P25")) is fires


@pytest.mark.parametrize(("days", "fires"), [(365, False), (364, True)])
def test_p02_no_access_within_the_year(days: int, fires: bool) -> None:
    tree = contacts(plain_case(), {"outcome": "no_access", "on": ago(days)}, {"outcome": "no_access", "on": ago(5)})
    assert bool(fired(tree, "P02")) is fires


@pytest.mark.parametrize(("born", "fires"), [("2021-11-24", True), ("2021-11-23", False)])
def test_p12_a_child_of_five_today_is_no_longer_young(born: str, fires: bool) -> None:
    tree = told(aged(plain_case(), born), ("CS27", "household", {"addresses": 3, "crossings": 0}))
    assert bool(fired(tree, "P12")) is fires


@pytest.mark.parametrize(
    ("days", "fires"), [(365, True), (366, False)]
)  # twelve months end on the day of the same number
def test_p12_counts_an_address_left_within_the_year(days: int, fires: bool) -> None:
    tree = aged(plain_case(), "2022-01-01")
    tree["household"]["addresses"] = [
        {"kind": "former", "address": f"{n} Row", "moved_out": ago(left)} for n, left in enumerate((10, 100, days))
    ]
    assert bool(fired(tree, "P12")) is fires


@pytest.mark.parametrize(("accepted_on", "fires"), [(TODAY, False), ("2026-11-24", True)])
def test_p13_who_accepts_tomorrow_has_not_accepted(accepted_on: str, fires: bool) -> None:
    tree = plain_case()
    tree["household"] |= {
        "agencies": ["gp", "police", "school"],
        "lead_professional": {"name": "Lea", "accepted": accepted_on},
    }
    assert bool(fired(tree, "P13")) is fires


@pytest.mark.parametrize(("days", "fires"), [(83, True), (85, False)])
def test_p07_a_birth_and_a_move_are_triggers_by_their_own_days(days: int, fires: bool) -> None:
    tree = instead(past_user(plain_case()), "SM01", "A", answered("SM01", "A", "past", "E1", on=ago(90)))
    born = copied(tree)
    member(born, "C")["born"] = ago(days)
    moved = copied(tree)
    moved["household"]["addresses"] = [{"kind": "current", "address": "1 New Row", "moved_in": ago(days)}]
    assert bool(fired(born, "P07")) is bool(fired(moved, "P07")) is fires


def test_p08_treatment_only_said_holds_where_there_is_a_baby() -> None:
    tree = not_asked(past_user(baby()), "drug_service")
    tree = instead(tree, "SM03", "A", answered("SM03", "A", "supervised", "E1"))
    assert [p.effect for p in fired(tree, "P08")] == ["hold"]
    older = instead(
        not_asked(past_user(plain_case()), "drug_service"), "SM03", "A", answered("SM03", "A", "supervised", "E1")
    )
    assert [p.effect for p in fired(older, "P08")] == ["chase"]


def test_p10_by_what_was_answered_alone() -> None:
    tree = told(plain_case(), ("SM14", "A", "involved"))
    assert member(tree, "A")["justice_sign"] is False
    assert fired(tree, "P10"), "an order was not confirmed by anybody who holds it"


def test_p17_what_is_said_to_be_in_place_and_nobody_saw() -> None:
    tree = told(plain_case(), ("CS15", "unit", "past"))
    said = {"criterion": "CS15", "subject": "unit", "in_place": TODAY}
    tree["mitigations"] = [{**said, "what": f"Step {n}"} for n in range(3)]
    assert len(fired(tree, "P17")[0].facts) == 3
    tree["mitigations"][0] |= {"seen_grade": "E2", "seen_by": "Olu", "seen_on": TODAY}
    assert fired(tree, "P17") == []


def test_p26_by_who_shares_the_building_alone() -> None:
    tree = plain_case()
    tree["placement"] |= {"shared_building": True, "other_files_worried": 2}
    tree = told(settled(tree), ("CS12", "unit", "shared"))
    assert fired(tree, "P26")


@pytest.mark.parametrize(
    ("answered_on", "asked", "state"),
    [(ago(28), ago(30), "clear"), (ago(29), ago(30), "open"), (None, ago(28), "clear"), (None, ago(29), "open"), ("2026-11-24", ago(1), "open")],
)  # fmt: skip
def test_p14_an_answer_of_long_ago_is_none_about_this_placement(
    answered_on: str | None, asked: str, state: str
) -> None:
    """IS02 beneath it: the log of questions, and what an agency said of its own question."""
    tree = plain_case()
    for name, subject in (("CS14", "unit"), ("SM16", "A"), ("CS16", "household")):
        tree = instead(tree, name, subject)
    kept = [e for e in tree["household"]["enquiries"] if e["agency"] != "police"]
    put = {"agency": "police", "question": "Known?", "asked": asked, "due": "2026-12-01", "answered": "full"}
    tree["household"]["enquiries"] = [*kept, {**put, **({"answered_on": answered_on} if answered_on else {})}]
    found = next(r for r in result_of(tree).rows if r.criterion == "IS02")
    assert found.state == state


@pytest.mark.parametrize(
    ("on", "state"), [(TODAY, "clear"), (ago(28), "clear"), (ago(29), "open"), ("2024-05-01", "open")]
)
def test_p14_what_an_agency_said_long_ago_of_its_question_is_no_answer(on: str, state: str) -> None:
    tree = plain_case()
    for name, subject in (("CS14", "unit"), ("SM16", "A"), ("CS16", "household")):
        tree = instead(tree, name, subject)
    tree["household"]["enquiries"] = [e for e in tree["household"]["enquiries"] if e["agency"] != "police"]
    told = {"agency": "police", "question": "Compatible?", "asked": "2024-04-30", "answered": "full", "answered_on": on}
    tree["household"]["enquiries"].append(told)
    said = answered("CS14", "unit", "compatible", "E4", on) | {"source": {"name": "Sgt", "agency": "police"}}
    value = next(c for c, o in CHECKLIST.criteria["CS14"].options.items() if o.means == "clear")
    found = next(
        r for r in result_of(instead(tree, "CS14", "unit", {**said, "value": value})).rows if r.criterion == "IS02"
    )
    assert found.state == state
