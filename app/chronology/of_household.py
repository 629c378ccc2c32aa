"""What is kept of the family itself: who they are, births, where they lived, health contacts and what happened. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from app import clocks
from app.decisions import told
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.history import Contact, Event
from app.suitability.casefile.household import Address, Household, Member, Spell
from app.suitability.casefile.values import in_sentence

from .entry import Entry, Item, Opens, Words, counted, from_grade, items, joined, on

# Birthdays of a child on which something changes for them. Sources: safeguarding study 2026, 0.3 (babies under one) and 3
# (health visiting under five); criminal responsibility from ten; Children Act 1989, a child until 18.
BIRTHDAYS = {
    1: "no longer a baby under one",
    5: "health visiting is for under-fives",
    10: "the age of criminal responsibility",
    18: "grown up in law",
}
_AHEAD_DAYS = 366
# Whose word a reason is, by how it is known.
_WHOSE = {
    Grade.E0: "The reason that is written down, from nobody named",
    Grade.E1: "What an adult of the household said",
    Grade.E1S: "What the survivor said",
    Grade.E2: "What an officer or the provider saw",
    Grade.E3: "What a named professional said",
    Grade.E4: "What a record or document says",
}
_BY_COUNCIL = {
    True: "Placed there by the council",
    False: "Not placed there by the council",
    None: "Whether the council placed them there: not asked",
}
_HARM = {True: "Missing it could hurt the child most", False: "Not the one whose missing hurts most", None: ""}
Written = Mapping[str, str]  # by the identifier of a row: who wrote it down, and when


def people(home: Household, opened: date, words: Words) -> Iterator[Entry]:
    """Who they are as it is written down now, births, and birthdays since the case was opened."""
    yield from _now(home, words)
    for m in home.members:
        yield from _birthdays(m, opened, words)


def lived(
    addresses: Iterable[tuple[str, Address]], nights: Iterable[tuple[str, Spell]], known: Written
) -> Iterator[Entry]:
    """Where they lived, by the identifier of the row; ``known`` is who wrote a row down."""
    for key, address in addresses:
        yield from _address(address, key, known)
    for key, spell in nights:
        yield _nights(spell, key, known)


def happened(
    contacts: Iterable[tuple[str, Contact]], events: Iterable[tuple[str, Event]], known: Written
) -> Iterator[Entry]:
    """Health contacts and events by the identifier of the row, with those of somebody who was taken out of the household since."""
    for key, contact in contacts:
        yield _contact(contact, key, known)
    for key, event in events:
        yield _event(event, key, known)


def _written(key: str, known: Written) -> str:
    return known.get(key, "")


# ---- who they are


def _now(home: Household, words: Words) -> Iterator[Entry]:
    for key, lines in told.of_people(home, words.today, words.people).items():
        yield Entry(
            id=f"now:{key}",
            kind="now",
            what=words.of(key),
            day=None,
            about=(key,),
            people=frozenset({key}),
            items=tuple(Item(label=line) for line in lines),
            opens=Opens("case"),
        )
    for part in told.of_home(home, words.agencies, words.people):
        yield Entry(
            id=f"now:{part.title}",
            kind="now",
            what=part.title,
            day=None,
            items=tuple(
                Item(label=e.name or line, said=line if e.name else "") for e in part.entries for line in e.lines
            ),
            opens=Opens("case"),
        )


def _birthdays(m: Member, opened: date, words: Words) -> Iterator[Entry]:
    key = frozenset({m.key})
    if m.kind == "unborn" and m.due:
        yield Entry(
            id=f"due:{m.key}", kind="person", what=f"{words.of(m.key)}: the birth is expected", day=m.due, day_is="due",
            about=(m.key,), people=key, opens=Opens("case"),
        )  # fmt: skip
    if m.kind != "child" or m.born is None:
        return
    yield Entry(
        id=f"born:{m.key}", kind="person", what=f"{words.of(m.key)} was born", day=m.born, about=(m.key,), people=key, opens=Opens("case")
    )  # fmt: skip
    for age, means in BIRTHDAYS.items():
        day = _birthday(m.born, age)
        if opened <= day and (day - words.today).days <= _AHEAD_DAYS:
            name = "First" if age == 1 else f"{age}th"
            yield Entry(
                id=f"birthday:{m.key}:{age}", kind="person", what=f"{name} birthday: {means}", day=day, about=(m.key,), people=key
            )  # fmt: skip


def _birthday(born: date, age: int) -> date:
    """Of one born on 29 February it is, in a year without, 1 March: the day on which they are so old in law."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


