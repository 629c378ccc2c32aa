"""A line saved as it is chosen: one transaction that writes, with the note of who was here in it, and few queries."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.models import Assessment
from app.audit import service as audit
from app.audit.models import AuditEvent
from app.extensions import db
from tests.cases.test_lists import counted
from tests.conftest import Instance

from .test_lines import Line
from .test_sheet import answers


def entries(instance: Instance, case_id: str) -> list[AuditEvent]:
    with instance.app.app_context():
        return list(
            db.session.scalars(select(AuditEvent).where(AuditEvent.case_id == case_id).order_by(AuditEvent.seq))
        )


@pytest.mark.parametrize("name", ["first", "next"])
def test_a_line_takes_at_most_twelve_queries_and_writes_once(
    instance: Instance, officer: FlaskClient, name: str
) -> None:
    """The beginning of each transaction and the note of the view are counted in, as for a page."""
    call = Line(instance, officer, "provider")
    page = call.page()
    most = 12
    if name == "first":  # the conversation is written down with it, and that it was
        most += 3 + 1  # and the key of the case is made, with its first entry
        most += 3  # and whoever was spoken with is from now on found by the search
    else:
        assert call.choose(page, **{"CS10-unit": "working"}).status_code == 200
    with counted(instance) as said:
        assert call.choose(page, **{"CS08-unit": "unrestricted"}).status_code == 200
    assert len(said) <= most, said
    assert sum(statement == "BEGIN IMMEDIATE" for statement in said) == 1


def test_what_is_written_and_that_somebody_was_there_are_noted_once_each(
    instance: Instance, officer: FlaskClient
) -> None:
    call = Line(instance, officer, "provider")
    page = call.page()
    before = len(entries(instance, call.case_id))
    assert call.choose(page, **{"CS08-unit": "unrestricted"}).status_code == 200
    noted = entries(instance, call.case_id)[before:]
    assert [e.action for e in noted] == ["conversation.held", "answer.saved", "assessment.viewed"]
    assert (noted[-1].object_type, noted[-1].object_id) == ("assessment", call.path.split("/")[4])
    assert len({(e.request_id, e.actor_id, e.actor_role) for e in noted}) == 1
    assert noted[-1].request_id
    assert call.choose(page, **{"CS08-unit": "unrestricted"}).status_code == 200, "the same line sent twice"
    assert [e.action for e in entries(instance, call.case_id)[before + 3 :]] == ["assessment.viewed"]


@pytest.mark.parametrize("action", ["answer.saved", "assessment.viewed"])
def test_what_cannot_be_noted_is_not_saved(either: Instance, monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    call = Line(either, either.client("housing_officer"), "provider")
    page, version = call.page(), either.version(call.case_id)
    before, recorded = len(entries(either, call.case_id)), audit.record

    def refusing(session: Any, said: str, *rest: Any, **more: Any) -> None:
        if said == action:
            raise LookupError(said)
        recorded(session, said, *rest, **more)

    with monkeypatch.context() as broken:
        broken.setattr(audit, "record", refusing)
        assert call.choose(page, **{"CS08-unit": "unrestricted"}).status_code == 500
    assert ("CS08", "unit") not in answers(either, call.case_id)
    assert len(entries(either, call.case_id)) == before
    assert either.version(call.case_id) == version
    assert call.choose(page, **{"CS08-unit": "unrestricted"}).status_code == 200


def test_a_line_that_is_refused_changes_nothing_and_is_noted_as_looked_at(
    either: Instance,
) -> None:
    call = Line(either, either.client("housing_officer"), "provider")
    page, version = call.page(), either.version(call.case_id)
    before = len(entries(either, call.case_id))
    assert call.choose(page, person="", **{"CS08-unit": "unrestricted"}).status_code == 422
    assert [e.action for e in entries(either, call.case_id)[before:]] == ["assessment.viewed"]
    assert either.version(call.case_id) == version


def test_an_assessment_of_another_case_is_none_even_where_it_is_closed(
    instance: Instance, officer: FlaskClient
) -> None:
    call = Line(instance, officer, "provider")
    page = call.page()
    other, _ = instance.decided("h2")
    with instance.app.app_context():
        closed = db.session.scalars(select(Assessment.id).where(Assessment.case_id == other)).one()
    call.path = f"/cases/{call.case_id}/assessments/{closed}/sheets/provider"
    before = len(entries(instance, other)), instance.version(other), instance.version(call.case_id)
    assert call.choose(page, **{"CS08-unit": "unrestricted"}).status_code == 404
    assert (len(entries(instance, other)), instance.version(other), instance.version(call.case_id)) == before
