"""What happened before, as it is typed: contacts, questions to agencies, events, money, danger now, nights elsewhere."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.cases.household import household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import today
from app.extensions import db
from app.suitability.casefile.household import Household
from tests.conftest import Instance

DAY = {"on-day": "1", "on-month": "11", "on-year": "2025"}


def at(instance: Instance, name: str = "h5") -> tuple[Any, str, str]:
    case_id, _ = instance.import_case(name)
    return instance.client("housing_officer"), case_id, f"/cases/{case_id}"


def household(instance: Instance, case_id: str) -> Household:
    with instance.app.app_context():
        return household_of(db.session.get_one(Case, case_id))


def child(instance: Instance, case_id: str) -> str:
    return next(m.key for m in household(instance, case_id).members if m.kind == "child")


def test_a_contact_is_listed_changed_and_removed(instance: Instance) -> None:
    client, case_id, path = at(instance, "h3")
    key = child(instance, case_id)
    page = client.get(path + "/history/contacts").text
    assert "None are entered." in page
    assert "have none to list" in page
    made = {
        "child": key,
        "what": "asthma clinic",
        "outcome": "not_brought",
        "reason": "A cold.",
        "reason_grade": "E1",
        **DAY,
    }
    assert (
        client.post(path + "/history/contacts", data={**made, "version": str(instance.version(case_id))}).status_code
        == 302
    )
    assert "asthma clinic, not brought" in client.get(path + "/history/contacts").text
    shown = client.get(path + "/history/contacts/0").text
    assert "A cold." in shown
    changed = {
        **made,
        "cause": "letter_to_dead_address",
        "cause_grade": "E4",
        "version": str(instance.version(case_id)),
    }
    assert client.post(path + "/history/contacts/0", data=changed).status_code == 302
    listed = household(instance, case_id).contacts
    assert listed is not None
    assert [(c.what, c.cause, c.cause_grade.value) for c in listed] == [
        ("asthma clinic", "letter_to_dead_address", "E4")
    ]
    client.post(path + "/history/contacts/0/remove", data={"version": str(instance.version(case_id))})
    assert household(instance, case_id).contacts == ()
    assert client.get(path + "/history/contacts/0").status_code == 404


def test_asked_and_none_to_list_is_not_the_same_as_not_asked(instance: Instance) -> None:
    client, case_id, path = at(instance, "h3")
    assert household(instance, case_id).contacts is None
    assert "Not asked" in client.get(path).text
    client.post(path + "/history/contacts/none", data={"version": str(instance.version(case_id))})
    assert household(instance, case_id).contacts == ()
    assert "Asked, and there are none to list." in client.get(path + "/history/contacts").text


BAD: list[tuple[str, dict[str, str], str]] = [
    ("contacts", {"child": "", "what": "A visit of the nurse", "outcome": "kept"}, "Choose the child."),
    ("contacts", {"child": "*", "what": "", "outcome": "kept", "reason": "A visit of the nurse"}, "Say what the contact was."),
    ("contacts", {"child": "*", "what": "A visit of the nurse", "outcome": ""}, "Choose what happened."),
    ("contacts", {"child": "*", "what": "A visit of the nurse", "outcome": "dna"}, "Choose one of the answers"),
    ("contacts", {"child": "*", "what": "A visit of the nurse", "outcome": "kept", **DAY, "on-year": "2031"}, "in the future"),
    ("contacts", {"child": "*", "what": "A visit of the nurse", "outcome": "kept", **DAY, "on-month": "13"}, "from 1 to 12"),
    ("enquiries", {"agency": "", "question": "A visit of the nurse"}, "Choose the agency."),
    ("enquiries", {"agency": "police", "question": "", "reply": "A visit of the nurse"}, "Write the exact question."),
    ("enquiries", {"agency": "police", "question": "A visit of the nurse"}, "Enter the day it was asked."),
    ("enquiries", {"agency": "police", "question": "A visit of the nurse", "asked-day": "2", "asked-month": "11", "asked-year": "2025",
                   "due-day": "1", "due-month": "11", "due-year": "2025"}, "due before it was asked"),
    ("events", {"kind": "", "what": "A visit of the nurse", **DAY}, "Choose what happened."),
    ("events", {"kind": "move", "what": "A visit of the nurse"}, "Enter the day."),
    ("events", {"kind": "move", "what": "A visit of the nurse", **DAY, "on-year": "2031"}, "in the future"),
    ("events", {"kind": "emergency_placement", "what": "A visit of the nurse", **DAY, "nights": "-1"}, "1"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "typed", "words"), BAD)
def test_a_mistake_is_a_sentence_and_nothing_typed_is_lost(
    instance: Instance, part: str, typed: dict[str, str], words: str
) -> None:
    client, case_id, path = at(instance)
    typed = {k: child(instance, case_id) if v == "*" else v for k, v in typed.items()}
    answer = client.post(f"{path}/history/{part}", data={**typed, "version": str(instance.version(case_id))})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert words in answer.text
    assert "A visit of the nurse" in answer.text


def test_a_question_to_an_agency_and_its_silence_reach_the_result(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    client, path = officer, f"/cases/{case_id}"
    result = f"{path}/assessments/{assessment_id}/result"
    assert "13 have not answered" in client.get(result).text
    asked = {"agency": "police", "question": "Address compatible?", "asked-day": "1", "asked-month": "11", "asked-year": "2025",
             "due-day": "2", "due-month": "11", "due-year": "2025"}  # fmt: skip
    assert (
        client.post(path + "/history/enquiries", data={**asked, "version": str(instance.version(case_id))}).status_code
        == 302
    )
    page = client.get(result).text
    assert "asked, not answered in its time" in page
    assert "13 have not answered" in page
    answered = {
        **asked,
        "answered": "full",
        "reply": "Seven calls.",
    }
    # An answer of a year ago is none about this placement; one of today is.
    for day, unheard in ((today() - timedelta(days=365), 13), (today(), 12)):
        on = {"answered_on-day": day.day, "answered_on-month": day.month, "answered_on-year": day.year}
        data = {**answered, **on, "version": str(instance.version(case_id))}
        assert client.post(path + "/history/enquiries/0", data=data).status_code == 302
        assert f"{unheard} have not answered" in client.get(result).text


def test_the_exact_question_of_an_agency_is_there_to_be_written_down(instance: Instance, officer: FlaskClient) -> None:
    """Nobody types again what the settings say; the result leads to the sheet of each agency that has not answered it."""
    case_id, assessment_id = instance.import_case("h1")
    client, path = officer, f"/cases/{case_id}"
    result = client.get(f"{path}/assessments/{assessment_id}/result").text
    assert f"{path}/assessments/{assessment_id}/sheets/police" in result
    assert "whether it answered its exact question is not written down" in result
    page = client.get(f"{path}/history/enquiries?agency=police").text
    assert "Address compatible? Fleeing risk reaches here?" in page
    assert '<option value="police" selected>' in page
    assert client.get(f"{path}/history/enquiries?agency=nobody").status_code == 200
    assert client.get(f"{path}/history/events?agency=police").status_code == 200


def test_an_event_fires_the_pattern_it_belongs_to(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    client, path = officer, f"/cases/{case_id}"
    result = f"{path}/assessments/{assessment_id}/result"
    assert "Rights are not risk" not in client.get(result).text
    day = today()
    typed = {"kind": "complaint", "on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year), "what": "She complained of the lift.",
             "version": str(instance.version(case_id))}  # fmt: skip
    before = client.get(result).text.count("cbc-outcome--suitable_with_conditions")
    assert client.post(path + "/history/events", data=typed).status_code == 302
    page = client.get(result).text
    name = name_of("P23")
    assert name in page
    assert page.count("cbc-outcome--suitable_with_conditions") == before  # and it has no effect at all


def name_of(number: str) -> str:
    return read_folder().patterns[number].name


def test_a_weeks_money_to_the_penny_and_what_is_not_typed_stays_unknown(instance: Instance) -> None:
    client, case_id, path = at(instance, "h5")
    typed = {"income": "385.05", "essentials": "1,270", "version": str(instance.version(case_id))}
    assert client.post(path + "/money", data=typed).status_code == 302
    budget = household(instance, case_id).budget
    assert budget is not None
    assert (budget.income, budget.essentials, budget.travel) == (38505, 127000, None)
    bad = client.post(
        path + "/money", data={"income": "lots", "essentials": "12.50", "version": str(instance.version(case_id))}
    )
    assert bad.status_code == 422
    assert 'value="lots"' in bad.text
    assert 'value="12.50"' in bad.text


def test_danger_now_says_999_first_and_everything_else_waits(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    client, path = officer, f"/cases/{case_id}"
    page = client.get(path + "/danger").text
    assert 'href="tel:999"' in page
    said = client.post(
        path + "/danger", data={"danger": "overdose", "version": str(instance.version(case_id))}, follow_redirects=True
    )
    assert "Call 999 now" in said.text
    result = client.get(f"{path}/assessments/{assessment_id}/result").text
    assert result.index("tel:999") < result.index("<h1")
    empty = client.post(path + "/danger", data={"version": str(instance.version(case_id))})
    assert empty.status_code == 422  # an empty form says nothing
    assert "An empty form says nothing" in empty.text
    over = {"danger": "none", "version": str(instance.version(case_id))}
    unsaid = client.post(path + "/danger", data=over)
    assert unsaid.status_code == 422
    assert "Say who saw that it is over" in unsaid.text
    client.post(path + "/danger", data={**over, "ended": "PC Desk, 24 November, 18:10"})
    with instance.app.app_context():
        told = db.session.get_one(Case, case_id).events[-1]
    assert (told.kind, told.what) == ("improving_report", "Over: an overdose. PC Desk, 24 November, 18:10")
    assert "tel:999" not in client.get(f"{path}/assessments/{assessment_id}/result").text.split("<footer")[0]


def test_somebody_else_changed_it_first(instance: Instance) -> None:
    client, case_id, path = at(instance)
    old = str(instance.version(case_id))
    event = {"kind": "move", "what": "Moved again.", **DAY}
    assert client.post(path + "/history/events", data={**event, "version": old}).status_code == 302
    late = client.post(path + "/history/events", data={**event, "what": "Typed by another.", "version": old})
    assert late.status_code == 409 or late.status_code == 422
    assert "Typed by another." in late.text
    assert len(household(instance, case_id).events) == 1


def test_history_is_for_those_who_may_edit_the_case(instance: Instance) -> None:
    _, _, path = at(instance)
    for role in ("auditor", "administrator"):
        for part in ("contacts", "enquiries", "events"):
            assert instance.client(role).get(f"{path}/history/{part}").status_code in (403, 404)


def test_what_a_file_says_of_history_is_what_the_case_says(instance: Instance) -> None:
    for name in ("h1", "h2", "h5"):
        case_id, _ = instance.import_case(name, f"SAME-{name}")
        tree = json.loads(
            (Path(__file__).parents[2] / "docs" / "examples" / f"{name}.json").read_text(encoding="utf-8")
        )
        home = household(instance, case_id)
        stored = {**home.model_dump(mode="json"), "enquiries": [asked.as_json() for asked in home.put_to_agencies]}
        for part in ("contacts", "events", "enquiries", "budget"):
            said = tree["household"].get(part)
            if said is None:
                assert not stored[part], (name, part)
            else:
                assert len(stored[part]) == len(said), (name, part)
        mothers = {m["name"]: m.get("mother") is not None for m in tree["household"]["members"]}
        assert {m["name"]: m["mother"] is not None for m in stored["members"]} == mothers


def test_the_question_of_the_list_is_ticked_and_not_typed_again(instance: Instance) -> None:
    client, case_id, path = at(instance)
    asked = {"agency": "police", "asked-day": "2", "asked-month": "11", "asked-year": "2025"}
    sent = {**asked, "listed": "listed", "version": str(instance.version(case_id))}
    both = client.post(f"{path}/history/enquiries", data={**sent, "question": "Is he known to you?"})
    assert both.status_code == 422
    assert "Leave one of the two." in both.text
    assert "Is he known to you?" in both.text
    assert client.post(f"{path}/history/enquiries", data=sent).status_code == 302
    police = read_folder().agencies["police"]
    written = household(instance, case_id).conversations[-1].enquiry()
    assert written
    assert (written.question, written.ground) == (police.question, police.ground)


def test_what_is_read_back_of_a_case_is_closed_once_a_place_is_proposed(instance: Instance) -> None:
    client, _, path = at(instance)
    page = client.get(path).text
    for title in ("Household", "About the household", "What happened", "Addresses", "Services they use now"):
        assert f'<details class="cbc-fold"><summary><span class="cbc-fold__title">{title}</span>' in page, title
