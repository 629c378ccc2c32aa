"""The only module that knows the job engine. Features register handlers by name; a job is queued in the transaction that needs it.

The engine is imported by what calls it: a web worker that has queued nothing carries none of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import structlog
from flask import Flask, current_app
from sqlalchemy import column, func, table, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import disk, pools, rights
from app.database import now, writing
from app.extensions import db
from app.settings import Settings, current_settings

from . import identity, ledger, workers
from .ledger import PROBLEMS, Failed, Refused, Told, again, dead, oldest_overdue, told, waiting
from .workers import heartbeat_age

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

__all__ = [
    "PROBLEMS",
    "WHAT",
    "Failed",
    "Refused",
    "Told",
    "again",
    "dead",
    "enqueue",
    "forget_ended",
    "goes_on",
    "heartbeat_age",
    "is_known",
    "oldest_overdue",
    "prepare",
    "register",
    "told",
    "waiting",
    "work",
]

VERSION = "1"  # of the job contract; not of the code, so that an upgrade strands no job
# Mail has a queue of its own: a letter never waits behind PDFs; nor do these behind a job of minutes.
QUEUE, MAIL_QUEUE, LONG_QUEUE, WORKFLOW = "case-by-case", "case-by-case-mail", "case-by-case-long", "run_job"
_POLL_SECONDS, _DAY_SECONDS, _OFTEN_SECONDS = 0.5, 86_400, 900
_AWAY_PAUSES = (0.5, 1, 2, 4, 8, 15, 30)  # seconds between looks for a database that is away
_handlers: dict[str, Callable[[str], None]] = {}
_queues: dict[str, str] = {}
WHAT: dict[str, str] = {}  # what each job is called where people see it
log = structlog.get_logger("case_by_case.jobs")


_beat: list[Callable[[], bool]] = []


def goes_on() -> bool:
    """For what is done again and again and takes long: says that the worker is alive. False where it was told to stop."""
    return all(beat() for beat in _beat)


def is_known(name: str) -> bool:
    """Is there a handler for a job of that name?"""
    return name in _handlers


def register(name: str, handler: Callable[[str], None], what: str, mail: bool = False, long: bool = False) -> None:
    """Make a handler known. It gets one identifier, never personal data, and must be safe to run twice.

    ``what`` is what people read of the job. It raises ``Refused`` where trying again would not help; anything else is tried again for three days.
    """
    _handlers[name], WHAT[name] = handler, what
    _queues[name] = MAIL_QUEUE if mail else LONG_QUEUE if long else QUEUE


def enqueue(session: Session, name: str, subject: str) -> None:
    """Queue a job in the caller's transaction: it exists if and only if that commits. The same job is queued once."""
    if name not in _handlers:
        raise LookupError(f"no handler is registered for the job {name!r}")
    ledger.open_job(session, name, subject)
    _hand_over(session, name, subject, f"{name}-{subject}")


def _hand_over(session: Session, name: str, subject: str, run: str) -> None:
    options = {"queue_name": _queues[name], "workflow_name": WORKFLOW, "workflow_id": run, "app_version": VERSION}
    client().enqueue_in_transaction(session, cast("EnqueueOptions", options), name, subject)


def client() -> DBOSClient:
    found = current_app.extensions.get("jobs_client")
    if found is None:
        from dbos import DBOSClient
        from dbos._serialization import DBOSPortableJSON

        url = current_settings().database
        # Identifiers as JSON: what is read back from the database can never be code.
        found = DBOSClient(
            system_database_url=url, serializer=DBOSPortableJSON, system_database_pool_size=pools.OF_THE_QUEUE
        )
        current_app.extensions["jobs_client"] = found
    return cast("DBOSClient", found)


