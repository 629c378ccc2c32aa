"""The patterns about what the evidence is worth: P04 to P06, P08, P14, P16 to P18, P20, P24."""

from __future__ import annotations

from typing import Any

import pytest

from tests.suitability.households import CHECKLIST, TODAY, answered, instead, result_of, settled
from tests.suitability.pattern_cases import _settled, ago, event, fired, not_asked, past_user, plain_case, tree_value
from tests.trees import copied


def full_case() -> dict[str, Any]:
    tree: dict[str, Any] = copied(_settled("full"))
    return tree


CRITICAL = ("CS06", "CS10", "CS15", "CS21", "LS02", "LS15", "LS16", "LS20", "LS01", "LS03")


def told(tree: dict[str, Any], rows: tuple[str, ...]) -> dict[str, Any]:
    """These rows are only said by the household; every other critical row is not asked."""
    held = {
        r.criterion
        for r in result_of(tree).rows
        if "hold" in (r.if_open, CHECKLIST.criteria[r.criterion].under_one)
        or any(s.open == "hold" for s in CHECKLIST.criteria[r.criterion].stronger)
    }
    kept = [a for a in tree["answers"] if a["criterion"] not in held and a["criterion"] not in rows]
    for name in rows:
        subject = CHECKLIST.criteria[name].subject
        kept.append(answered(name, subject, tree_value(tree, name), "E1"))
    return {**tree, "answers": kept}


def plan(**more: Any) -> dict[str, Any]:
    return {
        "criterion": "CS15", "subject": "unit", "what": "Staffed block", "owner": {"name": "Pat", "role": "placement officer"}, "owner_accepted": TODAY,
        "due": "2026-11-30", "agreed_by": "Sena", "agreed_role": "senior_officer", "agreed_on": TODAY, **more,
    }  # fmt: skip


@pytest.mark.parametrize(("count", "fires"), [(5, True), (4, False), (8, True)])
def test_p04_needs_five_reassuring_answers(count: int, fires: bool) -> None:
    found = fired(told(plain_case(), CRITICAL[:count]), "P04")
    assert bool(found) is fires
    if fires:
        assert found[0].effect == "hold"
        assert len(found[0].facts) == 5  # the five one call would settle


@pytest.mark.parametrize(("verified", "fires"), [(1, True), (2, True), (3, False)])
def test_p04_needs_eighty_in_a_hundred(verified: int, fires: bool) -> None:
    tree = told(plain_case(), CRITICAL)
    for name in CRITICAL[:verified]:
        criterion = CHECKLIST.criteria[name]
        voices = [
            answered(name, criterion.subject, tree_value(tree, name), agency=n) for n in range(criterion.min_sources)
        ]
        tree = instead(tree, name, criterion.subject, *voices)
    assert bool(fired(tree, "P04")) is fires


def test_p04_never_asks_for_more_than_the_rows_it_names() -> None:
    tree = plain_case()
    chased = ("CS14", "CS19", "CS21", "SA01", "IS03")
    for name in chased:
        for row in [r for r in result_of(tree).rows if r.criterion == name]:
            tree = instead(tree, name, row.subject, answered(name, row.subject, tree_value(tree, name), "E1"))
    for name in ("CS06", "CS10", "LS02", "LS15"):  # nothing else is asked
        tree = {**tree, "answers": [a for a in tree["answers"] if a["criterion"] != name]}
    found = fired(told(tree, ()), "P04")
    assert found == []


def test_p05_an_impression_only_beside_an_evidence_gap() -> None:
    gap = told(plain_case(), CRITICAL[:6])
    assert fired(gap, "P05") == []
    assert [p.state for p in fired({**gap, "impression_relied_on": True}, "P05")] == ["prompt"]
    assert fired({**plain_case(), "impression_relied_on": True}, "P05") == []


def test_p06_two_accounts_differ_and_neither_is_overwritten() -> None:
    tree = plain_case()
    tree["answers"].append(answered("CS21", "household", "undeclared", "E1", agency=9))
    found = fired(tree, "P06")
    assert [(p.effect, p.state, p.carried_by) for p in found] == [("high", "worrying", ("IS06", "household"))]
    assert "Voice" not in " ".join(found[0].facts)  # no name of a source
    tree["answers"][-1]["value"] = "complete"
    assert fired(tree, "P06") == []
    tree["answers"][-1] |= {"value": "unknown"}
    assert fired(tree, "P06") == []


def test_p06_of_what_one_source_takes_back_itself() -> None:
    tree = instead(
        plain_case(),
        "CS27",
        "household",
        answered("CS27", "household", {"addresses": 1, "crossings": 0}, on=ago(3), agency=5),
    )
    tree["answers"].append(
        answered("CS27", "household", {"addresses": 2, "crossings": 0}, agency=5, reason="Counted again.")
    )
    assert fired(tree, "P06") == []


def test_p24_the_survivors_word_is_enough_and_exempt_from_p04() -> None:
    tree = full_case()
    tree = instead(tree, "CS17", "household", answered("CS17", "household", "safe", "E1s"))
    assert [p.rows for p in fired(tree, "P24")] == [(("CS17", "household"),)]
    assert [r.state for r in result_of(tree).rows if r.criterion == "CS17"] == ["clear"]
    assert fired(tree, "P04") == []
    tree["answers"].append(answered("CS17", "household", "safe", "E3", agency=3))
    assert fired(tree, "P24") == []


