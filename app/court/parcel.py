"""The file of an export: a zip, each of whose files is hashed while it is put in."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

from app import clocks


class Hashing:
    """What is written goes on, and is hashed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.sha256, self.bytes = stream, hashlib.sha256(), 0

    def write(self, content: bytes) -> None:
        self._stream.write(content)
        self.sha256.update(content)
        self.bytes += len(content)


class Parcel:
    """Files put into a zip one after the other. ``files`` are their names, sizes in bytes and hashes."""

    def __init__(self, target: IO[bytes], moment: datetime) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        here = clocks.local(moment)
        self._at = (here.year, here.month, here.day, here.hour, here.minute, here.second)
        self.files: list[dict[str, Any]] = []

    @contextmanager
    def open(self, name: str, is_listed: bool = True) -> Iterator[Hashing]:
        """A file to write into; the next only when it is closed."""
        entry = zipfile.ZipInfo(name, self._at)
        entry.external_attr, entry.compress_type = 0o600 << 16, zipfile.ZIP_DEFLATED
        with self._zip.open(entry, "w", force_zip64=True) as stream:
            written = Hashing(stream)
            yield written
        if is_listed:
            self.files.append({"name": name, "bytes": written.bytes, "sha256": written.sha256.hexdigest()})

    def put(self, name: str, content: bytes | str, is_listed: bool = True) -> None:
        """A whole file."""
        with self.open(name, is_listed) as stream:
            stream.write(content.encode() if isinstance(content, str) else content)

    def close(self) -> None:
        self._zip.close()
