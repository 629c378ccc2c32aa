"""A file is packed once: pydyf 0.13.0 works out every object twice where a file has an identifier, and packs each as small as can be.

The second time is for the hash that stands second in the identifier. What is kept is each object as it was first written; the bytes of
the file stay what they would be but for how hard they are packed. Done on names of pydyf that are its own; the version is pinned, and
the test that reads every stream back fails where they change.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pydyf

_LEVEL = 6  # of 9: three bytes more of a hundred, in half the time


class _Packer:
    """In place of ``zlib`` within pydyf, which names the hardest level."""

    @staticmethod
    def compressobj(level: int = _LEVEL) -> Any:
        return zlib.compressobj(min(level, _LEVEL))


def _once(plain: property) -> property:
    reads = plain.fget
    assert reads is not None

    def data(self: Any) -> bytes:
        kept: dict[int, tuple[Any, bytes]] | None = _kept
        if kept is None:
            made: bytes = reads(self)
            return made
        found = kept.get(id(self))
        if found is None:
            found = kept[id(self)] = self, reads(self)  # kept itself too, so that nothing else gets its number
        return found[1]

    return property(data)


_kept: dict[int, tuple[Any, bytes]] | None = None
PLAIN = {"write": pydyf.PDF.write, "Stream": pydyf.Stream.data, "Dictionary": pydyf.Dictionary.data, "zlib": zlib}
_write = pydyf.PDF.write
pydyf.zlib = _Packer
pydyf.Stream.data = _once(pydyf.Stream.data)
pydyf.Dictionary.data = _once(pydyf.Dictionary.data)


@contextmanager
def _keeping() -> Iterator[None]:
    global _kept
    _kept = {}
    try:
        yield
    finally:
        _kept = None


def _written_once(self: Any, *args: Any, **kw: Any) -> None:
    with _keeping():
        _write(self, *args, **kw)


pydyf.PDF.write = _written_once
