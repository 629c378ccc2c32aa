"""Data that has grown old: said once to whoever can load newer, and on a unit only where its age could change what is said."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient

from app.places import service as places
from app.places.postcodes.geocoder import Place
from tests.conftest import Instance

LATER = date(2027, 2, 1)


def said_of(place: Place, on: date) -> list[str]:
    return places.old_data(place, places.districts().of(place, "E08000025"), on)


def test_a_unit_is_told_of_old_postcodes_only_where_a_newer_list_may_know_more(instance: Instance) -> None:
    with instance.app.app_context():
        fresh = date.fromisoformat(places.locate("B3 3DQ").data_date)
        for postcode, told in (("B3 3DQ", False), ("B99 1DW", True), ("", True)):
            place = places.locate(postcode)
            assert said_of(place, fresh) == []
            said = [s for s in said_of(place, LATER) if s.startswith("The postcode data")]
            assert bool(said) is told, postcode
            assert all(s.endswith("a newer list may know this postcode. Ask your administrator.") for s in said)


def test_the_administrator_is_told_once_which_file_to_load_and_how(
    monkeypatch: pytest.MonkeyPatch, administrator: FlaskClient
) -> None:
    assert "--dry-run shows what would change" not in administrator.get("/data").text
    monkeypatch.setattr("app.places.views.today", lambda: LATER)
    page = administrator.get("/data").text
    assert page.count("places load postcodes FILE --dry-run") == 1
    assert "ONS Postcode Directory (ONSPD)" in page
    assert "days old" in page
