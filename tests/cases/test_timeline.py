"""The timeline tells what was done from who looked, with before and after; the auditor sees all cases; both can be taken away as a table."""

from __future__ import annotations

import csv
import io
import subprocess
from typing import Any

import pikepdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.audit import service as audit
from app.audit.models import AuditEvent
from app.cases import service as cases
from app.cases.models import Case
from app.checklists import name_of
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.suitability.casefile.values import in_sentence
from tests.assessments.test_questions import GOOD, question
from tests.conftest import Instance


def changed(instance: Instance, **values: Any) -> str:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        cases.change(instance.user("housing_officer"), case_id, instance.version(case_id), values)
    return case_id


def table(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_what_was_done_is_apart_from_who_looked(either: Instance, auditor: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    for _ in range(3):
        either.client("housing_officer").get(f"/cases/{case_id}")
    done = auditor.get(f"/cases/{case_id}/timeline").text
    looked = auditor.get(f"/cases/{case_id}/timeline?show=looks").text
    both = auditor.get(f"/cases/{case_id}/timeline?show=everything").text
    assert ("Case read in from a file" in done, "Case looked at" in done) == (True, False)
    assert ("Case read in from a file" in looked, "Case looked at" in looked) == (False, True)
    assert ("Case read in from a file" in both, "Case looked at" in both) == (True, True)
    assert "1 entry of what was done" in done


def test_before_and_after_of_a_change(either: Instance, auditor: FlaskClient) -> None:
    case_id = changed(either, left_note="First said.", domestic_abuse=False)
    with either.app.app_context():
        cases.change(
            either.user("housing_officer"),
            case_id,
            either.version(case_id),
            {"left_note": "Then said.", "domestic_abuse": True},
        )
    page = auditor.get(f"/cases/{case_id}/timeline").text
    assert "What happened, in plain words" in page
    assert "First said.</del>" in page
    assert "Then said.</ins>" in page
    assert "Is there domestic abuse, now or in the past?" in page
    rows = table(auditor, f"/cases/{case_id}/timeline.csv")
    newest = [(r["Field"], r["Was"], r["Is"]) for r in rows if r["Entry"] == rows[0]["Entry"]]
    assert ("What happened, in plain words", "First said.", "Then said.") in newest
    assert ("Is there domestic abuse, now or in the past?", "No", "Yes") in newest
    assert all(len(r["Hash"]) == 64 for r in rows)


def test_an_answer_names_the_question_whom_it_is_about_and_both_values(
    instance: Instance, auditor: FlaskClient
) -> None:
    client, path, mark = question(instance, "h1")
    assert client.post(path, data={**GOOD, "seen": mark}).status_code == 302
    case = path.split("/assessments/")[0]
    rows = [r for r in table(auditor, f"{case}/timeline.csv") if r["What"].startswith("Answer superseded")]
    (said,) = [r for r in rows if r["Field"].startswith(name_of("CS15"))]
    assert said["Field"] == f"{name_of('CS15')}, the unit"
    assert said["What it was about"] == in_sentence(name_of("CS15"))
    assert said["Was"]
    assert said["Is"]
    page = auditor.get(f"{case}/timeline").text
    assert "CS15" not in page
    assert "<del>" in page


def test_what_is_taken_out_is_told_with_what_it_was(either: Instance, auditor: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context():
        officer, case = either.user("housing_officer"), db.session.get_one(Case, case_id)
        gone = case.services[0]
        name = gone.name
        cases.remove_part(officer, case_id, either.version(case_id), "services", gone.id)
    newest = table(auditor, f"/cases/{case_id}/timeline.csv")[0]
    rows = table(auditor, f"/cases/{case_id}/timeline.csv")
    assert any(r["Was"] == name and not r["Is"] for r in rows if r["Entry"] == newest["Entry"])


def test_it_is_narrowed_by_person_and_day(instance: Instance, auditor: FlaskClient) -> None:
    case_id = changed(instance, left_note="Said.")
    instance.client("senior_officer").get(f"/cases/{case_id}")
    with instance.app.app_context():
        senior = instance.user("senior_officer").id
    base = f"/cases/{case_id}/timeline?show=everything"
    assert "Household changed" not in auditor.get(f"{base}&who={senior}").text
    assert "Case looked at" in auditor.get(f"{base}&who={senior}").text
    day = today()
    on = f"since-day={day.day}&since-month={day.month}&since-year={day.year}"
    assert "Case looked at" in auditor.get(f"{base}&{on}").text
    assert "Nothing of what you chose" in auditor.get(f"{base}&{on.replace(str(day.year), str(day.year + 1))}").text
    until = on.replace("since", "until").replace(str(day.year), str(day.year - 1))
    assert "Nothing of what you chose" in auditor.get(f"{base}&{until}").text


@pytest.mark.parametrize("asked", ["since-day=31&since-month=2&since-year=2026", "show=x", "who=nobody", "since-day=9"])
def test_what_cannot_be_chosen_is_said_beside_its_box(instance: Instance, auditor: FlaskClient, asked: str) -> None:
    case_id, _ = instance.import_case("h2")
    for path in (f"/cases/{case_id}/timeline", "/audit"):
        answer = auditor.get(f"{path}?{asked}")
        assert answer.status_code == 422, path
        assert "There is a problem" in answer.text
        assert auditor.get(f"{path}.csv?{asked}").status_code == 422


def test_a_cell_that_begins_like_a_formula_is_none(instance: Instance, auditor: FlaskClient) -> None:
    case_id = changed(instance, left_note="=HYPERLINK(1)")
    assert any(r["Is"] == "'=HYPERLINK(1)" for r in table(auditor, f"/cases/{case_id}/timeline.csv"))


def test_the_auditor_has_a_page_across_cases(either: Instance, auditor: FlaskClient) -> None:
    one, other = changed(either, left_note="Said here."), changed(either, left_note="Said there.")
    with either.app.app_context():
        references = [db.session.get_one(Case, c).reference for c in (one, other)]
    page = auditor.get("/audit").text
    assert all(reference in page for reference in references)
    assert "Said here." not in page, "what was changed is told in its case"
    assert f"/cases/{one}/timeline" in page
    narrowed = auditor.get(f"/audit?reference={references[0]}").text
    assert (references[0] in narrowed, references[1] in narrowed) == (True, False)
    assert "Nothing of what you chose" in auditor.get("/audit?reference=NONE-SUCH").text
    assert {r["Case"] for r in table(auditor, f"/audit.csv?reference={references[1]}")} == {references[1]}
    with either.app.app_context():
        noted = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("audit.%"))).all()
    assert noted.count("audit.viewed") == 3
    assert noted.count("audit.downloaded") == 1


@pytest.mark.parametrize("role", ["housing_officer", "senior_officer", "safeguarding_lead", "administrator"])
def test_nobody_else_has_it(instance: Instance, role: str) -> None:
    client = instance.client(role)
    assert client.get("/audit").status_code == 403
    assert client.get("/audit.csv").status_code == 403


def test_a_timeline_of_which_details_were_erased_says_so(instance: Instance, auditor: FlaskClient) -> None:
    case_id = changed(instance, left_note="Said once.")
    with instance.app.app_context(), writing() as session:
        audit.erase_details(session, case_id)
    page = auditor.get(f"/cases/{case_id}/timeline").text
    assert "Said once." not in page
    assert "What it said more was erased." in page


def test_what_was_changed_since_is_not_said_to_be_erased(instance: Instance, auditor: FlaskClient) -> None:
    case_id = changed(instance, left_note="Said once.")
    with instance.app.app_context(), db.engine.begin() as connection:
        for trigger in connection.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_detail'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text("UPDATE audit_detail SET closed = x'00' WHERE case_id = :id"), {"id": case_id})
    page = auditor.get(f"/cases/{case_id}/timeline").text
    assert "Said once." not in page
    assert "What it said more was changed or taken away since, and cannot be read." in page
    assert "was erased" not in page


def test_a_download_is_noted(instance: Instance, auditor: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    table(auditor, f"/cases/{case_id}/timeline.csv")
    with instance.app.app_context():
        newest = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
        assert newest is not None
        assert newest.action == "timeline.downloaded"


def test_the_same_can_be_taken_away_on_paper_with_what_each_entry_changed(instance: Instance) -> None:
    case_id = changed(instance, left_note="A neighbour <b>shouted</b> at the door, in عربي too.")
    auditor = instance.client("auditor")
    assert f"/cases/{case_id}/timeline.pdf" in auditor.get(f"/cases/{case_id}/timeline").text
    answer = auditor.get(f"/cases/{case_id}/timeline.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) >= 1
    said = subprocess.run(["pdftotext", "-", "-"], input=answer.data, capture_output=True, check=True).stdout.decode()
    said = " ".join(said.split())
    assert "Household changed" in said
    assert "<b>shouted</b>" in said
    looks = auditor.get(f"/cases/{case_id}/timeline.csv?show=looks").text
    assert "downloaded" in looks.lower()
    assert auditor.get(f"/cases/{case_id}/timeline.pdf?since-day=31&since-month=2&since-year=2026").status_code == 422
    assert instance.client("housing_officer").get(f"/cases/{case_id}/timeline.pdf").status_code == 403
