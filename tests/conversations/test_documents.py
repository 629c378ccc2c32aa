"""A document in hand: the sheet of whoever wrote it, what it counts as, and what somebody who lets the place may be told."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import CaseConversation
from app.extensions import db
from tests.conftest import Instance

from .test_sheet import answers, sent


def _of_document(instance: Instance, case_id: str) -> Any:
    return db.session.scalars(
        select(CaseConversation).where(CaseConversation.case_id == case_id, CaseConversation.speaker == "document")
    ).one()


def test_a_letter_counts_as_a_document_in_hand_of_whoever_wrote_it(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/provider"
    assert f"{path}?paper=1" in officer.get(path).text, "the sheet of the provider leads to it"
    page = officer.get(f"{path}?paper=1").text
    assert "The date on it" in page
    assert "How it ended" not in page
    assert 'name="how"' not in page
    data = sent(page, person="", **{"CS08-unit": "unrestricted"}) | {"on-day": "3", "on-month": "11", "on-year": "2025"}
    assert officer.post(path, data=data).status_code == 302
    last = answers(instance, case_id)["CS08", "unit"]
    assert (last.value, last.grade, last.source_code, last.on.isoformat()) == (
        "unrestricted", "E4", "provider", "2025-11-03",
    )  # fmt: skip
    with instance.app.app_context():
        held = _of_document(instance, case_id)
        assert (held.how, held.came, held.who, held.source_code) == ("read", "answered", None, "provider")


def test_what_a_paper_counts_as_is_lowered_and_not_raised(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/provider"
    for chosen, grade in (("E2", "E2"), ("E4", "E4"), ("E9", "E4"), ("E1s", "E1")):
        page = officer.get(f"{path}?paper=1").text
        assert officer.post(path, data=sent(page, grade=chosen, **{"LS20-unit": "unknown"})).status_code == 302
        assert answers(instance, case_id)["LS20", "unit"].grade == grade, chosen


def test_a_paper_says_something(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/police"
    page = officer.get(f"{path}?paper=1").text
    back = officer.post(path, data=sent(page, person="Invented Desk"))
    assert back.status_code == 422
    assert "Choose what it says." in back.text
    assert 'value="Invented Desk"' in back.text


def test_nobody_of_the_family_has_a_sheet_of_papers(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/M"
    assert officer.get(path).status_code == 200
    assert officer.get(f"{path}?paper=1").status_code == 404
    assert "paper=1" not in officer.get(path).text


def test_a_line_of_a_paper_is_saved_as_it_is_chosen(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/provider"
    page = officer.get(f"{path}?paper=1").text
    done = officer.post(f"{path}/lines", data=sent(page, **{"CS08-unit": "unrestricted"}))
    assert done.status_code == 200
    assert done.json
    assert "saved" in done.json
    assert answers(instance, case_id)["CS08", "unit"].grade == "E4"


def test_the_provider_is_told_how_many_and_not_why(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    page = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/sheets/provider").text
    said = page.split("You may say:</strong>", 1)[1].split("</p>", 1)[0]
    for name in ("Marta", "Finn", "Bobbie", "Billy"):
        assert name not in said
    assert "Do not say:" in said
    assert "treatment" in said
    assert "You may say" not in officer.get(f"/cases/{case_id}/assessments/{assessment_id}/sheets/police").text


def test_a_number_is_one_the_council_wrote_down(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/"
    assert "0121 303 1888" in officer.get(path + "social_care").text
    assert "not one the family gave" in officer.get(path + "police").text


def test_a_paper_without_a_date_has_no_age(instance: Instance, officer: FlaskClient) -> None:
    """It is not taken to be of today: what nobody dated reassures nobody for long."""
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/provider?paper=1"
    page = officer.get(path).text
    assert re.search(r'name="on-day"[^>]*value="\d', page) is None
    undated = {"on-day": "", "on-month": "", "on-year": ""}
    assert officer.post(path, data=sent(page, **{"CS08-unit": "unrestricted"}) | undated).status_code == 302
    assert answers(instance, case_id)["CS08", "unit"].on is None
    spoken = path.removesuffix("?paper=1")
    asked = sent(officer.get(spoken).text, person="Pat Rowe", **{"CS08-unit": "unrestricted"}) | undated
    assert officer.post(spoken, data=asked).status_code == 422, "a conversation has a day"
