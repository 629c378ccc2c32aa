"""What the days to come change: birthdays and births in the stay, what lapses, tonight, duties, and who holds which piece."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from app.suitability.reading.case_file import CaseFileError
from tests.suitability.conftest import example, judge
from tests.suitability.households import CHECKLIST, full, instead, plain, result_of, settled
from tests.trees import copied


@cache
def _settled(name: str) -> Any:
    return settled({"full": full, "plain": plain}[name]())


def tree_of(name: str = "plain") -> dict[str, Any]:
    tree: dict[str, Any] = copied(_settled(name))
    return tree


def with_child(born: str | None, nights: int = 60, name: str = "plain", **more: Any) -> dict[str, Any]:
    """The plain household with a child born on a day, settled as they are today."""
    tree = plain() if name == "plain" else full()
    tree["household"]["members"][1] |= {"born": born, **more}
    tree["placement"]["nights"] = nights
    return settled(tree)


# ---- birthdays and births


@pytest.mark.parametrize(
    ("born", "age", "names"),
    [
        ("2025-12-01", 1, ("CS03",)),  # no longer under 1
        ("2024-12-01", 2, ("CS01", "CS02")),  # the cot is no longer asked for
        ("2021-12-01", 5, ("CS09", "SA06")),
        ("2016-12-01", 10, ("CS18",)),  # old enough to be exploited, as criteria.md counts it
        ("2009-12-01", 17, ("SA07",)),  # no longer of school age
        ("2007-12-01", 19, ("SA06",)),
    ],
)
def test_a_birthday_in_the_stay_is_found_with_its_date(born: str, age: int, names: tuple[str, ...]) -> None:
    found = [c for c in judge(with_child(born))["changes_during_stay"] if c["on"] == "2026-12-01"]
    assert len(found) == 1
    assert f"turns {age}" in found[0]["because"]
    said = " ".join(found[0]["rows"])
    assert any(name in said for name in names), said


HOTEL = {"self_contained": False, "shares": ["toilet"], "owner": "private", "manager": "private"}


def headed_by(born: str, **placement: Any) -> dict[str, Any]:
    """A mother born on a day and her child of one, for sixty nights."""
    tree = plain()
    tree["household"]["members"][0] |= {"born": born, "sex": "female"}
    tree["household"]["members"][1] |= {"born": "2025-03-01"}
    tree["placement"] |= {"nights": 60, **placement}
    return settled(tree)


def test_a_mother_turning_18_in_bed_and_breakfast_is_no_longer_stopped_for_her_age() -> None:
    told = judge(headed_by("2008-12-01", **HOTEL))
    day = next(c for c in told["changes_during_stay"] if c["on"] == "2026-12-01")
    assert "turns 18" in day["because"]
    assert any(row.startswith("LS06") for row in day["rows"])
    assert [f["effect"] for f in told["findings"] if f["criterion"] == "LS06"] == ["stop"]


def test_nobody_under_16_is_entered_as_an_adult() -> None:
    """A baby typed as an adult had neither cot nor health visitor asked for: the child was gone."""
    headed_by("2010-11-23")  # 16 today
    for born in ("2010-11-24", "2026-06-01"):
        with pytest.raises(CaseFileError, match="under 16: enter them as a child"):
            headed_by(born)


def test_a_mother_turning_16_is_asked_about_from_that_day() -> None:
    tree = plain()
    tree["household"]["members"][0] |= {"kind": "child", "born": "2010-12-01", "sex": "female"}
    tree["household"]["members"][1] |= {"born": "2025-03-01"}
    tree["placement"]["nights"] = 60
    told = judge(settled(tree))
    day = next(c for c in told["changes_during_stay"] if c["on"] == "2026-12-01")
    assert "turns 16" in day["because"]
    assert any(row.startswith("LS06") for row in day["rows"])
    assert (day["changes_outcome"], day["outcome"]) == (True, "cannot_decide")


def test_somebody_turning_21_needs_a_bedroom_of_their_own() -> None:
    """Two sisters of 20 and 19 share; from the day one is 21 the bedroom standard gives one more."""
    tree = plain()
    tree["household"]["members"] += [
        {**tree["household"]["members"][0], "key": "B", "name": "Bea Plain", "born": "2005-12-01", "sex": "female"},
        {**tree["household"]["members"][0], "key": "D", "name": "Dot Plain", "born": "2007-06-01", "sex": "female"},
    ]
    tree["placement"] |= {"rooms": [{"use": "bedroom", "area_m2": "20"} for _ in range(3)], "nights": 60}
    tree = settled(tree)
    told = judge(tree)
    assert [f for f in told["findings"] if f["criterion"] == "CS07"] == []
    day = next(c for c in told["changes_during_stay"] if c["on"] == "2026-12-01")
    assert "turns 21" in day["because"]
    assert any(row.startswith("CS07") for row in day["rows"])
    assert (day["changes_outcome"], day["outcome"]) == (True, "cannot_decide")


def test_ten_makes_a_room_shared_with_the_other_sex_a_breach_on_that_day() -> None:
    """A mother, a boy of nine and a girl of twelve in two rooms; on 1 December he is ten."""
    tree = plain()
    tree["household"]["members"] += [
        {"key": "D", "name": "Di Plain", "kind": "child", "born": "2014-03-01", "sex": "female", "needs": [], "seen_how": "awake", "exploitation_sign": False},
        {"key": "E", "name": "Ed Plain", "kind": "child", "born": "2012-03-01", "sex": "female", "needs": [], "seen_how": "awake", "exploitation_sign": False},
    ]  # fmt: skip
    tree["household"]["members"][1] |= {"born": "2016-12-01"}
    tree["household"]["members"][0] |= {"sex": "female"}
    tree["placement"] |= {"rooms": [{"use": "bedroom", "area_m2": "20"}], "nights": 28}
    tree = settled(tree)
    before = judge(tree)
    assert not [f for f in before["findings"] if f["criterion"] == "LS12" and f["effect"] == "senior"]
    turning = [c for c in before["changes_during_stay"] if "turns 10" in c["because"]]
    assert [c["on"] for c in turning] == ["2026-12-01"]
    assert any(row.startswith("LS12") for row in turning[0]["rows"])


def test_the_outcome_is_said_where_a_day_changes_it_and_only_there() -> None:
    """The cot is in place for a child under two; nothing is asked about it after the birthday."""
    tree = with_child("2024-12-01")
    worse = instead(tree, "CS01", "C", *[a | {"value": "none"} for a in tree["answers"] if a["criterion"] == "CS01"])
    told = judge(worse)
    assert told["outcome"] == "not_suitable"
    day = next(c for c in told["changes_during_stay"] if c["on"] == "2026-12-01")
    assert (day["changes_outcome"], day["outcome"]) == (True, "suitable")
    assert judge(tree)["outcome"] == "suitable"
    assert all(c["changes_outcome"] is False for c in judge(tree)["changes_during_stay"])


def test_days_outside_the_stay_say_nothing() -> None:
    assert judge(with_child("2024-12-01", nights=7))["changes_during_stay"] == []
    short = with_child("2024-12-01", nights=8)
    assert [c["on"] for c in judge(short)["changes_during_stay"]] == []  # the last night is 30 November
    assert [c["on"] for c in judge(with_child("2024-11-30", nights=8))["changes_during_stay"]] == ["2026-11-30"]
    unknown = tree_of()
    unknown["placement"]["nights"] = None
    assert judge(unknown)["changes_during_stay"] == []


def test_a_birth_in_the_stay_is_a_day_of_change() -> None:
    tree = tree_of("full")
    tree["placement"]["nights"] = 60
    born = [c for c in judge(tree)["changes_during_stay"] if "expected to be born" in c["because"]]
    assert [c["on"] for c in born] == ["2026-12-28"]
    assert born[0]["rows"]


def test_one_born_on_the_29_february_turns_on_the_first_of_march() -> None:
    tree = with_child("2024-02-29", nights=120)
    days = {c["on"]: c["because"] for c in judge(tree)["changes_during_stay"]}
    assert "turns 3" in days["2027-03-01"], "of an age to go to nursery from then on"


def test_evidence_is_no_older_on_a_later_day_only_people_are() -> None:
    """What lapses is said by what would flip it; a change of the stay is about ages alone."""
    told = judge(tree_of("plain"))
    assert told["changes_during_stay"] == []
    assert any(f["lapses_on"] for f in told["what_would_flip_it"])


# ---- what would flip it


def test_the_clear_rows_whose_loss_changes_the_outcome_with_the_day_they_lapse() -> None:
    tree = tree_of("plain")
    told = judge(tree)
    flips = told["what_would_flip_it"]
    assert flips
    lapses = [f["lapses_on"] or "9999" for f in flips]
    assert lapses == sorted(lapses)  # the soonest first
    for flip in flips[:12]:
        assert flip["outcome"] != told["outcome"]
        lost = instead(tree, flip["criterion"], flip["subject"])
        if flip["criterion"] in {a["criterion"] for a in tree["answers"]}:
            assert judge(lost)["outcome"] == flip["outcome"], flip


def test_a_flip_lapses_on_the_first_day_it_is_no_longer_fresh() -> None:
    tree = tree_of("plain")
    flip = next(f for f in judge(tree)["what_would_flip_it"] if f["lapses_on"] and f["becomes"] == "hold")
    on_the_day = {**copied(tree), "on": flip["lapses_on"]}
    day_before = str(
        __import__("datetime").date.fromisoformat(flip["lapses_on"]) - __import__("datetime").timedelta(days=1)
    )

    def open_on(day: str) -> bool:
        found = [
            r
            for r in result_of({**on_the_day, "on": day}).rows
            if (r.criterion, r.subject) == (flip["criterion"], flip["subject"])
        ]
        return found[0].is_open

    assert open_on(flip["lapses_on"])
    assert not open_on(day_before)


def test_nothing_flips_what_is_as_bad_as_it_can_be() -> None:
    assert judge(example("h1"))["what_would_flip_it"] == []


# ---- tonight


def test_the_first_night_core_is_short_and_each_has_somebody_to_ask_tonight() -> None:
    tonight = judge(example("h1"))["first_night"]
    assert tonight
    assert all(f["ask_of"] and f["ask"] and f["by"] for f in tonight)
    assert {"CS02", "CS08", "CS10"} <= {f["criterion"] for f in tonight}
    assert judge(tree_of("plain"))["first_night"] == []


@pytest.mark.parametrize(("name", "is_open"), [("h1", True), ("h2", False), ("h3", True), ("h5", True)])
def test_the_emergency_route_stays_open_at_a_stop_and_keeps_the_words_not_suitable(name: str, is_open: bool) -> None:
    route = judge(example(name))["emergency_route"]
    assert route["open"] is is_open
    assert route["owner"] == "senior officer"
    assert "not suitable" in route["says"]
    for no in ("no accommodation", "turn away", "cannot be accommodated"):
        assert no not in route["says"]


# ---- duties


def test_duties_have_a_day_and_never_touch_the_outcome() -> None:
    tree = tree_of("full")
    before = judge(tree)
    assert before["duties"]
    for duty in before["duties"]:
        assert duty["owner"]
        assert duty["due"] >= tree["placement"]["starts"]
    lost = instead(tree, "LS28", "household") if any(d["criterion"] == "LS28" for d in before["duties"]) else tree
    late = {**copied(tree), "placement": {**tree["placement"], "notice_sent": None}}
    assert judge(late)["outcome"] == before["outcome"] == judge(lost)["outcome"] or lost is not tree
    assert {d["state"].split(" ")[0] for d in before["duties"]} <= {"done", "due", "overdue"}


# ---- who holds which piece


def test_every_agency_that_must_be_asked_is_shown_whether_anybody_asked_or_not() -> None:
    told = {p["agency"]: p for p in judge(example("h1"))["must_ask"]}
    assert {"social_care", "health_visiting", "gp", "drug_service", "police", "probation"} <= set(told)
    # Social care and the provider have said something of their own; nobody else was asked.
    assert {a for a, p in told.items() if p["state"] != "not_asked"} == {"social_care", "provider"}
    assert all(p["question"] and p["ground"] and p["at_silence"] for p in told.values())


@pytest.mark.parametrize(
    ("enquiry", "state"),
    [
        ({"asked": "2026-11-20", "due": "2026-11-23"}, "waiting"),  # due today is not late
        ({"asked": "2026-11-20", "due": "2026-11-22"}, "silent"),
        ({"asked": "2026-11-20"}, "waiting"),
        ({"asked": "2026-11-20", "answered": "full", "answered_on": "2026-11-21"}, "answered"),
        ({"asked": "2026-11-20", "answered": "partly", "answered_on": "2026-11-21"}, "partly"),
        ({"asked": "2026-11-20", "answered": "refused", "answered_on": "2026-11-21"}, "refused"),
    ],
)
def test_silence_is_told_from_waiting_and_is_never_clearance(enquiry: dict[str, Any], state: str) -> None:
    tree = tree_of("full")
    before = judge(tree)["outcome"]
    tree["household"]["enquiries"] = [{"agency": "police", "question": "Known?", **enquiry}]
    told = judge(tree)
    assert {p["agency"]: p["state"] for p in told["must_ask"]}["police"] == state
    order = ["suitable", "suitable_with_conditions", "cannot_decide", "not_suitable"]
    assert order.index(told["outcome"]) >= order.index(before)


def test_who_must_be_asked_follows_the_household() -> None:
    def asked(tree: dict[str, Any]) -> set[str]:
        return {p["agency"] for p in judge(tree)["must_ask"]}

    quiet = asked(tree_of("plain"))
    assert "police" in quiet  # always
    assert not {"probation", "midwifery", "drug_service"} & quiet
    signed = plain()
    signed["household"]["members"][0] |= {"justice_sign": True, "pregnant": True, "sex": "female"}
    assert {"probation", "midwifery"} <= asked(signed)
    unknown = plain()
    unknown["household"]["members"][0] |= {"justice_sign": None}
    assert "probation" not in asked(unknown)  # only what is known asks an agency: the person is asked first,
    prison = next(q for q in judge(unknown)["next_questions"] if q["criterion"] == "SM14")
    assert (prison["effect"], prison["ask_of"]) == (
        "hold",
        CHECKLIST.agencies["family"].name,
    )  # and not known is never no


def test_the_day_from_which_a_birth_counts_as_a_baby_is_a_day_of_change() -> None:
    tree = tree_of("plain")
    tree["household"]["members"][0] |= {"sex": "female", "pregnant": True, "due": "2027-03-01"}
    tree["placement"]["nights"] = 40
    told = {c["on"]: c for c in judge(tree)["changes_during_stay"]}
    assert "expected within 12 weeks" in told["2026-12-07"]["because"]
    assert any(row.startswith("CS01") for row in told["2026-12-07"]["rows"])


def test_the_notice_is_counted_from_the_latest_of_placement_and_agreement() -> None:
    tree = tree_of("plain")
    tree["placement"]["starts"] = "2026-11-01"
    agreed = {**next(a for a in tree["answers"] if a["criterion"] == "IS04"), "value": "agreed", "on": "2026-11-03"}
    told = {d["criterion"]: d for d in judge(instead(tree, "IS04", "household", agreed))["duties"]}
    assert told["IS04"]["due"] == "2026-11-16"  # law.md 3: latest 3 November, 16 November
