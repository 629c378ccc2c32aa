"""What a transaction changed in a case, before and after: read from the rows themselves, so that no writer can leave it out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from app.database import told_of_what_is_stored

from . import chain

_CHANGED = "changes for the audit"
# The tables of a case whose changes are kept. Not: accounts, links and codes, protected places, frozen bodies, jobs.
TRACKED = frozenset({
    "housing_case", "case_member", "case_address", "case_service", "conversation", "case_contact", "case_event", "case_nights",
    "assessment", "answer", "mitigation", "acceptance", "pattern_answer", "unit", "unit_beside", "unit_room", "unit_certificate",
    "decision", "decision_step", "emergency_decision", "emergency_move", "share_step", "place_considered", "supervision_note", "case_exclusion", "case_handover", "letter_step", "notice_asked", "lead_step", "clock_step",
    "register_link", "register_answer", "register_stay",
    "life_step", "break_glass", "break_glass_step", "tonight_note",
})  # fmt: skip
# What says nothing by itself: keys, counters, moments that the entry has too, copies in another spelling, what is frozen elsewhere.
LEFT_OUT = frozenset({
    "id", "case_id", "version", "changed_at", "created_at", "recorded_at", "created_by", "recorded_by", "place", "people_entered",
    "reference_folded", "number_folded", "contacts_before", "enquiries_before", "events_before", "nights_before", "frozen", "demo",
    "unit_id", "assessment_id", "record_id", "first_id", "share_id", "decision_id", "number", "supersedes", "corrects", "journeys", "told_apart", "key",
    "from_id", "to_id", "by_id", "handed_at", "glass_id",
})  # fmt: skip
# What a row holds closed is not put beside it again: the column that says so, and those that say nothing then.
_CLOSED = {"case_address": ("sealed", ("address", "postcode"))}
_WITH_A_FILE = "case.imported"  # everything is new, and the file has it all
Change = dict[str, Any]


def put_beside(session: Session, entries: list[dict[str, Any]]) -> None:
    """Hand each change to the entry that is about its row; what no entry is about, to the first entry of the case."""
    found = list(session.info.pop(_CHANGED, {}).values())
    of_a_case = [e for e in entries if e["case_id"]]
    if not found or not of_a_case or any(e["action"] == _WITH_A_FILE for e in entries):
        return
    about = {e["object_id"]: e for e in reversed(of_a_case)}
    for change in found:
        if change["was"] != change["now"]:
            # Where two cases are written in at once, nothing of one stands beside an entry of the other.
            of = change.get("case")
            same = [e for e in of_a_case if e["case_id"] == of] or of_a_case
            named = (about.get(change["id"]), about.get(change.get("key", "")))
            entry = next((e for e in named if e is not None and e in same), same[0])
            entry.setdefault("changed", []).append({k: v for k, v in change.items() if k not in ("key", "case")})


def forget(session: Session) -> None:
    """What was changed is in no transaction any more, or in one of which nothing is noted."""
    session.info.pop(_CHANGED, None)


def _look(session: Session, context: Any) -> None:
    for state, (is_gone, only_listed) in context.states.items():  # those taken out of a list are in no other place
        row = state.obj()
        if not only_listed and getattr(row, "__tablename__", "") in TRACKED:
            _note(session, row, is_gone, row in session.new)


def _note(session: Session, row: Any, is_gone: bool, is_new: bool) -> None:
    state = inspect(row)
    was: dict[str, Any] = {}
    now: dict[str, Any] = {}
    says, closed = _CLOSED.get(row.__tablename__, ("", ()))
    closed = closed if says and state.dict.get(says) else ()
    for column in state.mapper.column_attrs:
        if column.key in LEFT_OUT or column.key in closed:
            continue
        history = state.attrs[column.key].history
        if is_new or is_gone:
            value = plain(state.dict.get(column.key))
            if value not in (None, "", [], {}):
                (now if is_new else was)[column.key] = value
        elif history.has_changes():
            was[column.key] = plain(history.deleted[0]) if history.deleted else None
            now[column.key] = plain(history.added[0]) if history.added else None
    kept: dict[Any, Change] = session.info.setdefault(_CHANGED, {})
    identity = (row.__tablename__, row.id)
    if identity not in kept:
        kept[identity] = {"in": row.__tablename__, "id": row.id, "was": was, "now": now}
        kept[identity]["case"] = row.id if row.__tablename__ == "housing_case" else getattr(row, "case_id", None)
        if isinstance(getattr(row, "key", None), str):
            kept[identity]["key"] = row.key
    else:  # flushed before in the same transaction: what it was at first, what it is at last
        before = kept[identity]
        before["was"], before["now"] = {**was, **before["was"]}, {**before["now"], **now}
        if is_gone:
            before["now"] = {}


def plain(value: Any) -> Any:
    """A stored value as JSON holds it; how it is told later is the page's affair."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        chain.encode(value)
    except (TypeError, ValueError):
        return None
    return value


def _look_at_new(session: Session, row: Any) -> None:
    """The same of a row that is stored at once, and that no flush has seen."""
    if row.__tablename__ in TRACKED:
        _note(session, row, is_gone=False, is_new=True)


event.listen(Session, "after_flush", _look)
told_of_what_is_stored.append(_look_at_new)
