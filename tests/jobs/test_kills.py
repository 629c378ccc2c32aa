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
from app.records.models import Record, RecordFile
from app.sharing import service as sharing
from app.sharing.models import Share
from tests.conftest import Instance

from .test_jobs import wait_for, worker
from .test_ledger import free_port


class Postbox:
    """Takes every letter, a little slowly, so that kills fall into the sending."""

    def __init__(self) -> None:
        self.got: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (the name the server looks for)
        self.got.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        return "250 taken"


def kept_alive(instance: Instance, kills: int, letters: int) -> tuple[Counter[str], int]:
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
    heart, dice = instance.settings.data / "worker.heartbeat", random.Random(kills)
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
        assert set(arrived) == {f"<{share.id}@case-by-case.invalid>" for share in shares}, "every letter, and no other"
        assert db.session.scalar(select(func.count()).select_from(Decision)) == 1
        record = db.session.scalars(select(Record)).one()
        files = db.session.scalars(select(RecordFile)).all()
        assert [f.sha256 for f in files] == [record.pdf_sha256], "one PDF, whole"
    assert sum(arrived.values()) - letters <= kills, "at most one twice a kill"


def test_twenty_kills_lose_and_double_nothing(instance: Instance) -> None:
    arrived, letters = kept_alive(instance, kills=20, letters=60)
    nothing_is_lost_or_doubled(instance, arrived, letters, 20)


@pytest.mark.deep
def test_two_hundred_kills_lose_and_double_nothing(either: Instance) -> None:
    arrived, letters = kept_alive(either, kills=200, letters=600)
    nothing_is_lost_or_doubled(either, arrived, letters, 200)
