"""What lifts a worry is bounded: whose plan, by which day, agreed by whom; and what only the work done ends. Source: amendments 13, 14."""

from __future__ import annotations

from typing import Any

import pytest

from tests.suitability.conftest import judge, row
from tests.suitability.households import CHECKLIST, answered, instead, plain, settled
from tests.suitability.lead_cases import ROOM, accepted, of_boy, promised, seen, with_baby


def test_a_promise_about_an_exploited_boy_opens_no_door() -> None:
    boy = settled(of_boy())
    assert judge(boy)["outcome"] == "suitable"
    linked = instead(boy, "CS18", "C", answered("CS18", "C", "linked", "E3"))
    plan = promised("CS18", "C", "2026-11-30")
    hub = promised("CS18", "C", "2026-11-30", "exploitation hub") | {
        "owner": {"name": "Hub", "role": "worker", "agency": "exploitation hub"}
    }
    for plans in ([], [plan], [hub]):
        result = judge({**linked, "mitigations": plans})
        assert result["outcome"] == "cannot_decide"
        assert {(f["state"], f["effect"]) for f in row(result, "CS18")} >= {("open", "hold")}, "the area is not settled"
    known = instead(linked, "CS18", "C", *row_answers(linked, "CS18"), answered("CS18", "C", "compatible", "E4"))
    assert [f["state"] for f in row(judge({**known, "mitigations": [hub]}), "CS18")] == ["mitigated"]
    mother = instead(linked, "CS18", "C", *row_answers(linked, "CS18"), answered("CS18", "C", "compatible", "E1"))
    assert any(f["state"] == "open" for f in row(judge({**mother, "mitigations": [hub]}), "CS18")), "who cannot know"


def row_answers(tree: dict[str, Any], criterion: str) -> list[dict[str, Any]]:
    return [a for a in tree["answers"] if a["criterion"] == criterion]


@pytest.mark.parametrize("due", ["2026-11-25", "2027-12-28"])
def test_an_undeclared_man_is_ended_by_what_is_seen_never_by_a_day(due: str) -> None:
    baby = with_baby()
    tree = instead(baby, "CS21", "household", answered("CS21", "household", "undeclared", "E3"))
    tree["mitigations"], tree["acceptances"] = [promised("CS21", "household", due)], [accepted("CS21", "household")]
    assert (judge(tree)["outcome"], row(judge(tree), "CS21")[0]["state"]) == ("cannot_decide", "worrying")
    tree["mitigations"] = [seen("CS21", "household", "He has gone, the locks are changed")]
    assert row(judge(tree), "CS21")[0]["state"] == "mitigated"


@pytest.mark.parametrize(
    ("criterion", "value", "subject"),
    [("CS24", "does_not_fit", "C"), ("LS03", "child_apart", "household"), ("LS28", "not_reasoned", "C"),
     ("LS23", "no_search", "household"), ("LS35", "not_made", "household")],
)  # fmt: skip
def test_what_has_to_be_done_is_neither_promised_nor_accepted(criterion: str, value: str, subject: str) -> None:
    tree = plain()
    tree["household"]["members"][1]["needs"] = ["sensory"]
    if criterion == "LS23":
        tree["placement"]["authority"] = "E09000001"
    tree = instead(settled(tree), criterion, subject, answered(criterion, subject, value))
    before = row(judge(tree), criterion, subject)
    assert [f["state"] for f in before if f["state"] != "open"] == ["worrying"]
    owner = CHECKLIST.criteria[criterion].mitigations[0].owner
    tree["mitigations"], tree["acceptances"] = (
        [promised(criterion, subject, "2026-11-25", owner)],
        [accepted(criterion, subject)],
    )
    after = row(judge(tree), criterion, subject)
    assert [(f["state"], f["effect"]) for f in after] == [(f["state"], f["effect"]) for f in before]
    tree["mitigations"] = [seen(criterion, subject)]
    assert "worrying" not in [f["state"] for f in row(judge(tree), criterion, subject)]


