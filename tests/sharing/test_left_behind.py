"""A share whose sharer's account is disabled goes on for its reader, and waits until somebody takes it over or ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import service as accounts
from app.audit.models import AuditEvent
from app.cases import handing
from app.database import now
from app.extensions import db
from app.letters import owners
from app.notifications.models import Telling
from app.sharing import service
from app.sharing.models import ShareWord
from tests.cases.test_waiting import banner
from tests.conftest import Instance

WORDS = "Shared by somebody whose account is disabled: take it over or end it"


class Left(NamedTuple):
    case_id: str
    record_id: str
    share_id: str
    locator: str
    code: str

    def path(self, what: str) -> str:
        return f"/cases/{self.case_id}/records/{self.record_id}/shares/{self.share_id}/{what}"


@pytest.fixture
def left(either: Instance) -> Left:
    """Shared by the senior officer, whose account is disabled then; the case is the housing officer's."""
    case_id, record_id = either.decided("h2")
    with either.app.app_context():
        senior = either.user("senior_officer")
        made, code = service.share(senior, record_id, None, "Hester", "Health visitor", "h@nhs.example", "She visits.")
        locator = service._box().decrypt(made.link_sealed or b"").decode()
        found = Left(case_id, record_id, made.id, locator, code)
        accounts.set_active(senior.id, False)
    return found


def page(instance: Instance, role: str = "housing_officer") -> str:
    return banner(instance.client(role).get("/").text)


def test_the_link_goes_on_and_its_officer_and_the_leads_are_asked(
    either: Instance, left: Left, client: FlaskClient
) -> None:
    assert client.post(f"/shared/{left.locator}", data={"code": left.code}).status_code == 302
    assert client.get(f"/shared/{left.locator}/record").status_code == 200
    for role in ("housing_officer", "safeguarding_lead"):
        assert WORDS in page(either, role)
        assert "Hester, Health visitor" in page(either, role)
    for role in ("other_officer", "auditor"):
        assert WORDS not in page(either, role)


def test_taking_it_over_leaves_the_link_and_is_written_down(either: Instance, left: Left, lead: FlaskClient) -> None:
    client = either.client("housing_officer")
    assert left.path("take-over") in client.get("/").text
    told = client.post(left.path("take-over"), follow_redirects=True).text
    assert "You answer for this link from now on." in told
    assert WORDS not in page(either)
    assert WORDS not in page(either, "safeguarding_lead")
    reader = either.app.test_client()
    assert reader.post(f"/shared/{left.locator}", data={"code": left.code}).status_code == 302
    again = lead.post(left.path("take-over"), follow_redirects=True).text
    assert "Somebody answers for this link already." in again
    with either.app.app_context():
        written = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "share.taken_over")).one()
        officer = either.user("housing_officer")
        assert (written.actor_id, written.case_id) == (officer.id, left.case_id)
        handing.hand_over(officer, left.case_id, either.version(left.case_id), either.user("other_officer").id, "x")
        word = ShareWord(
            case_id=left.case_id, share_id=left.share_id, kind="added", said="x", said_by="H", said_by_role="Health visitor"
        )  # fmt: skip
        db.session.add(word)
        db.session.flush()
        heard = owners.owner_of(Telling(id="x", kind="said", case_id=left.case_id, object_id=word.id))
        assert heard is not None
        # Who took it over sees the case no more: they are told nothing of it, and its officer is.
        assert heard.email == "other_officer@test.example"
        db.session.rollback()
    with either.app.app_context():
        accounts.set_active(either.user("housing_officer").id, False)
    assert WORDS in page(either, "safeguarding_lead"), "the one who took it over has left too"


def test_ending_it_ends_it(either: Instance, left: Left, officer: FlaskClient) -> None:
    assert officer.post(left.path("revoke")).status_code == 302
    assert WORDS not in page(either)
    assert either.app.test_client().post(f"/shared/{left.locator}", data={"code": left.code}).status_code == 422
    assert "This link has ended" in officer.post(left.path("take-over"), follow_redirects=True).text


def _enable(instance: Instance) -> None:
    with instance.app.app_context():
        accounts.set_active(instance.user("senior_officer").id, True)


@pytest.mark.parametrize(("change", "days"), [(_enable, 0), (lambda instance: None, 400)])
def test_nothing_is_asked_where_the_sharer_is_back_or_the_link_has_ended(
    either: Instance, left: Left, change: Callable[[Instance], None], days: int
) -> None:
    change(either)
    with time_machine.travel(now() + timedelta(days=days)):
        assert WORDS not in page(either, "safeguarding_lead")
