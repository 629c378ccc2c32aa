"""Puts together what one person is given: fields of an allow-list, with everything of a third party left out. Pure.

Closed three times over, as a copy of a record is: a field that the list does not name, a matter that a parent is not given
(``editions.yaml``), and a text in which anything of somebody else stands. What was left out is said once, and never what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.assessments.models import SavedAnswer
from app.cases.models import CaseContact, CaseConversation, CaseEvent, CaseMember, CaseService
from app.clocks import in_words
from app.editions import table as releases
from app.suitability.casefile import wording
from app.suitability.checklist.checklist import Checklist

from .allowed import Allowed
from .third_parties import Markers

FORMAT = "subject-access-1"
_CALLED = {
    "name": "Name", "kind": "Who", "born": "Born", "due": "Due", "sex": "Sex", "relationship": "How they belong to the family",
    "pregnant": "Pregnant", "needs": "Needs", "language": "Language", "interpreter_needed": "Needs an interpreter", "ethnicity": "Ethnicity",
    "faith": "Faith", "school_age_place": "School or nursery",
}  # fmt: skip
_WORDS: dict[str, Mapping[str, str]] = {
    "kind": wording.MEMBER,
    "sex": wording.SEX,
    "school_age_place": wording.SCHOOL_PLACE,
}


class Held(NamedTuple):
    """What a case holds that may be about one person, read once. ``shared`` are (what they are, day) of those it went to."""

    person: CaseMember
    services: Sequence[CaseService]
    answers: Sequence[SavedAnswer]  # those that stand
    conversations: Mapping[str, CaseConversation]
    contacts: Sequence[CaseContact]
    events: Sequence[CaseEvent]
    shared: Sequence[tuple[str, date]]
    addresses: Sequence[
        tuple[str, str]
    ]  # (what it is, the address): empty unless it is certain that nobody is put in danger
    left_out: bool  # is anything held that no list gives to anybody?


class Bundle(NamedTuple):
    """``parts`` are headings with rows of (what, text); ``withheld`` whether anything was left out."""

    parts: list[tuple[str, list[tuple[str, str]]]]
    withheld: bool


def put_together(
    held: Held, allowed: Allowed, table: releases.Table, checklist: Checklist, so: Iterable[str], markers: Markers
) -> Bundle:
    """What the person of ``held`` is given.

    Args:
        so: what is so of the family and lowers what is released, as ``editions.yaml`` calls it.
        markers: of everybody else; a row in which one stands is left out.
    """
    circumstances = tuple(so)
    made = [
        ("About you", list(_own(held.person, allowed))),
        ("Where you lived", [(what, said) for what, said in held.addresses]),
        ("Services that you use", list(_services(held))),
    ]
    answers, kept_back = _answers(held, allowed, table, checklist, circumstances)
    made += [
        ("What was said and seen of you", answers),
        (
            "Appointments",
            [(c.what, _joined(wording.CONTACT_OUTCOME.get(c.outcome, ""), in_words(c.on))) for c in held.contacts],
        ),
        ("What happened", [(wording.EVENT.get(e.kind, ""), in_words(e.on)) for e in held.events]),
        ("Whom we told", [(what, in_words(on)) for what, on in held.shared]),
    ]
    withheld = held.left_out or kept_back
    parts = []
    for title, rows in made:
        fine = [(what, said) for what, said in rows if what and said and not markers.found_in(f"{what}\n{said}")]
        withheld |= len(fine) < sum(1 for what, said in rows if what and said)
        if fine:
            parts.append((title, fine))
    return Bundle(parts, withheld)


def _own(person: CaseMember, allowed: Allowed) -> Iterable[tuple[str, str]]:
    for field in allowed.own:
        value = getattr(person, "relationship_" if field == "relationship" else field)
        if value in (None, "", []):
            continue
        yield _CALLED[field], _in_words(field, value)


def _in_words(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return in_words(value)
    if isinstance(value, list):
        return "; ".join(wording.label(str(each)) for each in value)
    return _WORDS.get(field, {}).get(str(value), str(value))


def _services(held: Held) -> Iterable[tuple[str, str]]:
    """What kind of service, and nothing of who works there: its name may be a person’s. None that somebody else uses alone."""
    for service in held.services:
        if held.person.key in (service.used_by or []):
            yield wording.SERVICE.get(service.kind, "A service"), "Used by you"


def _answers(
    held: Held, allowed: Allowed, table: releases.Table, checklist: Checklist, so: tuple[str, ...]
) -> tuple[list[tuple[str, str]], bool]:
    """The answers about them that a parent is given: in full what they said themselves, of others what was said and by what kind."""
    rows, kept_back = [], False
    for answer in held.answers:
        if answer.subject != held.person.key:
            continue
        criterion = checklist.criteria.get(answer.criterion)
        item = table.item_of("criteria", answer.criterion)
        level = table.items[item].for_(allowed.reader, so).level if item else "none"
        who = _who_said(answer, held)
        if criterion is None or level not in ("whole", "own") or who is None:
            kept_back = True
            continue
        said = _said(criterion, answer.value)
        if who == "you":
            said = _joined(said, answer.note)
        elif answer.note or answer.why or answer.so_what:
            kept_back = True
        rows.append((criterion.name, _joined(said, f"told by {who} on {in_words(answer.on)}")))
    return rows, kept_back


def _who_said(answer: SavedAnswer, held: Held) -> str | None:
    """Who told it, as far as the person may know: themselves, or a service by what it is; None where it may point at somebody."""
    conversation = held.conversations.get(answer.conversation or "")
    if conversation is None:
        return None
    if conversation.speaker == "family":
        return "you" if conversation.who == held.person.key else None
    if conversation.speaker == "agency":
        return wording.label(conversation.who or "service").lower()
    return "our officer" if conversation.speaker == "seen" else None


def _said(criterion: Any, value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {many}" for key, many in value.items())
    each = value if isinstance(value, list) else [value]
    return "; ".join(criterion.said(str(one)) for one in each)


def _joined(*parts: str) -> str:
    return ". ".join(part.rstrip(".") for part in parts if part)
