"""Refuges never enter the directory, however they are written, and whoever says first that it is one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.cases import protected
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.places.models import ServicePlace
from app.places.postcodes import postcode as text
from tests.conftest import Instance
from tests.places.test_directory import hub, listed, load, names


@pytest.mark.parametrize(
    "row",
    [
        "family_hub,Hub,9 Hidden Row,B14 7ET,,,,,,H1",
        "family_hub,Hub,9 Hidden Row B14 7ET,B3 3DQ,,,,,,H1",  # in the address, beside another postcode
        "family_hub,Hub,9 Hidden Row,B14 7ETT,,,,,,H1",  # a letter too many
        "family_hub,Hub,9 Hidden Row b147et,,,,,,,H1",
        "family_hub,Hub B14 7ET,9 Hidden Row,,,,,,,H1",
        'family_hub,Hub,"The refuge, 4 Secret Road",B3 3DQ,,,,,,H1',
    ],
)
def test_however_it_is_written_it_is_left_out_whole(instance: Instance, tmp_path: Path, row: str) -> None:
    with instance.app.app_context():
        with writing() as session:
            protected.seal(session, instance.user("safeguarding_lead"), None, "refuge", "9 Hidden Row", "B14 7ET")
        report = load(instance, "services", listed(tmp_path, f"{row},{today().isoformat()}", hub(2, "B1 1BB")))
        assert names(instance) == ["Hub 2"]
        assert len(report.problems) == 1
        assert "Hidden" not in report.problems[0].sentence


def test_one_that_is_registered_later_is_taken_out(instance: Instance, tmp_path: Path) -> None:
    with instance.app.app_context():
        load(instance, "services", listed(tmp_path, hub(1), hub(2, "B1 1BB")))
        assert names(instance) == ["Hub 1", "Hub 2"]
        with writing() as session:
            protected.seal(session, instance.user("safeguarding_lead"), None, "refuge", "9 Hidden Row", "B14 7ET")
        assert names(instance) == ["Hub 2"]
        load(instance, "services", listed(tmp_path, hub(1), hub(2, "B1 1BB")))
        assert names(instance) == ["Hub 2"]


def test_what_was_there_before_the_register_does_not_stay_as_unconfirmed(instance: Instance, tmp_path: Path) -> None:
    others = [hub(at, "B1 1BB") for at in range(2, 9)]
    with instance.app.app_context():
        load(instance, "services", listed(tmp_path, hub(1), *others))
        with writing() as session:
            made = protected.seal(session, instance.user("safeguarding_lead"), None, "refuge", "x", "B14 7EG")
            made.match = protected._match("B14 7ET")  # as if it had been registered by another machine
        load(instance, "services", listed(tmp_path, hub(1), *others))
        assert "1 Made-up Street" not in db.session.scalars(select(ServicePlace.address)).all()
        assert len(names(instance)) == 7


def test_every_possible_postcode_in_a_text_is_looked_at() -> None:
    assert "B147ET" in text.anywhere("Flat 2, 9 Row, B14 7ETX")
    assert {"EB236RN", "B236RN"} <= set(text.anywhere("Secret Close B23 6RN"))
    assert text.anywhere("nothing here") == []
