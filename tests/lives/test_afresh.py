"""Another household than the one that was assessed is to be assessed afresh: on the case and in My work, until somebody handed it in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import jobs
from app.assessments.models import Assessment
from app.cases import service as cases
from app.cases.models import Case, CaseNights
from app.clocks import in_words, today
from app.database import now, writing
from app.deadlines import service as deadlines
from app.extensions import db
from app.jobs.models import DEAD, Job
from app.lives.models import LifeStep
from app.notifications import messages
from app.sharing import notices
from app.sharing.models import Share
from tests.conftest import Instance
from tests.sharing.test_sharing import TO, shared

from .acting import day_of, send
from .test_born import born, expecting
from .test_known import WAY
from .test_parting import part


def asked(instance: Instance, case_id: str) -> tuple[bool, bool]:
    client = instance.client("housing_officer")
    return "To be assessed afresh." in client.get(f"/cases/{case_id}").text, "To be assessed afresh" in client.get(
        "/"
    ).text


def test_a_birth_after_a_decision_asks_for_it_and_one_before_does_not(either: Instance) -> None:
    case_id, assessment_id, member_id = expecting(either)
    either.submit(assessment_id)
    either._decided(case_id, assessment_id)
    assert asked(either, case_id) == (False, False)
    assert born(either, either.client("housing_officer"), case_id, member_id, today())[0] == 302
    assert asked(either, case_id) == (True, True)
    page = either.client("housing_officer").get("/").text
    assert f"A child was born on {in_words(today())}, after the decision" in page
    with either.app.app_context(), writing() as session:
        cases.lock_case(session, case_id, None)
        one = session.get_one(Assessment, assessment_id)
        session.add(
            Assessment(
                case_id=case_id, unit_id=one.unit_id, created_by=one.created_by, state="draft", submitted_at=None
            )
        )
    assert asked(either, case_id) == (True, True), "a draft answers nothing yet"
    with either.app.app_context(), writing() as session:
        cases.lock_case(session, case_id, None)
        draft = session.scalars(select(Assessment).where(Assessment.state == "draft")).one()
        draft.state, draft.submitted_at, draft.submitted_by = "submitted", now(), draft.created_by
    assert asked(either, case_id) == (False, False), "handed in since"


def test_a_birth_before_any_decision_asks_for_nothing_more(instance: Instance) -> None:
    case_id, _, member_id = expecting(instance)
    assert born(instance, instance.client("housing_officer"), case_id, member_id, today())[0] == 302
    assert asked(instance, case_id) == (False, False)


def test_both_households_that_parted_are_to_be_assessed(instance: Instance) -> None:
    case_id, _ = instance.import_case("h1")
    assert part(instance, case_id, "M", "B1", "B2")[0] == 302
    with instance.app.app_context():
        new = db.session.scalars(select(Case.id).where(Case.id != case_id)).one()
    assert asked(instance, case_id) == asked(instance, new) == (True, True)
    assert instance.client("housing_officer").get("/").text.count("To be assessed afresh") >= 2


def without_children(instance: Instance, case_id: str, nights: bool) -> None:
    """Of a case only the adult is left; with twenty nights in bed and breakfast, or none."""
    with instance.app.app_context():
        officer = instance.user("housing_officer")
        for member in [m for m in db.session.get_one(Case, case_id).members if m.kind != "adult"]:
            cases.remove_member(officer, case_id, instance.version(case_id), member.id, "Entered by mistake.")
        with writing() as session:
            case = cases.lock_case(session, case_id, None)
            case.members[0].pregnant = False
            first, last = today() - timedelta(days=20), today() - timedelta(days=1)
            case.nights = [CaseNights(place=0, first=first, last=last)] if nights else []


CHILD = {"name": "Ola Nowak", "kind": "child"}


def test_a_household_that_becomes_one_with_a_child_starts_what_the_law_starts(either: Instance) -> None:
    case_id, _ = either.decided("h2")
    without_children(either, case_id, nights=True)
    status, text = send(either, case_id, "members/new", **CHILD, **day_of("born", today() - timedelta(days=300)))
    assert status == 302, text
    with either.app.app_context():
        step = db.session.scalars(select(LifeStep).where(LifeStep.case_id == case_id, LifeStep.kind == "family")).one()
        assert step.on == today()
        case = db.session.get_one(Case, case_id)
        listed = deadlines.of_case(case, today())
        every = [one.one.found for one in (*listed.late, *listed.coming, *listed.without)]
        six = next(f for f in every if f.kind == "bed_and_breakfast")
        assert six.said.startswith("20 of 42 nights used"), six.said
        assert f"It is known since {in_words(today())}" in six.said
        assert "not settled: the earlier day is kept here" in six.said
        for ask in (f for f in every if f.kind == "child_ask"):
            assert ask.began == today(), "nobody could be asked before"
    assert asked(either, case_id) == (True, True)
    status, _ = send(
        either, case_id, "members/new", **{**CHILD, "name": "Second"}, **day_of("born", today() - timedelta(days=900))
    )
    with either.app.app_context():
        assert len(db.session.scalars(select(LifeStep).where(LifeStep.kind == "family")).all()) == 1


def test_a_household_that_is_still_being_entered_becomes_nothing(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    without_children(instance, case_id, nights=False)
    assert send(instance, case_id, "members/new", **CHILD, **day_of("born", today() - timedelta(days=300)))[0] == 302
    with instance.app.app_context():
        assert not db.session.scalars(select(LifeStep)).all()


def test_a_way_refused_after_it_was_asked_for_stops_the_mail_and_somebody_is_told(either: Instance) -> None:
    case_id, record_id = either.decided("h2")
    officer = either.client("housing_officer")
    typed = {**TO, "version": str(either.version(case_id))}
    assert officer.post(f"/cases/{case_id}/records/{record_id}/share", data=typed).status_code == 200
    with either.app.app_context():
        share_id = db.session.scalars(select(Share.id)).one()
    way = {**WAY, "place": TO["email"], "said": "His sister reads it."}
    assert send(either, case_id, "reach", **way)[0] == 302
    with either.app.app_context():
        jobs.run(messages.SHARED, share_id)
        job = db.session.get_one(Job, f"{messages.SHARED}-{share_id}")
        assert (job.state, job.problem) == (DEAD, "way_refused")
        assert db.session.get_one(Share, share_id).mailed_at is None
    assert not list((either.settings.data / "mail").glob(f"*{share_id}*"))
    told = officer.get(f"/cases/{case_id}/records/{record_id}").text
    assert "The family must not be contacted this way" in told


def test_of_a_share_that_went_no_later_letter_goes_a_refused_way(instance: Instance) -> None:
    shared(instance)
    with instance.app.app_context():
        share = db.session.scalars(select(Share)).one()
        case_id, share_id, email = share.case_id, share.id, share.recipient_email
    assert send(instance, case_id, "reach", **{**WAY, "place": email})[0] == 302
    before = set((instance.settings.data / "mail").glob("*.eml"))
    with instance.app.app_context(), pytest.raises(jobs.Refused, match="way_refused"):
        notices.send_ended(share_id)
    assert set((instance.settings.data / "mail").glob("*.eml")) == before
