"""Where views are noted while the database takes nothing: a file made of written noughts when there was room.

It is overwritten in place and never grows, so that on a file system that overwrites in place (ext4, XFS, tmpfs) a full disk cannot refuse
it. The first block says whether the instance is read-only; each further one is a JSON line of one view. A block is the smallest
piece a disk writes: a line is there as a whole or not at all. Each has an identifier of its own, under which it goes into the
audit, so that a line which is read twice is stored once, and nothing has to be wiped.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BLOCK = 512
_PIECE = 1024 * 1024


class SpoolFull(OSError):
    """It holds no further line, or this one does not fit."""


class Spool:
    """``path`` is the file. What is read and written between processes is done while it is held."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def is_there(self) -> bool:
        return self.path.exists()

    def size(self) -> int:
        return self.path.stat().st_size if self.is_there() else 0

    def make(self, size: int) -> None:
        """Make it, or make it anew in another size; what it held must be in the audit.

        Raises:
            OSError: there is no room for it.
        """
        temporary = self.path.with_suffix(".making")
        try:
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                for start in range(0, size, _PIECE):
                    stream.write(bytes(min(_PIECE, size - start)))
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(self.path)
        finally:
            temporary.unlink(missing_ok=True)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def held(self) -> Iterator[int]:
        """The file, for one process and one thread at a time."""
        handle = os.open(self.path, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)

    def head(self, handle: int | None = None) -> dict[str, Any] | None:
        """What the first block says; None where it says nothing or there is no file.

        A block that cannot be read says that it is not known: an empty dict, never None.
        """
        if handle is None:
            try:
                opened = os.open(self.path, os.O_RDONLY)
            except FileNotFoundError:
                return None
            try:
                return self.head(opened)
            finally:
                os.close(opened)
        block = os.pread(handle, BLOCK, 0).strip(b"\0 \n")
        if not block:
            return None
        try:
            found = json.loads(block)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def put_head(self, handle: int, head: dict[str, Any] | None) -> None:
        self._put(handle, 0, "" if head is None else json.dumps(head))

    def append(self, handle: int, period: str, entry: dict[str, Any]) -> None:
        """Write one line behind the others of a period, and down to the disk.

        Raises:
            SpoolFull: there is no place for it.
            OSError: the disk does not take it.
        """
        mark = _mark(period)
        low, high = 1, os.fstat(handle).st_size // BLOCK
        last = high
        while low < high:  # lines of a period stand together at the front
            middle = (low + high) // 2
            if os.pread(handle, len(mark), middle * BLOCK) == mark:
                low = middle + 1
            else:
                high = middle
        if low >= last:
            raise SpoolFull("the spool is full")
        self._put(handle, low, json.dumps({"id": f"{period}-{low}", **entry}))

    def entries(self, handle: int) -> list[dict[str, Any]]:
        """Every line that can be read, of whatever period, as they stand."""
        found = []
        count = os.fstat(handle).st_size // BLOCK
        for start in range(1, count, _PIECE // BLOCK):
            piece = os.pread(handle, _PIECE, start * BLOCK)
            for at in range(0, len(piece), BLOCK):
                block = piece[at : at + BLOCK]
                if block.startswith(b'{"id": "'):
                    try:
                        found.append(json.loads(block))
                    except ValueError:
                        continue  # cut off while it was written: its page never went out
        return found

    def _put(self, handle: int, number: int, line: str) -> None:
        block = line.encode("ascii").ljust(BLOCK - 1) + b"\n"
        if len(block) != BLOCK:
            raise SpoolFull("a line is too long for the spool")
        if os.pwrite(handle, block, number * BLOCK) != BLOCK:
            raise SpoolFull("a line was not written as a whole")
        os.fdatasync(handle)


def _mark(period: str) -> bytes:
    return f'{{"id": "{period}-'.encode("ascii")
