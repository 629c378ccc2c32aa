"""A stored case as the plain household of the heart, and the other way: each field is named where it is kept otherwise, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.mapping import Kept, Otherwise, renamed, rows, spread
from app.suitability.casefile.household import Address, Household, LeadProfessional, Member, Service, Spell

from .models import Case, CaseAddress, CaseMember, CaseService

MEMBER = Kept(
    Member,
    CaseMember,
    otherwise={"relationship": renamed("relationship_")},
    columns_only={"place": "their order on the pages", "told_apart": "whom nobody is asked about again"},
)
ADDRESS = Kept(Address, CaseAddress, columns_only={"created_at": "their order"})
SERVICE = Kept(Service, CaseService, columns_only={"created_at": "their order"})


def _people(members: Sequence[Member]) -> dict[str, Any]:
    return {"members": [MEMBER.row(m, place=at) for at, m in enumerate(members)]}


def _keys(case: Case) -> set[str]:
    return {m.key for m in case.members}


def _contacts(case: Case) -> list[dict[str, Any]] | None:
    """Those of people who are still entered."""
    return None if case.contacts is None else [c for c in case.contacts if c["child"] in _keys(case)]


def _events(case: Case) -> list[dict[str, Any]]:
    """All of them; whom they are about only where that person is still entered."""
    keys = _keys(case)
    return [{k: v for k, v in e.items() if k != "who" or v in keys} for e in case.events]


def _nights(case: Case) -> list[dict[str, str]] | None:
    return case.bed_and_breakfast if case.bed_and_breakfast or case.nights_asked else None


def _nights_kept(spells: Sequence[Spell] | None) -> dict[str, Any]:
    return {"bed_and_breakfast": [spell.as_json() for spell in spells or ()], "nights_asked": spells is not None}


HOUSEHOLD = Kept(
    Household,
    Case,
    otherwise={
        "members": Otherwise(("members",), lambda case: tuple(MEMBER.plain(m) for m in case.members), _people),
        "addresses": rows("addresses", ADDRESS),
        "services": rows("services", SERVICE),
        "lead_professional": spread("lead_", LeadProfessional, needs="name"),
        "contacts": Otherwise(("contacts",), _contacts),
        "events": Otherwise(("events",), _events),
        "bed_and_breakfast": Otherwise(("bed_and_breakfast", "nights_asked"), _nights, _nights_kept),
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
        "people_entered": "so that no key is given twice",
        "danger": "of the case file, beside the household",
    },
)


def household_of(case: Case) -> Household:
    """The household as plain data for the heart."""
    return HOUSEHOLD.plain(case)
