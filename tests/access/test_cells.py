"""The walk of cells: every route and search, by everybody, of a household in every state in which a case can be. No mark leaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.conftest import Instance

from .cells import STATES, WALKERS, Household, Walk, digest, household, marks, walk_routes, walk_searches

# Fewer than these, and somebody made the walk smaller: cells of a state, and of those the ones that are shut.
FEWEST = {"cells": 1000, "shut": 500}


def walked(house: Household) -> Walk:
    """Every cell of one household."""
    whole = Walk()
    for who in WALKERS:
        before = digest(house.instance)
        for walk in (walk_routes(house, who, "POST"), walk_searches(house, who)):
            whole.cells, whole.shut, whole.wrong = (
                whole.cells + walk.cells,
                whole.shut + walk.shut,
                whole.wrong + walk.wrong,
            )
        after = digest(house.instance)
        whole.wrong += [("changed", table, who) for table in before if before[table] != after[table]]
        walk = walk_routes(house, who, "GET")
        whole.cells, whole.shut, whole.wrong = (
            whole.cells + walk.cells,
            whole.shut + walk.shut,
            whole.wrong + walk.wrong,
        )
    return whole


def hold(instance: Instance, state: str, caplog: pytest.LogCaptureFixture) -> None:
    house = household(instance, state)
    caplog.clear()
    at = datetime.now(UTC) + timedelta(minutes=61 if state == "ended" else 0)
    with time_machine.travel(at, tick=True):
        walk = walked(house)
    print(f"{state}: {walk.cells} cells, {walk.shut} of them shut")
    assert walk.wrong == [], "\n".join(map(str, walk.wrong))
    assert marks(caplog.text) == [], "nothing of them is in the logs"
    assert walk.cells >= FEWEST["cells"]
    assert walk.shut >= FEWEST["shut"]


@pytest.mark.parametrize("state", STATES)
def test_no_cell_leaks(instance: Instance, state: str, caplog: pytest.LogCaptureFixture) -> None:
    hold(instance, state, caplog)


@pytest.mark.deep
@pytest.mark.parametrize("state", STATES)
def test_no_cell_leaks_on_either(either: Instance, state: str, caplog: pytest.LogCaptureFixture) -> None:
    hold(either, state, caplog)
