"""What became of each job: the engine runs it, this row says so to people. No personal data: a name, an identifier, a code."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UtcDateTime, now

WAITING, RUNNING, DONE, DEAD = "waiting", "running", "done", "dead"


class Job(Base):
    """``problem`` is a code of ``PROBLEMS``; ``tries`` counts those since it was last asked for by a person."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(primary_key=True)  # name and subject
    name: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(default=WAITING, index=True)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    runs: Mapped[int] = mapped_column(default=0)  # of all its life: the engine knows each run by its own name
    problem: Mapped[str] = mapped_column(default="")
