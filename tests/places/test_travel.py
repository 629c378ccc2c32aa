"""Ways behind one interface: the estimate is labelled, the network measures, the engine is held to its contract, failures are said."""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path
from typing import Any

import osmium
import pytest
from flask.testing import FlaskClient
from geopy.exc import GeocoderTimedOut, GeocoderUnavailable

from app.assessments import judging
from app.assessments.models import Assessment
from app.audit.models import AuditEvent
from app.checklists import read_folder
from app.clocks import today
from app.database import writing
from app.decisions import whereabouts
from app.extensions import db
from app.placements import measuring
from app.placements.walker import walker_of
from app.places import loading
from app.places.files import FileProblem
from app.places.postcodes.geocoder import Place, to_wgs84
from app.places.service import locate
from app.places.travel import walking
from app.places.travel.transit import PublicTransport
from app.places.travel.travel import StraightLine
from app.places.travel.walking import Network, WalkingNetwork
from tests.conftest import Instance

NUMBERS = read_folder().numbers
WEST, SOUTH = 406_000, 281_000


def place(e: int, n: int, radius: int = 0) -> Place:
    latitude, longitude = to_wgs84(float(e), float(n))
    return Place(
        postcode="X11XX",
        easting=e,
        northing=n,
        latitude=latitude,
        longitude=longitude,
        radius_m=radius,
        precision="building",
        authority="",
        live=True,
        dataset="d",
        data_date="2026-01-01",
        method="m",
        reason="",
    )


def town(path: Path, size: int = 12, bridge: bool = True, **tags: str) -> Path:
    """Streets every 100 m, cut by a railway in the middle with one bridge at the north end."""
    nodes = {(x, y): 1 + x * size + y for x in range(size) for y in range(size)}
    cut = size // 2
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for (x, y), ref in nodes.items():
            latitude, longitude = to_wgs84(float(WEST + 100 * x), float(SOUTH + 100 * y))
            writer.add_node(osmium.osm.mutable.Node(id=ref, location=(longitude, latitude)))
        ways = [[nodes[x, y] for y in range(size)] for x in range(size)]
        for y in range(size):
            west, east = [nodes[x, y] for x in range(cut)], [nodes[x, y] for x in range(cut, size)]
            ways += [[*west, *east]] if bridge and y == size - 1 else [west, east]
        for number, refs in enumerate(ways, 1):
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags={"highway": "residential", **tags}))
        writer.add_way(
            osmium.osm.mutable.Way(id=999, nodes=[nodes[0, 0], nodes[size - 1, size - 1]], tags={"highway": "motorway"})
        )
        private = {"highway": "service", "access": "private"}
        writer.add_way(osmium.osm.mutable.Way(id=998, nodes=[nodes[0, 0], nodes[size - 1, 0]], tags=private))
    return path


@pytest.fixture
def network(tmp_path: Path) -> Path:
    target = tmp_path / "walking.network"
    assert walking.load(town(tmp_path / "town.osm.pbf"), target, date(2026, 10, 1)).state == "active"
    return target


def test_a_railway_with_one_bridge_makes_a_hundred_metres_two_kilometres(network: Path) -> None:
    found = Network(network)
    assert (found.points, found.data_date) == (144, "2026-10-01")
    here, beyond = (WEST + 500, SOUTH), (WEST + 600, SOUTH)
    metres = found.metres(here, [beyond, (WEST + 400, SOUTH), here])
    assert metres[0] == pytest.approx(2300, abs=5), "north to the bridge, over, and back: nobody walks the motorway"
    assert metres[1] == pytest.approx(100, abs=2)
    assert metres[2] == pytest.approx(0, abs=3)


