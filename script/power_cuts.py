"""A power cut at any moment: what SQLite wrote is recorded, and the disk is built again as it may have been left; what was acknowledged is there.

    .venv/bin/python script/power_cuts.py FOLDER [--writes 150] [--cuts 1000] [--synchronous NORMAL]

FOLDER is an installation on SQLite that is set up and that nobody uses. A process of the product writes into it, a job with an entry of the audit
in each transaction, and says when each is acknowledged; strace(1) notes every write and every sync of the database and its log, in order. A cut is
a place in that order: what was synced is there, and of what was written after it each write is there, or is not, or is torn between two
sectors, as chance has it. Source of the model: reliability.md, R3; sqlite.org/testing.html, 3.3, and sqlite.org/atomiccommit.html, 2.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "script")) if path not in sys.path]

WRITES, CUTS, SECTOR = 150, 1_000, 512
DATABASE = "case-by-case.sqlite"
_CALL = re.compile(r'^(\w+)\(\d+<([^>]*)>(?:, "((?:\\x[0-9a-f]{2})*)", \d+)?(?:, (\d+))?\)\s+= (-?\d+)')


class Done(NamedTuple):
    """Something that was done to a file, in order: ``what`` is write, cut, sync or acknowledged; ``number`` a place, a length or which."""

    what: str
    file: str
    number: int
    content: bytes = b""


# ---- the one that writes


def write(folder: Path, writes: int, synchronous: str) -> None:
    """Queue jobs, an entry of the audit with each, and say when each is acknowledged."""
    from sqlalchemy import event

    from app import create_app, jobs
    from app.audit import service as audit
    from app.database import writing
    from app.extensions import db
    from app.records import service as records
    from app.settings import Settings

    app = create_app(Settings(data=folder, base_url="http://localhost", disk_reserve_mb=0))
    with app.app_context():
        if synchronous:
            event.listen(db.engine, "connect", lambda made, _: made.execute(f"PRAGMA synchronous={synchronous}"))
        acknowledged = os.open(folder / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for number in range(writes):
            with writing() as session:
                jobs.enqueue(session, records.RENDER, f"cut-{number}")
                audit.record(session, "record.issued", "record", f"cut-{number}", "", {})
            os.write(acknowledged, b"%d\n" % number)
        os._exit(0)  # as a cut leaves it: nothing is tidied up


def recorded(folder: Path, writes: int, synchronous: str = "") -> list[Done]:
    """Let it write under strace.

    Raises:
        RuntimeError: it did not write to its end.
    """
    with tempfile.TemporaryDirectory(prefix="cbc-cuts-") as made:
        out = Path(made) / "calls"
        words = [
            "strace",
            "-y",
            "-xx",
            "-s",
            "16777216",
            "-e",
            "trace=pwrite64,write,ftruncate,fdatasync,fsync",
            "-o",
            str(out),
        ]
        ours = [sys.executable, __file__, str(folder), "--write", "--writes", str(writes), "--synchronous", synchronous]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CBC_")}
        ran = subprocess.run([*words, *ours], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise RuntimeError(ran.stderr[-1500:])
        return list(_read(out))


def _read(out: Path) -> Iterator[Done]:
    with open(out, encoding="ascii") as lines:
        for line in lines:
            if not (found := _CALL.match(line)):
                continue
            call, path, content, number, result = found.groups()
            name = Path(bytes.fromhex(path.replace("\\x", "")).decode() if "\\x" in path else path).name
            data = bytes.fromhex((content or "").replace("\\x", ""))
            if name == "acknowledged" and call == "write":
                yield Done("acknowledged", name, int(data))
            elif name not in (DATABASE, f"{DATABASE}-wal") or int(result) < 0:
                continue
            elif call == "pwrite64":
                yield Done("write", name, int(number), data[: int(result)])
            elif call == "ftruncate":
                yield Done("cut", name, int(number or 0))
            elif call in ("fdatasync", "fsync"):
                yield Done("sync", name, 0)
            else:
                raise RuntimeError(f"{call} on {name} is not known here")


# ---- the disk, built again


class Disk:
    """What is on it for certain, and what was written since, of each file."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.certain = {name: bytearray(content) for name, content in files.items()}
        self.since: dict[str, list[Done]] = {name: [] for name in files}

    def take(self, done: Done) -> None:
        if done.what == "sync":
            for one in self.since[done.file]:
                _put(self.certain[done.file], one)
            self.since[done.file].clear()
        elif done.what != "acknowledged":
            self.since[done.file].append(done)

    def as_it_may_be(self, chance: random.Random) -> dict[str, bytearray]:
        """One of the ways in which a cut may leave it."""
        found = {name: bytearray(content) for name, content in self.certain.items()}
        for name, since in self.since.items():
            for one in since:
                what = chance.choice(("there", "not there", "torn"))
                if what == "there":
                    _put(found[name], one)
                elif what == "torn" and one.what == "write":
                    _put(
                        found[name],
                        one._replace(content=one.content[: chance.randrange(0, len(one.content) + 1, SECTOR)]),
                    )
        return found


