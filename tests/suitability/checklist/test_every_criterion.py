"""Every row in every state: clear, each worry, partly, unknown, stale, below grade, not applicable, and each strengthening."""

from __future__ import annotations

from typing import Any

import pytest

from app.suitability.casefile.codes import Effect
from tests.suitability.criterion_cases import LINES, ROWS, Expected, base, found, value_of
from tests.suitability.households import (
    CHECKLIST,
    TODAY,
    answered,
    clear_value,
    instead,
    plain,
    result_of,
    row_of,
    settled,
    young,
)


def test_the_table_has_every_criterion_and_every_worry() -> None:
    lacking = [name for name in CHECKLIST.criteria if name not in {line.name for line in LINES}]
    assert lacking == [], "each of these needs a line in TABLE, tests/suitability/criterion_cases.py"
    assert [line.name for line in LINES] == list(CHECKLIST.criteria), "a line a criterion, in the order of the files"
    computed = [name for name, criterion in CHECKLIST.criteria.items() if criterion.computed is not None]
    assert [line.name for line in LINES if line.subject == "computed"] == computed
    # Asked only of the young, or only once something is high: below.
    assert {line.name for line in LINES if line.subject == "-"} == {"LS06", "IS11"}
    for line in ROWS:
        criterion = CHECKLIST.criteria[line.name]
        options = {code for code, o in criterion.options.items() if o.means in ("worrying", "partly")}
        assert options <= {said for said, _ in line.worries}, line.name


def test_the_full_household_is_settled_and_the_rest_is_only_what_it_is() -> None:
    result = result_of(base())
    assert [r.criterion for r in result.rows if r.is_open] == []
    assert {r.criterion for r in result.rows if r.state not in ("clear", "clear_with_condition")} == {"SM01", "LS07"}
    assert result.outcome == "suitable_with_conditions"


@pytest.mark.parametrize("line", ROWS, ids=lambda line: line.name)
def test_clear_unknown_unasked_stale_and_below_grade(line: Expected) -> None:
    name, subject, if_open = line.name, line.subject, line.if_open
    criterion, tree = CHECKLIST.criteria[name], base()
    assert found(tree, name, subject).state in ("clear", "clear_with_condition")
    value = clear_value(criterion, subject)
    unknown = found(instead(tree, name, subject, answered(name, subject, "unknown")), name, subject)
    unasked = found(instead(tree, name, subject), name, subject)
    assert (unknown.state, unknown.open_effect) == (unasked.state, unasked.open_effect) == ("open", if_open)
    sources = range(criterion.min_sources)
    grade = next((o.clear_at for c, o in criterion.options.items() if c == value and o.clear_at), criterion.clear_at)
    if grade.rank > 1 and not any(g.value == "E1" for _, g in criterion.clear_at_when):
        below = {"E4": "E3", "E3": "E2", "E2": "E1"}[grade.value]
        said = found(
            instead(tree, name, subject, *(answered(name, subject, value, below, agency=n) for n in sources)),
            name,
            subject,
        )
        assert (said.state, said.open_effect) == ("open", if_open)
    if criterion.shelf_life is not None:
        old = found(
            instead(tree, name, subject, *(answered(name, subject, value, on="2026-01-05", agency=n) for n in sources)),
            name,
            subject,
        )
        assert (old.state, old.open_effect) == ("open", if_open)
    if criterion.in_words:
        mute = found(instead(tree, name, subject, {**answered(name, subject, value), "note": ""}), name, subject)
        assert (mute.state, mute.open_effect) == ("open", if_open)


WORRIES = [(line.name, line.subject, *worry) for line in ROWS for worry in line.worries]


@pytest.mark.parametrize(("name", "subject", "written", "effect"), WORRIES)
def test_each_worry_counts_at_any_grade_and_age(name: str, subject: str, written: str, effect: str) -> None:
    tree = base()
    partly = CHECKLIST.criteria[name].options.get(written)
    state = "partly" if partly is not None and partly.means == "partly" else "worrying"
    for grade, on in (("E1", TODAY), ("E4", TODAY), ("E1", "2026-01-05")):
        if CHECKLIST.criteria[name].answer == "date" and on != TODAY:
            continue
        row = found(
            instead(tree, name, subject, answered(name, subject, value_of(written, name), grade, on)), name, subject
        )
        assert (row.state, row.effect) == (state, effect), (grade, on)
    # Reassurance from somebody else stands beside it and takes nothing away.
    soothed = found(
        instead(
            tree,
            name,
            subject,
            answered(name, subject, value_of(written, name), "E1"),
            answered(name, subject, clear_value(CHECKLIST.criteria[name], subject), agency=7),
        ),
        name,
        subject,
    )
    if CHECKLIST.criteria[name].answer == "date":
        assert soothed.state == "clear"  # a later day told by a professional is the one that counts
        return
    assert soothed.state == state
    assert Effect(soothed.effect) <= Effect(effect)


