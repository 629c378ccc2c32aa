"""Who looked at a case, what one looked at oneself, why, and what the job of the day keeps of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access import looking, table
from app.access.models import ReadingAnswer, ReadingFinding
from app.accounts.models import User
from app.audit.models import AuditEvent
from app.cases.models import Case, CaseMember
from app.database import now, writing
from app.extensions import db
from app.suitability.checklist.located_yaml import ChecklistError
from tests.cases.test_exclusions import keep_out
from tests.conftest import Instance

from .test_break_glass import count, open_it


def test_the_officer_sees_who_looked_and_when(either: Instance, officer: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    for who in ("safeguarding_lead", "senior_officer"):
        either.client(who).get(f"/cases/{case_id}")
    either.client("other_officer").get(f"/cases/{case_id}")  # denied: for the leads alone
    page = officer.get(f"/cases/{case_id}/who-looked").text
    table_of = page[page.index("<tbody") :]
    assert "Safeguarding Lead" in table_of
    assert "Senior Officer" in table_of
    assert "Other Officer" not in table_of
    open_it(either, case_id)
    either.client("other_officer").get(f"/cases/{case_id}")
    page = officer.get(f"/cases/{case_id}/who-looked").text
    assert "Opened in an emergency." in page
    assert either.client("other_officer").get(f"/cases/{case_id}/who-looked").status_code == 403, (
        "open to be read, not to be searched"
    )
    assert f"/cases/{case_id}/who-looked" in officer.get(f"/cases/{case_id}").text


def test_everybody_sees_their_own_and_nothing_of_what_they_may_not_see(either: Instance) -> None:
    case_id, _ = either.import_case("h2", "LOOKED-1")
    client = either.client("senior_officer")
    client.get(f"/cases/{case_id}")
    assert "LOOKED-1" in client.get("/my-looks").text
    keep_out(either, case_id, "senior_officer")
    assert "LOOKED-1" not in client.get("/my-looks").text
    for who in ("housing_officer", "auditor", "administrator", "safeguarding_lead"):
        assert either.client(who).get("/my-looks").status_code == 200


def test_who_opens_what_is_not_their_work_says_why_once_a_day(either: Instance, senior: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    page = senior.get(f"/cases/{case_id}").text
    assert "Why are you opening this case?" in page
    assert "Wójcik" in page, "it stops nobody"
    refused = senior.post(f"/cases/{case_id}/why", data={"purpose": "curious"}, follow_redirects=True)
    assert "Choose why you are opening this case" in refused.text
    assert senior.post(f"/cases/{case_id}/why", data={"purpose": "supervision"}).status_code == 302
    assert "Why are you opening this case?" not in senior.get(f"/cases/{case_id}").text
    assert "I supervise its officer" in either.client("housing_officer").get(f"/cases/{case_id}/who-looked").text
    with either.app.app_context():
        said = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "purpose.said")).one()
        assert said.detail == {"purpose": "supervision"}
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        assert "Why are you opening this case?" in either.client("senior_officer").get(f"/cases/{case_id}").text


def test_whose_work_it_is_is_not_asked_nor_a_lead_for_whom_it_waits(
    either: Instance, lead: FlaskClient, officer: FlaskClient
) -> None:
    case_id, _ = either.submitted("h2")
    for client in (lead, officer):
        assert "Why are you opening this case?" not in client.get(f"/cases/{case_id}").text
    other, _ = either.import_case("h1")
    assert "Why are you opening this case?" in lead.get(f"/cases/{other}").text


@pytest.mark.parametrize("look", [looking.look, looking.look_at_once])
def test_the_job_keeps_what_it_notices_once(either: Instance, look: Callable[[], None]) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context(), writing() as session:
        session.scalars(select(User).where(User.email == "senior_officer@test.example")).one().name = "Sam WÓJCIK"
    either.client("senior_officer").get(f"/cases/{case_id}")
    for _ in range(2):
        with either.app.app_context():
            look()
    with either.app.app_context():
        kept = db.session.scalars(select(ReadingFinding)).all()
        assert [(f.rule, f.case_id, f.user_id) for f in kept] == [
            ("own_name", case_id, either.user("senior_officer").id)
        ]
        assert db.session.scalar(select(CaseMember.id).where(CaseMember.name.like("%Wójcik"))) is not None
    assert count(either, AuditEvent, AuditEvent.action == "reading.found") == 1


def test_what_is_grave_does_not_wait_for_the_night_and_the_rest_does(either: Instance) -> None:
    """Twice a restricted case was asked for, the first time weeks ago; and five visits to another case on one day."""
    restricted, _ = either.import_case("h2")
    other, _ = either.import_case("h1")
    with either.app.app_context(), writing() as session:
        session.get_one(Case, restricted).restricted = True
    start = now().replace(hour=9, minute=0)
    with time_machine.travel(start, tick=False) as clock:
        assert either.client("other_officer").get(f"/cases/{restricted}").status_code == 404
        clock.shift(timedelta(days=20))
        for _ in range(5):
            clock.shift(timedelta(minutes=40))
            either.client("senior_officer").get(f"/cases/{other}")
        with either.app.app_context():
            looking.look_at_once()
        assert count(either, ReadingFinding) == 0
        assert either.client("other_officer").get(f"/cases/{restricted}").status_code == 404
        with either.app.app_context():
            looking.look_at_once()
            looking.look_at_once()
            assert list(db.session.scalars(select(ReadingFinding.rule))) == ["restricted"]
        clock.shift(timedelta(days=1))
        either.client("housing_officer").get(f"/cases/{other}")
        with either.app.app_context():
            looking.look()
            assert sorted(db.session.scalars(select(ReadingFinding.rule))) == ["no_action", "restricted"]


def test_stockport_is_kept_the_night_after_the_fifth_look(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    start = now().replace(hour=11, minute=0)
    seen = 0
    with time_machine.travel(start, tick=False) as clock:
        for day in range(12):
            clock.move_to(start + timedelta(days=3 * day))
            either.client("senior_officer").get(f"/cases/{case_id}")
            seen += 1
            clock.shift(timedelta(days=1))
            either.client("housing_officer").get("/cases")  # another day begins, somebody works
            either.client("housing_officer").get(f"/cases/{case_id}")
            with either.app.app_context():
                looking.look()
            if count(either, ReadingFinding, ReadingFinding.rule == "no_action"):
                break
    assert seen == 5


def test_it_is_answered_for_by_somebody_else_with_a_reason(either: Instance, lead: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context(), writing() as session:
        session.scalars(select(User).where(User.email == "safeguarding_lead@test.example")).one().name = "Lea Wójcik"
    lead.get(f"/cases/{case_id}")
    with either.app.app_context():
        looking.look()
        finding = db.session.scalars(select(ReadingFinding.id)).one()
    path = f"/who-looked/noticed/{finding}"
    assert lead.get(path).status_code == 404, "nobody answers for themselves"
    assert finding not in lead.get("/who-looked").text
    auditor = either.client("auditor")
    page = auditor.get("/who-looked").text
    assert table.read().rules["own_name"] in page
    assert auditor.post(path, data={"answer": "asked", "said": ""}).status_code == 422
    assert auditor.post(path, data={"answer": "asked", "said": "A namesake."}).status_code == 302
    assert "A namesake." in auditor.get(path).text
    assert auditor.post(path, data={"answer": "breach", "said": "x"}).status_code == 422
    assert count(either, ReadingAnswer) == 1
    assert either.client("senior_officer").get("/who-looked").status_code == 403


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source: x", "line 1: the file of access must say “checked”"),
        ("minutes: 60", "line 1: the file of access has no “minutes”"),
        ("sauce: x", "Did you mean “source”"),
    ],
)
def test_a_mistake_in_the_file_is_said(text: str, says: str) -> None:
    with pytest.raises(ChecklistError, match=says):
        table.parse(text)


def test_a_case_is_never_open_for_long() -> None:
    told = (table.FOLDER / table.FILE).read_text(encoding="utf-8")
    assert table.parse(told).minutes == 60
    for wrong in ("minutes: 0", "minutes: 241", "minutes: many"):
        with pytest.raises(ChecklistError, match=r"access.yaml, line \d+: "):
            table.parse(told.replace("minutes: 60", wrong, 1))
