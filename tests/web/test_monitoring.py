"""Numbers for monitoring, and a line a request: only where they are asked for, and nothing of anybody in either."""

from __future__ import annotations

import json
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import text
from structlog.testing import capture_logs

from app.database import writing
from app.extensions import db
from app.settings import Settings
from tests.conftest import Instance, dispose
from tests.kept import made as made_app

TOKEN = "a token of the council's monitoring"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def with_token(instance: Instance) -> None:
    instance.app.config["SETTINGS"] = instance.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})


def numbers(instance: Instance) -> dict[str, dict[str, float]]:
    answer = instance.app.test_client().get("/metrics", headers=BEARER)
    assert answer.status_code == 200, answer.text
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return {
        family.name.removeprefix("case_by_case_"): {
            next(iter(one.labels.values()), ""): one.value for one in family.samples
        }
        for family in text_string_to_metric_families(answer.text)
    }


def test_there_is_no_such_page_without_a_token(instance: Instance) -> None:
    absent = instance.app.test_client().get("/no-such-page")
    for headers in ({}, BEARER, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
        answer = instance.app.test_client().get("/metrics", headers=headers)
        assert (answer.status_code, answer.text) == (404, absent.text)
    with_token(instance)
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": f"Bearer {TOKEN}x"},
                    {"Authorization": "Bearer ünd"}):  # fmt: skip
        answer = instance.app.test_client().get("/metrics", headers=headers)
        assert (answer.status_code, answer.text) == (404, absent.text)
    assert instance.client("administrator").get("/metrics").status_code == 404


def test_what_is_counted_is_so_and_holds_nothing_of_anybody(either: Instance) -> None:
    with_token(either)
    before = numbers(either)
    case_id, _ = either.decided("h2")
    either.client("housing_officer").get(f"/cases/{case_id}")
    after = numbers(either)
    assert after["database_ready"] == {"": 1}
    assert after["audit_entries"][""] > before["audit_entries"][""]
    assert after["sessions_open"][""] == before["sessions_open"][""] + 1
    assert set(after["jobs"]) == {"waiting", "running", "dead"}
    assert after["jobs"]["waiting"] > before["jobs"]["waiting"], "its PDF, and whom it is told"
    assert after["disk_free_bytes"][""] > 0
    assert "backup_age_seconds" not in after, "there is none: nought would say that it was made now"
    said = either.app.test_client().get("/metrics", headers=BEARER).text
    for word in ("Zofia", "Wójcik", "B14", "@", case_id, "officer", TOKEN):
        assert word not in said


def test_of_a_database_that_is_not_of_this_version_nothing_is_counted(instance: Instance) -> None:
    with_token(instance)
    with instance.app.app_context(), writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        session.commit()
    found = numbers(instance)
    assert found["database_ready"] == {"": 0}
    assert not {"jobs", "audit_entries", "sessions_open"} & set(found)
    with instance.app.app_context():
        db.session.rollback()


@pytest.mark.parametrize("wanted", [True, False])
def test_a_line_a_request_names_a_route_and_no_address(instance: Instance, wanted: bool) -> None:
    case_id, _ = instance.import_case("h2")
    values: dict[str, Any] = json.loads(
        instance.settings.model_dump_json(include={"data", "base_url", "disk_reserve_mb"})
    )
    app = made_app(Settings(**values, log_requests=wanted))
    again = Instance(app, "sqlite")
    try:
        with capture_logs() as lines:
            again.client("housing_officer").get(f"/cases/{case_id}?q=Zofia")
            again.client().get("/sign-in")
            again.client().get(f"/cases/{case_id}")
            again.client().get("/nowhere/Zofia")
    finally:
        dispose(app)
    told = [line for line in lines if line["event"] == "request"]
    if not wanted:
        assert told == []
        return
    assert [(one["endpoint"], one["method"], one["status"]) for one in told] == [
        ("cases.show", "GET", 200), ("accounts.sign_in", "GET", 200), ("cases.show", "GET", 302), ("", "GET", 404)
    ]  # fmt: skip
    assert all(set(one) == {"event", "log_level", "endpoint", "method", "status", "request", "ms"} for one in told)
    assert all(one["ms"] >= 0 for one in told)
    assert case_id not in json.dumps(told)
    assert "Zofia" not in json.dumps(told)
