"""What the audit says of a case, as it can be checked by somebody who has nothing else: entries to the byte, and every hash there is."""

from __future__ import annotations

import csv
import io
import json
from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from app import clocks
from app.accounts.policy import ROLES
from app.audit import chain, checkpoints, details, reading
from app.audit.anchors import Tree
from app.audit.service import ACTIONS
from app.database import now
from app.direction import harmless
from app.extensions import db
from app.settings import Settings

from .data import LEFT_OUT
from .parcel import Parcel

_STORED = (
    "SELECT e.seq, e.stored, e.hash, e.commitment, e.case_id, d.closed FROM audit_event e LEFT JOIN audit_detail d ON d.commitment = e.commitment "
    "WHERE e.case_id = :case_id AND e.hash IS NOT NULL ORDER BY e.seq"
)
# What these entries say more stays here: the same for which their tables do.
_CLOSED = ("case.kept_out", "case.let_in", "case.denied", "supervision.", "protected.", "number.")
HEADS = ("Entry", "When", "Who", "In what role", "What was done", "To what", "By which permission", "Version")
_NOBODY_HERE = "The recipient or the system"


class Trail(NamedTuple):
    """Where the audit stood: last entry, its hash, how many linked ones; how many of the case; checkpoints that could not go along."""

    entry: int
    hash: str
    linked: int
    of_case: int
    left: list[str]


def put(parcel: Parcel, case_id: str, names: Mapping[str, str], gone: frozenset[str], settings: Settings) -> Trail:
    """Put entries, the chain and the checkpoints in, all of one state of the audit.

    Args:
        names: of accounts, by identifier.
        gone: rows of which nothing is told in this case any more.
    """
    with db.engine.connect() as connection:
        reading.as_one_state(connection)
        told = _entries(connection, case_id, gone)
        parcel.put("audit/entries.jsonl", "".join(f"{json.dumps(e, ensure_ascii=False)}\n" for e in told))
        parcel.put("audit/entries.csv", _in_words(told, names))
        parcel.put("audit/people.json", json.dumps(_people(told, names), ensure_ascii=False, indent=1))
        tree, seq, link = Tree(), 0, chain.START
        with parcel.open("audit/chain.txt") as stream:
            for seq, link in reading.stream(connection, checkpoints.LINKS):
                tree.add(link)
                stream.write(b"%d %s\n" % (seq, link.hex().encode()))
        newest = connection.scalar(text("SELECT seq FROM audit_head")) or 0
    point = checkpoints.Checkpoint(
        origin=checkpoints.origin(settings), size=tree.size, root=tree.root(), entry=seq, link=link,
        moment=clocks.written(now().replace(microsecond=0)),
    )  # fmt: skip
    key = checkpoints.verifier(settings)
    parcel.put("checkpoints/key.txt", f"{key}\n")
    parcel.put(f"checkpoints/{seq:012d}.txt", checkpoints.signed(point, checkpoints.own_key(settings)))
    left = _earlier(parcel, settings.checkpoints, [e["seq"] for e in told], seq, key)
    return Trail(max(newest, seq), link.hex(), tree.size, len(told), left)


def _entries(connection: Connection, case_id: str, gone: frozenset[str]) -> list[dict[str, Any]]:
    """Every entry of the case in its order; of one that is linked what was hashed, and what it commits to where that may leave."""
    key_of = details.keys(connection)
    found = []
    for row in connection.execute(text(_STORED), {"case_id": case_id}):
        stored = bytes(row.stored)
        entry = {
            "seq": row.seq, "before": stored[20:52].hex(), "said": stored[chain.SAID :].decode(), "hash": bytes(row.hash).hex(),
        }  # fmt: skip
        if row.commitment is not None:
            entry |= _more(key_of(row.case_id), bytes(row.closed or b""), row.commitment, entry["said"], gone)
        found.append(entry)
    assert case_id.isalnum()
    for unlinked in reading.rows(connection, f"case_id = '{case_id}' AND hash IS NULL"):
        found.append({"seq": unlinked["seq"], "before": "", "said": chain.says(unlinked).decode(), "hash": ""})
    return sorted(found, key=lambda e: int(e["seq"]))


def _more(key: bytes | None, closed: bytes, commitment: str, said: str, gone: frozenset[str]) -> dict[str, str]:
    if json.loads(said)["action"].startswith(_CLOSED):
        return {}
    try:
        inside = details.bytes_inside(key, closed, commitment)
    except details.NotOpened:
        return {}
    more = inside[details.SALT :].decode()
    changed = json.loads(more).get("changed", ())
    if any(change["in"] in LEFT_OUT or change["id"] in gone for change in changed):
        return {}
    return {"salt": inside[: details.SALT].hex(), "more": more}


def _people(told: list[dict[str, Any]], names: Mapping[str, str]) -> dict[str, str]:
    """The names of whoever is named by an identifier; recipients of links and the system have none."""
    there = {json.loads(e["said"])["actor"] for e in told}
    return {id_: name for id_, name in sorted(names.items()) if id_ in there}


def _in_words(told: list[dict[str, Any]], names: Mapping[str, str]) -> str:
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(HEADS)
    for entry in told:
        said = json.loads(entry["said"])
        write.writerow(
            harmless(
                [
                    str(entry["seq"]), clocks.text_in_words(said["at"]), names.get(said["actor"], _NOBODY_HERE), ROLES.get(said["role"], ""),
                    ACTIONS.get(said["action"], said["action"]), said["type"].replace("_", " "), said.get("rule", ""), said.get("app_version", ""),
                ]
            )
        )  # fmt: skip
    return "\ufeff" + out.getvalue()


def _earlier(parcel: Parcel, folder: Path | None, entries: list[int], newest: int, key: str) -> list[str]:
    """Of those that lie in the folder of the settings, the first behind each entry of the case; names of those that cannot go along."""
    if folder is None or not folder.is_dir():
        return []
    there = sorted((int(f.stem), f) for f in folder.glob("*.txt") if f.stem.isascii() and f.stem.isdigit())
    numbers, left = [number for number, _ in there], []
    # The last one too, whatever it is of: where the end of the audit was cut off, that shows it.
    for at in sorted({bisect_left(numbers, seq) for seq in entries} | {len(there) - 1}):
        if not 0 <= at < len(there) or numbers[at] == newest:
            continue
        try:
            note = there[at][1].read_bytes()
            checkpoints.read(note.decode("utf-8"), key)
        except (OSError, UnicodeDecodeError, checkpoints.NoCheckpoint) as problem:
            left.append(f"The checkpoint {there[at][1].name} does not go along: {problem}.")
            continue
        parcel.put(f"checkpoints/{there[at][1].name}", note)
    return left