def test_p08_treatment_only_said() -> None:
    tree = not_asked(past_user(plain_case()), "drug_service")
    said = instead(tree, "SM03", "A", answered("SM03", "A", "supervised", "E1"))
    assert [(p.subject, p.effect, p.state) for p in fired(said, "P08")] == [("A", "chase", "open")]
    assert fired(instead(tree, "SM03", "A", answered("SM03", "A", "supervised", "E3")), "P08") == []
    said["household"]["enquiries"] = [
        {"agency": "drug_service", "question": "Engaged?", "asked": ago(3), "answered": "full"}
    ]
    assert fired(said, "P08") == []
    said["household"]["enquiries"] = [
        {"agency": "drug_service", "question": "Engaged?", "asked": ago(3), "due": ago(1)}
    ]
    assert "silent" in fired(said, "P08")[0].facts[0]


def test_p08_and_treatment_itself_never_count_against_anybody() -> None:
    tree = past_user(plain_case())
    for option in ("not_prescribed", "supervised", "take_home", "depot"):
        rows = result_of(settled(instead(tree, "SM03", "A", answered("SM03", "A", option)))).rows
        assert [r.state for r in rows if r.criterion == "SM03"] == ["clear"]


def test_p14_silence_is_never_clearance() -> None:
    tree = plain_case()
    asked = [{"agency": a, "question": "?", "asked": ago(9), "due": ago(1)} for a in ("police", "provider")]
    tree["household"]["enquiries"] = asked
    found = fired(tree, "P14")
    assert [(p.effect, p.carried_by) for p in found] == [("high", ("IS02", "household"))]
    assert [r.effect for r in result_of(tree).rows if r.criterion == "IS02"] == ["high"]
    tree["household"]["enquiries"] = asked[:1]
    assert fired(tree, "P14") == []
    tree["household"]["enquiries"] = [{**e, "due": TODAY} for e in asked]  # due today is not past
    assert fired(tree, "P14") == []
    tree["household"]["enquiries"] = [asked[0], {**asked[1], "answered": "full"}]
    assert fired(tree, "P14") == []
    tree["household"]["enquiries"] = [asked[0], {**asked[1], "agency": "probation"}]  # need not be asked here
    assert fired(tree, "P14") == []


@pytest.mark.parametrize(
    ("change", "fires"),
    [
        ({}, False),
        ({"owner_accepted": None}, True),
        ({"due": ago(1)}, True),
        ({"due": TODAY}, False),
        ({"promised_before": 2}, True),
        ({"promised_before": 1}, False),
        ({"promised_before": 2, "in_place": TODAY, "seen_grade": "E2", "seen_by": "Olu", "seen_on": TODAY}, False),
    ],
)
def test_p16_promised_and_not_in_place_reverts_the_row(change: dict[str, Any], fires: bool) -> None:
    tree = instead(plain_case(), "CS15", "unit", answered("CS15", "unit", "past"))
    tree["mitigations"] = [plan(**change)]
    assert bool(fired(tree, "P16")) is fires
    row = next(r for r in result_of(tree).rows if r.criterion == "CS15")
    assert row.state == ("worrying" if fires else "mitigated")


def test_p17_agreed_and_not_seen() -> None:
    tree = plain_case()
    for number in (1, 2):
        event(tree, "said_done", number, grade="E1", what=f"action {number}")
    assert fired(tree, "P17") == []
    event(tree, "said_done", 3, grade="E2", what="seen by the officer")
    assert fired(tree, "P17") == []
    event(tree, "said_done", 4, grade="E1", what="action 4")
    assert len(fired(tree, "P17")[0].facts) == 3


def test_p18_an_adult_not_declared_never_says_who_saw() -> None:
    tree = instead(plain_case(), "CS21", "household", answered("CS21", "household", "undeclared", "E2"))
    assert fired(tree, "P18") == []
    tree["answers"].append(answered("CS21", "household", "undeclared", "E3", agency=44))
    found = fired(tree, "P18")
    assert [(p.effect, p.carried_by) for p in found] == [("high", ("CS21", "household"))]
    assert "Voice" not in str(found)
    assert "agency" not in " ".join(found[0].facts)


@pytest.mark.parametrize(("good", "bad", "fires"), [(10, 3, True), (10, 2, False), (3, 10, True), (5, 5, True)])
def test_p20_a_change_after_good_news(good: int, bad: int, fires: bool) -> None:
    tree = event(event(plain_case(), "improving_report", good), "worrying_change", bad)
    assert bool(fired(tree, "P20")) is fires
    assert fired(event(plain_case(), "worrying_change", bad), "P20") == []


def test_p20_from_two_answers_to_one_question() -> None:
    tree = instead(
        plain_case(),
        "CS10",
        "unit",
        answered("CS10", "unit", "working", on=ago(7)),
        answered("CS10", "unit", "not_working", agency=2),
    )
    assert fired(tree, "P20")
    tree = instead(
        plain_case(),
        "CS10",
        "unit",
        answered("CS10", "unit", "working", on=ago(8)),
        answered("CS10", "unit", "not_working", agency=2),
    )
    assert fired(tree, "P20") == []
