"""A stored case as the plain household of the heart, and the other way: each field is named where it is kept otherwise, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.mapping import Kept, Otherwise, coded, numbered, renamed, rows, spread
from app.suitability.casefile.answers import Source
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.conversations import Conversation
from app.suitability.casefile.history import Contact, Event
from app.suitability.casefile.household import Address, Household, LeadProfessional, Member, Service, Spell

from . import parts
from .models import Case, CaseAddress, CaseContact, CaseConversation, CaseEvent, CaseMember, CaseNights, CaseService

MEMBER = Kept(
    Member,
    CaseMember,
    otherwise={"relationship": renamed("relationship_")},
    columns_only={
        "place": "their order on the pages",
        "told_apart": "whom nobody is asked about again",
        "left_on": "they belong to it no more",
    },
)
ADDRESS = Kept(
    Address,
    CaseAddress,
    columns_only={"created_at": "their order", "sealed": "what a case file says is what stands there"},
)
SERVICE = Kept(Service, CaseService, columns_only={"created_at": "their order"})


def _source(row: Any) -> Source:
    return Source(name=row.source_name, role=row.source_role, agency=row.source_agency, code=row.source_code)


def _source_kept(source: Source) -> dict[str, Any]:
    return {f"source_{name}": getattr(source, name) for name in Source.model_fields}


def next_place(rows: Iterable[Any]) -> int:
    """Where a new one stands in the order of a list."""
    return max((row.place for row in rows), default=-1) + 1


_ORDER = {"place": "their order"}
CONVERSATION = Kept(
    Conversation,
    CaseConversation,
    otherwise={
        "source": Otherwise(tuple(f"source_{name}" for name in Source.model_fields), _source, _source_kept),
        "grade": coded("grade", Grade),
    },
    columns_only={**_ORDER, "recorded_at": "when it was written down"},
)
CONTACT = Kept(
    Contact,
    CaseContact,
    otherwise={"reason_grade": coded("reason_grade", Grade), "cause_grade": coded("cause_grade", Grade)},
    columns_only=_ORDER,
)
EVENT = Kept(Event, CaseEvent, otherwise={"grade": coded("grade", Grade)}, columns_only=_ORDER)
NIGHTS = Kept(Spell, CaseNights, columns_only=_ORDER)


def _people(members: Sequence[Member]) -> dict[str, Any]:
    return {"members": [MEMBER.row(m, place=at) for at, m in enumerate(members)]}


def _keys(case: Case) -> set[str]:
    return {m.key for m in case.members}


def _contacts(case: Case) -> tuple[Contact, ...] | None:
    """Those of people who are still entered; none at all where nobody has asked."""
    listed = tuple(CONTACT.plain(c) for c in case.contacts if c.child in _keys(case))
    return listed if listed or case.contacts or case.contacts_asked else None


def _contacts_kept(contacts: Sequence[Contact] | None) -> dict[str, Any]:
    return {"contacts": numbered(CONTACT, contacts or ()), "contacts_asked": contacts is not None}


def _events(case: Case) -> tuple[Event, ...]:
    """All of them; whom they are about only where that person is still entered."""
    keys = _keys(case)
    return tuple(EVENT.plain(e, **({} if e.who in keys else {"who": None})) for e in case.events)


def _conversations(case: Case) -> tuple[Conversation, ...]:
    """All of them; one with somebody who was taken out is known by what they were called."""
    keys = _keys(case)
    return tuple(
        CONVERSATION.plain(
            c, **({"speaker": "before", "who": None} if c.speaker == "family" and c.who not in keys else {})
        )
        for c in case.conversations
    )


def _nights(case: Case) -> tuple[Spell, ...] | None:
    return tuple(NIGHTS.plain(n) for n in case.nights) if case.nights or case.nights_asked else None


def _nights_kept(spells: Sequence[Spell] | None) -> dict[str, Any]:
    return {"nights": numbered(NIGHTS, spells or ()), "nights_asked": spells is not None}


HOUSEHOLD = Kept(
    Household,
    Case,
    otherwise={
        "members": Otherwise(("members",), lambda case: tuple(MEMBER.plain(m) for m in case.members), _people),
        "addresses": rows("addresses", ADDRESS),
        "services": rows("services", SERVICE),
        "lead_professional": spread("lead_", LeadProfessional, needs="name"),
        "conversations": Otherwise(
            ("conversations",), _conversations, lambda held: {"conversations": numbered(CONVERSATION, held)}
        ),
        # A question put to an agency is kept as the conversation in which it was put: what was written as an enquiry becomes one.
        "enquiries": Otherwise((), lambda case: (), lambda asked: {}),
        "contacts": Otherwise(("contacts", "contacts_asked"), _contacts, _contacts_kept),
        "events": Otherwise(("events",), _events, lambda events: {"events": numbered(EVENT, events)}),
        "bed_and_breakfast": Otherwise(("nights", "nights_asked"), _nights, _nights_kept),
    },
    columns_only={
        "council_number": "the council’s own number: a case file has one reference",
        "reference_folded": "for finding it",
        "number_folded": "for finding it",
        "version": "counts every change",
        "created_at": "when it was opened",
        "changed_at": "the order of the list",
        "restricted": "who may see it",
        "demo": "an invented case",
        "closed_on": "since when nobody works on it",
        "people_entered": "so that no key is given twice",
        "danger": "of the case file, beside the household",
        **dict.fromkeys(
            ("contacts_before", "enquiries_before", "events_before", "nights_before"),
            "a list until it became a table; taken away a release later",
        ),
    },
)


def household_of(case: Case) -> Household:
    """The household as plain data for the heart."""
    return HOUSEHOLD.plain(parts.read(case))


def people_of(case: Case) -> Household:
    """Who they are, without anything else that is known of them: enough to say whom a question is about."""
    return people(case.reference, parts.read(case, "members").members)


def people(reference: str, members: Iterable[Any]) -> Household:
    """The same of rows that were read."""
    return Household(reference=reference, members=tuple(MEMBER.plain(m) for m in members))
