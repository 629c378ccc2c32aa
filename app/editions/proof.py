"""What can be said of a PDF that may be a copy for one reader: by the same witnesses as a record, hash, seal and the data inside."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app.extensions import db
from app.records import canonical
from app.records.models import Record
from app.records.proof import ALTERED, SUPERSEDED, UNALTERED, Carries, Verified

from .models import Edition


def verify(pdf: bytes, carries: Carries, may_see: Callable[[Record], bool]) -> Verified | None:
    """Is this one of our copies, unaltered, and of which record? None where it is none that may be told of.

    Args:
        carries: what the file itself says.
        may_see: of which records whoever asks may be told.
    """
    digest = canonical.digest(pdf)
    for column, value in (
        (Edition.pdf_sha256, digest),
        (Edition.unsealed_sha256, digest),
        (Edition.sha256, carries.data_sha256),
    ):
        edition = db.session.scalar(select(Edition).where(column == value)) if value else None
        if edition is None:
            continue
        record = db.session.get_one(Record, edition.record_id)
        if not may_see(record):
            return None
        if digest in (edition.pdf_sha256, *edition.files):  # a file that was made before the newest is as good
            return _of_the_file(edition, record, carries)
        return _not_the_file(edition, record, column is Edition.sha256)
    return None


def _of_the_file(edition: Edition, record: Record, carries: Carries) -> Verified:
    wrong = []
    if not carries.intact:
        wrong.append("its seal is not whole or not ours")
    if canonical.digest(edition.body) != edition.sha256:
        wrong.append("the stored copy no longer matches its own hash")
    if carries.data_sha256 != canonical.digest(edition.body):
        wrong.append("the data inside it is not the stored copy")
    if wrong:
        said = f"Its hash stands in this database as copy {edition.number}, but {' and '.join(wrong)}: one of them was changed."
        return _told(record, f"{said} Do not rely on either.", ALTERED)
    said = f"Issued by us and unaltered: copy {edition.number} of record {record.number}, made for one reader."
    newest = (
        select(Record).where(Record.case_id == record.case_id).order_by(Record.issued_at.desc(), Record.number.desc())
    )
    newer = db.session.scalars(newest.limit(1)).one()
    if newer.id != record.id:
        return _told(record, f"{said} A newer record replaces the one it was made from: {newer.number}.", SUPERSEDED)
    return _told(record, said, UNALTERED)


def _not_the_file(edition: Edition, record: Record, by_data: bool) -> Verified:
    if by_data:
        said = f"Not a file that we issued: it carries the data of copy {edition.number}, and was altered or put together anew."
    else:
        said = f"The content of copy {edition.number}, but without its seal."
    return _told(record, f"{said} Rely on the copy in this service.", ALTERED)


def _told(record: Record, says: str, kind: str) -> Verified:
    is_whole = kind != ALTERED
    return Verified(
        ours=True, unaltered=is_whole, record=record.number, says=says, kind=kind, case_id=record.case_id, record_id=record.id
    )  # fmt: skip
