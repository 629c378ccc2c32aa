"""Postcodes, points and distances, on the whole of the real data."""

from __future__ import annotations

import csv
import math
import re
import sqlite3
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from geopy.distance import geodesic

from app.checklists import read_folder
from app.clocks import today
from app.placements import surroundings
from app.places import service
from app.places.map import Spot, in_words, svg
from app.places.postcodes import postcode
from app.places.postcodes.gazetteer import Gazetteer, GazetteerProblem, unpacked_key
from app.places.postcodes.geocoder import Place, to_wgs84
from app.places.postcodes.local import LocalPostcodes
from app.places.travel import distance
from app.places.travel.distance import geodesic_m
from app.suitability.casefile.household import Household, Member, Service
from tests.conftest import Instance

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def coder(gazetteer_file: Path) -> LocalPostcodes:
    return LocalPostcodes(Gazetteer(gazetteer_file))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("b14 7et", "B147ET"),
        ("B147ET", "B147ET"),
        ("  sw1a   1aa ", "SW1A1AA"),
        ("ec1a1bb", "EC1A1BB"),
        ("GIR 0AA", "GIR0AA"),
        ("M1 1AE", "M11AE"),
    ],
)
def test_a_postcode_is_kept_in_one_shape(typed: str, kept: str) -> None:
    assert postcode.normalise(typed) == kept
    assert postcode.normalise(postcode.display(kept)) == kept


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("B1O 1AA", "B10 1AA"),
        ("BI 1AA", "B1 1AA"),
        ("B14 7ETT", None),
        ("nonsense", None),
        ("", None),
        ("B1 OAA", "B1 0AA"),
        ("5W1A 1AA", "SW1A 1AA"),
    ],
)
def test_a_misspelt_postcode_is_explained_and_never_guessed(typed: str, meant: str | None) -> None:
    with pytest.raises(postcode.NotAPostcode) as told:
        postcode.normalise(typed)
    assert (meant is not None) == ("Did you mean" in str(told.value))
    if meant:
        assert meant in str(told.value)


def test_every_postcode_in_use_has_the_shape(gazetteer_file: Path) -> None:
    shape = postcode._SHAPE
    with sqlite3.connect(gazetteer_file) as connection:
        keys = connection.execute("SELECT key FROM postcode WHERE packed & 1 = 1 AND key % 37 = 0").fetchall()
    connection.close()
    assert len(keys) > 20_000
    wrong = [k for (k,) in keys if not shape.match(postcode.from_number(unpacked_key(k)))]
    assert wrong == []


def test_a_live_postcode_has_a_point_a_radius_a_district_and_a_date(coder: LocalPostcodes) -> None:
    place = coder.place("B1 1BB")
    assert place.has_point
    assert place.authority == "E08000025"
    assert place.radius_m is not None
    assert place.radius_m >= 100
    assert place.live is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", place.data_date)
    assert place.precision == "postcode"


def test_the_points_agree_with_another_publishers(coder: LocalPostcodes) -> None:
    """Against the points in open data of the same postcodes; a few metres of rounding apart."""
    files = sorted(DATA.glob("**/*.csv"))
    rows = []
    for file in files:
        with open(file, encoding="utf-8", errors="replace", newline="") as stream:
            reader = csv.DictReader(stream)
            names = {n.casefold(): n for n in reader.fieldnames or []}
            if {"postcode", "easting", "northing"} <= names.keys():
                rows += [(r[names["postcode"]], r[names["easting"]], r[names["northing"]]) for r in reader]
    if not rows:
        pytest.skip("no open data file with postcodes and grid references is here")
    apart = []
    for code, easting, northing in rows[:5000]:
        try:
            place = coder.place(code)
            if place.has_point and place.easting is not None and place.northing is not None:
                apart.append(math.dist((place.easting, place.northing), (float(easting), float(northing))))
        except ValueError:
            continue
    assert len(apart) > 50
    assert sorted(apart)[len(apart) // 2] < 250


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ZE9 9ZZ", "in no list of postcodes"),
        ("nonsense", "is not a postcode"),
        ("BT1 1AA", "Northern Ireland"),
        ("", "is not a postcode"),
    ],
)
def test_what_has_no_point_says_why(coder: LocalPostcodes, typed: str, words: str) -> None:
    place = coder.place(typed)
    assert not place.has_point
    assert words in place.reason
    assert place.radius_m is None


def test_a_terminated_postcode_says_so_and_is_less_certain(coder: LocalPostcodes, gazetteer_file: Path) -> None:
    connection = sqlite3.connect(gazetteer_file)
    keys = connection.execute(
        "SELECT key FROM postcode WHERE packed & 3 = 0 AND point >> 21 > 400000 AND point & 2097151 BETWEEN 270000 AND 300000 LIMIT 5"
    ).fetchall()
    connection.close()
    found = [coder.place(postcode.from_number(unpacked_key(k))) for (k,) in keys]
    ended = [p for p in found if p.live is False]
    assert ended
    for place in ended:
        assert "no longer in use" in place.reason
        assert place.precision == "postcode_weak"
        assert place.radius_m is not None
        assert place.radius_m >= 200


