"""What was written down of the life of a case. A step is only ever added: what changes one is another that names it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, new_id, now


class LifeStep(Base):
    """One thing that happened to a case, or that was said of it, with its day and who wrote it down; see ``words.KINDS``.

    ``who`` is the key of the person it is about, empty: the household. ``code`` is one of several where the kind has several,
    ``source`` who says so, ``place`` where, whither or to what number, ``how`` by which means. ``due`` is the day on which somebody
    looks at it again; ``about`` the step that this one changes or ends. ``facts`` are names with values of the kind’s own.
    """

    __tablename__ = "life_step"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"))
    kind: Mapped[str]
    who: Mapped[str] = mapped_column(default="")
    code: Mapped[str] = mapped_column(default="")
    on: Mapped[date | None] = mapped_column("happened_on")
    due: Mapped[date | None]
    said: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    how: Mapped[str] = mapped_column(default="")
    grade: Mapped[str] = mapped_column(default="E0")
    about: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str]
    by_role: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = (
        Index("ix_life_step_case_id_kind", "case_id", "kind"),
        Index("ix_life_step_kind_due", "kind", "due"),
        {"sqlite_strict": True},
    )
