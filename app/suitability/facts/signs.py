"""Signs of use, of the justice system, of abuse and of a pregnancy, wherever somebody wrote them down.

The box beside a name is one place; a treatment, a service, an agency, a release and an answer are others, and the same fact
told there is the same sign. A “no” in the box does not take it away: then one of the two is wrong, and it is asked.
Before version 2026.6 only the box counted. Source: safeguarding.md SM01 and SM14 (“once any sign”), law.md E8.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from app.suitability.casefile.history import Event
from app.suitability.casefile.household import Member
from app.suitability.casefile.known import Known

from .facts import Facts

_Says = Callable[[Facts, Member], bool]
_PREGNANT = frozenset(("booked", "late_or_unbooked", "hidden"))
_USE, _JUSTICE = ("drug_alcohol",), ("probation",)
_USE_AGENCIES, _JUSTICE_AGENCIES = frozenset(("drug_service",)), frozenset(("probation", "prison", "mappa"))
_RESPONSIBLE_FROM = 10  # years: Children and Young Persons Act 1933 s.50


def substance_sign(facts: Facts, member: Member) -> Known:
    """Is there a sign that this person uses or used? Treatment or the drug and alcohol service is one."""
    if not facts.signs_told:
        return member.substance_sign
    return _sign(facts, member, member.substance_sign, _says_use, _USE, _USE_AGENCIES)


def justice_sign(facts: Facts, member: Member) -> Known:
    """Is there a sign that this person is in the justice system? Probation, or a release within the months asked about, is one."""
    if not facts.signs_told:
        return member.justice_sign
    return _sign(facts, member, member.justice_sign, _says_justice, _JUSTICE, _JUSTICE_AGENCIES)


def any_child_in_justice(facts: Facts) -> bool:
    """Is there a sign on a child old enough to be bailed or sentenced? Their terms bar a home, a street or a child as an adult’s do."""
    return facts.signs_told and any(
        (child.age_on(facts.age_day) or 0) >= _RESPONSIBLE_FROM
        and (child.justice_sign is True or _says_justice(facts, child))
        for child in facts.children
        if child.kind == "child"
    )


def pregnancy_told(facts: Facts) -> bool:
    """Was a pregnancy told as an answer (CS25), whatever is written down beside the name?"""
    return facts.signs_told and any(facts.told("CS25", key) & _PREGNANT for key in facts.rows.get("CS25", ()))


def abuse_told(facts: Facts) -> bool:
    """Is a domestic abuse service at work with the family? Then there is or was abuse, whatever the box says."""
    household = facts.household
    return facts.signs_told and (
        any(s.kind == "domestic_abuse" for s in household.services)
        or "domestic_abuse_service" in (household.agencies or ())
    )


def _sign(
    facts: Facts,
    member: Member,
    box: Known,
    says: _Says,
    services: tuple[str, ...],
    agencies: frozenset[str],
) -> Known:
    if box is True or says(facts, member):
        return True
    if box is None or not _unnamed(facts, says, services, agencies):
        return box
    return None  # somebody of the family is meant, and nobody wrote down who


def _unnamed(facts: Facts, says: _Says, services: tuple[str, ...], agencies: frozenset[str]) -> bool:
    """Is a service or an agency written down, and of nobody of the family that it is theirs?"""
    household = facts.household
    there = any(s.kind in services and not s.used_by for s in household.services)
    there = there or not agencies.isdisjoint(household.agencies or ())
    there = there or (says is _says_justice and any(e.who is None for e in _releases(facts)))
    if not there:
        return False
    boxes = "substance_sign" if says is _says_use else "justice_sign"
    return not any(getattr(m, boxes) is True or says(facts, m) for m in household.members)


def _uses(facts: Facts, member: Member, kinds: tuple[str, ...]) -> bool:
    return any(s.kind in kinds and member.key in s.used_by for s in facts.household.services)


def _says_use(facts: Facts, member: Member) -> bool:
    return member.treatment is not None or _uses(facts, member, _USE)


def _says_justice(facts: Facts, member: Member) -> bool:
    return any(e.who == member.key for e in _releases(facts)) or _uses(facts, member, _JUSTICE)


def _releases(facts: Facts) -> list[Event]:
    """Releases within the weeks that are asked about, and those still to come: a day the prison gave is known today."""
    since = facts.on - timedelta(weeks=facts.settings.release_weeks)
    return [e for e in facts.household.events if e.kind == "release" and e.on >= since]
