"""Cases opened in an emergency, what came of each, and what was noticed of who looked at what. Rows are only ever added."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, new_id, now

ENDED, REVIEW = "ended", "review"


class BreakGlass(Base):
    """Somebody opened one case that is not theirs, to read it, until ``ends_at``; a safeguarding lead reviews it by ``review_by``."""

    __tablename__ = "break_glass"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    opened_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    user_name: Mapped[str]
    user_role: Mapped[str]
    category: Mapped[str]
    reason: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)  # never empty: what has no end would open for ever
    review_by: Mapped[date]
    __table_args__ = (
        CheckConstraint("opened_at < ends_at", name="ends_after_it_begins"),
        Index("ix_break_glass_opened_by_case_id", "opened_by", "case_id"),
        {"sqlite_strict": True},
    )


class BreakGlassStep(Base):
    """It was ended before its time, or reviewed: then ``answer`` is one of the four, and ``said`` says why."""

    __tablename__ = "break_glass_step"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    glass_id: Mapped[str] = mapped_column(ForeignKey("break_glass.id"), index=True)
    kind: Mapped[str]
    answer: Mapped[str] = mapped_column(default="")
    said: Mapped[str] = mapped_column(default="")
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str]
    by_role: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)


class TonightNote(Base):
    """What somebody did for a family in a night on which they had opened the case: the one thing that they write in it."""

    __tablename__ = "tonight_note"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    glass_id: Mapped[str] = mapped_column(ForeignKey("break_glass.id"))
    said: Mapped[str]
    written_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    written_by_name: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)


class ReadingFinding(Base):
    """What a rule noticed of one person, in facts: a question to somebody who knows them, never an answer and never a score.

    ``id`` is made of the rule, the person, the case and the day, so that the same is noticed once. ``case_id`` is empty where it is
    of no case, or of one that there is not.
    """

    __tablename__ = "reading_finding"

    id: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[str]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    case_id: Mapped[str | None] = mapped_column(ForeignKey("housing_case.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = (
        Index("ix_reading_finding_user_id_rule", "user_id", "rule"),
        {"sqlite_strict": True},
    )


class ReadingAnswer(Base):
    """What somebody else found of it: one of the four answers, and why."""

    __tablename__ = "reading_answer"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    finding_id: Mapped[str] = mapped_column(ForeignKey("reading_finding.id"), index=True)
    answer: Mapped[str]
    said: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str]
    by_role: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)
