"""Erasing what entries of a case said more: two safeguarding leads together on the server; everything still verifies, and the case goes on."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.accounts import service as accounts
from app.audit import details, verifying
from app.audit.models import AuditEvent
from app.cases import service as cases
from app.cases.models import Case
from app.extensions import db
from tests.cases.test_exclusions import keep_out, second_lead
from tests.conftest import Instance

FIRST, SECOND = "safeguarding_lead@test.example", "second_lead@test.example"
PASSWORD = "correct horse battery staple"
MARK = "He was seen in the hallway with a key that nobody gave him."


def a_case(instance: Instance) -> tuple[str, str]:
    """A case with a note that its entries tell: (identifier, reference). The second lead has a password."""
    second_lead(instance)
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        accounts.set_password(accounts.new_link(instance.user("second_lead").id), PASSWORD)
        cases.change(instance.user("housing_officer"), case_id, instance.version(case_id), {"left_note": MARK})
        return case_id, db.session.get_one(Case, case_id).reference


def erase(instance: Instance, reference: str, *typed: str, rule: str = "Closed six years ago") -> tuple[int, str]:
    done = instance.app.test_cli_runner().invoke(
        args=["case", "erase-details", reference, "--rule", rule], input="".join(f"{line}\n" for line in typed)
    )
    return done.exit_code, done.output


def told(instance: Instance) -> tuple[list[str], int]:
    with instance.app.app_context(), db.engine.connect() as connection:
        what = verifying.Told()
        return [f.says for f in verifying.verify(connection, what)], what.erased


def said(instance: Instance, case_id: str) -> str:
    with instance.app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.case_id == case_id)).all()
        return str(details.all_opened(events))


def test_two_leads_erase_what_entries_say_more_and_everything_verifies(either: Instance, lead: FlaskClient) -> None:
    case_id, reference = a_case(either)
    assert MARK in said(either, case_id), "it was there"
    assert MARK in lead.get(f"/cases/{case_id}/timeline").text
    code, output = erase(either, reference, FIRST, PASSWORD, SECOND, PASSWORD)
    assert (code, PASSWORD in output) == (0, False)
    assert MARK not in said(either, case_id)
    page = lead.get(f"/cases/{case_id}/timeline").text
    assert MARK not in page
    assert "What it said more was erased." in page
    assert "was changed or taken away since" not in page
    found, erased = told(either)
    assert found == []
    assert erased >= 1
    done = either.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert done.exit_code == 0, done.output
    with either.app.app_context():
        by = {
            e.action: (e.actor_id, e.detail)
            for e in db.session.scalars(select(AuditEvent).where(AuditEvent.object_id == case_id))
        }
        assert by["case.details_erased"] == (either.user("safeguarding_lead").id, {})
        assert by["case.erasure_agreed"] == (either.user("second_lead").id, {"rule": "Closed six years ago"})


def test_a_case_that_goes_on_afterwards_has_another_key_and_verifies_too(either: Instance, lead: FlaskClient) -> None:
    case_id, reference = a_case(either)
    assert erase(either, reference, FIRST, PASSWORD, SECOND, PASSWORD)[0] == 0
    with either.app.app_context():
        values = {"left_note": "Said after it."}
        cases.change(either.user("housing_officer"), case_id, either.version(case_id), values)
    page = lead.get(f"/cases/{case_id}/timeline").text
    assert "Said after it." in page
    assert "What it said more was erased." in page
    assert "was changed or taken away since" not in page
    found, erased = told(either)
    assert found == []
    assert erased >= 1
    # What is entered after it is guarded as before: without its key, or changed, it is found.
    with either.app.app_context(), db.engine.connect() as connection:
        connection.execute(text("DELETE FROM audit_key WHERE case_id = :c"), {"c": case_id})
        assert any("its key is gone" in f.says for f in verifying.verify(connection, verifying.Told()))
        connection.rollback()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ((FIRST, PASSWORD, FIRST, PASSWORD), "These are one person."),
        ((FIRST, "wrong", SECOND, PASSWORD), "Nothing was erased."),
        ((FIRST, PASSWORD, SECOND, "wrong"), "Nothing was erased."),
        ((FIRST, PASSWORD, "senior_officer@test.example", PASSWORD), "Nothing was erased."),
        ((FIRST, PASSWORD, "nobody@test.example", PASSWORD), "Nothing was erased."),
    ],
)
def test_one_alone_erases_nothing(instance: Instance, typed: tuple[str, ...], says: str) -> None:
    case_id, reference = a_case(instance)
    code, output = erase(instance, reference, *typed)
    assert code == 1
    assert says in output
    assert MARK in said(instance, case_id)


def test_a_lead_from_whom_the_case_is_kept_cannot_erase_it(instance: Instance) -> None:
    case_id, reference = a_case(instance)
    keep_out(instance, case_id, "safeguarding_lead")
    code, _ = erase(instance, reference, FIRST, PASSWORD, SECOND, PASSWORD)
    assert code == 1
    assert erase(instance, "NONE-SUCH", FIRST, PASSWORD)[0] == 1
    assert erase(instance, reference, FIRST, PASSWORD, rule=" ")[0] == 1
    assert MARK in said(instance, case_id)
