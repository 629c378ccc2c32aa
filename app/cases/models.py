"""A case: the household, its members, where it lived and the services it uses now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
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
    restricted: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
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
    # Lists of plain values, checked by the heart's own models on the way in; null where nobody has asked.
    contacts: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    enquiries: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    events: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    budget: Mapped[dict[str, int] | None] = mapped_column(Json)
    danger: Mapped[list[str]] = mapped_column(Json, default=list)
    bed_and_breakfast: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    nights_asked: Mapped[bool] = mapped_column(default=False)  # asked, so that an empty list means none
    tenure: Mapped[str] = mapped_column(default="")
    lead_name: Mapped[str] = mapped_column(default="")
    lead_role: Mapped[str] = mapped_column(default="")
    lead_agency: Mapped[str] = mapped_column(default="")
    lead_email: Mapped[str] = mapped_column(default="")
    lead_accepted: Mapped[date | None]
    members: Mapped[list[CaseMember]] = relationship(
        order_by="CaseMember.place", lazy="selectin", cascade="all, delete-orphan"
    )
    addresses: Mapped[list[CaseAddress]] = relationship(
        order_by="CaseAddress.created_at", lazy="selectin", cascade="all, delete-orphan"
    )
    services: Mapped[list[CaseService]] = relationship(
        order_by="CaseService.created_at", lazy="selectin", cascade="all, delete-orphan"
    )


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
