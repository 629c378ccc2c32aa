"""The page of one's work: what waits for each role, past sixty newer cases, in as many queries for three cases as for five hundred."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from app.assessments.models import Assessment
from app.cases.models import Case, CaseMember
from app.clocks import today
from app.database import new_id, now, writing
from app.properties.models import Unit
from app.sharing.models import Share
from tests.cases.test_lists import counted
from tests.cases.test_waiting import buried
from tests.conftest import Instance
from tests.decisions.test_emergency import taken


def jobs(page: str, section: str = "now") -> list[str]:
    """Each row of a section in words."""
    found = re.search(rf'aria-labelledby="{section}">(.*?)</ol>', page, re.DOTALL)
    rows = re.split(r"<li>", found.group(1))[1:] if found else []
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]


def disputed(instance: Instance) -> tuple[str, str]:
    """A decision with which a health visitor does not agree."""
    case_id, record_id = instance.decided("h2")
    with instance.app.app_context(), writing() as session:
        session.add(
            Share(
                case_id=case_id, record_id=record_id, made_by=instance.user("housing_officer").id, recipient_name="Hester",
                recipient_role="health visitor", recipient_email="h@nhs.example", why="x", locator_hash=new_id(), link_sealed=None,
                expires_at=now(), response="disputed", response_name="Rosa Lind", responded_at=now(),
                response_reason="The stairs are the problem, not the flat.",
            )
        )  # fmt: skip
    return case_id, record_id


def test_sixty_newer_cases_later_the_lead_still_sees_first_the_emergency_and_the_disagreement(
    either: Instance, lead: FlaskClient
) -> None:
    case_id, assessment_id, emergency_id = taken(either)
    disputed_case, _ = disputed(either)
    newer = [either.submitted("h1") for _ in range(3)]
    buried(either)
    page = lead.get("/").text
    rows = jobs(page)
    assert "An emergency placement waits for your yes or no" in rows[0]
    assert "A professional does not agree" in rows[1]
    assert "Rosa Lind, health visitor: “The stairs are the problem, not the flat.”" in rows[1]
    assert f'href="/cases/{case_id}/assessments/{assessment_id}/emergency/{emergency_id}"' in page
    assert sum("An assessment waits for your decision" in row for row in rows) == len(newer)
    assert f"/cases/{disputed_case}" in page


def many(instance: Instance, how_many: int, first: int = 0) -> None:
    """Cases of the officer in every state, loaded at once."""
    with instance.app.app_context(), writing() as session:
        officer = instance.user("housing_officer").id
        states = [("draft", ""), ("draft", "See the room first."), ("submitted", "")]
        for at in range(first, first + how_many):
            case_id, unit_id, (state, note) = new_id(), new_id(), states[at % 3]
            session.execute(
                insert(Case).values(
                    id=case_id,
                    reference=f"BULK-{at:04d}",
                    reference_folded=f"bulk{at:04d}",
                    number_folded="",
                    created_by=officer,
                    assigned_to=officer,
                )
            )
            session.execute(
                insert(CaseMember).values(
                    id=new_id(),
                    case_id=case_id,
                    key="C1",
                    name=f"Child {at}",
                    kind="child",
                    born=today() - timedelta(days=9 + 40 * at),
                )
            )
            session.execute(insert(Unit).values(id=unit_id, address=f"{at} Long Row", kind="self_contained_flat"))
            session.execute(
                insert(Assessment).values(
                    id=new_id(), case_id=case_id, unit_id=unit_id, state=state, returned_note=note, created_by=officer, submitted_by=officer,
                    submitted_at=now() - timedelta(minutes=at),
                )
            )  # fmt: skip


@pytest.mark.parametrize("role", ["housing_officer", "senior_officer", "safeguarding_lead", "auditor", "administrator"])
def test_it_takes_the_same_queries_for_three_cases_and_for_five_hundred(either: Instance, role: str) -> None:
    client = either.client(role)
    many(either, 3)
    client.get("/")
    with counted(either) as few:
        assert client.get("/").status_code == 200
    many_more = 500 if either.engine == "sqlite" else 120
    many(either, many_more, 3)
    with counted(either) as more:
        assert client.get("/").status_code == 200
    assert len(more) == len(few)
    assert len(few) <= {"housing_officer": 32, "senior_officer": 37, "safeguarding_lead": 40}.get(role, 14), len(few)
