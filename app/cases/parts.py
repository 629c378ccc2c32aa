"""What is of one case alone, read together: its people, where they lived, what they use, who told us what."""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, inspect
from sqlalchemy.orm import Session, lazyload, raiseload
from sqlalchemy.orm.interfaces import ORMOption

from app.together import Rows, Together, fill

from .models import Case, CaseAddress, CaseContact, CaseConversation, CaseEvent, CaseMember, CaseNights, CaseService

_CASE: BindParameter[str] = bindparam("case_id")
_PARTS = Together(
    members=Rows(CaseMember, (CaseMember.case_id == _CASE) & CaseMember.left_on.is_(None), "place"),
    addresses=Rows(CaseAddress, CaseAddress.case_id == _CASE, "created_at"),
    services=Rows(CaseService, CaseService.case_id == _CASE, "created_at"),
    conversations=Rows(CaseConversation, CaseConversation.case_id == _CASE, "place"),
    contacts=Rows(CaseContact, CaseContact.case_id == _CASE, "place"),
    events=Rows(CaseEvent, CaseEvent.case_id == _CASE, "place"),
    nights=Rows(CaseNights, CaseNights.case_id == _CASE, "place"),
)
_KINDS = tuple(rows.kind for rows in _PARTS.wanted.values())
_LISTS = tuple(getattr(Case, name) for name in _PARTS.wanted)


def none_of_them() -> tuple[ORMOption, ...]:
    """Of a list of cases: no parts are read, and asking for one is a mistake."""
    return tuple(raiseload(part) for part in _LISTS)


def later(*but: str) -> tuple[ORMOption, ...]:
    """Of one case: its parts are read by :func:`read`, or each when it is first looked at; without those that are read now."""
    return tuple(lazyload(part) for part in _LISTS if part.key not in but)


def read(case: Case, *names: str) -> Case:
    """The case with all of its parts that are not there yet, in one query.

    Args:
        names: with these only, a query each.
    """
    state = inspect(case)
    missing = _PARTS.wanted.keys() & state.unloaded & set(names or _PARTS.wanted)
    if state.session is not None and missing:
        fill(case, _PARTS.ask(state.session, *(missing if names else ()), case_id=case.id))
    return case


def forget(session: Session) -> None:
    """Whatever was read of any part before is read again when it is next looked at: for who has locked a case."""
    for row in session.identity_map.values():
        if isinstance(row, _KINDS):
            session.expire(row)
