"""What is kept of a case in a web worker: never what is being written, never too much, and nothing that another worker made old."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.assessments import judging, kept
from app.assessments.service import lock_draft
from app.cases.models import CaseMember
from app.clocks import today
from app.database import writing
from tests.assessments.test_nothing_stale import line
from tests.conftest import Instance, dispose


def test_what_is_read_while_something_is_written_is_kept_for_nobody(instance: Instance) -> None:
    _, assessment_id = instance.import_case("h2")
    kept._kept.clear()
    with instance.app.app_context(), writing() as session:
        _, assessment = lock_draft(session, assessment_id, None)
        judging.judge(assessment, today(), "E08000025")
    assert not kept._kept


def test_no_more_are_kept_than_a_worker_may_hold(
    instance: Instance, officer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    for number in range(4):
        case_id, assessment_id = instance.import_case("h2", reference=f"KEPT-{number}")
        assert officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result").status_code == 200
    assert len(kept._kept) == 2


def test_what_another_process_writes_is_shown_by_this_one(either: Instance) -> None:
    """Two applications over one database, as two web workers are: nothing is told from one to the other."""
    there = Instance(create_app(either.settings), either.engine)
    try:
        case_id, assessment_id = either.import_case("h1")
        sheet = f"/cases/{case_id}/assessments/{assessment_id}/sheets/provider"
        here, elsewhere = either.client("housing_officer"), there.client("housing_officer")
        first = here.get(sheet).text
        assert here.get(sheet).status_code == elsewhere.get(sheet).status_code == 200
        said = line(elsewhere.get(sheet).text, "conversations.save_lines")
        said["person"] = "Una Else"
        assert elsewhere.post(f"{sheet}/lines", data=said).status_code == 200
        assert "<strong>Una Else" not in first
        assert "<strong>Una Else" in here.get(sheet).text
        with either.app.app_context(), writing() as session:
            session.scalars(select(CaseMember).where(CaseMember.case_id == case_id)).all()[0].name = "Renamed Here"
        assert "Renamed Here" in elsewhere.get(sheet.removesuffix("/sheets/provider") + "/result").text
    finally:
        dispose(there.app)
