"""Issuing a record, and making its PDF."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clocks, jobs
from app.audit import service as audit
from app.database import now, writing
from app.extensions import db
from app.settings import Settings, current_settings

from . import canonical, files, missing, process, seal, timestamps
from .models import Record, RecordFile
from .proof import RecordAltered, body_of

log = structlog.get_logger("case_by_case")
RENDER, RENDER_AGAIN = "render-record", "render-again"
MADE_AGAIN = (
    "The file is not on this machine any more. It is being made again from the frozen record: reload this page in a minute. "
    "It is a new file with a new seal, and marked so."
)
_NUMBER_LOCK = 7_231_001


def next_number(session: Session, issued_at: datetime) -> str:
    """R-2026-00001 and on. SQLite has one writer; PostgreSQL takes a lock for the number until the commit."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_NUMBER_LOCK)))
    year = clocks.local(issued_at).year
    count = session.scalar(select(func.count()).select_from(Record).where(Record.number.like(f"R-{year}-%"))) or 0
    return f"R-{year}-{count + 1:05d}"


def issue(
    session: Session,
    case_id: str,
    number: str,
    issued_at: datetime,
    contents: dict[str, Any],
    reissue_of: str | None = None,
) -> Record:
    """Freeze a record and queue its PDF, in the caller's transaction. It carries the head of the audit: whoever has it is a witness.

    Args:
        contents: what it holds; of an issue of an earlier record the format of that one too.
        reissue_of: the record that is issued anew.
    """
    about = {"number": number, "issued_at": clocks.written(issued_at), "audit": audit.head(session)}
    body = canonical.encode({"format": canonical.FORMAT, **about, **contents})
    record = Record(
        case_id=case_id,
        number=number,
        issued_at=issued_at,
        body=body,
        sha256=canonical.digest(body),
        reissue_of=reissue_of,
    )
    session.add(record)
    session.flush()
    audit.record(session, "record.issued", "record", record.id, case_id, {"sha256": record.sha256})
    jobs.enqueue(session, RENDER, record.id)
    return record


def contents(record_id: str) -> dict[str, Any]:
    """What a record holds, as it was frozen."""
    found: dict[str, Any] = json.loads(body_of(db.session.get_one(Record, record_id)))
    return found


def file_of(record: Record) -> Path:
    return current_settings().records_folder / f"{record.id}.pdf"


def is_there(record: Record) -> bool:
    """Is its sealed file where it should be?"""
    return record.pdf_sha256 is not None and file_of(record).exists()


def ask_for_it_again(record: Record) -> None:
    """Queue the PDF of a record whose file is gone; asked twice, it is made once."""
    with writing() as session:
        files = session.scalar(select(func.count()).select_from(RecordFile).where(RecordFile.record_id == record.id))
        jobs.enqueue(session, RENDER_AGAIN, f"{record.id}-{files}")


def ask_for_all_again() -> int:
    """Queue every PDF whose file is gone; returns how many."""
    gone = missing.absent()
    for record_id in gone:
        ask_for_it_again(db.session.get_one(Record, record_id))
    return len(gone)


def make_pdf_again(subject: str) -> None:
    """The job behind ``ask_for_it_again``: the record's identifier and how many files it had."""
    make_pdf(subject.partition("-")[0])


def make_pdf(record_id: str) -> None:
    """Render, seal and store the PDF of a record. Safe to run again: a record that has its PDF keeps it.

    One whose file is gone gets a new one, with a new seal and so another hash; it is marked and logged as such.
    """
    settings = current_settings()
    record = db.session.get(Record, record_id)
    if record is None or is_there(record):
        return
    try:
        unsealed = process.render(body_of(record))
    except (process.RenderFailed, RecordAltered):
        raise jobs.Failed("render") from None
    sealed, unstamped = _sealed(unsealed, settings)
    files.put(file_of(record), sealed)
    sha256, unsealed_sha256 = canonical.digest(sealed), canonical.digest(unsealed)
    with writing() as session:
        record = session.get_one(Record, record_id)
        again = record.pdf_sha256 is not None
        if not again:
            record.pdf_sha256, record.unsealed_sha256 = sha256, unsealed_sha256
            record.pdf_bytes, record.rendered_at = len(sealed), now()
        session.add(
            RecordFile(
                record_id=record.id, sha256=sha256, unsealed_sha256=unsealed_sha256, bytes=len(sealed), again=again
            )
        )
        action = "record.rendered_again" if again else "record.rendered"
        audit.record(session, action, "record", record.id, record.case_id, {"pdf_sha256": sha256})
        if unstamped:
            audit.record(session, "record.not_stamped", "record", record.id, record.case_id)
    if again:
        missing.made_again()


def _sealed(unsealed: bytes, settings: Settings) -> tuple[bytes, bool]:
    """A PDF with its seal, and whether a time-stamp was asked for and not given: a record does not wait for one."""
    asks = timestamps.stamper(settings)
    try:
        return seal.seal(unsealed, settings, asks), False
    except timestamps.NotStamped as problem:
        log.warning("not_stamped", why=str(problem))
        return seal.seal(unsealed, settings), True


jobs.register(RENDER, make_pdf, "PDF of a record")
jobs.register(RENDER_AGAIN, make_pdf_again, "PDF of a record, made again")
