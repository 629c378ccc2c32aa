"""Every row there is of a case, as data: which tables leave with it, and which stay, each for its reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import LargeBinary, select

from app.audit.changes import plain
from app.cases.models import Case
from app.database import Base
from app.extensions import db
from app.lives import steps
from app.lives.models import LifeStep

# Tables whose rows name their case.
OF_THE_CASE = (
    "case_member", "case_address", "case_service", "conversation", "case_contact", "case_event", "case_nights", "case_handover",
    "assessment", "answer", "mitigation", "acceptance", "pattern_answer", "place_considered", "register_link", "register_answer",
    "register_stay", "decision", "decision_step", "emergency_decision", "emergency_move", "record", "edition", "letter", "letter_mail",
    "letter_step", "notice_asked", "lead_step", "share", "share_word", "share_step", "clock", "clock_step", "life_step", "visit",
    "photograph", "telling", "court_export", "break_glass", "break_glass_step", "tonight_note", "legal_hold", "disposal", "disposal_step",
)  # fmt: skip
# Tables whose rows hang from one of those: the table, its column, and the table and column it names.
HANGING = (
    ("unit", "id", "assessment", "unit_id"), ("unit_beside", "first_id", "assessment", "unit_id"),
    ("unit_room", "unit_id", "unit", "id"), ("unit_certificate", "unit_id", "unit", "id"),
    ("decision_finding", "decision_id", "decision", "id"), ("record_file", "record_id", "record", "id"),
)  # fmt: skip
# What stays here although it is of the case, and why. The sentences are read by whoever gets the export.
LEFT_OUT = {
    "protected_place": "Protected places: addresses that somebody could come to. They are sealed, and were reckoned with, never read back.",
    "case_exclusion": "From whom in the council the case is kept, and why: it could lead whoever was kept away to the family.",
    "supervision_note": "Notes of supervision: a working paper of its own. Ask the council for them.",
    "home_seal": "That the family’s home was held sealed, and why. While it is, nothing of the case is given out whole.",
    "sealed_address": "An address that is held sealed.",
    "home_named": "Who could see a sealed home.",
    "home_asked": "Who asked to see a sealed home.",
    "possible_match": "Whether somebody who works here may be close to this family: it could lead whoever was kept away to them.",
    "reading_finding": "What was noticed about who looked at this case: a working paper. Every look itself is in the folder audit.",
    "subject_access": "What somebody was given of what is held about them: it is theirs to show.",
    "letter_file": "Mails that were closed with a pass phrase. Letters are here as PDFs, where they were made into one.",
}
# Said of nobody: they hold nothing that is not here in another form.
NOT_SAID = {
    "destruction": "of cases that are not there any more", "audit_event": "in the folder audit", "audit_detail": "in the folder audit", "audit_key": "a key", "clock_look": "when a job last looked",
    "case_found": "the words of the case again, folded for the search", "former_name": "a name that was replaced: the audit and the chronology tell it",
}  # fmt: skip
_SECRET = ("locator_hash", "code_hash", "code_used_hash", "code_used_by", "visit_hash")  # what opens a link


def tables() -> dict[str, Any]:
    """The mapper of each table, by its name."""
    return {m.local_table.name: m for m in Base.registry.mappers if hasattr(m.local_table, "name")}


def of_case(case: Case) -> dict[str, list[dict[str, Any]]]:
    """Rows by table, each as its columns hold it, moments in UTC; no bytes, and nothing that opens a link."""
    known = tables()
    found = {"housing_case": list(_rows(known["housing_case"], "id", [case.id]))}
    for name in OF_THE_CASE:
        found[name] = list(_rows(known[name], "case_id", [case.id]))
    gone = withheld(case.id)
    found["life_step"] = [row for row in found["life_step"] if row["id"] not in gone and row["about"] not in gone]
    for name, column, parent, key in HANGING:
        ids = {row[key] for row in found[parent] if row[key]}
        if name == "unit":
            ids |= {row["unit_id"] for row in _rows(known["unit_beside"], "first_id", sorted(ids))}
        found[name] = list(_rows(known[name], column, sorted(ids)))
    return {name: rows for name, rows in found.items() if rows}


def withheld(case_id: str) -> frozenset[str]:
    """Steps that tell where people are who left the household: of their case now, by identifier."""
    return steps.withheld(db.session.scalars(select(LifeStep).where(LifeStep.case_id == case_id)))


def _rows(mapper: Any, column: str, values: list[str]) -> Iterator[dict[str, Any]]:
    names = [
        each.key
        for each in mapper.column_attrs
        if not isinstance(each.columns[0].type, LargeBinary) and each.key not in _SECRET
    ]
    columns = [mapper.attrs[name].columns[0].label(name) for name in names]
    wanted = select(*columns).where(mapper.attrs[column].columns[0].in_(values)).order_by(*mapper.primary_key)
    for row in db.session.execute(wanted).mappings():
        yield {name: plain(row[name]) for name in names}
