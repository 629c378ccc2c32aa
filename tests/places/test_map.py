"""One drawn map for the page and the PDF: the district's edge where it is near, and none where there must be none."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from app.assessments.models import Assessment
from app.database import writing
from app.placements import surroundings
from app.places import loading
from app.places import service as places
from app.places.districts import load
from app.places.districts.districts import Districts
from app.places.map import Spot, box, in_words, svg
from tests.conftest import Instance

from .real import real
from .test_districts import OURS, drawn

SPOTS = [Spot("U", "the proposed unit", 409_000, 305_000, 100), Spot("1", "School <b>", 411_000, 305_500, 120)]


def test_the_edge_of_the_district_is_drawn_and_said(tmp_path: Path) -> None:
    target = tmp_path / "districts.sqlite"
    load.load_districts(drawn(tmp_path), target)
    edge = Districts(target).edge(OURS, box(SPOTS))
    assert len(edge) == 1
    assert {e for e, _ in edge[0]} == {410_000}, "only our own line, clipped to the map"
    made = svg(SPOTS, edge)
    ElementTree.fromstring(made)
    assert made.count("<polyline") == 1
    assert "<b>" not in made
    assert "edge of the district" in in_words(SPOTS, True)
    assert "edge of the district" not in in_words(SPOTS)
    assert svg(SPOTS).count("<polyline") == 0
    assert Districts(tmp_path / "none").edge(OURS, box(SPOTS)) == []


@pytest.mark.parametrize(("kind", "protected_place", "there"), [
    ("house_or_flat", None, True), ("refuge", None, False), ("house_or_flat", "clear", False), ("house_or_flat", "inside", False),
])  # fmt: skip
def test_there_is_no_map_where_there_must_be_none(kind: str, protected_place: str | None, there: bool) -> None:
    assert surroundings.may_draw(kind, protected_place) is there


def with_tiles(instance: Instance, **changes: object) -> tuple[str, str]:
    instance.app.config["SETTINGS"] = instance.settings.model_copy(
        update={"tile_url": "https://tiles.example/{z}/{x}/{y}.png"}
    )
    case_id, assessment_id = instance.import_case("h2")
    with instance.app.app_context(), writing() as session:
        found = session.get_one(Assessment, assessment_id)
        found.unit.postcode, found.case.domestic_abuse, found.case.left_because = "B14 7ET", False, ["overcrowding"]
        for service in found.case.services:
            service.postcode = "B13 9AA"
        for name, value in changes.items():
            setattr(found.unit if name == "kind" else found.case, name, value)
    return case_id, f"/cases/{case_id}/assessments/{assessment_id}"


def test_tiles_are_only_for_the_page_and_only_where_they_are_configured(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, here = with_tiles(instance)
    answer = officer.get(f"{here}/result")
    assert "leaflet.js" in answer.text
    assert 'data-tiles="https://tiles.example/{z}/{x}/{y}.png"' in answer.text
    assert "https://tiles.example" in answer.headers["Content-Security-Policy"]
    assert "tiles.example" not in officer.get(f"/cases/{case_id}").headers["Content-Security-Policy"]
    spots = json.loads(answer.text.split('data-spots="')[1].split('"')[0].replace("&#34;", '"'))
    assert spots[0]["mark"] == "U"
    assert "<img" in answer.text, "the drawn map is there without JavaScript"


@pytest.mark.parametrize("changes", [{"domestic_abuse": True}, {"domestic_abuse": None}, {"kind": "refuge"}])
def test_no_tile_is_asked_for_a_protected_address(
    instance: Instance, changes: dict[str, object], officer: FlaskClient
) -> None:
    _, here = with_tiles(instance, **changes)
    page = officer.get(f"{here}/result").text
    assert "tiles.example" not in page
    if "kind" in changes:
        assert "map.svg" not in page
        assert officer.get(f"{here}/map.svg").status_code == 404


def test_the_real_edge_of_birmingham_is_near_its_airport(instance: Instance) -> None:
    with instance.app.app_context():
        loading.run(
            instance.settings, "districts", real("boundaries/lad25_westmids.geojson"), "t", {"date": "2025-05-01"}
        )
        edge = places.districts().edge("E08000025", (415_000, 283_000, 418_000, 286_000))
    assert edge
    assert all(414_990 <= e <= 418_010 and 282_990 <= n <= 286_010 for line in edge for e, n in line)
