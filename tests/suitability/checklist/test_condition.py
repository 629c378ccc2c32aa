"""Conditions are three-valued: not known is not no."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from app.suitability.casefile.known import Known, all_known, any_known
from tests.suitability.conftest import COUNCIL, answer, judge, row, small

VALUES: list[Known] = [True, False, None]


@pytest.mark.parametrize(("a", "b"), list(product(VALUES, VALUES)))
def test_kleene(a: Known, b: Known) -> None:
    assert all_known([a, b]) is (False if a is False or b is False else None if a is None or b is None else True)
    assert any_known([a, b]) is (True if a is True or b is True else None if a is None or b is None else False)


def test_an_unknown_age_is_asked_the_babys_questions() -> None:
    unknown = small(household__members=[{"key": "C", "name": "C", "kind": "child"}])
    older = small(household__members=[{"key": "C", "name": "C", "kind": "child", "born": "2015-01-01"}])

    def counted(tree: dict[str, Any]) -> set[str]:
        told = judge(tree)["findings"]
        return {f["criterion"] for f in told} | {s["criterion"] for f in told for s in f["settles"]}

    assert "CS01" in counted(unknown)
    assert "CS01" not in counted(older)


@pytest.mark.parametrize(("due", "asked"), [("2027-02-15", True), ("2027-02-16", False)])
def test_a_birth_within_twelve_weeks_counts_as_a_baby(due: str, asked: bool) -> None:
    tree = small(household__members=[{"key": "U", "name": "U", "kind": "unborn", "due": due}], placement__nights=7)
    assert bool(row(judge(tree), "CS01")) is asked


def test_an_unknown_strengthening_fact_counts_as_holding() -> None:
    chest = {"key": "C", "name": "C", "kind": "child", "born": "2018-01-01"}
    for needs, effect in ((None, "stop_until"), ([], "high"), (["chest_illness"], "stop_until")):
        tree = small(household__members=[chest | {"needs": needs}], answers=[answer("CS06", "found")])
        assert row(judge(tree), "CS06")[0]["effect"] == effect


def test_a_baby_turns_a_chase_into_a_hold() -> None:
    for born, effect in (("2026-10-01", "hold"), ("2020-01-01", "chase")):
        members = [{"key": "C", "name": "C", "kind": "child", "born": born}]
        tree = small(household__members=members, placement__authority=COUNCIL)
        assert row(judge(tree), "CS21")[0]["effect"] == effect
