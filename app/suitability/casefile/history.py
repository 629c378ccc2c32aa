"""What happened before and around the placement: health contacts, questions put to agencies, events, money, journeys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .codes import Grade
from .values import Key, Line, Note, Plain, When

ContactOutcome = Literal[
    "kept", "not_brought", "cancelled_by_family", "rebooked_by_family", "cancelled_by_service", "no_access"
]
ContactCause = Literal["letter_to_dead_address", "language_wrong", "service_cancelled", "moved_by_council"]
EventKind = Literal[
    "birth",
    "move",
    "release",
    "bereavement",
    "antisocial_behaviour",
    "benefit_stopped",
    "improving_report",
    "worrying_change",
    "said_done",
    "emergency_placement",
    "complaint",
    "late",
    "taken_out",
]
CameBack = Literal["full", "partly", "refused"]
Method = Literal["straight_line", "walking_network", "public_transport", "journey_check"]
CameOfPlace = Literal["not_available", "not_for_them", "proposed", "waiting"]
InDistrict = Literal["inside", "outside", "unknown"]
DangerWord = Literal["child_alone", "overdose", "violence_now", "baby_cannot_be_woken", "medicine_swallowed"]


class Contact(Plain):
    """One health contact of a child, with the reason as the service or the family gives it.

    A reason nobody asked for has no grade (E0). Source: safeguarding.md SA04, SA05, P01 to P03.
    """

    child: Key
    what: Line = Field(min_length=1)
    on: When | None = None
    outcome: ContactOutcome
    critical: bool | None = None
    need: Line = ""
    reason: Note = ""
    reason_grade: Grade = Grade.E0
    cause: ContactCause | None = None
    cause_grade: Grade = Grade.E0


class Enquiry(Plain):
    """One question put to one agency: asked, for what, on what ground, due when, and what came back."""

    agency: Key
    question: Note = Field(min_length=1)
    ground: Line = ""
    asked: When
    due: When | None = None
    answered: CameBack | None = None
    answered_on: When | None = None
    reply: Note = ""


class Event(Plain):
    """Something that happened, with its day; patterns look for it, nothing is concluded from it."""

    kind: EventKind
    on: When
    who: Key | None = None
    what: Note = ""
    nights: Annotated[int, Field(strict=True, ge=1, le=60)] | None = None
    grade: Grade = Grade.E0


class Budget(Plain):
    """A week's money in pence. What nobody has established is absent. Source: Suitability Order 1996 art 2."""

    income: Annotated[int, Field(strict=True, ge=0, le=10_000_000)] | None = None
    housing_charge: Annotated[int, Field(strict=True, ge=0, le=10_000_000)] | None = None
    essentials: Annotated[int, Field(strict=True, ge=0, le=10_000_000)] | None = None
    maintenance: Annotated[int, Field(strict=True, ge=0, le=10_000_000)] | None = None
    travel: Annotated[int, Field(strict=True, ge=0, le=10_000_000)] | None = None
    food_without_kitchen: Annotated[int, Field(strict=True, ge=0, le=10_000_000)] | None = None
    childcare: Annotated[int, Field(strict=True, ge=0, le=10_000_000)] | None = None


class Journey(Plain):
    """Minutes of one person's way from the unit to a service, as an interval, with how it was found.

    A straight line never proves a way that may be made by bus. Source: rulings.md 12.
    """

    person: Key
    kind: Key
    low: Annotated[int, Field(strict=True, ge=0, le=1440)]
    high: Annotated[int, Field(strict=True, ge=0, le=1440)]
    method: Method
    data_date: Line = ""
    # What an officer wrote down who checked the way: it is evidence, and whose it is has to be seen.
    changes: Annotated[int, Field(strict=True, ge=0, le=12)] | None = None
    fare_pence: Annotated[int, Field(strict=True, ge=0, le=100_000)] | None = None
    tool: Line = ""
    travelled_for: Line = ""
    by: Line = ""


class PatternAnswer(Plain):
    """A person's reasoned answer to a prompt: it closes a prompt that has no effect, and lifts nothing."""

    pattern: Key
    subject: Key
    by: Line = Field(min_length=1)
    reason: Note = Field(min_length=10)
    on: When


class Considered(Plain):
    """A place that was looked at for this family, what came of it and why: the search log. No rule reads it.

    ``written_by`` is who wrote it down; one that was struck out by mistake stays, and says why it does not count.
    ``nightly_cost_pence`` is pence a night. Source: Housing Act 1996 s.208(1); law.md B2 and G1.
    """

    on: When
    place: Line = Field(min_length=1)
    size: Line = ""
    nightly_cost_pence: int | None = Field(default=None, strict=True, ge=0, le=10_000_000)
    district: InDistrict | None = None
    came: CameOfPlace
    because: Note = ""
    told_by: Line = ""
    written_by: Line = ""
    struck_because: Note = ""
    struck_by: Line = ""
    struck_on: When | None = None


class DateWritten(Plain):
    """What somebody wrote down about a date that a case has to keep. No rule reads it.

    ``began`` is the day on which it starts, ``met`` that on which it was met, ``until`` that until which it was put off,
    ``longer`` its later last day where more time was given in writing on the day ``on``; where it has none of them it is what was done about it on the day ``on``. ``kind`` is the council’s name of it, ``about`` tells two of a kind apart.
    """

    kind: Key
    about: Line = ""
    on: When
    began: When | None = None
    met: When | None = None
    until: When | None = None
    longer: When | None = None
    said: Note = ""
    by: Line = ""

    @model_validator(mode="after")
    def _one_thing(self) -> DateWritten:
        if sum(day is not None for day in (self.began, self.met, self.until, self.longer)) > 1:
            raise ValueError("one line says when a date begins, or when it was met, or until when it was put off")
        return self


class LifeWritten(Plain):
    """One thing that happened to a case while it lived, or was said of it. No rule reads it; see ``app/lives``.

    ``key`` is what a later one names it by (``about``). ``facts`` are short texts by name; ``rests`` what was open as the case was
    closed, each with why it may rest.
    """

    key: Key
    kind: Key
    who: Key | None = None
    code: Key | None = None
    on: When | None = None
    due: When | None = None
    said: Note = ""
    source: Line = ""
    place: Line = ""
    how: Line = ""
    grade: Grade = Grade.E0
    about: Key | None = None
    facts: Annotated[dict[Key, Line], Field(max_length=20)] = Field(default_factory=dict)
    lines: Annotated[tuple[Note, ...], Field(max_length=40)] = ()
    rests: Annotated[tuple[tuple[Note, Note], ...], Field(max_length=400)] = ()
    written: When
    by: Line = ""


def written_after(on: date, **listed: Sequence[DateWritten | LifeWritten]) -> list[tuple[str, str]]:
    """Of what people wrote, the days that are after the day of the assessment: (path, sentence)."""
    return [
        (f"{name}[{at}].{field}", "This is dated after the day of the assessment.")
        for name, lines in listed.items()
        for at, line in enumerate(lines)
        for field in ("on", "began", "met", "written")
        if (getattr(line, field, None) or on) > on
    ]
