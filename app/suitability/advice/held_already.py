"""What a form holds already of a question: shown beside it, so that nobody is asked twice, and confirmed in one choice.

Nothing is answered here. Who typed a fact is not who saw it, so it is no evidence of its own: it becomes one when somebody says
that it is so, at the grade of that conversation. Source: tried as each of its users, 28 November 2026, 8 (eight pairs).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from app.suitability.casefile import wording
from app.suitability.casefile.called import labels
from app.suitability.casefile.history import Contact
from app.suitability.casefile.household import Household, Member, Placement, Service
from app.suitability.casefile.settings import CouncilSettings
from app.suitability.casefile.units import units_of
from app.suitability.casefile.values import day_in_words, in_sentence
from app.suitability.checklist.checklist import Checklist
from app.suitability.reading.case_file import CaseFile

_CARRIED = 4  # of contacts, in a line
_SHARED_WITH_STRANGERS = ("toilet", "washing", "cooking", "corridor")


class Held(NamedTuple):
    """What is written down of a row: in words, where, and the answer it would be, where it is one.

    Args:
        value: as a case file has an answer; None where what is written down does not settle the question.
        of_the_place: it tells of the building and the unit, and of nobody in the family.
    """

    words: str
    value: Any = None
    of_the_place: bool = False


class _Asked(NamedTuple):
    home: Household
    place: Placement
    subject: str
    on: date
    numbers: CouncilSettings

    @property
    def member(self) -> Member | None:
        return next((m for m in self.home.members if m.key == self.subject), None)


def _treatment(asked: _Asked) -> Held | None:
    found = asked.member.treatment if asked.member else None
    if found is None or not (found.medicine or found.dose_days):
        return None
    days = ", ".join(wording.DAY[day] for day in found.dose_days or ())
    return Held(f"{found.medicine or 'Treatment'}{f', a dose collected or supervised on {days}' if days else ''}")


def _shared(asked: _Asked) -> Held | None:
    if asked.place.shares is None:
        return None
    with_strangers = [wording.SHARED[part] for part in asked.place.shares if part in _SHARED_WITH_STRANGERS]
    if not with_strangers:
        return Held("nothing is shared with another household", "not_shared", True) if not asked.place.shares else None
    return Held(f"shared with another household: {', '.join(map(in_sentence, with_strangers))}", "shared", True)


def _staff(asked: _Asked) -> Held | None:
    if asked.place.staffing is None:
        return None
    at_night = asked.place.staffing in ("night", "24_hours")
    said = in_sentence(wording.STAFFING[asked.place.staffing])
    return Held(f"staff on site: {said}", None if at_night else "none_at_night", True)


def _seen(asked: _Asked) -> Held | None:
    said = (
        [f"seen so far: {in_sentence(wording.SEEN_HOW[asked.member.seen_how])}"]
        if asked.member and asked.member.seen_how
        else []
    )
    kept = [c.on for c in _contacts(asked) if c.outcome == "kept" and c.on is not None]
    said += [f"a health contact was kept on {day_in_words(max(kept))}"] if kept else []
    return Held("; ".join(said)) if said else None


def _contact_counts(asked: _Asked) -> Held | None:
    since = asked.on - timedelta(days=asked.numbers.p01_window_days)
    mine = [c for c in _contacts(asked) if c.on is not None and since <= c.on <= asked.on]
    if not mine:
        return None
    counts = {"due": len(mine)} | dict.fromkeys(
        ("kept", "not_brought", "cancelled_by_family", "cancelled_by_service", "no_access"), 0
    )
    for contact in mine:
        if contact.outcome in counts:
            counts[contact.outcome] += 1
    said = [
        f"{c.what} on {day_in_words(c.on)}: {in_sentence(wording.CONTACT_OUTCOME[c.outcome])}"
        for c in mine[:_CARRIED]
        if c.on
    ]
    more = f"; and {len(mine) - _CARRIED} more" if len(mine) > _CARRIED else ""
    return Held("; ".join(said) + more, counts)


def _addresses(asked: _Asked) -> Held | None:
    since = asked.on - timedelta(days=round(asked.numbers.moves_window_months * 365.25 / 12))
    mine = [a for a in asked.home.addresses if a.moved_out is None or a.moved_out >= since]
    if not mine:
        return None
    return Held(
        f"{len(mine)} {'address' if len(mine) == 1 else 'addresses'} of that time; there may be others",
        {"addresses": len(mine)},
    )


def _release(asked: _Asked) -> Held | None:
    about = [e for e in asked.home.events if e.kind == "release" and e.who in (None, asked.subject)]
    said = [f"{e.what.rstrip('.') or wording.EVENT[e.kind]} ({day_in_words(e.on)})" for e in about]
    if asked.home.orders:
        said.append("an order, bail or a licence is known in the household")
    return Held("; ".join(said), "involved" if about and about[-1].who == asked.subject else None) if said else None


def _service(*kinds: str) -> Callable[[_Asked], Held | None]:
    def named(asked: _Asked) -> Held | None:
        mine = [s for s in asked.home.services if s.kind in kinds and _uses(asked, s)]
        return (
            Held(
                "; ".join(f"{wording.SERVICE[s.kind]}: {s.name}{f', {s.postcode}' if s.postcode else ''}" for s in mine)
            )
            if mine
            else None
        )

    return named


def _uses(asked: _Asked, service: Service) -> bool:
    return asked.subject == "household" or not service.used_by or asked.subject in service.used_by


def _lead(asked: _Asked) -> Held | None:
    lead = asked.home.lead_professional
    if lead is None:
        return None
    accepted = f", who accepted on {day_in_words(lead.accepted)}" if lead.accepted else ", who has not accepted yet"
    return Held(f"{', '.join(part for part in (lead.name, lead.role, lead.agency) if part)}{accepted}")


def _apart(asked: _Asked) -> Held | None:
    """Who would sleep in which unit, where there are several; a child with no adult in theirs is apart from their carer."""
    units = units_of(asked.place, asked.home)
    told = [(unit.called, unit.sleeps) for unit in units.values() if unit.sleeps]
    if not told or any(unit.sleeps is None for unit in units.values()):
        return None
    called = labels(asked.home)
    said = "; ".join(f"{name}: {', '.join(called[m.key] for m in people)}" for name, people in told)
    alone = any(m.kind == "child" for _, people in told for m in people if all(p.kind != "adult" for p in people))
    return Held(f"who would sleep where: {said}", "child_apart" if alone else None)


def _budget(asked: _Asked) -> Held | None:
    return Held("a week’s money is written down with the household") if asked.home.budget is not None else None


def _contacts(asked: _Asked) -> list[Contact]:
    return [c for c in asked.home.contacts or () if c.child == asked.subject]


# By the question that would ask it again. A test walks the forms for what is typed there and asked here.
_HOLDS: Mapping[str, Callable[[_Asked], Held | None]] = MappingProxyType(
    {
        "SM03": _treatment,
        "CS12": _shared,
        "SA13": _staff,
        "CS22": _seen,
        "SA01": _service("gp"),
        "SA02": _service("health_visiting"),
        "SA03": _service("midwifery"),
        "SA04": _contact_counts,
        "SA06": _service("school", "nursery"),
        "SM06": _service("pharmacy"),
        "CS27": _addresses,
        "SM14": _release,
        "IS01": _lead,
        "LS31": _budget,
        "LS03": _apart,
    }
)


def held_already(checklist: Checklist, case: CaseFile, criterion: str, subject: str) -> Held | None:
    """What is written down already of a question about somebody; None where nothing is."""
    found = _HOLDS.get(criterion)
    numbers = checklist.numbers_on(case.on)
    if found is None:
        return None
    units = units_of(case.placement, case.household)
    place = units[subject].place if subject in units else case.placement
    return found(_Asked(case.household, place, subject, case.on, numbers))
