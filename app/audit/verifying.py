"""Holds the audit against itself: every link, every commitment, every row that entries speak of. What is found names the entry.

It reads from the first entry to the last, one at a time, in two passes that are timed apart: entries and their links; then what the
rows say beside what was hashed, what was closed, and the rows of the service that have to have an entry.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from . import chain, details, live_rows, reading

Found = Iterator["Finding"]
_BEFORE = slice(chain.SAID - len(chain.START), chain.SAID)  # where an entry names the one before it


class Finding(NamedTuple):
    """What is not as it was: at which entry (0: at none), and a sentence."""

    entry: int
    says: str


class Told:
    """What one run read: counts and seconds. ``unproved`` are entries that had no link, and were sealed by a later one."""

    def __init__(self) -> None:
        self.entries = self.linked = self.unproved = self.bytes = self.closed = self.erased = self.last = 0
        self.head = ""
        self.seconds: dict[str, float] = {}

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "seconds": {name: round(taken, 3) for name, taken in self.seconds.items()}}


def verify(connection: Connection, told: Told) -> Found:
    """Everything that is wrong, in both passes; ``told`` is filled on the way. In one transaction, so that it reads one state."""
    for name, run in (("entries_and_links", links), ("commitments_and_rows", rows)):
        started = time.perf_counter()
        yield from run(connection, told)
        told.seconds[name] = time.perf_counter() - started


# ---- entries and links


def links(connection: Connection, told: Told) -> Found:
    """Every entry's hash, its place, the one it names before it; what has no link, and the head."""
    first = connection.scalar(
        text("SELECT seq FROM audit_event WHERE stored IS NOT NULL OR hash IS NOT NULL ORDER BY seq LIMIT 1")
    )
    unlinked = connection.scalar(text("SELECT count(*) FROM audit_event WHERE hash IS NULL")) or 0
    if first is None:
        told.entries = unlinked
        yield Finding(0, "There is no linked entry: nothing of the audit can be proved.")
        return
    place = _Place()
    expected, before = place.as_it_should_be(connection, first)
    if connection.scalar(text("SELECT max(seq) FROM audit_event")) != expected - 1:
        rest = f"SELECT seq, stored, hash FROM audit_event WHERE seq >= {max(expected, first)} ORDER BY seq"  # noqa: S608
        for seq, stored, link in reading.stream(connection, rest):
            if stored is None or link is None:
                yield from place.without_link(expected, seq, stored, link)
            else:
                yield from place.held(expected if place.linked else seq, seq, stored, link, before)
                before = link
            expected = seq + 1
    told.entries, told.linked = place.linked + unlinked, place.linked
    told.last, told.head = expected - 1, before.hex()
    yield from _all_sealed(connection, told)
    yield from _head(connection, told.last, before)


