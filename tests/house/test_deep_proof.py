"""The proof on twenty thousand households: what is shown is kept, and it goes on from there, for as long as nothing changes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from app.settings import ROOT

sys.path.insert(0, str(ROOT / "script"))

import bench_properties
from bench_properties import CHUNK, Progress, Work

NAMES = ("test_a.test_often", "test_a.test_seldom")


def shown(wave: list[Work], stop_at: int = 10**9) -> Iterable[Any]:
    """What a run shows: the one property holds for every household, the other for one in ten; interrupted at a household."""
    for first, names in wave:
        if first >= stop_at:
            raise KeyboardInterrupt
        held = {NAMES[0]: CHUNK, NAMES[1]: CHUNK // 10}
        yield {name: held[name] for name in names}, []


def test_an_interrupted_proof_goes_on_where_it_was_and_says_how_many_held(tmp_path: Path) -> None:
    file, told = tmp_path / "build" / "properties.json", list[str]()
    progress = Progress(NAMES, 0, file, "one state")
    bench_properties.proved(60, progress, lambda wave: shown(wave, 2 * CHUNK), told.append)
    assert told == ["interrupted: 50 to 500 held, 0 failed, 500 households"]
    again = Progress(NAMES, 0, file, "one state")
    assert again.said == "going on from household 500: 50 to 500 held, 0 failed"
    tried: list[Work] = []

    def each(wave: list[Work]) -> Iterable[Any]:
        tried.extend(wave)
        return shown(wave)

    bench_properties.proved(60, again, each, told.append)
    assert tried[0] == (2 * CHUNK, (NAMES[1],)), "what has held often enough is not tried again"
    assert again.held == {NAMES[0]: 500, NAMES[1]: 50 + len(tried) * 25}
    bench_properties.proved(60, Progress(NAMES, 0, file, "one state"), each, told.append)
    assert len({first for first, _ in tried}) == len(tried), "no household is tried twice"


def test_a_proof_of_another_state_starts_again_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "properties.json"
    Progress(NAMES, 0, file, "one state").add(({NAMES[0]: 7}, [(NAMES[1], 3, "AssertionError")]), CHUNK)
    same, other = Progress(NAMES, 0, file, "one state"), Progress(NAMES, 0, file, "another")
    assert (same.held[NAMES[0]], same.failed, same.reached) == (7, [(NAMES[1], 3, "AssertionError")], CHUNK)
    assert (other.held[NAMES[0]], other.failed, other.reached) == (0, [], 0)
    assert "starting again" in other.said
    assert json.loads(file.read_text(encoding="utf-8"))["of"] == "one state", "until something of the other is shown"


def test_a_proof_rests_on_the_heart_the_checklists_and_what_makes_the_households() -> None:
    files = {str(file.relative_to(ROOT)) for file in bench_properties.rests_on()}
    assert files >= {
        "app/suitability/assess.py", "checklists/council.yaml", "docs/examples/h1.json", "tests/suitability/generated.py",
        "tests/suitability/households.py", "tests/suitability/properties.py", "tests/suitability/test_invariants.py",
        "tests/suitability/checklist/test_cross_checks.py",
    }  # fmt: skip
    assert "tests/suitability/checklist/test_every_criterion.py" not in files


def test_a_household_for_which_a_property_does_not_hold_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = bench_properties.found()
    name = "checklist.test_cross_checks.test_d_who_they_are_changes_nothing"

    def even(seed: int) -> None:
        assert seed % 2 == 0, f"{seed} is odd"

    monkeypatch.setattr(bench_properties, "CHUNK", 3)
    monkeypatch.setattr(bench_properties, "found", lambda: {name: real[name], NAMES[0]: even})
    held, failed = bench_properties.tried((10, (name, NAMES[0])))
    assert held == {name: 3, NAMES[0]: 2}
    assert [(one, seed) for one, seed, _ in failed] == [(NAMES[0], 11)]
    assert "11 is odd" in failed[0][2]
