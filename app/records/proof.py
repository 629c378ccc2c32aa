"""What can be said of a PDF that is put to us: ours or not, unaltered or not, of which record.

One witness is never enough. The database says what hashes we wrote down, the seal that no byte was changed, and the data inside
the file what it was made from; who changes one leaves the others. Unaltered is only what all of them say.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from app.extensions import db
from app.settings import current_settings

from . import canonical, seal
from .models import Record, RecordFile


class Verified(NamedTuple):
    """What can be said of a PDF. ``unaltered`` is true only for the very bytes we issued, as all witnesses say."""

    ours: bool
    unaltered: bool
    record: str
    says: str


class RecordAltered(RuntimeError):
    """A stored record is no longer what was hashed when it was issued. Nothing of it is shown as if it were."""

    def __init__(self, number: str) -> None:
        super().__init__(f"Record {number} was changed after it was issued.")
        self.number = number


def body_of(record: Record) -> bytes:
    """What a record holds, checked against its hash whenever it is looked at.

    Raises:
        RecordAltered: it is not what was issued.
    """
    if canonical.digest(record.body) != record.sha256:
        raise RecordAltered(record.number)
    return record.body


def verify(pdf: bytes) -> Verified:
    """Is this one of our PDFs, unaltered, and of which record?"""
    settings = current_settings()
    digest = canonical.digest(pdf)
    intact = seal.is_intact(pdf, settings)
    file = db.session.scalar(select(RecordFile).where(RecordFile.sha256 == digest))
    if file is not None:
        return _of_a_known_file(pdf, file, intact)
    unsealed = db.session.scalar(select(RecordFile).where(RecordFile.unsealed_sha256 == digest))
    if unsealed is not None:
        number = db.session.get_one(Record, unsealed.record_id).number
        return Verified(True, False, number, f"The content of record {number}, but without its seal.")
    if intact:
        return Verified(True, False, "", "Sealed by us, and not in this database: it cannot be said of which record.")
    if intact is False:
        said = "Not one of ours as it stands: it cannot be read, or it was altered after it was sealed."
        return Verified(False, False, "", said)
    return Verified(False, False, "", "Not one of ours: it carries no seal of ours.")


def _of_a_known_file(pdf: bytes, file: RecordFile, intact: bool | None) -> Verified:
    record = db.session.get_one(Record, file.record_id)
    wrong = []
    if not intact:
        wrong.append("its seal is not whole or not ours")
    if canonical.digest(record.body) != record.sha256:
        wrong.append("the stored record no longer matches its own hash")
    if seal.data_in(pdf) != record.body:
        wrong.append("the data inside it is not the stored record")
    if wrong:
        said = f"Its hash stands in this database as record {record.number}, but {' and '.join(wrong)}: one of them was changed."
        return Verified(True, False, record.number, f"{said} Do not rely on either.")
    again = " It was made again on a later day, from the same record." if file.again else ""
    return Verified(True, True, record.number, f"Issued by us and unaltered: record {record.number}.{again}")
