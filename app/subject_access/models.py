"""What was put together for somebody who asked what is held about them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime, new_id, now


class SubjectAccess(Base):
    """One request and its answer: ``body`` is the canonical JSON of what they are given, frozen when it was made; released once.

    ``proved`` is how it is known who asks; ``clock_id`` its date. It is never given before a safeguarding lead released it.
    """

    __tablename__ = "subject_access"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    member_key: Mapped[str]
    clock_id: Mapped[str]
    asked_on: Mapped[date]
    proved: Mapped[str]
    body: Mapped[bytes]
    sha256: Mapped[str]
    made_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_by_name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    released_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    released_by_name: Mapped[str] = mapped_column(default="")
    released_why: Mapped[str] = mapped_column(default="")
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = ({"sqlite_strict": True},)
