"""Counts everything once a day, by a job; the page reads what it left. The day is the key of the job: it is counted once, however often it is asked."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, func, select

from app import clocks, jobs
from app.clocks import today
from app.database import now, writing
from app.extensions import db

from .figure import kept
from .figures import FIGURES
from .models import StockSummary

JOB = "stock-summary"
# From here on no hour comes twice, nor is left out, when the clocks change; and the dates of all cases have been looked at.
FROM_HOUR = 3
KEPT_DAYS = 400


def make(day: date) -> int:
    """Count every figure as of a day and keep what was found; counted again, it takes the place of what was kept of that day.

    What is older than ``KEPT_DAYS`` goes. Gives the number of figures.
    """
    counted = {
        key: kept(figure.groups(day, list(figure.rows(day, None)) if figure.rows is not None else []))
        for key, figure in FIGURES.items()
    }
    db.session.rollback()
    with writing() as session:
        session.execute(delete(StockSummary).where(StockSummary.day == day))
        session.execute(delete(StockSummary).where(StockSummary.day < day - timedelta(days=KEPT_DAYS)))
        moment = now()
        session.add_all(
            StockSummary(day=day, figure=key, cells=cells, made_at=moment) for key, cells in counted.items()
        )
    return len(counted)


def newest() -> list[StockSummary]:
    """What was counted last: of one day, in one query; nothing where nothing was counted yet."""
    last = select(func.max(StockSummary.day)).scalar_subquery()
    return list(db.session.scalars(select(StockSummary).where(StockSummary.day == last)))


def of_job(subject: str) -> None:
    """The job of a day, ``YYYY-MM-DD``. A day that has gone by is not counted any more: what is there now is not what was there then."""
    if date.fromisoformat(subject) == today():
        make(today())


def once_a_day() -> None:
    """Ask for the count of the day from three in the morning on; whoever asks second finds it asked for."""
    day = today()
    if now() < clocks.begins(day) + timedelta(hours=FROM_HOUR):
        return
    with writing() as session:
        if session.scalar(select(StockSummary.day).where(StockSummary.day == day).limit(1)) is None:
            jobs.enqueue(session, JOB, day.isoformat())


jobs.register(JOB, of_job, "Count of what we know of our stock", long=True)
