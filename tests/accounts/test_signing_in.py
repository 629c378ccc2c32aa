"""Signing in and out, one-time links, and a session that ends while somebody types."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import service
from app.accounts.models import UserSession
from app.database import now
from app.extensions import db
from tests.conftest import Instance

RIGHT = {"email": "housing_officer@test.example", "password": "correct horse battery staple"}


def test_the_right_password_opens_a_session_that_can_be_ended_from_the_server(
    instance: Instance, client: FlaskClient
) -> None:
    assert client.post("/sign-in", data=RIGHT).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    with instance.app.app_context():
        stored = db.session.scalars(select(UserSession)).all()
        assert len(stored) == 1
        with client.session_transaction() as browser:
            assert browser["_user_id"] not in str(stored[0].token_hash)
    client.post("/sign-out")
    assert "/sign-in" in client.get("/").headers["Location"]


@pytest.mark.parametrize(("role", "begins"), [("housing_officer", "/cases/new"), ("auditor", "/")])
def test_who_may_open_a_case_signs_in_to_the_first_screen(instance: Instance, role: str, begins: str) -> None:
    client = instance.app.test_client()
    assert "Sign in and open a case" in client.get("/sign-in").text
    answer = client.post("/sign-in", data={**RIGHT, "email": f"{role}@test.example", "then": "open"})
    assert answer.headers["Location"] == begins
    assert client.get(begins).status_code == 200


def test_who_was_on_the_way_to_a_page_is_not_offered_a_new_case(client: FlaskClient) -> None:
    page = client.get("/sign-in?next=/people").text
    assert "Sign in and open a case" not in page
    answer = client.post("/sign-in", data={**RIGHT, "next": "/search", "then": "open"})
    assert answer.headers["Location"] == "/search"


@pytest.mark.parametrize("change", [{"password": "wrong"}, {"email": "nobody@test.example"}])
def test_a_wrong_address_and_a_wrong_password_look_the_same(change: dict[str, str], client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={**RIGHT, **change})
    assert answer.status_code == 422
    assert "The e-mail address or the password is not right." in answer.text


def test_after_eight_failures_even_the_right_password_waits(instance: Instance) -> None:
    client = instance.app.test_client()
    for _ in range(8):
        assert client.post("/sign-in", data={**RIGHT, "password": "wrong"}).status_code == 422
    assert client.post("/sign-in", data=RIGHT).status_code == 429
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert client.post("/sign-in", data=RIGHT).status_code == 302


@pytest.mark.parametrize(("minutes", "alive"), [(14, True), (16, False)])
def test_a_session_ends_after_fifteen_idle_minutes(instance: Instance, minutes: int, alive: bool) -> None:
    client = instance.client("housing_officer")
    with time_machine.travel(now() + timedelta(minutes=minutes)):
        assert (client.get("/").status_code == 200) is alive


def test_what_was_typed_survives_a_session_that_ended(instance: Instance) -> None:
    case_id, assessment_id = instance.import_case("h2")
    client = instance.client("housing_officer")
    path = f"/cases/{case_id}/assessments/{assessment_id}/questions/CS15/unit"
    with time_machine.travel(now() + timedelta(minutes=20)):
        refused = client.post(path, data={"value": "current", "note": "Seven calls, the last on Friday.", "seen": "x"})
        assert refused.status_code == 401
        hidden = re.search(r'name="carried"[^>]*value="([^"]+)"', refused.text)
        assert hidden
        signed_in = client.post("/sign-in", data={**RIGHT, "carried": hidden[1], "next": path})
        assert signed_in.status_code == 200
        assert "Seven calls, the last on Friday." in signed_in.text
        assert f'action="{path}"' in signed_in.text


def test_carried_text_that_was_changed_is_dropped(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={**RIGHT, "carried": "forged"})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y"]
)
def test_no_address_leads_off_the_site_after_signing_in(target: str, client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={**RIGHT, "next": target})
    assert answer.headers["Location"] == "/"


def test_a_one_time_link_works_once(instance: Instance, client: FlaskClient) -> None:
    with instance.app.app_context():
        _, token = service.create_account("New Person", "new@test.example", "housing_officer")
    words = {"password": "four unrelated words here", "again": "four unrelated words here"}
    assert client.post(f"/welcome/{token}", data={"password": "short", "again": "short"}).status_code == 422
    assert client.post(f"/welcome/{token}", data={**words, "again": "something else altogether"}).status_code == 422
    assert client.post(f"/welcome/{token}", data=words).status_code == 302
    assert client.post(f"/welcome/{token}", data=words).status_code == 404
    assert client.post("/sign-in", data={"email": "new@test.example", "password": words["password"]}).status_code == 302


def test_an_administrator_makes_accounts_and_sees_no_case(instance: Instance, administrator: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2", "SECRET-7")
    made = administrator.post(
        "/people", data={"name": "Nia New", "email": "nia@test.example", "role": "housing_officer"}
    )
    assert made.status_code == 302
    assert "nia@test.example" in administrator.get("/people").text
    again = administrator.post(
        "/people", data={"name": "Nia New", "email": "nia@test.example", "role": "housing_officer"}
    )
    assert again.status_code == 422
    assert administrator.get(f"/cases/{case_id}").status_code == 403
    assert "People and their accounts" in administrator.get("/").text


@pytest.mark.options(wtf_csrf_enabled=True)
def test_save_what_i_typed_saves_at_once(instance: Instance, officer: FlaskClient) -> None:
    """With the forgery tokens of a real browser: the first press of the button saves. It used to ask a second time."""
    case_id, _ = instance.import_case("h2")
    path = f"/cases/{case_id}/addresses/new"
    form = officer.get(path).text
    typed = {name: value for name, value in hidden_fields(form) if name != "csrf_token"}
    typed |= {"kind": "former", "address": "7 Threatened Door"}
    with instance.app.app_context():
        for kept in db.session.scalars(select(UserSession)):
            kept.ended_at = now()
        db.session.commit()
    refused = officer.post(path, data={**typed, "csrf_token": dict(hidden_fields(form))["csrf_token"]})
    assert refused.status_code in (400, 401)
    signed_in = officer.post("/sign-in", data={**dict(hidden_fields(refused.text)), **RIGHT})
    assert "Save what I typed" in signed_in.text
    saved = officer.post(path, data=dict(hidden_fields(signed_in.text)))
    assert saved.status_code == 302, saved.text
    assert "7 Threatened Door" in officer.get(f"/cases/{case_id}").text


def hidden_fields(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return [(name, html.unescape(value)) for name, value in found]
