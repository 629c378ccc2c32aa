"""The links of the audit's chain, as bytes: what is hashed, and nothing that reads or writes a database.

An entry is stored as the very bytes that are hashed: twelve of a mark, its number in eight, the hash of the entry before it, then what
it says as JSON with sorted keys. Its hash is the SHA-256 of those. What is here never changes: another way to write an entry gets
another mark. Source: reliability.md 4.3; RFC 8785 for the JSON (text, whole numbers, lists and maps only).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

MARK = b"cbc-audit-1\0"
START = bytes(32)  # what the first entry of a chain names as the one before it
SAID = len(MARK) + 8 + len(START)  # where in the stored bytes begins what the entry says
SEALED = "audit.sealed"
LATER = ("rule", "app_version")

_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def encode(value: Any) -> bytes:
    """JSON with sorted keys and no white space, as bytes."""
    return _encoder.encode(value).encode("utf-8")


def says(row: Mapping[str, Any]) -> bytes:
    """What an entry says, from its row by column name; ``at`` is a moment or its ISO text in UTC. Not its number."""
    at = row["at"]
    told = {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(at, datetime) else at,
        "actor": row["actor_id"],
        "role": row["actor_role"],
        "action": row["action"],
        "type": row["object_type"],
        "object": row["object_id"],
        "case": row["case_id"],
        "request": row["request_id"],
    }
    for name in ("detail", "commitment", "spooled"):
        if row[name]:
            told[name] = row[name]
    for name in LATER:  # what entries of before do not say
        if row.get(name):
            told[name] = row[name]
    return encode(told)


def head_of(seq: int, before: bytes) -> bytes:
    """The bytes in front of what an entry says."""
    return MARK + seq.to_bytes(8, "big") + before


def linked(seq: int, before: bytes, said: bytes) -> tuple[bytes, bytes]:
    """An entry behind the one whose hash is ``before``: the bytes to store, and their hash."""
    stored = head_of(seq, before) + said
    return stored, hashlib.sha256(stored).digest()


def read(stored: bytes) -> dict[str, Any]:
    """What stored bytes say.

    Raises:
        ValueError: they are not an entry's.
    """
    found = json.loads(stored[SAID:])
    if not stored.startswith(MARK) or not isinstance(found, dict):
        raise ValueError("these are no bytes of an entry")
    return found


def sealing(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Count, first and last number and hash of entries that have no link, as the entry that seals them says it."""
    whole, count, first, last = hashlib.sha256(), 0, 0, 0
    for row in rows:
        whole.update(encode(row["seq"]) + b" " + says(row) + b"\n")
        count, first, last = count + 1, first or row["seq"], row["seq"]
    return {"entries": count, "first": first, "last": last, "sha256": whole.hexdigest()}
