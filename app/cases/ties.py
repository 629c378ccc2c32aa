"""What staff write down of their own, as keyed digests, and where a case may be of somebody here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, new_id, now


class StaffTie(Base):
    """A former name, a home or a relation that somebody of the council wrote down about themselves.

    ``keys`` are keyed digests: what was typed is kept nowhere, and can be held against a household without being read.
    """

    __tablename__ = "staff_tie"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str]
    keys: Mapped[list[str]] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)


class PossibleMatch(Base):
    """A household may be that of somebody of the council, or of somebody close to them; at most one waits a person and case.

    ``grounds`` are pairs of a rule and what in the case it was found by; ``keys`` the digests that met. While it waits and ``holds``, the
    case is kept from them. ``verdict`` is *kept_out* or *let_in*.
    """

    __tablename__ = "possible_match"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    grounds: Mapped[list[list[str]]] = mapped_column(Json)
    keys: Mapped[list[str]] = mapped_column(Json)
    holds: Mapped[bool]
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    verdict: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    settled_by_name: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index(
            "ix_possible_match_waits", "user_id", "case_id", unique=True,
            sqlite_where=text("settled_at IS NULL"), postgresql_where=text("settled_at IS NULL"),
        ),
        {"sqlite_strict": True},
    )  # fmt: skip
