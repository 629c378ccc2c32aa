"""How a decision came about and who saw it, for internal audit: from the audit's entries of a case and from the frozen record.

No family stands in it: an entry says what was done, by whom and when, and never of whom; details stay closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from app import clocks

from .pieces import Piece

ITEM = "trail"  # the row of the table that releases it
_LOOKS = (".viewed", ".downloaded", ".checked", ".record_read", ".opened")


class Entry(NamedTuple):
    """One entry of the audit: its number, its moment, what was done in the words of a timeline, by whom, by which version."""

    seq: int
    at: datetime
    action: str
    says: str
    who: str
    version: str


class Trail(NamedTuple):
    """``entries``: of the case, oldest first; ``sha256``: of the record’s bytes; ``files``: of every PDF of it."""

    entries: Sequence[Entry]
    sha256: str
    files: Sequence[str]


def pieces(record: Mapping[str, Any], trail: Trail) -> Iterator[Piece]:
    """What only the copy for internal audit says."""
    yield from _signed(record)
    yield from _done([e for e in trail.entries if not e.action.endswith(_LOOKS)])
    yield from _seen([e for e in trail.entries if e.action.endswith(_LOOKS)])
    yield from _versions(record, trail)


def _piece(part: str, label: str, text: str, by: str = "") -> Piece:
    return Piece(items=(ITEM,), part=part, label=label, text=text, by=by)


def _signed(record: Mapping[str, Any]) -> Iterator[Piece]:
    told = record["decision"]
    for label, who, at in (
        ("Handed in by", told["submitter"], told["submitted_at"]),
        ("Decided by", told["reviewer"], told["reviewed_at"]),
    ):
        yield _piece("signed", label, f"{who['name']}, {who['role_words']}", clocks.text_in_words(at))


def _done(entries: Sequence[Entry]) -> Iterator[Piece]:
    """What was done, in its order; what one person did many times in a row is one line that says how often."""
    for (says, who), run in groupby(entries, key=lambda e: (e.says, e.who)):
        alike = list(run)
        first, last = alike[0], alike[-1]
        which = f"Entry {first.seq}" if first is last else f"Entries {first.seq} to {last.seq}"
        often = f", {len(alike)} times" if len(alike) > 1 else ""
        yield _piece("trail", which, f"{says}{often}", f"{who}, {clocks.moment_in_words(last.at)}")


def _seen(entries: Sequence[Entry]) -> Iterator[Piece]:
    """Who looked at what, how often and when last, by person."""
    for who in dict.fromkeys(e.who for e in entries):
        for says in dict.fromkeys(e.says for e in entries if e.who == who):
            alike = [e for e in entries if (e.who, e.says) == (who, says)]
            times = "once" if len(alike) == 1 else f"{len(alike)} times"
            yield _piece("seen", who, f"{says}, {times}", clocks.moment_in_words(alike[-1].at))


def _versions(record: Mapping[str, Any], trail: Trail) -> Iterator[Piece]:
    head = record.get("audit")
    told = [
        ("Record", f"{record['number']}, format {record['format']}, SHA-256 {trail.sha256}"),
        *(("PDF of it", f"SHA-256 {sha256}") for sha256 in trail.files),
        ("Checklist", f"version {record['result']['checklist_version']}"),
        *((f"Rules, {name}", f"SHA-256 {sha256}") for name, sha256 in sorted(record["checklist_files"].items())),
        ("Service", ", ".join(dict.fromkeys(e.version for e in trail.entries if e.version)) or "not known"),
    ]
    if head:
        told.append(("Audit when issued", f"entry {head['entry']}, hash {head['hash']}"))
    for label, text in told:
        yield _piece("versions", label, text)
