"""People are told: one owner for each thing, no names, once, at once or in the digest of the day; what did not go is seen by somebody."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clocks, jobs
from app.accounts.models import User
from app.assessments import service as assessments
from app.assessments.models import Assessment
from app.cases.models import Case
from app.database import now, writing
from app.decisions import service as decisions
from app.decisions.models import EmergencyDecision
from app.extensions import db
from app.jobs import ledger
from app.jobs.models import DEAD, Job
from app.letters import telling as tellings
from app.letters.models import LetterMail
from app.notifications import messages, telling
from app.notifications.models import DigestDay, Telling
from tests.conftest import Instance

from .making import made, placed

SECRETS = ("Wójcik", "Łucja", "Zofia", "Invented Lane", "B14", "H2-", "H1-", "buprenorphine", "R-20", "L-20")


def tell_all(instance: Instance) -> None:
    """What a worker does with everything that is noted."""
    with instance.app.app_context():
        for row in db.session.scalars(select(Job).where(Job.name.in_((messages.TOLD, messages.DIGEST)))).all():
            jobs.run(row.name, row.subject)


def mails(instance: Instance) -> list[Any]:
    folder = instance.settings.data / "mail"
    return [message_from_bytes(file.read_bytes()) for file in sorted(folder.glob("*.eml"))] if folder.exists() else []


def subjects(instance: Instance) -> list[tuple[str, str]]:
    return sorted((m["To"], m["Subject"].replace("\n", "")) for m in mails(instance))


def test_a_submission_is_told_to_one_lead_once_and_names_nobody(either: Instance) -> None:
    either.submitted("h2")
    tell_all(either)
    tell_all(either)
    assert subjects(either) == [
        ("safeguarding_lead@test.example", "An assessment waits for your review: Example Council")
    ]
    [mail] = mails(either)
    text = re.sub(r"[A-Za-z0-9_.=-]{28,}", "", mail.as_string())
    assert [s for s in SECRETS if s in text] == []
    with either.app.app_context():
        [row] = db.session.scalars(select(Telling)).all()
        assert row.told_at is not None
        assert row.owner == either.user("safeguarding_lead").id


def test_a_return_and_a_decision_are_told_to_the_officer(instance: Instance) -> None:
    case_id, assessment_id = instance.submitted("h2")
    with instance.app.app_context():
        lead = instance.user("safeguarding_lead")
        decisions.send_back(
            lead, assessment_id, instance.version(case_id), "Ask the health visitor when she was last seen."
        )
    tell_all(instance)
    assert subjects(instance) == [("housing_officer@test.example", "An assessment came back to you: Example Council")]
    instance.submit(assessment_id)
    with instance.app.app_context():
        decisions.decide(
            lead, assessment_id, instance.version(case_id), "approve", "Read and agreed, for these reasons.", []
        )
    tell_all(instance)
    assert [s for _, s in subjects(instance)] == [
        "A decision was made: Example Council",
        "An assessment came back to you: Example Council",
    ]
    with instance.app.app_context():
        told = {
            row.kind: (row.told_at is not None, row.moot_at is not None) for row in db.session.scalars(select(Telling))
        }
    # The first submission was returned, and the second decided, before anybody could be told of them.
    assert told == {"submitted": (False, True), "returned": (True, False), "decided": (True, False)}


def test_a_second_submission_is_told_again(instance: Instance) -> None:
    case_id, assessment_id = instance.submitted("h2")
    tell_all(instance)
    with instance.app.app_context():
        decisions.send_back(
            instance.user("safeguarding_lead"), assessment_id, instance.version(case_id), "Ask the health visitor."
        )
    instance.submit(assessment_id)
    tell_all(instance)
    assert len([s for _, s in subjects(instance) if s.startswith("An assessment waits")]) == 2


def test_nothing_is_told_of_what_did_not_happen(either: Instance) -> None:
    case_id, assessment_id = either.import_case("h2")
    with either.app.app_context(), pytest.raises(assessments.AssessmentProblem):
        assessments.submit(either.user("housing_officer"), assessment_id, either.version(case_id), {}, "", "")
    with either.app.app_context():
        with suppress(ZeroDivisionError), writing() as session:
            telling.note(session, "submitted", case_id, assessment_id)
            raise ZeroDivisionError
        assert db.session.scalars(select(Telling)).all() == []
        assert db.session.scalars(select(Job).where(Job.name == messages.TOLD)).all() == []


def test_an_emergency_is_told_to_a_lead_and_no_more_once_it_is_ratified(instance: Instance) -> None:
    case_id, assessment_id = instance.import_case("h2")
    taken = _emergency(instance, case_id, assessment_id)
    tell_all(instance)
    assert subjects(instance) == [
        ("safeguarding_lead@test.example", "An emergency decision waits for you: Example Council")
    ]
    with instance.app.app_context(), writing() as session:
        session.get_one(EmergencyDecision, taken).verdict = "ratified"
        telling.note(session, "emergency", case_id, taken, "again")
    tell_all(instance)
    assert len(mails(instance)) == 1


def _emergency(instance: Instance, case_id: str, assessment_id: str) -> str:
    with instance.app.app_context(), writing() as session:
        senior = instance.user("senior_officer")
        texts = dict.fromkeys(("tried", "why", "safe_tonight", "seen_by", "told"), "In words.")
        taken = EmergencyDecision(
            case_id=case_id, assessment_id=assessment_id, outcome="not_suitable", frozen={"findings": []}, taken_by=senior.id,
            taken_by_name=senior.name, first_night=clocks.today(), nights=1, review_by=clocks.today(), **texts,
        )  # fmt: skip
        session.add(taken)
        session.flush()
        telling.note(session, "emergency", case_id, taken.id, by=senior.id)
        return taken.id


def test_where_nobody_can_be_told_whoever_looks_after_letters_sees_it(
    instance: Instance, administrator: FlaskClient
) -> None:
    with instance.app.app_context(), writing() as session:
        session.scalars(select(User).where(User.role == "safeguarding_lead")).one().active = False
    instance.submitted("h2")
    tell_all(instance)
    assert mails(instance) == []
    page = administrator.get("/jobs").text
    assert "Mail to one of us that something waits" in page
    assert "There is nobody to tell" in page


# ---- the digest


def at(day: Any, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def once_a_day(instance: Instance) -> None:
    with instance.app.app_context():
        tellings.once_a_day()


def test_a_condition_that_is_due_and_then_lapsed_is_told_once_each_in_a_digest(either: Instance) -> None:
    case_id, assessment_id = either.submitted("h2")
    due = clocks.today() + timedelta(days=2)
    with either.app.app_context():
        condition = {"what": "A cot is in the room", "owner": "Provider", "due": due.isoformat()}
        lead = either.user("safeguarding_lead")
        decisions.decide(
            lead,
            assessment_id,
            either.version(case_id),
            "approve_with_conditions",
            "Agreed, with this condition.",
            [condition],
        )
    tell_all(either)
    before = len(mails(either))
    with either.app.app_context():
        days = {
            c.due for c in tellings.conditions(due + timedelta(days=30))
        }  # the rules set conditions of their own too
    assert due in days
    new = 0
    for day, hour in ((due, 6), (due, 8), (due, 9), (due + timedelta(days=1), 8), (due + timedelta(days=2), 8)):
        with time_machine.travel(at(day, hour), tick=False):
            once_a_day(either)
            once_a_day(either)
            tell_all(either)
        # One mail on a day on which a condition is due, and one on the day after: not at six, and not again at nine.
        new += hour == 8 and bool(days & {day, day - timedelta(days=1)})
        assert len(mails(either)) - before == new, (day, hour)
    digests = [m for m in mails(either) if m["Subject"].startswith("What waits")]
    assert {m["To"] for m in digests} == {"housing_officer@test.example"}
    text = "".join(m.get_payload() for m in digests)
    assert "1 condition of a placement is due" in text
    assert "past its day" in text
    assert [s for s in (*SECRETS, "cot") if s in re.sub(r"[A-Za-z0-9_.=-]{28,}", "", text)] == []


def test_a_late_notice_and_an_emergency_past_its_day_are_in_the_digest_of_one_person_each(instance: Instance) -> None:
    case_id, _ = placed(instance)
    other, assessment_id = instance.import_case("h2")
    _emergency(instance, other, assessment_id)
    tell_all(instance)
    before = len(mails(instance))
    with time_machine.travel(at(clocks.today() + timedelta(days=40), 9), tick=False):
        once_a_day(instance)
        tell_all(instance)
    digests = {m["To"]: m.get_payload() for m in mails(instance) if m["Subject"].startswith("What waits")}
    assert "1 notice was not sent by its day" in digests["housing_officer@test.example"]
    assert "1 emergency decision is past the day" in digests["safeguarding_lead@test.example"]
    assert len(mails(instance)) - before == 2
    with instance.app.app_context():
        late = db.session.scalars(select(Telling).where(Telling.kind == "notice_late")).one()
        assert late.case_id == case_id


def test_a_letter_that_did_not_go_is_told_to_whoever_sent_it(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = placed(instance)
    letter_id = made(instance, officer, case_id, "host_notice", applicant="M")
    path = f"/cases/{case_id}/letters/{letter_id}"
    data = {"version": str(instance.version(case_id)), "email": "gone@solihull.example"}
    assert officer.post(path + "/mail", data=data).status_code == 200
    with instance.app.app_context():
        mail = db.session.scalars(select(LetterMail)).one()
        ledger.begin(messages.LETTER, mail.id)
        ledger.fail(messages.LETTER, mail.id, "refused", for_good=True)
    assert "it did not go" in officer.get(path).text
    assert "The mail server refused this address" in officer.get(path).text
    tell_all(instance)
    with time_machine.travel(at(clocks.today() + timedelta(days=1), 9), tick=False):
        once_a_day(instance)
        tell_all(instance)
    [digest] = [m for m in mails(instance) if m["Subject"].startswith("What waits") and "did not go" in m.get_payload()]
    assert digest["To"] == "housing_officer@test.example"
    assert "gone@" not in digest.as_string()


def test_what_no_digest_can_be_sent_of_is_seen_by_whoever_looks_after_letters(
    instance: Instance, administrator: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h2")
    _emergency(instance, case_id, assessment_id)
    with instance.app.app_context(), writing() as session:
        session.scalars(select(User).where(User.role == "safeguarding_lead")).one().active = False
    assert "nobody to tell" not in administrator.get("/jobs").text
    with time_machine.travel(at(clocks.today() + timedelta(days=3), 9), tick=False):
        once_a_day(instance)
    assert "1 thing waits to be told by mail, and there is nobody to tell" in administrator.get("/jobs").text


def test_two_workers_at_the_same_moment_make_one_digest(either: Instance) -> None:
    case_id, assessment_id = either.submitted("h2")
    with either.app.app_context():
        condition = {"what": "A cot is in the room", "owner": "Provider", "due": clocks.today().isoformat()}
        decisions.decide(
            either.user("safeguarding_lead"),
            assessment_id,
            either.version(case_id),
            "approve_with_conditions",
            "Agreed, with this.",
            [condition],
        )
    with time_machine.travel(at(clocks.today(), 12), tick=True):
        go = threading.Barrier(4)

        def one() -> None:
            with either.app.app_context():
                go.wait()
                tellings.once_a_day()

        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with either.app.app_context():
        assert len(db.session.scalars(select(DigestDay)).all()) == 1
        due = [c.key for c in tellings.conditions(clocks.today()) if c.due == clocks.today()]
        told = db.session.scalars(select(Telling).where(Telling.kind == "condition_due")).all()
        assert sorted(each.object_id for each in told) == sorted(due)
        assert len(db.session.scalars(select(Job).where(Job.name == messages.DIGEST)).all()) == 1


def test_who_was_asked_least_is_asked_next(instance: Instance) -> None:
    with instance.app.app_context(), writing() as session:
        session.add(User(email="another@test.example", name="Another Lead", role="safeguarding_lead"))
    for _ in range(4):
        instance.submitted("h2")
    tell_all(instance)
    assert (
        sorted(to for to, _ in subjects(instance))
        == ["another@test.example"] * 2 + ["safeguarding_lead@test.example"] * 2
    )


def test_an_owner_whose_account_was_closed_meanwhile_is_not_written_to(instance: Instance) -> None:
    instance.decided("h2")
    with instance.app.app_context(), writing() as session:
        session.scalars(select(User).where(User.email == "housing_officer@test.example")).one().active = False
    tell_all(instance)
    assert subjects(instance) == [("senior_officer@test.example", "A decision was made: Example Council")]


def test_who_may_not_see_a_case_is_not_told_of_it(instance: Instance) -> None:
    case_id, _ = instance.decided("h2")
    with instance.app.app_context(), writing() as session:
        session.scalars(select(User).where(User.email == "housing_officer@test.example")).one().active = False
        session.get_one(Case, case_id).restricted = True
    tell_all(instance)
    # A senior officer does not see a restricted case; the lead who decided did it herself.
    assert subjects(instance) == []
    with instance.app.app_context():
        [job] = db.session.scalars(select(Job).where(Job.name == messages.TOLD, Job.state == DEAD)).all()
        assert job.problem == "nobody"


def test_a_dead_telling_is_in_no_digest_of_whom_it_did_not_reach(instance: Instance) -> None:
    instance.submitted("h2")
    with instance.app.app_context():
        row = db.session.scalars(select(Telling)).one()
        with writing() as session:
            session.get_one(Telling, row.id).owner = instance.user("safeguarding_lead").id
            session.add(User(email="another@test.example", name="Another Lead", role="safeguarding_lead"))
            job = session.get_one(Job, f"{messages.TOLD}-{row.id}")
            job.state, job.ended_at, job.problem = DEAD, now(), "refused"
        assert db.session.scalars(select(Case)).unique().one() is not None
        assert db.session.scalars(select(Assessment)).unique().one() is not None
    with time_machine.travel(at(clocks.today() + timedelta(days=1), 9), tick=False):
        once_a_day(instance)
        with instance.app.app_context():
            for job in db.session.scalars(select(Job).where(Job.name == messages.DIGEST)).all():
                jobs.run(job.name, job.subject)
    assert [to for to, _ in subjects(instance)] == ["another@test.example"]
