"""The file of a backup: a tar of parts, the manifest the last of them, behind it a line with the hash of all; then closed with age.

The hash is of every byte, so that none can be changed anywhere; the parts have hashes of their own, so that it can be said where.
age: github.com/C2SP/C2SP age.md. Whoever has its private key opens a backup with any program that knows the format.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

from .database import BackupProblem

MANIFEST, FORMAT = "manifest.json", 1
_MARK = b"case-by-case backup sha256 "
_TRAILER = len(_MARK) + 64 + 1
_AGE = b"age-encryption.org/v1\n"
_CHUNK = 1 << 20
_BESIDE = 1 << 17  # less is hashed sooner than a thread is asked


class Damaged(BackupProblem):
    """A backup is not what was written; the sentence names the file, and the part where that can be told."""


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


class Hashing:
    """What is written goes on, and is hashed; what is large, while it is written."""

    def __init__(self, stream: _Sink) -> None:
        self._stream, self.sha256, self.bytes = stream, hashlib.sha256(), 0
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="hashing-backup")

    def write(self, data: bytes) -> int:
        if len(data) < _BESIDE:
            self.sha256.update(data)
            self._stream.write(data)
        else:
            hashed = self._beside.submit(self.sha256.update, data)
            try:
                self._stream.write(data)
            finally:
                hashed.result()
        self.bytes += len(data)
        return len(data)


class _Read:
    """What is read is hashed. A file that grows or shrinks meanwhile is an error of tarfile's, and of ours."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.sha256 = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._stream.read(size)
        self.sha256.update(found)
        return found


class Writer:
    """Adds parts to a backup, one after the other."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._all = Hashing(stream)
        # By the megabyte: at tarfile's own ten kilobytes at once, much of the time goes into calling.
        self._tar = tarfile.open(  # type: ignore[call-overload]  # noqa: SIM115
            fileobj=self._all, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_CHUNK, copybufsize=_CHUNK
        )
        self.parts: list[dict[str, Any]] = []

    def add(self, name: str, path: Path) -> None:
        """A file, read once.

        Raises:
            OSError: it cannot be read, or changed while it was.
        """
        with open(path, "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            self._add(name, size, stream)

    def add_bytes(self, name: str, content: bytes) -> None:
        self._add(name, len(content), io.BytesIO(content))

    def _add(self, name: str, size: int, stream: IO[bytes]) -> None:
        entry, read = tarfile.TarInfo(name), _Read(stream)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, read)
        self.parts.append({"name": name, "bytes": size, "sha256": read.sha256.hexdigest()})

    def close(self, manifest: dict[str, Any]) -> None:
        """The manifest, with every part in it, and the hash of all."""
        told = {"format": FORMAT, **manifest, "parts": self.parts}
        content = json.dumps(told, ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(content), 0o600
        self._tar.addfile(entry, io.BytesIO(content))
        self._tar.close()
        self._all.write(_MARK + self._all.sha256.hexdigest().encode() + b"\n")

    def sha256(self) -> str:
        """Of everything that was written so far."""
        return self._all.sha256.hexdigest()


# ---- closed with a public key


def new_pair() -> tuple[str, str]:
    """A new pair of keys, public and private, as age writes them."""
    from pyrage import x25519

    made = x25519.Identity.generate()
    return str(made.to_public()), str(made)


def is_key(public: str) -> bool:
    """Is it a public key of age's?"""
    from pyrage import RecipientError, x25519

    try:
        x25519.Recipient.from_str(public)
    except RecipientError:
        return False
    return True


@contextmanager
def closing_with(public: str, target: IO[bytes]) -> Iterator[IO[bytes]]:
    """A stream; what is written into it goes on into ``target``, closed with a public key, or as it is where there is none.

    Raises:
        BackupProblem: the key is none, or closing failed.
    """
    if not public:
        yield target
        return
    from pyrage import encrypt_io, x25519

    if not is_key(public):
        raise BackupProblem(
            "CBC_BACKUP_KEY is no public key of age’s: it begins with age1. “backup key” prints a new pair."
        )
    failed: list[BaseException] = []
    reading, writing = os.pipe()

    def close() -> None:
        with open(reading, "rb") as stream:
            try:
                encrypt_io(stream, target, [x25519.Recipient.from_str(public)])
            except BaseException as error:  # whatever it is, the other side must not wait for ever
                failed.append(error)

    thread = threading.Thread(target=close, name="closing-backup")
    thread.start()
    try:
        with open(writing, "wb") as stream:
            yield stream
    except BrokenPipeError:
        pass  # said below
    finally:
        thread.join()
    if failed:
        is_the_disks = isinstance(failed[0], OSError) and failed[0].errno is not None
        raise (
            failed[0]
            if is_the_disks
            else BackupProblem("The backup could not be encrypted, or there is no room for it.")
        )


