"""What became of each job, and what comes next: tried again for three days, then dead, where people see it and send it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import case, delete, func, literal, select
from sqlalchemy.orm import Session

from app import disk
from app.database import UtcDateTime, now, writing
from app.extensions import db

from .models import DEAD, DONE, RUNNING, WAITING, Job

# A mail server that is restarted answers within a minute; one that broke on a Friday, on Monday.
PAUSES = tuple(timedelta(seconds=s) for s in (15, 60, 300, 900, 1800, 3600, 7200, 14_400))
TRIED_FOR = timedelta(days=3)
# No job takes so long: one that says it is running and is not was cut off by a fault.
LONGEST_RUN = timedelta(minutes=10)
# But for those that are known to take long: another worker must not begin one that is under way. Their own takes them up at once.
LONGEST_LONG_RUN = timedelta(hours=6)
PROBLEMS = {
    "refused": "The mail server refused this address. Ring them, and send again to the right one.",
    "sender": "The mail server refused us as the sender. Tell your administrator.",
    "unreachable": "The mail server could not be reached for three days. Ring them.",
    "render": "The PDF could not be made. Tell your administrator.",
    "nobody": "There is nobody to tell: no account that could be told is open. Open one, then send it again.",
    "fault": "It failed for three days. Tell your administrator.",
    "way_refused": "The family must not be contacted this way: see the top of the case. It was not sent.",
}


class Refused(Exception):
    """Trying again would not help. Holds a code of ``PROBLEMS``, never an address."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Failed(Exception):
    """It may work later. Holds a code of ``PROBLEMS``."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Told(NamedTuple):
    """What a page says of a job."""

    state: str
    next_try_at: datetime | None
    problem: str  # in words


def open_job(session: Session, name: str, subject: str) -> Job:
    """The row of a job, made in the caller's transaction where there is none."""
    found = session.get(Job, f"{name}-{subject}")
    if found is None:
        found = Job(id=f"{name}-{subject}", name=name, subject=subject)
        session.add(found)
        session.flush()
    return found


def begin(name: str, subject: str) -> bool:
    """Note that a run begins; False where nothing is left to do."""
    with writing() as session:
        job = open_job(session, name, subject)
        if job.state in (DONE, DEAD):
            return False
        job.state, job.started_at = RUNNING, now()
        job.tries += 1
    return True


@disk.goes_through
def succeed(name: str, subject: str) -> None:
    with writing() as session:
        job = open_job(session, name, subject)
        job.state, job.ended_at, job.problem = DONE, now(), ""


@disk.goes_through
def fail(name: str, subject: str, problem: str, for_good: bool) -> None:
    """Note a failure: another try after a longer pause each time, or the end of it."""
    with writing() as session:
        job = open_job(session, name, subject)
        moment = now()
        job.problem = problem
        if for_good or job.queued_at + TRIED_FOR < moment:
            job.state, job.ended_at = DEAD, moment
        else:
            job.state = WAITING
            job.next_try_at = moment + PAUSES[min(job.tries, len(PAUSES)) - 1]


def take_due(long: Sequence[str] = ()) -> list[tuple[str, str, int]]:
    """Jobs whose time has come, or whose run was cut off by a fault: name, subject and the number of the new run.

    Args:
        long: names of jobs that may run for hours.
    """
    moment = now()
    late = (Job.state == WAITING) & (Job.next_try_at <= moment) & (Job.tries > 0)
    # Queued with its transaction, and lost by the engine: nothing waits for ever.
    lost = (Job.state == WAITING) & (Job.tries == 0) & (Job.next_try_at <= moment - LONGEST_RUN)
    longest = case(
        (Job.name.in_(long), literal(moment - LONGEST_LONG_RUN, UtcDateTime)),
        else_=literal(moment - LONGEST_RUN, UtcDateTime),
    )
    stuck = (Job.state == RUNNING) & (Job.started_at <= longest)
    if db.session.scalar(select(func.count()).select_from(Job).where(late | lost | stuck)) == 0:
        db.session.rollback()
        return []
    with writing() as session:
        found = []
        for job in session.scalars(select(Job).where(late | lost | stuck).order_by(Job.next_try_at).limit(50)):
            job.runs += 1
            # Until it is begun it counts as queued: not taken a second time before it had a chance.
            job.state, job.next_try_at = WAITING, moment + LONGEST_RUN
            found.append((job.name, job.subject, job.runs))
    return found


def again(job_id: str) -> bool:
    """Try a dead job again, for three days more; False where it is not dead."""
    with writing() as session:
        job = session.get(Job, job_id)
        if job is None or job.state != DEAD:
            return False
        # One try is counted, so that the next look takes it up at once.
        job.state, job.tries, job.queued_at, job.next_try_at = WAITING, 1, now(), now()
        job.ended_at, job.problem = None, ""
    return True


def told(name: str, subjects: Sequence[str]) -> dict[str, Told]:
    """What a page says of jobs of one name, by subject."""
    if not subjects:
        return {}
    rows = db.session.scalars(select(Job).where(Job.id.in_([f"{name}-{s}" for s in subjects])))
    return {
        job.subject: Told(
            job.state, job.next_try_at if job.state == WAITING and job.tries else None, PROBLEMS.get(job.problem, "")
        )
        for job in rows
    }


def dead() -> Sequence[Job]:
    return db.session.scalars(select(Job).where(Job.state == DEAD).order_by(Job.ended_at.desc()).limit(200)).all()


def waiting() -> Sequence[Job]:
    """Not yet done, the longest first."""
    return db.session.scalars(
        select(Job).where(Job.state.in_((WAITING, RUNNING))).order_by(Job.queued_at).limit(200)
    ).all()


def oldest_overdue(moment: datetime) -> timedelta:
    """How long past its time the job is that waits longest for the worker; nothing where none is late."""
    first = db.session.scalar(
        select(func.min(Job.next_try_at)).where(Job.state.in_((WAITING, RUNNING)), Job.next_try_at <= moment)
    )
    return timedelta(0) if first is None else moment - first


def unfinished() -> set[str]:
    """The identifiers of jobs that people still see: waiting, running or dead."""
    found = set(db.session.scalars(select(Job.id).where(Job.state != DONE)))
    db.session.rollback()
    return found


def forget_done(before: datetime) -> None:
    """Jobs that ended well before a moment: what they did is in the audit."""
    with writing() as session:
        session.execute(delete(Job).where(Job.state == DONE, Job.ended_at < before))
