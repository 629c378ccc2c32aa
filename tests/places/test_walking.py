"""Which ways are walked, by whom, and what is no walk at all: closed ways, steps and a pram, islands and ferries, holes, and an extract of elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import osmium
import pytest

from app.checklists import read_folder
from app.places import loading
from app.places.districts import load as district_load
from app.places.files import FileProblem
from app.places.postcodes.geocoder import to_wgs84
from app.places.travel import walking, ways
from app.places.travel.walking import Network, WalkingNetwork
from tests.conftest import Instance

from .test_travel import SOUTH, WEST, place, town

NUMBERS = read_folder().numbers
DAY = date(2026, 10, 1)
Way = tuple[list[int], Mapping[str, str]]


def extract(
    path: Path,
    points: Mapping[int, tuple[float, float]],
    drawn: list[Way],
    tagged: Mapping[int, Mapping[str, str]] | None = None,
    west: float = WEST,
    south: float = SOUTH,
) -> Path:
    """An extract of points (metres east and north of a corner) and ways; a way may name a point that is not in it."""
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for ref, (x, y) in points.items():
            latitude, longitude = to_wgs84(west + x, south + y)
            tags = dict((tagged or {}).get(ref, {}))
            writer.add_node(osmium.osm.mutable.Node(id=ref, location=(longitude, latitude), tags=tags))
        for number, (refs, said) in enumerate(drawn, 1):
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=dict(said)))
    return path


def built(
    folder: Path,
    points: Mapping[int, tuple[float, float]],
    drawn: list[Way],
    tagged: Mapping[int, Mapping[str, str]] | None = None,
) -> Path:
    target = folder / "walking.network"
    assert walking.load(extract(folder / "made.osm.pbf", points, drawn, tagged), target, DAY).state == "active"
    return target


# A square: from 1 to 4 straight along the way under test, 100 m; the long way round by 2 and 3, 1,100 m.
SQUARE = {1: (0.0, 0.0), 2: (0.0, 500.0), 3: (100.0, 500.0), 4: (100.0, 0.0)}
ROUND: Way = ([1, 2, 3, 4], {"highway": "residential"})
FIRST, LAST = (WEST, SOUTH), (WEST + 100, SOUTH)


@pytest.mark.parametrize(
    ("tags", "walked"),
    [
        ({"highway": "footway"}, True),
        ({"highway": "trunk"}, True),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "no"}, False),
        ({"highway": "service", "access": "customers"}, False),
        ({"highway": "service", "access": "delivery"}, False),
        ({"highway": "service", "access": "residents"}, False),
        ({"highway": "footway", "access": "conditional=yes @ (Mo-Fr 08:00-20:00)"}, False),  # as it stands in Helsinki
        ({"highway": "footway", "foot:conditional": "no @ (22:00-06:00)"}, False),
        ({"highway": "footway", "opening_hours": "Mo-Fr 08:00-16:00"}, False),
        ({"highway": "service", "access": "permissive"}, True),
        ({"highway": "service", "access": "private", "foot": "yes"}, True),
        ({"highway": "service", "access": "no", "foot": "designated"}, True),
        ({"highway": "residential", "foot": "no"}, False),
        ({"highway": "residential", "access": "yes", "foot": "private"}, False),
        ({"highway": "residential", "foot": "use_sidepath"}, False),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway_link", "foot": "yes"}, False),
        ({"highway": "trunk", "motorroad": "yes", "foot": "yes"}, False),
        ({"highway": "construction", "construction": "footway"}, False),
        ({"highway": "construction", "foot": "yes"}, False),
        ({"highway": "proposed"}, False),
        ({"highway": "corridor"}, False),
        ({"highway": "busway"}, False),
        ({"highway": "via_ferrata", "foot": "yes"}, False),
        ({"highway": "something_new"}, False),
        ({"highway": "footway", "route": "ferry"}, False),
        ({"highway": "service", "ferry": "yes"}, False),
        ({"highway": "pedestrian", "area": "yes"}, False),
        ({"highway": "footway", "oneway:foot": "yes"}, False),
    ],
)
def test_only_what_surely_may_be_walked_is_walked(tmp_path: Path, tags: dict[str, str], walked: bool) -> None:
    network = Network(built(tmp_path, SQUARE, [ROUND, ([1, 4], tags)]))
    assert network.metres(FIRST, [LAST]) == [pytest.approx(100 if walked else 1100, abs=3)]


@pytest.mark.parametrize(
    ("tags", "adult", "pram"),
    [
        ({"barrier": "gate"}, 100, 100),
        ({"barrier": "bollard"}, 100, 100),
        ({"barrier": "gate", "access": "private"}, 1100, 1100),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, 100, 100),
        ({"barrier": "gate", "locked": "yes"}, 1100, 1100),
        ({"barrier": "wall"}, 1100, 1100),
        ({"barrier": "stile"}, 100, 1100),
        ({"barrier": "kissing_gate"}, 100, 1100),
    ],
)
def test_a_gate_that_is_closed_ends_a_way_and_no_pram_gets_over_a_stile(
    tmp_path: Path, tags: dict[str, str], adult: int, pram: int
) -> None:
    points = SQUARE | {5: (50.0, 0.0)}
    network = Network(built(tmp_path, points, [ROUND, ([1, 5, 4], {"highway": "path"})], {5: tags}))
    assert network.metres(FIRST, [LAST], "adult") == [pytest.approx(adult, abs=3)]
    assert network.metres(FIRST, [LAST], "pram") == [pytest.approx(pram, abs=3)]


@pytest.mark.parametrize(
    ("tags", "pram"),
    [
        ({}, 1100),
        ({"ramp": "no"}, 1100),
        ({"ramp:bicycle": "yes"}, 1100),
        ({"ramp": "separate"}, 1100),
        ({"conveying": "yes"}, 1100),
        ({"ramp": "yes"}, 100),
        ({"ramp:stroller": "yes"}, 100),
        ({"ramp:wheelchair": "yes"}, 100),
    ],
)
def test_steps_are_walked_but_not_with_a_pram_unless_a_ramp_is_tagged(
    tmp_path: Path, tags: dict[str, str], pram: int
) -> None:
    target = built(tmp_path, SQUARE, [ROUND, ([1, 4], {"highway": "steps", **tags})])
    network = Network(target)
    assert network.metres(FIRST, [LAST], "adult") == [pytest.approx(100, abs=3)]
    assert network.metres(FIRST, [LAST], "pram") == [pytest.approx(pram, abs=3)]
    engine = WalkingNetwork(target, NUMBERS)
    assert engine.ways(place(*FIRST), [place(*LAST)], "pram")[0].mid_m == pytest.approx(pram, abs=4)


def test_where_only_steps_lead_there_a_pram_has_no_way_and_it_is_said(tmp_path: Path) -> None:
    points = {1: (0.0, 0.0), 2: (0.0, 500.0), 4: (100.0, 0.0), 5: (400.0, 0.0)}
    drawn: list[Way] = [
        ([1, 2], {"highway": "residential"}),
        ([1, 4], {"highway": "steps"}),
        ([4, 5], {"highway": "path"}),
    ]
    engine = WalkingNetwork(built(tmp_path, points, drawn), NUMBERS)
    with_pram = engine.ways(place(*FIRST), [place(WEST + 400, SOUTH)], "pram")[0]
    assert (with_pram.measured, with_pram.mid_m) == (False, None)
    assert "steps" in with_pram.reason
    assert engine.ways(place(*FIRST), [place(WEST + 400, SOUTH)], "adult")[0].mid_m == pytest.approx(400, abs=4)


def test_steps_that_a_path_also_goes_along_are_taken_with_a_pram(tmp_path: Path) -> None:
    both: list[Way] = [([1, 4], {"highway": "steps"}), ([4, 1], {"highway": "footway"}), ROUND]
    assert Network(built(tmp_path, SQUARE, both)).metres(FIRST, [LAST], "pram") == [pytest.approx(100, abs=3)]


def test_a_point_that_is_not_in_the_extract_ends_the_way(tmp_path: Path) -> None:
    """Way 1-2-3-4-5-6 without 3 and 4: 2 and 5 are not joined by the straight line between them."""
    points = {1: (0.0, 0.0), 2: (100.0, 0.0), 5: (180.0, 0.0), 6: (280.0, 0.0), 7: (100.0, 1000.0), 8: (180.0, 1000.0)}
    drawn: list[Way] = [([1, 2, 3, 4, 5, 6], {"highway": "residential"}), ([2, 7, 8, 5], {"highway": "footway"})]
    target = tmp_path / "walking.network"
    report = walking.load(extract(tmp_path / "holed.osm.pbf", points, drawn), target, DAY)
    assert report.counts["ways cut where the extract ends"] == 1
    assert Network(target).metres((WEST + 100, SOUTH), [(WEST + 180, SOUTH)]) == [pytest.approx(2080, abs=5)]


def test_an_island_is_not_known_and_a_ferry_is_no_walk(tmp_path: Path) -> None:
    points = {1: (0.0, 0.0), 2: (400.0, 0.0), 3: (1000.0, 0.0), 4: (1400.0, 0.0)}
    drawn: list[Way] = [
        ([1, 2], {"highway": "residential"}),
        ([2, 3], {"route": "ferry", "foot": "yes"}),
        ([2, 3], {"route": "ferry", "highway": "footway"}),
        ([3, 4], {"highway": "residential"}),
    ]
    engine = WalkingNetwork(built(tmp_path, points, drawn), NUMBERS)
    way = engine.ways(place(*FIRST), [place(WEST + 1400, SOUTH), place(WEST + 400, SOUTH)], "adult")
    assert (way[0].measured, way[0].minutes_high, way[0].high_m) == (False, None, None)
    assert "water" in way[0].reason
    assert way[1].measured


def test_a_way_longer_than_is_looked_for_says_so(tmp_path: Path) -> None:
    points = {at: (200.0 * at, 0.0) for at in range(1, 70)}
    engine = WalkingNetwork(built(tmp_path, points, [(list(points), {"highway": "path"})]), NUMBERS)
    way = engine.ways(place(WEST + 200, SOUTH), [place(WEST + 13_500, SOUTH)], "adult")[0]
    assert (way.measured, way.reason) == (False, "No way was found on the network that is shorter than 12 km.")


def test_the_last_steps_to_the_nearest_way_widen_the_interval(tmp_path: Path) -> None:
    engine = WalkingNetwork(built(tmp_path, SQUARE, [ROUND]), NUMBERS)
    way = engine.ways(place(WEST - 200, SOUTH), [place(*LAST)], "adult")[0]
    assert (way.low_m, way.mid_m, way.high_m) == (
        pytest.approx(1100, abs=4), pytest.approx(1300, abs=4), pytest.approx(1300 + 0.6 * 200, abs=5),
    )  # fmt: skip


def test_an_extract_of_another_country_is_refused(tmp_path: Path) -> None:
    points = {1: (24.94, 60.17), 2: (24.95, 60.17)}
    path = tmp_path / "helsinki.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for ref, location in points.items():
            writer.add_node(osmium.osm.mutable.Node(id=ref, location=location))
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2], tags={"highway": "footway"}))
    with pytest.raises(FileProblem, match="outside Great Britain"):
        walking.load(path, tmp_path / "walking.network", DAY)
    assert not (tmp_path / "walking.network").exists()


@pytest.mark.parametrize("by_boundary", [True, False])
def test_an_extract_far_from_the_council_is_refused_and_the_old_one_serves(
    instance: Instance, tmp_path: Path, by_boundary: bool
) -> None:
    """By the council's boundary, or where none is loaded by the postcodes of its district."""
    with instance.app.app_context():
        if by_boundary:
            ring = [[400_000, 276_000], [415_000, 276_000], [415_000, 300_000], [400_000, 276_000]]
            code = instance.settings.council_authority
            shape = {"type": "Polygon", "coordinates": [ring]}
            named = {"LAD26CD": code, "LAD26NM": "Ours"}
            feature = {"type": "Feature", "properties": named, "geometry": shape}
            tree = {"type": "FeatureCollection", "crs": "EPSG:27700", "features": [feature]}
            drawn = tmp_path / "LAD_MAY_2026_BGC.geojson"
            drawn.write_text(json.dumps(tree), encoding="utf-8")
            assert district_load.load_districts(drawn, instance.settings.districts).state == "active"
        near = town(tmp_path / "near.osm.pbf")
        assert loading.run(instance.settings, "walking", near, "t", {"date": "2026-10-01"}).state == "active"
        before = instance.settings.walking_network.read_bytes()
        cornwall = extract(tmp_path / "cornwall.osm.pbf", SQUARE, [ROUND], west=180_000, south=40_000)
        with pytest.raises(FileProblem, match=r"lies \d+ km from this council’s district") as refused:
            loading.run(instance.settings, "walking", cornwall, "t", {"date": "2026-10-01"}, approved=True)
        assert "farther than 10 km" in str(refused.value)
        assert instance.settings.walking_network.read_bytes() == before


