"""What would make a placement suitable: the smallest set, tried on the engine, or why none does."""

from __future__ import annotations

from functools import cache
from typing import Any

from app.checklists import from_texts, read_texts
from app.settings import ROOT
from app.suitability.advice import report
from app.suitability.reading import case_file
from tests.suitability.conftest import COUNCIL, example, judge
from tests.suitability.households import CHECKLIST, answered, full, instead, plain, settled
from tests.trees import copied


@cache
def _plain() -> Any:
    return settled(plain())


def base() -> dict[str, Any]:
    tree: dict[str, Any] = copied(_plain())
    return tree


def forward(tree: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = judge(tree)["what_would_make_it_suitable"]
    return found


def where(told: dict[str, Any]) -> set[tuple[str, str]]:
    return {(s["criterion"], s["subject"]) for s in told["steps"]}


def test_one_answer_missing_is_one_step() -> None:
    told = forward(instead(base(), "CS10", "unit"))
    assert told["reachable"]
    assert where(told) == {("CS10", "unit")}
    assert told["steps"][0]["owner"]
    assert told["steps"][0]["step"].startswith("Ask ")


def test_a_stop_until_asks_for_the_thing_in_place_and_seen() -> None:
    tree = base()
    worry = next(c for c, o in CHECKLIST.criteria["CS10"].options.items() if o.means == "worrying")
    told = forward(instead(tree, "CS10", "unit", answered("CS10", "unit", worry)))
    assert told["reachable"]
    assert where(told) == {("CS10", "unit")}


def test_a_stop_is_out_of_reach_and_leads_to_the_next_safe_step() -> None:
    tree = plain()
    tree["household"]["members"][1]["born"] = "2023-01-01"
    tree["household"]["members"][0]["substance_sign"] = True
    tree = settled(tree)
    told = forward(instead(tree, "CS15", "unit", answered("CS15", "unit", "current")))
    assert not told["reachable"]
    assert "drugs, violence and takeover at the building" in told["because"]
    assert "The duty to accommodate goes on" in told["because"]
    assert [s["owner"] for s in told["steps"]][-1] == "senior officer"


def test_where_no_set_is_known_what_would_remain_is_said_and_another_place_is_looked_for() -> None:
    """A council's own criterion that wants two agencies but believes one only: no answers to come can ever settle it."""
    texts = read_texts(ROOT / "checklists")
    before = "min_sources: 2\n    only_from: [asb_team, police, provider]"
    assert texts["child_safety.yaml"].count(before) == 1
    texts["child_safety.yaml"] = texts["child_safety.yaml"].replace(
        before, before.replace("[asb_team, police, provider]", "[police]")
    )
    checklist = from_texts(texts)
    tree = plain()
    tree["household"]["members"][1]["born"] = "2023-01-01"
    told = report.assessed(checklist, case_file.build(settled(tree), checklist), COUNCIL)["what_would_make_it_suitable"]
    assert not told["reachable"]
    assert "No set of answers and mitigations is known" in told["because"]
    assert "What would remain: drugs, violence and takeover at the building." in told["because"]
    assert told["because"].endswith("The duty to accommodate goes on.")
    assert [s["owner"] for s in told["steps"]] == ["placement officer", "senior officer"]
    assert all(s["step"] for s in told["steps"])


def test_one_root_answer_replaces_the_questions_that_hang_on_it() -> None:
    """Nobody asked about substance use: a dozen questions wait on it, and one answer takes them away."""
    tree = plain()
    tree["household"]["members"][0]["substance_sign"] = True
    tree = settled(tree)
    unasked = {**tree, "answers": [a for a in tree["answers"] if not a["criterion"].startswith("SM")]}
    held = [f for f in judge(unasked)["findings"] if f["criterion"] == "SM01"]
    assert len(held[0]["settles"]) > 5
    told = forward(unasked)
    assert told["reachable"]
    assert ("SM01", "A") in where(told)
    assert not where(told) & {(s["criterion"], s["subject"]) for s in held[0]["settles"]}


def test_the_set_is_the_smallest_no_step_can_be_left_out() -> None:
    """Answering all but one of the steps as they say leaves the outcome where it was."""
    tree = base()
    for criterion in ("CS10", "CS13", "CS21"):
        tree = instead(tree, criterion, "household" if criterion == "CS21" else "unit")
    told = forward(tree)
    assert told["reachable"]
    answers = {(a["criterion"], a["subject"]): a for a in base()["answers"]}
    done = where(told)
    assert done <= {("CS10", "unit"), ("CS13", "unit"), ("CS21", "household")}
    whole = {**tree, "answers": [*tree["answers"], *(answers[w] for w in done)]}
    assert judge(whole)["outcome"] in ("suitable", "suitable_with_conditions")
    for left_out in done:
        fewer = {**tree, "answers": [*tree["answers"], *(answers[w] for w in done - {left_out})]}
        assert judge(fewer)["outcome"] in ("cannot_decide", "not_suitable"), left_out


def test_what_is_suitable_already_says_its_conditions_or_the_next_look() -> None:
    told = forward(base())
    assert (told["reachable"], len(told["steps"])) == (True, 1)
    assert "review" in told["steps"][0]["step"].lower()
    conditions = forward(example("h2"))
    assert conditions["reachable"]
    assert all(s["owner"] for s in conditions["steps"])


def test_nothing_is_assumed_the_case_itself_is_untouched() -> None:
    tree = instead(settled(full()), "CS10", "unit")
    before = copied(tree)
    first = judge(tree)
    assert tree == before
    assert judge(tree) == first


# ---- what to ask next


def test_at_most_what_is_open_is_asked_with_the_agencys_own_exact_words() -> None:
    told = judge(example("h1"))
    opened = {(f["criterion"], f["subject"]) for f in told["findings"] if f["state"] == "open"}
    asked = {(q["criterion"], q["subject"]) for q in told["next_questions"]}
    assert opened <= asked
    for q in told["next_questions"]:
        agency = next(a for a in CHECKLIST.agencies.values() if a.name == q["ask_of"])
        assert q["exact_question"] == agency.question
        assert (q["ground"], q["at_silence"]) == (agency.ground, agency.at_silence)


def test_the_words_of_the_specification_are_asked_of_each_agency() -> None:
    """Some of the table of safeguarding.md section 3, word for word."""
    words = {
        "social_care": "Known? Status? Objection to this address? Who leads?",
        "police": "Address compatible? Fleeing risk reaches here?",
        "drug_service": "Engaged as of date? Take-home? Box? Gap on move? Child known to you?",
        "probation": "Licence and address approved with these children in it?",
        "gp": "Contacts not brought and reasons? Sedating medicine? Concerns?",
        "health_visiting": "Last seen by whom? Sleep place? Contacts due, kept, not brought and reasons recorded? Handover accepted?",
    }
    assert {code: CHECKLIST.agencies[code].question for code in words} == words


def test_a_hold_whose_worst_answer_is_a_stop_comes_first_and_a_chase_last() -> None:
    tree = instead(instead(instead(base(), "CS10", "unit"), "SA11", "household"), "LS02", "household")
    questions = judge(tree)["next_questions"]
    assert [q["criterion"] for q in questions] == ["CS10", "LS02", "IS11", "SA11"]
    assert [q["could_change_outcome"] for q in questions][-1] is False


def test_where_nothing_could_change_the_outcome_a_hold_still_comes_before_a_chase() -> None:
    questions = judge(example("h1"))["next_questions"]
    assert not any(q["could_change_outcome"] for q in questions)
    effects = [q["effect"] for q in questions]
    assert effects == sorted(effects, key=["hold", "chase", "note"].index)


def test_a_stop_says_what_another_unit_has_to_have() -> None:
    steps = [s["step"] for s in judge(example("h1"))["what_would_make_it_suitable"]["steps"]]
    wanted = next(s for s in steps if s.startswith("Look for another unit"))
    for words in (
        "self-contained",
        "ground floor or with windows",
        "a cot for each child under 2",
        "no record of drugs",
    ):
        assert words in wanted


def test_nobody_who_has_nothing_to_do_with_the_family_is_asked() -> None:
    """A family with no sign of substance use is not told to ask the drug and alcohol service about it."""
    asked = {q["ask_of"] for q in judge(example("h5"))["next_questions"] if not q["doubtful"]}
    assert not any("Drug and alcohol" in name or "MAPPA" in name for name in asked)
    first = judge(example("h5"))["next_questions"][:3]
    assert not any(q["doubtful"] for q in first)
