"""The clocks of cases, and what was written down about them. A clock is never deleted; a step is only ever added to."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime, new_id, now

RUNNING, STILL, SNOOZED, LAPSED, MET, ENDED = "running", "still", "snoozed", "lapsed", "met", "ended"
OPEN = (RUNNING, STILL, SNOOZED, LAPSED)


def key_of(case_id: str, kind: str, subject: str) -> str:
    """The key of a clock: the same whoever makes it, so that there is one, and as long as an identifier."""
    return hashlib.sha256(f"{case_id}/{kind}/{subject}".encode()).hexdigest()[:32]


class Clock(Base):
    """One date that a case has to keep, as it follows from what the case holds; see ``found``. ``due`` is its last day.

    ``subject`` is what of the case it is about: an identifier, a key, or the body to be told. ``owner`` is one person; where it is
    empty, ``owner_role`` is whose it is together.
    """

    __tablename__ = "clock"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"))
    kind: Mapped[str]
    subject: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    began: Mapped[date | None]
    due: Mapped[date | None]
    owner: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    owner_role: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=RUNNING)
    met_on: Mapped[date | None]
    met_by: Mapped[str] = mapped_column(default="")
    snoozed_until: Mapped[date | None]
    snoozed_why: Mapped[str] = mapped_column(default="")
    snoozed_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    snoozed_by_name: Mapped[str] = mapped_column(default="")
    snoozes: Mapped[int] = mapped_column(default=0)
    rule_version: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "subject"),
        Index("ix_clock_state_due", "state", "due"),
        {"sqlite_strict": True},
    )


class ClockStep(Base):
    """What became of a clock, or was written down about it: by the job where ``by`` is empty, else by that person.

    ``what``: began, redated, lapsed, running, met, ended, snoozed, woke by themselves or by hand; ``started``, ``answered`` and
    ``noted`` are what somebody wrote down. ``was`` and ``due`` are its last day before and after.
    """

    __tablename__ = "clock_step"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    what: Mapped[str]
    on: Mapped[date | None] = mapped_column("happened_on")
    was: Mapped[date | None] = mapped_column("due_before")
    due: Mapped[date | None]
    said: Mapped[str] = mapped_column(default="")
    by: Mapped[str | None] = mapped_column("written_by", ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column("written_by_name", default="")
    at: Mapped[datetime] = mapped_column("written_at", UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)


class ClockLook(Base):
    """When the clocks of a case were last brought in step: at which version of it, and on which day."""

    __tablename__ = "clock_look"

    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), primary_key=True)
    version: Mapped[int]
    day: Mapped[date] = mapped_column("looked_on")
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)
