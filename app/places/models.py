"""Data sets that were loaded, the services of the directory, and places a distance may use and nobody may see."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, new_id, now


class DataLoad(Base):
    """One load of one data set. ``state`` is active, superseded, held (waits for approval), refused, discarded or undone.

    ``unmatched`` are the words of the file that are in no vocabulary: ``{"table", "word", "rows"}``, most rows first.
    """

    __tablename__ = "data_load"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(index=True)
    file_name: Mapped[str]
    sha256: Mapped[str]
    source: Mapped[str]
    owner: Mapped[str] = mapped_column(default="")
    data_date: Mapped[date]
    state: Mapped[str]
    rows: Mapped[int]
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    unmatched: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    why: Mapped[str] = mapped_column(default="")
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    loaded_by: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")


class ServicePlace(Base):
    """A service of the directory: where it is, how well that is known, who keeps the entry and when it was last checked.

    ``offers`` says of a thing such as supervised_consumption yes or no; what is not in it is not known. ``hours`` is a list
    of ``{"day": "mon", "opens": "09:00", "closes": "17:30"}``, or null where nobody told; ``hours_said`` are the list's words where
    they are not certain. ``schedules`` are those of a feed as it told them, read anew on each day of use (schedules.py); where there
    are some, ``hours`` is null. ``status`` is open, closing, closed or unconfirmed as the list has it; with the first and last day,
    ``opens_on`` and ``closes_on``, the day of use decides (directory/standing.py). ``successor_ref`` are the references of what took
    its place, a space between.
    """

    __tablename__ = "service_place"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    load_id: Mapped[str] = mapped_column(ForeignKey("data_load.id"), index=True)
    source: Mapped[str]
    source_ref: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(default="")  # the name as it is searched
    address: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    uprn: Mapped[str] = mapped_column(default="")
    easting: Mapped[int | None]
    northing: Mapped[int | None]
    radius_m: Mapped[int | None]
    precision: Mapped[str] = mapped_column(default="none")
    status: Mapped[str] = mapped_column(default="open")
    offers: Mapped[dict[str, bool]] = mapped_column(Json, default=dict)
    ages: Mapped[list[int | None] | None] = mapped_column(Json)
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    hours: Mapped[list[dict[str, str]] | None] = mapped_column(Json)
    hours_said: Mapped[str] = mapped_column(default="")
    schedules: Mapped[list[dict[str, str]] | None] = mapped_column(Json)
    telephone: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="")
    checked_on: Mapped[date | None]
    successor_ref: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        UniqueConstraint("source", "source_ref"),
        Index("ix_service_place_postcode", "postcode"),
        Index("ix_service_place_kind_name", "kind", "name"),
        Index("ix_service_place_kind_folded", "kind", "folded"),
        {"sqlite_strict": True},
    )
