"""Issuing a record, making its PDF, and saying whether a PDF is one of ours."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clocks, jobs
from app.audit import service as audit
from app.database import now, writing
from app.extensions import db
from app.settings import Settings

from . import canonical, process, seal
from .models import Record

RENDER = "render-record"
_NUMBER_LOCK = 7_231_001


def next_number(session: Session, issued_at: datetime) -> str:
    """R-2026-00001 and on. SQLite has one writer; PostgreSQL takes a lock for the number until the commit."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_NUMBER_LOCK)))
    year = clocks.local(issued_at).year
    count = session.scalar(select(func.count()).select_from(Record).where(Record.number.like(f"R-{year}-%"))) or 0
    return f"R-{year}-{count + 1:05d}"


def issue(session: Session, case_id: str, number: str, issued_at: datetime, contents: dict[str, Any]) -> Record:
    """Freeze a record and queue its PDF, in the caller's transaction."""
    body = canonical.encode(
        {"format": canonical.FORMAT, "number": number, "issued_at": clocks.written(issued_at), **contents}
    )
    record = Record(case_id=case_id, number=number, issued_at=issued_at, body=body, sha256=canonical.digest(body))
    session.add(record)
    session.flush()
    audit.record(session, "record.issued", "record", record.id, case_id, {"sha256": record.sha256})
    jobs.enqueue(session, RENDER, record.id)
    return record


def contents(record_id: str) -> dict[str, Any]:
    """What a record holds, as it was frozen."""
    found: dict[str, Any] = json.loads(db.session.get_one(Record, record_id).body)
    return found


def file_of(record: Record) -> Path:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.data / "records" / f"{record.id}.pdf"


def make_pdf(record_id: str) -> None:
    """Render, seal and store the PDF of a record. Safe to run again: a record that has its PDF keeps it."""
    settings: Settings = current_app.config["SETTINGS"]
    record = db.session.get(Record, record_id)
    if record is None or (record.pdf_sha256 is not None and file_of(record).exists()):
        return
    unsealed = process.render(record.body)
    sealed = seal.seal(unsealed, settings)
    target = file_of(record)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = target.with_suffix(".making")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(sealed)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(target)
    with writing() as session:
        record = session.get_one(Record, record_id)
        record.pdf_sha256, record.unsealed_sha256 = canonical.digest(sealed), canonical.digest(unsealed)
        record.pdf_bytes, record.rendered_at = len(sealed), now()
        audit.record(session, "record.rendered", "record", record.id, record.case_id, {"pdf_sha256": record.pdf_sha256})


class Verified(NamedTuple):
    """What can be said of a PDF. ``unaltered`` is true only for the very bytes we issued."""

    ours: bool
    unaltered: bool
    record: str
    says: str


def verify(pdf: bytes) -> Verified:
    """Is this one of our PDFs, unaltered, and of which record?"""
    settings: Settings = current_app.config["SETTINGS"]
    found = db.session.scalar(select(Record).where(Record.pdf_sha256 == canonical.digest(pdf)))
    if found is not None:
        return Verified(True, True, found.number, f"Issued by us and unaltered: record {found.number}.")
    unsealed = db.session.scalar(select(Record).where(Record.unsealed_sha256 == canonical.digest(pdf)))
    if unsealed is not None:
        return Verified(True, False, unsealed.number, f"The content of record {unsealed.number}, but without its seal.")
    intact = seal.is_intact(pdf, settings)
    if intact:
        return Verified(True, True, "", "Sealed with our seal and unaltered, but not in this database.")
    if intact is False:
        return Verified(
            False, False, "", "Not one of ours as it stands: it cannot be read, or it was altered after it was sealed."
        )
    return Verified(False, False, "", "Not one of ours: it carries no seal of ours.")


jobs.register(RENDER, make_pdf)
