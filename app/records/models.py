"""The frozen record: written once, never edited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime, new_id, now


class Record(Base):
    """``body`` is the canonical JSON; ``sha256`` its digest. The PDF's digests follow once it is made."""

    __tablename__ = "record"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    body: Mapped[bytes]
    sha256: Mapped[str] = mapped_column(unique=True)
    pdf_sha256: Mapped[str | None] = mapped_column(unique=True)
    unsealed_sha256: Mapped[str | None]
    pdf_bytes: Mapped[int | None]
    # The first record of the decision, where this one is that record issued anew with what happened since.
    reissue_of: Mapped[str | None] = mapped_column(index=True)
    rendered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CourtExport(Base):
    """A case that was given out whole: for what, by whom, and the hash of its list of files, by which an export is known again.

    Only ever added to; nothing of the export itself is kept here.
    """

    __tablename__ = "court_export"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    purpose: Mapped[str]
    words: Mapped[str]
    made_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_by_name: Mapped[str]
    made_by_role: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    manifest_sha256: Mapped[str]
    files: Mapped[int]


class RecordFile(Base):
    """A sealed PDF that was made of a record. The first is the one that was issued; ``again`` where that file was lost."""

    __tablename__ = "record_file"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id"), index=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    unsealed_sha256: Mapped[str]
    bytes: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    again: Mapped[bool] = mapped_column(default=False)