def _put(content: bytearray, one: Done) -> None:
    if one.what == "cut":
        del content[one.number :]
        return
    if len(content) < one.number:
        content.extend(bytes(one.number - len(content)))
    content[one.number : one.number + len(one.content)] = one.content


class Found(NamedTuple):
    """Of so many cuts: those at which something acknowledged was lost, something was there in part, or the database was not whole."""

    cuts: int
    lost: int
    half: int
    corrupt: int
    most_lost: int
    unsynced: int  # cuts at which something that was written was not synced


def cut(before: dict[str, bytes], done: Sequence[Done], cuts: int, seed: int = 3) -> Found:
    """So many cuts, at places that chance chooses."""
    chance, disk = random.Random(seed), Disk(before)
    places = sorted(chance.randrange(1, len(done) + 1) for _ in range(cuts))
    lost = half = corrupt = most = unsynced = at = 0
    acknowledged: set[int] = set()
    with tempfile.TemporaryDirectory(prefix="cbc-cut-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as made:
        for place in places:
            while at < place:
                disk.take(done[at])
                if done[at].what == "acknowledged":
                    acknowledged.add(done[at].number)
                at += 1
            unsynced += any(disk.since.values())
            for name, content in disk.as_it_may_be(chance).items():
                Path(made, name).write_bytes(content)
            Path(made, f"{DATABASE}-shm").unlink(missing_ok=True)
            is_whole, whole, part = looked_at(Path(made, DATABASE))
            gone = len(acknowledged - whole)
            corrupt, half, lost, most = corrupt + (not is_whole), half + bool(part), lost + bool(gone), max(most, gone)
    return Found(cuts, lost, half, corrupt, most, unsynced)


def looked_at(path: Path) -> tuple[bool, set[int], set[int]]:
    """Is it whole and its chain closed; the transactions that are there with all of theirs; and those that are there in part."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            (said,) = connection.execute("PRAGMA integrity_check").fetchone()
            head = connection.execute("SELECT seq, hash FROM audit_head").fetchone()
            last = connection.execute("SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1").fetchone()
            parts = [
                {int(n) for (n,) in connection.execute(query)}
                for query in (
                    "SELECT substr(subject, 5) FROM job WHERE subject LIKE 'cut-%'",
                    "SELECT substr(object_id, 5) FROM audit_event WHERE object_id LIKE 'cut-%'",
                    "SELECT substr(workflow_uuid, instr(workflow_uuid, 'cut-') + 4) FROM workflow_status WHERE workflow_uuid LIKE '%cut-%'",
                )
            ]
    except sqlite3.DatabaseError:
        return False, set(), set()
    whole = set.intersection(*parts)
    return said == "ok" and (last is None or head == last), whole, set.union(*parts) - whole


def cuts_of(folder: Path, writes: int = WRITES, cuts: int = CUTS, synchronous: str = "") -> Found:
    """Record an installation that is written to, and cut it; the installation is changed by it."""
    names = (DATABASE, f"{DATABASE}-wal")
    before = {name: (folder / name).read_bytes() if (folder / name).exists() else b"" for name in names}
    return cut(before, recorded(folder, writes, synchronous), cuts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--writes", type=int, default=WRITES)
    parser.add_argument("--cuts", type=int, default=CUTS)
    parser.add_argument("--synchronous", default="")
    parser.add_argument("--write", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.write:
        write(asked.folder, asked.writes, asked.synchronous)
        return
    found = cuts_of(asked.folder, asked.writes, asked.cuts, asked.synchronous)
    print(json.dumps(found._asdict()))
    sys.exit(1 if found.lost or found.half or found.corrupt else 0)


if __name__ == "__main__":
    main()
