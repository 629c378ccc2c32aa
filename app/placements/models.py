"""A place that was considered for a family: the search log. Only added to; a mistake is struck out, with a reason."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime, new_id, now


class PlaceConsidered(Base):
    """What was looked at on a day, what came of it and why; ``place`` as it was named, an address or an area."""

    __tablename__ = "place_considered"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    on: Mapped[date] = mapped_column("looked_on")
    place: Mapped[str]
    size: Mapped[str] = mapped_column(default="")
    nightly_cost_pence: Mapped[int | None]
    district: Mapped[str] = mapped_column(default="")  # inside, outside or unknown, as it was said on the day
    came: Mapped[str]
    because: Mapped[str] = mapped_column(default="")
    told_by: Mapped[str] = mapped_column(default="")
    written_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    written_by_name: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    struck_because: Mapped[str] = mapped_column(default="")
    struck_by_name: Mapped[str] = mapped_column(default="")
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = ({"sqlite_strict": True},)
