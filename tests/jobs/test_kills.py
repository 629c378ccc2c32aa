"""A worker killed with -9 again and again while letters go out: none lost, none half sent, at most one twice a kill, with one Message-ID."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from app.decisions.models import Decision
from app.extensions import db
from app.jobs.models import DONE, Job
from app.notifications.models import Telling
from app.records.models import Record, RecordFile
from app.sharing import service as sharing
from app.sharing.models import Share
from tests.conftest import Instance
from tests.resumed import Parts

from .test_jobs import wait_for, worker
from .test_ledger import free_port


class Postbox:
    """Takes every letter, a little slowly, so that kills fall into the sending."""

    def __init__(self) -> None:
        self.got: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (the name the server looks for)
        self.got.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        return "250 taken"


def kept_alive(instance: Instance, kills: int, letters: int, seed: int = 20) -> tuple[Counter[str], int]:
    """Kill the worker so many times while it sends; returns what arrived, and how many letters there were."""
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    _, record_id = instance.decided("h2")
    with instance.app.app_context():
        officer = instance.user("housing_officer")
        for number in range(letters):
            sharing.share(
                officer, record_id, None, f"N{number}", "health visitor", f"n{number}@nhs.example", "To lead."
            )
    heart, dice = instance.settings.data / "worker.heartbeat", random.Random(seed)
    os.environ |= {"CBC_MAIL": "smtp", "CBC_SMTP_HOST": "127.0.0.1", "CBC_SMTP_PORT": str(port)}
    try:
        for _ in range(kills):
            heart.unlink(missing_ok=True)
            process = worker(instance)
            assert wait_for(heart.exists, 60)
            time.sleep(dice.uniform(0.02, 1.5))
            process.kill()
            process.wait(10)
        process = worker(instance)
        try:
            assert wait_for(lambda: left(instance) == 0, 120), left(instance)
        finally:
            process.terminate()
            process.wait(15)
    finally:
        for name in ("CBC_MAIL", "CBC_SMTP_HOST", "CBC_SMTP_PORT"):
            del os.environ[name]
        controller.stop()
    return Counter(box.got), letters


def left(instance: Instance) -> int:
    with instance.app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(Job).where(Job.state != DONE)) or 0)


def nothing_is_lost_or_doubled(instance: Instance, arrived: Counter[str], letters: int, kills: int) -> None:
    with instance.app.app_context():
        shares = db.session.scalars(select(Share)).all()
        assert len(shares) == letters
        assert all(share.mailed_at is not None and share.link_sealed is None for share in shares)
        told = db.session.scalars(select(Telling).where(Telling.moot_at.is_(None))).all()
        # A date that comes up after the mail of the day is in tomorrow's.
        told = [one for one in told if one.told_at is not None or not one.kind.startswith("clock_")]
        assert all(one.told_at is not None for one in told), (
            f"whoever has to be told was told: {[one.kind for one in told]}"
        )
        # What comes up once a day is in one mail to each owner, whatever is in it.
        at_once = {f"told-{one.id}" for one in told if not one.digest}
        names = {share.id for share in shares} | at_once | {f"digest-{one.digest}" for one in told if one.digest}
        assert set(arrived) == {f"<{name}@case-by-case.invalid>" for name in names}, "every letter, and no other"
        assert db.session.scalar(select(func.count()).select_from(Decision)) == 1
        record = db.session.scalars(select(Record)).one()
        files = db.session.scalars(select(RecordFile)).all()
        assert [f.sha256 for f in files] == [record.pdf_sha256], "one PDF, whole"
    assert sum(arrived.values()) - len(names) <= kills, "at most one twice a kill"


def test_twenty_kills_lose_and_double_nothing(instance: Instance) -> None:
    arrived, letters = kept_alive(instance, kills=20, letters=60)
    nothing_is_lost_or_doubled(instance, arrived, letters, 20)


PART, PARTS = 20, 10


# What a letter passes through on its way out.
_OF = (
    "app/jobs",
    "app/sharing",
    "app/disk",
    "app/notifications/mail.py",
    "app/database.py",
    "app/cli.py",
    "app/records/service.py",
    "migrations/versions",
)


DEEP = Parts("deep-kills", _OF, __file__)


@pytest.mark.deep
@pytest.mark.parametrize("part", range(PARTS))
def test_two_hundred_kills_lose_and_double_nothing(either: Instance, part: int) -> None:
    """Ten times twenty on each engine. What was shown of this version is kept: stopped in the middle, it goes on from there."""
    here = f"{either.engine} {part}"
    if here in DEEP.shown():
        pytest.skip("shown already, of this very version: build/deep-kills.json")
    arrived, letters = kept_alive(either, kills=PART, letters=60, seed=100 + part)
    nothing_is_lost_or_doubled(either, arrived, letters, PART)
    DEEP.shown(here)
