"""What waits for a role stands above the list, of every case it may see, however many are newer; and the list marks it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.database import now, writing
from app.decisions import service as decisions
from app.extensions import db
from app.placements import service
from app.records.models import Record
from app.sharing.models import Share
from tests.conftest import Instance


def banner(page: str) -> str:
    found = re.search(r'id="waits".*?</ul>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found.group()) if found else ""


def buried(instance: Instance, many: int = 60) -> None:
    """Newer cases, so that a page of the list holds none of the older ones."""
    officer = instance.client("housing_officer")
    for number in range(many):
        officer.post("/cases/open", data={"council_number": f"NEWER-{number:03d}"})


def test_a_lead_finds_each_waiting_assessment_past_a_newer_draft_and_sixty_newer_cases(
    either: Instance, lead: FlaskClient, officer: FlaskClient, auditor: FlaskClient
) -> None:
    case_id, assessment_id = either.submitted("h2")
    proposed(either, case_id)
    buried(either)
    page = lead.get("/").text
    assert f'href="/cases/{case_id}/assessments/{assessment_id}/review"' in page
    assert "Review: H2-" in banner(page)
    assert banner(officer.get("/").text) == ""
    assert banner(auditor.get("/").text) == ""


def proposed(instance: Instance, case_id: str) -> None:
    """A second placement, proposed after the first was submitted."""

    with instance.app.app_context():
        unit = {"address": "2 Later Row", "kind": "self_contained_flat"}
        service.propose(instance.user("housing_officer"), case_id, instance.version(case_id), unit, {})


def test_the_list_marks_what_waits_although_something_newer_is_proposed(instance: Instance, lead: FlaskClient) -> None:
    case_id, _ = instance.submitted("h2")
    proposed(instance, case_id)
    page = lead.get("/").text
    row = next(r for r in page.split("<tr") if case_id in r and 'scope="row"' in r)
    assert "Waiting for review" in row


def test_what_came_back_waits_for_its_officer_and_reads_returned(
    instance: Instance, officer: FlaskClient, other_officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.submitted("h2")
    with instance.app.app_context():
        lead = instance.user("safeguarding_lead")
        decisions.send_back(lead, assessment_id, instance.version(case_id), "See the room first.")
    page = officer.get("/").text
    assert "Returned to you: H2-" in banner(page)
    assert f'href="/cases/{case_id}/assessments/{assessment_id}"' in page
    assert ">Returned</strong>" in page
    assert banner(instance.client("safeguarding_lead").get("/").text) == ""
    assert banner(other_officer.get("/").text) == ""


def test_a_disagreement_waits_past_sixty_newer_cases(instance: Instance) -> None:
    case_id, record_id = instance.decided("h2")
    with instance.app.app_context(), writing() as session:
        session.add(
            Share(
                case_id=case_id, record_id=record_id, made_by=instance.user("housing_officer").id, recipient_name="Hester",
                recipient_role="health visitor", recipient_email="h@nhs.example", why="x", locator_hash="x", link_sealed=None,
                expires_at=now(), response="disputed", response_name="Hester", responded_at=now(),
            )
        )  # fmt: skip
    buried(instance)
    for role in ("safeguarding_lead", "senior_officer", "housing_officer"):
        assert "A professional does not agree: H2-" in banner(instance.client(role).get("/").text)


@pytest.mark.parametrize("many", [1, 8])
def test_the_banner_costs_the_same_however_much_waits(instance: Instance, many: int) -> None:
    for _ in range(many):
        instance.submitted("h2")
    lead, asked = instance.client("safeguarding_lead"), list[str]()

    def note(conn: Any, cursor: Any, statement: str, *more: Any) -> None:
        asked.append(statement)

    with instance.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    assert lead.get("/").status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    assert len([s for s in asked if s.lstrip().startswith("SELECT")]) <= 15  # one for what waits after a decision


def test_the_conditions_that_go_into_the_record_stand_on_the_page_that_is_signed(instance: Instance) -> None:
    case_id, assessment_id = instance.submitted("h2")
    page = instance.client("safeguarding_lead").get(f"/cases/{case_id}/assessments/{assessment_id}/review").text
    assert "Conditions that go into the record" in page
    with instance.app.app_context():
        lead = instance.user("safeguarding_lead")
        decisions.decide(
            lead, assessment_id, instance.version(case_id), "approve", "Read and agreed, for these reasons.", []
        )
        frozen = json.loads(db.session.scalars(select(Record)).one().body)["conditions"]
    assert frozen
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    for condition in frozen:
        assert re.search(rf"{re.escape(condition['what'])}\.\s*{re.escape(condition['owner'])}", plain), condition


def test_a_placement_that_is_not_suitable_is_signed_with_no_condition_and_says_so(
    instance: Instance, lead: FlaskClient
) -> None:
    case_id, assessment_id = instance.submitted("h1")
    page = lead.get(f"/cases/{case_id}/assessments/{assessment_id}/review").text
    assert "no condition makes a placement suitable that is not" in page
