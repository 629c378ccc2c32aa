"""A placement of several units: every question about the unit is a row of each, and the worst leads."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given

from app.suitability.advice.held_already import held_already
from app.suitability.advice.reasoning import paths
from app.suitability.casefile.household import FurtherUnit, Placement
from app.suitability.casefile.units import called
from app.suitability.judgement.result import Result, Row
from app.suitability.reading import case_file
from app.suitability.reading.case_file import CaseFileError
from tests.suitability.households import (
    CHECKLIST,
    answered,
    instead,
    plain,
    result_of,
    row_of,
    settled,
    seven,
)
from tests.suitability.properties import SEARCHES, SEEDS, judged, place
from tests.suitability.properties import result_of as tree_result
from tests.trees import copied

FIRST, SECOND = "unit", "R14"
OF_A_UNIT = [c.id for c in CHECKLIST.criteria.values() if c.subject == "unit"]


@cache
def _settled() -> Any:
    return settled(seven())


def base() -> dict[str, Any]:
    tree: dict[str, Any] = copied(_settled())
    return tree


def second(**changes: Any) -> dict[str, Any]:
    """The settled family with other facts of the second room."""
    tree = base()
    tree["placement"]["further_units"][0] |= changes
    return tree


def found(tree: dict[str, Any], criterion: str, subject: str) -> Row:
    row = row_of(tree, criterion, subject)
    assert row is not None, (criterion, subject)
    return row


def states(result: Result, subject: str) -> dict[str, str]:
    return {r.criterion: r.state for r in result.rows if r.subject == subject}


# ---- a row of each


def test_every_question_about_the_unit_is_a_row_of_each() -> None:
    result = result_of(base())
    asked = {c: [r.subject for r in result.rows if r.criterion == c] for c in OF_A_UNIT}
    assert {c: keys for c, keys in asked.items() if keys not in ([], [FIRST, SECOND])} == {}
    assert len([keys for keys in asked.values() if keys]) >= 15


def test_two_units_alike_are_judged_alike() -> None:
    result = result_of(base())
    assert states(result, FIRST) == states(result, SECOND)
    assert set(states(result, FIRST).values()) == {"clear"}


def test_a_question_answered_of_one_is_still_open_of_the_other() -> None:
    tree = instead(base(), "CS10", SECOND)
    assert found(tree, "CS10", FIRST).state == "clear"
    assert found(tree, "CS10", SECOND).state == "open"
    assert result_of(tree).outcome == "cannot_decide"


@pytest.mark.parametrize("key", [FIRST, SECOND])
def test_the_worst_of_them_leads(key: str) -> None:
    tree = instead(base(), "LS16", key, answered("LS16", key, "prohibition"))
    result = result_of(tree)
    assert result.outcome == "not_suitable"
    assert {c.outcome for c in result.children} == {"not_suitable"}
    assert found(tree, "LS16", {FIRST: SECOND, SECOND: FIRST}[key]).state == "clear"


def test_a_plan_for_one_lifts_nothing_of_the_other() -> None:
    tree = base()
    for key in (FIRST, SECOND):
        tree = instead(tree, "CS08", key, answered("CS08", key, "unrestricted"))
    seen = {"criterion": "CS08", "subject": FIRST, "what": "Restrictors", "in_place": tree["on"], "seen_grade": "E2", "seen_by": "Olu", "seen_on": tree["on"]}  # fmt: skip
    tree["mitigations"] = [seen]
    assert found(tree, "CS08", FIRST).state == "mitigated"
    assert found(tree, "CS08", SECOND).state == "worrying"
    assert result_of(tree).outcome == "not_suitable"


def test_a_score_shares_the_weight_among_them() -> None:
    alone = base()
    del alone["placement"]["further_units"]
    alone["answers"] = [a for a in alone["answers"] if a["subject"] != SECOND]
    one = result_of(instead(alone, "CS08", FIRST, answered("CS08", FIRST, "unrestricted")))
    both = result_of(instead(base(), "CS08", SECOND, answered("CS08", SECOND, "unrestricted")))
    share = {r.subject: r.share for r in both.rows if r.criterion == "CS08"}
    assert share[FIRST] == share[SECOND]
    assert sum(share.values()) == next(r.share for r in one.rows if r.criterion == "CS08")


def test_their_order_in_the_file_changes_the_order_of_rows_alone() -> None:
    tree = base()
    third = {**copied(tree["placement"]["further_units"][0]), "key": "R15", "door": "Room 15", "sleeps": []}
    tree["placement"]["further_units"].append(third)
    turned = copied(tree)
    turned["placement"]["further_units"].reverse()
    one, other = result_of(tree), result_of(turned)
    assert {(r.criterion, r.subject): (r.state, r.effect, r.outcome) for r in one.rows} == {
        (r.criterion, r.subject): (r.state, r.effect, r.outcome) for r in other.rows
    }
    for without in (one, other):
        assert [c.outcome for c in without.children] == [one.outcome] * 5
    assert one._replace(rows=(), children=()) == other._replace(rows=(), children=())


# ---- facts of each


def test_what_is_worked_out_is_worked_out_of_each() -> None:
    tree = second(certificates=[])
    assert found(tree, "LS18", FIRST).state == "clear"
    assert found(tree, "LS18", SECOND).is_open


def test_a_question_that_applies_to_one_is_not_asked_of_the_other() -> None:
    tree = second(floor=0)
    assert row_of(tree, "CS08", FIRST) is not None
    assert row_of(tree, "CS08", SECOND) is None


def test_a_fact_not_known_of_one_brings_the_question_of_that_one() -> None:
    tree = second(floor=None)
    assert found(instead(tree, "CS08", SECOND), "CS08", SECOND).applicability_unknown
    assert not found(tree, "CS08", FIRST).applicability_unknown


def test_what_waits_for_a_fact_of_one_unit_is_not_counted_under_another() -> None:
    tree = second(shared_building=None)
    tree["placement"]["shared_building"] = None
    for name in ("CS12", "SM09", "LS19", "CS13", "SA13"):
        for key in (FIRST, SECOND):
            tree = instead(tree, name, key)
    rows = [r for r in result_of(tree).rows if r.subject in (FIRST, SECOND)]
    assert any(r.under for r in rows)
    assert [r for r in rows if r.under and r.under[1] != r.subject] == []
    assert [s for r in rows for s in r.settles if s[1] in (FIRST, SECOND) and s[1] != r.subject] == []


def test_bed_and_breakfast_in_law_of_one_counts_the_nights() -> None:
    private = {"owner": "private", "manager": "private", "shares": ["toilet"], "cooking_provided": False}
    assert row_of(base(), "LS09", "household") is None
    tree = second(**private)
    tree["household"]["bed_and_breakfast"] = [{"first": "2026-10-01", "last": "2026-11-15"}]
    assert found(tree, "LS09", "household").effect == "stop"
    assert found(tree, "LS07", SECOND).state == "worrying"
    assert found(tree, "LS07", FIRST).state == "clear"


def test_one_is_not_made_stronger_by_what_is_so_of_the_other() -> None:
    tree = base()
    for name, value in (("CS12", "shared"), ("CS14", "not_compatible")):
        tree = instead(
            tree, name, SECOND if name == "CS14" else FIRST, answered(name, SECOND if name == "CS14" else FIRST, value)
        )
    assert found(tree, "CS12", FIRST).effect == "high"
    tree = instead(tree, "CS14", FIRST, answered("CS14", FIRST, "not_compatible"))
    assert found(tree, "CS12", FIRST).effect == "stop"


# ---- who sleeps where


def test_space_is_measured_for_who_sleeps_there() -> None:
    assert found(base(), "LS13", "household").state == "clear"
    tree = second(sleeps=["M", "F", "C1", "C2", "C3", "C4", "C5"])
    row = found(tree, "LS13", "household")
    assert row.state == "worrying"
    assert row.why[0].startswith("Room 14: 5.5 persons count")
    assert "Room 12" not in row.why[0]


def test_who_sleeps_where_is_never_assumed() -> None:
    tree = second(sleeps=None)
    for name, subject in (("LS12", "household"), ("LS13", "household")):
        row = found(tree, name, subject)
        assert row.is_open
        assert "Room 12: Who sleeps in which unit is not written down" in row.why[0]
    assert result_of(tree).outcome == "cannot_decide"


def test_of_a_crowded_room_and_one_not_known_both_are_said() -> None:
    tree = second(sleeps=["M", "F", "C1", "C2", "C3", "C4", "C5"])
    third = {**copied(tree["placement"]["further_units"][0]), "key": "R15", "door": "Room 15", "sleeps": None}
    tree["placement"]["further_units"].append(third)
    row = found(tree, "LS13", "household")
    assert row.state == "worrying"
    assert row.is_open
    assert "Room 14: 5.5 persons" in row.why[0]
    assert "Room 15: Who sleeps" in row.why[0]


def test_a_room_nobody_sleeps_in_crowds_nobody() -> None:
    tree = second(sleeps=["F", "C2", "C4", "C5"])
    third = {"key": "R15", "door": "Room 15", "sleeps": [], "rooms": []}
    tree["placement"]["further_units"].append(third)
    assert found(tree, "LS12", "household").state == "clear"
    assert found(tree, "LS13", "household").state == "clear"


def test_a_child_with_no_adult_in_the_room_is_shown_beside_the_question() -> None:
    def held(tree: dict[str, Any]) -> Any:
        return held_already(CHECKLIST, case_file.build(tree, CHECKLIST), "LS03", "household")

    apart = held(second(sleeps=["C1", "C2", "C3"]))
    assert apart.value == "child_apart"
    assert "Room 14: Ama Seven, Ben Seven, Cleo Seven" in apart.words
    with_an_adult = held(base())
    assert with_an_adult.value is None
    assert "Room 12: Mina Seven, Ama Seven, Cleo Seven" in with_an_adult.words
    assert held(second(sleeps=None)) is None
    assert held(settled(plain())) is None


# ---- patterns, words


def test_a_building_they_fled_from_is_looked_for_in_each() -> None:
    tree = base()
    tree["household"]["left_because"] = ["violence"]
    tree = instead(tree, "CS15", SECOND, answered("CS15", SECOND, "past"))
    fired = next(p for p in result_of(tree).patterns if p.id == "P11")
    assert {("CS15", FIRST), ("CS15", SECOND)} <= set(fired.rows)


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("Room 12, 3 Invented Quay", {FIRST: "Room 12", SECOND: "Room 14"}),
        ("3 Invented Quay", {FIRST: "the first unit", SECOND: "Room 14"}),
        ("room 14, 3 Invented Quay", {FIRST: "the first unit", SECOND: "Room 14"}),
    ],
)
def test_each_is_called_by_its_door(address: str, names: dict[str, str]) -> None:
    tree = second()["placement"] | {"address": address}
    assert called(Placement.model_validate(tree)) == names


def test_one_alone_is_called_the_unit() -> None:
    assert called(Placement.model_validate(plain()["placement"])) == {FIRST: "the unit"}


def test_what_is_found_and_what_is_to_be_done_say_of_which() -> None:
    tree = instead(base(), "LS26", SECOND, answered("LS26", SECOND, "not_within_reach"))
    file = case_file.build(tree, CHECKLIST)
    result = result_of(tree)
    assert ("LS26", "Room 14") in [(p.id, p.subject) for p in paths(CHECKLIST, file, result)]
    row = found(tree, "LS26", SECOND)
    assert row.conditions
    assert all(c.what.endswith("(Room 14)") for c in row.conditions)


# ---- what may not be


MORE = {"door": "Room 15"}


@pytest.mark.parametrize(
    ("units", "path", "said"),
    [
        ([{"key": "R14"}], "placement.further_units[0].door", "This is missing and is needed."),
        ([{"key": "unit", **MORE}], "placement", "“unit” is the key of something else; each unit has one of its own."),
        ([{"key": "a", **MORE}, {"key": "a", "door": "Room 16"}], "placement", "“a” is the key of something else"),
        ([{"key": "household", **MORE}], "placement", "“household” is the key of something else"),
        ([{"key": "a", **MORE}, {"key": "b", "door": "room 15 "}], "placement", "Two units are called “room 15”."),
        ([{"key": "M", **MORE}], "placement.further_units[0].key", "“M” is the key of somebody in the household."),
        ([{"key": "a", **MORE, "sleeps": ["Z"]}], "placement.further_units[0].sleeps", "Nobody in the household is “Z”"),
        (
            [{"key": "a", **MORE, "sleeps": ["M"]}, {"key": "b", "door": "Room 16", "sleeps": ["M"]}],
            "placement", "“M” would sleep in two units at once.",
        ),
        ([{"key": f"R{n}", "door": f"Room {n}"} for n in range(7)], "placement.further_units", "more than the 6"),
        ([{"key": "a", **MORE, "nights": 3}], "placement.further_units[0].nights", "no such name here as “nights”"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(units: list[dict[str, Any]], path: str, said: str) -> None:
    tree = seven()
    tree["placement"]["further_units"] = units
    with pytest.raises(CaseFileError) as refused:
        case_file.build(tree, CHECKLIST)
    assert refused.value.problems[0][0] == path
    assert said in refused.value.problems[0][1]


def test_an_answer_about_a_unit_that_is_not_there_is_refused() -> None:
    tree = base()
    del tree["placement"]["further_units"]
    with pytest.raises(CaseFileError, match="is not asked about “R14”"):
        case_file.build(tree, CHECKLIST)


def test_six_further_units_are_judged() -> None:
    tree = seven()
    tree["placement"]["further_units"] = [{"key": f"R{n}", "door": f"Room {n}"} for n in range(6)]
    assert len({r.subject for r in result_of(tree).rows if r.criterion == "CS10"}) == 7


# ---- and with one unit nothing is otherwise


def test_an_empty_list_is_as_none_named() -> None:
    tree = settled(plain())
    named = copied(tree)
    named["placement"]["further_units"] = []
    one, other = (case_file.build(t, CHECKLIST) for t in (tree, named))
    assert one == other
    assert "further_units" not in other.as_json()["placement"]


# ---- over households that nobody thought of


@SEARCHES
@given(SEEDS)
def test_a_further_unit_of_which_nothing_is_known_never_improves_the_outcome(seed: int) -> None:
    tree, before = judged(seed)
    tree["placement"]["further_units"] = [{"key": "U2", "door": "Another", "sleeps": []}]
    assert place(tree_result(tree)) >= place(before)


@SEARCHES
@given(SEEDS)
def test_units_of_which_the_same_is_known_are_judged_alike(seed: int) -> None:
    tree, _ = judged(seed)
    facts = {k: v for k, v in tree["placement"].items() if k in FurtherUnit.model_fields}
    people = [m["key"] for m in tree["household"]["members"]]
    twice = [{**facts, "key": key, "door": key, "sleeps": sleeps} for key, sleeps in (("U2", people), ("U3", []))]
    tree["placement"]["further_units"] = twice
    for kind in ("answers", "mitigations", "acceptances"):
        of_the_unit = [entry for entry in tree.get(kind, []) if entry["subject"] == "unit"]
        tree[kind] = [*tree.get(kind, []), *(_about(entry, "U3") for entry in of_the_unit)]
    found = states(tree_result(tree), "unit")
    assert states(tree_result(tree), "U3") == found


def _about(entry: dict[str, Any], key: str) -> dict[str, Any]:
    """The same of another unit; an answer that is named has a name of its own there."""
    made = {**entry, "subject": key}
    if "id" in entry:
        made["id"] = f"{entry['id']}-{key}"
    if "supersedes" in entry:
        made["supersedes"] = [f"{named}-{key}" for named in entry["supersedes"]]
    return made
