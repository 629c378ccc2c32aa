"""The people and the place: household, members, services and the proposed unit, with ages and who counts as what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from .conversations import Conversation, enquiries_in
from .history import Budget, Contact, Enquiry, Event
from .spelling import folded_name
from .values import Key, Line, Note, Plain, When

Need = Literal[
    "chest_illness",
    "mobility",
    "life_sustaining",
    "learning",
    "sensory",
    "impulsive",
    "long_term_illness",
    "mental_health",
    "hearing_or_reading",
    "ehc_plan",
    "other",
]
LeftBecause = Literal[
    "antisocial_behaviour",
    "violence",
    "domestic_abuse",
    "exploitation",
    "overcrowding",
    "disrepair",
    "end_of_tenancy",
    "relationship",
    "custody_or_hospital",
    "asylum",
    "other",
]
ServiceKind = Literal[
    "school",
    "nursery",
    "gp",
    "health_visiting",
    "midwifery",
    "pharmacy",
    "drug_alcohol",
    "mental_health",
    "hospital",
    "probation",
    "domestic_abuse",
    "family_court",
    "social_care",
    "family_support",
    "family_hub",
    "leaving_care",
    "police",
    "work",
    "other",
]
SERVICE_KINDS: tuple[str, ...] = get_args(ServiceKind)
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Owner = Literal["council", "registered_provider", "voluntary", "private"]
Urgency = Literal["tonight", "planned"]
Shared = Literal["toilet", "washing", "cooking", "corridor", "living"]
MemberKind = Literal["adult", "child", "unborn"]
Sex = Literal["female", "male", "other"]
SeenHow = Literal["awake", "asleep_only", "same_adult_speaking"]
SchoolPlace = Literal["primary", "secondary", "nursery", "none"]
AddressKind = Literal["current", "former"]
RoomUse = Literal["bedroom", "living", "bed_sitting", "kitchen", "bathroom", "other"]
CertificateKind = Literal["gas", "electrical", "fire_risk", "hmo_licence", "energy"]
UnitKind = Literal[
    "bed_and_breakfast", "hotel", "hostel", "house_or_flat", "nightly_paid", "shared_house", "refuge", "other"
]
Staffing = Literal["none", "day", "night", "24_hours"]
ProtectedPlace = Literal["inside", "clear", "not_known"]

HOUSEHOLD, UNIT = "household", "unit"  # what an answer about nobody in particular is about: the unit is the first one
MOST_FURTHER_UNITS = 6


class Treatment(Plain):
    """Opioid substitution as the service runs it: on which days a dose is collected."""

    medicine: Line = ""
    dose_days: tuple[Day, ...] | None = None


class Member(Plain):
    """One person of the household. A fact that was not asked is absent (None), never false."""

    key: Key
    name: Line = Field(min_length=1)
    kind: MemberKind
    born: When | None = None
    due: When | None = None
    sex: Sex | None = None
    relationship: Line = ""
    couple_with: Key | None = None
    mother: Key | None = None
    pregnant: bool | None = None
    needs: tuple[Need, ...] | None = None
    substance_sign: bool | None = None
    dangerous_medicine: bool | None = (
        None  # at home, other than opioid treatment: dangerous to a child, or makes a carer drowsy
    )
    justice_sign: bool | None = None
    exploitation_sign: bool | None = None
    seen_how: SeenHow | None = None
    treatment: Treatment | None = None
    school_age_place: SchoolPlace | None = None
    language: Line = ""
    interpreter_needed: bool | None = None
    ethnicity: Line = ""
    faith: Line = ""

    def age_on(self, on: date) -> int | None:
        """Whole years on a date; None when the date of birth is not known; unborn children have no age."""
        if self.born is None:
            return None
        had_birthday = (on.month, on.day) >= (self.born.month, self.born.day)
        return on.year - self.born.year - (0 if had_birthday else 1)

    def under(self, years: int, on: date, unborn_weeks: int) -> bool | None:
        """Is this person under an age? An unborn child due within ``unborn_weeks`` counts as a child under 1."""
        if self.kind == "unborn":
            return None if self.due is None else self.due <= on + timedelta(weeks=unborn_weeks)
        age = self.age_on(on)
        if age is None:
            return False if self.kind == "adult" else None
        return age < years


class Address(Plain):
    """Where the household lives or lived."""

    kind: AddressKind
    address: Line
    postcode: Line = ""
    moved_in: When | None = None
    moved_out: When | None = None
    placed_by_council: bool | None = None


class Service(Plain):
    """A service the family uses now."""

    kind: ServiceKind
    name: Line = Field(min_length=1)
    postcode: Line = ""
    used_by: tuple[Key, ...] = ()
    open_days: tuple[Day, ...] | None = None
    directory_ref: Line = ""  # which entry of the council's directory it is, as list:reference; no rule reads it


class LeadProfessional(Plain):
    """The one person who holds the plan. A name without an acceptance date is not a lead professional."""

    name: Line = Field(min_length=1)
    role: Line = ""
    agency: Line = ""
    email: Line = ""
    accepted: When | None = None


class Spell(Plain):
    """A run of nights in legal bed and breakfast on this application: ``first`` and ``last`` are both nights spent."""

    first: When
    last: When

    @model_validator(mode="after")
    def _in_order(self) -> Spell:
        if self.last < self.first:
            raise ValueError("the last night is before the first")
        if (self.last - self.first).days > 3650:
            raise ValueError("the spell is longer than ten years")
        return self


class Household(Plain):
    """Everyone who lives, or could reasonably be expected to live, together."""

    reference: Line = Field(min_length=1)
    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=40)]
    left_because: tuple[LeftBecause, ...] | None = None
    left_note: Note = ""
    addresses: Annotated[tuple[Address, ...], Field(max_length=60)] = ()
    services: Annotated[tuple[Service, ...], Field(max_length=80)] = ()
    agencies: tuple[Key, ...] | None = None
    lead_professional: LeadProfessional | None = None
    orders: bool | None = None
    separated_parents: bool | None = None
    domestic_abuse: bool | None = None
    earlier_child_removed: bool | None = None
    notice_details: When | None = None  # the day on which it was known which bodies to notify of the children
    contacts: Annotated[tuple[Contact, ...], Field(max_length=400)] | None = None
    enquiries: Annotated[tuple[Enquiry, ...], Field(max_length=400)] = ()
    conversations: Annotated[tuple[Conversation, ...], Field(max_length=1000)] = ()
    events: Annotated[tuple[Event, ...], Field(max_length=400)] = ()
    budget: Budget | None = None
    bed_and_breakfast: Annotated[tuple[Spell, ...], Field(max_length=60)] | None = None  # empty: asked, and none
    tenure: Line = ""

    @model_validator(mode="after")
    def _people_exist(self) -> Household:
        keys = [member.key for member in self.members]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(f"two members have the key “{key}”")
        named = {(m.couple_with, f"{m.key}.couple_with") for m in self.members} | {
            (m.mother, f"{m.key}.mother") for m in self.members
        }
        named |= {(k, f"service {s.name}") for s in self.services for k in s.used_by}
        named |= {(c.child, f"contact {c.what}") for c in self.contacts or ()}
        named |= {(e.who, f"event {e.kind}") for e in self.events}
        named |= {(c.who, f"conversation {c.key}") for c in self.conversations if c.speaker == "family"}
        for key_named, where in sorted((k, w) for k, w in named if k is not None):
            if key_named not in keys:
                raise ValueError(f"{where} names “{key_named}”, who is not a member of the household")
        held = [c.key for c in self.conversations]
        for key in held:
            if held.count(key) > 1:
                raise ValueError(f"two conversations have the key “{key}”")
        return self

    @cached_property
    def put_to_agencies(self) -> tuple[Enquiry, ...]:
        """Every question that was put to an agency: listed as one, or put in a conversation."""
        return (*self.enquiries, *enquiries_in(self.conversations)) if self.conversations else self.enquiries

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A changed copy; what was worked out from the old values does not go with it."""
        made = super().model_copy(update=update, deep=deep)
        made.__dict__.pop("put_to_agencies", None)
        return made

    def adults(self) -> tuple[Member, ...]:
        return tuple(m for m in self.members if m.kind == "adult")

    def children(self) -> tuple[Member, ...]:
        """Children, born and unborn. A pregnancy with nobody entered for it yields an unborn child of its own."""
        entered = tuple(m for m in self.members if m.kind != "adult")
        mothers_entered = {m.mother for m in entered if m.kind == "unborn"}
        implied = tuple(
            Member.model_construct(
                key=f"{m.key}-unborn"[:40],
                name=f"Unborn child of {m.name}"[:200],
                kind="unborn",
                due=m.due,
                mother=m.key,
            )
            for m in self.members
            if m.pregnant
            and m.key not in mothers_entered
            and not (len(mothers_entered - {None}) == 0 and any(c.kind == "unborn" for c in entered))
        )
        return entered + implied