class _Place:
    """Where the pass stands, for what is out of order."""

    def __init__(self) -> None:
        self.linked = 0
        # What stands before the next entry is known to be wrong: the next is not blamed for naming another.
        self.is_loose = False
        self.also: bytes | None = None

    def as_it_should_be(self, connection: Connection, first: int) -> tuple[int, bytes]:
        """Go through entries as long as each names the hash of the one before it; gives the next number, and the last hash.

        One column of a million entries, and no more done with each than has to be: what names the right one before it stands in
        the right place. The number in it, and the hash beside it, which is a copy, are held against each other with the rows.
        """
        seq, link = first, chain.START
        chosen = f"SELECT stored FROM audit_event WHERE seq >= {first} ORDER BY seq"  # noqa: S608
        for seq, (stored,) in enumerate(reading.stream(connection, chosen), first):  # noqa: B007 - it says where it ended
            if stored is None or stored[_BEFORE] != link:
                break
            link = sha256(stored).digest()
        else:
            seq += 1
        self.linked = seq - first
        return seq, link

    def without_link(self, expected: int, seq: int, stored: bytes | None, link: bytes | None) -> Found:
        if self.linked:
            yield from _gap(expected, seq)
            self.is_loose = True
        if (stored is None) != (link is None):
            yield Finding(seq, f"Entry {seq} was changed: a part of its link is gone.")

    def held(self, expected: int, seq: int, stored: bytes, link: bytes, before: bytes) -> Found:
        """One more entry behind the first that was out of order."""
        as_it_should_be = seq == expected and sha256(stored).digest() == link
        if as_it_should_be and stored.startswith(chain.head_of(seq, before)):
            self.is_loose = False
        else:
            yield from self.wrong(expected, seq, stored, link, before)
        self.linked += 1

    def wrong(self, expected: int, seq: int, stored: bytes, link: bytes, before: bytes) -> Found:
        was_loose, self.is_loose = self.is_loose, True
        also, self.also = self.also, None
        if seq != expected:
            yield from _gap(expected, seq)
            was_loose = True
        computed = sha256(stored).digest()
        number, names = int.from_bytes(stored[12:20], "big"), stored[_BEFORE]
        if computed != link:
            self.also = computed
            yield Finding(seq, f"Entry {seq} was changed: what is stored of it does not have the hash that is stored.")
        elif number != seq:
            yield Finding(seq, f"Entry {seq} stands in the wrong place: it was written as entry {number}.")
        elif not stored.startswith(chain.MARK):
            yield Finding(seq, f"Entry {seq} was replaced by something else.")
        elif not self.linked:
            yield Finding(
                seq,
                f"The chain begins with entry {seq}, which was written behind another: what came before it is gone.",
            )
        elif names not in (before, also) and not was_loose:
            yield Finding(
                seq - 1,
                f"Entry {seq - 1} is not the one that entry {seq} was written behind: one of the two was replaced.",
            )
        else:
            self.is_loose = False


def _gap(expected: int, seq: int) -> Found:
    if seq == expected + 1:
        yield Finding(expected, f"Entry {expected} is missing.")
    elif seq > expected:
        yield Finding(expected, f"Entries {expected} to {seq - 1} are missing.")


def _all_sealed(connection: Connection, told: Told) -> Found:
    """Are the entries that had no link, up to each entry that seals such, the same as then? And is every one of them sealed?"""
    chosen, since = (
        "SELECT seq, stored FROM audit_event WHERE action = 'audit.sealed' AND stored IS NOT NULL ORDER BY seq",
        0,
    )
    for seq, stored in list(reading.stream(connection, chosen)):
        found = chain.sealing(reading.rows(connection, f"hash IS NULL AND seq > {since} AND seq < {seq}"))
        told.unproved += found["entries"]
        since = seq
        try:
            then = chain.read(stored)["detail"]
            before = then["entries"]
        except (ValueError, KeyError, TypeError):
            continue  # it was changed itself, and that is said
        if found != then:
            yield Finding(
                seq, f"What entry {seq} sealed is not what it was: {before} entries then, {found['entries']} now. "
                "Something was changed among those that had no link before it; which cannot be said.",
            )  # fmt: skip
    first = last = 0
    alone = f"SELECT seq FROM audit_event WHERE hash IS NULL AND seq > {since} ORDER BY seq"  # noqa: S608
    for (seq,) in (*reading.stream(connection, alone), (None,)):
        if first and seq != last + 1:
            yield Finding(
                first, f"{_which_ones(first, last)} beside the chain: without a link, and not sealed by any entry."
            )
            first = 0
        first, last = first or seq or 0, seq or 0


def _which_ones(first: int, last: int) -> str:
    return f"Entry {first} stands" if first == last else f"Entries {first} to {last} stand"


def _head(connection: Connection, last: int, link: bytes) -> Found:
    head = connection.execute(text("SELECT seq, hash FROM audit_head")).first()
    if head is None:
        yield Finding(last, "The head of the chain is gone.")
    elif head.seq > last:
        yield Finding(last + 1, f"Entries {last + 1} to {head.seq} are missing at the end.")
    elif head.seq != last or bytes(head.hash) != link:
        yield Finding(last, f"The head of the chain is not entry {last}: it was moved, or the last entry was replaced.")


