"""An assessment of one unit for one household: answers, mitigations and written acceptances."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.models import Case
from app.database import Base, Json, UtcDateTime, new_id, now
from app.properties.models import Unit

DRAFT, SUBMITTED, DECIDED, WITHDRAWN = "draft", "submitted", "decided", "withdrawn"


class Assessment(Base):
    __tablename__ = "assessment"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(default=DRAFT, index=True)
    created_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    urgency: Mapped[str | None]
    starts: Mapped[date | None]
    nights: Mapped[int | None]
    nightly_cost_pence: Mapped[int | None]
    # Confirmed by a person; where empty, the postcode and the boundary say which district it is.
    authority: Mapped[str | None]
    authority_how: Mapped[str] = mapped_column(default="")
    notice_sent: Mapped[date | None]
    impression_relied_on: Mapped[bool | None]
    journeys: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reasons: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    worse_outcome: Mapped[str] = mapped_column(default="")
    worse_reason: Mapped[str] = mapped_column(default="")
    returned_note: Mapped[str] = mapped_column(default="")
    taken_back_note: Mapped[str] = mapped_column(default="")
    # The decided assessment that this one looks at again, and why; that one is superseded once this one is decided, and never edited.
    follows: Mapped[str | None] = mapped_column(index=True)
    again_because: Mapped[str] = mapped_column(default="")
    again_note: Mapped[str] = mapped_column(default="")
    case: Mapped[Case] = relationship()  # in the session already when a page asks: no query
    unit: Mapped[Unit] = relationship(lazy="joined")


class SavedAnswer(Base):
    """One source's answer. Never changed: a later one of the same source, or one that names it, takes its place.

    ``unit_id`` is empty for what is about the household and carries over to another placement.
    """

    __tablename__ = "answer"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    criterion: Mapped[str]
    subject: Mapped[str]
    value: Mapped[Any] = mapped_column(Json)
    grade: Mapped[str]
    source_name: Mapped[str] = mapped_column(default="")
    source_role: Mapped[str] = mapped_column(default="")
    source_agency: Mapped[str] = mapped_column(default="")
    source_code: Mapped[str | None]  # the agency’s code, where it was chosen from the list
    conversation: Mapped[str | None]  # the key of the conversation in which it was given
    on: Mapped[date | None] = mapped_column("said_on")
    note: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    so_what: Mapped[str] = mapped_column(default="")
    supersedes: Mapped[list[str]] = mapped_column(Json, default=list)
    reason: Mapped[str] = mapped_column(default="")
    # The person's own entry of which this is the correction: that one is kept, and is no answer any more.
    corrects: Mapped[str | None] = mapped_column(index=True, unique=True)
    slip: Mapped[str] = mapped_column(default="")  # why that was a slip; no rule reads it
    recorded_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = (
        Index("ix_answer_case_id_criterion_subject", "case_id", "criterion", "subject"),
        Index("ix_answer_criterion_recorded_at", "criterion", "recorded_at"),  # of all cases: which buildings worry
        {"sqlite_strict": True},
    )


class SavedMitigation(Base):
    __tablename__ = "mitigation"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    criterion: Mapped[str]
    subject: Mapped[str]
    what: Mapped[str]
    owner_name: Mapped[str] = mapped_column(default="")
    owner_role: Mapped[str] = mapped_column(default="")
    owner_agency: Mapped[str] = mapped_column(default="")
    owner_accepted: Mapped[date | None]
    due: Mapped[date | None]
    in_place: Mapped[date | None]
    seen_grade: Mapped[str | None]
    seen_by: Mapped[str] = mapped_column(default="")
    seen_on: Mapped[date | None]
    # Who agreed in writing to the plan; the role is the one they held then.
    agreed_by: Mapped[str | None]
    agreed_by_name: Mapped[str] = mapped_column(default="")
    agreed_by_role: Mapped[str] = mapped_column(default="")
    agreed_on: Mapped[date | None]
    agreed_note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class SavedAcceptance(Base):
    __tablename__ = "acceptance"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    criterion: Mapped[str]
    subject: Mapped[str]
    by_name: Mapped[str]
    by_role: Mapped[str]
    by_user: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    reason: Mapped[str]
    on: Mapped[date] = mapped_column("accepted_on")
    review_on: Mapped[date | None]
    lead_professional_view: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class SavedPatternAnswer(Base):
    """A person's reasoned answer to a prompt. It closes a prompt without effect, and is never taken back."""

    __tablename__ = "pattern_answer"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    pattern: Mapped[str]
    subject: Mapped[str]
    by_name: Mapped[str]
    by_user: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str]
    on: Mapped[date] = mapped_column("answered_on")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
