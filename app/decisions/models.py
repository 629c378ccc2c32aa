"""A decision on an assessment: made once, by a safeguarding lead who did not write it; and the emergency decision for tonight."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
    # What the lead judged it to be, where that is worse than the rules and the officer; why is her note.
    worse_outcome: Mapped[str] = mapped_column(default="")
    worse_reason: Mapped[str] = mapped_column(default="")
    conditions: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id"))


class DecisionFinding(Base):
    """What stopped the place or held the decision up, each kind once, as its record keeps it: to be counted without opening the record.

    ``kind`` is a criterion or, where what comes together does so by itself, a pattern.
    """

    __tablename__ = "decision_finding"

    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    effect: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = ({"sqlite_strict": True},)


class DecisionStep(Base):
    """What was written down after a decision; only ever added to, so that the decision itself is never touched.

    ``kind`` says what (see ``afterwards``); ``about`` is the step that this one answers; ``number`` a condition's place in its record.
    """

    __tablename__ = "decision_step"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"), index=True)
    kind: Mapped[str]
    about: Mapped[str] = mapped_column(default="", index=True)
    number: Mapped[int | None]
    said: Mapped[str]
    instead: Mapped[str] = mapped_column(default="")
    seen_by: Mapped[str] = mapped_column(default="")
    seen_on: Mapped[date | None]
    due: Mapped[date | None]
    taken_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    taken_by_name: Mapped[str]
    taken_by_role: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = (Index("ix_decision_step_kind_due", "kind", "due"), {"sqlite_strict": True})


class EmergencyDecision(Base):
    """Nothing else tonight: a senior officer's time-limited decision on a placement that stays "not suitable" on the record.

    ``frozen`` keeps the outcome and every stop, hold and high concern as they stood. A safeguarding lead ratifies or escalates it.
    """

    __tablename__ = "emergency_decision"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessment.id"), index=True)
    outcome: Mapped[str]
    frozen: Mapped[dict[str, Any]] = mapped_column(Json)
    taken_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    taken_by_name: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    first_night: Mapped[date]
    nights: Mapped[int]
    tried: Mapped[str]
    why: Mapped[str]
    safe_tonight: Mapped[str]
    seen_by: Mapped[str]
    told: Mapped[str]
    review_by: Mapped[date]
    verdict: Mapped[str | None]
    ratified_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    ratified_by_name: Mapped[str] = mapped_column(default="")
    ratified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ratified_note: Mapped[str] = mapped_column(default="")
    # Of one that was escalated: where the family was moved, once somebody wrote that down.
    move: Mapped[EmergencyMove | None] = relationship(lazy="joined")


class EmergencyMove(Base):
    """Where the family of an escalated emergency decision was moved, since which day, and who wrote it down. Only ever added to."""

    __tablename__ = "emergency_move"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    emergency_id: Mapped[str] = mapped_column(ForeignKey("emergency_decision.id"), unique=True)
    said: Mapped[str]
    on: Mapped[date] = mapped_column("moved_on")
    written_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    written_by_name: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)


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
