"""Families with nothing wrong, and thin first interviews: what is told to them. Substance and level; the way forward; folding."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trees import copied

from .conftest import judge, row
from .households import TODAY, answered, instead, plain, settled


@pytest.fixture(scope="module")
def fine() -> dict[str, Any]:
    """A father and his son of nine in a council flat, every answer given by those who can know."""
    return settled(plain())


def said(fine: dict[str, Any], value: Any, grade: str = "E1") -> dict[str, Any]:
    """The same family with another answer about alcohol, drugs and tablets."""
    return instead(fine, "SM01", "A", *([] if value is None else [answered("SM01", "A", value, grade)]))


def findings(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(f["criterion"], f["subject"], f["effect"]) for f in result["findings"]]


def sober_baby() -> dict[str, Any]:
    """A mother alone with a baby of six months, every fact known and nothing about them."""
    tree = plain()
    tree["household"]["members"][0] |= {"sex": "female", "pregnant": False}
    tree["household"]["members"][1]["born"] = "2026-05-20"
    return settled(tree)


# ---- substance and level


@pytest.mark.parametrize(
    ("value", "grade"),
    [("none", "E1"), (["alcohol_low"], "E1"), (["alcohol_low"], "E3"), (["cannabis_long_past"], "E1"),
     (["alcohol_low", "cannabis_long_past"], "E1"), (["alcohol_long_past"], "E3")],
)  # fmt: skip
def test_wine_on_saturdays_or_cannabis_twelve_years_ago_is_suitable(
    fine: dict[str, Any], value: Any, grade: str
) -> None:
    result = judge(settled(said(fine, value, grade)))
    assert result["outcome"] == "suitable"
    assert len(result["findings"]) <= 2


def test_a_grandmother_under_special_guardianship_is_suitable_and_not_asked_whether_she_is_pregnant() -> None:
    tree = plain()
    tree["household"]["members"][0] |= {"born": "1968-05-01", "sex": "female", "pregnant": None}
    tree = settled(tree, {("CS19", "*"): "settled_order"})
    result = judge(tree)
    assert result["outcome"] == "suitable"
    assert len(result["findings"]) <= 2
    assert not any(a["criterion"] == "CS25" for a in tree["answers"])


def test_a_baby_s_night_carer_who_drinks_a_little_is_still_asked_about_sober_nights() -> None:
    baby = sober_baby()
    assert judge(baby)["outcome"] == "suitable"
    result = judge(instead(baby, "SM01", "A", answered("SM01", "A", ["alcohol_low"], "E3")))
    assert ("SM02", "A", "hold") in findings(result)
    assert result["outcome"] == "cannot_decide"


@pytest.mark.parametrize(
    ("value", "asked"), [("opioids_now", {"SM03", "SM08"}), ("cannabis_now", set()), ("alcohol_now", {"SM12"})]
)
def test_opioid_questions_are_of_opioids_and_alcohol_s_of_alcohol(
    fine: dict[str, Any], value: str, asked: set[str]
) -> None:
    named = {f["criterion"] for f in judge(said(fine, [value], "E3"))["findings"]}
    assert named & {"SM03", "SM08", "SM12"} == asked


def test_treatment_counts_against_nobody(fine: dict[str, Any]) -> None:
    """Opioids within two years, and the service confirms the treatment: nothing of it is more than a note."""
    tree = said(fine, ["opioids_past"], "E3")
    untreated = row(judge(tree), "SM01")
    assert [f["effect"] for f in untreated] == ["medium"]
    tree = settled(tree, {("SM03", "A"): "supervised"})
    assert [f["effect"] for f in row(judge(tree), "SM01")] in ([], ["low"])


@pytest.mark.parametrize("value", ["now", "past"])
def test_what_was_stored_without_a_substance_stays_a_worry_and_the_question_open(
    fine: dict[str, Any], value: str
) -> None:
    found = row(judge(said(fine, value, "E3")), "SM01")
    assert any(f["state"] == "worrying" for f in found)
    assert "substance and level not told" in " ".join(w for f in found for w in f["why"])


# ---- one question, and what it settles


def test_one_question_is_named_first_with_what_it_settles(fine: dict[str, Any]) -> None:
    result = judge(said(fine, None))
    first = result["next_questions"][0]
    assert (first["criterion"], first["ask_of"]) == ("SM01", "Child, parents and kin, apart where possible")
    assert {s["criterion"] for s in first["settles"]} == {f"SM{n:02}" for n in range(2, 13)}
    assert {f["criterion"] for f in result["findings"]} == {"SM01", "IS11"}, "what hangs on it is counted under it"
    (open_row,) = row(result, "SM01")
    assert (open_row["effect"], open_row["why"][-1]) == ("hold", "What rests on this answer waits for it.")
    assert result["outcome"] == "cannot_decide"
    assert result["what_would_make_it_suitable"]["reachable"] is True
    assert [s["criterion"] for s in result["what_would_make_it_suitable"]["steps"]] == ["SM01"]


def folds(result: dict[str, Any]) -> dict[tuple[str, str], set[tuple[str, str]]]:
    return {
        (q["criterion"], q["subject"]): {(s["criterion"], s["subject"]) for s in q["settles"]}
        for q in result["next_questions"]
    }


def test_a_row_that_waits_for_two_things_is_counted_where_both_are_asked() -> None:
    """The shared ways, the fire plan and the talk about medicine wait for an answer and a fact, or for two facts."""
    asked = folds(judge(first_interview()))
    assert {("SM09", "unit"), ("LS19", "unit")} <= asked["CS12", "unit"], (
        "whether it is shared, and what is used or needed"
    )
    assert ("SM05", "A") in asked["SM04", "A"], "the same medicine of the same adult"
    assert not {("SM09", "unit"), ("LS19", "unit"), ("SM05", "A")} & set(asked)


def test_a_row_that_waits_for_two_things_stands_where_one_is_asked_nowhere_else() -> None:
    """Medicine at home is only asked by the box itself: it stands, after the substances that settle the other half."""
    asked = list(folds(judge(first_interview())))
    for first, then in (("SM01", "SM04"), ("SM14", "SM15"), ("SM15", "CS20"), ("CS12", "SA13")):
        assert asked.index(next(w for w in asked if w[0] == first)) < asked.index(
            next(w for w in asked if w[0] == then)
        )


def test_the_needs_of_one_and_of_anybody_are_one_question() -> None:
    tree = first_interview()
    asked = folds(judge(tree))
    assert {("CS05", "unit"), ("SM17", "unit")} <= asked["CS24", "C"]
    assert ("SA03", "household") in asked["CS25", "A"]
    tree["household"]["members"][1]["needs"] = []
    asked = folds(judge(tree))
    assert ("CS24", "C") not in asked, "the child has none"
    assert not any(w[0] in ("CS05", "SM17") for rows in (asked, *asked.values()) for w in rows), (
        "so nothing of a child is asked"
    )
    assert ("LS19", "unit") in asked["CS12", "unit"], "what the adult needs is still asked"


def test_a_need_of_a_second_child_is_not_counted_as_settled_by_the_first() -> None:
    """Two children, and of one nobody asks any more: the row rests on the question of the other."""
    tree = first_interview()
    tree["household"]["members"].append(
        {"key": "D", "name": "Dot Example", "kind": "child", "born": "2021-01-01", "sex": "female"}
    )
    tree["household"]["members"][1]["needs"] = []
    asked = folds(judge(tree))
    assert ("CS05", "unit") in asked["CS24", "D"]


# ---- the way forward of what only lacks answers


def first_interview() -> dict[str, Any]:
    return {
        "on": TODAY,
        "household": {
            "reference": "FIRST",
            "members": [
                {"key": "A", "name": "Ada Example", "kind": "adult", "born": "1990-01-01", "sex": "female"},
                {"key": "C", "name": "Cai Example", "kind": "child", "born": "2019-01-01", "sex": "male"},
            ],
        },
        "placement": {"address": "1 Invented Row"},
        "answers": [],
    }


def test_a_first_interview_is_never_told_to_propose_another_placement() -> None:
    result = judge(first_interview())
    way = result["what_would_make_it_suitable"]
    assert way["reachable"] is True
    assert way["because"] == "It can become suitable with conditions when each of these is done."
    assert not any("another" in s["step"] for s in way["steps"] if not s["criterion"])


@pytest.mark.parametrize("value", [None, ["alcohol_now"], ["alcohol_past"], ["cannabis_now"], "now", "past"])
def test_an_answer_about_substances_leaves_a_way(fine: dict[str, Any], value: Any) -> None:
    assert judge(said(fine, value))["what_would_make_it_suitable"]["reachable"] is True


def test_what_was_told_in_one_conversation_is_confirmed_in_one(fine: dict[str, Any]) -> None:
    """A week later the landlord's answers have grown old together: one question says which it confirms, each still weighed."""
    later = copied(fine) | {"on": "2026-12-22"}
    result = judge(later)
    together = [q for q in result["next_questions"] if q["with_it"]]
    assert together
    named = {(q["criterion"], q["subject"]) for q in result["next_questions"]}
    for q in together:
        assert all((w["criterion"], w["subject"]) not in named for w in q["with_it"])
    held = {f["criterion"] for f in result["findings"]}
    assert all(w["criterion"] in held for q in together for w in q["with_it"]), "each is still weighed by itself"
