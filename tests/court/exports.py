"""An export of a decided case, unpacked, and ways to damage it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit import checkpoints
from app.audit.anchors import Tree
from app.cases.models import Case
from app.court import checking, service, verifier
from app.extensions import db
from app.records import service as records
from tests.conftest import Instance


def exported(instance: Instance, case_id: str, folder: Path, role: str = "safeguarding_lead") -> Path:
    """The export of a case, unpacked into a folder."""
    with instance.app.app_context():
        target = io.BytesIO()
        case = db.session.get_one(Case, case_id)
        service.export(instance.user(role), case, case.version, "inquest", "HM Coroner, reference 7", target)
        db.session.rollback()
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target) as packed:
        packed.extractall(folder)
    return folder


def decided(instance: Instance) -> tuple[str, str]:
    """A decided case whose record has its PDF."""
    case_id, record_id = instance.decided("h2")
    with instance.app.app_context():
        records.make_pdf(record_id)
    return case_id, record_id


class Said(NamedTuple):
    status: int
    out: str


def checked(folder: Path, *words: str) -> Said:
    """What the verifier says, as somebody has it who has nothing else: no site, no environment, not our folder."""
    tool = folder.parent / "taken-from-elsewhere.py"
    tool.write_text(verifier.text(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(tool), str(folder), *words], capture_output=True, cwd=folder.parent, env={}, check=False
    )  # fmt: skip
    return Said(done.returncode, done.stdout.decode() + done.stderr.decode())


def files_of(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file())


# ---- damage


def a_bit(folder: Path, chance: random.Random) -> str:
    file = chance.choice([f for f in files_of(folder) if f.stat().st_size])
    content = bytearray(file.read_bytes())
    at = chance.randrange(len(content))
    content[at] ^= 1 << chance.randrange(8)
    file.write_bytes(content)
    return file.name


def a_file_gone(folder: Path, chance: random.Random) -> str:
    file = chance.choice(files_of(folder))
    file.unlink()
    return file.name


def a_file_cut(folder: Path, chance: random.Random) -> str:
    file = chance.choice([f for f in files_of(folder) if f.stat().st_size > 1])
    file.write_bytes(file.read_bytes()[: chance.randrange(file.stat().st_size)])
    return file.name


def a_file_more(folder: Path, chance: random.Random) -> str:
    (folder / f"letters-{chance.randrange(99)}.pdf").write_bytes(b"%PDF")
    return "letters-"


def lines_swapped(folder: Path, chance: random.Random) -> str:
    """With a list of files that fits, but that nobody signed anew."""
    file = chance.choice([folder / "audit" / "entries.jsonl", folder / "audit" / "chain.txt"])
    lines = file.read_text("utf-8").splitlines(keepends=True)
    one, other = chance.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    file.write_text("".join(lines), "utf-8")
    listed(folder)
    return "manifest"


def an_entry_written_again(folder: Path, chance: random.Random) -> str:
    """Edited and linked anew, with a list of files that fits; the checkpoints stay, and nobody has the key."""
    rewritten(folder, chance)
    listed(folder)
    return "manifest"


WAYS: tuple[Callable[[Path, random.Random], str], ...] = (
    a_bit, a_bit, a_bit, a_file_gone, a_file_cut, a_file_more, lines_swapped, an_entry_written_again,
)  # fmt: skip


def listed(folder: Path) -> None:
    """Make the list of files fit what is there."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["files"] = [
        {"name": (name := f.relative_to(folder).as_posix()), "bytes": f.stat().st_size, "sha256": hashlib.sha256(f.read_bytes()).hexdigest()}
        for f in files_of(folder) if f.relative_to(folder).as_posix() not in checking.UNLISTED
    ]  # fmt: skip
    _ = name
    chain = (folder / "audit" / "chain.txt").read_text("ascii").splitlines()
    seq, link = chain[-1].split(" ")
    manifest["audit"] = {"entry": int(seq), "hash": link, "linked": len(chain)}
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")


def rewritten(folder: Path, chance: random.Random, at: int | None = None) -> None:
    """Another moment in one entry of the case, and every hash from there on anew, as far as a folder holds what is hashed."""
    file = folder / "audit" / "entries.jsonl"
    entries = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    at = chance.randrange(len(entries)) if at is None else at
    said = entries[at]["said"]
    entries[at]["said"] = re.sub(r'"at":"\d{4}', '"at":"2019', said)
    assert entries[at]["said"] != said
    links = {
        int(seq): link
        for seq, link in (line.split(" ") for line in (folder / "audit" / "chain.txt").read_text("ascii").splitlines())
    }
    by_seq = {e["seq"]: e for e in entries}
    for seq in sorted(links):
        if seq >= entries[at]["seq"] and seq in by_seq:
            e = by_seq[seq]
            e["before"] = links[seq - 1] if seq - 1 in links else e["before"]
            stored = checking.MARK + seq.to_bytes(8, "big") + bytes.fromhex(e["before"]) + e["said"].encode()
            e["hash"] = links[seq] = hashlib.sha256(stored).hexdigest()
    file.write_text("".join(f"{json.dumps(e, ensure_ascii=False)}\n" for e in entries), "utf-8")
    (folder / "audit" / "chain.txt").write_text("".join(f"{s} {links[s]}\n" for s in sorted(links)), "ascii")


def signed_anew(folder: Path) -> None:
    """Whoever made it anew signs it with a key of their own: checkpoints, key and list of files."""
    key, name = Ed25519PrivateKey.generate(), "localhost/audit"
    packed = b"\x01" + key.public_key().public_bytes_raw()
    hashed = hashlib.sha256(name.encode() + b"\n" + packed).digest()[:4].hex()
    (folder / "checkpoints" / "key.txt").write_text(f"{name}+{hashed}+{base64.b64encode(packed).decode()}\n", "ascii")
    tree, made = Tree(), dict[int, Any]()
    for line in (folder / "audit" / "chain.txt").read_text("ascii").splitlines():
        seq, link = line.split(" ")
        tree.add(bytes.fromhex(link))
        made[int(seq)] = checkpoints.Checkpoint(
            name, tree.size, tree.root(), int(seq), bytes.fromhex(link), "2026-11-30T12:00:00+00:00"
        )
    for note in (folder / "checkpoints").glob("0*.txt"):
        note.write_text(checkpoints.signed(made[int(note.stem)], key), "utf-8")
    listed(folder)
    sha256 = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    body = f"{name}\n{checking.NOTE_SAYS}\nsha256 {sha256}\nat 2026-11-30T12:00:00+00:00\n"
    (folder / "manifest.note").write_text(checkpoints.noted(body, name, key), "utf-8")
