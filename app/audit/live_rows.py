"""The rows that entries speak of, as they stand now: what may never change beside what the entry says it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, inspect, select, text

from app.database import Base

from .changes import LEFT_OUT, plain

# Rows that are only ever added: as they were when they were made, they are now.
_NEVER_CHANGED = {
    "answer": "an answer", "acceptance": "a written acceptance", "pattern_answer": "the answer to a pattern", "decision": "a decision",
    "decision_step": "what was written down after a decision",
    "letter_step": "what happened with a letter", "notice_asked": "what somebody said of a notice", "lead_step": "a step about the lead professional",
    "emergency_move": "where a family was moved", "supervision_note": "a note of supervision", "case_handover": "the handing over of a case",
    "break_glass": "the opening of the case in an emergency", "break_glass_step": "what came of its opening in an emergency",
    "tonight_note": "what was done in an emergency",
    "life_step": "what was written down of the life of a case",
    "clock_step": "what was written down about a date", "share_step": "what was done about a recipient’s answer",
}  # fmt: skip
# What has to have an entry of its own: table, action, and what it is called.
_HAVE_AN_ENTRY = (
    ("decision", "decision.made", "decision"), ("record", "record.issued", "record"),
    ("emergency_decision", "emergency.taken", "emergency decision"), ("share", "share.made", "shared record"),
    ("case_exclusion", "case.kept_out", "keeping of the case from somebody"), ("case_handover", "case.handed_over", "handing over of the case"),
    ("photograph", "photograph.kept", "photograph"), ("break_glass", "glass.opened", "opening of the case in an emergency"),
    ("tonight_note", "glass.noted", "note of what was done in an emergency"),
    ("court_export", "court.exported", "export of the whole case"),
)  # fmt: skip
_MADE = {action: (table, called) for table, action, called in _HAVE_AN_ENTRY}
_HASHES = {"record.issued": ("sha256", "sha256"), "record.rendered": ("pdf_sha256", "pdf_sha256")}


class LiveRows:
    """Reads them as they are asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._mappers = {m.local_table.name: m for m in Base.registry.mappers if hasattr(m.local_table, "name")}

    def beside(self, entry: dict[str, Any], says: dict[str, Any]) -> Iterator[str]:
        """What is otherwise now than an entry says, in sentences that begin inside one."""
        for change in says.get("changed", ()):
            if change["in"] in _NEVER_CHANGED and not change["was"]:
                yield from self._changed(change)
        if entry["action"] in _MADE:
            table, called = _MADE[entry["action"]]
            there = text(f"SELECT 1 FROM {table} WHERE id = :id")  # noqa: S608 - the table is one of ours
            if self._connection.scalar(there, {"id": entry["object_id"]}) is None:
                yield f"the {called} that it made is gone (row {entry['object_id']})."
                return
        if entry["action"] == "record.issued":
            yield from self._head_in(entry["object_id"])
        if entry["action"] in _HASHES:
            named, column = _HASHES[entry["action"]]
            found = self._connection.scalar(
                text(f"SELECT {column} FROM record WHERE id = :id"),  # noqa: S608 - the column is one of ours
                {"id": entry["object_id"]},
            )
            if found != says.get("detail", {}).get(named):
                yield f"record {entry['object_id']} does not have the hash that it was noted with."

    def _head_in(self, record: str) -> Iterator[str]:
        """A record says behind which entry it was issued: is that entry still the one it was? Those of before say nothing."""
        body = self._connection.scalar(text("SELECT body FROM record WHERE id = :id"), {"id": record})
        said = json.loads(body or b"{}").get("audit")
        if not said:
            return
        newest = "SELECT hash FROM audit_event WHERE seq <= :seq AND hash IS NOT NULL ORDER BY seq DESC LIMIT 1"
        found = self._connection.scalar(text(newest), {"seq": said["entry"]})
        if found is None or found.hex() != said["hash"]:
            yield f"record {record} was issued behind entry {said['entry']} with another hash than is there now."

    def _changed(self, change: dict[str, Any]) -> Iterator[str]:
        mapper, called = self._mappers[change["in"]], _NEVER_CHANGED[change["in"]]
        names = [a.key for a in mapper.column_attrs if a.key not in LEFT_OUT]
        columns = [mapper.attrs[name].columns[0].label(name) for name in names]
        key = inspect(mapper).primary_key[0]
        found = self._connection.execute(select(*columns).where(key == change["id"])).mappings().first()
        if found is None:
            yield f"{called} that it wrote is gone (row {change['id']})."
            return
        different = [n for n in names if _said(plain(found[n])) != _said(change["now"].get(n))]
        if different:
            yield f"{called} that it wrote was changed since: {', '.join(different)} (row {change['id']})."

    def is_here(self, case_id: str) -> bool:
        """Is there a case of this identifier?"""
        return self._connection.scalar(text("SELECT 1 FROM housing_case WHERE id = :id"), {"id": case_id}) is not None

    def without_entry(self) -> Iterator[str]:
        """Rows that nothing says of when they were made."""
        for table, action, called in _HAVE_AN_ENTRY:
            values = {"action": action}
            made = (
                "SELECT 1 FROM audit_event e WHERE e.case_id = t.case_id AND e.action = :action AND e.object_id = t.id"
            )
            for row in self._connection.scalars(text(f"SELECT t.id FROM {table} t WHERE NOT EXISTS ({made})"), values):  # noqa: S608
                yield f"No entry says that the {called} {row} was made."


def _said(value: Any) -> Any:
    return None if value in (None, "", [], {}) else value
