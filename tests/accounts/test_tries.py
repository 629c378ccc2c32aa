"""How often a password may be tried: reserved first, by account, place and device, and a stranger locks nobody out."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from argon2.exceptions import VerifyMismatchError
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts import service, tries
from app.accounts.models import SignInAttempt, UserSession
from app.database import now
from app.extensions import db
from app.sharing import service as sharing
from tests.conftest import Instance

RIGHT = {"email": "housing_officer@test.example", "password": "correct horse battery staple"}
WRONG = {**RIGHT, "password": "wrong"}


def from_(address: str) -> dict[str, dict[str, str]]:
    return {"environ_overrides": {"REMOTE_ADDR": address}}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts the slow hashes and makes them quick: what is looked at here is what is let through to them."""
    hashed: list[str] = []

    def verify(stored: str, password: str) -> bool:
        hashed.append(password)
        return password == RIGHT["password"] and stored != service._NOBODY

    monkeypatch.setattr(service, "_verify", verify)
    return hashed


def test_forty_tries_at_once_reach_the_password_eight_times(either: Instance, quick: list[str]) -> None:
    together, statuses = threading.Barrier(40), list[int]()

    def tried() -> None:
        client = either.app.test_client()
        together.wait(20)
        for _ in range(60):
            status = client.post("/sign-in", data=WRONG).status_code
            if status != 503:
                break
        statuses.append(status)

    threads = [threading.Thread(target=tried) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(quick) <= tries.PER_PLACE
    assert statuses.count(422) == len(quick)


def test_a_stranger_does_not_lock_an_officer_out(instance: Instance, quick: list[str]) -> None:
    officer = instance.app.test_client()
    assert officer.post("/sign-in", data=RIGHT, **from_("10.0.0.1")).status_code == 302
    for place in range(6):
        for _ in range(10):
            instance.app.test_client().post("/sign-in", data=WRONG, **from_(f"203.0.113.{place}"))
    officer.post("/sign-out", **from_("10.0.0.1"))
    assert officer.post("/sign-in", data=RIGHT, **from_("10.0.0.1")).status_code == 302, "the device is known"
    assert officer.post("/sign-in", data=RIGHT, **from_("203.0.113.1")).status_code == 302, "wherever it is"
    assert len(quick) <= tries.PER_ACCOUNT + 3


def test_a_known_device_is_limited_too(quick: list[str], client: FlaskClient) -> None:
    client.post("/sign-in", data=RIGHT)
    answers = [client.post("/sign-in", data=WRONG).status_code for _ in range(9)]
    assert answers == [422] * 8 + [429]


def test_the_mark_of_a_device_is_of_one_account_and_cannot_be_made_up(quick: list[str], client: FlaskClient) -> None:
    client.post("/sign-in", data={**RIGHT, "email": "auditor@test.example"})
    for cookie in (None, "x" * 64):
        if cookie is not None:
            client.set_cookie("case-by-case-device", cookie, path="/sign-in")
        for _ in range(8):
            client.post("/sign-in", data=WRONG, **from_("203.0.113.9"))
        assert client.post("/sign-in", data=RIGHT, **from_("203.0.113.9")).status_code == 429


def test_spraying_many_accounts_from_one_place_ends(quick: list[str], client: FlaskClient) -> None:
    answers = [
        client.post("/sign-in", data={"email": f"officer{n}@test.example", "password": "Winter2026!"}).status_code
        for n in range(60)
    ]
    assert answers.count(422) == tries.PER_ADDRESS
    assert set(answers[tries.PER_ADDRESS :]) == {429}
    assert len(quick) == tries.PER_ADDRESS


def test_refusals_write_nothing_and_an_hour_forgets(instance: Instance, quick: list[str]) -> None:
    client = instance.app.test_client()
    for _ in range(30):
        client.post("/sign-in", data=WRONG)
    with instance.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == tries.PER_PLACE
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert client.post("/sign-in", data=RIGHT).status_code == 302


def test_a_full_queue_says_so_at_once_and_counts_nothing(instance: Instance) -> None:
    with tries.hashing():
        waiting = threading.Thread(target=lambda: instance.app.test_client().post("/sign-in", data=RIGHT))
        waiting.start()
        for _ in range(200):
            if not tries._in_line._value:
                break
            threading.Event().wait(0.01)
        answer = instance.app.test_client().post("/sign-in", data=WRONG)
        assert answer.status_code == 503
        assert "try again in a moment" in answer.text
        assert 'value="housing_officer@test.example"' in answer.text
    waiting.join(20)
    with instance.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 1


def test_what_is_stored_of_a_try_tells_nobody_who_or_from_where(instance: Instance, client: FlaskClient) -> None:
    client.post("/sign-in", data=WRONG, **from_("203.0.113.77"))
    with instance.app.app_context():
        row = db.session.scalars(select(SignInAttempt)).one()
    written = " ".join(str(getattr(row, c.name)) for c in SignInAttempt.__table__.columns)
    assert "203.0.113" not in written
    assert "housing_officer" not in written


def test_old_tries_sessions_and_links_are_forgotten(instance: Instance) -> None:
    client: FlaskClient = instance.client("housing_officer")
    client.post("/sign-in", data=WRONG)
    with time_machine.travel(now() + timedelta(days=31)), instance.app.app_context():
        service.forget_old()
        for table in (SignInAttempt, UserSession):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0


def test_the_page_of_a_refusal_is_drawn_once_and_holds_nothing_of_anybody(
    instance: Instance, quick: list[str], auditor: FlaskClient
) -> None:
    for _ in range(9):
        mine = auditor.post("/sign-in", data=WRONG)
    assert mine.status_code == 429
    assert "Sign out Auditor" in mine.text
    strangers = [instance.app.test_client().post("/sign-in", data=WRONG) for _ in range(2)]
    assert [answer.status_code for answer in strangers] == [429, 429]
    assert strangers[0].text == strangers[1].text
    assert "Sign out" not in strangers[0].text
    assert "Wait fifteen minutes" in strangers[0].text


def test_the_answer_takes_as_long_where_there_is_nobody_or_no_code() -> None:
    for hasher, stands_for_none in ((service._hasher, service._NOBODY), (sharing._hasher, sharing._NO_CODE)):
        assert not hasher.check_needs_rehash(stands_for_none), "reckoned as every other hash is"
        with pytest.raises(VerifyMismatchError):
            hasher.verify(stands_for_none, "no such account, so that the answer takes as long")
