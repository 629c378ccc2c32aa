"""What stops destruction, what is proposed and agreed, and what was destroyed. All are only ever added to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime, new_id, now


class LegalHold(Base):
    """Nothing of a case is destroyed while one of its holds stands; without a case it holds every case.

    ``about`` is what set it by itself, empty where a person did. It ends by a :class:`HoldLifted` and no other way.
    """

    __tablename__ = "legal_hold"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("housing_case.id"), index=True)
    kind: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    by_id: Mapped[str | None] = mapped_column("set_by", ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column("set_by_name", default="")
    at: Mapped[datetime] = mapped_column("set_at", UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)


class HoldLifted(Base):
    """A hold was lifted, by whom and why."""

    __tablename__ = "legal_hold_lifted"

    hold_id: Mapped[str] = mapped_column(ForeignKey("legal_hold.id"), primary_key=True)
    reason: Mapped[str]
    by_id: Mapped[str] = mapped_column("lifted_by", ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column("lifted_by_name")
    at: Mapped[datetime] = mapped_column("lifted_at", UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)


class Disposal(Base):
    """The service proposes that a case be destroyed: by which rule of which schedule, and from which day."""

    __tablename__ = "disposal"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    rule: Mapped[str]
    schedule: Mapped[str]
    due: Mapped[date] = mapped_column("due_on")
    at: Mapped[datetime] = mapped_column("proposed_at", UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)


class DisposalStep(Base):
    """What a person said to a proposal: ``agreed``, or ``kept`` until a day; ``by_id`` is empty where a hold ended it by itself."""

    __tablename__ = "disposal_step"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    disposal_id: Mapped[str] = mapped_column(ForeignKey("disposal.id"), index=True)
    what: Mapped[str]
    reason: Mapped[str]
    until: Mapped[date | None] = mapped_column("kept_until")
    by_id: Mapped[str | None] = mapped_column("said_by", ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column("said_by_name", default="")
    by_role: Mapped[str] = mapped_column("said_by_role", default="")
    at: Mapped[datetime] = mapped_column("said_at", UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)


class Destruction(Base):
    """A case was destroyed. ``body`` is the certificate as JSON, without anything of a family; ``case_id`` names nothing any more."""

    __tablename__ = "destruction"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[str] = mapped_column(unique=True)
    body: Mapped[bytes]
    sha256: Mapped[str]
    at: Mapped[datetime] = mapped_column("destroyed_at", UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)
