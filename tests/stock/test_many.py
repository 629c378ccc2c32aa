"""The households that the figures are looked at with: each page of them that somebody could open from a list answers."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import Case
from app.extensions import db
from app.records.models import Record
from tests.conftest import Instance
from tests.stock import many


def test_every_page_of_a_loaded_household_answers(instance: Instance, lead: FlaskClient) -> None:
    with instance.app.app_context():
        many.load()
        cases = list(db.session.scalars(select(Case.id).order_by(Case.reference)))
        records = list(db.session.execute(select(Record.case_id, Record.id).order_by(Record.number)))
    for case_id in cases[::9]:
        for path in ("", "/chronology", "/timeline", "/dates"):
            assert lead.get(f"/cases/{case_id}{path}").status_code == 200, path
    for case_id, record_id in records[::40]:
        assert lead.get(f"/cases/{case_id}/records/{record_id}").status_code == 200
