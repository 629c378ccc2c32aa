"""Ways round the rules that somebody found: each is closed, and says why on the row."""

from __future__ import annotations

from typing import Any

import pytest

from app.suitability.casefile.codes import Outcome

from .criterion_cases import base, found
from .households import TODAY, answered, instead, result_of, row_of
from .pattern_cases import ago, member, plain_case


def by(answer: dict[str, Any], name: str, agency: str = "", role: str = "", **more: Any) -> dict[str, Any]:
    return {**answer, "source": {"name": name, "agency": agency, "role": role}, **more}


@pytest.mark.parametrize(
    ("criterion", "subject", "worry", "good", "agency"),
    [("CS17", "household", "not_safe", "safe", "IDVA service"), ("CS16", "household", "can_reach", "cannot_reach", "police"), ("CS18", "C4", "rival", "no_link", "police")],
)  # fmt: skip
def test_somebody_elses_grade_of_a_survivor_takes_no_professionals_worry(
    criterion: str, subject: str, worry: str, good: str, agency: str
) -> None:
    old = by(answered(criterion, subject, worry, "E3", ago(3)), "Ida", agency, id="w")
    new = by(answered(criterion, subject, good, "E1s"), "Jan", "household", "father", supersedes=["w"], reason="All is well.")  # fmt: skip
    row = found(instead(base(), criterion, subject, old, new), criterion, subject)
    assert row.effect == "stop"
    assert "What Jan said later does not take its place" in " ".join(row.why)


# ---- facts that others rest on


def test_treatment_told_by_the_service_stays_though_the_gp_says_none() -> None:
    tree = instead(base(), "SM01", "M", answered("SM01", "M", "none"))
    assert found(tree, "SM03", "M").is_open, "the two differ: one of them is wrong"
    assert found(instead(tree, "SM04", "M"), "SM04", "M").open_effect == "hold", "a box is still asked for"
    sober = instead(tree, "SM03", "M")
    assert row_of(sober, "SM03", "M") is None


def test_a_pregnancy_the_midwife_told_of_stays_though_the_household_says_none() -> None:
    tree = plain_case()
    member(tree, "A").update(sex="female", pregnant=False)
    tree = instead(tree, "CS25", "A", answered("CS25", "A", "booked", "E3"))
    row = found(tree, "CS25", "A")
    assert row.is_open
    assert found(tree, "SA03", "household").open_effect == "hold", "the midwife is asked for the plan of the birth"
    assert result_of(tree).outcome == "cannot_decide"


@pytest.mark.parametrize(
    ("criterion", "subject", "first", "then", "left"),
    [
        ("CS19", "C3", "plan_or_order", "in_need", "stop_until"),
        ("CS19", "C3", "plan_or_order_agreed", "not_open", "none"),
        ("CS26", "household", "early_help", "none_seen", "none"),
        ("SM14", "F", "involved_confirmed", "no_involvement", "none"),
        ("SM03", "M", "take_home", "not_prescribed", "none"),
    ],
)
def test_a_source_says_less_of_its_own_fact_only_with_a_reason(
    criterion: str, subject: str, first: str, then: str, left: str
) -> None:
    old = answered(criterion, subject, first, "E4", ago(2))
    quiet = answered(criterion, subject, then, "E1")
    both = found(instead(base(), criterion, subject, old, quiet), criterion, subject)
    assert {a.value for a in both.answers} == {first, then}, "both stand"
    assert both.effect == left or both.is_open
    reasoned = answered(criterion, subject, then, "E4", reason="The file was of another family.")
    assert {a.value for a in found(instead(base(), criterion, subject, old, reasoned), criterion, subject).answers} == {
        then
    }


# ---- whose it is to take back


@pytest.mark.parametrize(
    ("criterion", "worry", "good"), [("IS10", "disagrees", "none"), ("IS03", "objects", "no_objection")]
)
def test_no_officer_takes_back_an_objection(criterion: str, worry: str, good: str) -> None:
    old = by(answered(criterion, "household", worry, "E3", ago(2)), "Hester", "NHS", "health visitor", id="w")
    new = by(answered(criterion, "household", good, "E4"), "Olu", "council", "housing officer", supersedes=["w"], reason="I rang.")  # fmt: skip
    own = by(answered(criterion, "household", good, "E3"), "Hester", "NHS", "health visitor", reason="The plan is in place.")  # fmt: skip
    assert found(instead(base(), criterion, "household", old, new), criterion, "household").state == "worrying"
    assert found(instead(base(), criterion, "household", old, own), criterion, "household").state == "clear"


@pytest.mark.parametrize(("grade", "state"), [("E2", "worrying"), ("E3", "worrying"), ("E4", "mitigated")])
@pytest.mark.parametrize(
    ("criterion", "subject", "value"), [("IS03", "household", "objects"), ("CS19", "C1", "plan_or_order")]
)
def test_an_agreement_is_in_hand_or_it_is_none(
    criterion: str, subject: str, value: str, grade: str, state: str
) -> None:
    tree = instead(base(), "SM01", "M", answered("SM01", "M", "now"))
    tree = instead(tree, criterion, subject, answered(criterion, subject, value))
    seen = {"criterion": criterion, "subject": subject, "what": "Agreed", "in_place": TODAY, "seen_grade": grade, "seen_by": "Olu", "seen_on": TODAY}  # fmt: skip
    row = found({**tree, "mitigations": [*tree["mitigations"], seen]}, criterion, subject)
    assert (row.effect, row.state) == ("stop_until", state)


