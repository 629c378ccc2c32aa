"""Where the audit stood, as somebody outside holds it: a signed checkpoint, a mail with one, a PDF of ours, a text with entry and hash.

Python's standard library alone: what stands below the line is a part of the verifier that lies in every export of a case, too
(``app/court/verifier.py``), so it is written for Python 3.9. Formats: C2SP signed-note.md and tlog-checkpoint.md; RFC 6962, 2.1, for the
tree; RFC 8032, 5.1, for Ed25519, to check alone: where this service signs, it does so with its library.
"""

from __future__ import annotations

import base64
import email
import email.policy
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

# ---- from here on it is a part of verify.py

_P, _Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
Point = tuple[int, int, int, int]


class Wrong(ValueError):
    """Something is not as it was written."""


def _added(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(s: int, p: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while s:
        if s & 1:
            found = _added(found, p)
        p, s = _added(p, p), s >> 1
    return found


def _point(coded: bytes) -> Point | None:
    y = int.from_bytes(coded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else _P - x
    return x, y, 1, x * y % _P


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Did the owner of a public key (32 bytes) sign these bytes? The signature has 64."""
    if len(public) != 32 or len(signature) != 64:
        return False
    base = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))
    key, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or base is None or s >= _Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _Q
    left, right = _times(s, base), _added(r, _times(h, key))
    return all((left[i] * right[2] - right[i] * left[2]) % _P == 0 for i in (0, 1))


class Key(NamedTuple):
    """Who signs: a name, four bytes of a hash, and the public key."""

    name: str
    hash: bytes
    public: bytes


def key_of(said: str) -> Key:
    """The key as “audit key” prints it.

    Raises:
        ValueError: it is none.
    """
    name, _, rest = said.strip().partition("+")
    hashed, _, coded = rest.partition("+")
    packed = base64.b64decode(coded, validate=True)
    if packed[:1] != b"\1" or len(packed) != 33:
        raise Wrong("the key is no Ed25519 key")
    own = hashlib.sha256(name.encode() + b"\n" + packed).digest()[:4]
    if own.hex() != hashed:
        raise Wrong("the key does not belong to the name that stands before it")
    return Key(name, own, packed[1:])


def lines_of(note: str, key: Key) -> list[str]:
    """The lines of a note that a key signed.

    Raises:
        ValueError: it did not sign these.
    """
    body, found, signatures = note.partition("\n\n")
    body += "\n"
    start = f"\u2014 {key.name} "
    given = [line[len(start) :] for line in signatures.split("\n") if line.startswith(start)]
    if not found or not given:
        raise Wrong("it is not signed with the council’s key")
    packed = base64.b64decode(given[0], validate=True)
    if base64.b64encode(packed).decode() != given[0] or packed[:4] != key.hash:
        raise Wrong("another key signed it")
    if not is_signed(key.public, body.encode(), packed[4:]):
        raise Wrong("it was changed after it was signed")
    return body.split("\n")[:-1]


class Anchor(NamedTuple):
    """Where the audit stood: an entry, and the hash of the newest linked one up to it.

    Of a checkpoint also how many linked entries there were, and the root of their tree; ``moment`` is ISO text, where it is known.
    """

    called: str
    entry: int
    link: str
    moment: str = ""
    size: int = 0
    root: bytes = b""


def checkpoint(called: str, note: str, key: Key) -> Anchor:
    """A signed checkpoint.

    Raises:
        ValueError: it is none, or this key did not sign it.
    """
    lines = lines_of(note, key)
    if len(lines) < 5 or not lines[4].startswith("at ") or len(lines[3].split(" ")) != 3:
        raise Wrong("it is no checkpoint")
    _, entry, link = lines[3].split(" ")
    return Anchor(
        called=called, entry=int(entry), link=link, moment=lines[4][3:], size=int(lines[1]),
        root=base64.b64decode(lines[2], validate=True),
    )  # fmt: skip


_NOTE = re.compile(
    r"^[^\n]+\n\d+\n[A-Za-z0-9+/=]+\nentry \d+ [0-9a-f]{64}\nat [^\n]*\n\n(?:\u2014 [^\n]+\n?)+", re.MULTILINE
)
_PAIR = re.compile(r"\bentry\W{1,4}(\d{1,12})\b.{0,40}?\b([0-9a-f]{64})\b", re.DOTALL)
_MOST_BYTES = 64 * 1024 * 1024  # of what is inflated out of a PDF


def anchors_in(called: str, content: bytes, key: Key) -> list[Anchor]:
    """Every anchor that a file holds.

    Raises:
        ValueError: a note in it is not signed with this key, or its data cannot be read.
    """
    if content.startswith(b"%PDF"):
        bodies = [json.loads(data) for data in data_in_pdf(content)]
        return [
            Anchor(
                called=called,
                entry=int(b["audit"]["entry"]),
                link=str(b["audit"]["hash"]),
                moment=str(b.get("issued_at") or ""),
            )
            for b in bodies
            if isinstance(b, dict) and b.get("audit")
        ]
    if called.lower().endswith(".eml"):
        parts = email.message_from_bytes(content, policy=email.policy.default).walk()
        held = [part.get_payload(decode=True) for part in parts if not part.is_multipart()]
        return [found for one in held if isinstance(one, bytes) for found in anchors_in(f"{called}.txt", one, key)]
    said = content.decode("utf-8", "replace").replace("\r\n", "\n")
    notes = [checkpoint(called, found.group(0), key) for found in _NOTE.finditer(said)]
    return notes + [
        Anchor(called=called, entry=int(f.group(1)), link=f.group(2)) for f in _PAIR.finditer(_NOTE.sub("", said))
    ]


def data_in_pdf(content: bytes) -> Iterator[bytes]:
    """The data of ours that a PDF carries: whatever stream of it is JSON that says its format."""
    for found in re.finditer(rb"stream\r?\n", content):
        raw = content[found.end() : content.find(b"endstream", found.end())]
        try:
            data = zlib.decompressobj().decompress(raw, _MOST_BYTES)
        except zlib.error:
            data = raw.rstrip(b"\r\n")
        if data[:1] == b"{" and b'"format"' in data:
            yield data


def anchors_under(path: str, key: Key) -> Iterator[tuple[str, list[Anchor], str]]:
    """Of each file at a path, which is one or a folder of them: its name, its anchors, and why it has none where that is so."""
    is_folder = os.path.isdir(path)
    for each in sorted(os.listdir(path)) if is_folder else [os.path.basename(path)]:
        if is_folder and (each == "key.txt" or each.startswith(".")):
            continue
        file = os.path.join(path, each) if is_folder else path
        if os.path.isdir(file):
            yield from anchors_under(file, key)
            continue
        try:
            with open(file, "rb") as stream:
                found = anchors_in(each, stream.read(), key)
            yield each, found, "" if found else "it says nowhere at which entry the audit stood"
        except (ValueError, KeyError, IndexError, TypeError, LookupError, OSError) as problem:
            yield each, [], str(problem)


class Tree:
    """The root of a tree of hashes that only grows, in as much memory as it is high."""

    def __init__(self) -> None:
        self.size = 0
        self._full: list[bytes] = []  # roots of the full trees that the leaves so far make, the largest first

    def add(self, leaf: bytes) -> None:
        node = hashlib.sha256(b"\0" + leaf).digest()
        at = self.size
        while at & 1:
            node = hashlib.sha256(b"\1" + self._full.pop() + node).digest()
            at >>= 1
        self._full.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self._full:
            return hashlib.sha256(b"").digest()
        node = self._full[-1]
        for left in reversed(self._full[:-1]):
            node = hashlib.sha256(b"\1" + left + node).digest()
        return node


class Held:
    """Holds the hashes of an audit, given in their order, against anchors; ``wrong`` is what does not agree, in sentences with entries."""

    def __init__(self, anchors: list[Anchor]) -> None:
        self.tree, self.last, self.link, self.wrong = Tree(), 0, bytes(32).hex(), list[tuple[int, str]]()
        self._paired = sorted((a for a in anchors if not a.size), key=lambda a: a.entry)
        self._sized: dict[int, list[Anchor]] = {}
        for each in anchors:
            if each.size:
                self._sized.setdefault(each.size, []).append(each)

    def add(self, seq: int, link: bytes) -> None:
        """The next linked entry: its number and its hash."""
        while self._paired and self._paired[0].entry < seq:
            self._hold(self._paired.pop(0))
        self.tree.add(link)
        self.last, self.link = seq, link.hex()
        for each in self._sized.pop(self.tree.size, ()):
            if (each.entry, each.link, each.root) != (seq, self.link, self.tree.root()):
                said = f"Entry {each.entry} or one before it is not what was signed {each.moment} ({each.called})."
                self.wrong.append((each.entry, said))

    def end(self, newest: int) -> list[Anchor]:
        """No entry comes any more; ``newest`` is the number of the last, linked or not. Gives anchors that speak of later ones."""
        later = [each for listed in self._sized.values() for each in listed]
        for each in self._paired:
            if each.entry <= newest:
                self._hold(each)
            else:
                later.append(each)
        return later

    def _hold(self, each: Anchor) -> None:
        if each.link != self.link:
            said = f"Entry {self.last} or one before it is not what {each.called} says it was: the hash there is {each.link}."
            self.wrong.append((self.last, said))


def end_is_gone(anchor: Anchor, last: int) -> str:
    """What is said of an anchor that speaks of entries behind the last one."""
    return f"There were entries up to {anchor.entry} when {anchor.called} was made, and now they end with {last}: the end is gone."


def is_later(moment: str, other: str) -> bool:
    """Is a moment, as ISO text, behind another? One that is not known is not."""
    return bool(moment) and datetime.fromisoformat(moment) > datetime.fromisoformat(other)
