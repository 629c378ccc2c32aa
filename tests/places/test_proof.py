"""What a distance proves: the threshold semantics of places.md 8.4, on both sides, and that less certainty never helps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.checklists import read_folder
from app.places.postcodes.geocoder import Place, to_wgs84
from app.places.travel.distance import between
from app.suitability.casefile.proof import BEYOND, CLEAR, INSIDE, LIKELY, NOT_KNOWN, PROVEN, WITHIN, away_from, within

NUMBERS = read_folder().numbers


@pytest.mark.parametrize(
    ("low", "high", "measured", "precision", "answer"),
    [
        (1600, 2200, False, "postcode", NOT_KNOWN),  # 1.9 km give or take 0.3 against 2.0
        (2001, 2600, False, "postcode", BEYOND),
        (2000, 2600, False, "postcode", NOT_KNOWN),
        (1000, 2000, False, "postcode", LIKELY),
        (1000, 2000, True, "postcode", WITHIN),
        (1000, 2001, True, "postcode", NOT_KNOWN),
        (2001, 2600, True, "postcode_weak", BEYOND),
        (1000, 2000, True, "postcode_weak", NOT_KNOWN),
        (5000, 9000, True, "sector", NOT_KNOWN),
        (5000, 9000, True, "outcode", NOT_KNOWN),
        (None, None, True, "postcode", NOT_KNOWN),
    ],
)
def test_near_enough(low: int | None, high: int | None, measured: bool, precision: str, answer: str) -> None:
    found = within(2000, low, high, measured, precision)
    assert found.answer == answer
    assert found.proven == (answer in PROVEN)
    assert bool(found.owner) != found.proven, "what is not proven is somebody’s task"


@pytest.mark.parametrize(
    ("low", "high", "precision", "answer"),
    [
        (1000, 1400, "postcode", CLEAR),
        (999, 1400, "postcode", NOT_KNOWN),
        (500, 999, "postcode", INSIDE),
        (500, 1000, "postcode", NOT_KNOWN),
        (5000, 5400, "postcode_weak", NOT_KNOWN),
        (0, 300, "postcode_weak", INSIDE),
        (5000, 9000, "sector", NOT_KNOWN),
        (None, None, "postcode", NOT_KNOWN),
    ],
)
def test_far_enough(low: int | None, high: int | None, precision: str, answer: str) -> None:
    assert away_from(1000, low, high, precision).answer == answer


def place(easting: int, radius: int) -> Place:
    latitude, longitude = to_wgs84(float(easting), 300_000.0)
    return Place(
        postcode="X11XX",
        easting=easting,
        northing=300_000,
        latitude=latitude,
        longitude=longitude,
        radius_m=radius,
        precision="postcode",
        authority="",
        live=True,
        dataset="d",
        data_date="2026-01-01",
        method="m",
        reason="",
    )


ORDER = [WITHIN, LIKELY, NOT_KNOWN, BEYOND]


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 6000), st.integers(10, 400), st.integers(0, 800), st.booleans())
def test_a_wider_circle_never_turns_doubt_into_a_finding(away: int, radius: int, more: int, measured: bool) -> None:
    """The limit of two miles and the limit of one kilometre to keep away: what was not known stays not known."""
    home = place(400_000, 100)
    sure, wide = (between(home, place(400_000 + away, r), NUMBERS) for r in (radius, radius + more))
    near = [within(3219, d.straight_low_m, d.walk_high_m, measured).answer for d in (sure, wide)]
    far = [away_from(1000, d.straight_low_m, d.straight_high_m).answer for d in (sure, wide)]
    for first, then in (near, far):
        assert then == first or then in (NOT_KNOWN, LIKELY) or (first in (NOT_KNOWN, LIKELY) and then not in PROVEN)
    if near[0] == NOT_KNOWN:
        assert near[1] not in (WITHIN, LIKELY)
    if far[0] == NOT_KNOWN:
        assert far[1] == NOT_KNOWN


def test_moving_away_changes_the_answer_once_each_and_in_order() -> None:
    home = place(400_000, 100)
    seen: list[str] = []
    for away in range(0, 6000, 20):
        found = between(home, place(400_000 + away, 120), NUMBERS)
        answer = within(2000, found.straight_low_m, found.straight_high_m, True).answer
        if not seen or seen[-1] != answer:
            seen.append(answer)
    assert seen == [WITHIN, NOT_KNOWN, BEYOND]


@pytest.mark.parametrize(
    ("metres", "answer"), [(3100, NOT_KNOWN), (3218, NOT_KNOWN), (3400, NOT_KNOWN), (3500, BEYOND)]
)
def test_two_miles_to_school_in_a_straight_line_can_only_be_too_far(metres: int, answer: str) -> None:
    """Two postcode points of 118 m each: a straight line proves too far beyond 3,219 m and the two circles."""
    found = between(place(400_000, 118), place(400_000 + metres, 118), NUMBERS)
    assert within(3219, found.straight_low_m, found.walk_high_m, False).answer == answer


@pytest.mark.parametrize(
    ("low", "high", "measured", "answer"),
    [(50, 90, False, NOT_KNOWN), (50, 90, True, BEYOND), (10, 40, False, LIKELY), (10, 40, True, WITHIN)],
)
def test_where_a_bus_may_be_taken_a_straight_line_proves_nothing(
    low: int, high: int, measured: bool, answer: str
) -> None:
    assert within(45, low, high, measured, walked=False).answer == answer