class Room(Plain):
    """A room of the unit. Without a measured area the space standard stays open."""

    name: Line = ""
    use: RoomUse
    area_m2: Annotated[Decimal, Field(gt=Decimal("0.5"), lt=Decimal("400"), decimal_places=2)] | None = None


class Certificate(Plain):
    kind: CertificateKind
    issued: When | None = None
    expires: When | None = None
    open_danger_codes: bool | None = None


Floor = Annotated[int, Field(strict=True, ge=-5, le=100)]
Storeys = Annotated[int, Field(strict=True, ge=1, le=10)]  # of the unit itself
Rooms = Annotated[tuple[Room, ...], Field(max_length=40)]
Certificates = Annotated[tuple[Certificate, ...], Field(max_length=40)]


class FurtherUnit(Plain):
    """Another unit of the same building for the same family and the same nights, as facts. What nobody has established is absent.

    What is so of the first unit is not taken to be so of it.
    """

    key: Key
    door: Line = Field(min_length=1)  # which room or flat of the building
    sleeps: Annotated[tuple[Key, ...], Field(max_length=40)] | None = None  # who sleeps here
    kind: UnitKind = "other"
    self_contained: bool | None = None
    shares: tuple[Shared, ...] | None = None
    cooking_provided: bool | None = None
    owner: Owner | None = None
    manager: Owner | None = None
    private_dwelling: bool | None = None
    hmo: bool | None = None
    floor: Floor | None = None
    storeys: Storeys | None = None
    lift: bool | None = None
    rooms: Rooms | None = None
    shared_building: bool | None = None
    staffing: Staffing | None = None
    gas: bool | None = None
    certificates: Certificates = ()


