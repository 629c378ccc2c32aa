"""An account that reads restricted cases, or makes accounts, needs a second administrator: nothing is done or sent before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from app.accounts import requests, service
from app.accounts.models import AccountLetter, AccountRequest, User
from app.audit.models import AuditEvent
from app.database import writing
from app.extensions import db
from tests.conftest import Instance
from tests.jobs.test_ledger import Postbox, by_smtp, free_port, posted

from .test_letters import id_of, link_in, read, run_letters

__all__ = ["posted"]
LEAD = {"name": "Lea Lead", "email": "lea@test.example", "role": "safeguarding_lead"}


@pytest.fixture
def box(either: Instance, posted: Callable[..., Postbox]) -> Postbox:
    port = free_port()
    by_smtp(either, port)
    return posted(port)


def second_administrator(instance: Instance) -> FlaskClient:
    """Another administrator, signed in."""
    with instance.app.app_context(), writing() as session:
        session.add(User(name="Second", email="second@test.example", role="administrator", password_hash="set"))
    return instance.client("second")


def waits(instance: Instance) -> list[str]:
    with instance.app.app_context():
        of = select(AccountRequest.id).where(AccountRequest.state == "waiting").order_by(AccountRequest.asked_at)
        return list(db.session.scalars(of))


def exists(instance: Instance, email: str) -> bool:
    with instance.app.app_context():
        return db.session.scalar(select(User.id).where(User.email == email)) is not None


def steps(instance: Instance) -> list[str]:
    with instance.app.app_context():
        of = select(AuditEvent.action).where(AuditEvent.object_type == "account_request").order_by(AuditEvent.seq)
        return [action.removeprefix("account.change_") for action in db.session.scalars(of)]


@pytest.mark.parametrize("role", requests.NEED_A_SECOND)
def test_nothing_is_made_or_sent_until_another_administrator_agrees(
    either: Instance, box: Postbox, role: str, administrator: FlaskClient, client: FlaskClient
) -> None:
    told = administrator.post("/people", data={**LEAD, "role": role}, follow_redirects=True).text
    assert "it waits until another administrator agrees" in told
    run_letters(either.app)
    assert (exists(either, LEAD["email"]), box.got) == (False, [])
    (request_id,) = waits(either)
    own = administrator.post(f"/people/requests/{request_id}/agree", follow_redirects=True).text
    assert "You asked for this. Another administrator agrees" in own
    assert not exists(either, LEAD["email"])
    second = second_administrator(either)
    shown = second.get("/people").text
    assert "A new account: Lea Lead" in shown
    assert "Asked for by Administrator, " in shown
    assert "You agreed: it is done." in second.post(f"/people/requests/{request_id}/agree", follow_redirects=True).text
    run_letters(either.app)
    (letter,) = read(box)
    assert letter["To"] == LEAD["email"]
    assert client.get(link_in(letter)).status_code == 200
    assert steps(either) == ["asked", "agreed"]
    assert "is settled already" in second.post(f"/people/requests/{request_id}/refuse", follow_redirects=True).text


def test_what_is_refused_or_taken_back_is_not_done(either: Instance, box: Postbox, administrator: FlaskClient) -> None:
    administrator.post("/people", data=LEAD)
    taken_back = waits(either)[0]
    assert "Take back" in administrator.get("/people").text
    administrator.post(f"/people/requests/{taken_back}/refuse")
    administrator.post("/people", data=LEAD)
    second = second_administrator(either)
    (refused,) = waits(either)
    second.post(f"/people/requests/{refused}/refuse")
    for request_id in (taken_back, refused):
        assert "settled already" in second.post(f"/people/requests/{request_id}/agree", follow_redirects=True).text
    assert steps(either) == ["asked", "refused", "asked", "refused"]
    run_letters(either.app)
    assert (exists(either, LEAD["email"]), box.got) == (False, [])


def test_a_new_link_and_enabling_wait_too_and_disabling_does_not(
    either: Instance, box: Postbox, administrator: FlaskClient
) -> None:
    first, lead_id = administrator, id_of(either, "safeguarding_lead@test.example")
    first.post(f"/people/{lead_id}/link")
    again = first.post(f"/people/{lead_id}/link", follow_redirects=True).text
    assert "This waits already for another administrator." in again
    with either.app.app_context():
        assert db.session.scalars(select(AccountLetter)).all() == []
    second = second_administrator(either)
    (asked,) = waits(either)
    second.post(f"/people/requests/{asked}/agree")
    run_letters(either.app)
    assert "Set its password on this page" in read(box)[0].get_payload()
    first.post(f"/people/{lead_id}/disable")
    with either.app.app_context():
        assert not db.session.get_one(User, lead_id).active
    second.post(f"/people/{lead_id}/enable")
    with either.app.app_context():
        assert not db.session.get_one(User, lead_id).active, "it waits"
    (asked,) = waits(either)
    second.post(f"/people/requests/{asked}/refuse")
    second.post(f"/people/{lead_id}/enable")
    (asked,) = waits(either)
    with either.app.app_context():
        others = db.session.scalars(select(User).where(User.email == "administrator@test.example")).one()
        requests.agree(others, asked)
        assert db.session.get_one(User, lead_id, populate_existing=True).active


def test_of_two_who_settle_it_at_once_one_is_told(either: Instance, box: Postbox, administrator: FlaskClient) -> None:
    administrator.post("/people", data=LEAD)
    second_administrator(either)
    (request_id,) = waits(either)

    def settle(answer: str) -> str:
        with either.app.app_context():
            actor = either.user("administrator")
            try:
                (requests.agree if answer == "agree" else requests.refuse)(actor, request_id)
            except service.AccountProblem:
                return "told"
            return answer

    with ThreadPoolExecutor(6) as threads:
        done = list(threads.map(settle, ["agree", "refuse"] * 3))
    assert done.count("told") == 5
    with either.app.app_context():
        made = db.session.scalar(select(func.count()).select_from(User).where(User.email == LEAD["email"]))
    assert made == int("agree" in done)


def test_a_single_administrator_is_told_how_and_the_server_agrees(
    instance: Instance, administrator: FlaskClient
) -> None:
    administrator.post("/people", data=LEAD)
    page = administrator.get("/people").text
    assert "You are the only administrator." in page
    assert "flask --app wsgi people agree E-MAIL" in page
    runner = instance.app.test_cli_runner()
    wrong = runner.invoke(args=["people", "agree", "nobody@test.example"])
    assert (wrong.exit_code, "Nothing waits" in wrong.output) == (1, True)
    done = runner.invoke(args=["people", "agree", "Lea@test.example"])
    assert done.exit_code == 0, done.output
    assert "The account is made." in done.output
    assert "people link Lea@test.example" in done.output
    assert exists(instance, LEAD["email"])
    assert steps(instance) == ["asked", "agreed_on_server"]
    second_administrator(instance)
    assert "You are the only administrator." not in administrator.get("/people").text


def test_an_address_is_asked_for_once_and_not_when_it_has_an_account(
    instance: Instance, administrator: FlaskClient
) -> None:
    administrator.post("/people", data=LEAD)
    again = administrator.post("/people", data=LEAD)
    assert again.status_code == 422
    assert "waits already for another administrator" in again.text
    assert LEAD["name"] in again.text, "what was typed is still there"
    taken = administrator.post("/people", data={**LEAD, "email": "auditor@test.example"})
    assert "There is already an account with this e-mail address." in taken.text
    administrator.post("/people", data={**LEAD, "role": "housing_officer"})
    second = second_administrator(instance)
    (request_id,) = waits(instance)
    late = second.post(f"/people/requests/{request_id}/agree", follow_redirects=True).text
    assert "There is already an account with this e-mail address." in late


@pytest.mark.parametrize("statement", ["UPDATE account_request SET settled_by = NULL", "DELETE FROM account_request"])
def test_what_is_settled_stays(either: Instance, statement: str, administrator: FlaskClient) -> None:
    administrator.post("/people", data=LEAD)
    administrator.post(f"/people/requests/{waits(either)[0]}/refuse")
    with either.app.app_context(), pytest.raises(DatabaseError):
        db.session.execute(text(statement))
