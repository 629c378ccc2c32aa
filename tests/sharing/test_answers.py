"""A professional who does not agree is heard: on the list, on the case, by mail that names nobody, until somebody settles it."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app import jobs
from app.accounts import service as accounts
from app.audit.models import AuditEvent
from app.clocks import next_working_day, today
from app.database import writing
from app.extensions import db
from app.jobs.models import DEAD, Job
from app.letters import telling
from app.notifications import messages
from app.placements import service
from app.sharing import answers
from app.sharing.models import Share, ShareStep, ShareWord
from tests.conftest import Instance
from tests.sharing.test_sharing import shared, told

REASON = "The pharmacy closes at noon on Saturday."
TAG = "A professional does not agree"
DONE = {
    "verdict": "agreed",
    "spoken": "Sam Senior rang Hester Visitor, today at 10:15",
    "note": "The pharmacy opens on Saturday afternoons since June; she checked it herself.",
}


def answered(instance: Instance, response: str = "disputed") -> tuple[str, str]:
    """A record whose recipient answered: (case path, the page on which it is settled)."""
    _, path, link, code = shared(instance)
    recipient = instance.app.test_client()
    recipient.post(link, data={"code": code})
    said = {"response": response, "name": "Hester Visitor", "reason": "" if response == "acknowledged" else REASON}
    assert recipient.post(link + "/record", data=said).status_code == 302
    with instance.app.app_context():
        share_id = db.session.scalars(select(Share)).one().id
    return path.split("/records/")[0], f"{path}/shares/{share_id}/answer"


def settle(instance: Instance, page: str, who: str = "senior_officer", **change: str) -> tuple[int, str]:
    version = str(instance.version(page.split("/")[2]))
    answer = instance.client(who).post(page, data={**DONE, **change, "version": version})
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("response", "word"), [("disputed", TAG), ("not_me", "Lead professional is wrong"), ("acknowledged", "")]
)
def test_who_does_not_agree_is_on_the_list_and_on_the_case(instance: Instance, response: str, word: str) -> None:
    case, _ = answered(instance, response)
    for who in ("housing_officer", "senior_officer", "safeguarding_lead"):
        client = instance.client(who)
        pages = client.get("/").text, client.get(case).text
        assert (TAG in pages[0]) is (word == TAG)
        if word:
            assert word in pages[0]
        assert (REASON in pages[1]) is bool(word)
        assert ("Write down what was done" in pages[1]) is (bool(word) and who != "housing_officer")


def tell_all(instance: Instance) -> list[str]:
    """What a worker does with everything that is noted, twice; what was mailed of it, as text."""
    folder = instance.settings.data / "mail"
    before = set(folder.glob("*.eml"))
    with instance.app.app_context():
        for _ in range(2):
            for job in db.session.scalars(select(Job).where(Job.name == messages.TOLD, Job.state != DEAD)).all():
                with suppress(jobs.Refused):
                    jobs.run(job.name, job.subject)
    mails = [file.read_text(encoding="utf-8") for file in sorted(set(folder.glob("*.eml")) - before)]
    return [mail for mail in mails if "does not agree" in mail or "has added" in mail]


def to(mails: list[str]) -> list[str]:
    return [found[1] for mail in mails if (found := re.search(r"^To: (.+?)\r?$", mail, re.M))]


@pytest.mark.parametrize("response", ["disputed", "not_me"])
def test_one_person_who_had_no_part_in_it_is_told_once_and_names_nobody(either: Instance, response: str) -> None:
    answered(either, response)
    mails = tell_all(either)
    assert to(mails) == ["senior_officer@test.example"]
    for mail in mails:
        assert told(mail) == []
        assert "pharmacy" not in mail
    with either.app.app_context():
        share_id = db.session.scalars(select(Share)).one().id
        answers.send_notice(share_id)  # a letter that an earlier version had put on its way
    assert tell_all(either) == []


def test_where_the_senior_officers_wrote_it_a_lead_who_did_not_decide_hears_it(instance: Instance) -> None:
    with instance.app.app_context():
        _, token = accounts.create_account("Lea Other", "other_lead@test.example", "safeguarding_lead")
        accounts.set_password(token, "correct horse battery staple")
        accounts.set_active(instance.user("senior_officer").id, False)
    answered(instance)
    assert to(tell_all(instance)) == ["other_lead@test.example"]


def test_what_was_settled_meanwhile_is_told_to_nobody(instance: Instance) -> None:
    _, page = answered(instance)
    assert settle(instance, page)[0] == 302
    assert tell_all(instance) == []


def test_one_that_nobody_settled_for_a_working_day_is_in_the_digest_of_its_owner(instance: Instance) -> None:
    answered(instance)
    with instance.app.app_context():
        assert [row[0] for row in telling.gather(today()) if row[0] == "disagreement_late"] == []
        later = next_working_day(today()) + timedelta(days=1)
        assert [row[0] for row in telling.gather(later) if row[0] == "disagreement_late"] == ["disagreement_late"]


def test_nobody_is_told_of_a_plain_acknowledgement(instance: Instance) -> None:
    answered(instance, "acknowledged")
    assert tell_all(instance) == []


# ---- one thing in it


POINT = "The cot was folded behind the door on Tuesday."


def pointed(instance: Instance) -> tuple[str, str, str]:
    """A reader who leads and does not agree with one thing: (case path, record path, the page on which it is settled)."""
    _, path, link, code = shared(instance)
    reader = instance.app.test_client()
    reader.post(link, data={"code": code})
    lead = {"response": "will_lead", "name": "Hester Visitor", "reason": ""}
    assert reader.post(link + "/record", data=lead).status_code == 302
    assert reader.post(link + "/words", data={"kind": "disagrees", "said": POINT}).status_code == 302
    with instance.app.app_context():
        word = db.session.scalars(select(ShareWord)).one()
        return path.split("/records/")[0], path, f"{path}/shares/{word.share_id}/words/{word.id}"


def test_who_leads_and_does_not_agree_with_one_thing_is_heard_by_one_who_had_no_part(either: Instance) -> None:
    case, path, page = pointed(either)
    assert to(tell_all(either)) == ["senior_officer@test.example"]
    for who in ("housing_officer", "senior_officer", "safeguarding_lead"):
        client = either.client(who)
        assert TAG in client.get("/").text
        assert POINT in client.get(case).text
        assert POINT in client.get(path).text
    done = {"verdict": "changed", "note": "Sam Senior rang her at 10:15: assessed again.", "version": str(either.version(case.split("/")[2]))}  # fmt: skip
    assert either.client("housing_officer").post(page, data=done).status_code == 403
    own = either.client("safeguarding_lead").post(page, data=done)
    assert own.status_code == 422
    assert "Somebody else hears the person" in own.text or "Another senior officer" in own.text
    senior = either.client("senior_officer")
    assert senior.post(page, data={**done, "verdict": "escalated"}).status_code == 302
    assert "Escalated by" in senior.get(case).text
    assert TAG in senior.get("/").text
    done["version"] = str(either.version(case.split("/")[2]))
    assert senior.post(page, data=done).status_code == 302
    assert TAG not in senior.get("/").text
    assert POINT not in senior.get(case).text
    assert done["note"] in senior.get(path).text


def test_what_was_done_settles_it_and_stays_on_the_record(instance: Instance, officer: FlaskClient) -> None:
    case, page = answered(instance)
    assert settle(instance, page)[0] == 302
    assert TAG not in officer.get("/").text
    assert REASON not in officer.get(case).text
    record = officer.get(page.split("/shares/")[0]).text
    assert REASON in record
    assert DONE["note"] in record
    with instance.app.app_context():
        actions = list(db.session.scalars(select(AuditEvent.action)))
    assert "share.settled" in actions
    status, text_ = settle(instance, page)
    assert status == 422
    assert "Nothing is left to do" in text_


def test_an_escalation_settles_nothing(instance: Instance, officer: FlaskClient) -> None:
    case, page = answered(instance)
    assert settle(instance, page, verdict="escalated")[0] == 302
    assert TAG in officer.get("/").text
    assert DONE["note"] in officer.get(case).text
    assert settle(instance, page, verdict="changed")[0] == 302
    assert TAG not in officer.get("/").text


def test_whoever_made_the_decision_does_not_settle_it(instance: Instance, lead: FlaskClient) -> None:
    _, page = answered(instance)
    assert "You wrote or made this decision" in lead.get(page).text
    status, text_ = settle(instance, page, "safeguarding_lead")
    assert status == 422
    assert "Somebody else hears" in text_
    assert settle(instance, page, "housing_officer")[0] == 403


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"verdict": ""}, "Choose what came of it"),
        ({"verdict": "hidden"}, "Choose one of the answers shown"),
        ({"spoken": ""}, "Write down who spoke with whom"),
        ({"spoken": "nobody yet"}, "If nobody did, ring them first"),
        ({"note": "Fine."}, "at least 30 characters"),
    ],
)
def test_what_is_missing_is_said_beside_it(instance: Instance, change: dict[str, str], sentence: str) -> None:
    _, page = answered(instance)
    status, text_ = settle(instance, page, **change)
    assert status == 422
    assert sentence in text_
    if "note" not in change:
        assert DONE["note"] in text_, "what was typed is still there"


def test_who_does_not_lead_cannot_simply_agree(instance: Instance) -> None:
    _, page = answered(instance, "not_me")
    assert settle(instance, page, verdict="agreed")[0] == 422
    assert settle(instance, page, verdict="changed")[0] == 302


def test_there_is_nothing_to_settle_about_an_acknowledgement(instance: Instance, senior: FlaskClient) -> None:
    _, page = answered(instance, "acknowledged")
    assert senior.get(page).status_code == 404


def test_what_is_unsettled_is_found_by_case(instance: Instance) -> None:
    answered(instance)
    with instance.app.app_context():
        share = db.session.scalars(select(Share)).one()
        share_case = share.case_id
    assert answers_of(instance, [share_case]) == {share_case: ["disputed"]}
    assert answers_of(instance, []) == {}


def answers_of(instance: Instance, case_ids: list[str]) -> dict[str, list[str]]:
    with instance.app.app_context():
        return {case: [s.response for s in found] for case, found in answers.unsettled(case_ids).items()}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE share_step SET note = 'x'",
        "DELETE FROM share_step",
        "UPDATE share SET response = 'acknowledged'",
        "UPDATE share SET response_reason = ''",
    ],
)
def test_neither_an_answer_nor_what_was_done_is_ever_changed(instance: Instance, statement: str) -> None:
    _, page = answered(instance)
    assert settle(instance, page)[0] == 302
    with instance.app.app_context():
        assert len(db.session.scalars(select(ShareStep)).all()) == 1
        with pytest.raises(DatabaseError), writing() as session:
            session.execute(text(statement))


def test_the_lead_reads_it_when_the_family_is_assessed_again(instance: Instance, lead: FlaskClient) -> None:
    case, _ = answered(instance)
    case_id = case.split("/")[2]
    with instance.app.app_context():
        officer = instance.user("housing_officer")
        unit = {"address": "2 Other Row", "kind": "house_or_flat", "postcode": ""}
        again = service.propose(officer, case_id, instance.version(case_id), unit, {"starts": today(), "nights": 7})
    instance.submit(again)
    page = lead.get(f"{case}/assessments/{again}/review")
    assert page.status_code == 200
    assert REASON in page.text