def prepare(app: Flask) -> None:
    """Make the job engine's own tables and the queues, once, beside ours; runs no job."""
    from dbos import DBOS

    with app.app_context():
        _configure(app, "setup", owning=True)
        DBOS.listen_queues([])
        DBOS.launch()
        _make_queues()
        DBOS.destroy(destroy_registry=True)
        settings: Settings = app.config["SETTINGS"]
        if settings.migration_database_url:
            with rights.owning(settings) as connection:
                rights.give(connection, settings)
        _leave_out_pickles()


def tables_of_the_engine() -> set[str]:
    """What the engine calls its own tables; on SQLite they lie beside ours."""
    from dbos._schemas.system_database import SystemSchema

    return {each.name for each in SystemSchema.metadata_obj.tables.values()} | {"dbos_migrations"}


def _leave_out_pickles() -> None:
    """What the first version queued is read as code: it is never read. Its jobs stand in our own table, and are queued anew."""
    from dbos._serialization import DBOSPortableJSON

    on_sqlite = db.engine.dialect.name == "sqlite"
    theirs = table("workflow_status", column("status"), column("serialization"), schema=None if on_sqlite else "dbos")
    unread = func.coalesce(theirs.c.serialization, "") != DBOSPortableJSON.name()
    with writing() as session:
        session.execute(
            update(theirs).where(theirs.c.status.in_(("ENQUEUED", "PENDING")), unread).values(status="CANCELLED")
        )


def _make_queues() -> None:
    from dbos import DBOS

    for queue in (QUEUE, MAIL_QUEUE, LONG_QUEUE):
        DBOS.register_queue(queue, worker_concurrency=1, polling_interval_sec=_POLL_SECONDS)


def _configure(app: Flask, executor: str, owning: bool = False) -> None:
    from dbos import DBOS
    from dbos._serialization import DBOSPortableJSON

    settings: Settings = app.config["SETTINGS"]
    DBOS(
        config={
            "name": "case-by-case",
            "system_database_url": (owning and settings.migration_database_url) or settings.database,
            "application_version": VERSION,
            "executor_id": executor,
            "sys_db_pool_size": pools.OF_A_WORKER,
            "log_level": "WARNING",
            "console_log_level": "WARNING",
            "serializer": DBOSPortableJSON,
        }
    )


def run(name: str, subject: str) -> None:
    """One run of a job: whatever it raises becomes a state that people see. Nothing of it goes to the engine's log."""
    try:
        if not _noted(ledger.begin, name, subject):
            return
    except disk.NothingSaved:  # the ledger takes it up again
        return
    # What is begun is written down on a disk that becomes full meanwhile, too: a letter that went out is not sent again.
    with disk.going_through():
        _run_begun(name, subject)


def _run_begun(name: str, subject: str) -> None:
    try:
        _handlers[name](subject)
    except Refused as refused:
        _noted(ledger.fail, name, subject, refused.problem, True)
    except Exception as error:  # a job may fail in any way, and its text may name a person: only its kind is logged
        problem = error.problem if isinstance(error, Failed) else "fault"
        log.error("job_failed", job=name, subject=subject, kind=type(error).__name__)
        _noted(ledger.fail, name, subject, problem, False)
    else:
        _noted(ledger.succeed, name, subject)


def _noted(write: Callable[..., Any], *given: Any) -> Any:
    """What is noted of a job, also where the database is away for a while: else a letter that went out would be sent again, and one that did
    not would wait until its run counts as cut off. What was begun before the connection broke is given up first.

    Raises:
        SQLAlchemyError: the database was away for more than a minute, or it is something else.
    """
    for pause in (*_AWAY_PAUSES, None):
        with suppress(SQLAlchemyError):
            db.session.rollback()
        try:
            return write(*given)
        except SQLAlchemyError as error:
            if pause is None or not pools.is_away(error):
                raise
            time.sleep(pause)
    return None


