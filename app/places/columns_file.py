"""Arrays in one file, mapped and shared by every process that reads it: a few words about them, then each as it is in memory."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy

_ALIGN = 64


def write(path: Path, magic: bytes, head: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
    """Write arrays under a name of eight bytes, swapped in whole.

    Args:
        head: what to know before reading, as JSON.
    """
    places, at = {}, 0
    for name, column in columns.items():
        places[name] = (column.dtype.str, len(column), at)
        at += -(-column.nbytes // _ALIGN) * _ALIGN
    said = json.dumps({**head, "columns": places}).encode()
    temporary = path.with_suffix(".building")
    with open(temporary, "wb") as stream:
        stream.write(magic + struct.pack("<I", len(said)) + said)
        stream.write(b"\0" * (-stream.tell() % _ALIGN))
        for column in columns.values():
            stream.write(column.tobytes())
            stream.write(b"\0" * (-column.nbytes % _ALIGN))
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def mapped(path: Path, magic: bytes, what: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The head and the arrays, without reading them into memory.

    Raises:
        ValueError: it is a file of something else.
    """
    whole = numpy.memmap(path, numpy.uint8, "r")
    if bytes(whole[:8]) != magic:
        raise ValueError(f"{path.name} is not {what}")
    length = struct.unpack("<I", bytes(whole[8:12]))[0]
    head: dict[str, Any] = json.loads(bytes(whole[12 : 12 + length]))
    base = -(-(12 + length) // _ALIGN) * _ALIGN
    columns = {}
    for name, (kind, size, at) in head["columns"].items():
        dtype = numpy.dtype(kind)
        columns[name] = whole[base + at : base + at + size * dtype.itemsize].view(dtype).view(numpy.ndarray)
    return head, columns
