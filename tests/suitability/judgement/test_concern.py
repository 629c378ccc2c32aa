"""A worry on record stays until it is answered: not by a fact elsewhere, a lesser word, an old sight or a hidden question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.suitability.casefile.codes import Outcome
from app.suitability.reading.case_file import CaseFileError
from tests.suitability.conftest import answer, judge, small
from tests.suitability.conftest import row as finding
from tests.suitability.criterion_cases import base, found
from tests.suitability.households import CHECKLIST, TODAY, answered, instead, result_of, row_of, settled
from tests.suitability.pattern_cases import ago, fired, member, plain_case
from tests.trees import copied

Change = Callable[[dict[str, Any]], dict[str, Any]]


def telling(criterion: str, subject: str, value: Any, grade: str = "E1", **more: Any) -> dict[str, Any]:
    return instead(plain_case(), criterion, subject, answered(criterion, subject, value, grade, **more))


@pytest.mark.parametrize(
    ("criterion", "subject", "value", "grade", "outcome"),
    [
        # Nothing of this would be asked of the plain household: no abuse, no orders, no use, no shared stairs, no needs.
        ("CS17", "household", "not_safe", "E1s", "not_suitable"),
        ("CS16", "household", "can_reach", "E1s", "not_suitable"),
        ("CS20", "household", "conflict", "E4", "not_suitable"),
        ("SM15", "A", "not_compatible", "E3", "not_suitable"),
        ("SM11", "A", "building", "E3", "not_suitable"),
        ("SM10", "A", ["events"], "E3", "cannot_decide"),
        ("SM02", "A", "no_sober_carer", "E1", "cannot_decide"),
        ("CS12", "unit", "shared", "E2", "cannot_decide"),
        ("CS08", "unit", "unrestricted", "E2", "not_suitable"),
        ("CS24", "C", "life_sustaining_unmet", "E3", "not_suitable"),
        ("LS22", "unit", ["fire"], "E2", "not_suitable"),
    ],
)
def test_what_is_told_stands_though_it_is_said_not_to_apply(
    criterion: str, subject: str, value: Any, grade: str, outcome: str
) -> None:
    if CHECKLIST.criteria[criterion].answer != "multiple" and isinstance(value, list):
        value = value[0]
    assert row_of(plain_case(), criterion, subject) is None
    tree = telling(criterion, subject, value, grade)
    row = row_of(tree, criterion, subject)
    assert row is not None
    assert row.state == "worrying"
    assert "what is written down elsewhere says that it does not apply here" in " ".join(row.why)
    assert row.basis == "policy", "no law is named that may not apply"
    assert result_of(tree).outcome == outcome


@pytest.mark.parametrize(
    ("criterion", "subject", "value"),
    [("CS18", "C", "rival"), ("CS01", "C", "none"), ("LS23", "household", "no_log"), ("LS08", "household", "used")],
)
def test_age_birth_law_and_boundary_contradict_nobody(criterion: str, subject: str, value: str) -> None:
    """A child of nine is not of an age to be asked; a unit in the district is not outside it."""
    criterion_ = CHECKLIST.criteria[criterion]
    value = (
        value
        if value in criterion_.options
        else next(c for c, o in criterion_.options.items() if o.means == "worrying")
    )
    keys = {"child": "C", "unit": "unit", "household": "household"}
    where = keys[criterion_.subject]
    assert row_of(telling(criterion, where, value, "E4"), criterion, where) is None


def test_a_reassurance_about_what_does_not_apply_asks_nothing() -> None:
    assert row_of(telling("CS17", "household", "safe", "E1s"), "CS17", "household") is None


def test_a_stop_outlives_a_later_answer_that_it_would_not_be_asked() -> None:
    """Known dealers in the building, told while use was not known; then nobody uses."""
    tree = instead(base(), "SM11", "M", answered("SM11", "M", "building", "E3"))
    tree = instead(tree, "SM03", "M")
    sober = instead(tree, "SM01", "M", answered("SM01", "M", "none"))
    assert found(tree, "SM11", "M").effect == found(sober, "SM11", "M").effect == "stop"


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        # The same desk, later and less: both stand, and the worst counts.
        (("current", "E3", "2026-11-22"), {"value": "past", "grade": "E1"}, "stop"),
        (("current", "E3", "2026-11-22"), {"value": "past", "grade": "E4"}, "stop"),
        (("current", "E3", "2026-11-22"), {"value": "past", "grade": "E4", "reason": "They were evicted."}, "high"),
        (("past", "E3", "2026-11-22"), {"value": "current", "grade": "E1"}, "stop"),
    ],
)
def test_a_lesser_worry_replaces_a_graver_only_with_a_reason(
    old: tuple[str, str, str], new: dict[str, Any], left: str
) -> None:
    first = answered("CS15", "unit", old[0], old[1], old[2])
    later = answered("CS15", "unit", new["value"], new["grade"], reason=new.get("reason", ""))
    assert found(instead(base(), "CS15", "unit", first, later), "CS15", "unit").effect == left


def test_what_worried_and_is_left_out_of_a_later_list_is_not_gone() -> None:
    first = answered("CS03", "C1", ["smoker", "drugs"], "E3", "2026-11-20")
    later = answered("CS03", "C1", ["smoker"], "E3", TODAY)
    row = found(instead(base(), "CS03", "C1", first, later), "CS03", "C1")
    assert "A carer uses drugs." in " ".join(row.why)
    reasoned = later | {"reason": "The test was of somebody else."}
    row = found(instead(base(), "CS03", "C1", first, reasoned), "CS03", "C1")
    assert "A carer uses drugs." not in " ".join(row.why)


def test_a_smaller_count_later_is_not_the_end_of_a_larger_one() -> None:
    first = answered("SA04", "C2", {"not_brought": 4, "no_access": 0}, "E3", "2026-11-20")
    later = answered("SA04", "C2", {"not_brought": 0, "no_access": 0}, "E3", TODAY)
    assert found(instead(base(), "SA04", "C2", first, later), "SA04", "C2").state == "worrying"


@pytest.mark.parametrize(
    ("agency", "on", "stands"),
    [
        ("Invented Primary School", "2026-11-23", True),  # a source that cannot know
        ("police", "2024-01-01", True),  # long before
        ("police", None, True),
        ("council ASB team", "2026-11-23", False),
    ],
)
def test_a_stop_is_answered_later_by_those_who_can_know(agency: str, on: str | None, stands: bool) -> None:
    police = answered("CS15", "unit", "current", "E3", "2026-11-22") | {"id": "stop"}
    other = answered("CS15", "unit", "none_known", "E3") | {
        "source": {"name": "Other", "agency": agency}, "supersedes": ["stop"], "reason": "Never heard of it.",
    }  # fmt: skip
    other = {**other, "on": on} if on else {k: v for k, v in other.items() if k != "on"}
    row = found(instead(base(), "CS15", "unit", police, other), "CS15", "unit")
    assert (row.effect == "stop") is stands


@pytest.mark.parametrize(("criterion", "subject"), [("SM01", "M"), ("SM02", "M"), ("SM10", "M"), ("CS18", "C4")])
def test_a_survivors_grade_is_the_households_word_on_anything_but_where_they_are_safe(
    criterion: str, subject: str
) -> None:
    good = next(a for a in base()["answers"] if (a["criterion"], a["subject"]) == (criterion, subject))
    assert found(instead(base(), criterion, subject, {**good, "grade": "E1s"}), criterion, subject).is_open


@pytest.mark.parametrize("criterion", ["CS16", "CS17"])
def test_a_survivors_word_on_where_they_are_safe_is_enough(criterion: str) -> None:
    said = next(a for a in base()["answers"] if a["criterion"] == criterion)
    row = found(instead(base(), criterion, "household", {**said, "grade": "E1s"}), criterion, "household")
    assert row.state == "clear"


# ---- a way that was measured, and a question nobody answered


def measured(tree: dict[str, Any], person: str, kind: str, low: int, high: int) -> dict[str, Any]:
    way = {"person": person, "kind": kind, "low": low, "high": high, "method": "public_transport"}
    return {**tree, "journeys": [*tree.get("journeys", []), way]}


def closed_on_a_dose_day(tree: dict[str, Any]) -> dict[str, Any]:
    tree = copied(tree)
    for service in tree["household"]["services"]:
        if service["kind"] == "pharmacy":
            service["open_days"] = ["tue"]
    return tree


@pytest.mark.parametrize(("criterion", "effect"), [("SM06", "high"), ("SM07", "stop_until")])
def test_a_worry_that_follows_from_facts_hides_no_open_question(criterion: str, effect: str) -> None:
    tree = closed_on_a_dose_day(instead(base(), criterion, "M"))
    row = found(tree, criterion, "M")
    assert (row.effect, row.is_open) == (effect, True)
    # Seen to be put right, it is still not answered.
    tree["mitigations"] = [
        *tree["mitigations"],
        {"criterion": criterion, "subject": "M", "what": "Another pharmacy", "in_place": TODAY, "seen_grade": "E4", "seen_by": "Olu", "seen_on": TODAY},
    ]  # fmt: skip
    assert found(tree, criterion, "M").outcome >= Outcome.SUITABLE_WITH_CONDITIONS


def test_a_closed_pharmacy_does_not_shorten_a_way_out_of_reach() -> None:
    tree = instead(base(), "SM03", "M", answered("SM03", "M", "supervised"))
    far = measured(instead(tree, "SM06", "M"), "M", "pharmacy", 90, 95)
    assert found(far, "SM06", "M").effect == found(closed_on_a_dose_day(far), "SM06", "M").effect == "stop_until"


def test_a_parents_word_does_not_shorten_a_measured_way() -> None:
    far = measured(instead(base(), "SA06", "C3"), "C3", "school", 80, 85)
    assert found(far, "SA06", "C3").effect == "high"
    said = instead(far, "SA06", "C3", answered("SA06", "C3", 20, "E1"))
    assert found(said, "SA06", "C3").effect == "high"


def test_a_parents_word_does_not_open_a_way_that_was_measured_as_near() -> None:
    near = measured(instead(base(), "SA06", "C3"), "C3", "school", 10, 15)
    assert found(near, "SA06", "C3").state == "clear"
    assert found(instead(near, "SA06", "C3", answered("SA06", "C3", 20, "E1")), "SA06", "C3").state == "clear"
    assert found(instead(near, "SA06", "C3", answered("SA06", "C3", 80, "E1")), "SA06", "C3").state == "worrying"


@pytest.mark.parametrize(
    ("born", "place", "effect"),
    [("2016-01-01", None, "high"), ("2015-06-01", None, "high"), ("2015-06-01", "primary", "high"),
     ("2015-06-01", "secondary", "medium"), ("2015-06-01", "none", "medium"), ("2014-06-01", "primary", "medium")],
)  # fmt: skip
def test_a_child_of_eleven_may_still_be_in_primary_school(born: str, place: str | None, effect: str) -> None:
    tree = instead(base(), "SA06", "C3", answered("SA06", "C3", 60))
    member(tree, "C3").update({"born": born, "school_age_place": place})
    assert found(tree, "SA06", "C3").effect == effect


# ---- how long, and from whom


@pytest.mark.parametrize(("seen", "state"), [(7, "mitigated"), (8, "worrying")])
def test_what_was_seen_lasts_as_long_as_an_answer_would(seen: int, state: str) -> None:
    worry = answered("SM04", "M", "none", on=ago(30))
    tree = instead(base(), "SM04", "M", worry)
    tree["mitigations"] = [
        *tree["mitigations"],
        {"criterion": "SM04", "subject": "M", "what": "A box", "in_place": ago(seen), "seen_grade": "E2", "seen_by": "Olu", "seen_on": ago(seen)},
    ]  # fmt: skip
    assert found(tree, "SM04", "M").state == state


@pytest.mark.parametrize(("seen", "state"), [(0, "mitigated"), (1, "worrying")])
def test_an_undated_worry_may_be_of_today(seen: int, state: str) -> None:
    worry = {k: v for k, v in answered("SM04", "M", "none").items() if k != "on"}
    tree = instead(base(), "SM04", "M", worry)
    tree["mitigations"] = [
        *tree["mitigations"],
        {"criterion": "SM04", "subject": "M", "what": "A box", "in_place": ago(seen), "seen_grade": "E2", "seen_by": "Olu", "seen_on": ago(seen)},
    ]  # fmt: skip
    assert found(tree, "SM04", "M").state == state


@pytest.mark.parametrize(
    ("criterion", "subject", "agency", "counts"),
    [
        ("CS17", "household", "Refugee Council", False),
        ("CS17", "household", "Invented Refuges", True),
        ("CS17", "household", "the refuge’s manager", True),
        ("CS19", "C1", "Cassidy Solicitors", False),
        ("CS19", "C1", "CASS", True),
        ("CS06", "unit", "Invented Lettings provider", False),
        ("CS06", "unit", "council", True),
        ("SM14", "M", "Invented Surgery", False),
        ("SM14", "M", "Probation Service", True),
    ],
)
def test_whose_word_counts(criterion: str, subject: str, agency: str, counts: bool) -> None:
    tree = base()
    member(tree, "M")["justice_sign"] = True
    good = next(a for a in tree["answers"] if (a["criterion"], a["subject"]) == (criterion, subject))
    said = {**good, "source": {"name": "Somebody", "role": "worker", "agency": agency}}
    assert found(instead(tree, criterion, subject, said), criterion, subject).is_open is not counts


def test_a_yes_confirmed_in_writing_is_not_confirmed_by_who_says_so() -> None:
    tree = base()
    said = instead(tree, "SM14", "M", answered("SM14", "M", "involved_confirmed", "E1"))
    assert found(said, "SM14", "M").is_open
    no = instead(tree, "SM14", "M", answered("SM14", "M", "no_involvement", "E1") | {"source": {"name": "Mo Full"}})
    assert found(no, "SM14", "M").state == "clear", "with no sign an adult’s own no is enough, whoever writes it down"


@pytest.mark.parametrize("grade", ["E3", "E4"])
def test_a_professional_without_a_name_is_nobody(grade: str) -> None:
    good = next(a for a in base()["answers"] if (a["criterion"], a["subject"]) == ("SM10", "M"))
    row = found(instead(base(), "SM10", "M", {**good, "grade": grade, "source": {}}), "SM10", "M")
    assert row.is_open
    assert "nobody is named" in " ".join(row.why)


def test_an_answer_nobody_was_asked_for_is_refused() -> None:
    with pytest.raises(CaseFileError) as refused:
        judge(small(answers=[answer("CS15", "current", "E0")]))
    assert "E0 means that nobody asked" in str(refused.value)


@pytest.mark.parametrize(
    ("criterion", "value"),
    [("CS25", "not_pregnant"), ("IS08", "no_service")],
)
def test_a_denial_of_what_is_written_down_settles_nothing(criterion: str, value: str) -> None:
    subject = "M" if criterion == "CS25" else "household"
    row = found(instead(base(), criterion, subject, answered(criterion, subject, value, "E4")), criterion, subject)
    assert row.is_open
    assert "ritten down" in " ".join(row.why)


def test_a_girl_old_enough_is_asked_about_pregnancy() -> None:
    for born, sex, asked in (
        ("2013-11-23", "female", True),
        ("2013-11-24", "female", False),
        ("2013-11-23", None, True),
        ("2013-11-23", "male", False),
        (None, "female", True),
    ):
        tree = plain_case()
        tree["household"]["members"][1].update({"born": born, "sex": sex})
        assert (row_of(tree, "CS25", "C") is not None) is asked, (born, sex)


@pytest.mark.parametrize(("days", "state"), [(1, "clear"), (2, "open")])
@pytest.mark.parametrize(("criterion", "subject"), [("CS10", "unit"), ("SA12", "household")])
def test_what_is_looked_at_on_the_day_lasts_to_the_next(criterion: str, subject: str, days: int, state: str) -> None:
    good = next(a for a in base()["answers"] if (a["criterion"], a["subject"]) == (criterion, subject))
    assert found(instead(base(), criterion, subject, {**good, "on": ago(days)}), criterion, subject).state == state


# ---- acceptances, and what a pattern saw since


SENIOR = {"by": "Sena", "role": "senior_officer", "reason": "It is right for this family."}


@pytest.mark.parametrize(("given", "state"), [(7, "accepted"), (8, "worrying")])
def test_an_acceptance_without_a_review_lapses_as_a_condition_would(given: int, state: str) -> None:
    tree = small(answers=[answer("CS15", "past") | {"on": ago(20)}])
    tree["acceptances"] = [{"criterion": "CS15", "subject": "unit", "on": ago(given), **SENIOR}]
    row = finding(judge(tree), "CS15")[0]
    assert row["state"] == state
    if state == "accepted":
        assert row["conditions"][0]["due"] == TODAY


def emergency(tree: dict[str, Any], *days: int, nights: int | None = 2) -> dict[str, Any]:
    more = {} if nights is None else {"nights": nights}
    tree["household"]["events"] = [{"kind": "emergency_placement", "on": ago(day), **more} for day in days]
    return tree


@pytest.mark.parametrize(("accepted", "state"), [(3, "accepted"), (4, "worrying")])
def test_a_third_emergency_asks_for_a_new_acceptance(accepted: int, state: str) -> None:
    tree = emergency(plain_case(), 20, 10, 3)
    tree["acceptances"] = [
        {"criterion": "P25", "subject": "household", "on": ago(accepted), "review_on": "2026-12-01", **SENIOR}
    ]
    assert [p.state for p in fired(tree, "P25")] == [state]


@pytest.mark.parametrize(("day", "fires"), [(3, False), (4, True)])
def test_an_emergency_without_nights_lasts_as_many_as_it_may(day: int, fires: bool) -> None:
    assert bool(fired(emergency(plain_case(), day, nights=None), "P25")) is fires


def test_silence_is_high_before_it_is_asked_whether_anything_is() -> None:
    """IS07 is read more closely where anything is high: an agency’s silence too."""
    tree = settled(plain_case())
    for name, subject in (("CS14", "unit"), ("SM16", "A"), ("CS16", "household")):
        tree = instead(tree, name, subject)
    others = [e for e in tree["household"]["enquiries"] if e["agency"] not in ("police", "social_care")]
    asked = {"agency": "police", "question": "Known?", "asked": ago(9), "due": ago(3)}
    tree["household"]["enquiries"] = [*others, asked]
    tree = instead(tree, "CS19", "C")
    result = result_of(tree)
    assert row_of(tree, "IS02", "household").effect == "high"  # type: ignore[union-attr]
    assert "social_care" in result.must_ask, "something is high now, so the front door has to be asked"