# ---- what was closed, and the rows


_NOT_OPENED = "What entry {} said more was changed, or its key is gone, and no entry says that it was erased."
_CLOSED = "(SELECT closed FROM audit_detail WHERE audit_detail.commitment = audit_event.commitment)"


def rows(connection: Connection, told: Told) -> Found:
    """Each entry's row beside what was hashed; what it commits to; what has to have an entry, and the rows entries speak of."""
    chosen = f"SELECT {reading.columns(connection.dialect.name)}, {reading.later()}, stored, hash, {_CLOSED} FROM audit_event WHERE stored IS NOT NULL ORDER BY seq"  # noqa: S608
    key_of, live = details.keys(connection), live_rows.LiveRows(connection)
    present = 0
    last = "SELECT case_id, max(seq) FROM audit_event WHERE action = 'case.details_erased' AND hash IS NOT NULL GROUP BY case_id"
    erased = {row[0]: row[1] for row in connection.execute(text(last))}
    destroyed = {
        row[0]: row[1] for row in connection.execute(text(last.replace("case.details_erased", "case.destroyed")))
    }
    for values in reading.stream(connection, chosen):
        row, stored, closed = reading.row(values), values[-3], values[-1]
        row |= zip(chain.LATER, values[-3 - len(chain.LATER) : -3], strict=True)
        told.bytes += len(stored)
        if sha256(stored).digest() != values[-2] or not stored.startswith(chain.MARK + row["seq"].to_bytes(8, "big")):
            yield Finding(
                row["seq"], f"Entry {row['seq']} was changed: its number or its hash is not what is stored of it."
            )
        said = chain.says(row)
        if said != stored[chain.SAID :]:
            yield Finding(row["seq"], _which(row["seq"], said, stored))
        says: dict[str, Any] = {"detail": row["detail"]}
        if row["commitment"] is not None:
            told.closed += 1
            present += closed is not None
            try:
                says = details.inside(key_of(row["case_id"]), closed or b"", row["commitment"])
            except details.NotOpened:
                # Their key was destroyed; a case of which more was entered afterwards has another.
                if row["seq"] < erased.get(row["case_id"], 0):
                    told.erased += 1
                else:
                    yield Finding(row["seq"], _NOT_OPENED.format(row["seq"]))
                continue
        if row["seq"] < destroyed.get(row["case_id"], 0):
            continue  # what it speaks of was destroyed, and an entry says so
        for problem in live.beside(row, says):
            yield Finding(row["seq"], f"Entry {row['seq']}: {problem}")
    there = connection.scalar(text("SELECT count(*) FROM audit_detail")) or 0
    if there > present:
        yield Finding(0, f"{there - present} details belong to no entry.")
    for case_id, seq in destroyed.items():
        if live.is_here(case_id):
            yield Finding(
                seq, f"Entry {seq} says that the case {case_id} was destroyed, and it is here: destroy it again."
            )
    for problem in live.without_entry():
        yield Finding(0, problem)


_CALLED = {
    "at": "when it was", "actor": "who did it", "role": "in what role", "action": "what was done", "type": "what it was done to", "object": "what it was done to",
    "case": "of which case it is", "request": "in which request", "detail": "its details", "commitment": "what it says more", "spooled": "whether it was noted while the disk was full", "rule": "by which permission", "app_version": "which version wrote it",
}  # fmt: skip


def _which(seq: int, said: bytes, stored: bytes) -> str:
    try:
        hashed = chain.read(stored)
    except ValueError:
        return f"Entry {seq}: what is stored of it cannot be read."
    shown = json.loads(said)
    different = [_CALLED.get(name, name) for name in sorted({*hashed, *shown}) if hashed.get(name) != shown.get(name)]
    return f"Entry {seq}: its row says otherwise than what was hashed: {', '.join(dict.fromkeys(different))}."
