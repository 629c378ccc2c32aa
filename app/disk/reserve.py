"""Room kept back: blocks that belong to a file of ours, given back a step at a time when nothing else is left."""

from __future__ import annotations

import os
from pathlib import Path


class Reserve:
    """``path`` is a file of allocated blocks without content. Sizes are in bytes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def size(self) -> int:
        """What it holds now, in blocks that are really allocated."""
        try:
            return os.stat(self.path).st_blocks * 512
        except FileNotFoundError:
            return 0

    def fill(self, wanted: int) -> None:
        """Hold so much; what cannot be had is not held in part.

        Raises:
            OSError: there is no room for it.
        """
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            before = os.fstat(handle).st_size
            if before > wanted:
                os.ftruncate(handle, wanted)
            elif wanted and self.size() < wanted:
                try:
                    os.posix_fallocate(handle, 0, wanted)
                except OSError:
                    os.ftruncate(handle, before)
                    raise
            os.fsync(handle)
        finally:
            os.close(handle)

    def release(self, step: int) -> int:
        """Give a step back; returns how much that was, 0 where nothing is held."""
        try:
            handle = os.open(self.path, os.O_RDWR)
        except FileNotFoundError:
            return 0
        try:
            held = os.fstat(handle).st_size
            if held:
                os.ftruncate(handle, max(0, held - step))
                os.fsync(handle)  # the blocks are free once the file system has written that they are
            return min(step, held)
        finally:
            os.close(handle)
