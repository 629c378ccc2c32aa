"""Submitting and deciding: by somebody else, once, on what is there."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.assessments import service as assessments
from app.assessments.models import Assessment
from app.checklists import read_folder
from app.clocks import today
from app.decisions import at_review, service
from app.decisions.models import Decision
from app.extensions import db
from app.records.models import Record
from tests.conftest import Instance
from tests.conversations.test_sheet import sent as sheet_sent
from tests.decisions.test_emergency import SAID

NOTE = "I have read it and agree, because the visits and the plan are in place."


def review(instance: Instance, name: str = "h2") -> tuple[Any, str, str]:
    case_id, assessment_id = instance.submitted(name)
    return (
        instance.client("safeguarding_lead"),
        f"/cases/{case_id}/assessments/{assessment_id}/review",
        str(instance.version(case_id)),
    )


def record(instance: Instance, location: str) -> dict[str, Any]:
    with instance.app.app_context():
        body: dict[str, Any] = json.loads(db.session.get_one(Record, location.rsplit("/", 1)[1]).body)
        return body


def test_the_lead_reads_what_comes_together_the_plans_and_the_emergency_before_signing(
    instance: Instance, lead: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}"
    officer, day = instance.client("housing_officer"), today()

    def done(who: str, at: str, **typed: str) -> None:
        answer = instance.client(who).post(path + at, data={**typed, "version": str(instance.version(case_id))})
        assert answer.status_code == 302, answer.text

    with instance.app.app_context():
        found = db.session.get_one(Assessment, assessment_id)
        baby = next(m.key for m in found.case.members if m.name.startswith("Bobbie"))
    due = {f"due-{p}": str(v) for p, v in (("day", day.day), ("month", day.month), ("year", day.year))}
    done("housing_officer", f"/mitigations/P09/{baby}", what="The cot is brought", owner_name="Pat Provider", **due)
    done("housing_officer", "/patterns/P13/household", reason="The GP was asked to lead and has not said.")
    done("senior_officer", "/emergency", **SAID)
    instance.submit(assessment_id)
    shown = re.findall(r"<h3[^>]*>([^<(]+) \(", officer.get(path + "/result").text.split('id="patterns"')[1])
    page = lead.get(path + "/review").text
    together = page.split("What comes together")[1].split("What it rests on")[0]
    patterns = [p for p in read_folder().patterns.values() if p.name in shown]
    assert len(patterns) >= 8
    for pattern in patterns:
        assert f"<strong>{pattern.name} (" in together, pattern.id
    assert "The GP was asked to lead and has not said." in together
    assert "Nobody has answered it with a reason." in together
    assert re.search(r"The cot is brought\.? Owner: Pat Provider", page.split("What it rests on")[1])
    assert "P. Erson, Emergency Duty Team" in page
    assert page.index("Decided in an emergency already") < page.index("Stops and high concerns")


def test_each_child_needs_reasons_of_its_own(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/submit"
    same = "The building is not safe for this child at night."
    version = str(instance.version(case_id))
    for reasons, words in (
        ({"reason_B1": same, "reason_B2": same}, "same words as for another child"),
        ({"reason_B1": same, "reason_B2": ""}, "Say why, for Billy Example"),
        ({"reason_B1": "No.", "reason_B2": same}, "at least 30 characters"),
    ):
        answer = officer.post(path, data={"version": version, **reasons})
        assert answer.status_code == 422
        assert words in answer.text
        assert same in answer.text
    good = {"reason_B1": same, "reason_B2": "He is four and would use the shared stairs alone."}
    assert officer.post(path, data={"version": version, **good}).status_code == 302
    assert officer.post(path, data={"version": version, **good}).status_code == 302, "sent twice, submitted once"
    with instance.app.app_context():
        assert db.session.get_one(Assessment, assessment_id).state == "submitted"


def test_an_officer_may_judge_worse_with_a_reason_and_never_better(
    instance: Instance, officer: FlaskClient, lead: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h2")
    path = f"/cases/{case_id}/assessments/{assessment_id}/submit"
    page = officer.get(path).text
    assert 'value="not_suitable"' in page
    assert 'value="suitable"' not in page
    typed = {
        "version": str(instance.version(case_id)),
        "reason_C": "She would be far from her grandmother here.",
        "worse_outcome": "not_suitable",
    }
    assert "Say why you judge it worse" in officer.post(path, data=typed).text
    assert officer.post(path, data={**typed, "worse_reason": "Her mother is afraid of the estate."}).status_code == 302
    made = lead.post(
        path.replace("submit", "review"),
        data={"version": str(instance.version(case_id)), "verdict": "approve", "note": NOTE},
    )
    assert record(instance, made.headers["Location"])["decision"]["outcome"] == "not_suitable"


@pytest.mark.parametrize(("name", "outcome"), [("h1", "not_suitable"), ("h2", "suitable_with_conditions")])
def test_a_lead_approves_and_the_record_is_frozen(instance: Instance, name: str, outcome: str) -> None:
    client, path, version = review(instance, name)
    made = client.post(path, data={"version": version, "verdict": "approve", "note": NOTE})
    assert made.status_code == 302
    body = record(instance, made.headers["Location"])
    assert body["decision"]["outcome"] == body["result"]["outcome"] == outcome
    assert body["decision"]["note"] == NOTE
    assert body["decision"]["submitter"]["name"] == "Housing Officer"
    assert body["result"]["checklist_version"]
    assert body["case_file"]["answers"]


def test_conditions_need_an_owner_and_a_date(instance: Instance) -> None:
    client, path, version = review(instance)
    typed = {
        "version": version,
        "verdict": "approve_with_conditions",
        "note": NOTE,
        "condition_what": "Visit in the first week",
    }
    answer = client.post(path, data=typed)
    assert answer.status_code == 422
    assert "Say who does it." in answer.text
    assert "Say by when." in answer.text
    assert "Say how it will be seen, and by whom." in answer.text
    more = {
        "condition_owner": "Olu",
        "condition_due-day": "1",
        "condition_due-month": "12",
        "condition_due-year": "2027",
        "condition_seen": "Olu goes there",
    }
    made = client.post(path, data={**typed, **more})
    conditions = record(instance, made.headers["Location"])["conditions"]
    assert {
        "what": "Visit in the first week", "owner": "Olu", "due": "2027-12-01", "seen": "Olu goes there", "criterion": "",
    } in conditions  # fmt: skip


def test_a_return_names_what_to_change_and_the_officer_sees_it(instance: Instance, officer: FlaskClient) -> None:
    client, path, version = review(instance)
    back = "Ask the health visitor about the cot before this goes on."
    assert client.post(path, data={"version": version, "verdict": "return", "note": back}).status_code == 302
    assert back in officer.get(path.replace("/review", "")).text


def test_the_author_cannot_review(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.submitted("h2")
    with instance.app.app_context():
        assessment = db.session.get_one(Assessment, assessment_id)
        author = instance.user("housing_officer")
        with pytest.raises(service.DecisionProblem, match="You wrote this"):
            service.decide(author, assessment_id, assessment.case.version, "approve", NOTE, [])
    assert officer.get(f"/cases/{case_id}/assessments/{assessment_id}/review").status_code == 403


def test_a_stop_recorded_while_the_lead_reads_is_seen_before_she_signs(
    instance: Instance, officer: FlaskClient
) -> None:
    client, path, version = review(instance)
    question = path.replace("/review", "/questions/CS15/unit")
    mark = re.search(r'name="seen"[^>]*value="([^"]*)"', officer.get(question).text)
    assert mark
    stop = {
        "value": "current", "grade": "E3", "source_name": "PC Desk", "source_agency": "police", "seen": mark[1],
        "on-day": "1", "on-month": "11", "on-year": "2025",
    }  # fmt: skip
    assert officer.post(question, data=stop).status_code == 302
    answer = client.post(path, data={"version": version, "verdict": "approve", "note": NOTE})
    assert answer.status_code == 422
    assert "Something in this case changed since you opened this page" in answer.text
    assert "Not suitable as proposed" in answer.text
    assert NOTE in answer.text


def test_a_decision_sent_twice_is_made_once(either: Instance) -> None:
    client, path, version = review(either)
    typed = {"version": version, "verdict": "approve", "note": NOTE}
    first, second = client.post(path, data=typed), client.post(path, data=typed)
    assert first.headers["Location"] == second.headers["Location"]
    with either.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Decision)) == 1
        assert db.session.scalar(select(func.count()).select_from(Record)) == 1


def test_only_a_submitted_assessment_is_decided(instance: Instance) -> None:
    _, assessment_id = instance.import_case("h2")
    with instance.app.app_context():
        assessment = db.session.get_one(Assessment, assessment_id)
        with pytest.raises(service.DecisionProblem, match="not waiting for review"):
            service.decide(
                instance.user("safeguarding_lead"), assessment_id, assessment.case.version, "approve", NOTE, []
            )


def test_a_withdrawn_placement_is_kept_and_closed(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    with instance.app.app_context():
        assessments.withdraw(instance.user("housing_officer"), assessment_id, instance.version(case_id))
    page = officer.get(f"/cases/{case_id}").text
    assert "Withdrawn" in page


def test_what_one_voice_says_who_is_not_asked_and_the_choice_stand_before_she_signs(instance: Instance) -> None:
    client, path, _ = review(instance, "h1")
    page = client.get(path).text
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Marta Example said it; nobody else has." in words
    assert "The cot is at my nan’s." in words
    assert "PC Desk said it" not in words, "what an agency told is not one voice of the family"
    assert "answered in part" in words, "who left its exact question open is not told as having answered"
    assert "Everybody who was asked has answered in full." not in words
    assert "Not asked:" in words
    assert "Confirm: not suitable" in words, "nobody reads it as approving the room"
    assert "Approve" not in words
    assert words.index("Not suitable as proposed") < words.index("Each child, in the officer’s words")
    assert "Sign as" in words


def test_she_sees_her_own_note_and_what_was_answered_since(instance: Instance) -> None:
    client, path, version = review(instance, "h1")
    sent = {"verdict": "return", "note": "Ask the provider who else lives on the floor.", "version": version}
    assert client.post(path, data=sent).status_code == 302
    case_id, assessment_id = path.split("/")[2], path.split("/")[4]
    instance.submit(assessment_id)
    page = client.get(path).text
    assert "Ask the provider who else lives on the floor." in page
    assert "no question was answered" in page
    lead_sends_back = {**sent, "version": str(instance.version(case_id))}
    assert client.post(path, data=lead_sends_back).status_code == 302
    officer, sheet = instance.client("housing_officer"), path.replace("/review", "/sheets/provider")
    told = sheet_sent(officer.get(sheet).text, person="Pat Rowe", **{"CS08-unit": "unrestricted"})
    assert officer.post(sheet, data=told).status_code == 302
    instance.submit(assessment_id)
    assert re.search(r"Since then:</strong>\s*Windows \(the unit\)\.", client.get(path).text)


def test_an_agency_is_silent_on_what_it_left_unanswered() -> None:
    """One question answered is no answer to another: every state of an agency is told, and what was answered in part is."""
    judged: Any = SimpleNamespace(
        following=SimpleNamespace(
            pieces=[
                SimpleNamespace(name="Police", state=state, asked_on=on)
                for state, on in (("silent", "2026-11-20"), ("waiting", ""), ("answered", ""), ("partly", ""))
            ]
        )
    )
    assert at_review.silent(judged) == [
        "Police: not answered in its time, asked on 20 November 2026, and not answered yet, and answered in part"
    ]
