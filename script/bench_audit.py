"""Holding the whole audit against itself, beside bare SHA-256 over the same bytes; and what an entry costs that is linked.

script/bench_audit.py [ENTRIES]         100,000 when not given, on SQLite
script/bench_audit.py --deep [SECONDS]  the long proofs: see bench_audit_deep.py
"""

from __future__ import annotations

import hashlib
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench_figures import say as say_and_keep

ENTRIES, RUNS, AT_ONCE = 100_000, 5, 5_000
CLOSED_EVERY = 20  # one in so many says more than its skeleton: most entries are views
Say = Callable[..., None]


@contextmanager
def instance(folder: Path) -> Iterator[None]:
    """An application with tables and nothing in them."""
    import flask_migrate

    from app import create_app
    from app.settings import Settings

    app = create_app(Settings(data=folder))
    with app.app_context():
        flask_migrate.upgrade()
        yield


def fill(entries: int) -> float:
    """So many entries of a thousand cases, as views of pages are; gives the seconds it took."""
    from app.audit import writing
    from app.database import now, writing_connection

    start, began = now(), time.perf_counter()
    for first in range(0, entries, AT_ONCE):
        rows: list[dict[str, Any]] = [
            {
                "at": start + timedelta(seconds=at), "actor_id": f"{at % 40:032x}", "actor_role": "housing_officer",
                "action": "assessment.viewed", "object_type": "assessment", "object_id": f"{at % 3000:032x}",
                "case_id": f"{at % 1000:032x}", "request_id": f"{at:016x}",
                "detail": {} if at % CLOSED_EVERY else {"criterion": "SM01"},
            }
            for at in range(first, min(first + AT_ONCE, entries))
        ]  # fmt: skip
        with writing_connection() as connection:
            writing.append(connection, rows)
    return time.perf_counter() - began


def bare() -> tuple[float, float]:
    """Seconds of SHA-256 alone over the stored bytes of every entry, and with reading them."""
    from app.audit import reading
    from app.extensions import db

    sha256, hashing, began = hashlib.sha256, 0.0, time.perf_counter()
    with db.engine.connect() as connection:
        connection.begin()
        held: list[bytes] = []
        for (stored,) in reading.stream(connection, "SELECT stored FROM audit_event ORDER BY seq"):
            held.append(stored)
            if len(held) == AT_ONCE:
                hashing += _hashed(held, sha256)
                held.clear()
        hashing += _hashed(held, sha256)
    return hashing, time.perf_counter() - began


def _hashed(held: list[bytes], sha256: Callable[[bytes], Any]) -> float:
    began = time.perf_counter()
    for stored in held:
        sha256(stored).digest()
    return time.perf_counter() - began


def verified() -> Any:
    """One run over everything."""
    from app.audit import verifying
    from app.extensions import db

    told = verifying.Told()
    with db.engine.connect() as connection:
        connection.begin()
        wrong = list(verifying.verify(connection, told))
    assert wrong == [], wrong[:3]
    return told


def audited(say: Say, entries: int = ENTRIES) -> None:
    """Say how long it takes, and how much memory."""
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as folder, instance(Path(folder)):
        taken = fill(entries)
        say(f"an entry linked and stored, {AT_ONCE:,} at once", f"{taken / entries * 1e6:.1f} µs", name="audit_entry_stored", figure=taken / entries * 1e6, unit="µs")  # fmt: skip
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        runs = [(bare(), verified()) for _ in range(RUNS)]
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    told = runs[0][1]
    hashing = statistics.median(b[0] for b, _ in runs)
    links = statistics.median(t.seconds["entries_and_links"] for _, t in runs)
    rows = statistics.median(t.seconds["commitments_and_rows"] for _, t in runs)
    ratio = statistics.median(t.seconds["entries_and_links"] / b[0] for b, t in runs)
    with_reading = statistics.median(t.seconds["entries_and_links"] / b[1] for b, t in runs)
    say(
        f"audit verify, {told.linked:,} entries and links",
        f"{links:.2f} s, {told.bytes / 1e6:.0f} MB",
        f"{ratio:.2f} x bare SHA-256 ({hashing:.2f} s), aim 2.5; {with_reading:.2f} x reading and hashing",
        name="audit_verify_vs_sha256", figure=links, unit="s", baseline=hashing, ratio=ratio,
    )  # fmt: skip
    say(
        f"audit verify, {told.closed:,} commitments and all live rows",
        f"{rows:.2f} s",
        f"{rows / hashing:.1f} x bare SHA-256; {grown:.0f} MB more memory than before the first run",
        name="audit_verify_rows", figure=rows, unit="s", baseline=hashing,
    )  # fmt: skip


def main() -> None:
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; medians of {RUNS} runs\n")
    if "--deep" in sys.argv[1:]:
        import bench_audit_deep  # it imports this

        bench_audit_deep.deep(*map(float, sys.argv[2:]))
        return
    audited(say_and_keep, *map(int, sys.argv[1:]))


if __name__ == "__main__":
    main()
