"""A role is changed by two administrators; which roles and groups the settings may name."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.policy import ROLES
from app.audit.models import AuditEvent
from app.extensions import db
from app.settings import Settings
from app.typed import ROLE_KEYS, groups_of
from tests.conftest import Instance

from .test_fresh import said_at
from .test_requests import second_administrator, waits
from .test_second_step import OFFICER

# ---- roles


def test_a_role_is_changed_by_two_and_ends_the_sessions(either: Instance, administrator: FlaskClient) -> None:
    officer = either.client("other_officer")
    with either.app.app_context():
        officer_id = either.user("other_officer").id
    assert "Now: Housing officer" in administrator.get(f"/people/{officer_id}/role").text
    same = administrator.post(f"/people/{officer_id}/role", data={"role": "housing_officer"})
    assert "has that role already" in same.text
    assert administrator.post(f"/people/{officer_id}/role", data={"role": "owner"}).status_code == 422
    administrator.post(f"/people/{officer_id}/role", data={"role": "senior_officer"})
    (asked,) = waits(either)
    assert officer.get("/").status_code == 200
    assert "You asked for this" in administrator.post(f"/people/requests/{asked}/agree", follow_redirects=True).text
    second_administrator(either).post(f"/people/requests/{asked}/agree")
    assert "/sign-in" in officer.get("/").headers["Location"]
    with either.app.app_context():
        assert either.user("other_officer").role == "senior_officer"
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account.role_changed")).one()
        assert entry.detail == {"from": "housing_officer", "to": "senior_officer", "by": "administrators"}


def test_a_role_that_holds_no_case_is_not_given_to_who_holds_one(
    instance: Instance, administrator: FlaskClient
) -> None:
    instance.import_case("h2")
    with instance.app.app_context():
        officer_id, own_id = instance.user(OFFICER).id, instance.user("administrator").id
    told = administrator.post(f"/people/{officer_id}/role", data={"role": "auditor"})
    assert (told.status_code, "holds 1 open case" in told.text) == (422, True)
    told = administrator.post(f"/people/{own_id}/role", data={"role": "auditor"})
    assert "This is the only administrator" in told.text
    assert waits(instance) == []


def test_what_reaches_far_here_asks_who_sits_there(instance: Instance, administrator: FlaskClient) -> None:
    with instance.app.app_context():
        officer_id = instance.user(OFFICER).id
    said_at(instance, 6)
    for path in (f"/people/{officer_id}/role", f"/people/{officer_id}/second-step"):
        assert administrator.post(path, data={"role": "senior_officer"}).status_code == 401, path
    assert waits(instance) == []


# ---- settings


def test_the_roles_of_the_settings_are_those_there_are() -> None:
    assert set(ROLE_KEYS) == set(ROLES)
    assert Settings(second_step="all").second_step_roles == frozenset(ROLES)
    assert Settings().second_step_roles == frozenset()
    for wrong in ("officer", "housing_officer;auditor"):
        with pytest.raises(ValueError, match="there is no role"):
            Settings(second_step=wrong)
    assert groups_of("A=b=auditor, C = housing_officer") == {"A=b": "auditor", "C": "housing_officer"}
    for wrong in ("A", "A=owner", "=auditor", "A=auditor, A=administrator"):
        with pytest.raises(ValueError, match="say it as in"):
            groups_of(wrong)
