"""Photographs in the register: evidence of a unit or a building, made anew, with day and whose; what is none is refused in words."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from app.audit.models import AuditEvent
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.properties import keeping
from app.properties.register import RegisterEvidence, RegisterPhotograph
from tests.conftest import Instance
from tests.visits import pictures
from tests.visits.pictures import picture


class Register:
    """A unit of a building, and an officer who photographs it."""

    def __init__(self, instance: Instance, officer: FlaskClient) -> None:
        self.instance, self.officer = instance, officer
        with instance.app.app_context():
            senior = instance.user("senior_officer")
            self.building = keeping.add_building(senior, {"address": "12 Photo Parade", "postcode": "B14 7EH"})
            self.unit = keeping.add_unit(senior, self.building, "Flat 3", "")
        self.page = f"/properties/units/{self.unit}"

    def send(self, content: bytes, of: str = "", days: int = 40, **other: Any) -> Any:
        day = today() - timedelta(days=days)
        data = {
            "photograph": (io.BytesIO(content), "window.jpg"), "words": "The restrictor on the bedroom window", "word": "officer",
            "said_by": "O. Officer", "on-day": day.day, "on-month": day.month, "on-year": day.year, **other,
        }  # fmt: skip
        at = f"{of or self.page}/photographs/new"
        return self.officer.post(at, data=data, content_type="multipart/form-data")

    def kept(self) -> list[tuple[RegisterEvidence, RegisterPhotograph]]:
        query = select(RegisterEvidence, RegisterPhotograph).join(
            RegisterPhotograph, RegisterPhotograph.evidence_id == RegisterEvidence.id
        )
        with self.instance.app.app_context():
            return [tuple(row) for row in db.session.execute(query)]  # type: ignore[misc]


@pytest.fixture
def register(instance: Instance, officer: FlaskClient) -> Register:
    return Register(instance, officer)


def test_it_stands_on_the_unit_with_its_day_whose_it_is_and_its_age(either: Instance, officer: FlaskClient) -> None:
    register = Register(either, officer)
    done = register.send(pictures.with_place())
    assert done.status_code == 302, done.text
    ((row, _),) = register.kept()
    assert (row.kind, row.word, row.said_by, row.unit_id) == ("photograph", "officer", "O. Officer", register.unit)
    page = officer.get(register.page).text
    assert f"/properties/evidence/{row.id}/photograph/small" in page
    assert "Seen by O. Officer, 40 days ago." in page
    assert "Never seen by an officer or in a document" in page or "never" in page, "a photograph is no inspection"
    found = officer.get(f"/properties/evidence/{row.id}/photograph")
    assert (found.status_code, found.mimetype) == (200, "image/jpeg")
    with Image.open(io.BytesIO(found.data)) as made:
        assert not made.getexif(), "nothing of where it was taken"
    with either.app.app_context():
        looked = select(AuditEvent).where(AuditEvent.action == "property.viewed", AuditEvent.object_id == row.id)
        assert len(db.session.scalars(looked).all()) == 1
    with either.app.app_context(), pytest.raises(DBAPIError), writing() as session:
        session.execute(delete(RegisterPhotograph))


def test_one_of_the_building_stands_on_each_of_its_units(register: Register) -> None:
    assert register.send(picture(), of=f"/properties/{register.building}").status_code == 302
    ((row, _),) = register.kept()
    assert row.unit_id is None
    for page in (register.page, f"/properties/{register.building}"):
        assert f"/properties/evidence/{row.id}/photograph/small" in register.officer.get(page).text


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (pictures.archive(), "This is not a photograph"),
        (pictures.SCRIPT, "This is not a photograph"),
        (pictures.PAGE, "This is not a photograph"),
        (pictures.says_it_is_huge(), "more than 25 million points"),
        (picture() + b"\0" * (8 * 1024 * 1024), "more than 8 million bytes"),
        (picture()[:500], "is not whole"),
        (b"", "Nothing is in this file"),
    ],
    ids=["archive", "script", "page", "points", "bytes", "half", "empty"],
)
def test_what_is_none_is_refused_beside_the_field(register: Register, content: bytes, why: str) -> None:
    back = register.send(content)
    assert back.status_code == 422
    assert re.search(r'id="photograph-error"[^>]*>.*?' + why, back.text, re.DOTALL)
    assert "The restrictor on the bedroom window" in back.text, "what was typed is still there"
    assert register.kept() == []
    with register.instance.app.app_context():
        assert db.session.scalars(select(RegisterEvidence)).all() == []


def test_what_it_shows_has_to_be_said_and_its_day_is_not_to_come(register: Register) -> None:
    assert "Say in words what it shows." in register.send(picture(), words="").text
    assert register.send(picture(), days=-1).status_code == 422
    assert register.kept() == []


def test_taken_back_it_is_shown_to_nobody(register: Register) -> None:
    register.send(picture())
    ((row, _),) = register.kept()
    back = register.officer.post(f"/properties/evidence/{row.id}/strike", data={"why": "Somebody is on it."})
    assert back.status_code == 302
    assert register.officer.get(f"/properties/evidence/{row.id}/photograph").status_code == 404
    page = register.officer.get(register.page).text
    assert "/photograph/small" not in page
    assert "Somebody is on it." in page


def test_who_reads_the_register_sees_it_and_nobody_else(register: Register) -> None:
    register.send(picture())
    ((row, _),) = register.kept()
    at = f"/properties/evidence/{row.id}/photograph"
    for who, is_seen in (("auditor", True), ("safeguarding_lead", True), ("administrator", False), (None, False)):
        assert (register.instance.client(who).get(at).status_code == 200) == is_seen, who
