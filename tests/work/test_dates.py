"""The dates of a case among one's work: what the law sets a day for waits like anything else, and nothing waits twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.cases.models import CaseConversation
from app.clocks import table, today
from app.clocks.days import working_days_after
from app.database import new_id, writing
from app.deadlines import keeping
from app.deadlines.models import LAPSED, RUNNING, SNOOZED, Clock
from app.extensions import db
from app.work import service as work
from app.work.sources import dates
from tests.conftest import Instance


def _clocks(case_id: str) -> list[Clock]:
    keeping.one_case(case_id, today())
    return keeping.rows_of(case_id)


def test_a_date_of_a_case_waits_among_the_work_of_its_officer_until_it_is_put_off(instance: Instance) -> None:
    case_id, _ = instance.decided("h2")
    with instance.app.app_context():
        officer, lead = instance.user("housing_officer"), instance.user("safeguarding_lead")
        due = [row for row in _clocks(case_id) if row.due is not None and row.owner == officer.id]
        mine = [row for row in due if row.state in (RUNNING, LAPSED) and row.due <= today() + timedelta(days=7)]
        wanted = {
            (row.kind, row.due) for row in mine if row.kind not in (*dates._TOLD_ELSEWHERE, *dates._TOLD_TO_OFFICERS)
        }
        bodies = [row.about for row in mine if row.kind == "child_ask"]
        assert len(bodies) > 1
        rows = [row for row in work.of(officer).rows["due"] if row.kind == "date" and row.case_id == case_id]
        assert len(rows) == len(wanted), "the same of several bodies is one thing to do"
        [asked] = [row for row in rows if all(body in row.said for body in bodies)]
        assert asked.what == table.read().kinds["child_ask"].name
        assert not [row for row in work.of(lead).rows["due"] if row.kind == "date" and row.case_id == case_id]
        with writing() as session:
            for row in session.scalars(
                select(Clock).where(Clock.case_id == case_id, Clock.state.in_((RUNNING, LAPSED)))
            ):
                row.state = SNOOZED
        db.session.expire_all()
        assert not [row for row in work.of(officer).rows["due"] if row.kind == "date" and row.case_id == case_id]


def test_what_has_words_of_its_own_is_not_told_a_second_time(instance: Instance) -> None:
    case_id, _ = instance.decided("h2")
    with instance.app.app_context():
        officer = instance.user("housing_officer")
        _clocks(case_id)
        told = [row.what for row in work.of(officer).rows["due"] if row.case_id == case_id and row.kind == "date"]
        names = {table.read().kinds[kind].name for kind in (*dates._TOLD_ELSEWHERE, *dates._TOLD_TO_OFFICERS)}
        assert not names.intersection(told)


@pytest.mark.parametrize(
    ("days", "step", "role"),
    [
        (0, "remind them, and ring", "housing_officer"),
        (1, "ring their named safeguarding lead", "housing_officer"),
        (3, "manager to manager", "senior_officer"),
        (5, "the partnership’s escalation policy", "safeguarding_lead"),
    ],
)
def test_a_silence_waits_for_whoever_takes_the_step_it_has_reached(
    either: Instance, days: int, step: str, role: str
) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context():
        with writing() as session:
            asked = {"speaker": "agency", "who": "probation", "came": "asked", "question": "What are the conditions?"}
            wanted = {"on": today() - timedelta(days=30), "due": _working_days_ago(days + 1)}
            session.add(CaseConversation(case_id=case_id, place=99, key=new_id(), **asked, **wanted))
        _clocks(case_id)
        told = {
            who: [row for row in work.of(either.user(who)).rows["due"] if "Probation" in row.what + row.said]
            for who in ("housing_officer", "senior_officer", "safeguarding_lead")
        }
        [officers] = told["housing_officer"]
        assert f"Now: {step}." in officers.said
        for who in {"senior_officer", "safeguarding_lead"} - {role}:
            assert told[who] == []
        [theirs] = told[role]
        assert f"Now: {step}." in theirs.said
        assert theirs.due == wanted["due"]


def _working_days_ago(many: int) -> date:
    return max(day for ago in range(1, 40) if working_days_after(day := today() - timedelta(days=ago), many) <= today())


def test_the_dates_of_an_officer_whose_account_is_closed_wait_for_the_senior_officers(either: Instance) -> None:
    case_id, _ = either.decided("h2")
    with either.app.app_context():
        officer, senior = either.user("housing_officer"), either.user("senior_officer")
        kinds = {row.kind for row in _clocks(case_id) if row.owner == officer.id and row.due is not None}
        assert kinds & set(dates._TOLD_TO_OFFICERS)
        with writing() as session:
            session.get_one(User, officer.id).active = False
        wanted = {
            table.read().kinds[row.kind].name
            for row in _clocks(case_id)
            if row.owner_role == "senior_officer" and row.state in (RUNNING, LAPSED)
            if row.due is not None and row.due <= today() + timedelta(days=7)
        }
        told = {row.what for row in work.of(senior).rows["due"] if row.kind == "date" and row.case_id == case_id}
        assert wanted <= told
        assert wanted
