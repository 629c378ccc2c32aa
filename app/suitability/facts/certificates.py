"""Certificates worked out against the end of the stay, never against today alone."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from app.suitability.casefile.codes import Basis, Effect
from app.suitability.casefile.household import Certificate
from app.suitability.casefile.values import day_in_words

from .computed_row import ComputedRow
from .facts import Facts


def gas_record(facts: Facts) -> ComputedRow:
    """Source: Gas Safety (Installation and Use) Regulations 1998 reg 36."""
    return _certificate(facts, "gas", "gas safety record")


def electrical_report(facts: Facts) -> ComputedRow:
    """Source: Electrical Safety Standards Regulations 2020. An open danger code must be cured; a missing report needs a plan."""
    held = [c for c in facts.placement.certificates if c.kind == "electrical"]
    if any(c.open_danger_codes and not _is_closed(facts, c, held) for c in held):
        return ComputedRow(
            state="worrying",
            says="The electrical report has an open danger or potential danger code (C1 or C2).",
            effect=Effect.STOP_UNTIL,
            basis=_basis_of_report(facts),
        )
    worked = _certificate(facts, "electrical", "electrical report")
    worked = worked._replace(basis=worked.basis or _basis_of_report(facts))
    if worked.state == "clear" and any(c.open_danger_codes is None for c in held):
        return ComputedRow(
            state="open",
            says="Whether the electrical report has open danger or potential danger codes (C1 or C2) is not known.",
            basis=worked.basis,
        )
    return worked


def _is_closed(facts: Facts, older: Certificate, held: list[Certificate]) -> bool:
    """Does a report issued later, of a day gone by, say that no danger code is open any more?"""
    return facts.signs_told and any(
        c.open_danger_codes is False
        and c.issued is not None
        and older.issued is not None
        and older.issued < c.issued <= facts.on
        for c in held
    )


_EXCLUDED = ("hostel", "refuge")
# A room in a hotel or in somebody's own home: whether the regulations reach it is not settled, so it is not called law.
_NOT_REACHED = ("hotel", "bed_and_breakfast")


def _basis_of_report(facts: Facts) -> Basis | None:
    """The regulations leave out hostels, refuges and rooms shared with the landlord's family, and may not reach a hotel's.

    There a report is asked for as policy. Source: Electrical Safety Standards Regulations 2020 Schedule 1; law.md D5, 1.7.
    """
    placement = facts.placement
    if placement.kind in _EXCLUDED:
        return Basis.POLICY
    if not facts.amended:
        return None
    return Basis.POLICY if placement.kind in _NOT_REACHED or placement.private_dwelling else None


def _months_after(day: date, months: int) -> date:
    """The last day of so many months from a day on."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])) - timedelta(days=1)


def _certificate(facts: Facts, kind: str, name: str) -> ComputedRow:
    held = [c for c in facts.placement.certificates if c.kind == kind]
    if not held:
        return ComputedRow(state="open", says=f"No {name} has been seen.")
    if any(c.issued is not None and c.issued > facts.on for c in held):
        return ComputedRow(state="open", says=f"The {name} is dated in the future, so it shows nothing yet.")
    settings = facts.settings
    months = {"gas": settings.gas_record_months, "electrical": settings.electrical_record_months}[kind]
    # What is written on it lasts no longer than the law lets it; one without a day of issue was issued today at the latest.
    expiries = [min(c.expires, _months_after(c.issued or facts.on, months)) for c in held if c.expires is not None]
    if not expiries:
        return ComputedRow(state="open", says=f"The {name} has no expiry date on file.")
    latest = max(expiries)
    if latest < facts.on:
        return ComputedRow(state="worrying", says=f"The {name} ran out on {day_in_words(latest)}.")
    ends = facts.placement.ends(facts.on)
    if ends is None:
        return ComputedRow(
            state="open", says=f"The {name} lasts to {day_in_words(latest)}; the end of the stay is not known."
        )
    if latest < ends:
        # The law asks that it be renewed in time; that it should last to the end of the stay is this council's own.
        return ComputedRow(
            state="worrying",
            says=f"The {name} runs out on {day_in_words(latest)}, before the stay ends on {day_in_words(ends)}.",
            basis=Basis.POLICY,
        )
    return ComputedRow(state="clear", says=f"The {name} lasts to {day_in_words(latest)}, past the end of the stay.")