# ---- where they lived


def _address(a: Address, key: str, known: Written) -> Iterator[Entry]:
    where = joined(a.address, a.postcode)
    written = _written(key, known)
    said = (Item(label=_BY_COUNCIL[a.placed_by_council]),)
    ends = "" if a.kind == "current" and not a.moved_out else f"; moved out: {on(a.moved_out)}"
    yield Entry(
        id=f"address:{key}",
        kind="home",
        what=f"Moved in: {where}{ends}" if a.moved_in else f"Lived at {where}; moved in: {on(None)}{ends}",
        day=a.moved_in,
        written=written,
        items=said,
        opens=Opens("address", (key,)),
    )
    if a.moved_out:
        yield Entry(
            id=f"address-left:{key}", kind="home", what=f"Moved out: {where}", day=a.moved_out, written=written,
            opens=Opens("address", (key,)),
        )  # fmt: skip


def _nights(spell: Spell, key: str, known: Written) -> Entry:
    written = _written(key, known)
    number = (spell.last - spell.first).days + 1
    return Entry(
        id=f"nights:{key}",
        kind="home",
        what=f"In bed and breakfast for {number} {'night' if number == 1 else 'nights'}, the last on {clocks.in_words(spell.last)}",
        day=spell.first,
        written=written,
        opens=Opens("nights"),
    )


# ---- what happened


def _event(e: Event, key: str, known: Written) -> Entry:
    written = _written(key, known)
    nights = f"for {e.nights} {'night' if e.nights == 1 else 'nights'}" if e.nights else ""
    return Entry(
        id=f"event:{key}",
        kind="happened",
        what=wording.EVENT[e.kind],
        day=e.on,
        about=(e.who,) if e.who else (),
        people=frozenset({e.who} if e.who else ()),
        items=items(("What", e.what), ("How long", nights)),
        counts=counted(e.grade),
        sources=frozenset({from_grade(e.grade)}),
        written=written,
        opens=Opens("history", ("events",)),
    )


def _contact(c: Contact, key: str, known: Written) -> Entry:
    written = _written(key, known)
    harm = _HARM[c.critical]
    reason = f"“{c.reason}”" if c.reason else ""
    if not reason and (c.outcome != "kept" or c.reason_grade != Grade.E0):
        reason = "no reason is written down"
    shown = in_sentence(wording.CONTACT_CAUSE[c.cause]) if c.cause else ""
    if not shown and c.cause_grade != Grade.E0:
        shown = "nothing shows that the system caused it"
    grades = [g for g, said in ((c.reason_grade, reason), (c.cause_grade, shown)) if said]
    return Entry(
        id=f"contact:{key}",
        kind="health",
        what=f"{c.what}: {in_sentence(wording.CONTACT_OUTCOME[c.outcome])}",
        day=c.on,
        about=(c.child,),
        people=frozenset({c.child}),
        items=(
            *items(("What for", c.need), (_WHOSE[c.reason_grade] if c.reason else "The reason", reason)),
            *(
                [Item(label="What is known of its cause", said=shown, more=(f"counts as: {counted(c.cause_grade)}",))]
                if shown
                else []
            ),
            *([Item(label=harm)] if harm else []),
        ),
        who="From the list of health contacts",
        counts=f"{counted(c.reason_grade)} (the reason)" if reason else "",
        sources=frozenset(from_grade(g) for g in grades) or frozenset({"nobody"}),
        written=written,
        opens=Opens("history", ("contacts",)),
    )
