"""Health contacts of a child: which were not brought, for whose reasons, and which the system itself caused.

A baby cannot fail to attend: an adult did not bring it, and the commonest innocent cause is the council's own letter to
an old address. Source: safeguarding.md 1.4, SA05 and P01 to P03.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from app.suitability.casefile import wording
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.history import Contact
from app.suitability.casefile.household import Member
from app.suitability.casefile.values import day_in_words

from .facts import Facts

# A survivor’s own word is on where they are safe, not on what a service’s letters say.
_SAID_ONLY = (Grade.E0, Grade.E1, Grade.E1S)
_ON_NEGLECT = {"plan_neglect", "plan_neglect_agreed"}


class Contacts(NamedTuple):
    """What the list of a child's contacts amounts to.

    ``missed`` are those not brought within the window with no system cause; ``caused`` those the system caused; ``level``
    is full, single or none (P01); ``repeated`` are those of P02.
    """

    missed: tuple[Contact, ...]
    said_only: tuple[Contact, ...]
    caused: tuple[Contact, ...]
    repeated: tuple[Contact, ...]
    level: str
    because: tuple[str, ...]
    unlisted: int


_COUNTED = ("not_brought", "no_access", "cancelled_by_family")
_NO_CONTACTS = Contacts(missed=(), said_only=(), caused=(), repeated=(), level="none", because=(), unlisted=0)


def contacts_of(facts: Facts, child: Member) -> Contacts:
    """P01, P02 and P03 for one child, on the day of the assessment; worked out once."""
    found: Contacts | None = facts.worked_out.get(("contacts", child.key))
    if found is None:
        found = facts.worked_out["contacts", child.key] = _contacts_of(facts, child)
    return found


def _contacts_of(facts: Facts, child: Member) -> Contacts:
    if not facts.household.contacts and not any(_counted(facts, child, outcome) for outcome in _COUNTED):
        return _NO_CONTACTS  # what most children have: nothing listed, and nothing counted that was not kept
    year = facts.on - timedelta(days=facts.settings.p01_window_days)
    listed = [
        c
        for c in sorted(facts.household.contacts or (), key=_order)
        if c.child == child.key and (c.on is None or year < c.on <= facts.on)
    ]
    caused = tuple(c for c in listed if c.outcome not in ("kept", "cancelled_by_service") and _system_cause(facts, c))
    not_brought = [c for c in listed if c.outcome == "not_brought" and c not in caused]
    unlisted = max(0, _counted(facts, child, "not_brought") - sum(1 for c in listed if c.outcome == "not_brought"))
    missed = (
        *not_brought,
        *(
            Contact(child=child.key, what="a contact counted and not listed", outcome="not_brought")
            for _ in range(unlisted)
        ),
    )
    said_only = tuple(c for c in missed if c.reason_grade in _SAID_ONLY)
    level, because = _level(facts, child, missed, said_only)
    repeated = (*_repeated(facts, listed, caused), *_counted_again(facts, child, listed))
    return Contacts(
        missed=missed,
        said_only=said_only,
        caused=caused,
        repeated=repeated,
        level=level,
        because=because,
        unlisted=unlisted,
    )


def _order(contact: Contact) -> tuple[str, ...]:
    """By day, then by everything else, so that the order they arrive in changes nothing."""
    return (str(contact.on or ""), contact.what, contact.outcome, contact.reason)


def _counted(facts: Facts, child: Member, outcome: str) -> int:
    """How many contacts had an outcome by the highest standing count of SA04."""
    values = [a.value for a in facts.answers.get(("SA04", child.key), ()) if isinstance(a.value, dict)]
    return max((value.get(outcome, 0) for value in values), default=0)


def _counted_again(facts: Facts, child: Member, listed: list[Contact]) -> tuple[Contact, ...]:
    """P02 by the services’ count where nobody has listed them: for which need, nobody has said."""
    found: list[Contact] = []
    for outcome, least, what in (
        ("no_access", facts.settings.p02_no_access, "a home visit without access, counted and not listed"),
        (
            "cancelled_by_family",
            facts.settings.p02_cancelled,
            "a contact cancelled by the family, counted and not listed",
        ),
    ):
        have = sum(1 for c in listed if c.outcome == outcome)
        count = _counted(facts, child, outcome)
        if count > have and count >= least:
            found += [Contact.model_validate({"child": child.key, "what": what, "outcome": outcome})] * (count - have)
    return tuple(found)


def _system_cause(facts: Facts, contact: Contact) -> bool:
    """P03: what a record shows, or the council's own move shortly before the missed date."""
    if contact.cause is not None and contact.cause_grade.rank >= Grade.E2.rank and contact.cause_grade is not Grade.E1S:
        return True
    if contact.on is None:
        return False
    days = timedelta(days=facts.settings.p03_move_days)
    moved = (a.moved_in for a in facts.household.addresses if a.placed_by_council and a.moved_in is not None)
    return any(day <= contact.on <= day + days for day in moved)