def work(
    app: Flask,
    stop: threading.Event,
    daily: Sequence[Callable[[], object]] = (),
    often: Sequence[Callable[[], object]] = (),
) -> None:
    """Run jobs until told to stop; a job under way is finished, one cut off is run again at the next start.

    ``daily`` is done at the start and once a day after it, ``often`` every quarter of an hour.

    On a copy of an instance nothing is run until somebody says that it is the one to run: see ``identity``.
    """
    from dbos import DBOS

    settings: Settings = app.config["SETTINGS"]
    heart = workers.heart(settings)
    with workers.alone_with_its_number(settings), app.app_context():
        while not stop.is_set() and (identity.is_copy(settings) or not disk.of_this_instance().look()):
            heart.touch()
            stop.wait(2)
        if stop.is_set():
            heart.unlink(missing_ok=True)
            return
        _configure(app, f"{identity.own(settings)}-{workers.number()}")

        @DBOS.step(name="handle")
        def handle(name: str, subject: str) -> None:
            with app.app_context():
                run(name, subject)

        @DBOS.workflow(name=WORKFLOW)
        def run_job(name: str, subject: str) -> None:
            handle(name, subject)

        DBOS.listen_queues([QUEUE, MAIL_QUEUE, LONG_QUEUE])
        DBOS.launch()
        _make_queues()
        tidied = looked = 0.0

        def beat() -> bool:
            heart.touch()
            return not stop.is_set()

        _beat[:] = [beat]
        while not stop.is_set():
            heart.touch()
            _take_up(app)
            if time.time() - looked > _OFTEN_SECONDS:
                looked = time.time()
                _tidy(app, often)
            if time.time() - tidied > _DAY_SECONDS:
                tidied = time.time()
                _tidy(app, (*daily, forget_ended))
            stop.wait(2)
        DBOS.destroy(workflow_completion_timeout_sec=6)
        heart.unlink(missing_ok=True)


def _tidy(app: Flask, what: Sequence[Callable[[], object]]) -> None:
    """What is done again and again. What fails waits for the next time, and says so."""
    for one in what:
        try:
            with app.app_context():
                one()
        except Exception as error:  # the worker lives on
            log.error("not_tidied", what=one.__name__, kind=type(error).__name__)


def forget_ended(at_once: int = 500) -> None:
    """Jobs that ended well so many days ago, in our table and in the engine's own: what they did is in the audit.

    What is waiting, running or dead is kept in both, for people see it. The engine's inputs are not read: those of the first
    version are code when they are.

    Args:
        at_once: how many are taken out in one transaction of the engine.
    """
    settings = current_settings()
    disk.of_this_instance().before_write()
    before = now() - timedelta(days=settings.jobs_kept_days)
    unfinished = ledger.unfinished()
    _forget(unfinished, at_once, status=["SUCCESS", "ERROR"], completed_before=before.isoformat())
    # What was cancelled here before it was read has no moment of its end.
    _forget(unfinished, at_once, status="CANCELLED", end_time=before.isoformat())
    ledger.forget_done(before)


def _forget(unfinished: set[str], at_once: int, **which: Any) -> None:
    passed = 0
    while True:
        found = client().list_workflows(load_input=False, load_output=False, limit=at_once, offset=passed, **which)
        gone = [one.workflow_id for one in found if one.workflow_id.partition("-run-")[0] not in unfinished]
        if gone:
            client().delete_workflows(gone)
        passed += len(found) - len(gone)
        if len(found) < at_once:
            return


def _take_up(app: Flask) -> None:
    """Hand what is due again to the engine. A database that is away, or a full disk, is met again at the next look."""
    try:
        with app.app_context():
            if not disk.of_this_instance().look():
                return
            for name, subject, number in ledger.take_due(
                tuple(n for n, queue in _queues.items() if queue == LONG_QUEUE)
            ):
                with writing() as session:
                    _hand_over(session, name, subject, f"{name}-{subject}-run-{number}")
    except Exception as error:  # the worker lives on whatever happens to the database
        log.error("jobs_not_taken_up", kind=type(error).__name__)
