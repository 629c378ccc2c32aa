"""Jobs have an end that people see: tried for days, refused at once, sent again by a person, never stuck, never twice from a copy."""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from app import create_app, jobs
from app.accounts.models import SignInAttempt
from app.database import now, writing
from app.extensions import db
from app.jobs import identity, ledger
from app.jobs.models import DEAD, DONE, RUNNING, WAITING, Job
from app.notifications import messages
from app.records import service as records
from app.sharing import service as sharing
from app.sharing.models import Share
from tests.conftest import Instance, dispose

from .test_jobs import wait_for, worker

ADDRESS = "hester.typo@nhs.example"


class Postbox:
    """A real SMTP server; it may refuse whoever is written to."""

    def __init__(self, refuses: str = "") -> None:
        self.refuses, self.got = refuses, list[bytes]()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got.append(envelope.content)
        return "250 taken"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def posted() -> Iterator[Callable[[int, str], Postbox]]:
    opened: list[Controller] = []

    def post(port: int, refuses: str = "") -> Postbox:
        box = Postbox(refuses)
        controller = Controller(box, hostname="127.0.0.1", port=port)
        controller.start()
        opened.append(controller)
        return box

    yield post
    for controller in opened:
        controller.stop()


def by_smtp(instance: Instance, port: int) -> None:
    changed = instance.settings.model_copy(update={"mail": "smtp", "smtp_host": "127.0.0.1", "smtp_port": port})
    instance.app.config["SETTINGS"] = changed


def shared(instance: Instance) -> tuple[str, str, str]:
    """A record whose mail waits: (case, record, share)."""
    case_id, record_id = instance.decided("h2")
    with instance.app.app_context():
        made, _ = sharing.share(
            instance.user("housing_officer"), record_id, instance.version(case_id), "Hester", "health visitor", ADDRESS, "To lead."
        )  # fmt: skip
        return case_id, record_id, made.id


def once(instance: Instance, share_id: str) -> Job:
    with instance.app.app_context():
        jobs.run(messages.SHARED, share_id)
        return db.session.get_one(Job, f"mail-share-{share_id}", populate_existing=True)


def page_of(instance: Instance, case_id: str, record_id: str) -> str:
    return instance.client("housing_officer").get(f"/cases/{case_id}/records/{record_id}").text


def test_a_mail_server_that_is_away_is_tried_again_and_the_officer_sees_when(
    either: Instance, posted: Callable[..., Postbox]
) -> None:
    port = free_port()
    by_smtp(either, port)
    case_id, record_id, share_id = shared(either)
    job = once(either, share_id)
    assert (job.state, job.problem, job.tries) == (WAITING, "unreachable", 1)
    assert job.next_try_at > now()
    assert "Not sent yet: tried again at" in page_of(either, case_id, record_id)
    with either.app.app_context():
        assert ledger.take_due() == [], "not before its time"
    box = posted(port)
    with time_machine.travel(now() + timedelta(seconds=30)), either.app.app_context():
        assert ledger.take_due() == [(messages.SHARED, share_id, 1)]
        assert ledger.take_due() == [], "taken once"
    assert once(either, share_id).state == DONE
    assert len(box.got) == 1
    once(either, share_id)
    assert len(box.got) == 1, "a run that comes late sends nothing"
    assert "Sent " in page_of(either, case_id, record_id)


def test_tries_go_on_for_days_with_longer_pauses_and_then_end_where_people_see_it(either: Instance) -> None:
    by_smtp(either, free_port())
    case_id, record_id, share_id = shared(either)
    moment, pauses = now(), []
    for _ in range(60):
        with time_machine.travel(moment, tick=False):
            job = once(either, share_id)
        if job.state == DEAD:
            break
        pauses.append(job.next_try_at - moment)
        moment = job.next_try_at
    assert job.state == DEAD
    assert pauses == sorted(pauses)
    assert sum(pauses, timedelta(0)) > timedelta(days=2, hours=20)
    page = page_of(either, case_id, record_id)
    assert "Failed." in page
    assert "Ring them" in page
    for role in ("administrator", "safeguarding_lead"):
        listed = either.client(role).get("/jobs")
        assert "Mail with a link to a record" in listed.text
        assert "could not be reached for three days" in listed.text
        assert ADDRESS not in listed.text
        assert "Hester" not in listed.text


