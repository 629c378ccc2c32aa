"""Rows worked out from facts, never asked: each returns what it means and says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from .facts import Facts
from .standards import (
    UnmeasuredRoom,
    breaches_room_standard,
    breaches_space_standard,
    is_legal_bed_and_breakfast,
    last_lawful_night,
    nights_in_bed_and_breakfast,
    permitted_persons,
    persons,
)


class Worked(NamedTuple):
    """A computed row. ``means`` is clear, worrying, open or not_applicable; ``effect`` replaces the row's own."""

    means: str
    says: str
    effect: str | None = None


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def expected_stay(facts: Facts) -> Worked:
    nights = facts.placement.nights
    if nights is None:
        return Worked("open", "The number of nights the household is expected to stay is not known.")
    return Worked("clear", f"Expected to stay {nights} {'night' if nights == 1 else 'nights'}.")


def legal_bed_and_breakfast(facts: Facts) -> Worked:
    """Source: 2003 Order art 2 as amended."""
    answer = is_legal_bed_and_breakfast(facts.placement)
    if answer is None:
        return Worked(
            "open",
            "Sharing, cooking, ownership, management or private dwelling is not known, so it cannot be said whether this is bed and breakfast in law.",
        )
    if answer:
        return Worked(
            "worrying",
            "On its facts this is bed and breakfast in law: not self-contained, with facilities shared or no cooking, and privately run.",
            "low",
        )
    return Worked("clear", "On its facts this is not bed and breakfast in law.")


def forty_two_nights(facts: Facts) -> Worked:
    """Source: 2003 Order art 4; rulings.md 7."""
    in_law = is_legal_bed_and_breakfast(facts.placement)
    if in_law is False:
        return Worked("not_applicable", "Not bed and breakfast in law.")
    starts = facts.placement.starts or facts.on
    limit = facts.settings["bed_and_breakfast_nights"]
    used = nights_in_bed_and_breakfast(facts.household.bed_and_breakfast, starts)
    if used >= limit and in_law:
        return Worked(
            "worrying", f"All {limit} nights of bed and breakfast have been used ({used} nights so far).", "stop"
        )
    if in_law is None:
        return Worked("open", "Whether this is bed and breakfast in law is not known, so the nights cannot be counted.")
    last = last_lawful_night(facts.household.bed_and_breakfast, starts, limit)
    ends = facts.placement.ends(facts.on)
    if last is not None and ends is not None and ends > last:
        return Worked(
            "worrying",
            f"The stay would pass {limit} nights. The family must move by {_day(last)}; from {_day(last + timedelta(days=1))} it is unlawful.",
            "high",
        )
    if used + 1 >= facts.settings["bed_and_breakfast_warning_night"]:
        return Worked("worrying", f"Night {used + 1} of {limit} in bed and breakfast.", "high")
    if ends is None:
        return Worked(
            "open", "The number of nights is not known, so it cannot be said whether the stay would pass the limit."
        )
    return Worked("clear", f"{used} of {limit} nights used; lawful to {_day(last) if last else 'no night'}.")


def room_standard(facts: Facts) -> Worked:
    """Source: Housing Act 1985 s.325."""
    breach = breaches_room_standard(facts.placement.rooms, facts.household.members, facts.on)
    if breach is None:
        return Worked("open", "Rooms, ages or sexes are not all known, so the room standard cannot be checked.")
    if breach:
        return Worked(
            "worrying", "Two people of opposite sex aged 10 or over, who are not a couple, would have to share a room."
        )
    return Worked("clear", "Nobody aged 10 or over has to share with the opposite sex outside a couple.")


def space_standard(facts: Facts) -> Worked:
    """Source: Housing Act 1985 s.326. Passing it is not the same as enough space: see CS02 and CS07."""
    need = persons(facts.household.members, facts.on)
    breach = breaches_space_standard(facts.placement.rooms, facts.household.members, facts.on)
    if breach is None:
        return Worked("open", "A room has no measured area, so the space standard cannot be checked.")
    try:
        permitted = f"{permitted_persons(facts.placement.rooms or ()).normalize():f} permitted"
    except UnmeasuredRoom:
        permitted = "too few permitted by the number of rooms alone"
    said = f"{need.normalize():f} persons count (infants none, children under 10 a half); {permitted}."
    return Worked("worrying" if breach else "clear", said)


def gas_record(facts: Facts) -> Worked:
    """Source: Gas Safety (Installation and Use) Regulations 1998 reg 36."""
    return _certificate(facts, "gas", "gas safety record")


def electrical_report(facts: Facts) -> Worked:
    """Source: Electrical Safety Standards Regulations 2020. An open danger code must be cured; a missing report needs a plan."""
    held = [c for c in facts.placement.certificates if c.kind == "electrical"]
    if any(c.open_danger_codes for c in held):
        return Worked("worrying", "The electrical report has an open danger code.", "stop_until")
    worked = _certificate(facts, "electrical", "electrical report")
    if worked.means == "clear" and any(c.open_danger_codes is None for c in held):
        return Worked("open", "Whether the electrical report has open danger codes is not known.")
    return worked


def _certificate(facts: Facts, kind: str, name: str) -> Worked:
    held = [c for c in facts.placement.certificates if c.kind == kind]
    if not held:
        return Worked("open", f"No {name} has been seen.")
    expiries = [c.expires for c in held if c.expires is not None]
    if not expiries:
        return Worked("open", f"The {name} has no expiry date on file.")
    latest = max(expiries)
    if latest < facts.on:
        return Worked("worrying", f"The {name} ran out on {_day(latest)}.")
    ends = facts.placement.ends(facts.on)
    if ends is None:
        return Worked("open", f"The {name} lasts to {_day(latest)}; the end of the stay is not known.")
    if latest < ends:
        return Worked("worrying", f"The {name} runs out on {_day(latest)}, before the stay ends on {_day(ends)}.")
    return Worked("clear", f"The {name} lasts to {_day(latest)}, past the end of the stay.")


def lead_professional(facts: Facts) -> Worked:
    """A name without an acceptance is not a lead professional. Source: safeguarding.md 1.7 and IS01."""
    named = facts.household.lead_professional
    if named is None:
        return Worked("open", "Nobody is named as lead professional.")
    if named.accepted is None or named.accepted > facts.on:
        return Worked("worrying", f"{named.name} is named and has not accepted.")
    return Worked("clear", f"{named.name}, {named.role or named.agency}, accepted on {_day(named.accepted)}.")


COMPUTED: dict[str, Callable[[Facts], Worked]] = {
    "expected_stay": expected_stay,
    "legal_bed_and_breakfast": legal_bed_and_breakfast,
    "forty_two_nights": forty_two_nights,
    "room_standard": room_standard,
    "space_standard": space_standard,
    "gas_record": gas_record,
    "electrical_report": electrical_report,
    "lead_professional": lead_professional,
}