def test_a_network_of_an_earlier_version_measures_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    old = tmp_path / "walking.network"
    old.write_bytes(b"CBCWALK1" + bytes(200))
    way = WalkingNetwork(old, NUMBERS).ways(place(*FIRST), [place(*LAST)], "adult")[0]
    assert (way.measured, "load the extract again" in way.reason) == (False, True)
    assert walking.load(extract(tmp_path / "new.osm.pbf", SQUARE, [ROUND]), old, DAY).state == "active"
    assert Network(old).edges == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("source:", "sauce:"), "must say “source”"),
        (('"yes", permissive', "yes, permissive"), "quotation marks"),
        (("{value: 3,", "{value: three,"), "pram_under_years"),
        (("walked: [", "walkd: ["), "must say “walked”"),
    ],
)
def test_a_mistake_in_the_rules_is_said(change: tuple[str, str], words: str) -> None:
    text = (ways.FOLDER / ways.FILE).read_text(encoding="utf-8")
    assert ways.parse(text).numbers["far_from_council_metres"] == 10_000
    assert change[0] in text
    with pytest.raises(ways.RulesError, match=words):
        ways.parse(text.replace(*change))


def test_the_estimate_is_held_against_the_network_that_is_loaded(instance: Instance, tmp_path: Path) -> None:
    """On a grid of streets a walk is at most the square root of two times the line; the tool says so, by distance."""
    runner = instance.app.test_cli_runner()
    assert "No walking network is loaded" in runner.invoke(args=["places", "ratios"]).output
    with instance.app.app_context():
        path = town(tmp_path / "grid.osm.pbf", 24)
        assert loading.run(instance.settings, "walking", path, "t", {"date": "2026-10-01"}).state == "active"
    lines = [
        json.loads(line) for line in runner.invoke(args=["places", "ratios", "--pairs", "300"]).output.splitlines()
    ]
    whole, last = lines[-2], lines[-1]
    assert (whole["straight_m"], whole["pairs"]) == ([200, 3500], 300)
    assert sum(line["pairs"] for line in lines[:-2]) == 300
    assert 1.0 <= whole["ratio"]["1"] <= whole["ratio"]["25"] <= 1.42
    assert whole["longer_than_the_estimate"] > 0, "the railway with one bridge"
    assert whole["within_the_estimate"] + whole["longer_than_the_estimate"] == pytest.approx(1, abs=0.02)
    assert (last["no_way_joins"], last["estimate"]) == (0, [1.0, 1.6])
