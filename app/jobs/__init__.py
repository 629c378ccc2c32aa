"""The only module that knows the job engine. Features register handlers by name; a job is queued in the transaction that needs it."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from typing import cast

from dbos import DBOS, DBOSClient, EnqueueOptions
from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.settings import Settings

VERSION = "1"  # of the job contract; not of the code, so that an upgrade strands no job
QUEUE, WORKFLOW = "case-by-case", "run_job"
_handlers: dict[str, Callable[[str], None]] = {}


def register(name: str, handler: Callable[[str], None]) -> None:
    """Make a handler known. It gets one identifier, never personal data, and must be safe to run twice."""
    _handlers[name] = handler


def enqueue(session: Session, name: str, subject: str) -> None:
    """Queue a job in the caller's transaction: it exists if and only if that commits. The same job is queued once."""
    if name not in _handlers:
        raise LookupError(f"no handler is registered for the job {name!r}")
    options = cast(
        EnqueueOptions,
        {"queue_name": QUEUE, "workflow_name": WORKFLOW, "workflow_id": f"{name}-{subject}", "app_version": VERSION},
    )
    client().enqueue_in_transaction(session, options, name, subject)


def client() -> DBOSClient:
    found = current_app.extensions.get("jobs_client")
    if found is None:
        found = DBOSClient(system_database_url=current_app.config["SETTINGS"].database)
        current_app.extensions["jobs_client"] = found
    return cast(DBOSClient, found)


def prepare(app: Flask) -> None:
    """Make the job engine's own tables and the queue, once, beside ours; runs no job."""
    with app.app_context():
        _configure(app, "setup")
        DBOS.listen_queues([])
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=0.5)
        DBOS.destroy(destroy_registry=True)


def _configure(app: Flask, executor: str) -> None:
    settings: Settings = app.config["SETTINGS"]
    DBOS(
        config={
            "name": "case-by-case",
            "system_database_url": settings.database,
            "application_version": VERSION,
            "executor_id": executor,
            "log_level": "WARNING",
            "console_log_level": "WARNING",
        }
    )


def work(app: Flask, stop: threading.Event) -> None:
    """Run jobs until told to stop; a job under way is finished, one cut off is run again at the next start."""
    with app.app_context():
        _configure(app, f"{socket.gethostname()}-{os.environ.get('CBC_WORKER', '0')}")

        @DBOS.step(name="handle", retries_allowed=True, max_attempts=5, interval_seconds=2.0)
        def handle(name: str, subject: str) -> None:
            with app.app_context():
                _handlers[name](subject)

        @DBOS.workflow(name=WORKFLOW)
        def run_job(name: str, subject: str) -> None:
            handle(name, subject)

        DBOS.listen_queues([QUEUE])
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=0.5)
        heart = app.config["SETTINGS"].data / "worker.heartbeat"
        while not stop.is_set():
            heart.touch()
            stop.wait(2)
        DBOS.destroy(workflow_completion_timeout_sec=6)
        heart.unlink(missing_ok=True)


def heartbeat_age(settings: Settings) -> float | None:
    """Seconds since the worker last said it was alive; None when it never did."""

    heart = settings.data / "worker.heartbeat"
    return time.time() - heart.stat().st_mtime if heart.exists() else None
