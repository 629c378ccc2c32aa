"""What is told of households nobody had tried: the order of questions and reasons, tonight, the next place, the law, whose ear."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import judge, row
from .households import CHECKLIST, answered, instead, plain, settled, young
from .lead_cases import ROOM, of_boy, seen, with_baby

FOUND_ELSEWHERE = "the out-of-hours housing duty finds another place"


# ---- the order of questions and reasons


def test_a_boy_s_own_danger_is_asked_before_the_way_to_school() -> None:
    asked = [q["criterion"] for q in judge(of_boy())["next_questions"]]
    for danger in ("CS15", "CS18"):
        assert asked.index(danger) < min(
            asked.index(name) for name in ("SA06", "CS14", "SM11", "CS10") if name in asked
        )


def test_a_survivor_is_asked_first_and_alone() -> None:
    tree = plain()
    tree["household"]["members"][0] |= {"sex": "female", "pregnant": False}
    tree["household"] |= {"domestic_abuse": True, "left_because": ["domestic_abuse"], "orders": True}
    tree["household"]["members"].append(
        {
            "key": "P",
            "name": "Pat",
            "kind": "adult",
            "born": "1988-01-01",
            "sex": "male",
            "needs": [],
            "justice_sign": True,
        }
    )
    first = judge(tree)["next_questions"][0]
    assert first["criterion"] == "CS17"
    assert first["ask"].startswith("First the survivor, alone:")


def test_a_question_comes_before_those_it_settles() -> None:
    for tree in (of_boy(), plain(), young(), with_baby() | {"answers": []}):
        questions = judge(tree)["next_questions"]
        place = {(q["criterion"], q["subject"]): at for at, q in enumerate(questions)}
        for at, q in enumerate(questions):
            later = [
                place[s["criterion"], s["subject"]] for s in q["settles"] if (s["criterion"], s["subject"]) in place
            ]
            assert all(at < other for other in later), q["criterion"]


def test_chases_come_after_holds() -> None:
    effects = [q["effect"] for q in judge(of_boy())["next_questions"] if not q["settles"]]
    assert "chase" in effects
    assert "hold" not in effects[effects.index("chase") :]


def test_a_silent_agency_is_escalated_not_asked_again() -> None:
    tree = instead(settled(plain()), "CS15", "unit")
    for e in tree["household"]["enquiries"]:
        if e["agency"] == "asb_team":
            e |= {"asked": "2026-11-10", "due": "2026-11-12"}
            del e["answered"], e["answered_on"]
    (asked,) = (q for q in judge(tree)["next_questions"] if q["criterion"] == "CS15")
    assert asked["escalate"] is True
    assert "Do not ask again: escalate." in asked["ask"]
    assert "ask the team manager" in asked["ask"]


def test_the_way_forward_does_not_ask_a_silent_agency_again() -> None:
    tree = plain()
    tree["household"] |= {"domestic_abuse": True, "left_because": ["domestic_abuse"]}
    tree["household"]["members"][0]["sex"] = "female"
    tree = instead(settled(tree), "CS16", "household")
    police = CHECKLIST.agencies["police"]
    tree["household"]["enquiries"] = [
        {"agency": "police", "question": police.question, "asked": "2026-11-10", "due": "2026-11-12"}
    ]
    result = judge(tree)
    (step,) = (s["step"] for s in result["what_would_make_it_suitable"]["steps"] if s["criterion"] == "CS16")
    assert "Do not ask again: escalate." in step


def test_a_child_cannot_be_placed_because_of_the_known_and_worst_first() -> None:
    tree = of_boy()
    tree["answers"] = [answered("CS15", "unit", "past"), answered("LS23", "household", "no_search", "E2")]
    result = judge(tree)
    (child,) = result["children"]
    named = [b["criterion"] for b in child["because"]]
    states = {f["criterion"]: f["state"] for f in reversed(result["findings"])}
    known = [name for name in named if states[name] == "worrying"]
    assert known
    assert named[: len(known)] == known, "what is known to worry comes before what is not known"
    assert named.index("CS18") < named.index("CS06")


# ---- tonight, and the next place


@pytest.mark.parametrize(
    ("tree", "criterion", "told", "next_place"),
    [
        ("order", "CS20", "two places, never one", "outside every area that the terms in force name"),
        (
            "oxygen",
            "CS24",
            "Ask the ward or the clinic to keep or admit the person tonight",
            "oxygen and other equipment included",
        ),
        ("barred", "SM15", "two places tonight, never one", "they are not placed together"),
        ("closed", "LS16", "A prohibition order forbids this use", "Propose another placement"),
        ("girl", "LS06", "Children’s social care finds the place", "supported, agreed with children’s social care"),
    ],
)
def test_what_is_known_to_be_forbidden_closes_the_emergency_route_and_says_where_else(
    tree: str, criterion: str, told: str, next_place: str
) -> None:
    made = {"order": _order, "oxygen": _oxygen, "girl": _girl, "barred": _barred, "closed": _prohibited}[tree]()
    result = judge(made)
    route = result["emergency_route"]
    assert route["open"] is False
    assert [c["criterion"] for c in route["closed_by"]] == [criterion]
    assert FOUND_ELSEWHERE in route["says"]
    assert told in route["says"]
    steps = result["what_would_make_it_suitable"]["steps"]
    assert any(next_place in s["step"] for s in steps)
    unknown = {**made, "answers": [a for a in made["answers"] if a["criterion"] != criterion]}
    if criterion != "LS06":  # an age is a fact of the file, not an answer
        assert judge(unknown)["emergency_route"]["open"] is True, "what is not known closes nothing"


def _order() -> dict[str, Any]:
    tree = plain()
    tree["household"]["orders"] = True
    return instead(settled(tree), "CS20", "household", answered("CS20", "household", "conflict"))


def _oxygen() -> dict[str, Any]:
    tree = plain()
    tree["household"]["members"][1]["needs"] = ["life_sustaining"]
    return instead(settled(tree), "CS24", "C", answered("CS24", "C", "life_sustaining_unmet"))


def _barred() -> dict[str, Any]:
    tree = plain()
    tree["household"]["members"][0]["justice_sign"] = True
    return instead(settled(tree), "SM15", "A", answered("SM15", "A", "not_compatible"))


def _prohibited() -> dict[str, Any]:
    return instead(settled(plain()), "LS16", "unit", answered("LS16", "unit", "prohibition"))


def _girl() -> dict[str, Any]:
    tree = young()
    tree["placement"] |= ROOM
    return settled(tree)


def test_what_no_place_cures_is_said() -> None:
    (step,) = (s for s in judge(_order())["what_would_make_it_suitable"]["steps"] if s["criterion"] == "CS20")
    assert "no other place cures it" in step["step"]


def test_another_bed_and_breakfast_is_not_what_is_looked_for() -> None:
    tree = plain()
    tree["placement"] |= ROOM
    tree["household"]["bed_and_breakfast"] = [{"first": "2026-10-08", "last": "2026-11-22"}]
    result = judge(settled(tree))
    assert "LS09" in {f["criterion"] for f in result["findings"] if f["effect"] == "stop"}
    assert any("not bed and breakfast in law" in s["step"] for s in result["what_would_make_it_suitable"]["steps"])


def test_a_cot_is_spoken_of_only_where_there_is_a_baby() -> None:
    assert "cot" not in judge(plain())["emergency_route"]["says"]
    assert "the cot and the room are seen" in judge(with_baby())["emergency_route"]["says"]


# ---- law only where it is law


@pytest.mark.parametrize(
    ("duty", "basis"),
    [("interim", "law"), ("intentional", "law"), ("main", "law"), ("other_power", "policy"), ("prevention_relief", "policy"), (None, "policy")],
)  # fmt: skip
def test_the_order_on_bed_and_breakfast_is_law_only_for_the_duties_it_names(duty: str | None, basis: str) -> None:
    tree = plain()
    tree["placement"] |= ROOM
    tree["household"]["bed_and_breakfast"] = [{"first": "2026-10-08", "last": "2026-11-22"}]
    tree = settled(tree)
    tree = instead(tree, "LS01", "household", *([answered("LS01", "household", duty)] if duty else []))
    result = judge(tree)
    assert {f["basis"] for name in ("LS07", "LS09") for f in row(result, name)} == {basis}
    assert result["outcome"] == "not_suitable"


def test_a_referral_that_was_not_made_is_policy() -> None:
    tree = instead(
        settled(of_boy()), "CS18", "C", answered("CS18", "C", "linked", "E3"), answered("LS35", "household", "not_made")
    )
    assert {f["basis"] for f in row(judge(tree), "LS35")} == {"policy"}


# ---- only known facts ask an agency


def test_of_what_nobody_asked_the_person_is_asked_and_no_agency_hears() -> None:
    tree = plain()
    tree["household"]["members"][0] |= {"sex": "female", "pregnant": None, "justice_sign": None, "substance_sign": None}
    del tree["household"]["domestic_abuse"]
    result = judge(tree)
    hears = {m["agency"] for m in result["must_ask"]}
    assert hears.isdisjoint({"midwifery", "drug_service", "probation", "prison", "mappa", "domestic_abuse_service"})
    held = {f["criterion"] for f in result["findings"] if f["effect"] == "hold"}
    assert held >= {"CS25", "SM14", "CS17", "SM01"}, "the silence of an agency that was not asked does not vanish"
    asked = {q["criterion"]: q["ask_of"] for q in result["next_questions"]}
    assert asked["CS25"] == asked["SM14"] == asked["SM01"] == "Child, parents and kin, apart where possible"


def test_no_drug_service_hears_of_a_heart_tablet_or_of_a_building() -> None:
    tree = settled(plain())
    tree["household"]["members"][0]["dangerous_medicine"] = True
    history = instead(settled(plain()), "CS15", "unit", answered("CS15", "unit", "past"))
    for asked in (judge(tree)["next_questions"], judge(history)["next_questions"]):
        assert {"SM04", "SM05", "SM08"} & {q["criterion"] for q in asked}
        assert "Drug and alcohol service" not in {q["ask_of"] for q in asked}


@pytest.mark.parametrize(("born", "asked"), [("1951-05-01", False), ("1971-01-01", True), ("1968-01-01", False)])
def test_pregnancy_is_asked_of_women_up_to_the_age_of_the_setting(born: str, asked: bool) -> None:
    tree = plain()
    tree["household"]["members"][0] |= {"born": born, "sex": "female", "pregnant": None}
    assert bool(row(judge(tree), "CS25", "A")) is asked


# ---- smaller


def test_a_stop_that_was_put_right_and_seen_gives_no_route() -> None:
    tree = instead(settled(plain()), "LS16", "unit", answered("LS16", "unit", "category_1"))
    assert judge(tree)["safeguarding_route"] != "none"
    assert judge({**tree, "mitigations": [seen("LS16", "unit")]})["safeguarding_route"] == "none"


def test_an_applicant_of_seventeen_is_asked_as_an_adult_and_as_a_child() -> None:
    asked = {a["criterion"] for a in settled(young())["answers"] if a["subject"] == "A"}
    assert asked >= {"CS18", "CS19", "SM01", "SM14"}


def test_paperwork_of_the_council_adds_nothing_up_for_a_child() -> None:
    """Three worries in three domains, one of them the council’s own reasoning: what adds up is the child’s day."""
    tree = plain()
    tree["household"]["members"][1]["needs"] = ["sensory"]
    tree = settled(tree)
    for criterion, subject, value in (("CS15", "unit", "past"), ("SA06", "C", 55)):
        tree = instead(tree, criterion, subject, answered(criterion, subject, value))
    without = [p for p in judge(tree)["patterns"] if p["pattern"] == "P15"]
    for criterion, subject, value in (("LS28", "C", "not_reasoned"), ("LS23", "household", "no_search")):
        tree = instead(tree, criterion, subject, answered(criterion, subject, value))
    added = [p for p in judge(tree)["patterns"] if p["pattern"] == "P15"]
    assert [p["facts"] for p in added] == [p["facts"] for p in without]


@pytest.mark.parametrize(
    ("said", "agency"),
    [("MASH", "police"), ("MASH", "social_care"), ("Accommodation Plus Ltd", "provider"), ("PPU", "police"),
     ("Leaving care team", "leaving_care"), ("Family Hub", "family_hub")],
)  # fmt: skip
def test_an_agency_is_heard_under_the_names_people_write(said: str, agency: str) -> None:
    assert agency in CHECKLIST.agencies_in(said, "")


def test_minutes_and_bedrooms_are_said_once() -> None:
    tree = plain()
    tree["placement"]["rooms"] = tree["placement"]["rooms"][:1]
    tree["household"]["members"].append(
        {**tree["household"]["members"][1], "key": "D", "name": "Di", "sex": "female", "born": "2011-01-01"}
    )
    tree = settled(tree)
    tree = instead(tree, "SA06", "C", answered("SA06", "C", 55))
    result = judge(tree)
    assert row(result, "SA06")
    assert row(result, "CS07")
    for f in result["findings"]:
        said = " ".join(f["why"])
        assert len(f["why"]) == len(set(f["why"])), f["criterion"]
        assert said.count("55 minutes, over the limit") <= 1
