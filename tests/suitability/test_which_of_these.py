"""Questions that asked several things at once: each is a choice of its own, and a bare yes or no of before means what it meant."""

from __future__ import annotations

from typing import Any

import pytest

from app.suitability.casefile.answers import UNKNOWN
from app.suitability.checklist.answer_value import value_problem
from tests.suitability.criterion_cases import base, found
from tests.suitability.households import CHECKLIST, answered, instead, result_of

# Of whom it is asked in the full household; the grade that reassures; “none of these”; and by each bare answer of before, what says
# more exactly which was meant. Source: docs/decisions/0097.
SPLIT = {
    "CS09": ("unit", "E2", "safe", dict.fromkeys(("stairs", "balcony", "low_sills", "hot_surfaces", "hot_taps", "open_water", "cords", "yard"), ("partly", "not_safe"))),
    "CS10": ("unit", "E2", "working", dict.fromkeys(("smoke_alarm", "carbon_monoxide", "way_out"), ("not_working",))),
    "LS19": ("unit", "E2", "current", dict.fromkeys(("out_of_date", "not_explained"), ("not_current",)) | {"way_out_unusable": ("unusable",)}),
    "SM10": ("M", "E3", "none", dict.fromkeys(("overdose", "emergency_department", "missed_collections", "left_treatment", "test_contradicts", "relapse"), ("events",))),
    "SM12": ("M", "E3", "settled", dict.fromkeys(("dependence", "bingeing", "fits"), ("present",)) | {"licensed_premises": ("premises",)}),
    "SA08": ("household", "E2", "workable", dict.fromkeys(("health", "drug_alcohol", "mental_health", "perinatal", "probation", "domestic_abuse", "family_court", "family_support"), ("unworkable",))),
}  # fmt: skip
EACH = [(name, thing) for name, (_, _, _, things) in SPLIT.items() for thing in things]


def row(name: str, value: Any, grade: str | None = None) -> Any:
    subject, enough, _, _ = SPLIT[name]
    return found(instead(base(), name, subject, answered(name, subject, value, grade or enough)), name, subject)


@pytest.mark.parametrize("name", SPLIT)
def test_each_thing_is_a_choice_of_its_own_and_a_bare_answer_is_offered_no_more(name: str) -> None:
    _, _, none, things = SPLIT[name]
    criterion = CHECKLIST.criteria[name]
    assert criterion.answer == "multiple"
    worries = {code for code, o in criterion.offered.items() if o.means in ("worrying", "partly")}
    assert worries == set(things)
    assert none in criterion.offered
    assert criterion.offered[none].means == "clear"
    assert {c for before in things.values() for c in before} == {c for c, o in criterion.options.items() if o.retired}
    assert all(set(criterion.options[thing].instead_of) == set(before) for thing, before in things.items())
    assert criterion.question.count(",") <= 1, "it asks which, and lists nothing"


@pytest.mark.parametrize("name", SPLIT)
def test_none_of_these_is_asked_and_told(name: str) -> None:
    told = row(name, [SPLIT[name][2]])
    assert (str(told.state), told.is_open) == ("clear", False)


@pytest.mark.parametrize("name", SPLIT)
def test_asked_and_does_not_know_is_not_known_never_no(name: str) -> None:
    told = row(name, UNKNOWN)
    assert told.is_open
    assert told.state == "open"


@pytest.mark.parametrize(("name", "thing"), EACH)
def test_what_was_chosen_weighs_as_the_bare_answer_did_and_is_said(name: str, thing: str) -> None:
    criterion = CHECKLIST.criteria[name]
    told = row(name, [thing])
    assert told.state == "worrying"
    assert criterion.options[thing].says in told.why
    for before in criterion.options[thing].instead_of:
        bare = row(name, before)
        assert (bare.effect, bare.outcome, bare.is_open) == (told.effect, told.outcome, told.is_open)


@pytest.mark.parametrize("name", SPLIT)
def test_each_thing_that_was_chosen_is_said_beside_the_others(name: str) -> None:
    criterion = CHECKLIST.criteria[name]
    two = list(SPLIT[name][3])[:2]
    told = row(name, two)
    assert {criterion.options[thing].says for thing in two} <= set(told.why)


@pytest.mark.parametrize(("name", "thing"), EACH)
def test_what_is_not_chosen_is_no_no_where_the_rest_was_not_asked(name: str, thing: str) -> None:
    told = row(name, [thing, UNKNOWN])
    assert told.state == "worrying"
    assert told.is_open, "of the others nobody knows"


@pytest.mark.parametrize(("name", "thing"), EACH)
def test_a_worry_from_one_whose_word_does_not_reassure_leaves_the_rest_to_be_asked(name: str, thing: str) -> None:
    assert row(name, [thing], "E1").is_open


@pytest.mark.parametrize("name", SPLIT)
def test_none_of_these_stands_beside_nothing(name: str) -> None:
    _, _, none, things = SPLIT[name]
    for other in (next(iter(things)), UNKNOWN):
        assert "cannot stand beside" in (value_problem(CHECKLIST.criteria[name], (none, other)) or "")


@pytest.mark.parametrize("name", SPLIT)
def test_a_bare_answer_of_before_is_read_as_it_is_written(name: str) -> None:
    criterion = CHECKLIST.criteria[name]
    for code in criterion.options:
        assert value_problem(criterion, code) is None


@pytest.mark.parametrize("order", [1, -1])
def test_of_a_bare_answer_and_a_named_one_the_order_of_entry_changes_nothing(order: int) -> None:
    two = [answered("CS09", "unit", "not_safe", "E1"), answered("CS09", "unit", ["stairs"], "E1")]
    two[1]["source"] = {**two[1].get("source", {}), "name": "Somebody Else"}
    told = found(instead(base(), "CS09", "unit", *two[::order]), "CS09", "unit")
    assert (told.state, told.is_open) == ("worrying", True)


def test_naming_which_it_is_takes_nothing_back() -> None:
    """Who said “one of these” and now says which of them has not said less: no reason is asked for."""
    before = {**answered("CS10", "unit", "not_working", "E2"), "id": "B"}
    named = {**before, "value": ["smoke_alarm"], "id": "N", "supersedes": ["B"]}
    told = found(instead(base(), "CS10", "unit", before, named), "CS10", "unit")
    assert told.why == ("A smoke alarm is missing or does not work.",)
    less = {**before, "value": ["working"], "id": "L", "supersedes": ["B"]}
    assert found(instead(base(), "CS10", "unit", before, less), "CS10", "unit").state == "worrying"


def test_the_hospital_hears_of_a_sign_of_relapse_whichever_it_is() -> None:
    """What looked for the bare answer finds each that says more exactly which it is."""
    for thing in SPLIT["SM10"][3]:
        assert "hospital" in must_ask([thing]), thing
    assert "hospital" in must_ask("events")
    assert "hospital" not in must_ask(["none"])


def must_ask(value: Any) -> set[str]:
    """The agencies that must be asked of a family whose needs are none of the hospital's."""
    tree = instead(base(), "SM10", "M", answered("SM10", "M", value, "E3"))
    members = [{**m, "needs": []} for m in tree["household"]["members"]]
    return set(result_of({**tree, "household": {**tree["household"], "members": members}}).must_ask)
