"""The lift table of the rulings: what lifts what, and what lifts nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.suitability.conftest import answer, example, judge, row, small

SEEN = {"what": "Done", "in_place": "2026-11-22", "seen_grade": "E2", "seen_by": "Olu Officer", "seen_on": "2026-11-23"}
OWNED = {
    "what": "Will be done", "owner": {"name": "Pat", "role": "placement officer"}, "owner_accepted": "2026-11-23",
    "due": "2026-11-30", "agreed_by": "Sena", "agreed_role": "senior_officer", "agreed_on": "2026-11-23",
}  # fmt: skip
SENIOR = {
    "by": "Sena",
    "role": "senior_officer",
    "reason": "It is right for this family.",
    "on": "2026-11-23",
    "review_on": "2026-12-01",
}


def hits(criterion: str, value: Any, subject: str = "unit", **lifts: Any) -> dict[str, Any]:
    tree = small(answers=[answer(criterion, value, subject=subject)])
    for kind, entries in lifts.items():
        tree[kind] = [{"criterion": criterion, "subject": subject, **entry} for entry in entries]
    found: dict[str, Any] = row(judge(tree), criterion)[0]
    return found


def test_nothing_lifts_a_stop() -> None:
    found = hits("CS15", "current", mitigations=[SEEN, OWNED], acceptances=[SENIOR])
    assert (found["effect"], found["state"]) == ("stop", "worrying")
    assert judge(small(answers=[answer("CS15", "current")]))["what_would_make_it_suitable"]["reachable"] is False


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "mitigated"),
        ({"seen_grade": "E1"}, "worrying"),
        ({"seen_grade": "E1s"}, "worrying"),
        ({"seen_by": ""}, "worrying"),
        ({"seen_on": None}, "worrying"),
        ({"in_place": None}, "worrying"),
        ({"in_place": "2026-11-24", "seen_on": "2026-11-24"}, "worrying"),
    ],
)
def test_a_stop_until_is_lifted_only_when_in_place_and_seen(change: dict[str, Any], state: str) -> None:
    assert hits("LS16", "category_1", mitigations=[{**SEEN, **change}])["state"] == state


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "accepted"),
        ({"on": "2026-11-22"}, "worrying"),  # before the worry was voiced
        ({"on": "2026-11-24"}, "worrying"),  # not yet given
        ({"review_on": "2026-11-23"}, "accepted"),  # looked at again today
        ({"review_on": None}, "accepted"),
    ],
)
def test_an_acceptance_is_of_the_newest_worry_and_until_its_review(change: dict[str, Any], state: str) -> None:
    found = hits("CS15", "past", acceptances=[{**SENIOR, **change}])
    assert found["state"] == state
    assert ("it has to be given again" in " ".join(found["why"])) is (state == "worrying")


def test_an_acceptance_lapses_when_its_review_is_missed() -> None:
    old = {**SENIOR, "on": "2026-10-21", "review_on": "2026-10-28"}
    tree = small(answers=[answer("CS15", "past") | {"on": "2026-10-20"}])
    tree["acceptances"] = [{"criterion": "CS15", "subject": "unit", **old}]
    found = row(judge(tree), "CS15")[0]
    assert found["state"] == "worrying"
    assert "it has lapsed" in " ".join(found["why"])


@pytest.mark.parametrize(("accepted", "state"), [("2026-11-23", "mitigated"), ("2026-11-22", "worrying")])
def test_a_plan_agreed_before_the_newest_worry_is_no_plan_for_it(accepted: str, state: str) -> None:
    assert hits("CS15", "past", mitigations=[{**OWNED, "owner_accepted": accepted}])["state"] == state


def test_no_officer_closes_a_professionals_disagreement() -> None:
    planned = hits("IS10", "disagrees", "household", mitigations=[OWNED])
    assert (planned["effect"], planned["state"]) == ("senior", "worrying")
    assert hits("IS10", "disagrees", "household", acceptances=[SENIOR])["state"] == "accepted"


def test_a_promise_or_an_acceptance_does_not_lift_a_stop_until() -> None:
    assert hits("LS16", "category_1", mitigations=[OWNED], acceptances=[SENIOR])["state"] == "worrying"


@pytest.mark.parametrize(
    ("lifts", "state"),
    [
        ({"mitigations": [OWNED]}, "mitigated"),
        ({"mitigations": [{**OWNED, **SEEN}]}, "mitigated"),
        ({"mitigations": [SEEN]}, "worrying"),  # somebody’s note that it was done: whose work, and who agreed?
        ({"mitigations": [{**OWNED, **SEEN, "agreed_on": None}]}, "worrying"),
        ({"mitigations": [{**SEEN, "owner": OWNED["owner"]}]}, "worrying"),
        ({"mitigations": [{**OWNED, "owner": {"name": "Ada Example", "role": "placement officer"}}]}, "worrying"),
        ({"mitigations": [{**OWNED, "agreed_by": "Ada Example"}]}, "worrying"),
        ({"mitigations": [{**OWNED, "agreed_by": "Pat"}]}, "worrying"),  # the owner agrees with themself
        ({"acceptances": [{**SENIOR, "by": "Ada Example"}]}, "worrying"),
        ({"mitigations": [{**OWNED, "owner_accepted": None}]}, "worrying"),
        ({"mitigations": [{**OWNED, "due": None}]}, "worrying"),
        ({"mitigations": [{**OWNED, "due": "2026-11-22"}]}, "worrying"),
        ({"mitigations": [{**OWNED, "owner": {"name": "", "role": "placement officer"}}]}, "worrying"),
        ({"acceptances": [SENIOR]}, "accepted"),
        ({"acceptances": [{**SENIOR, "role": "housing_officer"}]}, "worrying"),
        ({"acceptances": [{**SENIOR, "role": "safeguarding_lead"}]}, "worrying"),
    ],
)
def test_a_high_concern_needs_an_owner_and_a_date_or_a_senior(lifts: dict[str, Any], state: str) -> None:
    found = hits("CS15", "past", **lifts)
    assert (found["effect"], found["state"]) == ("high", state)
    if state != "worrying":
        assert found["conditions"][0]["due"]


def test_only_a_senior_accepts_a_senior_row_and_a_child_safety_one_with_the_lead_professionals_view() -> None:
    tree = small(household__members=[
        {"key": "A", "name": "Ada", "kind": "adult", "born": "1990-01-01", "sex": "female"},
        {"key": "B", "name": "Ben", "kind": "child", "born": "2013-01-01", "sex": "male"},
        {"key": "C", "name": "Cai", "kind": "child", "born": "2012-01-01", "sex": "female"},
    ], placement__rooms=[{"use": "bedroom", "area_m2": "12"}])  # fmt: skip
    assert row(judge(tree), "LS12")[0]["effect"] == "senior"
    tree["acceptances"] = [{"criterion": "LS12", "subject": "household", **SENIOR}]
    accepted = row(judge(tree), "LS12")[0]
    assert accepted["state"] == "accepted"
    assert accepted["conditions"][0]["due"] == "2026-12-01"
    tree["acceptances"][0]["role"] = "housing_officer"
    assert row(judge(tree), "LS12")[0]["state"] == "worrying"


def test_an_open_hold_cannot_be_accepted_or_mitigated_away() -> None:
    tree = small()
    tree["acceptances"] = [{"criterion": "CS15", "subject": "unit", **SENIOR}]
    tree["mitigations"] = [{"criterion": "CS15", "subject": "unit", **SEEN}]
    assert row(judge(tree), "CS15")[0] | {"why": 0} == row(judge(small()), "CS15")[0] | {"why": 0}


def test_conditions_made_by_an_answer_and_by_a_chase_are_dated() -> None:
    made = [c for f in judge(example("h2"))["findings"] for c in f["conditions"]]
    assert len(made) == 3
    assert all(c["due"] and c["owner"] for c in made)
