"""Who leads: asked, accepted, declined, changed, each a step that stays; and the prompt where several agencies are involved and nobody has accepted."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.letters import lead
from app.letters.models import LeadStep
from tests.conftest import Instance

from .making import day, made, placed

_DETAILS = ("name", "role", "agency", "email")


def step(instance: Instance, client: FlaskClient, case_id: str, what: str, note: str = "", **who: str) -> Any:
    data = {"version": str(instance.version(case_id)), "what": what, "note": note, **day("on", today()), **who}
    return client.post(f"/cases/{case_id}/lead", data=data)


def nobody(instance: Instance) -> str:
    """A case of three agencies, for which nobody was asked to lead."""
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context(), writing() as session:
        case = session.get_one(Case, case_id)
        case.lead_name = case.lead_role = case.lead_agency = case.lead_email = ""
        case.lead_accepted = None
    return case_id


def said(instance: Instance, case_id: str) -> list[tuple[str, str]]:
    with instance.app.app_context():
        return [
            (s.what, s.name)
            for s in db.session.scalars(select(LeadStep).where(LeadStep.case_id == case_id).order_by(LeadStep.noted_at))
        ]


def test_a_lead_is_asked_declines_and_another_accepts(either: Instance) -> None:
    officer = either.client("housing_officer")
    case_id = nobody(either)
    assert "nobody has accepted to lead: nobody was asked" in officer.get(f"/cases/{case_id}").text
    early = step(either, officer, case_id, "accepted")
    assert early.status_code == 422
    assert "Nobody was asked to lead yet" in early.text
    assert (
        step(
            either, officer, case_id, "proposed", name="Ann Asked", role="Health visitor", email="ann@nhs.example"
        ).status_code
        == 302
    )
    assert "Ann Asked was asked and has not accepted" in officer.get(f"/cases/{case_id}").text
    without = step(either, officer, case_id, "declined")
    assert without.status_code == 422
    assert "Say why, and whom to ask now" in without.text
    assert step(either, officer, case_id, "declined", note="She leaves in May. Ask Bo.").status_code == 302
    assert step(either, officer, case_id, "proposed", name="Bo Next", role="Social worker").status_code == 302
    assert step(either, officer, case_id, "accepted").status_code == 302
    page = officer.get(f"/cases/{case_id}").text
    assert "nobody has accepted to lead" not in page
    assert "Bo Next, Social worker: accepted" in page
    with either.app.app_context():
        case = db.session.get_one(Case, case_id)
        assert (case.lead_name, case.lead_accepted) == ("Bo Next", today())
    assert step(either, officer, case_id, "ended", note="The child’s plan ended.").status_code == 302
    assert "nobody has accepted to lead" in officer.get(f"/cases/{case_id}").text
    assert said(either, case_id) == [
        ("proposed", "Ann Asked"), ("declined", "Ann Asked"), ("proposed", "Bo Next"), ("accepted", "Bo Next"), ("ended", "Bo Next"),
    ]  # fmt: skip


def test_with_two_agencies_nobody_is_prompted(instance: Instance) -> None:
    case_id = nobody(instance)
    with instance.app.app_context():
        with writing() as session:
            case = session.get_one(Case, case_id)
            case.agencies = ["gp", "school"]
            for service in list(case.services):
                case.services.remove(service)
        assert lead.prompt(db.session.get_one(Case, case_id)) == ""


def test_what_the_page_of_details_changes_is_a_step_too(instance: Instance, officer: FlaskClient) -> None:
    case_id = nobody(instance)
    data = {
        "version": str(instance.version(case_id)),
        "name": "Cy First",
        "role": "",
        "agency": "",
        "email": "",
        **day("accepted", today()),
    }
    path = f"/cases/{case_id}/lead-professional"
    with instance.app.test_request_context():
        path = instance.app.url_map.bind("localhost").build("cases.lead_professional", {"case_id": case_id})
    assert officer.post(path, data=data).status_code == 302
    data |= {
        "version": str(instance.version(case_id)),
        "name": "Di Second",
        "accepted-day": "",
        "accepted-month": "",
        "accepted-year": "",
    }
    assert officer.post(path, data=data).status_code == 302
    assert said(instance, case_id) == [
        ("proposed", "Cy First"), ("accepted", "Cy First"), ("ended", "Cy First"), ("proposed", "Di Second"),
    ]  # fmt: skip


def test_an_offer_to_a_family_that_could_be_looked_for_is_given_by_hand(
    instance: Instance, officer: FlaskClient, senior: FlaskClient
) -> None:
    case_id, _ = placed(instance, elsewhere=False, restricted=True)
    letter_id = made(instance, officer, case_id, "offer", applicant="M")
    path = f"/cases/{case_id}/letters/{letter_id}"
    assert senior.get(path).status_code == 404
    lead_of_all = instance.client("safeguarding_lead")
    why = {"release_why": "Read whole; it is given to her in person.", "version": str(instance.version(case_id))}
    assert lead_of_all.post(path + "/release", data=why).status_code == 302
    mailed = officer.post(path + "/mail", data={"version": str(instance.version(case_id)), "email": "m@x.example"})
    assert mailed.status_code == 422
    assert "given by hand" in mailed.text
    data = {"how": "posted", "whom": "M", "note": "", "version": str(instance.version(case_id)), **day("on", today())}
    assert "given by hand" in officer.post(path + "/proof", data=data).text
    data |= {"how": "handed", "version": str(instance.version(case_id))}
    assert officer.post(path + "/proof", data=data).status_code == 302
