"""Handing a case over: with a reason, to somebody who may see it, told to both, on the timeline; two at once are told apart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app import jobs
from app.accounts import service as accounts
from app.audit.models import AuditEvent
from app.cases import exclusions, handing
from app.cases.models import Case, CaseHandover
from app.cases.service import CaseProblem
from app.extensions import db
from app.jobs.models import Job
from app.letters import owners
from app.notifications import messages
from app.notifications.models import Telling
from tests.conftest import Instance
from tests.sharing.test_answers import to

WHY = "Olu is on a course this week; the cot has to be seen tonight."


def id_of(instance: Instance, role: str) -> str:
    with instance.app.app_context():
        return instance.user(role).id


def mailed(instance: Instance) -> list[str]:
    """What a worker sends of everything that is noted, as text."""
    with instance.app.app_context():
        for job in db.session.scalars(select(Job).where(Job.name == messages.TOLD)).all():
            jobs.run(job.name, job.subject)
    return [file.read_text(encoding="utf-8") for file in (instance.settings.data / "mail").glob("*.eml")]


def handed(
    instance: Instance, client: FlaskClient, case_id: str, to: str, reason: str = WHY, version: int = 0
) -> tuple[int, str]:
    typed = {"version": str(version or instance.version(case_id)), "assigned_to": to, "reason": reason}
    answer = client.post(f"/cases/{case_id}/allocate", data=typed)
    return answer.status_code, answer.text


def test_it_goes_to_them_with_a_reason_and_both_are_told(either: Instance, senior: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    other = id_of(either, "other_officer")
    assert either.client("other_officer").get(f"/cases/{case_id}").status_code == 404
    assert handed(either, senior, case_id, other)[0] == 302
    taking = either.client("other_officer")
    for text_ in (taking.get("/").text, taking.get(f"/cases/{case_id}").text):
        assert WHY in text_, "whoever gets it reads why, on their work and on the case"
    assert "Handed over to you by Senior Officer" not in taking.get("/").text, "they have opened it"
    assert either.client("housing_officer").get(f"/cases/{case_id}").status_code == 404
    timeline = senior.get(f"/cases/{case_id}/timeline").text
    assert "Case handed over to another officer, with a reason" in timeline
    assert WHY in timeline
    told = mailed(either)
    assert sorted(to(told)) == ["housing_officer@test.example", "other_officer@test.example"]
    assert not any("H2-" in mail or "Zofia" in mail or WHY in mail for mail in told), "a mail names nobody and no case"
    with either.app.app_context():
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "case.handed_over")).one()
        assert (entry.case_id, entry.detail["to"]) == (case_id, other)


@pytest.mark.parametrize("who", ["housing_officer", "auditor", "safeguarding_lead", "administrator", "nobody"])
def test_not_to_whoever_has_it_or_holds_no_cases(instance: Instance, senior: FlaskClient, who: str) -> None:
    case_id, _ = instance.import_case("h2")
    person = "0" * 32 if who == "nobody" else id_of(instance, who)
    status, page = handed(instance, senior, case_id, person)
    assert status == 422
    assert WHY in page, "what was typed is still there"
    with instance.app.app_context():
        with pytest.raises(CaseProblem):
            handing.hand_over(instance.user("senior_officer"), case_id, instance.version(case_id), person, WHY)
        assert db.session.scalars(select(CaseHandover)).all() == []
        assert db.session.get_one(Case, case_id).assigned_to == instance.user("housing_officer").id


def test_not_to_whoever_left_or_may_not_see_it_and_not_without_a_reason(
    instance: Instance, senior: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")
    other = id_of(instance, "other_officer")
    assert handed(instance, senior, case_id, other, "")[0] == 422
    with instance.app.app_context():
        lead = instance.user("safeguarding_lead")
        exclusions.keep_out(lead, case_id, instance.version(case_id), other, "They were a couple.")
        with pytest.raises(CaseProblem, match="keeps this case from them"):
            handing.hand_over(instance.user("senior_officer"), case_id, instance.version(case_id), other, WHY)
    assert other not in senior.get(f"/cases/{case_id}/allocate").text
    assert handed(instance, senior, case_id, other)[0] == 422
    second, _ = instance.import_case("h1")
    with instance.app.app_context():
        accounts.set_active(other, False)
    assert handed(instance, senior, second, other)[0] == 422


def test_two_seniors_at_once_and_one_is_told(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    version, wanted = either.version(case_id), [id_of(either, "other_officer"), id_of(either, "senior_officer")]
    clients = [either.client("senior_officer"), either.client("safeguarding_lead")]
    with ThreadPoolExecutor(2) as threads:
        answers = list(
            threads.map(
                lambda pair: handed(either, pair[0], case_id, pair[1], version=version),
                zip(clients, wanted, strict=True),
            )
        )
    assert sorted(status for status, _ in answers) == [302, 422]
    assert any("Somebody changed this case since you opened this page" in page for _, page in answers)
    with either.app.app_context():
        made = db.session.scalars(select(CaseHandover)).one()
        assert db.session.get_one(Case, case_id).assigned_to == made.to_id


def test_an_officer_hands_nothing_over(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    assert handed(instance, officer, case_id, id_of(instance, "other_officer"))[0] == 403


def test_whoever_has_it_no_more_is_told_nothing_of_it(instance: Instance, senior: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    assert handed(instance, senior, case_id, id_of(instance, "other_officer"))[0] == 302
    assert handed(instance, senior, case_id, id_of(instance, "senior_officer"))[0] == 302
    with instance.app.app_context():
        told = db.session.scalars(select(Telling).order_by(Telling.made_at)).all()
        assert [t.kind for t in told] == ["handed_to", "handed_from", "handed_from"], "nobody is told of what they did"
        assert [owners.still_so(t) for t in told] == [False, True, True], "the first has it no more"
        case_version = instance.version(case_id)
        exclusions.keep_out(
            instance.user("safeguarding_lead"), case_id, case_version, instance.user("housing_officer").id, "x"
        )
        assert not owners.still_so(db.session.get_one(Telling, told[1].id)), "it is kept from them now"


def test_a_case_that_nobody_holds_is_on_the_seniors_page_and_is_allocated(
    instance: Instance, senior: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")
    assert "Without an officer" not in senior.get("/team").text
    with instance.app.app_context():
        accounts.set_active(instance.user("housing_officer").id, False)
    assert "1 without an officer" in senior.get("/").text
    page = senior.get("/team").text
    assert "Without an officer who can work on them" in page
    assert f'href="/cases/{case_id}/allocate"' in page
    assert handed(instance, senior, case_id, id_of(instance, "other_officer"))[0] == 302
    assert "Without an officer" not in senior.get("/team").text


def test_a_senior_puts_officers_into_a_team_and_takes_them_out(
    instance: Instance, senior: FlaskClient, lead: FlaskClient
) -> None:
    other = id_of(instance, "other_officer")
    assert "Officers and their cases: 3 officers" in senior.get("/").text
    assert senior.post(f"/team/{other}/join").status_code == 302
    assert "My team: 1 officer, 0 cases" in senior.get("/").text
    assert "My team" in senior.get("/team").text
    assert lead.post(f"/team/{other}/join").status_code == 403
    assert (
        senior.post(f"/team/{id_of(instance, 'senior_officer')}/join", follow_redirects=True).text.count(
            "You are not in a team of your own."
        )
        == 1
    )
    assert senior.post(f"/team/{other}/leave").status_code == 302
    assert "They are not in your team any more." in senior.post(f"/team/{other}/leave", follow_redirects=True).text
    assert senior.get(f"/team/{id_of(instance, 'auditor')}").status_code == 404


@pytest.mark.parametrize("statement", ["UPDATE case_handover SET reason = 'x'", "DELETE FROM case_handover"])
def test_a_handing_over_is_only_added(either: Instance, senior: FlaskClient, statement: str) -> None:
    case_id, _ = either.import_case("h2")
    assert handed(either, senior, case_id, id_of(either, "other_officer"))[0] == 302
    with either.app.app_context(), pytest.raises(DBAPIError), db.engine.begin() as connection:
        connection.execute(text(statement))
