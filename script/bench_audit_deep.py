"""The long proofs of the audit: 10,000 single changes, each found where it was made, and 1,000,000 entries held against themselves.

script/bench_audit.py --deep [SECONDS]    each for as long as given, 300 when not; the changes go on where they were stopped

Which change a number stands for follows from the number alone, so that what build/audit-deep.json counts is never tried twice.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench_audit import fill, instance, verified
from bench_figures import commit, say

CHANGES, ENTRIES, EARLIER = 10_000, 1_000_000, 100_000
SEED, LENGTH, SECONDS = 20261129, 60, 300.0
KEPT = ROOT / "build" / "audit-deep.json"


def done_before() -> dict[str, Any]:
    """How far an earlier run of this commit came; of another commit, or of changed files, it proves nothing of this one."""
    at = commit(ROOT)
    if KEPT.exists() and at and not at.endswith("+"):
        kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
        if kept["commit"] == at and kept["seed"] == SEED:
            return kept
    return {"commit": at, "seed": SEED, "done": 0, "ways": {}, "missed": []}


def keep(progress: dict[str, Any]) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    made = KEPT.with_suffix(".part")
    made.write_text(json.dumps(progress, indent=1) + "\n", encoding="utf-8")
    made.replace(KEPT)


def changes(seconds: float) -> None:
    """Change one thing at a time in an audit, for so long; each has to be found exactly where it is."""
    from tests.audit.damage import Damage, filled, in_hand

    progress = done_before()
    ways, before = Counter(progress["ways"]), progress["done"]
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as folder, instance(Path(folder)):
        filled(LENGTH)
        with in_hand() as connection:
            damage, began = Damage(connection, random.Random()), time.perf_counter()
            while progress["done"] < CHANGES and time.perf_counter() - began < seconds:
                damage.chance = random.Random(f"{SEED}-{progress['done']}")
                way, should, found = damage.tried()
                ways[way] += 1
                if found != should:
                    progress["missed"].append([progress["done"], way, sorted(should), sorted(found)])
                progress["done"] += 1
                if progress["done"] % 100 == 0:
                    keep(progress | {"ways": ways})
    keep(progress | {"ways": ways})
    taken = time.perf_counter() - began
    now = progress["done"] - before
    say(
        "single changes to the audit, each located",
        f"{progress['done'] - len(progress['missed']):,} of {progress['done']:,}",
        f"aim {CHANGES:,}; {now:,} of them in this run, {taken:.0f} s; {len(ways)} ways",
        name="audit_changes_located", figure=progress["done"] - len(progress["missed"]), unit="changes", baseline=CHANGES,
    )  # fmt: skip
    for missed in progress["missed"]:
        print("  not located:", missed)


def most_memory() -> float:
    """Megabytes resident at the most, up to now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def a_million(seconds: float, entries: int = ENTRIES, earlier: int = EARLIER) -> None:
    """Verify the first entries, then all; flat is where the most memory does not rise between the two."""
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as folder, instance(Path(folder)):
        began, taken = time.perf_counter(), fill(earlier)
        verified()
        few, there = most_memory(), earlier
        while there < entries and time.perf_counter() - began < seconds:
            taken += fill(min(earlier, entries - there))
            there += min(earlier, entries - there)
        filled = most_memory()
        told = verified()
        many = most_memory()
    say(
        f"audit verify, {told.linked:,} entries of {entries:,}",
        f"{told.seconds['entries_and_links'] + told.seconds['commitments_and_rows']:.1f} s",
        f"filled in {taken:.0f} s; {many:.0f} MB at most, {many - filled:.1f} MB more than before it",
        name="audit_verify_million", figure=told.linked, unit="entries", baseline=entries,
    )  # fmt: skip
    say(
        "memory of it",
        f"{many:.0f} MB at most",
        f"{many / few:.2f} x that of {earlier:,} entries ({few:.0f} MB); aim 1.0",
        name="audit_verify_memory_flat", figure=many, unit="MB", baseline=few,
    )  # fmt: skip


def deep(seconds: float = SECONDS) -> None:
    changes(seconds)
    a_million(seconds)
