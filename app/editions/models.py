"""A copy of a record for one reader: made once, never edited. What it holds is in ``body``, and its PDF is drawn from that alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, new_id, now


class Edition(Base):
    """``about``: keys of whom it is about; ``opened``: matters a person opened for it, each with the reason they gave."""

    __tablename__ = "edition"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    reader: Mapped[str]
    about: Mapped[list[str]] = mapped_column(Json, default=list)
    opened: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    body: Mapped[bytes]
    sha256: Mapped[str]
    made_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_by_name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    agreed_by: Mapped[str] = mapped_column(default="")
    agreed_by_name: Mapped[str] = mapped_column(default="")
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pdf_sha256: Mapped[str | None] = mapped_column(unique=True)
    files: Mapped[list[str]] = mapped_column(Json, default=list)  # the hash of every file made of it
    unsealed_sha256: Mapped[str | None]
    pdf_bytes: Mapped[int | None]
    rendered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
