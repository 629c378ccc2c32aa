"""Nothing else tonight: taken by a senior officer, for a few nights, still "not suitable", looked at on the next working day."""

from __future__ import annotations

import html
import json
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.assessments import judging
from app.assessments import service as assessments
from app.assessments.models import Assessment
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import next_working_day, today
from app.decisions import emergency
from app.decisions import service as decisions
from app.decisions.models import EmergencyDecision
from app.extensions import db
from app.records import pdf
from app.records.models import Record
from tests.conftest import Instance
from tests.trees import bare

SAID = {
    "tried": "Four hotels and two hostels in the city were telephoned; each was full tonight.",
    "why": "It is minus two and the family has a car and nothing else to sleep in.",
    "safe_tonight": "Bella sleeps in the cot we brought, in their room; staff look in at ten and at two.",
    "seen_by": "O. Ficer, at 19:10, with the cot made up",
    "told": "P. Erson, Emergency Duty Team, by telephone at 19:20",
    "nights": "1",
}


def path_of(case_id: str, assessment_id: str) -> str:
    return f"/cases/{case_id}/assessments/{assessment_id}/emergency"


def taken(instance: Instance, role: str = "senior_officer") -> tuple[str, str, str]:
    case_id, assessment_id = instance.import_case("h1")
    answer = instance.client(role).post(
        path_of(case_id, assessment_id), data={**SAID, "version": str(instance.version(case_id))}
    )
    assert answer.status_code == 302, answer.text
    with instance.app.app_context():
        return case_id, assessment_id, db.session.scalars(select(EmergencyDecision.id)).one()


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 11, 24), date(2026, 11, 25)),
        (date(2026, 11, 27), date(2026, 11, 30)),
        (date(2026, 12, 24), date(2026, 12, 29)),  # Christmas on a Friday, Boxing Day kept on the Monday
        (date(2027, 3, 25), date(2027, 3, 30)),  # Good Friday to Easter Monday
    ],
)
def test_the_next_working_day_skips_weekends_and_bank_holidays(day: date, after: date) -> None:
    assert next_working_day(day) == after


