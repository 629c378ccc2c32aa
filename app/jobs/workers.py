"""Several workers of one installation: each has a number of its own, by which the engine knows what was cut off as its own.

Two with one number would each take up what the other is doing. The number is held by a lock in the data folder, which all machines share.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import Settings

# What a worker that was killed had started may hold its number for as long as it takes to end.
_WAIT_SECONDS = 10.0


def number() -> str:
    """The number of this worker, as its environment says it: 0 where there is one alone.

    Raises:
        SystemExit: it is no number, in a sentence.
    """
    found = os.environ.get("CBC_WORKER", "0")
    if not (found.isascii() and found.isdigit() and len(found) <= 3):
        raise SystemExit("Case by Case: CBC_WORKER is the number of this worker, from 0 to 999, and no other has it.")
    return str(int(found))


def heart(settings: Settings) -> Path:
    """The file by which this worker says that it lives."""
    return settings.data / ("worker.heartbeat" if number() == "0" else f"worker-{number()}.heartbeat")


def heartbeat_age(settings: Settings) -> float | None:
    """Seconds since any worker last said it was alive; None when none does."""
    ages = []
    for each in settings.data.glob("worker*.heartbeat"):
        try:
            ages.append(time.time() - each.stat().st_mtime)
        except FileNotFoundError:  # it stopped just now
            continue
    return min(ages, default=None)


@contextmanager
def alone_with_its_number(settings: Settings) -> Iterator[None]:
    """Hold the number of this worker.

    Raises:
        SystemExit: another worker has it, in a sentence.
    """
    with open(os.open(settings.data / f"worker-{number()}.lock", os.O_RDWR | os.O_CREAT, 0o600)) as held:
        end = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise SystemExit(
                        f"Case by Case: another worker of this installation has the number {number()}. Give each its own with CBC_WORKER."
                    ) from None
                time.sleep(0.2)
        yield
