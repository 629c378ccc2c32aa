"""A decision on an assessment: made once, by a safeguarding lead who did not write it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, new_id, now


class Decision(Base):
    __tablename__ = "decision"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessment.id"), unique=True)
    outcome: Mapped[str]
    verdict: Mapped[str]
    reviewer: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    reviewed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    note: Mapped[str]
    conditions: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id"))


class UsedChecklist(Base):
    """A checklist version once a record rests on it: its files by digest. It never changes again."""

    __tablename__ = "used_checklist"

    version: Mapped[str] = mapped_column(primary_key=True)
    files: Mapped[dict[str, str]] = mapped_column(Json)
    first_used: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class FrozenText(Base):
    """A checklist file as it was, by its SHA-256."""

    __tablename__ = "frozen_text"

    digest: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
