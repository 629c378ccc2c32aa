"""The reviewed list: one entry covers one kind of change, nothing dead stays on it, and nothing gets milder unseen."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from . import shapes
from .differences import BadEntry, Difference, compared, entry_of, grouped, reviewed


def shape(**rows: list[str]) -> dict[str, Any]:
    return {
        "outcome": "suitable", "route": "none", "children": {"C": "suitable"}, "clear": ["CS01 C"],
        "rows": {f"{name} unit": said for name, said in rows.items()}, "patterns": {},
    }  # fmt: skip


def entry(number: int = 1, **told: Any) -> Any:
    return entry_of(number, {"version": "v", "ruling": "amendment 13", "because": "It is graver.", **told})


HIGH, STOP, MEDIUM = ["worrying", "high", ""], ["worrying", "stop_until", ""], ["worrying", "medium", ""]
GRAVER = {"criterion": "CS24", "was": {"state": "worrying", "effect": "high"}, "now": {"effect": "stop_until"}}


def graver() -> list[Difference]:
    """The same change in two samples, one of which has another outcome too."""
    one, other = shape(CS24=HIGH), shape(CS24=STOP) | {"outcome": "not_suitable"}
    return compared("v", {"a": one, "b/c": one}, {"a": shape(CS24=STOP), "b/c": other})


def test_what_is_the_same_is_no_difference_whatever_is_clear_or_no_longer_asked() -> None:
    was = shape(CS24=HIGH)
    assert compared("v", {"a": was}, {"a": {**was, "clear": []}}) == []
    assert compared("v", {"a": {**was, "clear": None}}, {"a": was}) == []


def test_a_criterion_that_was_not_there_is_a_difference_from_not_asked() -> None:
    found = compared("v", {"a": shape()}, {"a": shape(CS99=["open", "hold", "hold"])})
    assert [(d.name, d.was, d.now["effect"]) for d in found] == [("CS99", "not asked", "hold")]
    assert reviewed(found, [entry(criterion="CS99", was="not asked", now="*")]) == ([], [])
    assert reviewed(found, [entry(criterion="CS99", was="clear", now="*")]).unlisted == found


def test_a_row_folded_away_is_a_difference_and_milder() -> None:
    found = compared("v", {"a": shape(CS24=HIGH)}, {"a": shape()})
    assert [(d.now, d.milder) for d in found] == [("not asked", True)]


def test_a_clear_row_that_worries_now_was_clear() -> None:
    now = {**shape(), "rows": {"CS01 C": HIGH}, "clear": []}
    assert [d.was for d in compared("v", {"a": shape()}, {"a": now})] == ["clear"]


def test_one_entry_covers_one_kind_of_change_in_every_sample() -> None:
    found = graver()
    assert len(found) == 3
    left = reviewed(found, [entry(**GRAVER)])
    assert [(d.kind, d.where) for d in left.unlisted] == [("outcome", "b/c")]
    outcome = {"outcome": {"was": "suitable", "now": "not_suitable"}}
    assert reviewed(found, [entry(1, **GRAVER), entry(2, **outcome, where="b/*", cause=["CS24"])]) == ([], [])
    other_cause = reviewed(found, [entry(1, **GRAVER), entry(2, **outcome, cause=["P09"])])
    assert len(other_cause.unlisted) == 1
    assert other_cause.dead == ["entry 2 covers no difference"]


@pytest.mark.parametrize(
    "change",
    [{"version": "w"}, {"where": "x*"}, {"subject": "C"}, {"criterion": "CS25"}, {"was": {"state": "partly"}}, {"now": {"open_effect": "hold"}}, {"now": "clear"}],
)  # fmt: skip
def test_an_entry_about_something_else_covers_nothing_and_is_dead(change: dict[str, Any]) -> None:
    found = [d for d in graver() if d.kind == "criterion"]
    assert reviewed(found, [entry(**{**GRAVER, **change})]) == (found, ["entry 1 covers no difference"])


def test_a_list_of_words_is_any_of_them() -> None:
    found = [d for d in graver() if d.kind == "criterion"]
    assert reviewed(found, [entry(**{**GRAVER, "was": {"effect": ["medium", "high"]}})]) == ([], [])


def test_what_is_milder_needs_an_entry_that_says_so() -> None:
    found = compared("v", {"a": shape(CS24=HIGH)}, {"a": shape(CS24=MEDIUM)})
    milder = {"criterion": "CS24", "was": "*", "now": {"effect": "medium"}}
    assert reviewed(found, [entry(**milder)]).unlisted == found
    assert reviewed(found, [entry(**milder, milder=True)]) == ([], [])
    said = reviewed(graver(), [entry(1, **GRAVER, milder=True)]).dead
    assert said == ["entry 1 says that something is milder, and nothing it covers is"]


@pytest.mark.parametrize(
    ("kind", "was", "now", "milder"),
    [
        ("outcome", "cannot_decide", "suitable_with_conditions", True),
        ("outcome", "cannot_decide", "not_suitable", False),
        ("outcome", "suitable", "not asked", True),
        ("route", "refer_now", "front_door", True),
        ("route", "none", "999", False),
        ("child", "nothing to say", "suitable", False),
        ("criterion", ("worrying", "high", "hold"), ("worrying", "high", ""), True),
        ("criterion", ("open", "hold", "hold"), ("worrying", "stop", ""), False),
        ("criterion", ("worrying", "high", ""), ("open", "hold", "hold"), True),
        ("criterion", ("worrying", "high", ""), ("accepted", "high", ""), True),
        ("criterion", ("mitigated", "high", ""), ("worrying", "low", ""), False),
        ("criterion", "clear", ("open", "note", "note"), False),
        ("criterion", ("clear_with_condition", "none", ""), "clear", True),
        ("pattern", ("prompt", "none"), "nothing to say", True),
        ("pattern", ("prompt", "none"), ("answered", "none"), False),
    ],
)  # fmt: skip
def test_what_milder_means(kind: str, was: Any, now: Any, milder: bool) -> None:
    names = ("state", "effect", "open_effect")
    said = [dict(zip(names, each, strict=False)) if isinstance(each, tuple) else each for each in (was, now)]
    assert Difference("v", "a", kind, "X", "unit", *said).milder is milder


def test_an_effect_nobody_knows_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="“grave” is an effect these tests do not know"):
        shapes.gravity({"state": "worrying", "effect": "grave", "open_effect": ""})


def test_the_message_is_a_list_of_entries_to_complete() -> None:
    told = grouped(graver())
    assert told.startswith("# 2 in 2 samples, the first a, unit\n- version: v\n  criterion: CS24\n")
    written = yaml.safe_load(told)
    assert [e for e in written if e["ruling"] or e["because"]] == []
    completed = [{**e, "ruling": "amendment 13", "because": "It is graver."} for e in written]
    assert reviewed(graver(), [entry_of(at, e) for at, e in enumerate(completed)]) == ([], [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ruling": " "}, "has to say its ruling"),
        ({"because": None}, "has to say its because"),
        ({"pattern": "P09"}, "about one of"),
        ({"wher": "a"}, "cannot say “wher”"),
        ({"cause": ["P09"]}, "cannot say “cause”"),
        ({"was": {"stat": "open"}}, "told by effect, open_effect, state"),
    ],
)
def test_an_entry_with_a_mistake_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadEntry, match=words):
        entry(**{**GRAVER, **change})


def test_an_entry_without_its_two_sides_is_refused() -> None:
    with pytest.raises(BadEntry, match="what was and what is now"):
        entry(outcome={"was": "suitable"})
