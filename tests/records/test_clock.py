"""A clock set back: what is decided then is marked in data, page and PDF, and /readyz tells."""

from __future__ import annotations

import json
from datetime import timedelta

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.database import now
from app.extensions import db
from app.records import pdf
from app.records.models import Record
from tests.conftest import Instance

from .test_pdf import text_of


def test_a_record_of_a_clock_that_was_set_back_is_marked(either: Instance) -> None:
    either.decided("h3")
    with time_machine.travel(now() - timedelta(days=2)):
        ready = either.client().get("/readyz").json
        assert ready is not None
        assert ready["checks"]["clock"] is False
        case_id, record_id = either.decided("h2")
        page = either.client("safeguarding_lead").get(f"/cases/{case_id}/records/{record_id}").text
    assert "clock of this computer had been set back" in page
    with either.app.app_context():
        body = db.session.get_one(Record, record_id).body
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "decision.made")).all()[-1]
        said = entry.detail["clock"]
    assert json.loads(body)["clock_behind"]
    assert said == "behind"
    assert "clock of this computer had been set back" in " ".join(text_of(pdf.render(body)).split())


def test_a_clock_that_goes_on_marks_nothing(instance: Instance, lead: FlaskClient) -> None:
    instance.decided("h3")
    case_id, record_id = instance.decided("h2")
    with instance.app.app_context():
        body = db.session.get_one(Record, record_id).body
    assert "clock_behind" not in json.loads(body)
    assert "set back" not in lead.get(f"/cases/{case_id}/records/{record_id}").text
