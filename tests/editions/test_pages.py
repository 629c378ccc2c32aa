"""Making a copy in the browser: what is shown before, who must agree, what leaves."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.cases import service as cases
from app.editions import service
from app.editions.models import Edition
from app.extensions import db
from app.records import pdf
from app.records.models import Record
from tests.conftest import Instance

from .marked import everything_in


def made(instance: Instance, client: FlaskClient, path: str, case_id: str, reader: str, **typed: object) -> Edition:
    values = {"do": "make", "version": str(instance.version(case_id)), **typed}
    answer = client.post(f"{path}/copies/{reader}", data=values)
    assert answer.status_code == 302, answer.text
    with instance.app.app_context():
        found = db.session.scalars(select(Edition).order_by(Edition.made_at.desc())).first()
        assert found is not None
        service.make_pdf(found.id)
        db.session.expunge_all()
        return found


@pytest.fixture
def decided(either: Instance) -> tuple[Instance, str, str]:
    case_id, record_id = either.decided("h1")
    return either, case_id, f"/cases/{case_id}/records/{record_id}"


def test_a_preview_says_what_the_reader_will_not_see_and_why(decided: tuple[Instance, str, str]) -> None:
    instance, _, path = decided
    officer = instance.client("housing_officer")
    assert "the health visitor" in officer.get(f"{path}/copies").text
    page = officer.get(f"{path}/copies/school").text
    assert "What they will not see, and why" in page
    assert "The address of the place" in page
    assert "An address that reaches the wrong person cannot be taken back" in page
    assert "Invented Hotel" not in page


def test_a_copy_is_made_downloaded_and_logged(decided: tuple[Instance, str, str]) -> None:
    instance, case_id, path = decided
    officer = instance.client("housing_officer")
    copy = made(instance, officer, path, case_id, "applicant_parent", adult="M", words="We found no cot there.")
    sent = officer.get(f"{path}/copies/{copy.id}/copy.pdf", buffered=True)
    assert sent.data.startswith(b"%PDF")
    assert copy.number in sent.headers["Content-Disposition"]
    assert not re.search("Example|Marta|parent", sent.headers["Content-Disposition"])
    said = everything_in(sent.data)
    assert "We found no cot there." in " ".join(said.split())
    # H1: no answer of probation or police about the father reaches the mother.
    for word in ("Released", "on licence", "Finn Example.", "PC Desk", "7 calls"):
        assert word not in said, word
    with instance.app.app_context():
        actions = set(db.session.scalars(select(AuditEvent.action).where(AuditEvent.case_id == case_id)))
    assert {"edition.made", "edition.rendered", "edition.downloaded"} <= actions


def test_a_copy_of_a_restricted_case_leaves_only_after_a_second_person(decided: tuple[Instance, str, str]) -> None:
    instance, case_id, path = decided
    lead = instance.client("safeguarding_lead")
    with instance.app.app_context():
        cases.restrict(instance.user("safeguarding_lead"), case_id, instance.version(case_id), True)
    copy = made(instance, instance.client("housing_officer"), path, case_id, "health_visitor")
    officer = instance.client("housing_officer")
    assert officer.get(f"{path}/copies/{copy.id}/copy.pdf").status_code == 302
    assert officer.get(f"{path}/copies/{copy.id}/share").status_code == 302
    assert officer.post(f"{path}/copies/{copy.id}/agree").status_code == 403
    to = {
        "name": "Hester",
        "role": "Health visitor",
        "relation": "professional",
        "email": "h@nhs.example",
        "why": "She visits.",
    }
    whole = officer.post(f"{path}/share", data={**to, "version": str(instance.version(case_id))})
    assert whole.status_code == 422
    assert "before a second person agrees" in whole.text
    assert lead.post(f"{path}/copies/{copy.id}/agree").status_code == 302
    assert officer.get(f"{path}/copies/{copy.id}/copy.pdf", buffered=True).data.startswith(b"%PDF")


def test_who_made_a_copy_does_not_agree_to_it(decided: tuple[Instance, str, str]) -> None:
    instance, case_id, path = decided
    lead = instance.client("safeguarding_lead")
    typed = {"children": ["B2"], "opened": ["placement_address"], "reason": "A taxi fetches him from there."}
    copy = made(instance, lead, path, case_id, "police", opened=["placement_address"], reason="They visit tonight.")
    assert "waits for a second person" in lead.get(f"{path}/copies/{copy.id}/copy.pdf", follow_redirects=True).text
    assert "You made this copy." in lead.post(f"{path}/copies/{copy.id}/agree", follow_redirects=True).text
    # What is closed for good in this family is not opened by anybody: of abuse nobody has asked.
    refused = lead.post(
        f"{path}/copies/school", data={**typed, "do": "make", "version": str(instance.version(case_id))}
    )
    assert refused.status_code == 422
    assert "cannot be opened for this reader" in refused.text
    assert "A taxi fetches him from there." in refused.text


def test_opening_needs_a_reason_and_stays_with_the_copy(decided: tuple[Instance, str, str]) -> None:
    instance, case_id, path = decided
    officer = instance.client("housing_officer")
    values = {"do": "make", "version": str(instance.version(case_id)), "opened": ["placement_address"], "reason": ""}
    refused = officer.post(f"{path}/copies/police", data=values)
    assert refused.status_code == 422
    assert "Say why this reader must have it" in refused.text
    copy = made(instance, officer, path, case_id, "police", opened=["placement_address"], reason="They visit tonight.")
    assert copy.opened == {"placement_address": "They visit tonight."}
    assert "Made-up Street" in copy.body.decode()


def test_the_copy_for_internal_audit_says_who_did_what_and_nothing_of_the_family(
    decided: tuple[Instance, str, str],
) -> None:
    instance, case_id, path = decided
    officer = instance.client("housing_officer")
    officer.get(path)
    assert "internal audit" in officer.get(f"{path}/copies").text
    copy = made(instance, officer, path, case_id, "audit")
    assert "whether you will lead" not in json.dumps(json.loads(copy.body)), "internal audit is asked for nothing"
    sent = officer.get(f"{path}/copies/{copy.id}/copy.pdf", buffered=True)
    said = " ".join(everything_in(sent.data).split())
    with instance.app.app_context():
        record = db.session.get_one(Record, copy.record_id)
        body, pdfs = json.loads(record.body), record.pdf_sha256
    assert body["result"]["checklist_version"] in said
    for sha256 in (record.sha256, *body["checklist_files"].values(), body["audit"]["hash"]):
        assert sha256 in said, sha256
    assert pdfs is None, "no worker runs here, so the record has no file yet"
    for words in (
        "Who signed", "Safeguarding Lead, safeguarding lead", "Submitted for review", "Decision made", "Record issued", "Record looked at",
        "Who looked at it", "Housing Officer, housing officer",
    ):  # fmt: skip
        assert words in said, words
    places = [body["case_file"]["placement"], *body["case_file"]["household"]["addresses"]]
    for closed in [m["name"] for m in body["case_file"]["household"]["members"]] + [p["address"] for p in places]:
        assert closed not in said, closed


def test_the_trail_is_in_no_other_copy(decided: tuple[Instance, str, str]) -> None:
    instance, case_id, path = decided
    officer = instance.client("housing_officer")
    copy = made(instance, officer, path, case_id, "lead_professional")
    assert "Submitted for review" not in copy.body.decode()


@pytest.mark.parametrize("reader", ["health_visitor", "applicant_parent", "audit"])
def test_each_copy_says_where_the_audit_stood_in_print_and_as_data(
    decided: tuple[Instance, str, str], reader: str
) -> None:
    instance, case_id, path = decided
    officer = instance.client("housing_officer")
    whom = {"adult": "M"} if reader == "applicant_parent" else {}
    copy = made(instance, officer, path, case_id, reader, **whom)
    with instance.app.app_context():
        head = json.loads(copy.body)["audit"]
        entry = db.session.get_one(AuditEvent, head["entry"])
        assert entry.hash is not None
        assert entry.hash.hex() == head["hash"]
        made_by = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "edition.made")).one()
        assert entry.seq < made_by.seq
    printed = pdf.html_of(json.loads(copy.body)).replace("\u200b", "")  # where a long word may break
    assert str(head["entry"]) in printed
    assert head["hash"] in printed