def test_a_way_on_the_network_is_measured_and_still_good_only_to_its_circles(network: Path) -> None:
    engine = WalkingNetwork(network, NUMBERS)
    unit = place(WEST + 500, SOUTH, 100)
    way = engine.ways(unit, [place(WEST + 600, SOUTH, 50)], "pram")[0]
    assert way.measured
    assert (way.method, way.data) == ("walking_network", "OpenStreetMap, 2026-10-01")
    assert way.low_m == pytest.approx(2150, abs=5)
    assert way.high_m == pytest.approx(2300 + 1.6 * 150, abs=6)
    assert way.minutes_low == way.low_m // NUMBERS["walking_metres_per_minute"]
    assert way.minutes_high == -(-way.high_m // NUMBERS["pram_metres_per_minute"])
    line = StraightLine(NUMBERS).ways(unit, [place(WEST + 600, SOUTH, 50)], "pram")[0]
    assert not line.measured
    assert line.method == "straight_line"
    assert line.high_m is not None
    assert line.high_m < way.low_m, "an estimate may be far too short: that is why it never proves near enough"


def test_what_the_network_does_not_reach_is_not_measured(tmp_path: Path, network: Path) -> None:
    engine = WalkingNetwork(network, NUMBERS)
    unit = place(WEST, SOUTH)
    nowhere = unit._replace(easting=None, northing=None, latitude=None, reason="It has no point.")
    far = engine.ways(unit, [place(WEST + 50_000, SOUTH), nowhere], "adult")
    assert [w.measured for w in far] == [False, False]
    assert far[0].minutes_low is None
    assert "not near any way" in far[0].reason
    assert far[1].reason == "It has no point."
    assert engine.ways(nowhere, [unit], "adult")[0].reason == "It has no point."
    walking.load(town(tmp_path / "cut.osm.pbf", bridge=False), tmp_path / "cut", date(2026, 10, 1))
    cut = WalkingNetwork(tmp_path / "cut", NUMBERS).ways(place(WEST + 500, SOUTH), [place(WEST + 600, SOUTH)], "adult")[
        0
    ]
    assert not cut.measured


def test_a_file_that_is_no_extract_leaves_the_old_network(tmp_path: Path, network: Path) -> None:
    before = network.read_bytes()
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes((tmp_path / "town.osm.pbf").read_bytes()[:300])
    with pytest.raises(FileProblem, match="not an OpenStreetMap extract"):
        walking.load(broken, network, date(2026, 11, 1))
    report = walking.load(town(tmp_path / "closed.osm.pbf", foot="no"), network, date(2026, 11, 1))
    assert report.state == "refused"
    report = walking.load(town(tmp_path / "small.osm.pbf", 9), network, date(2026, 11, 1))
    assert report.state == "held" or report.state == "refused"
    assert network.read_bytes() == before
    with pytest.raises(ValueError, match="not a walking network"):
        Network(tmp_path / "town.osm.pbf")


# Answers as OpenTripPlanner 2 gives them, kept short.
def plan(*itineraries: tuple[int, int]) -> bytes:
    made = [
        {"duration": d, "numberOfTransfers": c, "walkDistance": 500.0, "legs": [{"mode": "WALK"}, {"mode": "BUS"}]}
        for d, c in itineraries
    ]
    return json.dumps({"data": {"plan": {"itineraries": made, "routingErrors": []}}}).encode()


class Engine:
    def __init__(self, answer: Any) -> None:
        self.answer, self.asked = answer, []  # type: ignore[var-annotated]

    def __call__(self, url: str, body: bytes) -> bytes:
        self.asked.append((url, json.loads(body)))
        if isinstance(self.answer, Exception):
            raise self.answer
        found: bytes = self.answer
        return found


def transit(answer: Any) -> tuple[PublicTransport, Engine]:
    engine = Engine(answer)
    made = PublicTransport(
        "https://otp.example/gtfs/v1", ["otp.example"], NUMBERS, (date(2026, 11, 25), time(8, 45)), engine
    )
    return made, engine


def test_the_engine_is_asked_for_two_points_and_nothing_else() -> None:
    made, engine = transit(plan((1800, 1), (2400, 0), (3000, 2)))
    way = made.ways(place(WEST, SOUTH, 80), [place(WEST + 5000, SOUTH, 80)], "adult")[0]
    url, body = engine.asked[0]
    assert url == "https://otp.example/gtfs/v1"
    assert set(body["variables"]) == {"from", "to", "date", "time", "speed"}
    assert (body["variables"]["date"], body["variables"]["time"]) == ("2026-11-25", "08:45")
    assert set(body["variables"]["from"]) == {"lat", "lon"}
    assert way.measured
    assert (way.method, way.changes) == ("public_transport", 1)
    assert (way.minutes_low, way.minutes_mid, way.minutes_high) == (28, 30, 54)
    assert way.data == "OpenTripPlanner, 2026-11-25 by 08.45"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (GeocoderTimedOut("slow"), "could not be reached"),
        (GeocoderUnavailable("down"), "could not be reached"),
        (plan(), "knows no way"),
        (b"not json", "no answer that can be read"),
        (b'{"errors": [{"message": "x"}]}', "no answer that can be read"),
        (b'{"data": {"plan": {"itineraries": [{"duration": "long"}]}}}', "no answer that can be read"),
        (plan((-5, 0)), "no answer that can be read"),
        (plan((900_000, 0)), "no answer that can be read"),
    ],
)
def test_an_engine_that_fails_measures_nothing(answer: Any, words: str) -> None:
    made, _ = transit(answer)
    way = made.ways(place(WEST, SOUTH), [place(WEST + 5000, SOUTH)], "adult")[0]
    assert not way.measured
    assert (way.minutes_low, way.method) == (None, "public_transport"), "and no estimate takes its place under its name"
    assert words in way.reason


def walked(instance: Instance, tmp_path: Path, assessment_id: str) -> None:
    """A network round the invented school and unit, loaded as an operator does."""
    with instance.app.app_context():
        unit = locate("B14 7ET")
        assert unit.easting is not None
        assert unit.northing is not None
        size = 24
        path = tmp_path / "kings.osm.pbf"
        with osmium.SimpleWriter(str(path)) as writer:
            nodes = {}
            for x in range(size):
                for y in range(size):
                    at = to_wgs84(float(unit.easting + 100 * (x - 12)), float(unit.northing + 100 * (y - 12)))
                    nodes[x, y] = 1 + x * size + y
                    writer.add_node(osmium.osm.mutable.Node(id=nodes[x, y], location=(at[1], at[0])))
            for at_ in range(size):
                for number, refs in (
                    (at_ + 1, [nodes[at_, y] for y in range(size)]),
                    (at_ + 101, [nodes[x, at_] for x in range(size)]),
                ):
                    writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags={"highway": "footway"}))
        report = loading.run(instance.settings, "walking", path, "t", {"date": "2026-10-01"})
        assert report.state == "active"
        with writing() as session:
            found = session.get_one(Assessment, assessment_id)
            found.unit.postcode, found.journeys = "B14 7ET", []
            for service in found.case.services:
                service.postcode = "B14 7EG"


