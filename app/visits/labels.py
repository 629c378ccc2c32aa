"""What each person and place is called on a phone, where nobody has a name: by age and, where it is known, as girl, boy, woman or man."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.cases.ages import age_in_words
from app.suitability.casefile.household import Household, Member

_CHILD, _ADULT = {"female": "girl", "male": "boy"}, {"female": "woman", "male": "man"}


def labels(household: Household, units: Sequence[str], on: date) -> dict[str, str]:
    """By key, what somebody is told apart by without a name: children from the youngest, adults as they are listed.

    Nothing that somebody typed is in it: what an adult is to a child is free text, and may hold a name.

    Args:
        units: the keys of the placement’s units; one alone needs no name beside its questions.
    """
    children = sorted(household.children(), key=lambda m: (m.kind == "unborn", m.born is None, -_day(m).toordinal()))
    born = [m for m in children if m.kind != "unborn"]
    unborn = [m for m in children if m.kind == "unborn"]
    found = {m.key: f"Child {at}, {_said(m, on, _CHILD)}" for at, m in enumerate(born, 1)}
    found |= {m.key: f"Unborn child{f' {at}' if len(unborn) > 1 else ''}" for at, m in enumerate(unborn, 1)}
    adults = [m for m in household.members if m.key not in found]
    found |= {m.key: f"Adult {at}, {_said(m, on, _ADULT)}" for at, m in enumerate(adults, 1)}
    if len(units) > 1:
        found |= {key: f"Place {at} of {len(units)}" for at, key in enumerate(units, 1)}
    return found


def _day(m: Member) -> date:
    return m.born or date.min


def _said(m: Member, on: date, called: dict[str, str]) -> str:
    return ", ".join(part for part in (called.get(m.sex or "", ""), age_in_words(m, on)) if part)
