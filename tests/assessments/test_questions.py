"""One question a page: the evidence it asks for, what it refuses, and two people answering at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.entered import page_of
from app.assessments.models import SavedAnswer
from app.checklists import read_folder
from app.extensions import db
from tests.conftest import Instance

GOOD = {
    "value": "current", "grade": "E3", "source_name": "PC Desk", "source_role": "MASH officer", "source_agency": "police",
    "on-day": "1", "on-month": "11", "on-year": "2025", "note": "Seven calls in six months.",
}  # fmt: skip


def question(instance: Instance, name: str = "h5", where: str = "CS15/unit") -> tuple[Any, str, str]:
    case_id, assessment_id = instance.import_case(name)
    client = instance.client("housing_officer")
    path = f"/cases/{case_id}/assessments/{assessment_id}/questions/{where}"
    return client, path, seen(client.get(path).text)


def seen(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    assert found
    return found[1]


def stored(instance: Instance, criterion: str = "CS15") -> list[SavedAnswer]:
    with instance.app.app_context():
        return list(
            db.session.scalars(
                select(SavedAnswer).where(SavedAnswer.criterion == criterion).order_by(SavedAnswer.recorded_at)
            )
        )


def test_whose_reassurance_counts_is_said_beside_the_question(instance: Instance) -> None:
    client, path, _ = question(instance, "h5", "CS14/unit")
    page = client.get(path).text
    assert (
        "It counts only from one of these: police (MASH, neighbourhood, domestic abuse, exploitation); probation"
        in page
    )
    assert "from anybody" in page
    plain = client.get(path.replace("CS14/unit", "CS06/unit")).text
    assert "counts only from" not in plain


def test_an_answer_is_saved_and_the_next_open_question_is_shown(instance: Instance) -> None:
    client, path, mark = question(instance)
    answer = client.post(path, data={**GOOD, "seen": mark})
    assert answer.status_code == 302
    assert "/questions/" in answer.headers["Location"]
    assert [(a.value, a.grade, a.source_agency) for a in stored(instance)] == [("current", "E3", "police")]
    assert "Yes: an open case, or any within 28 days" in client.get(path).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": ""}, "Choose an answer"),
        ({"value": "nonsense"}, "Choose one of the answers"),
        ({"grade": ""}, "Choose how this is known"),
        ({"source_name": ""}, "Enter who said or showed it"),
        ({"on-day": "", "on-month": "", "on-year": ""}, "Without a day it has no age"),
        ({"on-year": "2031"}, "in the future"),
        ({"note": "x" * 8001}, "8,000 characters"),
    ],
)
def test_evidence_that_is_missing_is_asked_for_and_nothing_typed_is_lost(
    instance: Instance, change: dict[str, str], words: str
) -> None:
    client, path, mark = question(instance)
    answer = client.post(path, data={**GOOD, "seen": mark, "why": "Nobody said why", **change})
    assert answer.status_code == 422
    assert answer.text.count(words) >= 2
    assert "Nobody said why" in answer.text
    assert stored(instance) == []


def test_not_known_is_an_answer_that_needs_no_source_and_keeps_the_question_open(instance: Instance) -> None:
    client, path, mark = question(instance)
    assert client.post(path, data={"value": "unknown", "seen": mark}).status_code == 302
    assert [a.value for a in stored(instance)] == ["unknown"]
    result = client.get(path.split("/questions")[0] + "/result").text
    assert "Drugs, violence and takeover at the building: the unit" in result


def test_two_officers_answering_at_once_both_stand_and_the_second_reads_the_first(
    instance: Instance, senior: FlaskClient
) -> None:
    client, path, mark = question(instance)
    assert senior.post(path, data={**GOOD, "seen": mark}).status_code == 302
    his = {
        **GOOD,
        "seen": mark,
        "value": "none_known",
        "source_name": "Asha Bell",
        "source_agency": "asb team",
        "note": "Nothing known",
    }
    answer = client.post(path, data=his)
    assert answer.status_code == 422
    assert "Somebody answered this question since" in answer.text
    assert "PC Desk" in answer.text, "the colleague's answer is shown"
    assert "Nothing known" in answer.text, "what was typed is still there"
    assert len(stored(instance)) == 1
    assert client.post(path, data={**his, "seen": seen(answer.text)}).status_code == 302
    assert [a.value for a in stored(instance)] == ["current", "none_known"]


def test_the_same_form_sent_twice_is_one_answer(instance: Instance) -> None:
    client, path, mark = question(instance)
    assert client.post(path, data={**GOOD, "seen": mark}).status_code == 302
    assert client.post(path, data={**GOOD, "seen": mark}).status_code == 302
    assert len(stored(instance)) == 1


def test_a_worry_cannot_be_blanked(instance: Instance) -> None:
    client, path, mark = question(instance)
    client.post(path, data={**GOOD, "seen": mark})
    client.post(path, data={"value": "unknown", "seen": seen(client.get(path).text)})
    client.post(path, data={**GOOD, "value": "none_known", "seen": seen(client.get(path).text)})
    result = client.get(path.split("/questions")[0] + "/result").text
    assert "Stops this place: Drugs, violence and takeover at the building" in result


def test_of_a_list_the_rest_may_be_not_known(instance: Instance) -> None:
    client, path, mark = question(instance, "h1", "CS03/B1")
    page = client.get(path).text
    assert "Not known of the others" in page
    none = client.post(path, data={**GOOD, "seen": mark, "value": ["none", "unknown"]})
    assert none.status_code == 422
    assert (
        client.post(path, data={**GOOD, "grade": "E3", "seen": mark, "value": ["smoker", "unknown"]}).status_code == 302
    )
    assert ["smoker", "unknown"] in [a.value for a in stored(instance, "CS03")]
    assert "Somebody in the home smokes; of the others it is not known" in client.get(path).text
    alone = {"value": ["unknown"], "seen": seen(client.get(path).text)}
    assert client.post(path, data=alone).status_code == 302
    assert "unknown" in [a.value for a in stored(instance, "CS03")]


def test_a_question_says_from_whom_reassurance_counts_and_where_anybodys_does(instance: Instance) -> None:
    client, path, _ = question(instance, "h1", "SM14/M")
    page = client.get(path).text
    assert (
        "Where there is no sign that this adult is in the justice system, an answer from an adult of the household is enough, whoever gives it."
        in page
    )
    client, path, _ = question(instance, "h1", "LS16/unit")
    assert "or a notice or order that does not forbid this use”: Guidance" in client.get(path).text


def test_several_ticks_counts_dates_and_minutes_are_typed_answers(instance: Instance) -> None:
    client, path, mark = question(instance, "h1", "CS03/B1")
    both = client.post(path, data={**GOOD, "seen": mark, "value": ["none", "smoker"]})
    assert both.status_code == 422
    assert "cannot be ticked with anything else" in both.text
    base = path.split("/questions")[0] + "/questions"
    assert (
        client.post(
            f"{base}/CS22/B1", data={**GOOD, "value-day": "20", "value-month": "11", "value-year": "2025", "seen": "0:"}
        ).status_code
        == 302
    )
    assert client.post(f"{base}/SA06/B2", data={**GOOD, "value": "ninety", "seen": "0:"}).status_code == 422
    assert client.post(f"{base}/SA06/B2", data={**GOOD, "value": "25", "seen": "0:"}).status_code == 302
    assert (
        client.post(f"{base}/SA04/B2", data={**GOOD, "count_due": "3", "count_kept": "3", "seen": "0:"}).status_code
        == 302
    )
    assert [a.value for a in stored(instance, "SA06")] == [25]
    assert {"due": 3, "kept": 3} in [a.value for a in stored(instance, "SA04")]


def test_a_question_about_the_unit_does_not_follow_the_family_to_another(instance: Instance) -> None:
    client, path, mark = question(instance)
    client.post(path, data={**GOOD, "seen": mark})
    case_path = path.split("/assessments")[0]
    made = client.post(
        case_path + "/placements/new",
        data={
            "version": str(instance.version(case_path.split("/")[2])),
            "address": "2 Other Road",
            "kind": "house_or_flat",
        },
    )
    assert made.status_code == 302
    other = made.headers["Location"]
    assert "Answers so far" not in client.get(f"{other}/questions/CS15/unit").text
    assert "Answers so far" in client.get(f"{other}/questions/SM01/M").text


def test_a_worry_is_recorded_while_the_lead_reads_but_not_after_the_decision(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.submitted("h2")
    path = f"/cases/{case_id}/assessments/{assessment_id}/questions/CS15/unit"
    assert officer.post(path, data={**GOOD, "seen": seen(officer.get(path).text)}).status_code == 302
    decided_case, _ = instance.decided("h2")
    page = officer.get(f"/cases/{decided_case}").text
    link = re.search(r'href="(/cases/[^"]+/assessments/[0-9a-f]{32})"', page)
    assert link
    closed = officer.post(
        f"{link[1]}/questions/CS15/unit",
        data={**GOOD, "seen": seen(officer.get(f"{link[1]}/questions/CS15/unit").text)},
    )
    assert closed.status_code == 422
    assert "This assessment is closed" in closed.text


def test_facts_already_known_are_shown_with_source_and_age(instance: Instance) -> None:
    client, path, _ = question(instance, "h2")
    page = client.get(path).text
    assert "Answers so far" in page
    assert "provider" in page.casefold()


def test_what_a_parent_says_is_stored_and_does_not_clear(instance: Instance) -> None:
    client, path, _mark = question(instance, "h5", "SA01/C1")
    said = {
        **GOOD,
        "value": "registered",
        "grade": "E1",
        "source_name": "Father",
        "source_role": "parent",
        "source_agency": "",
    }
    client.post(path, data={**said, "seen": seen(client.get(path).text)})
    tasks = client.get(path.split("/questions")[0]).text
    assert "only said by an adult of the household. What counts here is an answer" in tasks


def test_an_unknown_postcode_is_said_at_once_and_blocks_nothing(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    typed = {
        "version": str(instance.version(case_id)),
        "address": "1 Nowhere",
        "postcode": "ZE9 9ZZ",
        "kind": "house_or_flat",
    }
    saved = officer.post(f"/cases/{case_id}/assessments/{assessment_id}/placement", data=typed)
    assert saved.status_code == 302
    page = officer.get(saved.headers["Location"]).text
    assert "in no list of postcodes" in page
    assert "The distances stay open" in page


def test_a_question_about_minutes_shows_what_was_measured_and_fills_nothing_in(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h2")
    page = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/questions/SM06/M").text
    assert "Measured from the postcodes" in page
    assert "Invented Pharmacy (pharmacy)" in page
    assert re.search(r'name="value"[^>]*value="\d', page) is None


def test_every_row_that_is_worked_out_leads_to_what_it_rests_on(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.test_request_context():
        pages = {
            c.id: page_of(c.computed, case_id, assessment_id)
            for c in read_folder().criteria.values()
            if c.computed is not None
        }
    assert len(pages) >= 15
    for criterion, page in pages.items():
        assert officer.get(page).status_code == 200, criterion
    result = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text
    assert f'href="{pages["LS09"]}"' in result
    auditor = instance.client("auditor").get(f"/cases/{case_id}/assessments/{assessment_id}/result").text
    assert f'href="{pages["LS09"]}"' not in auditor