class Placement(Plain):
    """The proposed unit, as facts, and what further units the family would have beside it. What nobody has established is absent."""

    address: Line = Field(min_length=1)
    postcode: Line = ""
    kind: UnitKind = "other"
    self_contained: bool | None = None
    shares: tuple[Shared, ...] | None = None
    cooking_provided: bool | None = None
    owner: Owner | None = None
    manager: Owner | None = None
    private_dwelling: bool | None = None
    hmo: bool | None = None
    floor: Floor | None = None
    storeys: Storeys | None = None
    lift: bool | None = None
    rooms: Rooms | None = None
    shared_building: bool | None = None
    staffing: Staffing | None = None
    gas: bool | None = None
    certificates: Certificates = ()
    starts: When | None = None
    nights: Annotated[int, Field(strict=True, ge=1, le=3650)] | None = None
    nightly_cost_pence: Annotated[int, Field(strict=True, ge=0, le=10_000_000)] | None = None
    authority: Annotated[str, Field(pattern=r"^[EWSN]\d{8}$")] | None = None
    notice_sent: When | None = None
    urgency: Urgency | None = None  # which answer times hold: hours, or working days
    other_files_worried: Annotated[int, Field(strict=True, ge=0, le=1000)] | None = None
    # One word for all places the family must not be near; absent where there is none. Never an address, never a distance.
    protected_place: ProtectedPlace | None = None
    # What the family would have beside it, in the same building and for the same nights; absent where there is none.
    further_units: Annotated[tuple[FurtherUnit, ...], Field(max_length=MOST_FURTHER_UNITS)] | None = None

    @field_validator("further_units")
    @classmethod
    def _none_is_absent(cls, found: tuple[FurtherUnit, ...] | None) -> tuple[FurtherUnit, ...] | None:
        return found or None

    @model_validator(mode="after")
    def _units_are_told_apart(self) -> Placement:
        taken, doors, placed = {UNIT, HOUSEHOLD}, set(), set()
        for unit in self.further_units or ():
            door = folded_name(unit.door) or unit.door
            if unit.key in taken:
                raise ValueError(f"“{unit.key}” is the key of something else; each unit has one of its own")
            if door in doors:
                raise ValueError(f"two units are called “{unit.door}”")
            for key in unit.sleeps or ():
                if key in placed:
                    raise ValueError(f"“{key}” would sleep in two units at once")
                placed.add(key)
            taken.add(unit.key)
            doors.add(door)
        return self

    @property
    def unit_keys(self) -> tuple[str, ...]:
        """The keys of all its units, the first one’s first."""
        return (UNIT, *(unit.key for unit in self.further_units or ()))

    def ends(self, on: date) -> date | None:
        """The last night of the stay; None when it is not known: no number of nights, or one that has gone by already."""
        if self.nights is None:
            return None
        last = (self.starts or on) + timedelta(days=self.nights - 1)
        # A family still there after the night planned as its last has no planned end.
        return None if last < on else last
