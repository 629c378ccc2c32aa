"""The audit table: append-only, without personal data. Every step and every view of a case is one entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, now


class AuditEvent(Base):
    __tablename__ = "audit_event"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    actor_id: Mapped[str]
    actor_role: Mapped[str]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    case_id: Mapped[str] = mapped_column(default="")
    request_id: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    # Where it was noted in the spool while the disk was full: the line's own identifier, so that it is stored once.
    spooled: Mapped[str | None]
    __table_args__ = (
        Index("ix_audit_event_case_id_seq", "case_id", "seq"),
        Index("ix_audit_event_at", "at"),
        Index("ix_audit_event_spooled", "spooled", unique=True),
        {"sqlite_strict": True},
    )
