"""Before what reaches far whoever sits there says again that it is them, in a session that gets another token for it."""

from __future__ import annotations

import html
import re
import threading
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.accounts import fresh, tries
from app.accounts.models import UserSession
from app.audit.models import AuditEvent
from app.cases.views import history, household
from app.database import now, writing
from app.extensions import db
from tests.conftest import Instance

PASSWORD = "correct horse battery staple"
RIGHT = {"email": "housing_officer@test.example", "password": PASSWORD}


def of_page(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def said_at(instance: Instance, minutes: int | None) -> None:
    """Every session said so many minutes ago that it is them, or never."""
    moment = None if minutes is None else now() - timedelta(minutes=minutes)
    with instance.app.app_context(), writing() as session:
        session.execute(update(UserSession).values(confirmed_at=moment))


def token_of(client: FlaskClient) -> str:
    with client.session_transaction() as browser:
        return str(browser["_user_id"])


@pytest.fixture
def reaches_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if what the household's page saves wanted confirming."""
    monkeypatch.setattr(household.household, "wants_confirming", True, raising=False)


@pytest.mark.parametrize(("minutes", "passes"), [(0, True), (4, True), (5, False), (60, False), (None, False)])
def test_what_reaches_far_is_saved_within_five_minutes_of_saying_it(
    either: Instance, reaches_far: None, minutes: int | None, passes: bool
) -> None:
    case_id, _ = either.import_case("h2")
    client = either.client("housing_officer")
    said_at(either, minutes)
    version = either.version(case_id)
    answer = client.post(f"/cases/{case_id}/household", data={"version": version, "left_note": "Invented reason"})
    assert answer.status_code == (302 if passes else 401), answer.text
    assert (either.version(case_id) > version) is passes
    assert client.get(f"/cases/{case_id}/household").status_code == 200, "looking at it asks nobody"


def test_what_was_typed_is_there_after_confirming_and_is_saved(instance: Instance, reaches_far: None) -> None:
    case_id, _ = instance.import_case("h2")
    client = instance.client("housing_officer")
    said_at(instance, 9)
    path = f"/cases/{case_id}/household"
    refused = client.post(path, data={"version": instance.version(case_id), "left_note": "Typed for an hour"})
    assert "Confirm that it is you" in refused.text
    wrong = client.post("/confirm", data={**of_page(refused.text), "password": "wrong"})
    assert (wrong.status_code, "The password is not right." in wrong.text) == (422, True)
    assert of_page(wrong.text)["carried"] == of_page(refused.text)["carried"]
    right = client.post("/confirm", data={**of_page(wrong.text), "password": PASSWORD})
    assert f'action="{path}"' in right.text
    saved = client.post(path, data=of_page(right.text))
    assert saved.status_code == 302, saved.text
    assert "Typed for an hour" in client.get(path).text


def test_a_view_that_knows_only_inside_asks_too_and_leads_back(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, _ = instance.import_case("h2")
    client = instance.client("housing_officer")
    monkeypatch.setattr(history, "shown", lambda *a, **k: (fresh.demand() or "shown", 200))
    path = f"/cases/{case_id}/danger?from=x"
    assert client.get(path).text == "shown"
    said_at(instance, 6)
    asked = client.get(path)
    assert asked.status_code == 302
    page = client.get(asked.headers["Location"])
    assert of_page(page.text)["next"] == path
    back = client.post("/confirm", data={**of_page(page.text), "password": PASSWORD})
    assert back.headers["Location"] == path
    assert client.get(path).text == "shown"


@pytest.mark.parametrize("what", ["", "/{id}/link", "/{id}/enable", "/{id}/disable", "/{id}/role", "/{id}/second-step"])
def test_an_account_is_changed_only_by_who_said_lately_that_it_is_them(instance: Instance, what: str) -> None:
    with instance.app.app_context():
        path = "/people" + what.format(id=instance.user("other_officer").id)
    client = instance.client("administrator")
    said_at(instance, 6)
    typed = {"name": "New Person", "email": "new@test.example", "role": "housing_officer"}
    answer = client.post(path, data=typed)
    assert (answer.status_code, "Confirm that it is you" in answer.text) == (401, True)
    assert "new@test.example" not in client.get("/people").text
    said_at(instance, 0)
    assert client.post(path, data=typed).status_code in (302, 422)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_confirming_leads_nowhere_else(instance: Instance, target: str) -> None:
    client = instance.client("housing_officer")
    assert of_page(client.get("/confirm", query_string={"next": target}).text)["next"] == ""
    assert client.post("/confirm", data={"next": target, "password": PASSWORD}).headers["Location"] == "/"


def test_the_session_has_another_token_at_sign_in_and_at_confirming_and_the_old_one_is_dead(
    either: Instance,
) -> None:
    client = either.app.test_client()
    client.get("/sign-in")
    client.post("/sign-in", data=RIGHT)
    signed_in = token_of(client)
    client.post("/sign-in", data=RIGHT)
    again = token_of(client)
    client.post("/confirm", data={"password": PASSWORD})
    confirmed = token_of(client)
    assert len({signed_in, again, confirmed}) == 3
    assert client.get("/").status_code == 200
    thief = either.app.test_client()
    for copied in (again, confirmed):
        with thief.session_transaction() as browser:
            browser["_user_id"], browser["_fresh"] = copied, True
        assert (thief.get("/").status_code == 200) is (copied == confirmed)
    with either.app.app_context():
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account.confirmed")).one()
        assert entry.detail == {"by": "password"}


@pytest.mark.options(wtf_csrf_enabled=True)
def test_a_form_open_in_another_window_can_still_be_sent(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    client = instance.client("housing_officer")
    form = of_page(client.get(f"/cases/{case_id}/household").text)
    asked = of_page(client.get("/confirm").text)
    assert client.post("/confirm", data={**asked, "password": PASSWORD}).status_code == 302
    assert client.post(f"/cases/{case_id}/household", data={**form, "left_note": "Other window"}).status_code == 302


def test_confirming_is_limited_and_keeps_nobody_from_signing_in(instance: Instance) -> None:
    client = instance.client("housing_officer")
    answers = [client.post("/confirm", data={"password": "wrong"}).status_code for _ in range(10)]
    assert answers == [422] * tries.PER_PLACE + [429, 429]
    assert client.post("/confirm", data={"password": PASSWORD}).status_code == 429
    assert instance.app.test_client().post("/sign-in", data=RIGHT).status_code == 302


def test_of_two_windows_that_confirm_at_once_one_goes_on_and_none_is_doubled(either: Instance) -> None:
    client = either.client("housing_officer")
    token, together, given = token_of(client), threading.Barrier(2), list[int]()

    def confirm() -> None:
        window = either.app.test_client()
        with window.session_transaction() as browser:
            browser["_user_id"], browser["_fresh"] = token, True
        together.wait(20)
        given.append(window.post("/confirm", data={"password": PASSWORD}).status_code)

    windows = [threading.Thread(target=confirm) for _ in range(2)]
    for window in windows:
        window.start()
    for window in windows:
        window.join(60)
    assert given == [302, 302]
    with either.app.app_context():
        of = select(func.count()).select_from(UserSession)
        assert db.session.scalar(of) == 1
        confirmed = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "account.confirmed")
        assert db.session.scalar(confirmed) == 1


def test_an_account_disabled_meanwhile_confirms_nothing(instance: Instance) -> None:
    client = instance.client("housing_officer")
    with instance.app.app_context():
        user_id = instance.user("housing_officer").id
    instance.client("administrator").post(f"/people/{user_id}/disable")
    assert "/sign-in" in client.post("/confirm", data={"password": PASSWORD}).text
