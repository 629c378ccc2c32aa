"""What has to be told to somebody of the council: one row a thing, told once. It holds identifiers and codes, nothing of a family."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime, now


class Telling(Base):
    """``id`` is what it is and of what, so that the same thing is there once, whoever notes it. ``digest`` is the mail it is in."""

    __tablename__ = "telling"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    object_id: Mapped[str]
    by: Mapped[str] = mapped_column("done_by", default="")  # who did it: nobody is told of what they did themselves
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    owner: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    digest: Mapped[str] = mapped_column(default="", index=True)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    moot_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # there was nothing to tell any more


class DigestDay(Base):
    """A day whose digests were put together, so that they are once."""

    __tablename__ = "digest_day"

    day: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
