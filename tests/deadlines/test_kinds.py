"""Each clock follows from what the case holds, wherever that is kept; nothing is reckoned a second time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.assessments.models import Assessment
from app.cases import service as cases
from app.cases.models import Case, CaseMember
from app.clocks import next_working_day, today
from app.database import now, writing
from app.deadlines import keeping, service
from app.deadlines.models import ENDED, LAPSED, MET, RUNNING, Clock
from app.deadlines.service import DeadlineProblem
from app.decisions.models import DecisionStep, EmergencyDecision
from app.extensions import db
from app.letters import due as notices
from app.notifications.models import Telling
from app.properties.models import UnitCertificate
from tests.conftest import Instance


def kept(case_id: str, on: date, kind: str) -> list[Clock]:
    keeping.one_case(case_id, on)
    db.session.rollback()
    query = select(Clock).where(Clock.case_id == case_id, Clock.kind == kind).order_by(Clock.subject)
    return list(db.session.scalars(query))


def taken(instance: Instance, case_id: str, assessment_id: str, first: date, nights: int = 2) -> str:
    senior = instance.user("senior_officer")
    texts = dict.fromkeys(("tried", "why", "safe_tonight", "seen_by", "told"), "Somebody saw it.")
    with writing() as session:
        cases.lock_case(session, case_id, None)
        made = EmergencyDecision(
            case_id=case_id, assessment_id=assessment_id, outcome="not_suitable", frozen={"findings": []}, taken_by=senior.id,
            taken_by_name=senior.name, first_night=first, nights=nights, review_by=next_working_day(first), **texts,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


def test_an_emergency_is_ratified_by_a_lead_ends_by_itself_and_is_put_off_by_nobody(either: Instance) -> None:
    case_id, assessment_id = either.import_case("h1")
    with either.app.app_context():
        taken(either, case_id, assessment_id, today())
        [ratify], [end] = kept(case_id, today(), "emergency_ratify"), kept(case_id, today(), "emergency_end")
        assert (ratify.due, ratify.owner, ratify.owner_role) == (next_working_day(today()), None, "safeguarding_lead")
        assert (end.due, end.state, end.owner_role) == (today() + timedelta(days=1), RUNNING, "senior_officer")
        lead = either.user("safeguarding_lead")
        for clock in (ratify, end):
            with pytest.raises(DeadlineProblem, match="cannot be put off by anybody"):
                service.snooze(lead, case_id, either.version(case_id), clock.id, today() + timedelta(days=1), "Later.")
        [over] = kept(case_id, today() + timedelta(days=2), "emergency_end")
        assert over.state == LAPSED
        told = db.session.scalars(select(Telling.owner).where(Telling.kind == "emergency_over")).all()
        assert told == [either.user("senior_officer").id], "at once, and one of them"
        with writing() as session:
            cases.lock_case(session, case_id, None)
            found = session.scalars(select(EmergencyDecision)).one()
            found.verdict, found.ratified_by, found.ratified_by_name, found.ratified_at = (
                "ratified",
                lead.id,
                lead.name,
                now(),
            )
        [met] = kept(case_id, today() + timedelta(days=2), "emergency_ratify")
        assert (met.state, met.met_by) == (MET, f"ratified by {lead.name}")


def test_a_notice_has_the_day_that_letters_give_it(either: Instance) -> None:
    case_id, _ = either.decided("h2")
    with either.app.app_context():
        listed = {one.body or one.kind: one for one in notices.of_case(db.session.get_one(Case, case_id), today())}
        rows = [*kept(case_id, today(), "host_notice"), *kept(case_id, today(), "child_notice")]
        asked = kept(case_id, today(), "child_ask")
        assert len(asked) == len([one for one in listed.values() if one.kind != notices.HOST])
        for row in rows:
            name = row.subject[32:] or notices.HOST
            assert row.due == listed[name].by


def test_nothing_has_to_be_told_of_a_place_that_is_only_proposed_until_its_first_night_has_gone_by(
    either: Instance,
) -> None:
    case_id, _ = either.import_case("h1")
    of_notices = ("child_ask", "child_notice", "host_notice")
    with either.app.app_context():
        assert not [row for kind in of_notices for row in kept(case_id, today(), kind)]
        assert kept(case_id, today() + timedelta(days=1), "child_ask"), "they may be there: then what is owed is owed"


def test_a_condition_has_its_clock_and_another_day_dates_it_anew(either: Instance) -> None:
    case_id, _ = either.decided("h2")
    with either.app.app_context():
        rows = kept(case_id, today(), "condition")
        steps = list(
            db.session.scalars(
                select(DecisionStep).where(DecisionStep.case_id == case_id, DecisionStep.kind == "condition")
            )
        )
        assert {row.subject for row in rows} == {step.id for step in steps}
        assert rows
        first = next(step for step in steps if step.due is not None)
        [row] = [row for row in rows if row.subject == first.id]
        assert row.due == first.due
        later = today() + timedelta(days=40)
        lead = either.user("safeguarding_lead")
        with writing() as session:
            cases.lock_case(session, case_id, None)
            session.add(
                DecisionStep(
                    case_id=case_id, decision_id=first.decision_id, kind="condition", about=first.id, said="Works delayed.", due=later,
                    number=first.number, taken_by=lead.id, taken_by_name=lead.name, taken_by_role=lead.role,
                )
            )  # fmt: skip
        [row] = [row for row in kept(case_id, today(), "condition") if row.subject == first.id]
        assert (row.due, row.state) == (later, RUNNING)
        [row] = [row for row in kept(case_id, later + timedelta(days=1), "condition") if row.subject == first.id]
        assert row.state == LAPSED


def test_a_birthday_on_29_february_comes_on_1_march_of_a_common_year(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        with writing() as session:
            cases.lock_case(session, case_id, None)
            child = session.scalars(
                select(CaseMember).where(CaseMember.case_id == case_id, CaseMember.kind == "child")
            ).first()
            assert child is not None
            child.born, key = date(2024, 2, 29), child.key
        on = date(2026, 2, 10)
        [row] = [r for r in kept(case_id, on, "age") if r.subject == f"{key}-2"]
        assert (row.due, row.state) == (date(2026, 3, 1), RUNNING)
        [row] = [r for r in kept(case_id, date(2026, 3, 1), "age") if r.subject == f"{key}-2"]
        assert row.state == MET
        with writing() as session:
            cases.lock_case(session, case_id, None)
            session.execute(CaseMember.__table__.update().where(CaseMember.key == key).values(born=date(2024, 4, 29)))
        [row] = [r for r in kept(case_id, date(2026, 2, 10), "age") if r.subject == f"{key}-2"]
        assert row.state == RUNNING, "a birth that is corrected is another birthday"
        assert row.due == date(2026, 4, 29)


def test_a_certificate_runs_no_longer_than_the_law_lets_it_and_a_later_one_dates_it_anew(instance: Instance) -> None:
    case_id, record_id = instance.decided("h2")
    assert record_id
    with instance.app.app_context():
        with writing() as session:
            cases.lock_case(session, case_id, None)
            unit_id = session.scalars(select(Assessment.unit_id).where(Assessment.case_id == case_id)).one()
            session.execute(UnitCertificate.__table__.delete().where(UnitCertificate.unit_id == unit_id))
            session.add(
                UnitCertificate(
                    unit_id=unit_id,
                    kind="gas",
                    issued=today() - timedelta(days=300),
                    expires=today() + timedelta(days=900),
                )
            )
        [row] = kept(case_id, today(), "certificate")
        assert row.due is not None
        assert row.due < today() + timedelta(days=70), "twelve months from its issue, whatever is written on it"
        with writing() as session:
            cases.lock_case(session, case_id, None)
            session.add(
                UnitCertificate(unit_id=unit_id, kind="gas", issued=today(), expires=today() + timedelta(days=360))
            )
        [row] = kept(case_id, today(), "certificate")
        assert row.due == today() + timedelta(days=360)


def test_a_child_who_is_taken_out_ends_what_was_about_it(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        with writing() as session:
            cases.lock_case(session, case_id, None)
            child = session.scalars(
                select(CaseMember).where(CaseMember.case_id == case_id, CaseMember.kind == "child")
            ).first()
            assert child is not None
            child.born = today() - timedelta(days=350)
        assert [r.state for r in kept(case_id, today(), "age")].count(RUNNING) >= 1
        user = instance.user("housing_officer")
        cases.remove_member(user, case_id, instance.version(case_id), child.id, "Entered by mistake.")
        gone = [r for r in kept(case_id, today(), "age") if r.subject == f"{child.key}-1"]
        assert [r.state for r in gone] == [ENDED]


def test_a_night_that_is_only_proposed_is_not_counted_and_one_that_was_taken_is(instance: Instance) -> None:
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.app_context():
        assert kept(case_id, today(), "bed_and_breakfast") == []
        [row] = kept(case_id, today() + timedelta(days=1), "bed_and_breakfast")
        assert row.due == today() + timedelta(days=41), "its first night has gone by: they are taken to be there"
        other, assessment_id = instance.import_case("h1", "TAKEN")
        taken(instance, other, assessment_id, today())
        [row] = kept(other, today(), "bed_and_breakfast")
        assert (row.due, row.state) == (today() + timedelta(days=41), RUNNING)
