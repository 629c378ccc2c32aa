"""A note of supervision: kept by who works with the family, read by them and the auditor, and in nothing that leaves the council."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.audit.models import AuditEvent
from app.cases.household import household_of
from app.cases.models import Case, SupervisionNote
from app.clocks import today
from app.database import writing
from app.decisions import service as decisions
from app.editions import service as editions
from app.editions.release import Chosen, NotAllowed
from app.editions.table import read as readers
from app.extensions import db
from app.records.service import contents
from tests.conftest import Instance

from .test_exclusions import keep_out

WORD = "Zwischenton"
TYPED = {
    "with_whom": "Leah Lead, safeguarding lead",
    "reflected": f"{WORD}: I believe her too readily, because she is kind to me.",
    "agreed": "Olu asks the health visitor again by Friday.",
}


def day() -> dict[str, str]:
    now = today()
    return {"on-day": str(now.day), "on-month": str(now.month), "on-year": str(now.year)}


def written(instance: Instance, case_id: str, who: str = "housing_officer", **more: str) -> tuple[int, str]:
    typed = {**TYPED, **day(), "version": str(instance.version(case_id)), **more}
    answer = instance.client(who).post(f"/cases/{case_id}/supervision", data=typed)
    return answer.status_code, answer.text


def test_it_is_kept_with_its_day_who_and_what_was_agreed(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    page = f"/cases/{case_id}/supervision"
    assert page in either.client("housing_officer").get(f"/cases/{case_id}").text
    for who in ("housing_officer", "senior_officer", "safeguarding_lead"):
        assert written(either, case_id, who)[0] == 302
    for who in ("housing_officer", "safeguarding_lead", "auditor"):
        told = either.client(who).get(page).text
        assert told.count(WORD) == 3
        assert "Housing Officer with Leah Lead, safeguarding lead" in told
        assert "Graded Care Profile 2" in told
    timeline = either.client("safeguarding_lead").get(f"/cases/{case_id}/timeline").text
    assert "Note of supervision written down" in timeline
    assert WORD in timeline, "with what was written"
    with either.app.app_context():
        actions = set(db.session.scalars(select(AuditEvent.action).where(AuditEvent.case_id == case_id)))
    assert {"supervision.written", "supervision.viewed"} <= actions


def test_who_may_not_write_or_see_the_case_does_not(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    page = f"/cases/{case_id}/supervision"
    assert written(instance, case_id, "auditor")[0] == 403
    assert written(instance, case_id, "administrator")[0] == 403
    assert written(instance, case_id, "other_officer")[0] == 404
    assert written(instance, case_id)[0] == 302
    keep_out(instance, case_id, "senior_officer")
    assert instance.client("senior_officer").get(page).status_code == 404
    assert WORD in officer.get(page).text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"reflected": ""}, "Say what you reflected on."),
        ({"agreed": ""}, "Say what was agreed. If nothing was, say that."),
        ({"with_whom": ""}, "Say with whom."),
        ({"on-year": str(today().year + 1)}, "This day is in the future."),
        ({"version": "1"}, "Somebody changed this case since you opened this page."),
    ],
)
def test_what_cannot_be_right_is_said_and_what_was_typed_stays(
    instance: Instance, more: dict[str, str], said: str
) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context(), writing() as session:
        session.get_one(Case, case_id).version = 7
    status, told = written(instance, case_id, **more)
    assert status == 422
    assert said in told
    assert (TYPED["agreed"] if "agreed" not in more else WORD) in told
    with instance.app.app_context():
        assert db.session.scalars(select(SupervisionNote)).all() == []


def test_it_is_in_no_record_no_copy_and_no_case_file(instance: Instance) -> None:
    case_id, assessment_id = instance.submitted("h2")
    assert written(instance, case_id)[0] == 302
    with instance.app.app_context():
        record_id = decisions.decide(
            instance.user("safeguarding_lead"), assessment_id, instance.version(case_id), "approve", "Read, and agreed.", []
        ).record_id  # fmt: skip
        assert WORD not in json.dumps(contents(record_id), ensure_ascii=False)
        listed = list(readers().readers)
        assert len(listed) > 8
        mother = household_of(db.session.get_one(Case, case_id)).adults()[0].key
        made = 0
        for reader in listed:
            for about in ((), (mother,), ("C1",)):
                with suppress(NotAllowed):
                    version = instance.version(case_id)
                    copy = editions.make(instance.user("housing_officer"), record_id, version, reader, Chosen(about))
                    assert WORD not in bytes(copy.body).decode()
                    made += 1
        assert made > 8
        reference = db.session.get_one(Case, case_id).reference
    out = instance.app.test_cli_runner().invoke(args=["case", "export", reference])
    assert out.exit_code == 0
    assert WORD not in out.output


@pytest.mark.parametrize("statement", ["UPDATE supervision_note SET agreed = 'x'", "DELETE FROM supervision_note"])
def test_no_engine_changes_or_deletes_one(either: Instance, statement: str) -> None:
    case_id, _ = either.import_case("h2")
    assert written(either, case_id)[0] == 302
    with either.app.app_context(), pytest.raises(DatabaseError), writing() as session:
        session.execute(text(statement))