def _level(
    facts: Facts, child: Member, missed: tuple[Contact, ...], said_only: tuple[Contact, ...]
) -> tuple[str, tuple[str, ...]]:
    settings = facts.settings
    recent = facts.on - timedelta(days=settings.p01_young_window_days)
    young = child.under(settings.p01_young_years, facts.age_day, facts.unborn_weeks) is not False
    baby = child.under(1, facts.age_day, facts.unborn_weeks) is not False
    many = len(missed) >= settings.p01_misses
    some = young and sum(1 for c in missed if c.on is None or c.on > recent) >= settings.p01_young_misses
    plan = any(a.value in _ON_NEGLECT for a in facts.answers.get(("CS19", child.key), ()) if isinstance(a.value, str))
    critical = any(c.critical for c in missed)
    one = bool(missed) and (baby or plan or critical)
    # Nobody has said whether what was missed was critical: the service is asked, and nothing more follows from it.
    maybe = not one and any(c.critical is None and c in said_only for c in missed)
    said = []
    if many:
        said.append(f"{len(missed)} contacts not brought in the window.")
    if some:
        said.append("Contacts not brought by a young child within the shorter window.")
    if one:
        said.append(
            "A contact not brought by "
            + (
                "a child under 1"
                if baby
                else "a child on a plan for neglect"
                if plan
                else "a child for whom it was critical"
            )
            + "."
        )
    enough = len(said_only) >= settings.p01_said_only if (many or some) else False
    if enough or (one and len(missed) >= 2 and said_only):
        return "full", tuple(said)
    if one and len(missed) == 1 and said_only:
        return "single", tuple(said)
    if maybe:
        return "single", ("Whether a contact that was missed is a critical one is not known.",)
    return "none", ()


def _repeated(facts: Facts, listed: list[Contact], caused: tuple[Contact, ...]) -> tuple[Contact, ...]:
    """P02: cancelled or rebooked by the family again and again for one need, or no access at home visits."""
    since = facts.on - timedelta(days=facts.settings.p02_window_days)
    open_to = [c for c in listed if c not in caused]
    found: list[Contact] = []
    moved = [
        c
        for c in open_to
        if c.outcome in ("cancelled_by_family", "rebooked_by_family") and (c.on is None or c.on > since)
    ]
    # A contact of which nobody said for what may have been for any of them.
    for need in dict.fromkeys(facts.spelt(c.need) for c in moved if c.need) or ("",):
        same = [c for c in moved if facts.spelt(c.need) in ("", need)]
        if len(same) >= facts.settings.p02_cancelled:
            found += [c for c in same if c not in found]
    no_access = [c for c in open_to if c.outcome == "no_access"]
    if len(no_access) >= facts.settings.p02_no_access:
        found += no_access
    return tuple(found)


def row_words(contact: Contact) -> str:
    """One contact as a line: what, when, whose reason; never a number alone."""
    when = f" on {day_in_words(contact.on)}" if contact.on else ""
    reason = (
        f", reason ({wording.GRADE[contact.reason_grade]}): “{contact.reason}”"
        if contact.reason
        else ", no reason asked for"
    )
    return f"{contact.what}{when}: {contact.outcome.replace('_', ' ')}{reason}"
