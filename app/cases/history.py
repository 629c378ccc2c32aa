"""Lists of what happened, kept with the case: contacts, questions put to agencies, events. One function a verb, one transaction each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic import ValidationError

from app.audit import service as audit
from app.clocks import in_words
from app.database import new_id, writing
from app.mapping import Kept
from app.suitability.casefile.conversations import of_enquiry
from app.suitability.casefile.history import Contact, Enquiry, Event

from .household import CONTACT, CONVERSATION, EVENT, next_place
from .models import Case, CaseContact, CaseConversation, CaseEvent
from .service import CaseProblem, lock_case

MOST = 400
Entry = Contact | Enquiry | Event
Row = CaseContact | CaseConversation | CaseEvent


class Part(NamedTuple):
    """A list of a case: what an entry of it is, its rows, an entry of a row, and the columns of an entry."""

    plain: type[Entry]
    rows: Callable[[Case], list[Any]]
    read: Callable[[Any], Entry]
    columns: Callable[[Any], dict[str, Any]]
    table: type[Row]
    kept_in: str


def _all(kept: Kept[Any, Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda entry: kept.columns(dict(entry))


# What an enquiry says of its conversation; with whom exactly, how and at what time is the conversation’s own.
_OF_ENQUIRY = ("speaker", "who", "on", "ground", "came", "question", "due", "answered_on", "reply")


def _asked(entry: Enquiry) -> dict[str, Any]:
    held = CONVERSATION.columns(dict(of_enquiry("x", entry)))
    return {name: held[name] for name in _OF_ENQUIRY}


def _enquiry(row: CaseConversation) -> Enquiry:
    found = CONVERSATION.plain(row).enquiry()
    assert found is not None  # the list holds only those in which a question was put
    return found


def put_to_agencies(case: Case) -> list[CaseConversation]:
    """The conversations in which an agency was asked its exact question."""
    return [c for c in case.conversations if CONVERSATION.plain(c).enquiry() is not None]


PARTS: dict[str, Part] = {
    "contacts": Part(plain=Contact, rows=lambda case: case.contacts, read=CONTACT.plain, columns=_all(CONTACT), table=CaseContact, kept_in="contacts"),
    "enquiries": Part(plain=Enquiry, rows=put_to_agencies, read=_enquiry, columns=_asked, table=CaseConversation, kept_in="conversations"),
    "events": Part(plain=Event, rows=lambda case: case.events, read=EVENT.plain, columns=_all(EVENT), table=CaseEvent, kept_in="events"),
}  # fmt: skip


def entries(case: Case, part: str) -> list[Entry]:
    """A list of the case as plain values, in the order they were entered."""
    return [PARTS[part].read(row) for row in PARTS[part].rows(case)]


def save(user: Any, case_id: str, seen_version: int, part: str, number: int | None, values: dict[str, Any]) -> None:
    """Add an entry, or change the one at ``number`` (from 0).

    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: the entry is gone, or cannot be right.
    """
    kind = PARTS[part]
    try:
        entry = kind.plain.model_validate(values)
    except ValidationError as error:
        raise CaseProblem(f"This cannot be saved: {error.errors()[0]['msg'].lower()}.") from None
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        listed = kind.rows(case)
        if (
            number is None
            or not 0 <= number < len(listed)
            or getattr(kind.read(listed[number]), "on", None) != values.get("on")
        ):
            _after_birth(case, entry)
        if number is None:
            if len(listed) >= MOST:
                raise CaseProblem(f"A case can have {MOST} of these here.")
            _add(case, kind, entry, user)
        elif 0 <= number < len(listed):
            _change(listed[number], kind, entry)
        else:
            raise CaseProblem("This was removed while you were looking at it.")
        audit.record(session, "case.changed", "case", case.id, case.id, {"fields": [part]})


def _after_birth(case: Case, entry: Entry) -> None:
    """A health contact of a child was not before the child was born.

    Raises:
        CaseProblem: it was.
    """
    child = next((m for m in case.members if isinstance(entry, Contact) and m.key == entry.child), None)
    if isinstance(entry, Contact) and child is not None and child.born and entry.on and entry.on < child.born:
        raise CaseProblem(
            f"{child.name} was born on {in_words(child.born)}: a contact of the child cannot be before that. "
            "What was missed in pregnancy is written down as what the midwife told.",
            "on",
        )


def _add(case: Case, kind: Part, entry: Entry, user: Any) -> None:
    new: dict[str, Any] = {"key": new_id(), "recorded_by": user.id} if kind.table is CaseConversation else {}
    if kind.table is CaseContact:
        case.contacts_asked = True  # a list that is emptied again says that there are none to list
    listed = getattr(case, kind.kept_in)
    listed.append(kind.table(**kind.columns(entry), **new, place=next_place(listed)))


def _change(row: Row, kind: Part, entry: Entry) -> None:
    columns = kind.columns(entry)
    if isinstance(row, CaseConversation) and row.who != columns["who"] and row.grade != "E0":
        raise CaseProblem(
            "This was written down as a conversation, so it stays with whom it was. Write another one down."
        )
    for name, value in columns.items():
        setattr(row, name, value)


def add_event(case: Case, event: Event) -> None:
    """One more thing that happened, in the caller’s transaction."""
    case.events.append(EVENT.row(event, place=next_place(case.events)))


def remove(user: Any, case_id: str, seen_version: int, part: str, number: int) -> None:
    """Take out an entry made by mistake; the audit keeps that it happened."""
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        kind = PARTS[part]
        listed = kind.rows(case)
        if not 0 <= number < len(listed):
            raise CaseProblem("This was removed while you were looking at it.")
        _take_out(case, kind, listed[number])
        audit.record(session, "case.changed", "case", case.id, case.id, {"fields": [part], "removed": True})


def _take_out(case: Case, kind: Part, row: Row) -> None:
    if isinstance(row, CaseConversation) and row.grade != "E0":
        raise CaseProblem("This was written down as a conversation, so it stays.")
    getattr(case, kind.kept_in).remove(row)


def none_known(user: Any, case_id: str, seen_version: int) -> None:
    """The services were asked for their list of contacts and have none: an empty list, not an unasked one."""
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        case.contacts_asked = True
        audit.record(session, "case.changed", "case", case.id, case.id, {"fields": ["contacts"]})
