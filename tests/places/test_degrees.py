"""Degrees are worked out once, when the postcodes are loaded: no page of a case loads what turns metres into them."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from app.places.postcodes import gazetteer, geocoder
from app.places.postcodes.gazetteer import Gazetteer
from app.places.postcodes.geocoder import Postcodes, to_wgs84
from tests.conftest import Instance

KNOWN = ("B1 1BB", "SW1A 1AA", "CF10 1EP", "EH1 1YZ", "BT1 5GS", "TR21 0LW", "ZE1 0AA", "B1 1ZZ", "B99 9ZZ")


def test_what_is_kept_is_what_would_be_worked_out(gazetteer_file: Path) -> None:
    coder = Postcodes(Gazetteer(gazetteer_file))
    placed = [place for place in map(coder.place, KNOWN) if place.has_point]
    assert len(placed) >= len(KNOWN) - 2
    for place in placed:
        assert (place.latitude, place.longitude) == to_wgs84(place.easting, place.northing)


def _of_the_shape_before(whole: Path, target: Path, **about: str) -> None:
    shutil.copy(whole, target)
    changed = sqlite3.connect(target)
    changed.execute("ALTER TABLE postcode DROP COLUMN degrees")
    changed.execute("ALTER TABLE middle DROP COLUMN degrees")
    for name, value in {"schema": str(gazetteer.WITHOUT_DEGREES), **about}.items():
        changed.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))
    changed.commit()
    changed.close()


def test_a_file_that_a_council_loaded_before_is_kept_and_tells_the_same(gazetteer_file: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.sqlite"
    _of_the_shape_before(gazetteer_file, before, loaded="by the council")
    assert gazetteer.is_current(before, "another package")
    new, old = Postcodes(Gazetteer(gazetteer_file)), Postcodes(Gazetteer(before))
    assert [new.place(code) for code in KNOWN] == [old.place(code) for code in KNOWN]


def test_one_of_the_packages_is_built_again(gazetteer_file: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.sqlite"
    sources = Gazetteer(gazetteer_file).about()["sources"]
    _of_the_shape_before(gazetteer_file, before)
    assert gazetteer.is_current(gazetteer_file, sources)
    assert not gazetteer.is_current(before, sources)


def test_the_pages_of_a_case_turn_no_metres_into_degrees(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    case, assessment = instance.import_case("h1")

    def asked() -> None:
        raise AssertionError("a page asked for what turns metres into degrees")

    monkeypatch.setattr(geocoder, "transformer", asked)
    client = instance.client("housing_officer")
    for page in ("/result", "", "/placement", "/questions/CS15/unit"):
        assert client.get(f"/cases/{case}/assessments/{assessment}{page}").status_code == 200
