"""A home that is held sealed: the seal of a case, each address under it, who may see them, and who asked to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, new_id, now

HELD = "Held sealed"  # how what stands in the place of a sealed address begins


class HomeSeal(Base):
    """The home of a household is held sealed, until two people lift it; at most one in force a case.

    ``steps`` are the steps in the life of the case that say where they went, and are told without it.
    """

    __tablename__ = "home_seal"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"))
    reason: Mapped[str]
    sealed_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    sealed_by_name: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    steps: Mapped[list[str]] = mapped_column(Json, default=list)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index(
            "ix_home_seal_in_force", "case_id", unique=True,
            sqlite_where=text("lifted_at IS NULL"), postgresql_where=text("lifted_at IS NULL"),
        ),
        {"sqlite_strict": True},
    )  # fmt: skip


class SealedAddress(Base):
    """What stood in a row of a case’s addresses. ``closed`` opens with a key that is in no database; empty once it was destroyed.

    ``mark`` is a keyed digest of the address, so that words of before can be told to be of it without opening it.
    """

    __tablename__ = "sealed_address"

    address_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    closed: Mapped[str]
    mark: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)


class HomeNamed(Base):
    """Somebody who may see a sealed home, as long as they see the case; at most one in force a person."""

    __tablename__ = "home_named"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"))
    seal_id: Mapped[str] = mapped_column(ForeignKey("home_seal.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    named_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index(
            "ix_home_named_in_force", "seal_id", "user_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        {"sqlite_strict": True},
    )  # fmt: skip


class HomeAsked(Base):
    """One person asks to see a sealed home, or to lift the seal; a second one agrees or refuses.

    ``what`` is *show* or *lift*; ``verdict`` *agreed* or *refused*. What is agreed to be shown is shown once, before ``until``.
    """

    __tablename__ = "home_asked"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    seal_id: Mapped[str] = mapped_column(ForeignKey("home_seal.id"))
    what: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    verdict: Mapped[str | None]
    word: Mapped[str] = mapped_column(default="")
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    settled_by_name: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = ({"sqlite_strict": True},)