def is_closed(path: Path) -> bool:
    """Does it say of itself that it is encrypted?"""
    with open(path, "rb") as stream:
        return stream.read(len(_AGE)) == _AGE


def opened(path: Path, private: str, target: Path) -> Path:
    """The plain file of a backup: itself, or what an encrypted one opens to, written to ``target`` (0600).

    Raises:
        BackupProblem: it is encrypted and the key is missing or another one.
        Damaged: it does not open any more.
    """
    if not path.name.endswith(".age") and not is_closed(path):
        return path
    from pyrage import DecryptError, IdentityError, decrypt_io, x25519

    if not private:
        raise BackupProblem(f"{path.name} is encrypted: give the file with its private key, --key FILE.")
    try:
        identity = x25519.Identity.from_str(private)
    except IdentityError:
        raise BackupProblem("The file given with --key holds no private key of age’s.") from None
    try:
        with open(path, "rb") as read, open(_private(target), "wb") as write:
            decrypt_io(read, write, [identity])
    except DecryptError as error:
        if "No matching keys" in str(error):
            raise BackupProblem(
                f"{path.name} does not open with this key: it was closed for another, or the beginning of the file is damaged."
            ) from None
        raise Damaged(
            f"{path.name} is damaged: its beginning is not what was written. Nothing of it is used."
        ) from None
    except OSError as error:
        if error.errno is not None:  # the disk's own
            raise
        at = target.stat().st_size
        raise Damaged(
            f"{path.name} is damaged, or is not whole: it opens for {at:,} bytes and no further. Nothing of it is used."
        ) from None
    return target


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


# ---- reading


def checked(plain: Path, called: str) -> dict[str, Any]:
    """The manifest of a plain file of which every byte is as it was written.

    Raises:
        Damaged: one is not; the part is named where it can be.
    """
    size = plain.stat().st_size
    digest, left = hashlib.sha256(), max(size - _TRAILER, 0)
    with open(plain, "rb") as stream:
        while left and (found := stream.read(min(_CHUNK, left))):
            digest.update(found)
            left -= len(found)
        trailer = stream.read()
    if trailer != _MARK + digest.hexdigest().encode() + b"\n":
        where = _damaged_part(plain)
        raise Damaged(f"{called} is damaged, or is not whole: {where}. Nothing of it is used.")
    with tarfile.open(plain, "r:") as tar:
        last = tar.extractfile(MANIFEST)
        assert last is not None
        manifest: dict[str, Any] = json.load(last)
    if manifest.get("format") != FORMAT:
        raise BackupProblem(f"{called} was made by a newer version than this one. Use that version.")
    return manifest


def _damaged_part(plain: Path) -> str:
    """Which part is not what the manifest says of it, in words."""
    found: dict[str, str] = {}
    said: list[dict[str, Any]] = []
    try:
        with tarfile.open(plain, "r:") as tar:
            for entry in tar:
                stream = tar.extractfile(entry)
                content = hashlib.sha256()
                if stream is not None:
                    if entry.name == MANIFEST:
                        said = json.load(stream)["parts"]
                        continue
                    while piece := stream.read(_CHUNK):
                        content.update(piece)
                found[entry.name] = content.hexdigest()
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, EOFError):
        last = next(reversed(found), "")
        return f"it cannot be read behind {last}" if last else "its beginning cannot be read"
    if not said:
        return "its manifest cannot be read"
    try:
        wrong = [str(part["name"]) for part in said if found.get(part["name"]) != part["sha256"]]
    except (KeyError, TypeError):
        return "its manifest cannot be read"
    return f"{wrong[0]} is not what was written" if wrong else "something between its parts is not what was written"


def unpack(plain: Path, manifest: dict[str, Any], folder: Path) -> None:
    """Write every part of a checked file into a folder, each held against its hash.

    Raises:
        Damaged: a part is missing or another one; or its name leads out of the folder.
    """
    waiting = {str(part["name"]): str(part["sha256"]) for part in manifest["parts"]}
    with tarfile.open(plain, "r:") as tar:
        for entry in tar:
            expected = waiting.pop(entry.name, None)
            source = tar.extractfile(entry) if expected is not None else None
            if source is None:
                continue
            name = PurePosixPath(entry.name)
            if name.is_absolute() or ".." in name.parts:
                raise Damaged(f"A part of the backup has a name that leads elsewhere: {name}.")
            target = folder / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            digest = hashlib.sha256()
            with open(_private(target), "wb") as stream:
                while piece := source.read(_CHUNK):
                    digest.update(piece)
                    stream.write(piece)
                stream.flush()
                os.fsync(stream.fileno())
            if digest.hexdigest() != expected:
                raise Damaged(f"{entry.name} is not what was written.")
    if waiting:
        raise Damaged(f"{min(waiting)} is not in the backup.")