def test_nobody_of_the_household_is_who_saw_it_put_right() -> None:
    tree = instead(base(), "SM04", "M", answered("SM04", "M", "none"))
    for who, state in (("Mo Full", "worrying"), ("Olu Officer", "mitigated")):
        seen = {"criterion": "SM04", "subject": "M", "what": "A box", "in_place": TODAY, "seen_grade": "E2", "seen_by": who, "seen_on": TODAY}  # fmt: skip
        assert found({**tree, "mitigations": [*tree["mitigations"], seen]}, "SM04", "M").state == state


# ---- dates, ways and sights


@pytest.mark.parametrize("lacking", [{"source": {}}, {"grade": "E1"}])
def test_a_day_that_is_not_enough_takes_no_worry_away(lacking: dict[str, Any]) -> None:
    old = answered("CS22", "C3", "2026-08-01", "E3", "2026-08-01")
    new = {**answered("CS22", "C3", "2026-11-22", "E3", agency=9), **lacking}
    assert found(instead(base(), "CS22", "C3", old, new), "CS22", "C3").state == "worrying"


def test_a_next_look_said_without_words_takes_no_worry_away() -> None:
    far = answered("IS12", "household", "2027-09-01", "E2")
    near = {**answered("IS12", "household", "2026-11-25", "E2", agency=9), "note": ""}
    assert found(instead(base(), "IS12", "household", far, near), "IS12", "household").state == "worrying"


def test_a_reason_counts_on_the_answer_that_counts() -> None:
    way = {"person": "C3", "kind": "school", "low": 90, "high": 100, "method": "public_transport"}
    tree = {**instead(base(), "SA06", "C3"), "journeys": [way]}
    officer = by(answered("SA06", "C3", 12, "E2"), "Olu", "council")
    mother = by(answered("SA06", "C3", 15, "E1"), "Mo", "household", reason="I walk fast.")
    row = found(instead(tree, "SA06", "C3", officer, mother), "SA06", "C3")
    assert row.state == "worrying"
    assert "has to be sure enough and to say why it differs" in " ".join(row.why)
    walked = {**officer, "reason": "I walked it at eight; the map leaves out the new bridge."}
    assert found(instead(tree, "SA06", "C3", walked), "SA06", "C3").state == "clear"


def test_what_was_seen_put_right_long_ago_is_not_known_again_and_not_known_to_be_wrong() -> None:
    tree = instead(base(), "CS10", "unit", answered("CS10", "unit", "not_working", on=ago(3)))
    seen = {"criterion": "CS10", "subject": "unit", "what": "Mended", "in_place": ago(3), "seen_grade": "E2", "seen_by": "Olu", "seen_on": ago(3)}  # fmt: skip
    row = found({**tree, "mitigations": [*tree["mitigations"], seen]}, "CS10", "unit")
    assert (row.effect, row.outcome) == ("stop_until", Outcome.CANNOT_DECIDE)
    assert "too long ago to rely on: look again" in " ".join(row.why)
    assert found(tree, "CS10", "unit").outcome == Outcome.NOT_SUITABLE


# ---- whose word, by the agency and not by the role


@pytest.mark.parametrize(
    ("criterion", "subject", "agency", "role", "counts"),
    [
        ("CS19", "C1", "household", "mother, known to social care", False),
        ("CS14", "unit", "Rowe Lettings", "security guard, ex-police", False),
        ("SM15", "F", "council", "MAPPA co-ordinator", True),
        ("CS19", "C1", "", "social worker", True),
        ("CS19", "C1", "", "senior social worker", True),
        ("CS19", "C1", "", "mother, known to social care", False),
        ("CS14", "unit", "", "ex police officer", False),
        ("CS14", "unit", "", "retired police officer", False),
        ("CS14", "unit", "", "police officer", True),
        ("CS19", "C1", "Birmingham Children’s Trust", "front door", True),
    ],
)
def test_a_role_speaks_only_where_the_agency_is_none_of_those_known(
    criterion: str, subject: str, agency: str, role: str, counts: bool
) -> None:
    good = next(a for a in base()["answers"] if (a["criterion"], a["subject"]) == (criterion, subject))
    row = found(instead(base(), criterion, subject, by(good, "Somebody", agency, role)), criterion, subject)
    assert row.is_open is not counts


def test_no_landlord_answers_the_police() -> None:
    police = by(answered("CS15", "unit", "current", "E3", ago(2)), "PC Desk", "police", id="w")
    landlord = by(answered("CS15", "unit", "none_known", "E3"), "Ray", "provider", supersedes=["w"], reason="We know of nothing.")  # fmt: skip
    row = found(instead(base(), "CS15", "unit", police, landlord), "CS15", "unit")
    assert row.effect == "stop"
    assert "not from one of those whose word counts here" in " ".join(row.why)


def test_the_own_council_does_not_answer_for_another() -> None:
    tree = base()
    kept = [e for e in tree["household"]["enquiries"] if e["agency"] != "other_council"]
    tree["household"]["enquiries"] = kept
    tree = instead(tree, "SA14", "household", by(answered("SA14", "household", "not_told"), "Olu", "council"))
    row = row_of(tree, "IS02", "household")
    assert row is not None
    assert "Previous or receiving council" in " ".join(row.why)


@pytest.mark.parametrize("said", ["past", "current"])
def test_naloxone_is_asked_for_wherever_the_building_has_a_history(said: str) -> None:
    tree = instead(plain_case(), "CS15", "unit", answered("CS15", "unit", said))
    assert row_of(tree, "SM08", "A") is not None


def test_a_doubt_is_said_as_one() -> None:
    tree = instead(plain_case(), "CS23", "C", answered("CS23", "C", "nobody_can_say"))
    why = " ".join(found(instead(tree, "CS26", "household"), "CS23", "C").why)
    assert "as it is not known whether the child is on a plan, or signs of neglect were seen" in why
