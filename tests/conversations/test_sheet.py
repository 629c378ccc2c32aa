"""The sheet as the officer uses it: one source, many answers, without JavaScript; nothing chosen is not asked."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.models import SavedAnswer
from app.clocks import today
from app.extensions import db
from tests.conftest import Instance


def sent(page: str, **more: str) -> dict[str, Any]:
    """What a browser would send back of a page, with what was typed."""
    day = today()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    dates = {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}
    return {**hidden, **dates, "how": "telephone", "came": "answered", **more}


def answers(instance: Instance, case_id: str) -> dict[tuple[str, str], SavedAnswer]:
    with instance.app.app_context():
        return {
            (a.criterion, a.subject): a
            for a in db.session.scalars(
                select(SavedAnswer).where(SavedAnswer.case_id == case_id).order_by(SavedAnswer.recorded_at)
            )
        }


def test_one_call_one_sheet(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/provider"
    page = officer.get(path)
    assert page.status_code == 200
    assert "not asked;" in page.text
    assert f'name="on-day" type="text" value="{today().day}"' in page.text, "now, unless changed"
    done = officer.post(
        path,
        data=sent(
            page.text,
            person="Pat Rowe",
            role="Manager",
            **{"CS08-unit": "unrestricted", "CS10-unit": "working", "LS20-unit": "unknown"},
        ),
    )
    assert done.status_code == 302, re.findall(r"error-message.*", done.text)[:5]
    found = answers(instance, case_id)
    for name, value in (("CS08", "unrestricted"), ("CS10", "working"), ("LS20", "unknown")):
        last = found[name, "unit"]
        assert (last.value, last.source_name, last.grade) == (value, "Pat Rowe", "E2")
    assert ("CS05", "unit") not in found or found["CS05", "unit"].source_name != "Pat Rowe"


def test_who_is_speaking_is_asked_beside_the_field_and_what_was_chosen_stays(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/provider"
    back = officer.post(path, data=sent(officer.get(path).text, **{"CS08-unit": "unrestricted"}))
    assert back.status_code == 422
    assert "Enter who you are speaking to." in back.text
    assert re.search(r'name="CS08-unit" value="unrestricted" checked', back.text)


def test_every_speaker_has_a_sheet_and_nobody_else(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/"
    assert {
        officer.get(path + who).status_code for who in ("provider", "officer", "police", "health_visiting", "M")
    } == {200}
    assert {officer.get(path + who).status_code for who in ("family", "nobody", "Z9")} == {404}
    assert instance.client("auditor").get(path + "provider").status_code in (403, 404)


def test_the_result_leads_to_the_sheet_of_everybody_who_is_asked(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}"
    found = set(re.findall(rf'href="{path}/sheets/([^"]+)"', officer.get(path + "/result").text))
    assert {"provider", "health_visiting", "police", "officer"} <= found
    assert {officer.get(f"{path}/sheets/{who}").status_code for who in found} == {200}
    assert "/sheets/" not in instance.client("auditor").get(path + "/result").text
