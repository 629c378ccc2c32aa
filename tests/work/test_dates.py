"""The dates of a case among one's work: what the law sets a day for waits like anything else, and nothing waits twice."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.clocks import table, today
from app.database import writing
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
        wanted = {(row.kind, row.due) for row in mine if row.kind not in dates._TOLD_ELSEWHERE}
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
        names = {table.read().kinds[kind].name for kind in dates._TOLD_ELSEWHERE}
        assert not names.intersection(told)
