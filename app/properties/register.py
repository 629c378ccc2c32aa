"""The register: buildings and the units in them as they last, what is known of each and by whose word, and the nights they are taken.

Apart from ``unit``, which is a unit as it was proposed for one assessment and stays so. What is known is only ever added to: what was
wrong is replaced by another row that names it, and the earlier one stays to be read.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base, Json, UtcDateTime, new_id, now


class RegisterBuilding(Base):
    """A building, by its address without a door and its postcode; ``folded`` is what it is found by."""

    __tablename__ = "register_building"
    __table_args__ = (UniqueConstraint("folded", "postcode"), {"sqlite_strict": True})

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    address: Mapped[str]
    folded: Mapped[str]
    postcode: Mapped[str] = mapped_column(index=True)
    uprn: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    added_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    added_by_name: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class RegisterUnit(Base):
    """A unit of a building, by its door; a house that is one unit has none. ``council_ref`` is its number in the housing system."""

    __tablename__ = "register_unit"
    __table_args__ = (UniqueConstraint("building_id", "folded"), {"sqlite_strict": True})

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    building_id: Mapped[str] = mapped_column(ForeignKey("register_building.id"))
    door: Mapped[str]
    folded: Mapped[str]
    council_ref: Mapped[str | None] = mapped_column(unique=True)
    added_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    added_by_name: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    building: Mapped[RegisterBuilding] = relationship(lazy="joined")

    @property
    def address(self) -> str:
        """The whole address, door first, as an assessment has it."""
        return f"{self.door}, {self.building.address}" if self.door else self.building.address


class RegisterEvidence(Base):
    """One thing that is known of a building, or of a unit in it, and by whose word. Only added to.

    ``on`` is the day it was seen or said; ``until`` when it has to be looked at again, put right or renewed, as its kind says.
    ``corrects`` names the row that this one replaces, which can happen once; ``lifts`` the restriction or void that it ends.
    """

    __tablename__ = "register_evidence"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    building_id: Mapped[str] = mapped_column(ForeignKey("register_building.id"), index=True)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("register_unit.id"), index=True)
    kind: Mapped[str]
    word: Mapped[str]
    said_by: Mapped[str]
    on: Mapped[date] = mapped_column("seen_on")
    until: Mapped[date | None]
    words: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    certificate: Mapped[str | None]
    reach: Mapped[str | None]
    under_age: Mapped[int | None]
    corrects: Mapped[str | None] = mapped_column(ForeignKey("register_evidence.id"), unique=True)
    lifts: Mapped[str | None] = mapped_column(ForeignKey("register_evidence.id"), index=True)
    noted_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    noted_by_name: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class RegisterPhotograph(Base):
    """The picture of a row of the register that is a photograph: made anew here, as those of a visit are. Only added to."""

    __tablename__ = "register_photograph"

    evidence_id: Mapped[str] = mapped_column(ForeignKey("register_evidence.id"), primary_key=True)
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(deferred=True)
    small: Mapped[bytes] = mapped_column(deferred=True)
    width: Mapped[int]
    height: Mapped[int]


class RegisterLink(Base):
    """Which unit of the register the unit of an assessment is; empty where somebody took that back. The newest counts."""

    __tablename__ = "register_link"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    proposed_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    register_id: Mapped[str | None] = mapped_column(ForeignKey("register_unit.id"), index=True)
    said: Mapped[str]  # the address of the register’s unit as it was on the day
    noted_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    noted_by_name: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class RegisterAnswer(Base):
    """What an officer says to a restriction that is against a household: it lifts nothing."""

    __tablename__ = "register_answer"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    proposed_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("register_evidence.id"))
    against: Mapped[str]  # the restriction against the household, in the words that were shown
    said: Mapped[str]
    noted_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    noted_by_name: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class RegisterStay(Base):
    """A family in a unit, from its first night to the last that is booked; ``left_on`` once somebody wrote down that they left."""

    __tablename__ = "register_stay"
    __table_args__ = (
        CheckConstraint("first_night <= last_night", name="ends_after_it_begins"),
        {"sqlite_strict": True},
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("register_unit.id"), index=True)
    proposed_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    said: Mapped[str]  # the address of the register’s unit as it was on the day
    first: Mapped[date] = mapped_column("first_night")
    last: Mapped[date] = mapped_column("last_night")
    left_on: Mapped[date | None]
    told_by: Mapped[str]
    noted_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    noted_by_name: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_said: Mapped[str] = mapped_column(default="")
    ended_by_name: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RegisterNight(Base):
    """A night of a unit that is taken. The key is what refuses two families in one unit on one night, on either engine."""

    __tablename__ = "register_night"

    unit_id: Mapped[str] = mapped_column(ForeignKey("register_unit.id"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    stay_id: Mapped[str] = mapped_column(ForeignKey("register_stay.id"), index=True)


class RegisterAlert(Base):
    """What was done about a building that several families’ cases worry about; ``cases`` are those it was done for."""

    __tablename__ = "register_alert"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    building_id: Mapped[str] = mapped_column(ForeignKey("register_building.id"), index=True)
    cases: Mapped[list[str]] = mapped_column(Json)
    newest: Mapped[datetime] = mapped_column(UtcDateTime)  # the newest worry that was looked at
    said: Mapped[str]
    noted_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    noted_by_name: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