def test_what_does_not_apply_is_not_asked() -> None:
    asked = sorted({r.criterion for r in result_of(settled(plain())).rows})
    assert asked == sorted(line.name for line in LINES if line.of_plain)


def test_a_fact_that_is_not_known_makes_the_question_apply() -> None:
    tree = plain()
    for name in ("domestic_abuse", "orders", "left_because"):
        del tree["household"][name]
    for member in tree["household"]["members"]:
        for name in ("needs", "justice_sign", "interpreter_needed", "exploitation_sign", "pregnant"):
            member.pop(name, None)
    for name in ("floor", "shared_building", "gas", "owner", "authority", "hmo", "self_contained", "shares"):
        tree["placement"].pop(name, None)
    asked = {r.criterion for r in result_of(tree).rows}
    assert asked >= {
        "CS16",
        "CS17",
        "CS20",
        "CS24",
        "SM15",
        "SA12",
        "CS12",
        "CS13",
        "LS17",
        "LS21",
        "LS23",
        "SA14",
        "LS14",
        "LS29",
        "LS30",
    }


def test_a_mother_of_seventeen() -> None:
    tree = settled(young())
    assert found(tree, "LS06", "household").state == "clear"
    assert found(instead(tree, "LS06", "household"), "LS06", "household").open_effect == "hold"
    worry = found(instead(tree, "LS06", "household", answered("LS06", "household", "not_joint")), "LS06", "household")
    assert (worry.effect, worry.basis) == ("stop_until", "guidance")
    tree["placement"] |= {"self_contained": False, "shares": ["toilet"], "owner": "private", "manager": "private"}
    hotel = found(tree, "LS06", "household")
    assert (hotel.effect, hotel.basis) == ("stop", "guidance")


def test_the_second_persons_challenge_is_asked_only_where_something_is_high_or_held() -> None:
    tree = settled(plain())
    assert row_of(tree, "IS11", "household") is None
    tree = instead(tree, "CS15", "unit", answered("CS15", "unit", "past"))
    asked = found(tree, "IS11", "household")
    assert (asked.state, asked.open_effect) == ("open", "hold")
    written = instead(tree, "IS11", "household", answered("IS11", "household", "written", "E2"))
    assert found(written, "IS11", "household").state == "clear"
    mute = instead(tree, "IS11", "household", {**answered("IS11", "household", "written", "E2"), "note": ""})
    assert found(mute, "IS11", "household").state == "open"


@pytest.mark.parametrize(
    ("word", "said", "effect"),
    [("inside", "cannot_reach", "stop"), ("inside", "", "stop"), ("clear", "", "hold"), ("not_known", "", "hold"), ("not_known", "cannot_reach", "none"), (None, "", None)],
)  # fmt: skip
def test_a_protected_place_is_asked_about_whatever_the_family_left_for(
    word: str | None, said: str, effect: str | None
) -> None:
    tree = settled(plain())
    tree["placement"]["protected_place"] = word
    if said:
        tree = instead(tree, "CS16", "household", answered("CS16", "household", said))
    row = row_of(tree, "CS16", "household")
    assert (None if row is None else row.effect) == effect


@pytest.mark.parametrize(
    ("duty", "asked"), [("private_rented_offer", True), ("none_named", True), ("", True), ("main", False)]
)
def test_the_private_tenancy_conditions_are_asked_while_no_duty_is_named(duty: str, asked: bool) -> None:
    tree = instead(base(), "LS01", "household", *([answered("LS01", "household", duty)] if duty else []))
    assert (row_of(instead(tree, "LS22", "unit"), "LS22", "unit") is not None) is asked
    row = row_of(instead(tree, "LS22", "unit", answered("LS22", "unit", ["fire"])), "LS22", "unit")
    assert row is not None, "what somebody saw is never lost; the law is named only where it applies"
    assert (row.effect, row.basis) == ("stop", "law" if asked else "policy")


