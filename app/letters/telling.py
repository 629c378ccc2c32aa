"""Telling it: at once from a job, or once a day in one mail to each owner. A job that was cut off tells the same person again, under the same name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clocks, disk, jobs
from app.access import glass
from app.assessments.models import DECIDED, Assessment, SavedMitigation
from app.audit import service as audit
from app.database import now, writing
from app.decisions import afterwards, escalated
from app.decisions.models import Decision, DecisionStep, EmergencyDecision
from app.extensions import db
from app.jobs.models import DEAD, Job
from app.notifications import mail, messages, telling
from app.notifications.models import DigestDay, Telling
from app.settings import current_settings
from app.sharing import answers

from . import due, owners

_FROM_HOUR = 7  # in England: a digest is there when people begin


@disk.goes_through
def send(telling_id: str) -> None:
    """Tell one thing to its owner, who is chosen once. Nobody is told of what was dealt with meanwhile.

    Raises:
        Refused: no account that could be told is open.
    """
    settings = current_settings()
    with writing() as session:
        found = session.get(Telling, telling_id)
        if found is None or found.told_at is not None or found.moot_at is not None:
            return
        if not owners.still_so(found):
            found.moot_at = now()
            return
        person = owners.kept_or_chosen(found)
        found.owner = person.id if person is not None else None
        kind, to = found.kind, person.email if person is not None else ""
    if not to:
        raise jobs.Refused("nobody")
    mail.deliver(
        messages.told(settings, to, f"told-{telling_id}", telling.AT_ONCE[kind]), settings, f"told-{telling_id}"
    )
    with writing() as session:
        found = session.get_one(Telling, telling_id)
        found.told_at = now()
        case_id = "" if kind in telling.UNDER_NO_CASE else found.case_id
        audit.record(
            session,
            "people.told",
            "telling",
            found.id,
            case_id,
            {"kind": kind, "owner": found.owner} if case_id else None,
        )


class Lapsing(NamedTuple):
    """A condition with its day, of a decided placement; ``key`` tells it from every other."""

    case_id: str
    key: str
    due: date


def conditions(today: date) -> Iterator[Lapsing]:
    """Conditions that are due today or past their day, and of which nobody has written down that they are met: four queries in all.

    A decision of before conditions were followed up has them as they were set; one that was withdrawn waits for nothing.
    """
    newest = set(_newest_decided().values())
    steps: dict[str, list[DecisionStep]] = {}
    in_order = (DecisionStep.taken_at, DecisionStep.number, DecisionStep.id)
    for step in db.session.scalars(select(DecisionStep).order_by(*in_order)):
        steps.setdefault(step.decision_id, []).append(step)
    for decision in db.session.scalars(select(Decision).order_by(Decision.id)):
        if decision.assessment_id in newest:
            yield from _of_decision(decision, steps.get(decision.id, []), today)
    plans = select(SavedMitigation, Assessment.id).where(
        SavedMitigation.case_id == Assessment.case_id,
        SavedMitigation.unit_id == Assessment.unit_id,
        Assessment.state == DECIDED,
        SavedMitigation.in_place.is_(None),
        SavedMitigation.due <= today,
    )
    for plan, assessment_id in db.session.execute(plans):
        if assessment_id in newest and plan.due is not None:
            yield Lapsing(plan.case_id, plan.id, plan.due)


def _of_decision(decision: Decision, steps: list[DecisionStep], today: date) -> Iterator[Lapsing]:
    if any(step.kind == afterwards.WITHDRAWN for step in steps):
        return
    for each in afterwards.standing(steps, today):
        day = each.step.due
        if each.state in ("open", "lapsed") and day is not None and day <= today:
            yield Lapsing(decision.case_id, each.step.id, day)
    if any(step.kind == afterwards.CONDITION for step in steps):
        return
    for at, condition in enumerate(decision.conditions):
        if condition.get("due") and (due_on := date.fromisoformat(condition["due"])) <= today:
            yield Lapsing(decision.case_id, f"{decision.assessment_id}-{at}", due_on)


def _newest_decided() -> dict[str, str]:
    """The newest decided placement of each case that has one."""
    decided = select(Assessment.case_id, Assessment.id).where(Assessment.state == DECIDED)
    return {row[0]: row[1] for row in db.session.execute(decided.order_by(Assessment.created_at))}


def gather(today: date) -> list[tuple[str, str, str, str]]:
    """What the day brought that somebody has to hear of: kind, case, object, and which of them. Read only."""
    found = [
        ("condition_due" if c.due == today else "condition_lapsed", c.case_id, c.key, c.due.isoformat())
        for c in conditions(today)
    ]
    for case_id, one in due.late_of_all(today):
        found.append(("notice_late", case_id, f"{case_id}-{one.kind}", one.by.isoformat() if one.by else ""))
    for taken in db.session.scalars(
        select(EmergencyDecision).where(EmergencyDecision.verdict.is_(None), EmergencyDecision.review_by < today)
    ):
        found.append(("emergency_late", taken.case_id, taken.id, ""))
    found += glass.late(today)
    found += [("move_late", case_id, key, "") for case_id, key, due_on in escalated.all_to_move() if due_on < today]
    for point in answers.all_unsettled():
        if clocks.next_working_day(clocks.local(point.responded_at).date()) < today:
            found.append(("disagreement_late", point.case_id, point.share_id, point.word_id))
    for job in db.session.scalars(select(Job).where(Job.state == DEAD, Job.name != messages.DIGEST)):
        of_case = owners.case_of_job(job)
        if of_case is not None:
            found.append(("mail_failed", of_case, job.id, clocks.written(job.ended_at) if job.ended_at else ""))
    return found


def once_a_day() -> None:
    """Put together the digests of the day, once, from seven in the morning; a second worker that does the same changes nothing."""
    day = clocks.today()
    if (
        now() < clocks.begins(day) + timedelta(hours=_FROM_HOUR)
        or db.session.get(DigestDay, day.isoformat()) is not None
    ):
        db.session.rollback()
        return
    found = gather(day)
    db.session.rollback()
    try:
        with writing() as session:
            if session.get(DigestDay, day.isoformat()) is not None:
                return
            session.add(DigestDay(day=day.isoformat()))
            session.flush()
            telling.note_all(session, found)
            _hand_out(session, day)
    except IntegrityError:  # another worker was first
        db.session.rollback()


def _hand_out(session: Session, day: date) -> None:
    """Everything that is in no digest yet goes into that of its owner; of what nobody can be told, tomorrow's look says so again."""
    waiting = session.scalars(
        select(Telling)
        .where(
            Telling.kind.in_(telling.DAILY), Telling.told_at.is_(None), Telling.moot_at.is_(None), Telling.digest == ""
        )
        .order_by(Telling.made_at)
    )
    digests = set()
    listed = waiting.all()
    of_case = owners.officers_of(listed)
    for one in listed:
        person = of_case.get(one.id) or owners.kept_or_chosen(one)
        if person is not None:
            one.owner, one.digest = person.id, telling.keyed(person.id, day.isoformat())
            digests.add(one.digest)
    session.flush()
    for digest in sorted(digests):
        jobs.enqueue(session, messages.DIGEST, digest)


