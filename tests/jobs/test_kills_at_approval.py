"""The process that approves is killed with -9 at a line anywhere between the signature and the mail: all of it happened, or nothing."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import func, select

from app import jobs
from app.assessments.models import DECIDED, Assessment
from app.audit.models import AuditEvent
from app.decisions import service as decisions
from app.decisions.models import Decision, DecisionStep
from app.extensions import db
from app.jobs.models import Job
from app.notifications import messages
from app.notifications.models import Telling
from app.records.models import Record
from app.records.proof import body_of
from app.settings import ROOT
from app.sharing import service as sharing
from app.sharing.models import Share
from tests.conftest import Instance, dispose

CONDITIONS = [{"what": "The cot is made up", "owner": "Olu", "due": "2099-01-01", "seen": "Olu sees it"}]
# The rooms whose lines are counted: all that stands between the signature and the mail but the judgement, which writes nothing.
WATCHED = tuple(
    str(ROOT / "app" / name)
    for name in ("decisions/", "records/service", "sharing/", "jobs/", "notifications/", "letters/telling", "letters/owners", "audit/", "database.py", "disk/")
)  # fmt: skip


def approve_and_mail(instance: Instance, assessment_id: str, signed: Callable[[], None] = lambda: None) -> None:
    """What a lead does and what a worker does after it; whatever is there already is not done again.

    Args:
        signed: called when the decision is stored.
    """
    with instance.app.app_context():
        lead = instance.user("safeguarding_lead")
        assessment = db.session.get_one(Assessment, assessment_id)
        case_id = assessment.case_id
        if assessment.state != DECIDED:
            why = "Read and agreed, for these reasons."
            version = assessment.case.version
            decisions.decide(lead, assessment_id, version, "approve_with_conditions", why, CONDITIONS)
        signed()
        record_id = db.session.scalars(select(Decision.record_id).where(Decision.assessment_id == assessment_id)).one()
        if db.session.scalar(select(Share.id).where(Share.record_id == record_id)) is None:
            sharing.share(lead, record_id, None, "Hester", "Health visitor", "hester@nhs.example", "She visits.")
        for name, subject in _of_case(case_id):
            jobs.run(name, subject)


def _of_case(case_id: str) -> list[tuple[str, str]]:
    shares = db.session.scalars(select(Share.id).where(Share.case_id == case_id)).all()
    told = db.session.scalars(select(Telling.id).where(Telling.case_id == case_id)).all()
    wanted = Job.name.in_((messages.TOLD, messages.SHARED)) & Job.subject.in_([*shares, *told])
    return [(job.name, job.subject) for job in db.session.scalars(select(Job).where(wanted).order_by(Job.queued_at))]


@contextmanager
def counted(at: Callable[[int], None]) -> Iterator[None]:
    """Calls ``at`` with the number of each line of ours that is run."""
    number = 0

    def line(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal number
        if event == "line":
            number += 1
            at(number)
        return line

    def call(frame: FrameType, event: str, arg: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(WATCHED) else None

    sys.settrace(call)
    try:
        yield
    finally:
        sys.settrace(None)


def lines_in_all(instance: Instance) -> tuple[int, int]:
    """How many lines there are up to the stored decision, and up to the mail, where nobody kills it."""
    _, assessment_id = instance.submitted("h2")
    last, stored = 0, 0

    def at(number: int) -> None:
        nonlocal last
        last = number

    def signed() -> None:
        nonlocal stored
        stored = last

    with counted(at):
        approve_and_mail(instance, assessment_id, signed)
    return stored, last


def chosen(stored: int, last: int, times: int, dice: random.Random) -> list[int]:
    """A third on the whole way to the stored decision, a third where it is being written, a third between that and the mail."""
    ways = ((1, stored), (stored - stored // 8, stored), (stored, last))
    return [dice.randint(*ways[number % 3]) for number in range(times)]


def killed_at(instance: Instance, assessment_id: str, line: int) -> bool:
    """Do it in a process of its own that is killed at this line; was it, before it was done?"""
    dispose(instance.app)  # no connection is shared between the two

    def at(number: int) -> None:
        if number == line:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            with counted(at):
                approve_and_mail(instance, assessment_id)
            os._exit(0)
        except BaseException:
            os._exit(7)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "it failed of itself"
    return os.WIFSIGNALED(status)


def all_or_nothing(instance: Instance, case_id: str, assessment_id: str) -> bool:
    """Right after the kill, before anybody goes on: is it decided? Then with everything that belongs to it, else with nothing."""
    with instance.app.app_context():
        decision = db.session.scalar(select(Decision).where(Decision.assessment_id == assessment_id))
        records = db.session.scalars(select(Record).where(Record.case_id == case_id)).all()
        state = db.session.scalars(select(Assessment.state).where(Assessment.id == assessment_id)).one()
        steps = select(func.count()).select_from(DecisionStep).where(DecisionStep.case_id == case_id)
        told = db.session.scalars(
            select(Telling.kind).where(Telling.case_id == case_id, Telling.kind == "decided")
        ).all()
        made = db.session.scalars(
            select(AuditEvent.seq).where(AuditEvent.case_id == case_id, AuditEvent.action == "decision.made")
        ).all()
        shares = db.session.scalars(select(Share).where(Share.case_id == case_id)).all()
        folder = instance.settings.data / "mail"
        assert (decision is not None) == (state == DECIDED) == bool(told) == bool(made)
        assert len(records) == len(told) == len(made) <= 1
        if decision is None:
            assert db.session.scalar(steps) == 0
            assert list(shares) == []
            return False
        assert decision.record_id == records[0].id
        assert body_of(records[0]), "the frozen record is whole"
        assert (db.session.scalar(steps) or 0) >= len(CONDITIONS)
        queued = set(db.session.scalars(select(Job.subject)))
        assert {records[0].id, *(share.id for share in shares)} <= queued, "what has to follow is queued with it"
        for share in shares:
            assert share.mailed_at is None or (folder / f"{share.id}.eml").exists(), (
                "nothing is called sent that is not"
            )
        return True


def kills(instance: Instance, times: int, seed: int) -> tuple[int, int]:
    """So many kills, each at a line of its own; returns how many found it decided, and how many not."""
    stored, last = lines_in_all(instance)
    assert last - stored > 100
    before = {f.name for f in (instance.settings.data / "mail").glob("*.eml")}
    found = {True: 0, False: 0}
    expected: set[str] = set()
    for line in chosen(stored, last, times, random.Random(seed)):
        case_id, assessment_id = instance.submitted("h2")
        killed_at(instance, assessment_id, line)
        found[all_or_nothing(instance, case_id, assessment_id)] += 1
        approve_and_mail(instance, assessment_id)
        assert all_or_nothing(instance, case_id, assessment_id)
        with instance.app.app_context():
            share = db.session.scalars(select(Share).where(Share.case_id == case_id)).one()
            assert share.mailed_at is not None
            tellings = db.session.scalars(select(Telling).where(Telling.case_id == case_id)).all()
            assert all(t.told_at or t.moot_at for t in tellings)
            expected |= {f"{share.id}.eml", *(f"told-{t.id}.eml" for t in tellings if t.told_at)}
    mails = {f.name for f in (instance.settings.data / "mail").glob("*.eml")} - before
    assert mails == expected, "every mail, each once, and no other"
    assert not list((instance.settings.data / "mail").glob(".*.making")), "no half of a mail is left"
    ran = instance.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert ran.exit_code == 0, ran.output
    with instance.app.app_context():
        numbers = sorted(int(n.rsplit("-", 1)[1]) for n in db.session.scalars(select(Record.number)))
        assert numbers == list(range(1, times + 2)), "no number of a record is lost or given twice"
    return found[True], found[False]


def test_twenty_kills_between_the_signature_and_the_mail(either: Instance) -> None:
    decided, undecided = kills(either, 20, seed=1)
    assert decided >= 4
    assert undecided >= 4


@pytest.mark.deep
@pytest.mark.parametrize("part", range(9))
def test_two_hundred_kills_between_the_signature_and_the_mail(either: Instance, part: int) -> None:
    """With the twenty above two hundred on each engine, each part at other lines."""
    kills(either, 20, seed=100 + part)
