"""Signed heads of the audit, left where nobody who holds the database can change them: with one of them, what was there then is proved.

A checkpoint is a signed note that anybody can check in fifty lines: where it is from, how many linked entries there are, the root of the
tree of their hashes; then, as lines of our own, the number and hash of the last entry and the moment. Signed with Ed25519. Source: C2SP,
tlog-checkpoint.md and signed-note.md; RFC 6962, 2.1, for the tree. A leaf is the hash of an entry, which holds all before it.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, text

from app import clocks
from app.database import now
from app.extensions import db
from app.settings import Settings, current_settings

from . import reading
from .anchors import Anchor, Held, Tree, anchors_under, end_is_gone, is_later, key_of
from .verifying import Finding

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
# Every linked entry in its order: its number and its hash.
LINKS = "SELECT seq, hash FROM audit_event WHERE hash IS NOT NULL ORDER BY seq"


class NoCheckpoint(ValueError):
    """A text is no checkpoint, or not one of ours."""


class Checkpoint(NamedTuple):
    """``size`` linked entries with ``root``; ``entry`` is the number of the last of them, ``link`` its hash."""

    origin: str
    size: int
    root: bytes
    entry: int
    link: bytes
    moment: str

    def body(self) -> str:
        """The text that is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nentry {self.entry} {self.link.hex()}\nat {self.moment}\n"


# ---- signed notes


def origin(settings: Settings) -> str:
    """Where checkpoints say they are from, and the name of their key: the service's address without its scheme."""
    return settings.base_url.partition("://")[2].rstrip("/").replace("+", "-").replace(" ", "-") + "/audit"


