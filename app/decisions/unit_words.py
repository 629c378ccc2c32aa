"""The proposed unit, and each beside it, as it was written down, one fact a line; what nobody has established says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app import clocks
from app.suitability.casefile import wording
from app.suitability.casefile.called import labels
from app.suitability.casefile.household import UNIT, Certificate, FurtherUnit, Household, Member, Placement, Room
from app.suitability.casefile.units import units_of
from app.suitability.casefile.values import in_sentence
from app.suitability.reading.case_file import CaseFile
from forms.placements import ASKED_PLACEMENT, ASKED_UNIT_BESIDE

from .further import further_lines

# What has a sentence of its own, here or under “Where it is”; whatever else a placement has is a line in the words of the form.
OF_A_PLACEMENT = {
    "address", "postcode", "kind", "self_contained", "shares", "cooking_provided", "owner", "manager",
    "private_dwelling", "hmo", "floor", "storeys", "lift", "rooms", "shared_building", "staffing", "gas",
    "certificates", "urgency", "starts", "nights", "nightly_cost_pence", "authority", "notice_sent", "other_files_worried",
    "protected_place", "further_units",
}  # fmt: skip
OF_A_FURTHER_UNIT = {
    "key", "door", "sleeps", "kind", "self_contained", "shares", "cooking_provided", "owner", "manager", "private_dwelling",
    "hmo", "floor", "storeys", "lift", "rooms", "shared_building", "staffing", "gas", "certificates",
}  # fmt: skip


def yes_no(asked: str, value: bool | None, beside: str = "") -> str:
    """A fact of three values: yes, no, and that nobody has established it."""
    return f"{asked}: {'yes' if value else 'no' if value is False else 'not asked'}{beside}."


def pounds(pence: int) -> str:
    return f"£{pence // 100:,}.{pence % 100:02d}"


def placement_lines(file: CaseFile) -> list[str]:
    """The unit's facts and the stay; of several, those of the first."""
    return lines_of(file.placement, file.household)


def lines_of(p: Placement, home: Household) -> list[str]:
    """The same of a placement and a household that no case file holds."""
    first = units_of(p, home).get(UNIT)
    return [
        f"Address: {', '.join(part for part in (p.address, p.postcode) if part)}.",
        *([_sleeps(first.sleeps, labels(home))] if first else []),
        *_facts(p),
        *further_lines(p, OF_A_PLACEMENT, ASKED_PLACEMENT),
        *_stay(p),
    ]


def beside_lines(file: CaseFile) -> dict[str, list[str]]:
    """Of each further unit, by its door, its facts and who sleeps there."""
    return lines_beside(file.placement, file.household)


def lines_beside(p: Placement, home: Household) -> dict[str, list[str]]:
    """The same of a placement and a household that no case file holds."""
    units, names = units_of(p, home), labels(home)
    return {
        unit.door: [
            _sleeps(units[unit.key].sleeps, names),
            *_facts(unit),
            *further_lines(unit, OF_A_FURTHER_UNIT, ASKED_UNIT_BESIDE),
        ]
        for unit in p.further_units or ()
    }


def _sleeps(people: Sequence[Member] | None, names: Mapping[str, str]) -> str:
    if people is None:
        return "Who sleeps here: not asked."
    return f"Who sleeps here: {', '.join(names[m.key] for m in people) or 'nobody'}."


def _facts(p: Placement | FurtherUnit) -> list[str]:
    return [
        f"Kind: {in_sentence(wording.UNIT[p.kind])}.",
        yes_no("Self-contained", p.self_contained),
        _shared(p),
        yes_no("Cooking facilities", p.cooking_provided),
        yes_no("Building shared with other households", p.shared_building),
        yes_no("In somebody’s private dwelling", p.private_dwelling),
        yes_no("In a house in multiple occupation", p.hmo),
        _floor(p.floor),
        f"Storeys of the unit itself: {p.storeys if p.storeys is not None else 'not asked'}.",
        yes_no("Lift", p.lift),
        f"Staff on site: {in_sentence(wording.STAFFING[p.staffing]) if p.staffing else 'not asked'}.",
        f"Owned by: {_owner(p.owner)}; managed by: {_owner(p.manager)}.",
        "Rooms: not asked."
        if p.rooms is None
        else f"Rooms: {'; '.join(_room(r) for r in p.rooms) or 'none is listed'}.",
        yes_no("Gas supply", p.gas),
        *(_certificate(c) for c in p.certificates),
    ]


def _shared(p: Placement | FurtherUnit) -> str:
    if p.shares is None:
        return "Shared with another household: not asked."
    return f"Shared with another household: {', '.join(in_sentence(wording.SHARED[s]) for s in p.shares) or 'nothing'}."


def _floor(floor: int | None) -> str:
    if floor is None:
        return "Floor: not asked."
    return "Ground floor." if floor == 0 else f"Floor: {floor}." if floor > 0 else f"Floor: {-floor} below the ground."


def _owner(owner: str | None) -> str:
    return in_sentence(wording.OWNER[owner]) if owner else "not asked"


def _room(r: Room) -> str:
    use = in_sentence(wording.ROOM[r.use])
    return f"{f'{r.name} ({use})' if r.name else use}, {f'{r.area_m2} m²' if r.area_m2 else 'not measured'}"


def _certificate(c: Certificate) -> str:
    codes = "" if c.open_danger_codes is None else " " + yes_no("Open danger codes", c.open_danger_codes)
    issued, expires = (clocks.in_words(day) or "a day not known" for day in (c.issued, c.expires))
    return f"{wording.CERTIFICATE[c.kind]}: issued on {issued}, lasts to {expires}.{codes}"


def _stay(p: Placement) -> list[str]:
    urgency = "not asked" if p.urgency is None else wording.URGENCY_IN_SENTENCE[p.urgency]
    return [
        f"For tonight, or planned: {urgency}.",
        f"First night: {clocks.in_words(p.starts) or 'not known'}. Expected number of nights: {p.nights or 'not known'}.",
        f"Cost for a night: {pounds(p.nightly_cost_pence) if p.nightly_cost_pence is not None else 'not asked'}.",
        f"Host authority notified: {clocks.in_words(p.notice_sent) or 'no day is written down'}.",
    ]
