"""The count of the day is asked for once, from three in the morning on, and of no day that has gone by."""

from __future__ import annotations

import time_machine
from sqlalchemy import select

from app.extensions import db
from app.jobs.models import Job
from app.stock import summaries
from app.stock.figures import FIGURES
from tests.conftest import Instance


def _asked_for() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Job.subject).where(Job.name == summaries.JOB).order_by(Job.subject)))


def test_it_is_asked_for_once_a_day_from_three_in_the_morning(either: Instance) -> None:
    with either.app.app_context():
        with time_machine.travel("2027-03-28 01:30Z", tick=False):  # half past two, on the night the clocks go on
            summaries.once_a_day()
            assert _asked_for() == []
        with time_machine.travel("2027-03-28 02:00Z", tick=False):
            for _ in range(2):
                summaries.once_a_day()
            assert _asked_for() == ["2027-03-28"]
            summaries.of_job("2027-03-27")
            assert summaries.newest() == [], "what is there now is not what was there then"
            summaries.of_job("2027-03-28")
            assert {row.figure for row in summaries.newest()} == set(FIGURES)
            summaries.once_a_day()
            assert _asked_for() == ["2027-03-28"]
