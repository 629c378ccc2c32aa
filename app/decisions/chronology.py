"""What happened, in the order of the days, as it was entered: moves, health contacts, events, conversations. For a record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app import clocks
from app.suitability.casefile import wording
from app.suitability.casefile.conversations import Conversation
from app.suitability.casefile.history import Contact, Event
from app.suitability.casefile.household import Address, Household
from app.suitability.casefile.values import in_sentence

from .told import how_known, more_than_a_question

UNDATED = "Day not known"


class Happened(NamedTuple):
    """One entry: ``what`` it was, ``how`` it went, and what makes it ``known``; each may be empty."""

    on: date | None
    what: str
    how: str
    known: str


def chronology(home: Household, called: Mapping[str, str], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every entry as a record keeps it, the oldest first; what has no day comes first of all."""
    found = [_address(a) for a in home.addresses]
    found += [_contact(c, names) for c in home.contacts or ()]
    found += [_event(e, names) for e in home.events]
    found += [_conversation(c, called, names) for c in home.conversations if more_than_a_question(c)]
    ordered = sorted(found, key=lambda one: one.on or date.min)
    return [
        {**one._asdict(), "on": one.on.isoformat() if one.on else "", "day": clocks.in_words(one.on) or UNDATED}
        for one in ordered
    ]


def gaps(home: Household) -> list[str]:
    """What the chronology would hold and nobody wrote down, in sentences."""
    said = []
    if not home.addresses:
        said.append("No address is written down.")
    if home.contacts is None:
        said.append("Health contacts: not asked.")
    elif not home.contacts:
        said.append("Health contacts: asked, and none is listed.")
    if not home.events:
        said.append("No event is written down.")
    return said


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _address(a: Address) -> Happened:
    where = ", ".join(part for part in (a.address, a.postcode) if part)
    out = f"moved out: {clocks.in_words(a.moved_out) or 'not known'}" if a.kind == "former" or a.moved_out else ""
    return Happened(
        a.moved_in,
        f"{'Address now' if a.kind == 'current' else 'Earlier address'}, {where}",
        _joined("moved in" if a.moved_in else "moved in: not known", out),
        f"placed there by the council: {_said(a.placed_by_council)}",
    )


def _said(value: bool | None) -> str:
    return "not asked" if value is None else "yes" if value else "no"


def _contact(c: Contact, names: Mapping[str, str]) -> Happened:
    reason = f"“{c.reason}”" if c.reason else "no reason is written down"
    given = (
        f"{reason} ({how_known(c.reason_grade)})" if c.reason or c.outcome != "kept" or c.reason_grade != "E0" else ""
    )
    cause = ""
    if c.cause is not None or c.cause_grade != "E0":
        shown = in_sentence(wording.CONTACT_CAUSE[c.cause]) if c.cause else "nothing shows that the system caused it"
        cause = f"{shown} ({how_known(c.cause_grade)})"
    harm = {True: "missing it could hurt the child most", False: "not the one whose missing hurts most", None: ""}
    return Happened(
        c.on,
        f"{names[c.child]}: {c.what}{f', for {c.need}' if c.need else ''}",
        _joined(wording.CONTACT_OUTCOME[c.outcome].lower(), harm[c.critical]),
        _joined(given, cause),
    )


def _event(e: Event, names: Mapping[str, str]) -> Happened:
    who = f"{names[e.who]}: " if e.who else ""
    nights = f"for {e.nights} night{'s' if e.nights != 1 else ''}" if e.nights else ""
    return Happened(e.on, f"{who}{in_sentence(wording.EVENT[e.kind])}", _joined(e.what, nights), how_known(e.grade))


def _conversation(c: Conversation, called: Mapping[str, str], names: Mapping[str, str]) -> Happened:
    code = [called.get(c.source.code, c.source.code)] if c.source.code and c.source.code != c.who else []
    whom = names.get(c.who or "") or called.get(c.who or "", "")
    who = ", ".join(part for part in (whom, c.source.name, c.source.role, c.source.agency, *code) if part)
    means = wording.HOW_IN_SENTENCE[c.how] if c.how else "how is not written down"
    alone = {None: "not written down", True: "yes", False: "no"}[c.alone]
    came = in_sentence(wording.CAME[c.came]) if c.came else "how it ended is not written down"
    due = f"{clocks.in_words(c.due) or 'no day was set'}{f', {c.due_at}' if c.due_at else ''}"
    return Happened(
        c.on,
        f"Conversation with {who or 'nobody named'} ({in_sentence(wording.SPEAKER[c.speaker])}), {means}{f', {c.at}' if c.at else ''}",
        _joined(
            f"asked: “{c.question}”" if c.question else "",
            f"{came}, {clocks.in_words(c.answered_on) or 'no day'}",
            f"due {due}" if c.question or c.due or c.due_at else "",
            f"they said: “{c.reply}”" if c.reply else "",
        ),
        _joined(
            f"at most {how_known(c.grade)}",
            f"with nobody near whom they may fear: {alone}",
            f"ground: {c.ground}" if c.ground else "",
        ),
    )
