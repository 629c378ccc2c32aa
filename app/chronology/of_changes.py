"""What stood in a case once and stands there no more: changed, or taken out. The audit alone keeps it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app import clocks
from app.audit.models import AuditEvent

from .entry import Entry, Item, Words, written
from .of_placing import Done

# Of these a chronology says nothing: what it says of them would leave the council with it.
KEPT_OUT = frozenset({"supervision_note", "case_exclusion", "break_glass", "break_glass_step"})
_ADDED_TO = frozenset({"answer"})  # never changed: each stands with what replaced it
_HOW_FAR = {"assessment": ("state", "submitted_at", "submitted_by")}  # each step of an assessment has a line of its own
_MOMENTS = {
    "assessment.returned": "returned_note",
    "assessment.taken_back": "taken_back_note",
    "assessment.withdrawn": "",
}
Says = Mapping[int, Mapping[str, Any]]


class Line(NamedTuple):
    """One field: what it is, what it was, what it is since; nothing where it was taken away."""

    what: str
    was: str
    now: str


class Change(NamedTuple):
    """An entry of the audit that overwrote or took out something, with the lines of what was."""

    event: AuditEvent
    what: str
    lines: Sequence[Line]


def overwritten(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of what an entry of the audit says, the changes of rows that held something before and may be told."""
    listed = [c for c in said.get("changed", ()) if c["in"] not in KEPT_OUT | _ADDED_TO]
    told = [{**c, "was": {k: v for k, v in c["was"].items() if k not in _HOW_FAR.get(c["in"], ())}} for c in listed]
    return [c for c in told if c["was"]]


def entries(changes: Iterable[Change], words: Words) -> Iterator[Entry]:
    """A line for each time that something was changed or taken out."""
    for change in changes:
        e, was = change.event, [line for line in change.lines if line.was]
        if not was:
            continue
        yield Entry(
            id=f"changed:{e.seq}",
            kind="changed",
            what=change.what,
            day=clocks.local(e.at).date(),
            day_is="told",
            at=clocks.time_of_day(e.at),
            who=words.colleague(e.actor_id),
            items=tuple(
                Item(label=line.what, said=line.was, now=f"Changed to: {line.now}" if line.now else "Taken away")
                for line in was
            ),
            sources=frozenset({"office"}),
        )


def known_rows(done: Sequence[AuditEvent], says: Says, words: Words) -> dict[str, str]:
    """Who wrote a row down and when, by its identifier."""
    found: dict[str, str] = {}
    for e in done:
        entry = written(words.colleague(e.actor_id), clocks.moment_in_words(e.at))
        for change in says[e.seq].get("changed", ()):
            if not change["was"] and change["id"] not in found:
                found[change["id"]] = entry
    return found


def read_in(done: Sequence[AuditEvent], words: Words) -> str:
    """Who read a case in from a file, and when; nothing of one that was typed."""
    for e in done:
        if e.action == "case.imported":
            return f"Read in from a file by {words.colleague(e.actor_id)}, {clocks.moment_in_words(e.at)}"
    return ""


def moments(done: Sequence[AuditEvent], says: Says, words: Words) -> list[Done]:
    """What of an assessment the audit alone has the moment of, with the words that stood there then."""
    found = []
    for e in done:
        if e.action in _MOMENTS:
            notes = [
                c["now"].get(_MOMENTS[e.action], "") for c in says[e.seq].get("changed", ()) if c["in"] == "assessment"
            ]
            found.append(
                Done(e.action, e.object_id, e.at, words.colleague(e.actor_id), next((n for n in notes if n), ""))
            )
    return found