def test_the_equality_duty_is_put_right_by_reasoning_it() -> None:
    tree = plain()
    tree["household"]["members"][1]["needs"] = ["sensory"]
    result = judge(instead(settled(tree), "LS28", "C", answered("LS28", "C", "not_reasoned")))
    steps = [s["step"] for s in result["what_would_make_it_suitable"]["steps"] if s["criterion"] == "LS28"]
    assert len(steps) == 1
    assert steps[0].startswith("The six points reasoned in writing")
    assert "acceptance" not in steps[0]


def test_a_note_that_somebody_spoke_to_him_lifts_nothing() -> None:
    tree = settled(instead(settled(plain()), "SM01", "A", answered("SM01", "A", ["opioids_now"])))
    tree["mitigations"] = [seen("SM01", "A", "Spoke to him")]
    (found,) = row(judge(tree), "SM01")
    assert (found["state"], judge(tree)["outcome"]) == ("worrying", "cannot_decide")


@pytest.mark.parametrize("name", ["Al Plain", "Al", "Al Plain, father"])
def test_the_one_it_is_about_neither_carries_agrees_accepts_nor_sees(name: str) -> None:
    tree = settled(instead(settled(plain()), "SM01", "A", answered("SM01", "A", ["alcohol_now"])))
    good = promised("SM01", "A", "2026-11-28", "worker") | {
        "owner": {"name": "Dee", "role": "worker", "agency": "drug and alcohol service"}
    }
    assert row(judge({**tree, "mitigations": [good]}), "SM01")[0]["state"] == "mitigated"
    for wrong in ({"owner": {**good["owner"], "name": name}}, {"agreed_by": name}, {"agreed_by": "Dee"}):
        assert row(judge({**tree, "mitigations": [{**good, **wrong}]}), "SM01")[0]["state"] == "worrying", wrong
    assert row(judge({**tree, "acceptances": [accepted("SM01", "A") | {"by": name}]}), "SM01")[0]["state"] == "worrying"
    alarm = instead(settled(plain()), "CS10", "unit", answered("CS10", "unit", "not_working", "E2"))
    assert judge({**alarm, "mitigations": [seen("CS10", "unit") | {"seen_by": name}]})["outcome"] == "not_suitable"
    assert judge({**alarm, "mitigations": [seen("CS10", "unit")]})["outcome"] == "suitable"


def test_nothing_lifts_the_nights_beyond_the_last_lawful_one() -> None:
    """From 20 October: the 42nd night is 30 November."""
    tree = plain()
    tree["placement"] |= {**ROOM, "nights": 28, "staffing": "24_hours"}
    tree["household"]["bed_and_breakfast"] = [{"first": "2026-10-20", "last": "2026-11-22"}]
    tree = settled(tree)
    for due, state in (("2026-11-30", "mitigated"), ("2026-12-01", "worrying")):
        plan = promised("LS09", "household", due, "placement officer")
        (found,) = row(judge({**tree, "mitigations": [plan]}), "LS09")
        assert found["state"] == state, due
    (found,) = row(
        judge({**tree, "acceptances": [accepted("LS09", "household") | {"review_on": "2026-12-10"}]}), "LS09"
    )
    assert found["conditions"][0]["due"] == "2026-11-30", "an acceptance lasts no longer either"


@pytest.mark.parametrize("value", ["partly", "does_not_fit"])
def test_whether_a_need_that_sustains_life_is_met_is_asked_and_not_accepted(value: str) -> None:
    tree = plain()
    tree["household"]["members"][1]["needs"] = ["life_sustaining"]
    tree = instead(settled(tree), "CS24", "C", answered("CS24", "C", value))
    tree["acceptances"] = [accepted("CS24", "C")]
    result = judge(tree)
    assert result["outcome"] == "cannot_decide"
    assert any(f["state"] == "open" for f in row(result, "CS24"))


def test_what_is_injected_is_asked_where_nobody_ticked_it() -> None:
    tree = instead(settled(plain()), "SM01", "A", answered("SM01", "A", ["injecting"]))
    assert {f["criterion"] for f in judge(tree)["findings"]} >= {"SM03", "SM09"}
