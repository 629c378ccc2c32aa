"""Two people in one test are two people: no request runs in the context of another."""

from __future__ import annotations

import pytest
from flask import Flask, g, has_app_context, has_request_context
from flask.testing import FlaskClient

from tests.conftest import Instance


@pytest.fixture
def left_in_g(app: Flask) -> list[list[str]]:
    """What lies in ``g`` when each request begins."""
    found: list[list[str]] = []
    app.before_request_funcs.setdefault(None, []).insert(0, lambda: found.append(sorted(g)))
    return found


def test_requests_of_several_clients_share_no_g(
    client: FlaskClient, officer: FlaskClient, lead: FlaskClient, left_in_g: list[list[str]]
) -> None:
    for browser in (client, officer, lead, client, officer):
        browser.get("/")
    assert left_in_g == [[]] * 5


def test_two_people_sign_in_in_one_test_and_each_stays_who_they_are(
    app: Flask, client: FlaskClient, instance: Instance
) -> None:
    other = app.test_client()
    for browser, role in ((client, "safeguarding_lead"), (other, "auditor")):
        typed = {"email": f"{role}@test.example", "password": "correct horse battery staple"}
        assert browser.post("/sign-in", data=typed).status_code == 302
    for _ in range(2):
        assert "Safeguarding Lead" in client.get("/").text
        assert "Auditor" in other.get("/").text
        assert "Auditor" not in client.get("/").text
    assert client.post("/sign-out").status_code == 302
    assert client.get("/").status_code == 302
    assert other.get("/").status_code == 200


def test_no_context_lies_under_a_test(client: FlaskClient, officer: FlaskClient) -> None:
    client.get("/sign-in")
    officer.get("/")
    assert not has_request_context()
    assert not has_app_context()


@pytest.mark.options(wtf_csrf_enabled=True)
def test_a_mark_sets_what_the_service_is_set_to(app: Flask, officer: FlaskClient) -> None:
    assert app.config["WTF_CSRF_ENABLED"] is True
    assert officer.post("/cases/new", data={}).status_code == 400