def test_one_carer_alone_with_a_baby_and_nobody_near() -> None:
    tree = settled(young())
    worry = found(instead(tree, "SA09", "household", answered("SA09", "household", "none")), "SA09", "household")
    assert worry.effect == "high"


def test_a_sober_carer_relied_on_is_confirmed_by_a_professional() -> None:
    tree = base()
    said = instead(tree, "SA09", "household", answered("SA09", "household", "named", "E1"))
    assert found(said, "SA09", "household").state == "open"
    assert (
        found(
            instead(settled(plain()), "SA09", "household", answered("SA09", "household", "named", "E1")),
            "SA09",
            "household",
        ).state
        == "clear"
    )


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([("2026-10-01", "E3"), ("2026-11-21", "E3")], "clear"),  # school long ago, the health visitor two days ago
        ([("2026-10-01", "E1"), ("2026-11-21", "E3")], "clear"),
        ([("2026-10-01", "E3"), ("2026-11-21", "E1")], "worrying"),  # a parent’s word takes nothing away
        ([("2026-11-21", "E1")], "open"),
        ([("2027-06-01", "E3")], "open"),  # a day to come is no day on which a child was seen
        ([("2027-06-01", "E3"), ("2026-10-01", "E3")], "worrying"),
    ],
)
def test_when_a_child_was_last_seen_is_the_latest_day_that_can_be_relied_on(
    told: list[tuple[str, str]], state: str
) -> None:
    said = [answered("CS22", "C3", day, grade, agency=n) for n, (day, grade) in enumerate(told)]
    row = found(instead(base(), "CS22", "C3", *said), "CS22", "C3")
    assert row.state == state or (row.state, state) == ("clear", "clear")
    assert (row.open_effect if state == "open" else row.state) == ("chase" if state == "open" else state)


def test_the_next_look_is_near_where_anything_is_left_or_there_is_a_baby() -> None:
    tree = settled(plain())

    def looked(day: str, t: dict[str, Any] = tree) -> str:
        return found(
            instead(t, "IS12", "household", answered("IS12", "household", day, "E2")), "IS12", "household"
        ).state

    assert [looked(d) for d in ("2026-11-22", "2026-11-23", "2026-12-21", "2026-12-22")] == [
        "worrying",
        "clear",
        "clear",
        "worrying",
    ]
    left = instead(tree, "IS05", "household", answered("IS05", "household", "missing"))
    assert [looked(d, left) for d in ("2026-11-30", "2026-12-01")] == ["clear", "worrying"]
    baby = settled(young())
    assert [looked(d, baby) for d in ("2026-11-30", "2026-12-01")] == ["clear", "worrying"]
    mute = {**answered("IS12", "household", "2026-11-30", "E2"), "note": ""}
    assert (
        found(instead(tree, "IS12", "household", mute), "IS12", "household").state == "open"
    )  # who looks, and what brings it forward
    both = [answered("IS12", "household", d, "E2", agency=n) for n, d in enumerate(("2026-11-30", "2027-02-01"))]
    assert found(instead(tree, "IS12", "household", *both), "IS12", "household").state == "clear"


def test_a_baby_who_does_not_move_yet_makes_needles_less_urgent() -> None:
    tree = settled(young())
    tree["household"]["members"][1]["born"] = "2026-10-20"
    tree["placement"] |= {"shared_building": True}
    tree = settled(tree)
    worry = instead(tree, "SM09", "unit", answered("SM09", "unit", "not_safe"))
    assert found(worry, "SM09", "unit").effect == "high"
    tree["placement"]["nights"] = 200  # it will crawl before the stay ends
    worry = instead(tree, "SM09", "unit", answered("SM09", "unit", "not_safe"))
    assert found(worry, "SM09", "unit").effect == "stop_until"


def test_after_decision_rows_never_touch_the_outcome() -> None:
    tree = settled(plain())
    best = result_of(tree).outcome
    for name, value in (("IS04", "not_asked"), ("LS34", "not_done"), ("IS04", "unknown"), ("LS34", "unknown")):
        assert result_of(instead(tree, name, "household", answered(name, "household", value))).outcome == best
    tree["placement"]["authority"] = "E09000001"
    tree = settled(tree)
    before = result_of(tree)
    late = found(tree, "LS27", "household")
    tree["placement"]["notice_sent"] = "2026-11-23"
    assert (late.effect, before.outcome) == ("note", result_of(tree).outcome)
