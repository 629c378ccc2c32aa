"""Compiled templates, kept in the data folder: what a page is drawn with is compiled once a version, not in each process.

Four threads that ask a new process for the same page would each compile its templates, and the memory of that is never given back.
A compiled template holds what a filter made of a word that stands in it, so it is good for this very code only.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import jinja2
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from app.installation import ROOT

_DIGEST = hashlib.sha256().digest_size


@lru_cache(maxsize=1)
def _of_this_code() -> bytes:
    """Tells the code that runs from any other: its library's version, and when each of its files was written and how long it is."""
    digest = hashlib.sha256(jinja2.__version__.encode())
    for file in sorted((ROOT / "app").glob("**/*.py")):
        at = file.stat()
        digest.update(f"{file}\0{at.st_mtime_ns}\0{at.st_size}\0".encode())
    return digest.digest()


def _digest(compiled: bytes) -> bytes:
    return hashlib.sha256(_of_this_code() + compiled).digest()


class KeptTemplates(BytecodeCache):
    """A file each, written whole and begun with a digest of itself and of the code: what is damaged or older is compiled anew.

    Nothing rests on them. Where one cannot be written, as on a full disk, the page is drawn all the same.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            kept = (self.folder / bucket.key).read_bytes()
        except OSError:
            return
        if _digest(kept[_DIGEST:]) == kept[:_DIGEST]:
            bucket.bytecode_from_string(kept[_DIGEST:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        code = bucket.bytecode_to_string()
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            with NamedTemporaryFile(dir=self.folder, delete=False) as written:
                try:
                    written.write(_digest(code) + code)
                    written.flush()
                    os.replace(written.name, self.folder / bucket.key)
                except OSError:
                    os.unlink(written.name)
                    raise
