"""Every row in every state: clear, each worry, partly, unknown, stale, below grade, not applicable, and each strengthening."""

from __future__ import annotations

from typing import Any

import pytest

from app.suitability.weigh import EFFECT_ORDER

from .criterion_cases import COMPUTED, ELSEWHERE, ROWS, base, found, value_of
from .households import (
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
    assert {r[0] for r in ROWS} | COMPUTED | ELSEWHERE == set(CHECKLIST.criteria)
    assert len(CHECKLIST.criteria) == 105
    for name, _, _, *worries in ROWS:
        criterion = CHECKLIST.criteria[name]
        options = {code for code, o in criterion.options.items() if o.means in ("worrying", "partly")}
        assert options <= {w.split("=")[0] for w in worries}, name


def test_the_full_household_is_settled_and_the_rest_is_only_what_it_is() -> None:
    result = result_of(base())
    assert [r.criterion for r in result.rows if r.is_open] == []
    assert {r.criterion for r in result.rows if r.state not in ("clear", "clear_with_condition")} == {"SM01", "LS07"}
    assert result.outcome == "suitable_with_conditions"


@pytest.mark.parametrize("line", ROWS, ids=lambda line: line[0])
def test_clear_unknown_unasked_stale_and_below_grade(line: list[str]) -> None:
    name, subject, if_open, *_ = line
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


WORRIES = [(line[0], line[1], *worry.split("=")) for line in ROWS for worry in line[3:]]


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
    assert soothed.state == state
    assert EFFECT_ORDER.index(soothed.effect) <= EFFECT_ORDER.index(effect)


# Not applicable: what is asked of the plain household, and therefore what is not.
PLAIN_ASKS = [
    "CS06",
    "CS07",
    "CS10",
    "CS14",
    "CS15",
    "CS19",
    "CS21",
    "CS22",
    "CS23",
    "CS26",
    "CS27",
    "SM01",
    "SM14",
    "SM16",
    "SA01",
    "SA04",
    "SA06",
    "SA07",
    "SA08",
    "SA09",
    "SA11",
    "IS01",
    "IS02",
    "IS03",
    "IS04",
    "IS05",
    "IS06",
    "IS07",
    "IS08",
    "IS10",
    "IS12",
    "LS01",
    "LS02",
    "LS03",
    "LS04",
    "LS05",
    "LS07",
    "LS11",
    "LS12",
    "LS13",
    "LS15",
    "LS16",
    "LS18",
    "LS20",
    "LS24",
    "LS25",
    "LS26",
    "LS31",
    "LS32",
    "LS33",
    "LS34",
]


def test_what_does_not_apply_is_not_asked() -> None:
    assert sorted({r.criterion for r in result_of(settled(plain())).rows}) == sorted(PLAIN_ASKS)


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


# Each strengthening condition: the change that takes it away (or brings it), and the effect then. In the full household
# unless it says plain.
def change(tree: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    here: Any = tree
    *parents, last = path.split(".")
    for name in parents:
        here = next(m for m in here if m["key"] == name) if isinstance(here, list) else here[name]
    here[last] = value
    return tree


def without_baby(tree: dict[str, Any]) -> dict[str, Any]:
    """The baby is four, and nobody is expecting."""
    change(tree, "household.members.C1.born", "2022-01-01")
    mother = next(m for m in tree["household"]["members"] if m["key"] == "M")
    mother |= {"pregnant": False, "due": None}
    return tree


def drop(tree: dict[str, Any]) -> dict[str, Any]:
    """Answers about people or rows that are no longer there."""
    keys = {m["key"] for m in tree["household"]["members"]} | {"unit", "household"}
    return {**tree, "answers": [a for a in tree["answers"] if a["subject"] in keys]}


STRENGTHS: list[tuple[str, str, str, Any, str]] = [
    ("CS03", "C1", "smoker", lambda t: instead(t, "CS01", "C1", answered("CS01", "C1", "none")), "stop_until"),
    ("CS03", "C1", "smoker", lambda t: instead(t, "CS02", "C1"), "stop_until"),
    ("CS04", "C1", "", lambda t: change(t, "household.members.C1.born", "2025-03-01"), "chase"),
    ("CS05", "unit", "cannot", without_baby, "medium"),
    ("CS05", "unit", "", without_baby, "chase"),
    ("CS06", "unit", "found", lambda t: change(t, "household.members.C1.needs", []), "high"),
    ("CS06", "unit", "serious", lambda t: change(t, "household.members.C1.needs", []), "stop_until"),
    ("CS12", "unit", "shared", lambda t: instead(t, "CS14", "unit", answered("CS14", "unit", "not_compatible")), "stop"),
    ("CS14", "unit", "", lambda t: change(t, "placement.shared_building", False), "chase"),
    ("CS18", "C4", "", lambda t: change(t, "household.members.C4.exploitation_sign", False), "chase"),
    ("CS18", "C4", "", lambda t: change(t, "household.members.C4.exploitation_sign", None), "hold"),
    ("CS19", "C3", "", lambda t: t, "chase"),
    ("CS22", "C2", "", lambda t: t, "chase"),
    ("CS23", "C1", "nobody_can_say", lambda t: instead(t, "CS26", "household", answered("CS26", "household", "none_seen")), "medium"),
    ("CS23", "C1", "nobody_can_say", lambda t: instead(instead(t, "CS26", "household", answered("CS26", "household", "none_seen")), "CS19", "C1", answered("CS19", "C1", "plan_or_order")), "high"),
    ("CS25", "M", "", lambda t: change(t, "household.members.M.due", "2027-05-01"), "chase"),
    ("SM01", "F", "", without_baby, "chase"),
    ("SM02", "M", "no_sober_carer", without_baby, "high"),
    ("SM17", "unit", "present", lambda t: instead(t, "CS03", "C1", answered("CS03", "C1", ["smoker"])), "high"),
    ("SA01", "C2", "not_reachable", lambda t: t, "medium"),
    ("SA01", "M", "not_reachable", lambda t: t, "high"),  # there is a baby: not knowing would hold
    ("SA01", "M", "not_reachable", without_baby, "medium"),
    ("SA01", "C2", "not_reachable", lambda t: change(t, "household.members.C2.needs", ["long_term_illness"]), "high"),
    ("SA02", "C1", "", lambda t: change(t, "placement.authority", "E08000025"), "chase"),
    ("SA02", "C2", "", lambda t: t, "chase"),
    ("SA03", "household", "", lambda t: change(t, "household.members.M.due", "2027-01-20"), "chase"),
    ("SA14", "household", "", without_baby, "chase"),
    ("SA14", "household", "", lambda t: instead(without_baby(t), "CS19", "C2", answered("CS19", "C2", "plan_or_order")), "hold"),
    ("IS07", "household", "not_read", lambda t: instead(t, "CS21", "household", answered("CS21", "household", "undeclared")), "high"),
    ("LS11", "unit", "short_notice", lambda t: instead(t, "CS27", "household", answered("CS27", "household", {"addresses": 3, "crossings": 0})), "high"),
    ("LS11", "unit", "out_by_day", lambda t: instead(t, "CS19", "C2", answered("CS19", "C2", "plan_or_order")), "high"),
    ("LS28", "M", "", lambda t: change(t, "household.members.M.needs", None), "chase"),
    ("LS29", "M", "", lambda t: change(t, "household.members.M.needs", None), "chase"),
    ("SM06", "M", "31", lambda t: instead(t, "SM03", "M", answered("SM03", "M", "supervised")), "high"),
    ("SM01", "M", "past", lambda t: instead(t, "SM03", "M"), "medium"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "subject", "written", "changed", "effect"), STRENGTHS)
def test_each_strengthening_condition_with_and_without(
    name: str, subject: str, written: str, changed: Any, effect: str
) -> None:
    tree = drop(changed(base()))
    if written:
        tree = instead(tree, name, subject, answered(name, subject, value_of(written, name)))
        assert found(tree, name, subject).effect == effect
    else:
        assert found(instead(tree, name, subject), name, subject).open_effect == effect


@pytest.mark.parametrize(
    ("word", "said", "effect"),
    [("inside", "cannot_reach", "stop"), ("inside", "", "stop"), ("clear", "", "hold"), ("not_known", "", "hold"), ("not_known", "cannot_reach", "none"), (None, "", None)],
)  # fmt: skip
def test_a_protected_place_is_asked_about_whatever_the_family_left_for(
    word: str | None, said: str, effect: str | None
) -> None:
    tree = change(settled(plain()), "placement.protected_place", word)
    if said:
        tree = instead(tree, "CS16", "household", answered("CS16", "household", said))
    row = row_of(tree, "CS16", "household")
    assert (None if row is None else row.effect) == effect


@pytest.mark.parametrize(
    ("duty", "asked"), [("private_rented_offer", True), ("none_named", True), ("", True), ("main", False)]
)
def test_the_private_tenancy_conditions_are_asked_while_no_duty_is_named(duty: str, asked: bool) -> None:
    tree = instead(base(), "LS01", "household", *([answered("LS01", "household", duty)] if duty else []))
    tree = instead(tree, "LS22", "unit", answered("LS22", "unit", ["fire"]))
    row = row_of(tree, "LS22", "unit")
    assert (row is not None) is asked
    assert row is None or row.effect == "stop"


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


def test_a_baby_who_does_not_move_yet_makes_needles_and_stairs_less_urgent() -> None:
    tree = settled(young())
    tree["household"]["members"][1]["born"] = "2026-10-20"
    tree["placement"] |= {"shared_building": True}
    tree = settled(tree)
    worry = instead(tree, "CS09", "unit", answered("CS09", "unit", "not_safe"))
    assert found(worry, "CS09", "unit").effect == "medium"
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
