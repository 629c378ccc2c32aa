"""Lists of what happened, kept with the case: contacts, enquiries, events. One function a verb, one transaction each."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from app.audit import service as audit
from app.database import writing
from app.suitability.casefile.history import Contact, Enquiry, Event

from .models import Case
from .service import CaseProblem, lock_case

KINDS: dict[str, type[Contact | Enquiry | Event]] = {"contacts": Contact, "enquiries": Enquiry, "events": Event}
MOST = 400


def entries(case: Case, part: str) -> list[Contact | Enquiry | Event]:
    """A list of the case as plain values, in the order they were entered."""
    return [KINDS[part].model_validate(stored) for stored in getattr(case, part) or ()]


def save(user: Any, case_id: str, seen_version: int, part: str, number: int | None, values: dict[str, Any]) -> None:
    """Add an entry, or change the one at ``number`` (from 0).

    Raises:
        StaleCase: the case changed since the person saw it.
        CaseProblem: the entry is gone, or cannot be right.
    """
    try:
        entry = KINDS[part].model_validate(values).as_json()
    except ValidationError as error:
        raise CaseProblem(f"This cannot be saved: {error.errors()[0]['msg'].lower()}.") from None
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        kept = list(getattr(case, part) or ())
        if number is None:
            if len(kept) >= MOST:
                raise CaseProblem(f"A case can have {MOST} of these here.")
            kept.append(entry)
        elif 0 <= number < len(kept):
            kept[number] = entry
        else:
            raise CaseProblem("This was removed while you were looking at it.")
        setattr(case, part, kept)
        audit.record(session, "case.changed", "case", case.id, case.id, {"fields": [part]})


def remove(user: Any, case_id: str, seen_version: int, part: str, number: int) -> None:
    """Take out an entry made by mistake; the audit keeps that it happened."""
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        kept = list(getattr(case, part) or ())
        if not 0 <= number < len(kept):
            raise CaseProblem("This was removed while you were looking at it.")
        del kept[number]
        setattr(case, part, kept)
        audit.record(session, "case.changed", "case", case.id, case.id, {"fields": [part], "removed": True})


def none_known(user: Any, case_id: str, seen_version: int) -> None:
    """The services were asked for their list of contacts and have none: an empty list, not an unasked one."""
    with writing() as session:
        case = lock_case(session, case_id, seen_version)
        case.contacts = case.contacts or []
        audit.record(session, "case.changed", "case", case.id, case.id, {"fields": ["contacts"]})