def test_ways_are_measured_kept_and_judged_by_the_family_s_own_services(
    either: Instance, tmp_path: Path, officer: FlaskClient
) -> None:
    case_id, assessment_id = either.import_case("h2")
    here = f"/cases/{case_id}/assessments/{assessment_id}/journeys"
    said = officer.post(f"{here}/measure", data={"version": str(either.version(case_id))}, follow_redirects=True).text
    assert "Nothing that measures ways is set up" in said
    walked(either, tmp_path, assessment_id)
    assert "Measure the ways now" in officer.get(here).text
    answer = officer.post(f"{here}/measure", data={"version": str(either.version(case_id))})
    assert answer.status_code == 302
    with either.app.app_context():
        found = db.session.get_one(Assessment, assessment_id)
        methods = {j["method"] for j in found.journeys}
        assert methods == {"walking_network"}
        assert all(j["low"] <= j["high"] for j in found.journeys)
        case = judging.judge(found, today(), either.settings.council_authority).file
        assert len(case.journeys) == len(found.journeys)
        assert {j.data_date for j in case.journeys} == {"OpenStreetMap, 2026-10-01"}
    assert "Walking network, OpenStreetMap, 2026-10-01" in officer.get(here).text


def test_a_protected_family_s_ways_are_never_asked_outside(instance: Instance, officer: FlaskClient) -> None:
    engine = Engine(plan((1800, 1)))
    instance.app.config["SETTINGS"] = instance.settings.model_copy(
        update={"transit_url": "https://otp.example/x", "outside_hosts": "otp.example"}
    )
    instance.app.extensions["outside_post"] = engine
    case_id, assessment_id = instance.import_case("h2")
    here = f"/cases/{case_id}/assessments/{assessment_id}/journeys"
    with instance.app.app_context(), writing() as session:
        found = session.get_one(Assessment, assessment_id)
        found.case.domestic_abuse, found.case.left_because = True, ["overcrowding"]
        found.unit.postcode = "B14 7ET"
        for service in found.case.services:
            service.postcode = "B1 1BB"
    officer.post(f"{here}/measure", data={"version": str(instance.version(case_id))})
    assert engine.asked == []
    with instance.app.app_context(), writing() as session:
        session.get_one(Assessment, assessment_id).case.domestic_abuse = False
    assert officer.post(f"{here}/measure", data={"version": str(instance.version(case_id))}).status_code == 302
    assert engine.asked
    with instance.app.app_context():
        kept = db.session.get_one(Assessment, assessment_id).journeys
        assert {j["method"] for j in kept} >= {"public_transport"}
        asked = [e.detail for e in db.session.query(AuditEvent).filter_by(action="place.asked")]
    assert asked == [{"asked": ["public_transport"], "state": "measured"}]


def test_a_family_with_somebody_in_a_pram_walks_at_a_prams_pace(instance: Instance) -> None:
    _, assessment_id = instance.import_case("h2")
    with instance.app.app_context():
        found = db.session.get_one(Assessment, assessment_id)
        household = judging.judge(found, today(), instance.settings.council_authority).file.household
        assert walker_of(household, today()) == "pram"
        older = household.model_copy(
            update={
                "members": tuple(
                    m.model_copy(update={"born": date(today().year - 9, 1, 1), "pregnant": False})
                    for m in household.members
                )
            }
        )
        assert walker_of(older, today()) == "adult"


@pytest.mark.parametrize(
    ("precision", "journeys", "high"),
    [("building", True, None), ("postcode_weak", True, 1440), ("outcode", False, None), ("sector", False, None)],
)
def test_a_point_that_is_only_roughly_known_never_shows_that_it_is_near_enough(
    instance: Instance, tmp_path: Path, precision: str, journeys: bool, high: int | None
) -> None:
    _, assessment_id = instance.import_case("h2")
    walked(instance, tmp_path, assessment_id)
    with instance.app.app_context():
        found = db.session.get_one(Assessment, assessment_id)
        household = judging.judge(found, today(), instance.settings.council_authority).file.household
        unit = locate("B14 7ET")._replace(precision=precision)
        engines = measuring.providers(instance.settings, NUMBERS, today(), False)
        made = measuring.measure(household, unit, today(), engines, lambda kind: kind)
    assert bool(made.journeys) is journeys
    assert all(j.high == high for j in made.journeys) or high is None
    if not journeys:
        assert all("not known well enough" in said for said in made.not_measured)
        assert made.not_measured
    if high:
        words = whereabouts.ways_in_words(made.journeys, {})
        assert all("at least" in said for said in words)
