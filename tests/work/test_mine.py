"""The page of one's work: what waits for each role, past sixty newer cases, in as many queries for three cases as for five hundred."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from app.assessments.models import Assessment
from app.cases import exclusions
from app.cases.models import Case, CaseConversation, CaseMember
from app.clocks import today
from app.database import new_id, now, writing
from app.properties.models import Unit
from app.settings import ROOT
from app.sharing.models import Share
from app.work.sources import KINDS
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
    assert len(few) <= {"housing_officer": 37, "senior_officer": 43, "safeguarding_lead": 45}.get(role, 17), len(few)


def test_what_does_not_fit_is_counted_and_stands_whole_on_a_page_of_its_own(
    instance: Instance, lead: FlaskClient
) -> None:
    many(instance, 75)
    page = lead.get("/").text
    assert len(jobs(page)) == 20
    assert "20 of 25 are shown here." in page
    assert "Assessments that wait for your decision (25)" in page
    whole = lead.get("/work/review").text
    assert len(jobs(whole, "whole")) == 25
    assert lead.get("/work/nothing").status_code == 404
    assert "Nothing of this waits." in instance.client("auditor").get("/work/review").text


def test_children_under_one_stand_first(instance: Instance, lead: FlaskClient) -> None:
    many(instance, 75)
    rows = jobs(lead.get("/").text)
    babies = ["Baby, " in row for row in rows]
    assert babies == sorted(babies, reverse=True)
    assert 0 < sum(babies) < len(babies)


@pytest.mark.parametrize(
    ("days", "section", "what"),
    [(-1, "now", "1 day late"), (0, "now", "By 17:00 today"), (1, "others", "By 17:00, tomorrow")],
)
def test_an_agency_that_owes_an_answer(
    instance: Instance, officer: FlaskClient, days: int, section: str, what: str
) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context(), writing() as session:
        session.add(
            CaseConversation(
                case_id=case_id, place=99, key=new_id(), speaker="agency", who="health_visiting", came="asked", on=today() - timedelta(3),
                question="When was the baby last seen awake?", due=today() + timedelta(days), due_at="17:00", grade="E0",
            )
        )  # fmt: skip
    rows = [row for row in jobs(officer.get("/").text, section) if "When was the baby last seen awake?" in row]
    assert len(rows) == 1
    assert what in rows[0]
    assert "no answer yet" in rows[0]
    with instance.app.app_context(), writing() as session:
        session.scalars(select(CaseConversation).where(CaseConversation.place == 99)).one().came = "answered"
    assert "When was the baby last seen awake?" not in officer.get("/").text


def test_nothing_of_a_case_that_is_kept_from_somebody(
    either: Instance, lead: FlaskClient, officer: FlaskClient
) -> None:
    case_id, _ = either.submitted("h2")
    assert officer.get(f"/cases/{case_id}").status_code == 200
    assert lead.get(f"/cases/{case_id}").status_code == 200
    assert f'href="/cases/{case_id}"' in lead.get("/").text, "looked at lately"
    with either.app.app_context():
        for role in ("safeguarding_lead", "housing_officer"):
            exclusions.keep_out(
                either.user("other_officer"), case_id, either.version(case_id), either.user(role).id, "x"
            )
    for client in (lead, officer):
        for path in ("/", "/work/review", "/work/handed_in"):
            page = client.get(path).text
            assert case_id not in page
            assert "H2-" not in page


def test_an_auditor_sees_where_to_begin_and_an_administrator_what_is_to_be_loaded(
    instance: Instance, auditor: FlaskClient
) -> None:
    instance.submitted("h2")
    page = auditor.get("/").text
    assert "Nothing here waits for an auditor." in page
    assert jobs(page) == jobs(page, "others") == []
    page = instance.client("administrator").get("/").text
    assert any("Load: " in row for row in jobs(page))
    assert "H2-" not in page


def test_every_kind_of_row_has_a_name() -> None:
    found = {
        kind
        for file in (ROOT / "app" / "work" / "sources").glob("*.py")
        for kind in re.findall(r'kind="(\w+)"', file.read_text(encoding="utf-8"))
    }
    assert found | {"agency", "asked"} == set(KINDS)


def test_whoever_handed_it_in_sees_that_it_waits_and_drafts_stand_apart(
    instance: Instance, officer: FlaskClient
) -> None:
    instance.submitted("h2")
    instance.import_case("h1", "DRAFT-1")
    officer.post("/cases/open", data={"council_number": "EMPTY-1"})
    page = officer.get("/").text
    assert any("Waits for a safeguarding lead’s decision" in row for row in jobs(page, "others"))
    drafts = jobs(page, "drafts")
    assert any("DRAFT-1" in row and "Being assessed" in row for row in drafts)
    assert any("EMPTY-1" in row and "no place is proposed yet" in row for row in drafts)