def test_the_grid_turns_into_the_published_latitude_and_longitude() -> None:
    """Ordnance Survey's worked example: TG 51409 13177 is 52.657977 N, 1.716073 E (OSTN15)."""
    latitude, longitude = to_wgs84(651409.903, 313177.270)
    assert latitude == pytest.approx(52.657977, abs=0.0001)
    assert longitude == pytest.approx(1.716073, abs=0.0001)


def test_the_geocoder_is_geopys_and_cannot_reach_the_network(coder: LocalPostcodes) -> None:
    found = coder.geocode("Flat 1, 20 Invented Lane, B14 7ET")
    assert found.address == "B14 7ET"
    assert found.raw["radius_m"] >= 100
    assert coder.geocode("nowhere at all") is None
    with pytest.raises(Exception, match="two different postcodes"):
        coder.geocode("from B14 7ET to B1 1BB")
    with pytest.raises(RuntimeError, match="never asks the network"):
        coder._call_geocoder("https://example.org", lambda x: x)


def place(easting: int | None, northing: int | None, radius: int | None = 100) -> Place:
    if easting is None or northing is None:
        return Place(
            postcode="X",
            easting=None,
            northing=None,
            latitude=None,
            longitude=None,
            radius_m=None,
            precision="none",
            authority="",
            live=None,
            dataset="d",
            data_date="2025-11-01",
            method="m",
            reason="Not known.",
        )
    latitude, longitude = to_wgs84(easting, northing)
    return Place(
        postcode="X",
        easting=easting,
        northing=northing,
        latitude=latitude,
        longitude=longitude,
        radius_m=radius,
        precision="postcode",
        authority="E08000025",
        live=True,
        dataset="d",
        data_date="2025-11-01",
        method="m",
        reason="",
    )


def test_the_straight_line_is_geopys_to_the_last_bit() -> None:
    birmingham = (52.4862, -1.8904)
    for there in ((52.4862, -1.8904), (52.4863, -1.8904), (51.5074, -0.1278), (58.6373, -3.0689), (49.9581, -5.2044)):
        assert geodesic_m(birmingham, there) == geodesic(birmingham, there).meters


def test_a_distance_is_an_interval_and_missing_is_never_zero() -> None:
    numbers = read_folder().numbers
    found = distance.between(place(400_000, 280_000), place(403_000, 284_000), numbers)
    assert found.straight_m == pytest.approx(5000, abs=10)
    assert found.straight_low_m is not None
    assert found.straight_high_m is not None
    assert found.walk_low_m is not None
    assert found.walk_high_m is not None
    assert found.straight_low_m < 5000 < found.straight_high_m
    assert found.straight_low_m <= found.walk_low_m <= found.walk_high_m
    assert "Estimate, not a route: likely " in distance.walk_in_words(found)
    missing = distance.between(place(None, None), place(403_000, 284_000), numbers)
    assert not missing.is_known
    assert set(missing[:10]) == {None}
    assert "0" not in distance.in_words(missing)


def test_two_points_within_their_radii_may_be_next_door_and_are_not_said_to_be() -> None:
    found = distance.between(place(400_000, 280_000), place(400_050, 280_000), read_folder().numbers)
    assert found.straight_low_m == 0
    assert found.straight_high_m is not None
    assert found.straight_high_m >= 240
    assert distance.in_words(found) == "Up to 0.3 km in a straight line, perhaps much less"


def test_the_map_shows_both_where_two_are_at_one_point() -> None:
    spots = [
        Spot("U", "unit", 400_000, 280_000, 100),
        Spot("1", "Surgery", 401_000, 281_000, 100),
        Spot("2", "Pharmacy", 401_000, 281_000, 100),
    ]
    drawn = svg(spots)
    assert ">1 2<" in drawn
    assert "Surgery" not in drawn, "no name of a place in the picture itself"
    assert "1 Surgery, 2 Pharmacy" in in_words(spots)
    assert svg(spots[:1]) == ""


def test_surroundings_leave_what_is_unknown_open(instance: Instance) -> None:
    member = Member(key="A", name="A", kind="adult")
    household = Household(
        reference="R",
        members=(member,),
        services=(Service(kind="gp", name="G", postcode="B14 7ET"), Service(kind="school", name="S")),
    )
    with instance.app.app_context():
        known = surroundings.surroundings(household, service.locate("B1 1BB"), today(), "E08000025")
        assert [s.distance.is_known for s in known.services] == [True, False]
        unknown = surroundings.surroundings(household, service.locate("ZE99 9ZZ"), today(), "E08000025")
        assert [s.distance.is_known for s in unknown.services] == [False, False]
        assert unknown.spots == []


def test_without_postcode_data_everything_else_goes_on(instance: Instance, officer: FlaskClient) -> None:
    (instance.settings.data / "gazetteer.sqlite").unlink()
    case_id, assessment_id = instance.import_case("h2")
    page = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result")
    assert page.status_code == 200
    assert "No postcode data is loaded" in page.text
    assert officer.get("/about-the-data").status_code == 200
    with pytest.raises(GazetteerProblem):
        Gazetteer(Path("/nonexistent")).about()
