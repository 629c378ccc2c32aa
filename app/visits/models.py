"""A sheet taken along on a visit, and photographs of what was seen. A photograph is added and never changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime, new_id, now


class Visit(Base):
    """A visit begun on a phone. ``key`` is sealed, and taken out once the visit is over: what a phone still holds can then be read by nobody.

    ``sha256`` is of what was sent, so that the same sent again is known from something else.
    """

    __tablename__ = "visit"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessment.id"))
    officer_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    key: Mapped[bytes | None]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sha256: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str] = mapped_column(default="")  # sent, given_up, gone


class Photograph(Base):
    """What an officer saw, kept with their answer: made anew here without anything that the camera wrote beside it."""

    __tablename__ = "photograph"
    __table_args__ = (UniqueConstraint("answer_id", "sha256"), {"sqlite_strict": True})

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    answer_id: Mapped[str] = mapped_column(ForeignKey("answer.id"))
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visit.id"))
    on: Mapped[date] = mapped_column("seen_on")
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(deferred=True)
    small: Mapped[bytes] = mapped_column(deferred=True)
    width: Mapped[int]
    height: Mapped[int]
    taken_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    taken_by_name: Mapped[str]
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
