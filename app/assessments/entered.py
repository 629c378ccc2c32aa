"""Where the facts are entered from which a row is worked out: what is open leads to its page as a question does."""

from __future__ import annotations

from typing import Any

from flask import url_for

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


def page_of(computed: str, case_id: str, assessment_id: str) -> str:
    """The page on which what a computed row rests on is entered."""
    if computed in _OF_THE_CASE:
        endpoint, more = _OF_THE_CASE[computed]
        return url_for(endpoint, case_id=case_id, **more)
    return url_for(_OF_THE_PLACEMENT[computed], case_id=case_id, assessment_id=assessment_id)
