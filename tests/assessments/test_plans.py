"""A plan for a high concern: written down by an officer, read and agreed to by a senior officer, and only then counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments import judging
from app.assessments.models import Assessment, SavedMitigation
from app.audit.models import AuditEvent
from app.clocks import today
from app.extensions import db
from tests.conftest import Instance

WHY = "The move is booked and the family have seen the flat."


def dated(name: str, days: int = 0) -> dict[str, str]:
    day = today() + timedelta(days=days)
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


class Desk:
    """The first household, in bed and breakfast with a baby, at its assessment."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.case_id, self.assessment_id = instance.import_case("h1")
        self.here = f"/cases/{self.case_id}/assessments/{self.assessment_id}"

    @property
    def version(self) -> dict[str, str]:
        return {"version": str(self.instance.version(self.case_id))}

    def plan(self, role: str = "housing_officer", owner: str = "placement officer", days: int = 2) -> str:
        """An officer writes a plan; its identifier."""
        data = {
            "what": "A move to a flat", "owner_name": "Pla Cement", "owner_role": owner, "owner_agency": "council",
            **dated("owner_accepted"), **dated("due", days), **self.version,
        }  # fmt: skip
        assert self.instance.client(role).post(f"{self.here}/mitigations/LS07/unit", data=data).status_code == 302
        with self.instance.app.app_context():
            found = select(SavedMitigation.id).where(SavedMitigation.criterion == "LS07")
            return db.session.scalars(found.order_by(SavedMitigation.recorded_at.desc())).first() or ""

    def row(self) -> Any:
        with self.instance.app.app_context():
            found = db.session.get_one(Assessment, self.assessment_id)
            judged = judging.judge(found, today(), self.instance.settings.council_authority)
            return next(r for r in judged.result.rows if r.criterion == "LS07")


def test_a_plan_counts_once_a_senior_officer_has_agreed_to_it(either: Instance, officer: FlaskClient) -> None:
    desk = Desk(either)
    plan = desk.plan()
    assert (desk.row().state, desk.row().effect) == ("worrying", "high")
    assert "once a senior officer has agreed to it in writing" in " ".join(desk.row().why)
    senior, address = either.client("senior_officer"), f"{desk.here}/plans/{plan}"
    assert address in senior.get(f"{desk.here}/result").text
    assert address not in officer.get(f"{desk.here}/result").text
    page = senior.get(address).text
    for said in ("A move to a flat", "Pla Cement, placement officer, council", "Whose it is to do"):
        assert said in page
    assert senior.post(address, data={"note": WHY, **desk.version}).status_code == 302
    assert desk.row().state == "mitigated"
    agreed = senior.get(address).text
    assert WHY in agreed
    assert "<form" not in agreed.split("<main")[1].split("</main>")[0], "it is agreed to once"
    with either.app.app_context():
        (kept,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "mitigation.agreed"))
        assert WHY not in str(kept.detail)


@pytest.mark.parametrize(("note", "said"), [("", "Say why this plan is enough."), ("Fine.", "at least 10 characters")])
def test_it_needs_a_reason_and_keeps_what_was_typed(
    instance: Instance, note: str, said: str, senior: FlaskClient
) -> None:
    desk = Desk(instance)
    address = f"{desk.here}/plans/{desk.plan()}"
    page = senior.post(address, data={"note": note, **desk.version})
    assert page.status_code == 422
    assert said in page.text
    assert note in page.text
    assert desk.row().state == "worrying"


def test_nobody_agrees_twice_nor_to_a_plan_that_is_not_of_this_place(instance: Instance) -> None:
    desk = Desk(instance)
    senior, address = instance.client("senior_officer"), f"{desk.here}/plans/{desk.plan()}"
    senior.post(address, data={"note": WHY, **desk.version})
    again = senior.post(address, data={"note": WHY, **desk.version}, follow_redirects=True)
    assert "This plan was agreed to already." in again.text
    _, other = instance.import_case("h2", "OTHER-1")
    with instance.app.app_context():
        elsewhere = db.session.get_one(Assessment, other)
        case_id = elsewhere.case_id
    plan = address.rsplit("/", 1)[1]
    assert senior.get(f"/cases/{case_id}/assessments/{other}/plans/{plan}").status_code == 404
    assert senior.get(f"{desk.here}/plans/{'0' * 32}").status_code == 404


@pytest.mark.parametrize(
    ("how", "said"),
    [({"owner": "family friend"}, "it is for placement officer"), ({"days": 20}, "is too late")],
)
def test_an_agreed_plan_of_somebody_else_or_too_late_does_not_count(
    instance: Instance, how: dict[str, Any], said: str, senior: FlaskClient
) -> None:
    desk = Desk(instance)
    address = f"{desk.here}/plans/{desk.plan(**how)}"
    senior.post(address, data={"note": WHY, **desk.version})
    assert desk.row().state == "worrying"
    assert said in " ".join(desk.row().why)


def test_what_is_accepted_put_right_or_agreed_to_is_read_again_before_it_is_signed(instance: Instance) -> None:
    desk = Desk(instance)
    plan = desk.plan()
    why = desk.row().why
    officer, senior = instance.client("housing_officer"), instance.client("senior_officer")
    for client, path in (
        (senior, f"{desk.here}/acceptances/LS07/unit"),
        (officer, f"{desk.here}/mitigations/LS07/unit"),
        (senior, f"{desk.here}/plans/{plan}"),
    ):
        page = client.get(path).text
        assert "high." in page, path
        for said in why:
            assert said in page, (path, said)
