"""What ended well is forgotten after a month, in our own table and in the engine's; what people still see is not."""

from __future__ import annotations

import time
from datetime import timedelta

import time_machine
from sqlalchemy import column, func, insert, select, table, update

from app import jobs
from app.database import now, writing
from app.extensions import db
from app.jobs.models import DEAD, DONE, RUNNING, WAITING, Job
from app.records import service as records
from tests.conftest import Instance

NAMES = ("workflow_status", "workflow_input", "workflow_output", "operation_outputs")


def engine_rows(instance: Instance) -> dict[str, int]:
    """Rows of each table of the job engine."""
    schema = None if instance.engine == "sqlite" else "dbos"
    with instance.app.app_context():
        return {
            name: db.session.scalar(select(func.count()).select_from(table(name, schema=schema))) or 0 for name in NAMES
        }


def kept(instance: Instance) -> set[str]:
    schema = None if instance.engine == "sqlite" else "dbos"
    with instance.app.app_context():
        status = table("workflow_status", column("workflow_uuid"), schema=schema)
        return set(db.session.scalars(select(status.c.workflow_uuid)))


def queued(instance: Instance, subject: str, ended: str, days: int, state: str, run: int = 0) -> None:
    """A job in our table and in the engine's: how it ended there, so many days ago."""
    schema = None if instance.engine == "sqlite" else "dbos"
    name = f"{records.RENDER}-{subject}"
    identifier = f"{name}-run-{run}" if run else name
    then = int((time.time() - days * 86_400) * 1000)
    with instance.app.app_context(), writing() as session:
        jobs.enqueue(session, records.RENDER, subject)
        if run:
            jobs._hand_over(session, records.RENDER, subject, identifier)
        session.flush()
        job = session.get_one(Job, name)
        job.state, job.ended_at = state, now() - timedelta(days=days) if state in (DONE, DEAD) else None
        status = table(
            "workflow_status", column("workflow_uuid"), column("status"), column("completed_at"), column("created_at"), schema=schema
        )  # fmt: skip
        values = {
            "status": ended,
            "completed_at": None if ended in ("ENQUEUED", "PENDING", "CANCELLED") else then,
            "created_at": then,
        }
        session.execute(update(status).where(status.c.workflow_uuid == identifier).values(values))
        output = table("workflow_output", column("workflow_uuid"), column("output"), schema=schema)
        session.execute(insert(output).values(workflow_uuid=identifier, output="null"))


def test_the_engine_forgets_what_ended_a_month_ago_and_nothing_else(either: Instance) -> None:
    before = engine_rows(either)
    queued(either, "old", "SUCCESS", 31, DONE)
    queued(either, "failed", "ERROR", 40, DONE)
    queued(either, "cancelled", "CANCELLED", 40, DONE)
    queued(either, "young", "SUCCESS", 29, DONE)
    queued(either, "dead", "SUCCESS", 60, DEAD)
    queued(either, "tried", "SUCCESS", 60, WAITING, run=2)
    queued(either, "runs", "PENDING", 60, RUNNING)
    queued(either, "waits", "ENQUEUED", 60, WAITING)
    there = kept(either)
    with either.app.app_context():
        jobs.forget_ended()
    gone = {name.removeprefix("render-record-") for name in there - kept(either)}
    assert gone == {"old", "failed", "cancelled"}
    after = engine_rows(either)
    assert after["workflow_status"] == before["workflow_status"] + 6
    assert after["workflow_input"] == before["workflow_input"] + 6
    assert after["workflow_output"] == before["workflow_output"] + 5


def test_a_job_that_is_forgotten_can_be_asked_for_again(either: Instance) -> None:
    queued(either, "old", "SUCCESS", 31, DONE)
    with either.app.app_context():
        jobs.forget_ended()
        assert db.session.get(Job, f"{records.RENDER}-old") is None
        with writing() as session:
            jobs.enqueue(session, records.RENDER, "old")
        assert db.session.get_one(Job, f"{records.RENDER}-old").state == WAITING


def test_many_are_forgotten_in_turns_and_how_long_they_are_kept_is_a_setting(instance: Instance) -> None:
    for number in range(5):
        queued(instance, f"old{number}", "SUCCESS", 10, DONE)
    queued(instance, "dead", "SUCCESS", 10, DEAD)
    with instance.app.app_context():
        jobs.forget_ended(at_once=2)
    assert len(kept(instance)) == 6
    instance.app.config["SETTINGS"] = instance.settings.model_copy(update={"jobs_kept_days": 7})
    with instance.app.app_context():
        jobs.forget_ended(at_once=2)
    assert kept(instance) == {"render-record-dead"}


def test_what_the_first_version_queued_is_forgotten_unread(instance: Instance) -> None:
    """Its inputs are code when they are read."""
    queued(instance, "pickled", "CANCELLED", 40, DONE)
    with instance.app.app_context():
        inputs = table("workflow_input", column("workflow_uuid"), column("inputs"))
        status = table("workflow_status", column("workflow_uuid"), column("serialization"))
        with writing() as session:
            session.execute(update(inputs).values(inputs="Y29zCnN5c3RlbQ=="))
            session.execute(update(status).values(serialization="py_pickle"))
        jobs.forget_ended()
    assert kept(instance) == set()


def test_with_time_machine_a_month_later(either: Instance) -> None:
    queued(either, "now", "SUCCESS", 0, DONE)
    with time_machine.travel(now() + timedelta(days=31)), either.app.app_context():
        jobs.forget_ended()
    assert "render-record-now" not in kept(either)
