"""Units as they are proposed: facts, rooms and certificates, and what stands beside them. A fact nobody has established is null, never false."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base, Json, UtcDateTime, new_id, now
from app.suitability.casefile.household import UNIT


class Unit(Base):
    __tablename__ = "unit"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    address: Mapped[str]
    postcode: Mapped[str] = mapped_column(default="", index=True)
    # Where the very building is, when an address service or a person said so; else its postcode stands for it.
    uprn: Mapped[str] = mapped_column(default="")
    easting: Mapped[int | None]
    northing: Mapped[int | None]
    radius_m: Mapped[int | None]
    precision: Mapped[str] = mapped_column(default="")
    placed_by: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="other")
    self_contained: Mapped[bool | None]
    shares: Mapped[list[str] | None] = mapped_column(Json)
    cooking_provided: Mapped[bool | None]
    owner: Mapped[str | None]
    manager: Mapped[str | None]
    private_dwelling: Mapped[bool | None]
    hmo: Mapped[bool | None]
    floor: Mapped[int | None]
    storeys: Mapped[int | None]
    lift: Mapped[bool | None]
    shared_building: Mapped[bool | None]
    staffing: Mapped[str | None]
    gas: Mapped[bool | None]
    rooms_listed: Mapped[bool] = mapped_column(default=False)
    rooms: Mapped[list[UnitRoom]] = relationship(
        order_by="UnitRoom.created_at", lazy="selectin", cascade="all, delete-orphan"
    )
    certificates: Mapped[list[UnitCertificate]] = relationship(
        order_by="UnitCertificate.created_at", lazy="selectin", cascade="all, delete-orphan"
    )
    # Are there further ones beside it? A placement of one unit, as most are, asks no table for them.
    several: Mapped[bool] = mapped_column(default=False, server_default=false())
    beside: Mapped[list[UnitBeside]] = relationship(
        order_by="UnitBeside.created_at, UnitBeside.id",
        cascade="all, delete-orphan",
        foreign_keys="UnitBeside.first_id",
    )

    @property
    def further(self) -> list[UnitBeside]:
        """What the family would have beside this unit."""
        return self.beside if self.several else []

    @property
    def keys(self) -> tuple[str, ...]:
        """What answers about its units are about: this one, and those beside it."""
        return (UNIT, *(other.key for other in self.further))


class UnitBeside(Base):
    """A further unit of the same placement: its door, and who sleeps there. Its facts, rooms and certificates are a unit’s own."""

    __tablename__ = "unit_beside"
    __table_args__ = (UniqueConstraint("first_id", "key"), {"sqlite_strict": True})

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(default=new_id)  # what answers about it name, as those of a case file do
    first_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    door: Mapped[str]
    sleeps: Mapped[list[str] | None] = mapped_column(Json)
    unit: Mapped[Unit] = relationship(
        foreign_keys=[unit_id], lazy="joined", cascade="all, delete-orphan", single_parent=True
    )


class UnitRoom(Base):
    """A room. Area in square centimetres, a whole number, so that no rounding creeps in."""

    __tablename__ = "unit_room"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    name: Mapped[str] = mapped_column(default="")
    use: Mapped[str]
    area_cm2: Mapped[int | None]


class UnitCertificate(Base):
    __tablename__ = "unit_certificate"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    kind: Mapped[str]
    issued: Mapped[date | None]
    expires: Mapped[date | None]
    open_danger_codes: Mapped[bool | None]
