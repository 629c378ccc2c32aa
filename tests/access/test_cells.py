"""The walk of cells: every route and search, by everybody, of a household in every state in which a case can be. No mark leaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.conftest import Instance

from .cells import STATES, WALKERS, Household, Walk, digest, household, marks, walk_routes, walk_searches

# Fewer than these, and somebody made the walk smaller: cells of a state, and of those the ones that are shut.
FEWEST = {"cells": 2100, "shut": 1300}


def walked(house: Household) -> Walk:
    """Every cell of one household."""
    whole = Walk()
    for who in WALKERS:
        before = digest(house.instance)
        whole.add(walk_routes(house, who, "POST"))
        whole.add(walk_searches(house, who))
        after = digest(house.instance)
        whole.wrong += [("changed", table, who) for table in before if before[table] != after[table]]
        whole.add(walk_routes(house, who, "GET"))
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


# At each commit the three that are shut to most; in `opened` the home is sealed as well. All of them, on both engines, by --deep.
@pytest.mark.parametrize("state", ["excluded", "restricted", "opened"])
def test_no_cell_leaks(instance: Instance, state: str, caplog: pytest.LogCaptureFixture) -> None:
    hold(instance, state, caplog)


@pytest.mark.deep
@pytest.mark.parametrize("state", STATES)
def test_no_cell_leaks_on_either(either: Instance, state: str, caplog: pytest.LogCaptureFixture) -> None:
    hold(either, state, caplog)
