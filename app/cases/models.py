"""A case: the household, its members, where it lived and the services it uses now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base, Json, UtcDateTime, new_id, now
from app.suitability.casefile.spelling import folded


def folded_number(number: str) -> str:
    """A reference or a number as it is held against others: without case, spaces, hyphens and the like."""
    return folded(number).replace(" ", "")


def _folded_of(column: str) -> Callable[[Any], str]:
    return lambda context: folded_number(context.get_current_parameters()[column] or "")


class Case(Base):
    """``version`` counts every change to anything in the case: a person acts on the version they saw."""

    __tablename__ = "housing_case"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    council_number: Mapped[str] = mapped_column(default="")  # the council's own number of the household, as typed
    reference_folded: Mapped[str] = mapped_column(default=_folded_of("reference"), index=True)
    number_folded: Mapped[str] = mapped_column(default=_folded_of("council_number"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    assigned_to: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    restricted: Mapped[bool] = mapped_column(default=False, index=True)
    demo: Mapped[bool] = mapped_column(default=False)
    closed_on: Mapped[date | None]  # since when nobody works on it; see app/lives
    # How many people were ever entered: a key once given is never given to somebody else, whose answers it would carry.
    people_entered: Mapped[int] = mapped_column(default=0)
    left_because: Mapped[list[str] | None] = mapped_column(Json)
    left_note: Mapped[str] = mapped_column(default="")
    agencies: Mapped[list[str] | None] = mapped_column(Json)
    orders: Mapped[bool | None]
    separated_parents: Mapped[bool | None]
    domestic_abuse: Mapped[bool | None]
    earlier_child_removed: Mapped[bool | None]
    notice_details: Mapped[date | None]  # the day on which GP practice, health visiting body and school were all known
    # What were lists in a column until they became tables: read by nothing, taken away a release later.
    contacts_before: Mapped[list[dict[str, Any]] | None] = mapped_column("contacts", Json, deferred=True)
    enquiries_before: Mapped[list[dict[str, Any]]] = mapped_column("enquiries", Json, default=list, deferred=True)
    events_before: Mapped[list[dict[str, Any]]] = mapped_column("events", Json, default=list, deferred=True)
    nights_before: Mapped[list[dict[str, str]]] = mapped_column("bed_and_breakfast", Json, default=list, deferred=True)
    budget: Mapped[dict[str, int] | None] = mapped_column(Json)
    danger: Mapped[list[str]] = mapped_column(Json, default=list)
    # Asked, so that an empty list means none.
    contacts_asked: Mapped[bool] = mapped_column(default=False)
    nights_asked: Mapped[bool] = mapped_column(default=False)
    tenure: Mapped[str] = mapped_column(default="")
    lead_name: Mapped[str] = mapped_column(default="")
    lead_role: Mapped[str] = mapped_column(default="")
    lead_agency: Mapped[str] = mapped_column(default="")
    lead_email: Mapped[str] = mapped_column(default="")
    lead_accepted: Mapped[date | None]
    # Those who belong to it now. Who left it stays in the table, with the day: see app/lives/parting.
    members: Mapped[list[CaseMember]] = relationship(
        primaryjoin="and_(Case.id == CaseMember.case_id, CaseMember.left_on.is_(None))",
        order_by="CaseMember.place",
        lazy="selectin",
        cascade="all, delete-orphan",
    )
    addresses: Mapped[list[CaseAddress]] = relationship(
        order_by="CaseAddress.created_at", lazy="selectin", cascade="all, delete-orphan"
    )
    services: Mapped[list[CaseService]] = relationship(
        order_by="CaseService.created_at", lazy="selectin", cascade="all, delete-orphan"
    )
    conversations: Mapped[list[CaseConversation]] = relationship(
        order_by="CaseConversation.place", lazy="selectin", cascade="all, delete-orphan"
    )
    contacts: Mapped[list[CaseContact]] = relationship(
        order_by="CaseContact.place", lazy="selectin", cascade="all, delete-orphan"
    )
    events: Mapped[list[CaseEvent]] = relationship(
        order_by="CaseEvent.place", lazy="selectin", cascade="all, delete-orphan"
    )
    nights: Mapped[list[CaseNights]] = relationship(
        order_by="CaseNights.place", lazy="selectin", cascade="all, delete-orphan"
    )


class CaseExclusion(Base):
    """Somebody who must not learn of a case, whatever their role, until a safeguarding lead lifts it; at most one in force a person."""

    __tablename__ = "case_exclusion"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str]
    set_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    lifted_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index(
            "ix_case_exclusion_in_force", "user_id", "case_id", unique=True,
            sqlite_where=text("lifted_at IS NULL"), postgresql_where=text("lifted_at IS NULL"),
        ),
        {"sqlite_strict": True},
    )  # fmt: skip


class CaseHandover(Base):
    """A case went from one officer to another: why, and who said so. Only ever added to; names are those of the day."""

    __tablename__ = "case_handover"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    from_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    from_name: Mapped[str]
    to_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    to_name: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str]
    handed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)


class NumberSettled(Base):
    """What a safeguarding lead found of two cases that carry the same number; ``case_a`` is the lesser identifier. Only added to."""

    __tablename__ = "number_settled"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_a: Mapped[str] = mapped_column(ForeignKey("housing_case.id"))
    case_b: Mapped[str] = mapped_column(ForeignKey("housing_case.id"))
    verdict: Mapped[str]
    note: Mapped[str]
    settled_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    settled_by_name: Mapped[str]
    settled_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = (UniqueConstraint("case_a", "case_b"), {"sqlite_strict": True})


class CaseMember(Base):
    __tablename__ = "case_member"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    key: Mapped[str]
    place: Mapped[int] = mapped_column(default=0)
    name: Mapped[str]
    kind: Mapped[str]
    born: Mapped[date | None]
    due: Mapped[date | None]
    sex: Mapped[str | None]
    relationship_: Mapped[str] = mapped_column("relationship", default="")
    couple_with: Mapped[str | None]
    mother: Mapped[str | None]
    pregnant: Mapped[bool | None]
    needs: Mapped[list[str] | None] = mapped_column(Json)
    substance_sign: Mapped[bool | None]
    dangerous_medicine: Mapped[bool | None]
    justice_sign: Mapped[bool | None]
    exploitation_sign: Mapped[bool | None]
    seen_how: Mapped[str | None]
    treatment: Mapped[dict[str, Any] | None] = mapped_column(Json)
    school_age_place: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="")
    interpreter_needed: Mapped[bool | None]
    ethnicity: Mapped[str] = mapped_column(default="")
    faith: Mapped[str] = mapped_column(default="")
    # Keys of those it was said to be another person than: nobody is asked twice whether they are one.
    told_apart: Mapped[list[str]] = mapped_column(Json, default=list)
    left_on: Mapped[date | None]  # since when they belong to another household
    __table_args__ = (UniqueConstraint("case_id", "key"), {"sqlite_strict": True})


class CaseAddress(Base):
    __tablename__ = "case_address"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    kind: Mapped[str]
    address: Mapped[str]
    postcode: Mapped[str] = mapped_column(default="")
    moved_in: Mapped[date | None]
    moved_out: Mapped[date | None]
    placed_by_council: Mapped[bool | None]
    # Then the address and the postcode are held elsewhere, closed, and here stands that they are: see sealed_home.py.
    sealed: Mapped[bool] = mapped_column(default=False)


class CaseService(Base):
    __tablename__ = "case_service"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    kind: Mapped[str]
    name: Mapped[str]
    postcode: Mapped[str] = mapped_column(default="")
    used_by: Mapped[list[str]] = mapped_column(Json, default=list)
    open_days: Mapped[list[str] | None] = mapped_column(Json)
    directory_ref: Mapped[str] = mapped_column(
        default=""
    )  # ServicePlace's source and source_ref, where it was chosen there


class CaseConversation(Base):
    """Somebody told us, or showed us, several things on one day: see the heart’s ``Conversation``.

    ``key`` is what answers name it by. ``unit_id`` is the place it was about, where it was about one.
    """

    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    place: Mapped[int]
    key: Mapped[str]
    speaker: Mapped[str]
    who: Mapped[str | None]
    source_name: Mapped[str] = mapped_column(default="")
    source_role: Mapped[str] = mapped_column(default="")
    source_agency: Mapped[str] = mapped_column(default="")
    source_code: Mapped[str | None]
    how: Mapped[str | None]
    on: Mapped[date | None] = mapped_column("held_on")
    at: Mapped[str] = mapped_column("held_at", default="")
    alone: Mapped[bool | None]
    ground: Mapped[str] = mapped_column(default="")
    grade: Mapped[str] = mapped_column(default="E0")
    came: Mapped[str | None]
    question: Mapped[str] = mapped_column(default="")
    due: Mapped[date | None]
    due_at: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    reply: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = (UniqueConstraint("case_id", "key"), {"sqlite_strict": True})


class CaseContact(Base):
    """A health contact of a child."""

    __tablename__ = "case_contact"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    place: Mapped[int]
    child: Mapped[str]
    what: Mapped[str]
    on: Mapped[date | None] = mapped_column("due_on")
    outcome: Mapped[str]
    critical: Mapped[bool | None]
    need: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    reason_grade: Mapped[str] = mapped_column(default="E0")
    cause: Mapped[str | None]
    cause_grade: Mapped[str] = mapped_column(default="E0")


class CaseEvent(Base):
    """Something that happened, with its day."""

    __tablename__ = "case_event"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    place: Mapped[int]
    kind: Mapped[str]
    on: Mapped[date] = mapped_column("happened_on")
    who: Mapped[str | None]
    what: Mapped[str] = mapped_column(default="")
    nights: Mapped[int | None]
    grade: Mapped[str] = mapped_column(default="E0")


class CaseNights(Base):
    """A run of nights in bed and breakfast; both days are nights spent there."""

    __tablename__ = "case_nights"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    place: Mapped[int]
    first: Mapped[date] = mapped_column("first_night")
    last: Mapped[date] = mapped_column("last_night")


class ProtectedPlace(Base):
    """Where a perpetrator, gang or dealer is, or a refuge. Sealed: it can be reckoned with, never read back.

    ``role`` is what kind of danger it is; ``sealed`` the encrypted address and point; ``match`` a keyed digest of the
    postcode, so that an importer can refuse a refuge without anybody reading the register.
    """

    __tablename__ = "protected_place"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("housing_case.id"), index=True)
    role: Mapped[str]
    sealed: Mapped[str]
    match: Mapped[str] = mapped_column(index=True)
    has_point: Mapped[bool]
    made_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SupervisionNote(Base):
    """Who reflected with whom on a case, on which day, on what, and what was agreed. Only ever added to; in no record and no copy."""

    __tablename__ = "supervision_note"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    on: Mapped[date] = mapped_column("held_on")
    with_whom: Mapped[str]
    reflected: Mapped[str]
    agreed: Mapped[str]
    written_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    written_by_name: Mapped[str]
    written_by_role: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = ({"sqlite_strict": True},)