def own_key(settings: Settings) -> Ed25519PrivateKey:
    """The key that signs, made once; 0600."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        handle = os.open(settings.checkpoint_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.checkpoint_key.read_text("ascii").strip()))
    made = Ed25519PrivateKey.generate()
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(made.private_bytes_raw().hex() + "\n")
    return made


def verifier(settings: Settings) -> str:
    """The public half as it is given to whoever checks: name, hash and key, with plus signs between. Source: signed-note.md."""
    public = own_key(settings).public_key().public_bytes_raw()
    name = origin(settings)
    return f"{name}+{_key_hash(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def _key_hash(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def signed(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """A checkpoint as a signed note."""
    return noted(checkpoint.body(), checkpoint.origin, key)


def noted(body: str, name: str, key: Ed25519PrivateKey) -> str:
    """A text of whole lines as a note signed by the key of a name. Source: signed-note.md."""
    signature = _key_hash(name, key.public_key().public_bytes_raw()) + key.sign(body.encode())
    return f"{body}\n— {name} {base64.b64encode(signature).decode()}\n"


def read(note: str, verifier_key: str) -> Checkpoint:
    """A checkpoint out of a signed note.

    Raises:
        NoCheckpoint: it is none, or the key did not sign it.
    """
    from cryptography.exceptions import InvalidSignature

    body, found, signatures = note.partition("\n\n")
    body += "\n"
    try:
        name, key_hash, coded = verifier_key.strip().split("+", 2)
        public = _public(base64.b64decode(coded, validate=True))
        given = dict(
            line.removeprefix("— ").rsplit(" ", 1) for line in signatures.splitlines() if line.startswith("— ")
        )
        signature = base64.b64decode(given[name], validate=True)
        if not found or signature[:4].hex() != key_hash:
            raise NoCheckpoint("another key signed it")
        public.verify(signature[4:], body.encode())
        where, size, root, entry, at = body.splitlines()[:5]
        _, number, link = entry.split(" ")
        return Checkpoint(
            origin=where,
            size=int(size),
            root=base64.b64decode(root, validate=True),
            entry=int(number),
            link=bytes.fromhex(link),
            moment=at.removeprefix("at "),
        )
    except InvalidSignature:
        raise NoCheckpoint("it was changed after it was signed") from None
    except (ValueError, KeyError) as error:
        raise error if isinstance(error, NoCheckpoint) else NoCheckpoint("it is no checkpoint of this key") from None


def _public(coded: bytes) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if coded[:1] != _ED25519:
        raise NoCheckpoint("its key is of another kind")
    return Ed25519PublicKey.from_public_bytes(coded[1:])


# ---- leaving them, and holding the audit against them


def head(connection: Connection, settings: Settings) -> Checkpoint | None:
    """The checkpoint of the audit as it is; None where nothing is linked."""
    tree, last = Tree(), (0, b"")
    for last in reading.stream(connection, LINKS):
        tree.add(last[1])
    if not tree.size:
        return None
    moment = clocks.written(now().replace(microsecond=0))
    return Checkpoint(
        origin=origin(settings), size=tree.size, root=tree.root(), entry=last[0], link=last[1], moment=moment
    )


def leave() -> Path | None:
    """Leave a checkpoint in the folder of the settings, where anything was added since the last; what is there is never written over."""
    settings = current_settings()
    if settings.checkpoints is None:
        return None
    with db.engine.connect() as connection:
        last = connection.scalar(text("SELECT seq FROM audit_head"))
        target = settings.checkpoints / f"{last:012d}.txt"
        if last is None or target.exists():
            return None
        made = head(connection, settings)
    if made is None:
        return None
    target = settings.checkpoints / f"{made.entry:012d}.txt"
    key = settings.checkpoints / "key.txt"
    if not key.exists():
        _put(key, verifier(settings) + "\n")
    return _put(target, signed(made, own_key(settings)))


def _put(target: Path, said: str) -> Path | None:
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return None
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(said)
        stream.flush()
        os.fsync(stream.fileno())
    return target


def held_against(connection: Connection, folder: Path, verifier_key: str) -> Iterator[Finding]:
    """What the audit is no longer, of each checkpoint in a folder."""
    waiting: list[tuple[str, Checkpoint]] = []
    for file in sorted(folder.glob("*.txt")):
        if file.name == "key.txt":
            continue
        try:
            waiting.append((file.name, read(file.read_text(encoding="utf-8"), verifier_key)))
        except (NoCheckpoint, UnicodeDecodeError, OSError) as problem:
            yield Finding(0, f"{file.name}: {problem}.")
    waiting.sort(key=lambda each: each[1].size)
    tree = Tree()
    for seq, link in reading.stream(connection, LINKS):
        tree.add(link)
        while waiting and waiting[0][1].size == tree.size:
            name, said = waiting.pop(0)
            if (seq, link, tree.root()) != (said.entry, said.link, said.root):
                at = clocks.text_in_words(said.moment)
                yield Finding(said.entry, f"Entry {said.entry} or one before it is not what was signed {at} ({name}).")
    for name, said in waiting:
        yield Finding(
            said.entry,
            f"There were {said.size} linked entries when {name} was signed, and now there are {tree.size}: the end is gone.",
        )


def agree(
    connection: Connection, paths: Iterable[Path], verifier_key: str, told: dict[str, int], made_at: str = ""
) -> Iterator[Finding]:
    """What the audit is no longer, of each anchor in files and folders: checkpoints, mails, PDFs of records, what somebody copied out.

    Args:
        told: gets how many anchors there were, the entry up to which they reach, and how many are newer than what is held against them.
        made_at: ISO text of the moment of which the audit is, where it is that of a backup: of what came after it nothing is expected.
    Raises:
        ValueError: the key is none.
    """
    key, given = key_of(verifier_key), list[Anchor]()
    for path in paths:
        for called, found, problem in anchors_under(str(path), key):
            given += found
            if problem:
                yield Finding(0, f"{called} cannot be held against the audit: {problem}.")
    held = Held(given)
    for seq, link in reading.stream(connection, LINKS):
        held.add(seq, link)
    later = held.end(connection.scalar(text("SELECT max(seq) FROM audit_event")) or 0)
    newer = [each for each in later if made_at and (not each.moment or is_later(each.moment, made_at))]
    reach = max((a.entry for a in given if a not in newer), default=0)
    told |= {"anchors": len(given), "anchored_to": reach, "newer": len(newer)}
    yield from (Finding(seq, said) for seq, said in held.wrong)
    yield from (Finding(held.last, end_is_gone(each, held.last)) for each in later if each not in newer)
