"""The audit: every view and every change, in the same transaction, and nothing that was written is written again."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.audit import service
from app.audit.models import AuditEvent
from app.cases import service as cases
from app.cases.models import Case
from app.checklists import name_of
from app.database import writing
from app.extensions import db
from app.suitability.casefile.values import in_sentence
from tests.assessments.test_questions import GOOD, question
from tests.conftest import Instance


def count(instance: Instance, action: str = "") -> int:
    with instance.app.app_context():
        query = select(func.count()).select_from(AuditEvent)
        return db.session.scalar(query.where(AuditEvent.action == action) if action else query) or 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'case.viewed'",
        "DELETE FROM audit_event",
        "UPDATE answer SET note = 'x'",
        "DELETE FROM answer",
        "UPDATE record SET body = body || body",
        "DELETE FROM record",
    ],
)
def test_what_was_written_stays(either: Instance, statement: str) -> None:
    either.decided("h2")
    with either.app.app_context(), pytest.raises(DBAPIError), writing() as session:
        session.execute(text(statement))


def test_replace_rewrites_nothing_on_sqlite(instance: Instance) -> None:
    instance.decided("h2")
    with instance.app.app_context():
        first = db.session.scalars(select(AuditEvent)).first()
        assert first is not None
        columns = ", ".join(c.name for c in AuditEvent.__table__.columns)
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(
                text(f"INSERT OR REPLACE INTO audit_event ({columns}) SELECT {columns} FROM audit_event LIMIT 1")
            )


@pytest.mark.parametrize(
    ("path", "action"),
    [("", "case.viewed"), ("/assessments/{a}", "assessment.viewed"), ("/assessments/{a}/result", "assessment.viewed")],
)
def test_every_view_of_a_case_is_noted_before_it_goes_out(
    either: Instance, path: str, action: str, officer: FlaskClient
) -> None:
    case_id, assessment_id = either.import_case("h2")
    before = count(either, action)
    assert officer.get(f"/cases/{case_id}{path.format(a=assessment_id)}").status_code == 200
    assert count(either, action) == before + 1


def test_every_page_of_a_case_leaves_a_trace(instance: Instance, lead: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    decided_case, record_id = instance.decided("h2")
    silent = []
    for case, path in [
        (case_id, ""), (case_id, "/household"), (case_id, "/members/new"), (case_id, "/addresses/new"), (case_id, "/services/new"),
        (case_id, "/lead-professional"), (case_id, "/placements/new"), (case_id, "/allocate"), (case_id, "/timeline"),
        (case_id, f"/assessments/{assessment_id}"), (case_id, f"/assessments/{assessment_id}/result"),
        (case_id, f"/assessments/{assessment_id}/placement"), (case_id, f"/assessments/{assessment_id}/rooms"),
        (case_id, f"/assessments/{assessment_id}/certificates"), (case_id, f"/assessments/{assessment_id}/questions/CS15/unit"),
        (case_id, f"/assessments/{assessment_id}/mitigations/SM01/M"), (case_id, f"/assessments/{assessment_id}/review"),
        (case_id, f"/assessments/{assessment_id}/map.svg"), (decided_case, f"/records/{record_id}"), (decided_case, f"/records/{record_id}/share"),
    ]:  # fmt: skip
        before = count(instance)
        assert lead.get(f"/cases/{case}{path}").status_code == 200, path
        if count(instance) == before:
            silent.append(path)
    assert silent == []


def test_a_change_without_its_entry_is_no_change(either: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, _ = either.import_case("h2")
    version = either.version(case_id)

    def broken(*args: Any, **more: Any) -> None:
        raise RuntimeError("the audit cannot be written")

    monkeypatch.setattr(service, "record", broken)
    with either.app.app_context():
        with pytest.raises(RuntimeError):
            cases.change(either.user("housing_officer"), case_id, version, {"left_note": "Never stored"})
        assert db.session.get_one(Case, case_id).left_note != "Never stored"
    assert either.version(case_id) == version


def test_an_entry_holds_no_words_of_the_family(instance: Instance) -> None:
    instance.decided("h2")
    with instance.app.app_context():
        said = " ".join(str(e.detail) + e.object_id for e in db.session.scalars(select(AuditEvent)))
    assert not any(word in said for word in ("Wójcik", "Invented", "B14", "buprenorphine"))


def test_an_action_without_words_is_refused(instance: Instance) -> None:
    with instance.app.app_context(), pytest.raises(LookupError), writing() as session:
        service.record(session, "case.peeked", "case", "x")


def test_the_timeline_names_the_question_and_says_no_code(instance: Instance) -> None:
    client, path, mark = question(instance, "h1")
    assert client.post(path, data={**GOOD, "seen": mark}).status_code == 302
    case = path.split("/assessments/")[0]
    told = instance.client("safeguarding_lead").get(f"{case}/timeline").text
    assert f"Answer superseded, with a reason: {in_sentence(name_of('CS15'))}" in told
    assert "CS15" not in told
    assert name_of("ZZ99") == "ZZ99", "of a question that is asked no more the number is all there is"
