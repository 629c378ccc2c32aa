"""Puts the lines of every table of a case into one order, and chooses among them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app import clocks
from app.assessments.stay import STAY
from app.cases.household import ADDRESS, CONTACT, CONVERSATION, EVENT, HOUSEHOLD, NIGHTS, household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.properties.models import Unit
from app.properties.service import names_of, placement_of
from app.suitability.casefile.household import Household, Placement

from . import (
    of_changes,
    of_deciding,
    of_household,
    of_letters,
    of_lives,
    of_office,
    of_placing,
    of_register,
    of_seen,
    of_sharing,
    of_telling,
)
from .entry import KINDS, Differing, Entry, Opens, items
from .reading import Kept

NOBODY_ALONE = "household"  # lines that are about no person: the household, a place, what this council did
PAGE = 100
_ORDER = {kind: at for at, kind in enumerate(KINDS)}


class Chronology(NamedTuple):
    """Every line of a case, oldest first, those without a day before all others; and accounts that differ, side by side."""

    entries: list[Entry]
    differing: list[Differing]


class Called(NamedTuple):
    """Words that are kept elsewhere: of a letter by its kind, of the reader of a copy, of a date, of the value of an answer, of a district."""

    letters: Mapping[str, str]
    readers: Mapping[str, str]
    dates: Mapping[str, str]
    value: Callable[[Any, Any], str]
    district: Callable[[str], str]


class Wanted(NamedTuple):
    """Which lines: about one person, of one source, of one kind, from one day to another. Empty: all of them."""

    person: str = ""
    source: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None


def everything(kept: Kept, called: Called, changes: Iterable[of_changes.Change]) -> Chronology:
    """All lines of what was read."""
    case, words, rest = kept.case, kept.words, kept.rest
    # Of a case in which nobody is entered yet the heart makes no household; what was typed of it is told nevertheless.
    home = household_of(case) if case.members else Household.model_construct(**HOUSEHOLD.read(case))
    written = of_changes.known_rows(kept.done, kept.says, words)
    by_file = of_changes.read_in(kept.done, words)
    known = {
        row.id: written.get(row.id, by_file)
        for part in (case.addresses, case.nights, case.events, case.contacts)
        for row in part
    }
    newest = {a.unit_id: a.id for a in rest["assessments"]}
    last = rest["assessments"][-1].id if rest["assessments"] else ""

    def place(unit_id: str | None) -> str:
        return _address(kept.units.get(unit_id or ""))

    def shown(unit_id: str | None) -> str:
        return str(newest.get(unit_id or "", last))

    found = [*_opened(case, kept), *of_changes.entries(changes, words)]
    found += of_household.people(home, clocks.local(case.created_at).date(), words)
    found += of_household.lived(
        ((r.id, ADDRESS.plain(r)) for r in case.addresses), ((r.id, NIGHTS.plain(r)) for r in case.nights), known
    )
    found += of_household.happened(
        ((r.id, CONTACT.plain(r)) for r in case.contacts), ((r.id, EVENT.plain(r)) for r in case.events), known
    )
    held = {r.key: CONVERSATION.plain(r) for r in case.conversations}
    found += of_telling.conversations([_held(r, held[r.key], words) for r in case.conversations], kept.answers, words)
    told = of_telling.Answers(
        all=kept.answers, checklist=read_folder(), held=held, place=lambda a: _of_unit(kept.units.get(a.unit_id or ""), a.subject),
        shown=shown, value=called.value, words=words,
    )  # fmt: skip
    differing, differ = of_telling.differing(told)
    found += of_telling.answers(told, differ)
    found += of_seen.photographs(kept.photographs, told)
    placed = {a.id: _placed(kept.units[a.unit_id], a) for a in rest["assessments"]}
    found += of_placing.assessments(
        of_placing.Placing(
            assessments=rest["assessments"], placed=placed, home=home, place=place,
            done=of_changes.moments(kept.done, kept.says, words), district=called.district, words=words,
        )
    )  # fmt: skip
    found += of_placing.considered(rest["considered"])
    found += of_register.entries(
        of_register.Registered(
            links=rest["register_links"], answers=rest["register_answers"], stays=rest["register_stays"], place=place, shown=shown,
        )
    )  # fmt: skip
    planned = of_placing.Planned(
        plans=rest["plans"],
        acceptances=rest["acceptances"],
        patterns=rest["patterns"],
        place=place,
        shown=shown,
        words=words,
    )
    for part in (of_placing.plans, of_placing.acceptances, of_placing.patterns):
        found += part(planned)
    deciding = of_deciding.Deciding(
        decisions=rest["decisions"], steps=rest["steps"], emergencies=rest["emergencies"],
        moves={m.emergency_id: m for m in rest["moves"]}, records=kept.records,
        unit_of={a.id: a.unit_id for a in rest["assessments"]}, place=place, words=words,
    )  # fmt: skip
    found += [*of_deciding.decisions(deciding), *of_deciding.emergencies(deciding)]
    found += of_letters.letters(kept.letters, rest["letter_steps"], called.letters, words)
    found += of_letters.mails(kept.mails, kept.letters, called.letters)
    found += [*of_letters.notices(rest["notices"]), *of_letters.leads(rest["leads"])]
    found += [
        *of_office.handovers(rest["handovers"]),
        *of_office.tonight(rest["tonight"]),
        *of_office.dates(rest["dates"], called.dates),
    ]
    found += of_lives.steps(rest["lives"], words)
    sharing = of_sharing.Sharing(
        copies=kept.copies, shares=kept.shares, said=rest["words"], steps=rest["share_steps"], records=kept.records,
        exports=rest["exports"],
        readers=called.readers, words=words,
    )  # fmt: skip
    found += [
        *of_sharing.copies(sharing),
        *of_sharing.links(sharing),
        *of_sharing.said(sharing),
        *of_sharing.exports(sharing),
    ]
    return Chronology(sorted(found, key=in_order), differing)


def in_order(e: Entry) -> tuple[bool, date, str, int]:
    """By day and hour; what has no day stands before everything, what has no hour before what has."""
    return e.day is not None, e.day or date.min, e.at, _ORDER[e.kind]


def chosen(found: Sequence[Entry], wanted: Wanted) -> list[Entry]:
    """The lines that were asked for, in their order. Where days were asked for, what has no day is left out."""
    return [e for e in found if _is_wanted(e, wanted)]


def _is_wanted(e: Entry, wanted: Wanted) -> bool:
    if wanted.kind and e.kind != wanted.kind:
        return False
    if wanted.source and wanted.source not in e.sources:
        return False
    if wanted.person and not (wanted.person in e.people or (wanted.person == NOBODY_ALONE and not e.people)):
        return False
    if wanted.since and (e.day is None or e.day < wanted.since):
        return False
    return not (wanted.until and (e.day is None or e.day > wanted.until))


def side_by_side(found: Sequence[Differing], wanted: Wanted) -> list[Differing]:
    """The accounts that differ, of the person who was asked for."""
    if not wanted.person:
        return list(found)
    return [d for d in found if wanted.person in d.about or (wanted.person == NOBODY_ALONE and not d.about)]


def years(found: Sequence[Entry]) -> dict[int, int]:
    """How many lines each year has, in order."""
    return dict(sorted(Counter(e.day.year for e in found if e.day is not None).items()))


# ---- what is needed of the tables


def _opened(case: Case, kept: Kept) -> list[Entry]:
    opened = Entry(
        id=f"opened:{case.id}",
        kind="placing",
        what="The case was opened",
        day=clocks.local(case.created_at).date(),
        at=clocks.time_of_day(case.created_at),
        who=kept.words.colleague(case.created_by),
        items=items(("Its reference", case.reference), ("The council’s own number", case.council_number)),
        sources=frozenset({"office"}),
        opens=Opens("case"),
    )
    return [opened]


def _held(row: Any, said: Any, words: Any) -> of_telling.Held:
    return of_telling.Held(said, row.id, words.colleague(row.recorded_by), clocks.local(row.recorded_at).date())


def _address(unit: Unit | None) -> str:
    return "" if unit is None else ", ".join(part for part in (unit.address, unit.postcode) if part)


def _of_unit(unit: Unit | None, subject: str) -> str:
    """What a place is called, and which unit of it where there are several."""
    if unit is None or subject == "unit" or not unit.several:
        return _address(unit)
    door: str = names_of(unit).get(subject, "")
    return f"{door}, {_address(unit)}" if door else _address(unit)


def _placed(unit: Unit, a: Any) -> Placement:
    """A place as plain data; what is worked out anew each day has no place in what happened."""
    return placement_of(unit, **STAY.read(a), authority=a.authority, other_files_worried=None, protected_place=None)
