"""The short forms of a family and a place, each with what is written down there: a page opens them where their links stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import url_for

from app.cases.models import Case
from app.suitability.casefile import wording
from app.suitability.casefile.values import in_sentence


class ShortForm(NamedTuple):
    """A form, by what it is about; what is written down there, in a few words; and what its link says."""

    about: str
    said: str
    address: str
    does: str = "Change"


def of_family(case: Case, called: Mapping[str, str]) -> list[ShortForm]:
    """Who they are, what they use, and what happened. Nothing is read again: it is what the case file was built from.

    Args:
        called: what each person is called where they stand beside the others, by key.
    """

    def to(endpoint: str, **values: Any) -> str:
        return url_for(endpoint, case_id=case.id, **values)

    people = [
        ShortForm(called[m.key], wording.MEMBER[m.kind], to("cases.member", member_id=m.id)) for m in case.members
    ]
    services = [
        ShortForm(f"{wording.label(s.kind)}: {s.name}", "", to("services.used", part_id=s.id)) for s in case.services
    ]
    addresses = [
        ShortForm("Now" if a.kind == "current" else "Before", a.address, to("cases.address", part_id=a.id))
        for a in case.addresses
    ]
    contacts = _asked(len(case.contacts), case.contacts_asked)
    nights = _asked(len(case.nights), case.nights_asked)
    return [
        *people,
        ShortForm("Somebody else of the household", "", to("cases.member"), "Add"),
        ShortForm("Why they left, and who is involved", _involved(case), to("cases.household")),
        *services,
        ShortForm("A service they use now", "" if services else "none written down yet", to("services.used"), "Add"),
        *addresses,
        ShortForm("An address", "" if addresses else "none written down yet", to("cases.address"), "Add"),
        ShortForm("Health contacts", contacts, to("history.entries", part="contacts"), "Add"),
        ShortForm("Events", _so_many(len(case.events)), to("history.entries", part="events"), "Add"),
        ShortForm("Nights in bed and breakfast", nights, to("history.spells"), "Add"),
        ShortForm("Questions put to agencies", "", to("history.entries", part="enquiries"), "Add"),
        ShortForm("Lead professional", case.lead_name or "nobody is named", to("cases.lead_professional")),
        ShortForm("A week’s money", "not asked" if case.budget is None else "entered", to("history.money")),
    ]


def of_place(case_id: str, assessment_id: str) -> list[ShortForm]:
    """The place that is proposed, and what is in it."""
    here: dict[str, Any] = {"case_id": case_id, "assessment_id": assessment_id}
    listed = (
        ("The place", "placements.placement", "Change"), ("Its rooms", "placements.rooms", "Add"),
        ("Its certificates", "placements.certificates", "Add"), ("Further units", "beside.listed", "Add"),
    )  # fmt: skip
    return [ShortForm(words, "", url_for(endpoint, **here), does) for words, endpoint, does in listed]


def _so_many(entries: int) -> str:
    return f"{entries} written down" if entries else "none written down yet"


def _asked(entries: int, was_asked: bool) -> str:
    """An empty list that nobody was asked for is no “none”."""
    return _so_many(entries) if entries else "asked, none" if was_asked else "not asked"


def _involved(case: Case) -> str:
    if case.agencies is None:
        return "who is involved is not known"
    return in_sentence("; ".join(map(wording.label, case.agencies))) or "asked, none named"
