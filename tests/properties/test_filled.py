"""Further units and certificates filled in from the register, with source and age, saved only by an officer who says they looked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.assessments.models import Assessment
from app.clocks import today
from app.extensions import db
from app.placements import registered
from app.properties import keeping
from tests.conftest import Instance


class Linked:
    """H1, of a unit of a building in the register that has another; both with something known."""

    def __init__(self, instance: Instance, officer: FlaskClient) -> None:
        self.instance, self.officer = instance, officer
        self.case_id, self.assessment_id = instance.import_case("h1")
        self.path = f"/cases/{self.case_id}/assessments/{self.assessment_id}"
        with instance.app.app_context():
            senior = instance.user("senior_officer")
            self.building = keeping.add_building(senior, {"address": "12 Filled Parade", "postcode": "B14 7EH"})
            self.one, self.two = (keeping.add_unit(senior, self.building, f"Room {n}", "") for n in (1, 2))
            self.gas = self.write(self.one, "certificate", certificate="gas", until=today() + timedelta(days=90))
            self.write(self.two, "facts", facts={"floor": 3, "gas": False, "self_contained": True})
            self.write(self.two, "facts", word="provider", said_by="P.", facts={"self_contained": False})
            self.write(self.two, "restriction", reach="under", under_age=5)
            registered.link(senior, self.assessment_id, instance.version(self.case_id), self.one)

    def write(self, unit: str, kind: str, **more: Any) -> str:
        known = {"kind": kind, "word": "officer", "said_by": "O. Officer", "on": today() - timedelta(days=40), **more}
        return keeping.add_evidence(self.instance.user("senior_officer"), self.building, unit, known)

    def assessment(self) -> Assessment:
        return db.session.get_one(Assessment, self.assessment_id)


@pytest.fixture
def of(instance: Instance, officer: FlaskClient) -> Linked:
    return Linked(instance, officer)


def test_a_certificate_is_offered_with_source_and_age_and_saved_when_it_was_looked_at(
    either: Instance, officer: FlaskClient
) -> None:
    of = Linked(either, officer)
    page = officer.get(f"{of.path}/certificates").text
    assert "What the register knows" in page
    assert "Seen by O. Officer, 40 days ago" in page
    at = f"{of.path}/certificates?register={of.gas}"
    day = today() + timedelta(days=90)
    filled = officer.get(at).text
    assert re.search(r'value="gas" checked', filled)
    assert re.search(rf'name="expires-day"[^>]*value="{day.day}"', filled)
    assert not re.search(r'name="issued-day"[^>]*value="\d', filled), "when it was issued the register does not know"
    data = {
        "version": str(either.version(of.case_id)), "kind": "gas",
        "expires-day": day.day, "expires-month": day.month, "expires-year": day.year,
    }  # fmt: skip
    back = officer.post(at, data=data)
    assert back.status_code == 422
    assert "say that you have" in back.text
    with either.app.app_context():
        before = len(of.assessment().unit.certificates)
    assert officer.post(at, data={**data, "checked": "yes"}).status_code == 302
    with either.app.app_context():
        kept = of.assessment().unit.certificates
        assert (len(kept), kept[-1].expires, kept[-1].issued) == (before + 1, day, None)


def test_a_further_unit_is_filled_in_where_nobody_differs_and_says_what_is_against_the_family(of: Linked) -> None:
    page = of.officer.get(f"{of.path}/units/new").text
    assert "Fill in from Room 2" in page
    assert "Fill in from Room 1" not in page, "that one is in the placement already"
    filled = of.officer.get(f"{of.path}/units/new?register={of.two}").text
    assert re.search(r'name="door"[^>]*value="Room 2"', filled)
    assert re.search(r'name="floor"[^>]*value="3"', filled)
    assert re.search(r'name="gas"[^>]*value="no"[^>]*checked', filled)
    assert not re.search(r'name="self_contained"[^>]*value="(?:yes|no)"[^>]*checked', filled), "two differ: empty"
    assert "Another says otherwise" in filled
    assert "not for children under 5" in filled
    assert "Have you looked at what is filled in?" in filled


def test_a_further_unit_is_saved_once_an_officer_says_they_looked(either: Instance, officer: FlaskClient) -> None:
    """What the boxes showed is saved as the officer sends it, and what two of the register differ about as nobody’s word."""
    of = Linked(either, officer)
    at = f"{of.path}/units/new?register={of.two}"
    page = officer.get(at).text
    sent: dict[str, Any] = {
        "version": str(either.version(of.case_id)),
        "door": "Room 2",
        "floor": "3",
        "sleeps_known": "unknown",
        "kind": "hotel",
        "shares_known": "none",
        "shared_building": "yes",
    }
    sent |= dict.fromkeys(re.findall(r'name="(\w+)"[^>]*value="no"[^>]*checked', page), "no")
    assert sent["gas"] == "no"
    back = officer.post(at, data=sent)
    assert back.status_code == 422
    assert "say that you have" in back.text
    assert re.search(r'name="door"[^>]*value="Room 2"', back.text), "what was filled in is still there"
    with either.app.app_context():
        assert of.assessment().unit.further == []
    saved = officer.post(at, data={**sent, "checked": "yes"})
    assert saved.status_code == 302, re.findall(r"Error:</span>\s*(.*)", saved.text)
    with either.app.app_context():
        (kept,) = of.assessment().unit.further
        assert (kept.door, kept.unit.floor, kept.unit.gas, kept.unit.self_contained) == ("Room 2", 3, False, None)
        assert kept.sleeps is None, "who sleeps there nobody has said"


def test_nothing_is_offered_of_a_placement_that_is_of_no_unit(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}"
    assert "What the register knows" not in officer.get(f"{path}/certificates").text
    assert "in the register" not in officer.get(f"{path}/units/new").text


def test_an_identifier_of_another_building_fills_nothing_in(of: Linked) -> None:
    with of.instance.app.app_context():
        senior = of.instance.user("senior_officer")
        other = keeping.add_building(senior, {"address": "13 Other Parade", "postcode": "B14 7EH"})
        unit = keeping.add_unit(senior, other, "Room 77", "")
    assert "Room 77" not in of.officer.get(f"{of.path}/units/new?register={unit}").text
    assert of.officer.get(f"{of.path}/certificates?register={'f' * 32}").status_code == 200
