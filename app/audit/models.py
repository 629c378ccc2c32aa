"""The audit's tables: entries, only ever added to, without personal data, and the head of their chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, now

from .details import opened

_UNLINKED, _SEALING = text("hash IS NULL"), text("action = 'audit.sealed'")


class AuditEvent(Base):
    """Every step and every view of a case is one entry. ``stored`` is what is hashed: see ``chain``; both are empty without a link.

    Codes and counts of an entry that is of no case stand in ``plain``. Those of a case's entry, and what it changed, are closed
    under the case's key, in the row of ``AuditDetail`` that ``commitment`` names; ``details`` opens them.
    """

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
    plain: Mapped[dict[str, Any]] = mapped_column("detail", Json, default=dict)
    # Where it was noted in the spool while the disk was full: the line's own identifier, so that it is stored once.
    spooled: Mapped[str | None]
    commitment: Mapped[str | None]
    # The permission of the policy table that let it through, and the version that wrote it; entries of before say neither.
    rule: Mapped[str | None]
    app_version: Mapped[str | None]
    stored: Mapped[bytes | None]
    hash: Mapped[bytes | None]
    __table_args__ = (
        Index("ix_audit_event_case_id_seq", "case_id", "seq"),
        Index("ix_audit_event_at", "at"),
        Index("ix_audit_event_actor_id_seq", "actor_id", "seq"),
        Index("ix_audit_event_spooled", "spooled", unique=True),
        Index("ix_audit_event_unlinked", "seq", sqlite_where=_UNLINKED, postgresql_where=_UNLINKED),
        Index("ix_audit_event_sealing", "seq", sqlite_where=_SEALING, postgresql_where=_SEALING),
        {"sqlite_strict": True},
    )

    @property
    def detail(self) -> dict[str, Any]:
        """Its codes and counts; empty where they were closed under a key that is gone."""
        found: dict[str, Any] = opened(self).get("detail", {})
        return found


class AuditHead(Base):
    """One row: the number of the last entry, and the hash of the last that is linked. The database moves it, nobody else."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[bytes]
