"""What a case can be found by, one row a case; former names; and by which rules the rows were made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, new_id, now


class CaseFound(Base):
    """A copy for finding: of what stands elsewhere in the case, and of nothing else. Never shown without the case being visible.

    ``words`` are folded words with a space before and after each, ``sounds`` the keys of names likewise; ``entries`` is what they came
    from: lists of a kind, what is shown, and for a name its birth date.
    """

    __tablename__ = "case_found"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)  # the newest case has the highest
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), unique=True)
    words: Mapped[str]
    sounds: Mapped[str]
    entries: Mapped[list[list[str]]] = mapped_column(Json)


class FormerName(Base):
    """What somebody in the household was called in this case before; only added to."""

    __tablename__ = "former_name"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"))
    key: Mapped[str] = mapped_column("member_key")
    name: Mapped[str]
    until: Mapped[datetime] = mapped_column("replaced_at", UtcDateTime, default=now)
    __table_args__ = (Index("ix_former_name_case_id", "case_id"), {"sqlite_strict": True})


class FoundMark(Base):
    """``rules`` is what all rows were made by, once all were: see ``folding.rules``. At most one."""

    __tablename__ = "case_found_mark"

    id: Mapped[str] = mapped_column(primary_key=True)
    rules: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
