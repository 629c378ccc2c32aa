"""Everybody's own account: another password, and the sessions that are open with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import devices, links, tries
from app.accounts.models import User, UserSession
from app.audit.models import AuditEvent
from app.database import now, writing
from app.extensions import db
from tests.conftest import Instance
from tests.jobs.test_ledger import Postbox, by_smtp, free_port, posted

from .test_fresh import PASSWORD, RIGHT, token_of
from .test_letters import read, run_letters

__all__ = ["posted"]
NEW = "another four unrelated words"
CHANGE = {"old_password": PASSWORD, "password": NEW, "again": NEW}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


def signed_in(instance: Instance, agent: str = "", password: str = PASSWORD) -> FlaskClient:
    client = instance.app.test_client()
    answer = client.post("/sign-in", data={**RIGHT, "password": password}, headers={"User-Agent": agent})
    assert answer.status_code == 302, answer.text
    return client


def actions(instance: Instance) -> list[str]:
    with instance.app.app_context():
        return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.seq)))


def test_another_password_ends_every_other_session_and_its_owner_is_told(
    either: Instance, posted: Callable[..., Postbox]
) -> None:
    port = free_port()
    by_smtp(either, port)
    box = posted(port)
    elsewhere, here = signed_in(either), signed_in(either)
    with either.app.app_context(), writing() as session:
        pending = links.make(session, session.scalars(select(User).where(User.email == RIGHT["email"])).one())
    before = token_of(here)
    answer = here.post("/account/password", data=CHANGE)
    assert answer.headers["Location"] == "/account", answer.text
    assert token_of(here) != before
    assert here.get("/account").status_code == 200
    assert "/sign-in" in elsewhere.get("/").headers["Location"]
    assert either.app.test_client().get(f"/welcome/{pending}").status_code == 404
    assert either.app.test_client().post("/sign-in", data=RIGHT).status_code == 422
    signed_in(either, password=NEW)
    run_letters(either.app)
    assert [str(letter["To"]) for letter in read(box)] == [RIGHT["email"]]
    assert "password of your account was changed" in read(box)[0].get_payload()
    assert actions(either).count("account.password_changed") == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"old_password": "wrong"}, "The password that you have now is not right."),
        ({"old_password": ""}, "Enter the password that you have now."),
        ({"password": "short", "again": "short"}, "Use at least 15 characters."),
        ({"password": "aaaaaaaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaaaaaaa"}, "Use more different characters."),
        ({"again": "something else altogether"}, "The two passwords are not the same."),
        ({"password": PASSWORD, "again": PASSWORD}, "This is the password that you have."),
    ],
)
def test_a_password_that_is_not_right_or_not_good_changes_nothing(
    instance: Instance, change: dict[str, str], said: str
) -> None:
    client = signed_in(instance)
    answer = client.post("/account/password", data={**CHANGE, **change})
    assert (answer.status_code, said in answer.text) == (422, True), answer.text
    assert NEW not in answer.text
    signed_in(instance)
    assert client.get("/account").status_code == 200


def test_tries_at_the_old_password_are_limited(instance: Instance) -> None:
    client = signed_in(instance)
    wrong = {**CHANGE, "old_password": "wrong"}
    answers = [client.post("/account/password", data=wrong).status_code for _ in range(9)]
    assert answers == [422] * tries.PER_PLACE + [429]
    assert client.post("/account/password", data=CHANGE).status_code == 429
    signed_in(instance)


def test_of_two_who_change_it_at_once_with_the_old_one_the_second_is_out(either: Instance) -> None:
    first, second = signed_in(either), signed_in(either)
    assert first.post("/account/password", data=CHANGE).status_code == 302
    assert "/sign-in" in second.post("/account/password", data={**CHANGE, "password": NEW + "!"}).text


def test_sessions_are_listed_in_plain_words_and_each_can_be_ended(either: Instance) -> None:
    here, there = signed_in(either), signed_in(either, FIREFOX)
    other = either.client("auditor")
    page = here.get("/account").text
    assert "Firefox on Windows" in page
    assert "A browser on a device we do not know" in page
    assert page.count("This one") == 1
    assert "Auditor" not in page
    with either.app.app_context():
        rows = {s.device: s.id for s in db.session.scalars(select(UserSession).where(UserSession.device != ""))}
        assert all(len(device) < 50 for device in rows)
        of_auditor = db.session.scalars(select(UserSession.id).where(UserSession.device == "")).one()
    here.post(f"/account/sessions/{rows['Firefox on Windows']}/end")
    assert "/sign-in" in there.get("/").headers["Location"]
    assert here.get("/").status_code == 200
    assert "ended already" in here.post(f"/account/sessions/{of_auditor}/end", follow_redirects=True).text
    own = rows["A browser on a device we do not know"]
    assert "ended already" in here.post(f"/account/sessions/{own}/end", follow_redirects=True).text
    assert (other.get("/").status_code, here.get("/").status_code) == (200, 200)
    assert actions(either).count("account.session_ended") == 1


def test_all_others_end_and_those_that_ended_by_themselves_are_not_listed(instance: Instance) -> None:
    old = signed_in(instance, FIREFOX)
    with time_machine.travel(now() + timedelta(minutes=16)):
        first, second, here = signed_in(instance, FIREFOX), signed_in(instance), signed_in(instance)
        assert here.get("/account").text.count("Firefox on Windows") == 1
        here.post("/account/sessions/end")
        assert all("/sign-in" in gone.get("/").headers["Location"] for gone in (first, second, old))
        assert here.get("/account").text.count("This one") == 1


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on an iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1", "Safari on a Mac"),
        ("", "A browser on a device we do not know"),
        ("<script>alert(1)</script>" * 900, "A browser on a device we do not know"),
    ],
)
def test_a_browser_is_two_words_of_ours_and_nothing_of_what_it_said(agent: str, said: str) -> None:
    assert devices.label(agent) == said
