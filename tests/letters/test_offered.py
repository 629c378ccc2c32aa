"""What letters show of a question is offered with its source and its day, confirmed in one choice, and answers nothing by itself."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.models import Assessment, SavedAnswer
from app.cases.household import household_of
from app.cases.models import Case
from app.clocks import in_words, today
from app.database import writing
from app.decisions import again
from app.extensions import db
from app.letters import asking, due
from tests.conftest import Instance

from .making import ELSEWHERE, day, made, placed

SHOWN = "Written down with the letters already:"


def asked(instance: Instance, case_id: str, body: str, answer: str, on: date) -> None:
    with instance.app.app_context():
        case = db.session.get_one(Case, case_id)
        values = {"asked_of": "M", "on": on, "answer": answer, "details_on": on, "note": ""}
        user = instance.user("housing_officer")
        asking.ask(user, case_id, case.version, body, values, household_of(case))


def of_is04(instance: Instance) -> list[SavedAnswer]:
    query = select(SavedAnswer).where(SavedAnswer.criterion == "IS04").order_by(SavedAnswer.recorded_at)
    return list(db.session.scalars(query))


def button(page: str, criterion: str) -> str:
    found = re.search(rf'action="([^"]*/offered/{criterion}\?[^"]*)"', page)
    assert found, "it is offered"
    return found[1].replace("&amp;", "&")


def test_what_was_asked_and_sent_is_confirmed_in_one_choice_with_its_source_and_day(either: Instance) -> None:
    case_id, assessment_id = either.import_case("h2")
    officer = either.client("housing_officer")
    page, question = (
        f"/cases/{case_id}/letters",
        f"/cases/{case_id}/assessments/{assessment_id}/questions/IS04/household",
    )
    bodies = ("gp", "health_visiting")
    with either.app.app_context():
        before = len(of_is04(either))
    asked(either, case_id, "gp", "refused", today() - timedelta(days=2))
    assert SHOWN not in officer.get(page).text, "half of it settles nothing"
    asked(either, case_id, "health_visiting", "refused", today())
    for where in (page, question):
        text = officer.get(where).text
        assert SHOWN in text
        assert "GP practice: " in text
    with either.app.app_context():
        assert len(of_is04(either)) == before, "shown is not answered"
    address = button(officer.get(page).text, "IS04")
    version = str(either.version(case_id))
    assert officer.post(address, data={"version": "1"}).status_code == 302
    assert either.client("other_officer").post(address, data={"version": version}).status_code == 404
    assert either.client("auditor").post(address, data={"version": version}).status_code == 403
    with either.app.app_context():
        assert len(of_is04(either)) == before, "nothing of a page that is old, and of nobody who may not"
    assert officer.post(address, data={"version": version}).status_code == 302
    with either.app.app_context():
        answer = of_is04(either)[-1]
        assert (answer.value, answer.grade, answer.on) == ("refused", "E4", today())
        assert answer.source_name == "Housing Officer"
        assert answer.note.count("did not want it on") == len(bodies)
        assert in_words(today()) in answer.note
    assert SHOWN not in officer.get(page).text, "nobody is asked twice"


def test_what_changed_since_it_was_shown_is_not_confirmed(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    page = f"/cases/{case_id}/letters"
    for body in ("gp", "health_visiting"):
        asked(instance, case_id, body, "refused", today())
    address = button(officer.get(page).text, "IS04")
    asked(instance, case_id, "gp", "agreed", today())
    told = officer.post(address, data={"version": str(instance.version(case_id))}, follow_redirects=True).text
    assert "Something else is written down by now. Read it again." in told
    assert "Agreed and not yet sent" in told or "agreed and not yet sent" in told


def test_a_notice_that_went_for_the_place_is_offered_to_its_next_assessment(
    instance: Instance, officer: FlaskClient
) -> None:
    """It was sent after the decision, which is not changed behind anybody's back: the fresh assessment is offered the day."""
    case_id, old_id = placed(instance)
    letter_id = made(instance, officer, case_id, "host_notice", applicant="M")
    path = f"/cases/{case_id}/letters/{letter_id}"
    proof = {
        "version": str(instance.version(case_id)),
        "how": "posted",
        "whom": "Solihull Council",
        **day("on", today()),
    }
    with instance.app.app_context():
        assert db.session.get_one(Assessment, old_id).notice_sent is None
    sent = officer.post(f"{path}/proof", data=proof)
    assert sent.status_code == 302, re.sub(r"<[^>]+>", " ", sent.text)[:2000]
    with instance.app.app_context():
        fresh = again.begin(
            instance.user("housing_officer"), old_id, instance.version(case_id), "change", "She saw it."
        )
        with writing() as session:
            session.get_one(Assessment, fresh).authority = ELSEWHERE
    page = f"/cases/{case_id}/letters"
    text = officer.get(page).text
    assert f"sent on {in_words(today())}" in text
    address = button(text, "LS27")
    assert officer.post(address, data={"version": str(instance.version(case_id))}).status_code == 302
    with instance.app.app_context():
        assert db.session.get_one(Assessment, fresh).notice_sent == today()
        assert db.session.get_one(Assessment, old_id).notice_sent is None, "what was decided stays as it was"
        assert [d.state for d in due.of_case(db.session.get_one(Assessment, fresh).case, today()) if d.kind == "host_notice"] == ["sent"]  # fmt: skip
    assert SHOWN not in officer.get(page).text
