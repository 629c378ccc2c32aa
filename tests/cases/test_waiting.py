"""What waits for a role stands on the page of its work, of every case it may see, however many are newer; and the list marks it."""

from __future__ import annotations

import json
import re

from flask.testing import FlaskClient
from sqlalchemy import select

from app.database import now, writing
from app.decisions import service as decisions
from app.extensions import db
from app.placements import service
from app.records.models import Record
from app.sharing.models import Share
from tests.conftest import Instance


def banner(page: str, *sections: str) -> str:
    """What is due to whoever looks, in words; or what stands in other sections of their work."""
    found = [re.search(rf'aria-labelledby="{name}">.*?</ol>', page, re.DOTALL) for name in sections or ("now", "later")]
    return re.sub(r"<[^>]+>", " ", " ".join(each.group() for each in found if each))


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
    assert "An assessment waits for your decision" in banner(page)
    assert "H2-" in banner(page)
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
    page = lead.get("/cases").text
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
    assert "Returned to you by a safeguarding lead" in banner(page)
    assert "“See the room first.”" in banner(page), "a returned case says what was asked"
    assert f'href="/cases/{case_id}/assessments/{assessment_id}"' in page
    assert ">Returned</strong>" in officer.get("/cases").text
    at_lead = instance.client("safeguarding_lead").get("/").text
    assert banner(at_lead) == ""
    assert "Returned by you" in banner(at_lead, "others")
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
    for role, section in (("safeguarding_lead", "now"), ("senior_officer", "now"), ("housing_officer", "others")):
        assert "A professional does not agree" in banner(instance.client(role).get("/").text, section)


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
