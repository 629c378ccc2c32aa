"""Which answers stand, and for how long."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.suitability.casefile.answers import Answer, Source, is_stale
from app.suitability.casefile.codes import Grade
from app.suitability.judgement.standing import Rules, standing
from tests.suitability.conftest import answer, judge, row, small


def said(value: str, grade: str = "E3", who: str = "Ann", on: str = "2026-11-20", **more: Any) -> Answer:
    return Answer(
        criterion="CS15",
        subject="unit",
        value=value,
        grade=Grade(grade),
        source=Source(name=who),
        on=date.fromisoformat(on),
        **more,
    )


def left(*answers: Answer, survivor_only: bool = False, theirs_only: bool = False) -> list[str]:
    grave = [{"bad": 2, "less": 1}.get(str(a.value), 0) for a in answers]
    rules = Rules(
        on=date(2026, 11, 23),
        survivor_only=survivor_only,
        theirs_only=theirs_only,
        is_concern=lambda at: grave[at] > 0,
        less=lambda new, old: grave[new] < grave[old],
        may_answer=lambda at: answers[at].source.name != "Teacher",
    )
    return [str(a.value) for a in standing(answers, rules).answers]


def test_a_source_replaces_its_own_earlier_reassurance() -> None:
    assert left(said("good"), said("better", on="2026-11-21")) == ["better"]


def test_another_source_stands_beside() -> None:
    assert left(said("good"), said("better", who="Bob", on="2026-11-21")) == ["good", "better"]


def test_a_worry_is_replaced_only_with_a_reason_by_evidence_as_good() -> None:
    worry = said("bad", id="w")
    for new, remains in [
        (said("good", who="Bob", on="2026-11-21", supersedes=("w",)), ["bad", "good"]),
        (said("good", "E2", "Bob", "2026-11-21", supersedes=("w",), reason="Looked at again"), ["bad", "good"]),
        (said("good", "E3", "Bob", "2026-11-21", supersedes=("w",), reason="Looked at again"), ["good"]),
        (said("good", "E4", "Bob", "2026-11-21", supersedes=("w",), reason="Looked at again"), ["good"]),
        (said("unknown", "E4", "Bob", "2026-11-21", supersedes=("w",), reason="Looked at again"), ["bad", "unknown"]),
        (said("good", "E3", "Ann", "2026-11-21"), ["bad", "good"]),
        # A lesser worry takes something away as well.
        (said("less", "E3", "Ann", "2026-11-21"), ["bad", "less"]),
        (said("less", "E3", "Ann", "2026-11-21", reason="They moved out"), ["less"]),
        (said("less", "E2", "Ann", "2026-11-21", reason="They moved out"), ["bad", "less"]),
        # What was known before the worry does not answer it, nor what nobody dated, nor who cannot know.
        (said("good", "E4", "Bob", "2026-11-19", supersedes=("w",), reason="Looked at again"), ["bad", "good"]),
        (said("good", "E4", "Bob", "2026-11-20", supersedes=("w",), reason="Looked at again"), ["good"]),
        (said("good", "E4", "Teacher", "2026-11-21", supersedes=("w",), reason="Never heard of it"), ["bad", "good"]),
        # A survivor’s grade is theirs on where they are safe; elsewhere it is the household’s word.
        (said("good", "E1s", "Bob", "2026-11-21", supersedes=("w",), reason="All is well"), ["bad", "good"]),
        # A worry as grave, or graver, takes a worry’s place without more.
        (said("bad", "E1", "Ann", "2026-11-21"), ["bad"]),
    ]:
        assert left(worry, new) == remains


def test_two_sources_of_which_nothing_is_written_are_two() -> None:
    assert left(said("good", who=""), said("better", who="", on="2026-11-21")) == ["good", "better"]
    assert left(said("bad", who=""), said("bad", who="", on="2026-11-21")) == ["bad", "bad"]


def test_an_undated_worry_is_answered_by_today_alone() -> None:
    undated = said("bad", id="w").model_copy(update={"on": None})
    answer_ = said("good", "E4", "Bob", supersedes=("w",), reason="Looked at again")
    assert left(undated, answer_) == ["bad", "good"], "an undated worry may be of today"
    assert left(undated, answer_.model_copy(update={"on": date(2026, 11, 23)})) == ["good"]
    assert left(undated, answer_.model_copy(update={"on": None})) == ["bad", "good"]


def test_a_worry_is_back_when_what_answered_it_is_withdrawn() -> None:
    worry = said("bad", who="Police", id="w")
    good = said("good", "E3", "Bob", "2026-11-21", id="g", supersedes=("w",), reason="They moved out")
    withdrawn = said("unknown", "E3", "Bob", "2026-11-22", supersedes=("g",))
    assert left(worry, good) == ["good"]
    assert left(worry, good, withdrawn) == ["bad", "unknown"]
    later = said("better", "E3", "Bob", "2026-11-22", supersedes=("g",), reason="Looked again")
    assert left(worry, good, later) == ["bad", "better"], "what it replaced says nothing of the worry"
    of_both = said("better", "E3", "Bob", "2026-11-22", supersedes=("g", "w"), reason="Looked again")
    assert left(worry, good, of_both) == ["better"]


def test_a_survivors_grade_takes_nothing_from_a_professional() -> None:
    police = said("bad", "E3", "Police", id="w")
    mother = said("good", "E1s", "Mother", "2026-11-21", supersedes=("w",), reason="He is fine")
    for survivor_only in (True, False):
        assert left(police, mother, survivor_only=survivor_only) == ["bad", "good"]


def test_an_objection_is_theirs_alone_to_take_back() -> None:
    objects = said("bad", "E3", "Visitor", id="w")
    officer = said("good", "E4", "Olu", "2026-11-21", supersedes=("w",), reason="I rang and it is fine")
    own = said("good", "E3", "Visitor", "2026-11-21", supersedes=("w",), reason="The plan is in place")
    assert left(objects, officer, theirs_only=True) == ["bad", "good"]
    assert left(objects, own, theirs_only=True) == ["good"]


def test_whoever_withdraws_a_reassurance_it_is_withdrawn() -> None:
    good = said("good", "E4", "Olu", id="g")
    assert left(good, said("unknown", "E1", "", "2026-11-21", supersedes=("g",))) == ["unknown"]
    assert left(good, said("other", "E1", "Olu", "2026-11-21")) == ["good", "other"], (
        "known less surely, without a reason"
    )


def test_why_a_later_answer_takes_no_place_is_said() -> None:
    police = answer("CS15", "current", "E3") | {"id": "w", "source": {"name": "PC Desk", "agency": "police"}}
    other = answer("CS15", "none_known", "E2") | {"supersedes": ["w"], "reason": "Quiet now.", "source": {"name": "Ann", "agency": "police"}}  # fmt: skip
    why = " ".join(row(judge(small(answers=[police, other])), "CS15")[0]["why"])
    assert "What Ann said later does not take its place: it is known less surely." in why


def test_a_survivors_fear_is_theirs_alone_to_take_back() -> None:
    fear = said("bad", "E1s", "Survivor", id="f")
    police = said("good", "E4", "Police", "2026-11-21", supersedes=("f",), reason="No record")
    own = said("good", "E1s", "Survivor", "2026-11-21", supersedes=("f",), reason="He has moved away")
    assert left(fear, police, survivor_only=True) == ["bad", "good"]
    assert left(fear, own, survivor_only=True) == ["good"]


def test_answers_that_replace_each_other_in_a_ring_replace_nothing() -> None:
    one = said("bad", id="a", supersedes=("b",), reason="r")
    two = said("good", who="Bob", id="b", supersedes=("a",), reason="r")
    assert left(one, two) == ["bad", "good"]


@pytest.mark.parametrize(("on", "stale"), [("2026-11-16", False), ("2026-11-15", True), ("2026-11-24", True)])
def test_reassurance_lasts_its_shelf_life_to_the_day(on: str, stale: bool) -> None:
    assert is_stale(said("good", on=on), 7, date(2026, 11, 23)) is stale


def test_reassurance_without_a_day_has_no_age() -> None:
    assert is_stale(said("good").model_copy(update={"on": None}), 7, date(2026, 11, 23))
    assert not is_stale(said("good").model_copy(update={"on": None}), None, date(2026, 11, 23))


def test_a_worry_never_expires() -> None:
    old = answer("CS15", "current", "E1") | {"on": "2010-01-01"}
    assert row(judge(small(answers=[old])), "CS15")[0]["effect"] == "stop"


def test_two_agencies_are_needed_where_the_checklist_says_so() -> None:
    one = answer("CS15", "none_known", "E3") | {
        "source": {"name": "Somebody", "role": "r", "agency": "council ASB team"}
    }
    same_agency = one | {"source": {"name": "Somebody else", "role": "r", "agency": "council ASB team"}}
    other = one | {"source": {"name": "Third", "role": "r", "agency": "police"}}
    assert row(judge(small(answers=[one])), "CS15")[0]["state"] == "open"
    assert row(judge(small(answers=[one, same_agency])), "CS15")[0]["state"] == "open"
    assert row(judge(small(answers=[one, other])), "CS15") == []
    desk = one | {"source": {"name": "Sgt", "role": "sergeant", "agency": "MASH"}}
    assert row(judge(small(answers=[other, desk])), "CS15")[0]["state"] == "open", (
        "two desks of the police are one voice"
    )
    neither = one | {"source": {"name": "A receptionist", "role": "reception", "agency": "Rowe Estates"}}
    teacher = one | {"source": {"name": "A teacher", "role": "teacher", "agency": "Invented Primary"}}
    assert row(judge(small(answers=[neither, teacher])), "CS15")[0]["state"] == "open"


def test_one_adults_answer_never_stands_in_for_another_who_was_not_asked() -> None:
    two = small(household__members=[
        {"key": "A", "name": "Ada", "kind": "adult", "born": "1990-01-01", "substance_sign": True},
        {"key": "B", "name": "Ben", "kind": "adult", "born": "1990-01-01", "substance_sign": True},
        {"key": "C", "name": "Cai", "kind": "child", "born": "2020-01-01"},
    ], answers=[answer("SM01", "none", "E4", "A")])  # fmt: skip
    result = judge(two)
    assert row(result, "SM02", "A") == []
    assert "SM02" in [s["criterion"] for s in row(result, "SM01", "B")[0]["settles"]]


def test_a_question_that_does_not_apply_hides_no_other() -> None:
    sober = small(answers=[answer("SM01", "none", "E4", "A")])
    assert [
        f["criterion"] for f in judge(sober)["findings"] if f["criterion"] in ("SM02", "SM03", "SM04", "SM07")
    ] == []
    asked = row(judge(small()), "SM01")[0]
    assert {"SM02", "SM03"} <= {s["criterion"] for s in asked["settles"]}


@pytest.mark.parametrize(
    ("numbers", "grade", "effects", "said"),
    [
        ({"not_brought": 0, "no_access": 0}, "E3", [], ""),
        ({"not_brought": 1, "no_access": 0}, "E3", ["low"], ""),
        ({"no_access": 0}, "E4", ["hold"], "Not told: Not brought."),
        ({"no_access": 3}, "E4", ["low", "hold"], "Not told: Not brought."),
        (
            {"not_brought": 1, "no_access": 0},
            "E1",
            ["low", "hold"],
            "What counts here is an answer from a named professional",
        ),
        ({"due": 4, "kept": 4}, "E4", ["hold"], "Not told: Not brought, No access at a home visit."),
    ],
)
def test_one_number_told_is_not_the_others_told(
    numbers: dict[str, int], grade: str, effects: list[str], said: str
) -> None:
    """Of a baby: a low worry, or one that nobody with a list has told, never settles what holds."""
    tree = small(answers=[answer("SA04", numbers, grade, "C")])
    tree["household"]["members"][1]["born"] = "2026-06-01"
    found = row(judge(tree), "SA04", "C")
    assert [f["effect"] for f in found] == effects
    assert said in " ".join(word for f in found for word in f["why"])


@pytest.mark.parametrize(
    ("grade", "on", "effects", "said"),
    [
        ("E1", "2026-11-23", ["hold"], "What counts here is an answer from a named professional"),
        ("E3", "2025-01-01", ["hold"], "older than"),
        ("E3", "2026-11-23", [], ""),
    ],
)
def test_a_number_told_by_a_weaker_voice_is_not_carried_by_a_good_answer(
    grade: str, on: str, effects: list[str], said: str
) -> None:
    """A list that leaves out what was not brought is not completed by a parent, nor by an old list."""
    tree = small(answers=[
        answer("SA04", {"due": 3, "kept": 3, "no_access": 0}, "E3", "C"),
        answer("SA04", {"not_brought": 0}, grade, "C") | {"on": on, "source": {"name": "Bob", "agency": "b"}},
    ])  # fmt: skip
    tree["household"]["members"][1]["born"] = "2026-06-01"
    found = row(judge(tree), "SA04", "C")
    assert [f["effect"] for f in found] == effects
    assert said in " ".join(word for f in found for word in f["why"])
