"""From a proposal to a certificate, holds and complaints, by their pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clocks import today
from app.deadlines import due as due_dates
from app.extensions import db
from app.retention import complaints, destroying, holds, proposing
from app.retention.models import Destruction, DisposalStep, LegalHold
from tests.accounts.test_fresh import of_page, said_at
from tests.conftest import Instance

from .conftest import PASSWORD, closed, family, proposed, values

pytestmark = pytest.mark.usefixtures("confirmed")


def test_a_case_is_kept_for_longer_by_its_page(either: Instance) -> None:
    case_id, _ = family(either, "Zqmarker")
    closed(either, case_id)
    address = f"/cases/{case_id}/keeping/proposals/{proposed(either, case_id)}/keep"
    lead, until, before = either.client("safeguarding_lead"), today() + timedelta(days=400), either.version(case_id)
    said = {
        "version": before,
        "reason": "A brother’s case goes on.",
        "until-day": until.day,
        "until-month": until.month,
    }
    refused = lead.post(address, data={**said, "until-year": until.year - 3})
    assert refused.status_code == 422
    assert "brother’s case" in refused.text, "what was typed is still there"
    assert lead.post(address, data={**said, "until-year": until.year}).status_code == 302
    assert either.version(case_id) > before
    assert "Proposed to be destroyed: 0" in lead.get("/keeping").text


def test_the_pages_from_a_proposal_to_a_certificate(instance: Instance, senior: FlaskClient, lead: FlaskClient) -> None:
    case_id, _ = family(instance, "Zqmarker")
    closed(instance, case_id)
    disposal_id = proposed(instance, case_id)
    assert "Proposed to be destroyed: 1" in lead.get("/keeping").text
    page = senior.get(f"/cases/{case_id}/keeping").text
    assert "It is proposed to destroy this case" in page
    address = f"/cases/{case_id}/keeping/proposals/{disposal_id}/agree"

    def typed(**more: Any) -> dict[str, Any]:
        return values(version=instance.version(case_id), **more)

    said_at(instance, 6)
    asked = senior.post(address, data=typed())
    assert (asked.status_code, "Confirm that it is you" in asked.text) == (401, True)
    with instance.app.app_context():
        assert db.session.scalar(select(DisposalStep.id).where(DisposalStep.what == proposing.AGREED)) is None
    offered = senior.post("/confirm", data={**of_page(asked.text), "password": PASSWORD})
    assert "no brother or sister" in offered.text, "what was typed is still there"
    said_at(instance, 0)
    assert senior.post(address, data=typed(looked_after="unknown")).status_code == 422
    assert instance.client("housing_officer").post(address, data=typed()).status_code == 403
    assert senior.post(address, data=typed()).status_code == 302
    assert lead.post(address, data=typed()).status_code == 302
    with instance.app.app_context():
        destroying.of_job(disposal_id)
        destruction_id = db.session.scalars(select(Destruction.id)).one()
    auditor = instance.client("auditor")
    shown = auditor.get(f"/keeping/destroyed/{destruction_id}")
    assert "Decision made" in shown.text
    assert "zqmarker" not in shown.text.lower()
    made = auditor.get(f"/keeping/destroyed/{destruction_id}/certificate.pdf")
    assert made.data.startswith(b"%PDF")
    assert (
        made.headers["Content-Disposition"]
        == 'attachment; filename="D-' + shown.text.split("Certificate D-")[1][:10] + '.pdf"'
    )
    assert instance.client("housing_officer").get("/keeping").status_code == 403


def test_holds_and_complaints_by_their_pages(instance: Instance, officer: FlaskClient, lead: FlaskClient) -> None:
    case_id, _ = family(instance, "Zqmarker")
    closed(instance, case_id, today())
    base = f"/cases/{case_id}/keeping"
    said = {"kind": "police", "reason": "PC Invented asked by letter."}
    assert officer.post(f"{base}/hold", data={"version": instance.version(case_id), **said}).status_code == 302
    empty = officer.post(f"{base}/hold", data={"version": instance.version(case_id), "reason": "x"})
    assert (empty.status_code, "Choose why it is held." in empty.text) == (422, True)
    day = today()
    typed = {
        "on-day": day.day,
        "on-month": day.month,
        "on-year": day.year,
        "way": "letter",
        "said": "You told my mother where I live.",
    }
    stale = officer.post(f"{base}/complaint", data={"version": 0, **typed})
    assert (stale.status_code, "You told my mother" in stale.text) == (422, True)
    assert officer.post(f"{base}/complaint", data={"version": instance.version(case_id), **typed}).status_code == 302
    page = officer.get(base).text
    assert "You told my mother where I live." in page
    assert page.count(">Yes<") == 2 or page.count("Yes") >= 2
    with instance.app.app_context():
        kinds = sorted(h.kind for h in db.session.scalars(select(LegalHold)))
        assert kinds == ["complaint", "police"]
        hold_id = db.session.scalars(select(LegalHold.id).where(LegalHold.kind == "police")).one()
    assert (
        officer.post(
            f"{base}/holds/{hold_id}/lift", data={"version": instance.version(case_id), "reason": "x"}
        ).status_code
        == 403
    )
    done = lead.post(
        f"{base}/holds/{hold_id}/lift",
        data={"version": instance.version(case_id), "reason": "They wrote that they do not need it."},
    )
    assert done.status_code == 302
    assert "They wrote that they do not need it." in officer.get(base).text


def test_a_complaint_of_a_closed_case_is_among_what_is_due_until_it_is_acknowledged(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, _ = family(instance, "Zqmarker")
    closed(instance, case_id)
    with instance.app.app_context():
        clerk, senior = instance.user("housing_officer"), instance.user("senior_officer")
        on = today() - timedelta(days=26)
        key = complaints.write(clerk, case_id, instance.version(case_id), on, "email", "She complains.")
        found = [d for d in due_dates.due_for(senior, today()) if d.case_id == case_id]
        assert [(d.clock_id, d.due) for d in found] == [(key, on + timedelta(days=29))]
    assert "to be acknowledged" in instance.client("senior_officer").get("/").text
    day = today()
    typed = {"on-day": day.day, "on-month": day.month, "on-year": day.year, "said": "We wrote that we have it."}
    address = f"/cases/{case_id}/keeping/complaints/{key}/acknowledged"
    assert officer.post(address, data={"version": instance.version(case_id), **typed}).status_code == 302
    with instance.app.app_context():
        assert [d for d in due_dates.due_for(instance.user("senior_officer"), today()) if d.case_id == case_id] == []
        assert holds.standing(db.session, case_id), "the hold stands"