def test_it_is_taken_the_outcome_stays_and_p25_counts_it(either: Instance) -> None:
    case_id, assessment_id, _ = taken(either)
    page = either.client("housing_officer").get(f"/cases/{case_id}/assessments/{assessment_id}/result").text
    assert "Not suitable as proposed" in page
    assert "That stays on the record" in page
    assert "P. Erson, Emergency Duty Team" in page
    assert "waits for a safeguarding lead" in page
    with either.app.app_context():
        found = db.session.scalars(select(EmergencyDecision)).one()
        assert (found.outcome, found.nights, found.first_night) == ("not_suitable", 1, today())
        assert found.review_by == next_working_day(today())
        assert {f["criterion"] for f in found.frozen["findings"]} >= {"CS15", "CS01"}
        case = db.session.get_one(Case, case_id)
        assert [e.kind for e in case.events].count("emergency_placement") == 1
        judged = judging.judge(
            db.session.get_one(Assessment, assessment_id), today(), either.settings.council_authority
        )
        assert judged.result.outcome == "not_suitable"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"told": ""}, "Social care has to be told before keys are given"),
        ({"seen_by": ""}, "If nobody has, nobody gets keys yet"),
        ({"tried": "All full."}, "at least 30 characters"),
        ({"why": ""}, "less harmful"),
        ({"nights": "4"}, "must be from 1 to 3"),
        ({"nights": "0"}, "must be from 1 to 3"),
        ({"nights": "two"}, "must be a whole number"),
        ({"nights": ""}, "Say for how many nights"),
    ],
)
def test_what_must_be_said_is_asked_beside_the_field(
    instance: Instance, change: dict[str, str], says: str, senior: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h1")
    typed = {**SAID, "version": str(instance.version(case_id)), **change}
    answer = senior.post(path_of(case_id, assessment_id), data=typed)
    assert answer.status_code == 422
    assert says in answer.text
    if "safe_tonight" not in change:
        assert "staff look in at ten and at two" in answer.text, "what was typed is still there"
    with instance.app.app_context():
        assert db.session.scalars(select(EmergencyDecision)).all() == []


def test_social_care_need_not_be_told_only_where_no_child_is_young_and_nothing_high(instance: Instance) -> None:
    _case_id, assessment_id = instance.import_case("h2")
    with instance.app.app_context():
        judged = judging.judge(
            db.session.get_one(Assessment, assessment_id), today(), instance.settings.council_authority
        )
        household = judged.file.household
        needs = emergency.asked(judged.checklist, household, judged.result, today())
        assert needs.tell_social_care
        assert needs.see_cot
        older = household.model_copy(
            update={
                "members": [
                    m.model_copy(update={"born": date(today().year - 9, 1, 1)}) if m.kind == "child" else m
                    for m in household.members
                ]
            }
        )
        needs = emergency.asked(judged.checklist, older, judged.result, today())
        assert not needs.tell_social_care
        assert not needs.see_cot
        unknown = household.model_copy(
            update={"members": [m.model_copy(update={"born": None}) for m in household.members]}
        )
        needs = emergency.asked(judged.checklist, unknown, judged.result, today())
        assert needs.tell_social_care, "an age nobody knows counts as young"
        assert needs.see_cot, "an age nobody knows counts as young"


def test_nothing_is_taken_where_nothing_stands_against_it_or_danger_is_now(
    instance: Instance, senior: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h2")
    answer = senior.post(path_of(case_id, assessment_id), data={**SAID, "version": str(instance.version(case_id))})
    assert answer.status_code == 302
    assert "/result" in answer.headers["Location"]
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.app_context():
        user = instance.user("housing_officer")
        cases.change(user, case_id, instance.version(case_id), {"danger": ["child_alone"]})
    answer = senior.post(path_of(case_id, assessment_id), data={**SAID, "version": str(instance.version(case_id))})
    assert answer.status_code == 422
    assert "Call 999 first" in answer.text
    with instance.app.app_context():
        assert db.session.scalars(select(EmergencyDecision)).all() == []


def test_a_second_one_waits_for_the_first_and_a_stale_page_is_told(instance: Instance, senior: FlaskClient) -> None:
    case_id, assessment_id, _ = taken(instance)
    answer = senior.post(path_of(case_id, assessment_id), data={**SAID, "version": str(instance.version(case_id))})
    assert answer.status_code == 422
    assert "still waits for a safeguarding lead" in answer.text
    answer = senior.post(path_of(case_id, assessment_id), data={**SAID, "version": "1"})
    assert answer.status_code == 422
    assert "Somebody changed this case" in answer.text


def test_a_lead_ratifies_once_and_the_record_keeps_it(instance: Instance, lead: FlaskClient) -> None:
    case_id, assessment_id, emergency_id = taken(instance)
    assert "Emergency: ratify by" in lead.get("/cases").text
    assert "An emergency placement waits for your yes or no" in lead.get("/").text
    assert "waits for a safeguarding lead" in lead.get(f"/cases/{case_id}").text
    path = f"{path_of(case_id, assessment_id)}/{emergency_id}"
    assert "What stood against it then" in lead.get(path).text
    assert (
        lead.post(path, data={"version": str(instance.version(case_id)), "verdict": "", "note": ""}).status_code == 422
    )
    typed = {"verdict": "escalated", "note": "The family moves today; the head of service was told at nine."}
    assert lead.post(path, data={**typed, "version": str(instance.version(case_id))}).status_code == 302
    again = lead.post(path, data={**typed, "version": str(instance.version(case_id))})
    assert again.status_code == 422
    assert "dealt with already" in again.text
    assert "Emergency: ratify by" not in lead.get("/cases").text
    assert "An emergency placement" not in lead.get("/").text
    with instance.app.app_context():
        assessment = db.session.get_one(Assessment, assessment_id)
        reasons = {k: f"What this place means for {k}, in words." for k in ("B1", "B2")}
        assessments.submit(instance.user("housing_officer"), assessment_id, assessment.case.version, reasons, "", "")
        version = db.session.get_one(Case, case_id).version
        made = decisions.decide(
            instance.user("safeguarding_lead"), assessment_id, version, "approve", "Read; not suitable.", []
        )
        body: dict[str, Any] = json.loads(db.session.get_one(Record, made.record_id).body)
    said = " ".join(body["decision"]["emergency"][0])
    assert "Not ratified, escalated" in said
    assert "P. Erson" in said
    assert body["decision"]["outcome"] == "not_suitable"


def test_what_only_comes_together_stands_against_it_for_whoever_takes_and_ratifies_it_and_in_the_record(
    instance: Instance, senior: FlaskClient, lead: FlaskClient
) -> None:
    """No answer stops the place by itself: who decides, who looks at it the next day and who reads the record see all the same what does."""
    case_id, assessment_id = instance.import_tree(bare())
    page = senior.get(path_of(case_id, assessment_id)).text
    assert "What stops this placement" in page
    assert "Out-of-routine sleep (Ivo Invented)." in page
    assert "The cot and its space in this unit: in place and seen." in page
    answer = senior.post(path_of(case_id, assessment_id), data={**SAID, "version": str(instance.version(case_id))})
    assert answer.status_code == 302, answer.text
    with instance.app.app_context():
        made = db.session.scalars(select(EmergencyDecision)).one()
        assert [p["pattern"] for p in made.frozen["patterns"] if p["effect"] == "stop_until"] == ["P09"]
        path = f"{path_of(case_id, assessment_id)}/{made.id}"
    assert "Out-of-routine sleep (Ivo Invented)." in lead.get(path).text
    _, record_id = instance.decided_tree(bare() | {"household": {**bare()["household"], "reference": "BARE-2"}})
    with instance.app.app_context():
        said = html.unescape(" ".join(pdf.html_of(json.loads(db.session.get_one(Record, record_id).body)).split()))
    assert "Nothing stops this place" not in said
    assert "No answer by itself stops this place or is high. What comes together stands below." in said


def test_nobody_ratifies_their_own(instance: Instance) -> None:
    case_id, _, emergency_id = taken(instance)
    with instance.app.app_context(), pytest.raises(emergency.EmergencyProblem, match="Somebody else"):
        emergency.ratify(instance.user("senior_officer"), emergency_id, instance.version(case_id), "ratified", "Fine.")


@pytest.mark.parametrize("statement", ["UPDATE emergency_decision SET nights = 9", "DELETE FROM emergency_decision"])
def test_the_database_refuses_to_change_what_was_decided(either: Instance, statement: str) -> None:
    taken(either)
    with either.app.app_context(), pytest.raises(DatabaseError):
        db.session.execute(text(statement))
