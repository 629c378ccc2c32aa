"""The summaries that the charts are drawn from: counts alone, one row a figure and day, of no case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, now


class StockSummary(Base):
    """``cells`` is the figure as it was counted on ``day``: its groups, each with its cells. It names no case, and none is worked out of it."""

    __tablename__ = "stock_summary"

    day: Mapped[date] = mapped_column(primary_key=True)
    figure: Mapped[str] = mapped_column(primary_key=True)
    cells: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)