def test_an_address_that_is_refused_is_told_to_the_officer_and_logged_nowhere(
    instance: Instance, posted: Callable[..., Postbox], capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    posted(port, "550 no such mailbox")
    by_smtp(instance, port)
    case_id, record_id, share_id = shared(instance)
    job = once(instance, share_id)
    assert (job.state, job.problem, job.tries) == (DEAD, "refused", 1)
    page = page_of(instance, case_id, record_id)
    assert "Failed." in page
    assert "refused this address. Ring them" in page
    said = capsys.readouterr()
    assert ADDRESS not in said.out + said.err


def test_a_mailbox_that_is_full_is_tried_again(instance: Instance, posted: Callable[..., Postbox]) -> None:
    port = free_port()
    posted(port, "452 mailbox full")
    by_smtp(instance, port)
    _, _, share_id = shared(instance)
    assert once(instance, share_id).state == WAITING


def test_a_person_sends_a_failed_mail_again(
    instance: Instance, posted: Callable[..., Postbox], lead: FlaskClient
) -> None:
    port = free_port()
    box = posted(port, "550 no")
    by_smtp(instance, port)
    _, _, share_id = shared(instance)
    once(instance, share_id)
    box.refuses = ""
    path = f"/jobs/mail-share/{share_id}/again"
    assert "tried again within a minute" in lead.post(path, follow_redirects=True).text
    with instance.app.app_context():
        assert ledger.take_due() == [(messages.SHARED, share_id, 1)]
    assert once(instance, share_id).state == DONE
    assert len(box.got) == 1
    assert "may have been sent meanwhile" in lead.post(path, follow_redirects=True).text
    for role in ("housing_officer", "auditor"):
        assert instance.client(role).post(path).status_code == 403


def test_what_a_fault_cut_off_or_the_engine_lost_is_taken_up(instance: Instance) -> None:
    _, _, share_id = shared(instance)
    for state in (RUNNING, WAITING):
        with instance.app.app_context(), writing() as session:
            job = session.get_one(Job, f"mail-share-{share_id}")
            job.state, job.tries = state, int(state == RUNNING)
            job.started_at = job.next_try_at = now() - timedelta(minutes=11)
        with instance.app.app_context():
            assert (messages.SHARED, share_id) in [found[:2] for found in ledger.take_due()]
            assert messages.SHARED not in [found[0] for found in ledger.take_due()]


def test_a_render_that_fails_is_a_job_that_people_see(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, record_id = instance.decided("h2")

    def fails(*args: object) -> bytes:
        raise records.process.RenderFailed("took too long")

    monkeypatch.setattr(records.process, "render", fails)
    with instance.app.app_context():
        jobs.run(records.RENDER, record_id)
        job = db.session.get_one(Job, f"render-record-{record_id}")
        assert (job.state, job.problem) == (WAITING, "render")
    with time_machine.travel(now() + timedelta(days=4)), instance.app.app_context():
        jobs.run(records.RENDER, record_id)
        assert db.session.get_one(Job, f"render-record-{record_id}", populate_existing=True).state == DEAD
    assert "The PDF could not be made" in page_of(instance, case_id, record_id)


def test_ready_tells_how_long_the_oldest_job_is_past_its_time(instance: Instance) -> None:
    shared(instance)
    ready = instance.client().get("/readyz").json
    assert ready["checks"]["jobs"] is True
    assert ready["oldest_job_seconds"] < 60
    with time_machine.travel(now() + timedelta(hours=1)):
        late = instance.client().get("/readyz").json
    assert late["checks"]["jobs"] is False
    assert late["oldest_job_seconds"] > 3_000


def test_inputs_are_identifiers_as_json(either: Instance) -> None:
    shared(either)
    before = "" if either.engine == "sqlite" else "dbos."
    with either.app.app_context():
        kinds = set(db.session.scalars(text(f"SELECT serialization FROM {before}workflow_status")))
        rows = db.session.scalars(text(f"SELECT inputs FROM {before}workflow_input")).all()
    assert kinds == {"portable_json"}
    assert rows
    for inputs in rows:
        assert all(isinstance(word, str) for word in json.loads(inputs)["positionalArgs"])


def test_a_real_worker_sends_once_the_port_opens(instance: Instance, posted: Callable[..., Postbox]) -> None:
    port = free_port()
    _, _, share_id = shared(instance)
    os.environ |= {"CBC_MAIL": "smtp", "CBC_SMTP_HOST": "127.0.0.1", "CBC_SMTP_PORT": str(port)}
    try:
        process = worker(instance)
    finally:
        for name in ("CBC_MAIL", "CBC_SMTP_HOST", "CBC_SMTP_PORT"):
            del os.environ[name]

    def state() -> tuple[str, int]:
        with instance.app.app_context():
            job = db.session.get_one(Job, f"mail-share-{share_id}")
            return job.state, job.tries

    try:
        assert wait_for(lambda: state() == (WAITING, 1)), state()
        box = posted(port)
        assert wait_for(lambda: state()[0] == DONE, 60), state()
        # Beside it the officer is told, as everybody is, that a decision was made, and once a day what waits.
        ours = (b"Message-ID: <told-", b"Message-ID: <digest-")
        shared_mails = [got for got in box.got if not any(words in got for words in ours)]
        assert len(shared_mails) == 1
        message = Message()
        message.set_payload(shared_mails[0])
        assert b"Message-ID: <" + share_id.encode() in shared_mails[0]
    finally:
        process.terminate()
        process.wait(15)
    log = (instance.settings.data / "worker.log").read_text(encoding="utf-8")
    assert ADDRESS not in log
    assert "job_failed" in log


# ---- whose jobs they are


def test_a_new_host_name_is_the_same_worker_and_a_copied_folder_is_not(instance: Instance, tmp_path: Path) -> None:
    with instance.app.app_context():
        mine = identity.own(instance.settings)
        assert identity.own(instance.settings) == mine
        assert not identity.is_copy(instance.settings)
        db.engine.dispose()
    copied = tmp_path / "copied"
    shutil.copytree(instance.settings.data, copied, symlinks=True)
    other = create_app(instance.settings.model_copy(update={"data": copied}))
    try:
        with other.app_context():
            assert identity.is_copy(other.config["SETTINGS"])
        ready = other.test_client().get("/readyz").json
        assert ready is not None
        assert ready["checks"]["jobs"] is False
        done = other.test_cli_runner().invoke(args=["jobs", "release"])
        assert done.exit_code == 0, done.output
        with other.app_context():
            assert not identity.is_copy(other.config["SETTINGS"])
        again = other.test_cli_runner().invoke(args=["jobs", "release"])
        assert again.exit_code == 1
    finally:
        dispose(other)


def test_a_restored_database_without_its_folder_is_a_copy(instance: Instance, tmp_path: Path) -> None:
    with instance.app.app_context():
        identity.own(instance.settings)
        restored = tmp_path / "restored"
        restored.mkdir()
        db.session.rollback()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql(f"VACUUM INTO '{restored / 'case-by-case.sqlite'}'")
    other = create_app(instance.settings.model_copy(update={"data": restored}))
    try:
        with other.app_context():
            assert identity.is_copy(other.config["SETTINGS"])
    finally:
        dispose(other)


def test_another_database_of_the_same_cluster_is_a_copy(either: Instance) -> None:
    with either.app.app_context():
        identity.own(either.settings)
        assert not identity.is_copy(either.settings)
        kept = json.loads((either.settings.data / "worker.json").read_text(encoding="ascii"))
        kept["database"] = "cluster 1 database 2"
        (either.settings.data / "worker.json").write_text(json.dumps(kept), encoding="ascii")
        assert identity.is_copy(either.settings)


def test_a_copy_runs_nothing_until_it_is_released(instance: Instance) -> None:
    _, record_id = instance.decided("h2")
    with instance.app.app_context():
        identity.own(instance.settings)
    (instance.settings.data / "worker.json").unlink()
    process = worker(instance)
    try:
        assert wait_for(lambda: (instance.settings.data / "worker.heartbeat").exists())
        time.sleep(4)
        with instance.app.app_context():
            assert db.session.scalar(select(Job.state).where(Job.subject == record_id)) == WAITING
        assert instance.app.test_cli_runner().invoke(args=["jobs", "release"]).exit_code == 0
        assert wait_for(lambda: instance.settings.data.joinpath("records", f"{record_id}.pdf").exists())
    finally:
        process.terminate()
        process.wait(15)


def test_the_share_of_a_mail_is_what_the_job_knows(instance: Instance) -> None:
    """The row of a job holds a name, an identifier and a code: nothing of a person."""
    _, _, share_id = shared(instance)
    with instance.app.app_context():
        job = db.session.get_one(Job, f"mail-share-{share_id}")
        written = " ".join(str(getattr(job, column.name)) for column in Job.__table__.columns)
        share = db.session.get_one(Share, share_id)
        assert share.recipient_name not in written
        assert share.recipient_email not in written


def test_a_worker_forgets_once_a_day_what_nobody_needs_any_more(instance: Instance) -> None:
    with instance.app.app_context(), writing() as session:
        long_ago = now() - timedelta(days=31)
        session.add(SignInAttempt(who="x", succeeded=False, at=long_ago))
        session.add(Job(id="mail-share-old", name="mail-share", subject="old", state=DONE, ended_at=long_ago))
        session.add(Job(id="mail-share-bad", name="mail-share", subject="bad", state=DEAD, ended_at=long_ago))

    def forgotten() -> bool:
        with instance.app.app_context():
            tries = db.session.scalar(select(func.count()).select_from(SignInAttempt))
            return tries == 0 and db.session.get(Job, "mail-share-old") is None

    process = worker(instance)
    try:
        assert wait_for(forgotten)
    finally:
        process.terminate()
        process.wait(15)
    with instance.app.app_context():
        assert db.session.get(Job, "mail-share-bad") is not None, "what failed stays in sight"
