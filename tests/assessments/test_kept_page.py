"""What a result page keeps of a case file is what it would say afresh, whoever looks and whatever was done meanwhile."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments import following as kept
from app.assessments import service
from app.assessments.models import Assessment, SavedMitigation
from app.database import writing
from app.extensions import db
from tests.conftest import Instance

READERS = ("housing_officer", "senior_officer", "safeguarding_lead", "auditor")


def shown(client: FlaskClient, path: str) -> str:
    """The page without what every request has of its own."""
    page = client.get(path)
    assert page.status_code == 200
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page.text)


def path_of(case_id: str, assessment_id: str) -> str:
    return f"/cases/{case_id}/assessments/{assessment_id}/result"


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_each_role_is_shown_what_it_would_be_shown_afresh(instance: Instance, name: str) -> None:
    path = path_of(*instance.import_case(name))
    readers = {role: instance.client(role) for role in READERS}
    alone = {}
    for role, reader in readers.items():
        kept._kept.clear()
        alone[role] = shown(reader, path)
    after_one_another = {role: shown(reader, path) for role, reader in readers.items()}
    again = {role: shown(reader, path) for role, reader in reversed(readers.items())}
    assert after_one_another == alone
    assert again == alone
    assert "/sheets/" in alone["housing_officer"]
    assert "/sheets/" not in alone["auditor"]


def test_another_state_has_other_links(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    path = path_of(case_id, assessment_id)
    draft = shown(officer, path)
    instance.submit(assessment_id)
    submitted = shown(officer, path)
    kept._kept.clear()
    assert submitted == shown(officer, path)
    assert submitted != draft


def test_a_plan_is_shown_as_it_is_stored(instance: Instance, officer: FlaskClient, senior: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = path_of(case_id, assessment_id)
    page = shown(officer, path)
    with instance.app.app_context():
        service.save_mitigation(
            instance.user("housing_officer"),
            assessment_id,
            instance.version(case_id),
            "LS07",
            "unit",
            {"what": "A gate on the stairs", "owner_name": "Pat Rowe"},
        )
    written_down = shown(officer, path)
    assert "A gate on the stairs" in written_down
    assert "A gate on the stairs" not in page
    with instance.app.app_context(), writing() as session:
        plan = session.scalars(
            select(SavedMitigation)
            .where(SavedMitigation.case_id == case_id)
            .order_by(SavedMitigation.recorded_at.desc())
        ).first()
        assert plan is not None
        plan.owner_role = "Caretaker of the house"
    for reader in (officer, senior):
        found = shown(reader, path)
        assert "Caretaker of the house" in found
        kept._kept.clear()
        assert shown(reader, path) == found


def test_nothing_of_a_session_is_kept(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    kept._kept.clear()
    page = officer.get(path_of(case_id, assessment_id)).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    with instance.app.app_context():
        name = instance.user("housing_officer").name
        assert db.session.get(Assessment, assessment_id) is not None
    parts = [part for found in kept._kept.values() for part in found._once.values()]
    letters = [part for part in parts if isinstance(part, str)]
    assert len("".join(letters)) > 50_000
    assert not any(token[1] in part or "csrf" in part or f"Sign out {name}" in part for part in letters)
