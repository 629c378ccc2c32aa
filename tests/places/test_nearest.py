"""The nearest of each kind: the same answer as measuring every one of them, wherever the points lie."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest
from pyproj import Geod

from app.places.directory import nearest
from app.places.postcodes.geocoder import to_wgs84

GEOD = Geod(ellps="WGS84")


def points(count: int, spread: str, kinds: list[float], seed: int = 1) -> numpy.ndarray:
    """Kind, easting, northing, latitude, longitude; evenly spread, or in towns as real ones are."""
    r = numpy.random.default_rng(seed)
    if spread == "even":
        xy = r.uniform([360_000, 240_000], [460_000, 340_000], (count, 2))
    else:
        towns = r.uniform([360_000, 240_000], [460_000, 340_000], (8, 2))
        xy = towns[r.integers(0, 8, count)] + r.normal(0, 1, (count, 2)) * r.choice([500, 2000, 9000], count)[:, None]
    xy = numpy.rint(xy)
    latitude, longitude = to_wgs84(xy[:, 0], xy[:, 1])
    kind = r.choice(len(kinds), count, p=numpy.array(kinds) / sum(kinds))
    return numpy.column_stack((kind, xy, latitude, longitude))


def by_hand(table: numpy.ndarray, at: tuple[int, int], each: int, kind: int, limit: int) -> list[float]:
    latitude, longitude = to_wgs84(*map(float, at))
    mine = table[table[:, 0] == kind]
    size = len(mine)
    if not size:
        return []
    _, _, away = GEOD.inv(numpy.full(size, longitude), numpy.full(size, latitude), mine[:, 4], mine[:, 3])
    return [round(float(d), 1) for d in sorted(away)[:each] if d <= limit]


@pytest.mark.parametrize("spread", ["even", "towns"])
@pytest.mark.parametrize(
    ("count", "kinds"), [(1, [1.0]), (40, [1.0] * 12), (3000, [1.0] * 12), (20_000, [50, 20, 5, 1, 0.2, 0.01])]
)
def test_it_finds_what_measuring_every_one_finds(tmp_path: Path, spread: str, count: int, kinds: list[float]) -> None:
    table = points(count, spread, kinds)
    names = [f"kind{at}" for at in range(len(kinds))]
    nearest.build_columns(tmp_path / "columns", names, table, {"made": "here"})
    index = nearest.Index(tmp_path / "columns")
    assert (index.count, index.about) == (count, {"made": "here"})
    r = numpy.random.default_rng(5)
    for _ in range(60):
        e, n = (int(v) for v in r.uniform([350_000, 230_000], [470_000, 350_000]))
        latitude, longitude = to_wgs84(float(e), float(n))
        found = index.nearest(e, n, latitude, longitude, 3)
        for at, name in enumerate(names):
            mine = [round(near.distance_m, 1) for near in found if near.kind == name]
            assert mine == by_hand(table, (e, n), 3, at, nearest.LIMIT_M), (name, e, n)
    only = index.nearest(e, n, latitude, longitude, 2, [names[-1], "no such kind"])
    assert {near.kind for near in only} <= {names[-1]}


def test_an_empty_directory_has_no_nearest(tmp_path: Path) -> None:
    assert nearest.build_columns(tmp_path / "columns", [], numpy.zeros((0, 5)), {}) == 0
    assert nearest.Index(tmp_path / "columns").nearest(400_000, 300_000, 52.6, -2.0) == []


def test_two_at_one_place_are_both_found_in_the_order_of_the_list(tmp_path: Path) -> None:
    latitude, longitude = to_wgs84(400_000.0, 300_000.0)
    same = numpy.array([[0, 400_000, 300_000, latitude, longitude]] * 2)
    nearest.build_columns(tmp_path / "columns", ["gp"], same, {})
    found = nearest.Index(tmp_path / "columns").nearest(400_010, 300_000, latitude, longitude)
    assert [near.row for near in found] == [0, 1]


@pytest.mark.parametrize("away", [0, 2_000, 14_000, 16_000, 200_000, -200_000])
def test_a_place_outside_all_that_is_listed_is_asked_about_too(tmp_path: Path, away: int) -> None:
    table = points(500, "towns", [1.0, 1.0])
    nearest.build_columns(tmp_path / "columns", ["a", "b"], table, {})
    at = (int(table[:, 1].max() if away >= 0 else table[:, 1].min()) + away, int(table[:, 2].max()) + away // 7)
    found = nearest.Index(tmp_path / "columns").nearest(*at, *to_wgs84(*map(float, at)))
    for number, kind in enumerate("ab"):
        mine = [round(near.distance_m, 1) for near in found if near.kind == kind]
        assert mine == by_hand(table, at, 3, number, nearest.LIMIT_M)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "columns").write_bytes(b"something else altogether")
    with pytest.raises(ValueError, match="not an index"):
        nearest.Index(tmp_path / "columns")
