"""Letters made from a case, with their proof; who was asked whether others may be told; who was asked to lead. Added to, never edited."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Json, UtcDateTime, new_id, now


class Letter(Base):
    """``body`` is the canonical JSON that is drawn, ``sha256`` its digest: neither changes. ``about`` are keys of members.

    One of a family that somebody could come after leaves only when a second person has let it go (``released_by``).
    """

    __tablename__ = "letter"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    assessment_id: Mapped[str | None] = mapped_column(ForeignKey("assessment.id"))
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    agency: Mapped[str] = mapped_column(default="")  # the agency’s code, of a request
    about: Mapped[list[str]] = mapped_column(Json, default=list)
    to_name: Mapped[str]
    body: Mapped[bytes]
    sha256: Mapped[str]
    protected: Mapped[bool]
    by_when: Mapped[date | None]
    made_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_by_name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    released_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    released_by_name: Mapped[str] = mapped_column(default="")
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_why: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_why: Mapped[str] = mapped_column(default="")


class LetterFile(Base):
    """The bytes of a letter: its PDF (``what`` is ``pdf``), and each mail as it went out (the identifier of the mail)."""

    __tablename__ = "letter_file"

    id: Mapped[str] = mapped_column(primary_key=True)  # of the letter and what it is: there is one of each
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    letter_id: Mapped[str] = mapped_column(ForeignKey("letter.id"), index=True)
    what: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class LetterMail(Base):
    """A letter on its way by mail. ``sealed`` is the pass phrase, encrypted for the job that sends it; taken out once it went."""

    __tablename__ = "letter_mail"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    letter_id: Mapped[str] = mapped_column(ForeignKey("letter.id"), index=True)
    to_email: Mapped[str]
    sealed: Mapped[bytes | None]
    asked_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LetterStep(Base):
    """Proof: how a letter went or what came back, on which day, to whom or by whom, and which bytes. Only ever added to."""

    __tablename__ = "letter_step"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    letter_id: Mapped[str] = mapped_column(ForeignKey("letter.id"), index=True)
    how: Mapped[str]  # mailed, posted, handed, received, answered
    on: Mapped[date] = mapped_column("happened_on")
    whom: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(default="")
    noted_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    noted_by_name: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class NoticeAsked(Base):
    """Somebody was asked whether a body may be told of a child at a placement. Only ever added to: the newest counts."""

    __tablename__ = "notice_asked"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    assessment_id: Mapped[str] = mapped_column(ForeignKey("assessment.id"))
    body: Mapped[str]  # gp, health_visiting, school
    asked_of: Mapped[str]  # the member’s key
    asked_of_name: Mapped[str]
    on: Mapped[date] = mapped_column("asked_on")
    answer: Mapped[str]  # agreed, refused, no_answer
    details_on: Mapped[date | None]  # when it was known which practice, team or school it is
    note: Mapped[str] = mapped_column(default="")
    noted_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    noted_by_name: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class LeadStep(Base):
    """A lead professional was proposed, accepted, declined, or leads no more. Only ever added to."""

    __tablename__ = "lead_step"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    what: Mapped[str]  # proposed, accepted, declined, ended
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="")
    agency: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    on: Mapped[date] = mapped_column("happened_on")
    note: Mapped[str] = mapped_column(default="")
    noted_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    noted_by_name: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
