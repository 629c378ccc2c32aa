"""Putting a PDF on the disk: whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def put(target: Path, content: bytes) -> None:
    """Written beside its place, made durable, and moved there.

    Raises:
        OSError: there is no room, or the folder cannot be written; nothing is left behind.
    """
    target.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = target.with_suffix(".making")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)  # half a PDF keeps the room that is missing
        raise
