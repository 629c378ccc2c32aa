"""What nobody asked is never a no: in a list, of nights, and of what may not apply at all; nor is policy ever law."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from app.suitability.checklist.criterion import Criterion
from app.suitability.checklist.located_yaml import ChecklistError, read
from tests.suitability.conftest import example, judge
from tests.suitability.criterion_cases import base, found
from tests.suitability.households import CHECKLIST, TODAY, answered, instead, plain, result_of, settled, young
from tests.trees import copied

SHARED = {
    "self_contained": False,
    "shares": ["toilet"],
    "owner": "private",
    "manager": "private",
    "private_dwelling": False,
}


@cache
def _settled(name: str) -> dict[str, Any]:
    return settled({"plain": plain, "young": young}[name]())


def calm(name: str = "plain") -> dict[str, Any]:
    return copied(_settled(name))


# ---- a list


@pytest.mark.parametrize(
    ("ticked", "grade", "is_open"),
    [
        (["smoker"], "E3", False),  # each was asked about, and only this holds
        (["smoker", "unknown"], "E3", True),  # of the others nobody knows
        (["smoker", "unknown"], "E4", True),
        (["smoker"], "E1", True),
    ],
)
def test_what_is_not_ticked_is_no_only_where_each_was_asked_about(ticked: list[str], grade: str, is_open: bool) -> None:
    row = found(instead(base(), "CS03", "C1", answered("CS03", "C1", ticked, grade)), "CS03", "C1")
    assert (row.state, row.is_open) == ("worrying", is_open)
    assert (row.open_effect == "hold") is is_open
    assert any("Of the others on the list it is not known" in w for w in row.why) is ("unknown" in ticked)


def test_another_voice_settles_what_one_left_open() -> None:
    said = [answered("CS03", "C1", ["smoker", "unknown"], "E3"), answered("CS03", "C1", ["smoker"], "E3", agency=2)]
    row = found(instead(base(), "CS03", "C1", *said), "CS03", "C1")
    assert (row.state, row.is_open) == ("worrying", False)
    old = {**said[1], "on": "2026-10-01"}
    assert found(instead(base(), "CS03", "C1", said[0], old), "CS03", "C1").is_open


def test_a_list_with_an_unknown_takes_nothing_of_a_longer_one_away() -> None:
    first = answered("CS03", "C1", ["smoker", "drugs"], "E3", "2026-11-20")
    later = answered("CS03", "C1", ["smoker", "unknown"], "E3", TODAY)
    row = found(instead(base(), "CS03", "C1", first, later), "CS03", "C1")
    assert "A carer uses drugs." in row.why


def test_a_condition_of_a_private_tenancy_left_unknown_is_open_beside_the_one_that_holds() -> None:
    row = found(instead(base(), "LS22", "unit", answered("LS22", "unit", ["energy", "unknown"])), "LS22", "unit")
    assert (row.state, row.effect, row.is_open) == ("worrying", "stop", True)


# ---- nights


def nights(spells: Any, planned: int = 14) -> Any:
    tree = calm()
    tree["placement"] |= {**SHARED, "nights": planned}
    tree["household"]["bed_and_breakfast"] = spells
    return found(tree, "LS09", "household")


def test_nights_that_nobody_asked_about_are_not_none() -> None:
    assert nights([]).state == "clear"
    row = nights(None)
    assert (row.state, row.open_effect) == ("open", "hold")
    assert "or that there were none" in row.why[0]
    unasked = calm()
    unasked["placement"] |= SHARED
    del unasked["household"]["bed_and_breakfast"]
    assert found(unasked, "LS09", "household").state == "open"
    row = nights(None, 43)  # whatever was before, this stay alone is too long
    assert (row.state, row.effect, row.is_open) == ("worrying", "high", True)


# ---- whom to ask of what may not apply


def ask_of(tree: dict[str, Any], criterion: str) -> tuple[str, str]:
    q = next(q for q in judge(tree)["next_questions"] if q["criterion"] == criterion)
    return q["ask_of"], q["ask"]


def test_no_agency_hears_of_a_family_before_it_is_known_that_the_question_is_theirs() -> None:
    tree = calm()
    tree["household"]["domestic_abuse"] = None
    who, words = ask_of(tree, "CS17")
    assert who == "Child, parents and kin, apart where possible"
    assert words.startswith("Of each adult, alone:")
    tree["household"]["domestic_abuse"] = True
    assert ask_of(tree, "CS17")[0].startswith("MARAC")


def test_where_a_persons_own_word_is_enough_that_person_is_asked() -> None:
    tree = instead(calm(), "SM14", "A")
    assert ask_of(tree, "SM14")[0] == "Child, parents and kin, apart where possible"
    assert (
        ask_of(tree, "SM14")[1] == CHECKLIST.criteria["SM14"].question
    )  # not “Are the licence and this address approved?”
    tree["household"]["members"][0]["justice_sign"] = True
    assert ask_of(tree, "SM14")[0].startswith("Probation")


def test_only_the_part_that_is_not_known_is_named() -> None:
    """A baby with a date of birth is not said to be perhaps no baby."""
    tree = instead(calm("young"), "SM01", "A")
    why = " ".join(found(tree, "SM13", "C").why)
    assert why.endswith("Asked while it is not known what is so of SM01.")
    assert "under 1" not in why
    told = next(f for f in judge(tree)["findings"] if f["criterion"] == "SM01")
    assert "SM13" in [s["criterion"] for s in told["settles"]]


def test_a_second_persons_view_of_the_whole_is_asked_for_last() -> None:
    tree = calm("young")
    for name, subject in (("CS22", "C"), ("CS10", "unit"), ("IS11", "household")):
        tree = instead(tree, name, subject)
    asked = [q["criterion"] for q in judge(tree)["next_questions"] if q["effect"] == "hold"]
    assert set(asked) >= {"CS22", "CS10", "IS11"}
    assert asked[-1] == "IS11"


def test_after_a_stop_what_goes_with_the_family_is_asked_before_the_room_is_looked_at() -> None:
    asked = [q for q in judge(example("h1"))["next_questions"] if q["effect"] == "hold"]
    for grave in (True, False):  # those first whose worst answer is a stop
        about_the_unit = [
            _of_the_unit(CHECKLIST.criteria[q["criterion"]])
            for q in asked
            if q["criterion"] not in ("IS11", "CS17") and _may_stop(q) is grave
        ]
        assert about_the_unit == sorted(about_the_unit)
        assert {False, True} == set(about_the_unit)


def _of_the_unit(criterion: Criterion) -> bool:
    return criterion.subject == "unit" or (criterion.subject == "child" and bool(criterion.next_unit))


def _may_stop(q: dict[str, Any]) -> bool:
    names = [q["criterion"], *(s["criterion"] for s in q["settles"])]
    return any(CHECKLIST.criteria[name].worst_effect in ("stop", "stop_until") for name in names)


# ---- a way forward that is true


def test_a_child_on_a_plan_leaves_the_area_only_with_the_social_workers_agreement_in_hand_and_that_is_said() -> None:
    tree = calm()
    tree["placement"] |= {"authority": "E09000001", "notice_sent": TODAY}
    tree = settled(tree)
    tree = instead(tree, "CS19", "C", answered("CS19", "C", "plan_or_order"))
    tree = settled(tree)
    row = found(tree, "CS19", "C")
    assert (row.effect, row.state) == ("stop_until", "worrying")
    assert "the document in hand" in row.remedy
    forward = judge(tree)["what_would_make_it_suitable"]
    assert forward["reachable"] is True
    assert any("Written view of the social worker" in s["step"] for s in forward["steps"])


@pytest.mark.parametrize("name", ["h1", "h3"])
def test_after_a_stop_another_place_is_looked_for(name: str) -> None:
    """The steps are never the emergency route alone."""
    forward = judge(example(name))["what_would_make_it_suitable"]
    assert forward["reachable"] is False
    assert [s for s in forward["steps"] if "another" in s["step"].casefold()]


def test_agreeing_to_an_address_is_not_having_received_the_record() -> None:
    duty = next(d for d in judge(base())["duties"] if d["criterion"] == "IS03")
    assert found(base(), "IS03", "household").state == "clear"
    assert duty["state"].startswith("due ")


def test_what_the_family_needs_tonight_is_due_tonight() -> None:
    tree = instead(calm(), "SA11", "household", answered("SA11", "household", "nothing_tonight", "E1"))
    duty = next(d for d in judge(tree)["duties"] if d["criterion"] == "SA11")
    assert (duty["due"], duty["state"]) == (TODAY, "due 23 November 2026")
    assert next(d for d in judge(calm())["duties"] if d["criterion"] == "SA11")["state"] == "done"


# ---- policy is never called law


def basis(criterion: str, subject: str = "unit", **placement: Any) -> tuple[str, str]:
    tree = calm()
    tree["placement"] |= placement
    row = found(tree, criterion, subject)
    return row.basis, row.effect


def test_what_is_this_councils_own_is_policy() -> None:
    def gas(expires: str) -> dict[str, Any]:
        return {"gas": True, "certificates": [{"kind": "gas", "expires": expires}]}

    assert basis("LS17", **gas("2026-11-22")) == ("law", "stop_until")  # it has run out
    assert basis("LS17", **gas("2026-12-01")) == ("policy", "stop_until")  # it will, before the stay ends
    open_code = {"certificates": [{"kind": "electrical", "expires": "2029-01-01", "open_danger_codes": True}]}
    assert basis("LS18", **open_code) == ("law", "stop_until")
    assert basis("LS18", kind="hostel", **open_code) == ("policy", "stop_until")
    assert basis("LS18", kind="refuge", certificates=[]) == ("policy", "hold")
    for kind in ("hotel", "bed_and_breakfast"):  # the regulations may not reach a room that is booked by the night
        assert basis("LS18", kind=kind, certificates=[]) == ("policy", "hold")
        assert basis("LS18", kind=kind, **open_code) == ("policy", "stop_until")
    assert basis("LS18", private_dwelling=True, **open_code) == ("policy", "stop_until")  # shared with the landlord
    assert basis("LS18", kind="house_or_flat", private_dwelling=False, **open_code) == ("law", "stop_until")
    small = {"hmo": True, "rooms": [{"use": "bedroom", "area_m2": "5.00"}]}
    assert basis("LS14", **small) == ("policy", "stop_until")
    licensed = {"kind": "hmo_licence", "expires": "2029-01-01"}
    assert basis("LS14", certificates=[licensed], **small) == ("law", "stop_until")


def test_a_warning_before_the_law_is_policy() -> None:
    assert nights([{"first": "2026-10-27", "last": "2026-11-22"}]).basis == "policy"
    assert nights([{"first": "2026-10-01", "last": "2026-11-22"}], 1).basis == "law"


def test_no_row_of_a_result_reads_as_a_finding_about_this_family_that_a_review_made_of_another() -> None:
    for text in CHECKLIST.patterns.values():
        assert not text.rationale.startswith(("The family", "Nobody was", "Babies"))
    assert "nobody knows whether" not in str(judge(example("h1")))


# ---- the files


def test_a_character_that_cannot_be_printed_is_named_with_its_line() -> None:
    with pytest.raises(ChecklistError, match=r"draft\.yaml, line 2: there is a character"):
        read("a: 1\nb: \x00\n", "draft.yaml")


def test_an_empty_log_holds_and_names_who_was_not_asked() -> None:
    tree = calm()
    tree["household"]["enquiries"] = []
    assert result_of(tree).outcome == "cannot_decide"
    assert "Environmental health" in " ".join(found(tree, "IS02", "household").why)