@disk.goes_through
def send_digest(digest: str) -> None:
    """One mail with how many of each thing came up; what was dealt with meanwhile is not among them."""
    settings = current_settings()
    with writing() as session:
        rows = session.scalars(select(Telling).where(Telling.digest == digest, Telling.told_at.is_(None))).all()
        for one in rows:
            if one.moot_at is None and not owners.still_so(one):
                one.moot_at = now()
        to, counted = "", Counter[str]()
        kept = owners.still_theirs(rows)
        for one in rows:
            person = (kept.get(one.id) or owners.owner_of(one)) if one.moot_at is None else None
            if one.moot_at is None and (person is None or person.id != one.owner):
                # The account was closed, or sees the case no more: tomorrow’s goes to somebody else.
                one.digest, one.owner = "", None
            elif person is not None:
                to = person.email
                counted[one.kind] += 1
    if not counted:
        return
    lines = [
        t.one if counted[kind] == 1 else t.several.format(counted[kind])
        for kind, t in telling.DAILY.items()
        if counted[kind]
    ]
    mail.deliver(messages.digest(settings, to, f"digest-{digest}", lines), settings, f"digest-{digest}")
    with writing() as session:
        for one in session.scalars(
            select(Telling).where(Telling.digest == digest, Telling.told_at.is_(None), Telling.moot_at.is_(None))
        ):
            one.told_at = now()
            audit.record(session, "people.told", "telling", one.id, one.case_id, {"kind": one.kind, "owner": one.owner})


def nobody_to_tell() -> int:
    """How many things of digests wait because no account that could be told is open: for whoever looks after the letters."""
    waiting = (
        Telling.kind.in_(telling.DAILY),
        Telling.told_at.is_(None),
        Telling.moot_at.is_(None),
        Telling.digest == "",
    )
    return db.session.scalar(select(func.count()).select_from(Telling).where(*waiting)) or 0
