"""Where the facts are entered from which a row is worked out: what is open leads to its page as a question does."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import url_for

from app.suitability.casefile.household import UNIT

_OF_THE_CASE: dict[str, tuple[str, dict[str, Any]]] = {
    "forty_two_nights": ("history.spells", {}),
    "lead_professional": ("cases.lead_professional", {}),
    "who_answered": ("history.entries", {"part": "enquiries"}),
    "missed_contacts": ("history.entries", {"part": "contacts"}),
    "affordable": ("history.money", {}),
}
_OF_THE_PLACEMENT = {
    "expected_stay": "placements.placement",
    "legal_bed_and_breakfast": "placements.placement",
    "exempt_hostel": "placements.placement",
    "host_notice": "placements.placement",
    "room_standard": "placements.rooms",
    "space_standard": "placements.rooms",
    "licence_rooms": "placements.rooms",
    "gas_record": "placements.certificates",
    "electrical_report": "placements.certificates",
    "disagreements": "assessments.show",
}


# Where the same facts of one of several units are entered, and the page that leads to all of them.
_OF_A_FURTHER_UNIT = {"placements.placement": "beside.change"}
_OF_ALL_UNITS = "beside.listed"


def page_of(
    computed: str, case_id: str, assessment_id: str, subject: str = UNIT, units: Collection[str] = (UNIT,)
) -> str:
    """The page on which what a computed row rests on is entered.

    Args:
        subject: whom, or which unit, it is about.
        units: the keys of the placement’s units.
    """
    if computed in _OF_THE_CASE:
        endpoint, more = _OF_THE_CASE[computed]
        return url_for(endpoint, case_id=case_id, **more)
    endpoint = _OF_THE_PLACEMENT[computed]
    of_which: dict[str, Any] = {}
    if subject != UNIT and subject in units:
        endpoint, of_which = _OF_A_FURTHER_UNIT.get(endpoint, endpoint), {"unit_key": subject}
    elif subject != UNIT and len(units) > 1 and endpoint == "placements.rooms":
        endpoint = _OF_ALL_UNITS
    return url_for(endpoint, case_id=case_id, assessment_id=assessment_id, **of_which)
