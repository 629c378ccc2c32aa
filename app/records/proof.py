"""What can be said of a PDF that is put to us: ours or not, unaltered or not, of which record.

One witness is never enough. The database says what hashes we wrote down, the seal that no byte was changed, and the data inside
the file what it was made from; who changes one leaves the others. Unaltered is only what all of them say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import select

from app import clocks
from app.extensions import db
from app.settings import Settings, current_settings

from . import canonical, seal
from .models import Record, RecordFile

UNALTERED, SUPERSEDED, ALTERED, NOT_HERE, NOT_OURS = "unaltered", "superseded", "altered", "not_here", "not_ours"


class Verified(NamedTuple):
    """What can be said of a PDF. ``unaltered`` is true only for the very bytes we issued, as all witnesses say.

    ``kind`` is unaltered, superseded (unaltered, and a newer record of the case replaces it), altered, not_here (sealed by us, of no
    record that may be told of) or not_ours. ``case_id`` and ``record_id`` are empty where no record is named.
    """

    ours: bool
    unaltered: bool
    record: str
    says: str
    kind: str
    case_id: str = ""
    record_id: str = ""


class Carries(NamedTuple):
    """What a file itself says: whether our seal is whole (None: it has none of ours), whether it names ours, the digest of the data inside."""

    intact: bool | None
    sealed_by_us: bool
    data_sha256: str


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


def look_here(pdf: bytes, settings: Settings) -> Carries:
    """What a file carries, read in this very process: for files that are not a stranger's."""
    certificates = seal.own_certificates(settings)
    data = seal.data_in(pdf)
    digest = "" if data is None else canonical.digest(data)
    return Carries(seal.is_intact_under(pdf, certificates), seal.is_sealed_under(pdf, certificates), digest)


def verify(pdf: bytes, look: Look = look_here, may_see: Callable[[Record], bool] = lambda record: True) -> Verified:
    """Is this one of our PDFs, unaltered, and of which record?

    Args:
        look: what reads the file.
        may_see: of which records whoever asks may be told; any other is as if it were not there.
    """
    carries = look(pdf, current_settings())
    digest = canonical.digest(pdf)
    file = db.session.scalar(select(RecordFile).where(RecordFile.sha256 == digest))
    record = db.session.get_one(Record, file.record_id) if file is not None else None
    if file is not None and record is not None and may_see(record):
        return _of_a_known_file(file, record, carries)
    unsealed = db.session.scalar(select(RecordFile).where(RecordFile.unsealed_sha256 == digest))
    record = db.session.get_one(Record, unsealed.record_id) if unsealed is not None else None
    if record is not None and may_see(record):
        return _altered(record, f"The content of record {record.number}, but without its seal.")
    if carries.intact:
        return Verified(ours=True, unaltered=False, record="", says=_NOT_HERE, kind=NOT_HERE)
    record = (
        db.session.scalar(select(Record).where(Record.sha256 == carries.data_sha256)) if carries.data_sha256 else None
    )
    if record is not None and may_see(record):
        return _altered(
            record, f"{_CHANGED} It carries the data of record {record.number}. Rely on the record in this service."
        )
    if carries.sealed_by_us:
        return _nobodys(f"{_CHANGED} It names our seal.", ALTERED)
    if carries.intact is False:
        said = "Not one of ours as it stands: it cannot be read, or it was altered after it was sealed."
        return _nobodys(said)
    return _nobodys("Not one of ours: it carries no seal of ours.")


Look = Callable[[bytes, Settings], Carries]
_CHANGED = "Not a file that we issued: one of ours was altered after it was sealed, or its parts were put into another."
_NOT_HERE = "Sealed by us, and not in this database as a record that you may see: it cannot be said of which record."


def _altered(record: Record, says: str) -> Verified:
    return Verified(
        ours=True, unaltered=False, record=record.number, says=says, kind=ALTERED, case_id=record.case_id, record_id=record.id
    )  # fmt: skip


def _nobodys(says: str, kind: str = NOT_OURS) -> Verified:
    return Verified(ours=False, unaltered=False, record="", says=says, kind=kind)


def _of_a_known_file(file: RecordFile, record: Record, carries: Carries) -> Verified:
    wrong = []
    if not carries.intact:
        wrong.append("its seal is not whole or not ours")
    if canonical.digest(record.body) != record.sha256:
        wrong.append("the stored record no longer matches its own hash")
    if carries.data_sha256 != canonical.digest(record.body):
        wrong.append("the data inside it is not the stored record")
    if wrong:
        said = f"Its hash stands in this database as record {record.number}, but {' and '.join(wrong)}: one of them was changed."
        return _altered(record, f"{said} Do not rely on either.")
    again = " It was made again on a later day, from the same record." if file.again else ""
    said = f"Issued by us and unaltered: record {record.number}.{again}"
    newer = db.session.scalar(_NEWEST.where(Record.case_id == record.case_id))
    if newer is not None and newer.id != record.id:
        said += f" A newer record replaces it, {newer.number}, issued {clocks.moment_in_words(newer.issued_at)}."
    kind = UNALTERED if newer is None or newer.id == record.id else SUPERSEDED
    return Verified(
        ours=True, unaltered=True, record=record.number, says=said, kind=kind, case_id=record.case_id, record_id=record.id
    )  # fmt: skip


_NEWEST = select(Record).order_by(Record.issued_at.desc(), Record.number.desc()).limit(1)
